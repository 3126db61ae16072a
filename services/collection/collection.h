// The response plane: takes anonymous answers, keeps them sealed, and at closing lets out what disclosure control allows.
//
// It knows no person, no invitation and no time of arrival. Nothing that a respondent does makes a line in the log.

#ifndef CANDOR_SERVICES_COLLECTION_COLLECTION_H_
#define CANDOR_SERVICES_COLLECTION_COLLECTION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/answer.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

enum class KeyRole : int;
struct AnswersView;
struct BlockSummary;
struct CommentDecision;
struct ModerationView;
struct QuestionAnswer;
struct QuestionList;

// Threads that read the documents of surveys that are not in memory, for Submit.
inline constexpr int kLookupThreads = 2;

struct CollectionOptions {
  std::string keys_folder;         // holds receipt.key; made with mode 0700 where missing
  int writers = 2;                 // threads that commit answers; a survey always belongs to the same one
  size_t queue_limit = 8192;       // answers that wait in memory, over all writers; more are refused as OVERLOADED
  size_t lookup_queue = 1024;      // answers that wait until their survey's documents are read; more: OVERLOADED
  int64_t lookup_bytes = int64_t{32} << 20;  // the same, by what those answers take in memory
  int open_files = 128;            // open surveys whose storage is kept open, over all writers
  int loaded_surveys = 4096;       // open surveys whose spent tokens are kept in memory, over all writers
  int cached_surveys = 1024;       // surveys whose documents are kept in memory
  int64_t log_limit_bytes = int64_t{256} << 20;  // the engine's log of one survey is tidied at the latest here
  absl::Duration abandon_interval = absl::Seconds(1);  // how often surveys are looked for whose abandon time has come
  absl::Duration idle_delay = absl::Milliseconds(100);  // a writer with nothing to do for so long tidies its surveys
};

// The documents of a survey, as the exact bytes that were hashed and signed; shared with the cache, never null.
struct SurveyDocuments {
  std::shared_ptr<const std::string> contract;
  std::shared_ptr<const std::string> instrument_version;
  std::shared_ptr<const std::string> manifest;
  std::shared_ptr<const std::string> manifest_signature;
  std::shared_ptr<const std::string> extension;            // the newest notice; empty: none
  std::shared_ptr<const std::string> extension_signature;  // empty: none
};

struct Submission {
  domain::SurveyId survey;
  uint32_t group = 0;         // index in the manifest's groups
  std::string input_msg;      // the token's message
  std::string signature;      // the token's signature
  uint32_t version = 0;       // 1 or more; a higher one replaces
  std::string submission_id;  // 16 random bytes, made by the client for this version
  domain::Answers answers;
};

// The receipt of a stored answer, as crypto::VerifyReceiptForToken reads it.
using SubmitCallback = std::function<void(absl::StatusOr<std::string> receipt)>;

// All methods may be called from any thread, but from a SubmitCallback only Submit. Those of domain::ResponsePlane,
// GetDocuments and GetLedger may wait for the disk; Submit never does.
class Collection : public domain::ResponsePlane {
 public:
  // Reads or makes the receipt key, finishes what a crash left half destroyed, starts the writers, and
  // stops every survey whose close_time has passed, durably. `clock` outlives
  // the object; should it run backwards, the latest moment seen counts.
  // INVALID_ARGUMENT: the options. FAILED_PRECONDITION, KEY_LOST: receipt.key is damaged.
  static absl::StatusOr<std::unique_ptr<Collection>> Start(std::unique_ptr<storage::ResponseStore> store,
                                                           base::Clock* clock, const CollectionOptions& options);
  // Stops, if Stop was not called.
  ~Collection() override;

  // Refuses new answers, commits and acknowledges those that wait, ends the writers. May be called again.
  void Stop();

  // domain::ResponsePlane. Beside the codes named there:
  // - OpenSurvey: ORDER_MISMATCH also when the manifest names another receipt key than this plane's, when a group's key
  //   is not a usable one, when the signature does not verify, when close_time has passed already, or when the pool that it
  //   names has its figures already or surveys with another instrument version.
  //   In steward mode also when the steward's key closes, or has closed, another campaign: a key that was once sent here
  //   protects nothing any more.
  // - CloseSurvey: ORDER_MISMATCH (INVALID_ARGUMENT): `issued` does not have one entry for each group, more tokens
  //   were issued to one than people invited, or it brings a key in steward mode. FAILED_PRECONDITION: KEY_LOST (this
  //   plane's receipt key is not the one that the manifest names).
  // - ReleaseSurvey: INVALID_ARGUMENT, ORDER_MISMATCH: the contract allows questions back, and the order has no release
  //   time, or one that cannot be: more than kClockTolerance (moderation.h) after now by this plane's clock, or before the
  //   survey was closed, as far as this process knows when that was, unless it is so long ago that all times of questions are
  //   over. Nothing is changed.
  // - AbandonSurvey, ReleaseSurvey, CommentsWait: FAILED_PRECONDITION, WRONG_STATE: closed already; not closed yet.
  // - LiveCounts: FAILED_PRECONDITION, WRONG_STATE: abandoned, or being closed at this moment. Of a closed survey it gives
  //   what was counted, as coarse as before.
  // - Those that name a survey: NOT_FOUND, SURVEY_UNKNOWN. All: the codes of storage/response_store.h.
  absl::StatusOr<std::string> ReceiptPublicKey() override;
  absl::Status OpenSurvey(const domain::OpenOrder& order) override;
  absl::Status ExtendSurvey(const domain::ExtendOrder& order) override;
  absl::Status StopAccepting(const domain::SurveyId& survey) override;
  absl::StatusOr<domain::CloseOutcome> CloseSurvey(const domain::CloseOrder& order) override;
  absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder& order) override;
  absl::Status Forget() override;
  absl::Status AbandonSurvey(const domain::SurveyId& survey) override;
  absl::StatusOr<bool> CommentsWait(const domain::SurveyId& survey) override;
  absl::StatusOr<std::string> ReleaseSurvey(const domain::ReleaseOrder& order) override;
  absl::Status PutQuestion(const domain::QuestionOrder& order) override;
  absl::StatusOr<std::string> FinishFollowUps(const domain::SurveyId& survey) override;
  absl::StatusOr<std::vector<int64_t>> LiveCounts(const domain::SurveyId& survey) override;

  // Whatever the survey's state. NOT_FOUND, SURVEY_UNKNOWN.
  absl::StatusOr<std::shared_ptr<const SurveyDocuments>> GetDocuments(const domain::SurveyId& survey);

  // Takes the secret half of the closing key from a steward, for `survey` and all others of the same key, and keeps it in
  // locked memory until they are closed or this plane stops; after a start it must be brought again. To have the key is the
  // right to bring it. Gives how many surveys of the key are not closed yet; with 0 the key was not kept. Repeating it is
  // harmless.
  //
  // INVALID_ARGUMENT, FIELD_INVALID: not 32 bytes. NOT_FOUND, SURVEY_UNKNOWN. FAILED_PRECONDITION: WRONG_CLOSING_KEY (not
  // the secret half of the manifest's key), WRONG_STATE (the survey is closed by the service itself; or it, or another of the
  // same key, still takes answers: the message says until when), SURVEY_ABANDONED.
  absl::StatusOr<int> ProvideClosingKey(const domain::SurveyId& survey, absl::string_view secret_key);

  // The closing ledger, as crypto::VerifyLedger reads it. NOT_FOUND, SURVEY_UNKNOWN. FAILED_PRECONDITION: WRONG_STATE (not
  // closed yet), SURVEY_ABANDONED (there will be none).
  absl::StatusOr<std::string> GetLedger(const domain::SurveyId& survey);

  // For holders of the keys that a manifest names (key_sessions.h). `index`: among the moderators; 0 for the auditor.
  // NOT_FOUND, SURVEY_UNKNOWN. INVALID_ARGUMENT, FIELD_INVALID: there is no such holder.
  absl::StatusOr<std::string> StartKeySession(const domain::SurveyId& survey, KeyRole role, int index);

  // What a moderator with a session of the survey may do, from closing to release (moderation.h). UNAUTHENTICATED,
  // SESSION_UNKNOWN: it is no session of a moderator of this survey, or over.
  absl::StatusOr<ModerationView> ReadComments(absl::string_view session, const domain::SurveyId& survey,
                                              absl::string_view after, int limit);
  absl::Status DecideComment(absl::string_view session, const domain::SurveyId& survey, const std::string& comment,
                             const CommentDecision& decision);
  absl::Status SummarizeComments(absl::string_view session, const domain::SurveyId& survey, const BlockSummary& summary);

  // Questions back to comments (follow_ups.h), for everybody: the list, empty where there are none (any more), and the
  // answer to one, by whoever has the comment's key. Answers are handed over at domain::FollowUpTimes::hand_over_until by
  // this plane's own clock, too, so that no key, question or answer stays. Both: NOT_FOUND, SURVEY_UNKNOWN. AnswerQuestion:
  // as FollowUps::Answer.
  absl::StatusOr<QuestionList> ListQuestions(const domain::SurveyId& survey);
  absl::Status AnswerQuestion(const domain::SurveyId& survey, const QuestionAnswer& answer);

  // What a moderator with a session of the survey may do about them (follow_ups.h); ReplyKeys by comment. UNAUTHENTICATED,
  // SESSION_UNKNOWN: it is no session of a moderator of this survey, or over.
  absl::StatusOr<std::map<std::string, std::string>> ReplyKeys(absl::string_view session, const domain::SurveyId& survey);
  absl::StatusOr<AnswersView> ReadAnswers(absl::string_view session, const domain::SurveyId& survey);
  absl::Status DecideAnswer(absl::string_view session, const domain::SurveyId& survey, const std::string& comment,
                            const CommentDecision& decision);

  // What the auditor with a session of the survey may do: read the notices, sealed to them, as domain::DecodeNoticeRecord
  // reads them, in no order; and destroy them, so that no file keeps them when this returns. They are destroyed at
  // domain::NoticesEndTime, too, by this plane's own clock. Empty: they are destroyed. UNAUTHENTICATED, SESSION_UNKNOWN: it is
  // no session of the auditor of this survey, or over. FAILED_PRECONDITION: WRONG_STATE (not closed yet), SURVEY_ABANDONED.
  absl::StatusOr<std::vector<std::string>> ReadNotices(absl::string_view session, const domain::SurveyId& survey);
  absl::Status DestroyNotices(absl::string_view session, const domain::SurveyId& survey);

  // Checks, seals and stores one answer, at once where the survey's documents are in memory, else after they were read;
  // then calls `done` once, from any thread, possibly before this returns, with the
  // receipt (the answer is durable) or with the reason for which nothing was stored:
  // INVALID_ARGUMENT: FIELD_INVALID (version 0, submission id not of 16 bytes), TOKEN_INVALID (form, survey, group or
  //   signature), and what domain::CheckAnswers names.
  // NOT_FOUND: SURVEY_UNKNOWN.
  // FAILED_PRECONDITION: SURVEY_CLOSED, VERSION_SUPERSEDED (the token holds a higher version), VERSION_TAKEN (it holds
  //   this version under another submission id), KEY_LOST (this plane's receipt key is not the manifest's).
  // RESOURCE_EXHAUSTED: OVERLOADED (try again), STORE_FULL. UNAVAILABLE: STORE_BUSY, or OVERLOADED while stopping.
  // What it holds of the submission is overwritten once the answer is sealed or refused.
  // The same token, version and submission id again: a fresh receipt for the stored answer, and nothing is written; so
  // also after the survey stopped accepting, until it is being closed.
  void Submit(Submission submission, SubmitCallback done);

 private:
  struct Parts;
  explicit Collection(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_COLLECTION_H_
