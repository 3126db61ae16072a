// The key folder: every secret key of the identity plane, one file each, never in a database or a backup.
//
//   signing.key                            Ed25519 seed: signs manifests; made at first start, kept for good
//   page-token.key                         32 bytes: page tokens carry a MAC under it; made at first start
//   survey.{survey}.issuing.{number}.key   RSA private key, PKCS #8 DER; from opening to closing
//   survey.{survey}.closing.key            X25519 secret key, 32 bytes; from opening to closing
//   campaign.{district}.{campaign}.code.key  32 bytes: codes are derived from it; from opening to closing
//   campaign.{district}.{campaign}.pooling.key  X25519 secret key, 32 bytes; from opening to closing, in campaigns that
//                                          are large enough to have figures pooled
//   pool.{bits}.{random}.key               RSA private keys made ahead, not yet of any survey
//
// The folder has mode 0700, its files 0600; a file is complete or absent. Destroying overwrites, then unlinks.

#ifndef CANDOR_SERVICES_IDENTITY_KEY_STORE_H_
#define CANDOR_SERVICES_IDENTITY_KEY_STORE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/sealing.h"
#include "services/crypto/secret_bytes.h"
#include "services/crypto/signing.h"
#include "services/domain/ids.h"

namespace candor::identity {

// May be called from many threads at once. FAILED_PRECONDITION, KEY_LOST: a key that should be there is gone, or its file
// is damaged; the message names the file. UNAVAILABLE, RESOURCE_EXHAUSTED: the folder cannot be read or written.
class KeyStore {
 public:
  // Makes the folder and the installation's keys where they are missing. FAILED_PRECONDITION, CONFIGURATION_INVALID:
  // others than the owner may enter the folder.
  static absl::StatusOr<std::unique_ptr<KeyStore>> Open(const std::string& folder);

  const crypto::SigningKey& signing_key() const { return *signing_key_; }
  absl::string_view page_token_key() const { return page_token_key_.view(); }

  // Each Ensure… makes the key at the first call and gives the same key at every later one, through restarts too.
  // Issuing keys are taken from the pool, or made on the spot when it is empty: up to some seconds.
  absl::StatusOr<crypto::BlindSigningKey> EnsureIssuingKey(const domain::SurveyId& survey, int number, int bits);
  absl::StatusOr<crypto::ClosingKeyPair> EnsureClosingKey(const domain::SurveyId& survey);
  absl::StatusOr<crypto::SecretBytes> EnsureCodeKey(const domain::DistrictId& district,
                                                    const domain::CampaignId& campaign);
  absl::StatusOr<crypto::ClosingKeyPair> EnsurePoolingKey(const domain::DistrictId& district,
                                                          const domain::CampaignId& campaign);

  absl::StatusOr<crypto::BlindSigningKey> LoadIssuingKey(const domain::SurveyId& survey, int number);
  absl::StatusOr<crypto::ClosingKeyPair> LoadClosingKey(const domain::SurveyId& survey);
  absl::StatusOr<crypto::SecretBytes> LoadCodeKey(const domain::DistrictId& district,
                                                  const domain::CampaignId& campaign);
  absl::StatusOr<crypto::ClosingKeyPair> LoadPoolingKey(const domain::DistrictId& district,
                                                        const domain::CampaignId& campaign);

  // KEY_LOST unless the key is there and is the one that a manifest names: a key folder put back from elsewhere, or made anew
  // where it was gone, has others, which nothing that was opened goes with.
  absl::Status CheckSigningKey(absl::string_view public_key) const;
  absl::Status CheckClosingKey(const domain::SurveyId& survey, absl::string_view public_key);
  absl::Status CheckIssuingKey(const domain::SurveyId& survey, int number, absl::string_view verifying_key);
  // KEY_LOST unless the file is there and can be read. What is in it is not tried, which would take as long as a signature.
  absl::Status CheckIssuingKeyFile(const domain::SurveyId& survey, int number);
  // KEY_LOST, for who has found that the campaign's codes do not follow from its code key.
  absl::Status WrongCodeKey(const domain::DistrictId& district, const domain::CampaignId& campaign) const;

  // Destroys closing key and all issuing keys: every file of the survey that is in the folder. OK when they are gone.
  absl::Status DestroySurveyKeys(const domain::SurveyId& survey);
  absl::Status DestroyCodeKey(const domain::DistrictId& district, const domain::CampaignId& campaign);
  absl::Status DestroyPoolingKey(const domain::DistrictId& district, const domain::CampaignId& campaign);

  // Issuing keys of `bits` that are ready to be taken.
  int CountReady(int bits);
  // Makes one more and puts it into the pool.
  absl::Status AddReady(int bits);

 private:
  explicit KeyStore(std::string folder);

  std::string PathOf(absl::string_view file) const;
  std::string IssuingKeyFile(const domain::SurveyId& survey, int number) const;
  absl::StatusOr<crypto::SecretBytes> ReadKey(const std::string& file) const;
  absl::StatusOr<crypto::ClosingKeyPair> ReadKeyPair(const std::string& file) const;
  absl::StatusOr<crypto::BlindSigningKey> ReadIssuingKey(const std::string& file) const;
  // The key in `file`, made of `size` random bytes where there is none.
  absl::StatusOr<crypto::SecretBytes> EnsureRandom(const std::string& file, size_t size);
  // Moves one ready key to `file`; false when the pool is empty.
  absl::StatusOr<bool> TakeReady(int bits, const std::string& file) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string folder_;
  absl::Mutex mutex_;  // held while a key is made or taken, so that no key gets two owners and no purpose two keys
  std::map<int, std::vector<std::string>> ready_ ABSL_GUARDED_BY(mutex_);  // bits -> files of the pool
  std::unique_ptr<crypto::SigningKey> signing_key_;
  crypto::SecretBytes page_token_key_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_KEY_STORE_H_
