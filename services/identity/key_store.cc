#include "services/identity/key_store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::identity {
namespace {

using crypto::SecretBytes;

constexpr int kFolderMode = 0700;
constexpr int kFileMode = 0600;
constexpr size_t kLargestKeyFile = 16u << 10;
constexpr size_t kSymmetricKeyBytes = 32;
constexpr char kSigningKeyFile[] = "signing.key";

absl::Status KeyLost(absl::string_view file, absl::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_LOST,
                     absl::StrCat("the key file ", file, " ", what,
                                  "; put it back from wherever a copy survives: without it the survey it belongs to "
                                  "cannot go on"));
}

absl::Status AnotherKey(absl::string_view file) { return KeyLost(file, "is not the one that the survey was opened with"); }

// Whether files whose names start so belong here; the folder may be shared.
bool IsOurs(absl::string_view start) {
  return start == "signing" || start == "page-token" || start == "survey" || start == "campaign" || start == "pool";
}

std::string ClosingKeyFile(const domain::SurveyId& survey) {
  return absl::StrCat("survey.", survey.value(), ".closing.key");
}

std::string CodeKeyFile(const domain::DistrictId& district, const domain::CampaignId& campaign) {
  return absl::StrCat("campaign.", district.value(), ".", campaign.value(), ".code.key");
}

std::string PoolingKeyFile(const domain::DistrictId& district, const domain::CampaignId& campaign) {
  return absl::StrCat("campaign.", district.value(), ".", campaign.value(), ".pooling.key");
}

}  // namespace

KeyStore::KeyStore(std::string folder) : folder_(std::move(folder)) {}

absl::StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(const std::string& folder) {
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(folder, kFolderMode));
  struct stat status;
  if (stat(folder.c_str(), &status) != 0) return absl::UnavailableError(absl::StrCat("cannot look at ", folder));
  if ((status.st_mode & 077) != 0) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCONFIGURATION_INVALID,
                       absl::StrCat("others than its owner may enter the key folder; run: chmod 700 ", folder));
  }
  std::unique_ptr<KeyStore> keys(new KeyStore(folder));
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, base::ListFolder(folder));
  for (const std::string& file : files) {
    const std::vector<std::string> parts = absl::StrSplit(file, '.');
    int bits = 0;
    if (parts.size() == 4 && parts[0] == "pool" && parts[3] == "key" && absl::SimpleAtoi(parts[1], &bits)) {
      absl::MutexLock lock(&keys->mutex_);
      keys->ready_[bits].push_back(file);
    } else if (absl::EndsWith(file, ".new") && IsOurs(parts[0])) {
      // What a crash left of a file in writing holds a key, or half of one.
      CANDOR_RETURN_IF_ERROR(base::DestroyFile(keys->PathOf(file)));
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const SecretBytes seed, keys->EnsureRandom(kSigningKeyFile, crypto::kSigningSeedBytes));
  CANDOR_ASSIGN_OR_RETURN(crypto::SigningKey signing_key, crypto::SigningKey::FromSeed(seed.view()));
  keys->signing_key_ = std::make_unique<crypto::SigningKey>(std::move(signing_key));
  CANDOR_ASSIGN_OR_RETURN(keys->page_token_key_, keys->EnsureRandom("page-token.key", kSymmetricKeyBytes));
  return keys;
}

std::string KeyStore::PathOf(absl::string_view file) const { return absl::StrCat(folder_, "/", file); }

std::string KeyStore::IssuingKeyFile(const domain::SurveyId& survey, int number) const {
  return absl::StrCat("survey.", survey.value(), ".issuing.", number, ".key");
}

absl::StatusOr<SecretBytes> KeyStore::ReadKey(const std::string& file) const {
  absl::StatusOr<std::string> bytes = base::ReadFile(PathOf(file), kLargestKeyFile);
  if (absl::IsNotFound(bytes.status())) return KeyLost(file, "is gone");
  CANDOR_RETURN_IF_ERROR(bytes.status());
  SecretBytes secret(*bytes);
  explicit_bzero(bytes->data(), bytes->size());
  return secret;
}

absl::StatusOr<SecretBytes> KeyStore::EnsureRandom(const std::string& file, size_t size) {
  absl::MutexLock lock(&mutex_);
  if (!base::FileExists(PathOf(file))) {
    const SecretBytes secret = SecretBytes::Random(size);
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(PathOf(file), secret.view(), kFileMode));
  }
  CANDOR_ASSIGN_OR_RETURN(SecretBytes secret, ReadKey(file));
  if (secret.size() != size) return KeyLost(file, "is damaged");
  return secret;
}

absl::StatusOr<crypto::BlindSigningKey> KeyStore::ReadIssuingKey(const std::string& file) const {
  CANDOR_ASSIGN_OR_RETURN(const SecretBytes der, ReadKey(file));
  absl::StatusOr<crypto::BlindSigningKey> key = crypto::BlindSigningKey::FromDer(der.view());
  if (!key.ok()) return KeyLost(file, "is damaged");
  return key;
}

absl::StatusOr<bool> KeyStore::TakeReady(int bits, const std::string& file) {
  std::vector<std::string>& ready = ready_[bits];
  while (!ready.empty()) {
    const std::string taken = std::move(ready.back());
    ready.pop_back();
    // The key keeps its place on the disk; only its name changes, so nothing needs to be overwritten.
    if (rename(PathOf(taken).c_str(), PathOf(file).c_str()) != 0) continue;
    CANDOR_RETURN_IF_ERROR(base::SyncFolder(folder_));
    return true;
  }
  return false;
}

absl::StatusOr<crypto::BlindSigningKey> KeyStore::EnsureIssuingKey(const domain::SurveyId& survey, int number,
                                                                   int bits) {
  const std::string file = IssuingKeyFile(survey, number);
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (base::FileExists(PathOf(file))) return ReadIssuingKey(file);
      CANDOR_ASSIGN_OR_RETURN(const bool taken, TakeReady(bits, file));
      if (taken) return ReadIssuingKey(file);
    }
    CANDOR_RETURN_IF_ERROR(AddReady(bits));
  }
}

absl::StatusOr<crypto::ClosingKeyPair> KeyStore::EnsureClosingKey(const domain::SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(EnsureRandom(ClosingKeyFile(survey), crypto::kClosingKeyBytes).status());
  return LoadClosingKey(survey);
}

absl::StatusOr<SecretBytes> KeyStore::EnsureCodeKey(const domain::DistrictId& district,
                                                    const domain::CampaignId& campaign) {
  return EnsureRandom(CodeKeyFile(district, campaign), kSymmetricKeyBytes);
}

absl::StatusOr<crypto::ClosingKeyPair> KeyStore::EnsurePoolingKey(const domain::DistrictId& district,
                                                                  const domain::CampaignId& campaign) {
  CANDOR_RETURN_IF_ERROR(EnsureRandom(PoolingKeyFile(district, campaign), crypto::kClosingKeyBytes).status());
  return LoadPoolingKey(district, campaign);
}

absl::StatusOr<crypto::BlindSigningKey> KeyStore::LoadIssuingKey(const domain::SurveyId& survey, int number) {
  return ReadIssuingKey(IssuingKeyFile(survey, number));
}

absl::StatusOr<crypto::ClosingKeyPair> KeyStore::LoadClosingKey(const domain::SurveyId& survey) {
  return ReadKeyPair(ClosingKeyFile(survey));
}

absl::StatusOr<crypto::ClosingKeyPair> KeyStore::LoadPoolingKey(const domain::DistrictId& district,
                                                                const domain::CampaignId& campaign) {
  return ReadKeyPair(PoolingKeyFile(district, campaign));
}

absl::StatusOr<crypto::ClosingKeyPair> KeyStore::ReadKeyPair(const std::string& file) const {
  CANDOR_ASSIGN_OR_RETURN(const SecretBytes secret, ReadKey(file));
  absl::StatusOr<crypto::ClosingKeyPair> pair = crypto::ClosingKeyPair::FromSecretKey(secret.view());
  if (!pair.ok()) return KeyLost(file, "is damaged");
  return pair;
}

absl::StatusOr<SecretBytes> KeyStore::LoadCodeKey(const domain::DistrictId& district,
                                                  const domain::CampaignId& campaign) {
  const std::string file = CodeKeyFile(district, campaign);
  CANDOR_ASSIGN_OR_RETURN(SecretBytes secret, ReadKey(file));
  if (secret.size() != kSymmetricKeyBytes) return KeyLost(file, "is damaged");
  return secret;
}

absl::Status KeyStore::CheckSigningKey(absl::string_view public_key) const {
  return signing_key_->public_key() == public_key ? absl::OkStatus() : AnotherKey(kSigningKeyFile);
}

absl::Status KeyStore::CheckClosingKey(const domain::SurveyId& survey, absl::string_view public_key) {
  CANDOR_ASSIGN_OR_RETURN(const crypto::ClosingKeyPair pair, LoadClosingKey(survey));
  return pair.public_key == public_key ? absl::OkStatus() : AnotherKey(ClosingKeyFile(survey));
}

absl::Status KeyStore::CheckIssuingKey(const domain::SurveyId& survey, int number, absl::string_view verifying_key) {
  CANDOR_ASSIGN_OR_RETURN(const crypto::BlindSigningKey key, LoadIssuingKey(survey, number));
  return key.verifying_key().ToSpkiDer() == verifying_key ? absl::OkStatus()
                                                          : AnotherKey(IssuingKeyFile(survey, number));
}

absl::Status KeyStore::CheckIssuingKeyFile(const domain::SurveyId& survey, int number) {
  const std::string file = IssuingKeyFile(survey, number);
  CANDOR_ASSIGN_OR_RETURN(const SecretBytes der, ReadKey(file));
  return der.size() > 0 ? absl::OkStatus() : KeyLost(file, "is damaged");
}

absl::Status KeyStore::WrongCodeKey(const domain::DistrictId& district, const domain::CampaignId& campaign) const {
  return KeyLost(CodeKeyFile(district, campaign), "is not the one that the campaign's codes were made with");
}

absl::Status KeyStore::DestroySurveyKeys(const domain::SurveyId& survey) {
  absl::MutexLock lock(&mutex_);
  // By what lies in the folder, not by counting: a lost key must not hide those after it. The dot ends the survey's id.
  const std::string prefix = absl::StrCat("survey.", survey.value(), ".");
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, base::ListFolder(folder_));
  for (const std::string& file : files) {
    if (absl::StartsWith(file, prefix)) CANDOR_RETURN_IF_ERROR(base::DestroyFile(PathOf(file)));
  }
  return absl::OkStatus();
}

absl::Status KeyStore::DestroyCodeKey(const domain::DistrictId& district, const domain::CampaignId& campaign) {
  absl::MutexLock lock(&mutex_);
  return base::DestroyFile(PathOf(CodeKeyFile(district, campaign)));
}

absl::Status KeyStore::DestroyPoolingKey(const domain::DistrictId& district, const domain::CampaignId& campaign) {
  absl::MutexLock lock(&mutex_);
  return base::DestroyFile(PathOf(PoolingKeyFile(district, campaign)));
}

int KeyStore::CountReady(int bits) {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(ready_[bits].size());
}

absl::Status KeyStore::AddReady(int bits) {
  CANDOR_ASSIGN_OR_RETURN(const crypto::BlindSigningKey key, crypto::BlindSigningKey::Generate(bits));
  CANDOR_ASSIGN_OR_RETURN(const SecretBytes der, key.ToDer());
  std::string file = absl::StrCat("pool.", bits, ".", base::RandomId(), ".key");
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(PathOf(file), der.view(), kFileMode));
  absl::MutexLock lock(&mutex_);
  ready_[bits].push_back(std::move(file));
  return absl::OkStatus();
}

}  // namespace candor::identity
