// What a respondent asks of the identity plane: to open a survey by code, and to have one blinded token signed.
//
// Nothing is written but the hash of the blinded message. No call makes a log line, an audit entry or a count.

#ifndef CANDOR_SERVICES_IDENTITY_INVITATIONS_H_
#define CANDOR_SERVICES_IDENTITY_INVITATIONS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/crypto/blind_signature.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"
#include "services/identity/key_store.h"
#include "services/identity/lru_cache.h"
#include "storage/identity_store.h"

namespace candor::identity {

// What a respondent's client checks before it shows an item. The documents are shared, never changed.
struct OpenedInvitation {
  domain::SurveyId survey;
  int issuing_group = 0;  // index in the manifest's groups
  std::string audience;   // the rater's own group, whose wording to show
  std::shared_ptr<const std::string> contract;
  std::shared_ptr<const std::string> instrument_version;
  std::shared_ptr<const std::string> manifest;
  std::shared_ptr<const std::string> manifest_signature;
  std::shared_ptr<const std::string> extension;            // the newest notice; empty: none
  std::shared_ptr<const std::string> extension_signature;  // empty: none
  std::shared_ptr<const std::string> surname_filter;  // crypto::SaltedFilter; its hash is in the manifest
  // Words for the respondent alone: in no document, so that they never reach the response plane.
  std::string leader_name, leader_job_title;
  std::shared_ptr<const domain::LocalizedText> notice;  // the campaign's
  std::vector<int64_t> reissued;  // codes made anew, of each issuing group
};

// May be called from many threads at once.
class Invitations {
 public:
  struct Options {
    size_t cached_surveys = 1024;  // whose keys and documents are kept in memory
    size_t queue_limit = 4096;     // signed tokens that wait for their commit
    // How long a signed token waits for others that are being signed, so that they share a commit. Where none is being
    // signed it does not wait.
    absl::Duration gather_time = absl::Milliseconds(4);
  };

  Invitations(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys)
      : Invitations(store, clock, keys, Options()) {}
  Invitations(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys, const Options& options);
  // Commits and answers what is queued.
  ~Invitations();
  Invitations(const Invitations&) = delete;
  Invitations& operator=(const Invitations&) = delete;

  // `code` as typed. INVALID_ARGUMENT, CODE_MALFORMED. NOT_FOUND, CODE_UNKNOWN: unknown, void, or the survey takes no
  // answers, as from its close time; one shape for all.
  absl::StatusOr<OpenedInvitation> Open(absl::string_view code);

  // Signs `blinded` for the code's rater and gives the blind signature to `done`, once what was signed is durably noted.
  // `done` runs in this thread or in the committing one; it must be quick and must not call back. Errors: as Open, and
  // INVALID_ARGUMENT, BLINDED_MESSAGE_INVALID, whether or not the code has been used; ALREADY_EXISTS,
  // TOKEN_ALREADY_ISSUED: another message was signed with this code; RESOURCE_EXHAUSTED, OVERLOADED. After an error nothing
  // is noted, or the same request again succeeds.
  using Done = std::function<void(absl::StatusOr<std::string>)>;
  void IssueToken(absl::string_view code, absl::string_view blinded, Done done);
  // The same, and waits.
  absl::StatusOr<std::string> IssueTokenAndWait(absl::string_view code, absl::string_view blinded);

  // Drops the survey's keys from memory; called when its issuing has ended.
  void DropSurvey(const domain::SurveyId& survey);

 private:
  struct Documents {
    std::shared_ptr<const std::string> contract;
    std::shared_ptr<const std::string> instrument_version;
    std::shared_ptr<const std::string> manifest;
    std::shared_ptr<const std::string> manifest_signature;
    std::shared_ptr<const std::string> extension;            // the newest notice; empty: none
    std::shared_ptr<const std::string> extension_signature;  // empty: none
    std::shared_ptr<const std::string> surname_filter;
    std::shared_ptr<const domain::LocalizedText> notice;
  };
  // A token that is signed and waits until that is durable.
  struct Pending {
    storage::InvitationRow invitation;  // as found before signing, with what was signed
    std::string signature;
    Done done;
    absl::Status outcome;
  };
  struct Found {
    storage::InvitationRow invitation;
    storage::SurveyRow survey;
  };
  using SigningKeyPtr = std::shared_ptr<const crypto::BlindSigningKey>;
  // A survey as it stood at one revision: an extension is a new one.
  using SurveyKey = std::pair<std::string, int64_t>;
  // An issuing group's place: survey, number.
  using GroupKey = std::pair<std::string, int32_t>;
  // An instrument version's place: district, instrument, version.
  using VersionKey = std::tuple<std::string, std::string, int32_t>;

  // The open survey that a code hash belongs to; CODE_UNKNOWN, which costs the same whether or not there is such a code.
  absl::StatusOr<Found> Find(storage::ReadTransaction& transaction, absl::string_view code_hash);
  // CODE_UNKNOWN unless the survey takes answers now.
  absl::Status CheckTakesAnswers(storage::ReadTransaction& transaction, const std::optional<storage::SurveyRow>& survey);
  // When answering ends: as the contract says, or later after an extension.
  absl::StatusOr<absl::Time> CloseTimeOf(storage::ReadTransaction& transaction, const storage::SurveyRow& survey);
  absl::StatusOr<std::shared_ptr<const Documents>> DocumentsOf(storage::ReadTransaction& transaction,
                                                               const storage::SurveyRow& survey);
  absl::StatusOr<SigningKeyPtr> KeyOf(const domain::SurveyId& survey, int32_t group);
  // Looks up, signs and queues; an error, and an answer that needs no commit, is returned, and `done` left as it is.
  // Nothing: it is queued, with `done`.
  std::optional<absl::StatusOr<std::string>> SignAndQueue(absl::string_view code_hash, absl::string_view blinded,
                                                          Done& done);
  void CommitQueued();
  void Commit(std::vector<Pending>& batch);
  // Notes one signed token, whose survey takes answers; what its caller is told goes into `outcome`.
  absl::Status Note(storage::WriteTransaction& transaction, Pending& pending);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyStore& keys_;
  const Options options_;
  LruCache<SurveyKey, Documents> documents_;
  LruCache<SurveyKey, absl::Time> close_times_;
  LruCache<VersionKey, std::string> versions_;
  LruCache<GroupKey, crypto::BlindSigningKey> signing_keys_;
  absl::Mutex latest_mutex_;
  // The survey and code hash that were found last; empty: none yet, or its issuing has ended.
  std::pair<std::string, std::string> latest_ ABSL_GUARDED_BY(latest_mutex_);
  absl::Mutex mutex_;
  std::vector<Pending> queue_ ABSL_GUARDED_BY(mutex_);
  int signing_ ABSL_GUARDED_BY(mutex_) = 0;  // calls that have begun and neither queued nor answered
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread committer_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_INVITATIONS_H_
