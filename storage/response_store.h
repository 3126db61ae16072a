// What the response plane remembers, whatever engine keeps it.
//
// Two things, kept apart so that the second can be forgotten at once:
// - ResponseStore: surveys, their documents, and after closing their result, ledger, sealed notices, comments until
//   they are released and what was released of them, questions back to these with their answers until they are handed over,
//   and, until their campaign is pooled, sealed contribution. Nothing in it stands for a respondent.
// - OpenSurveyStore: the sealed answers and spent tokens of one survey that is not closed yet. It is made when the survey
//   is opened, and destroyed as a whole.
//
// No engine keeps a time, a sequence number or any order of arrival that it can avoid: an answer overwrites a slot of
// random bytes that was laid out when the survey was opened, and which of the free slots is the caller's random choice.
//
// Codes that every method may give beside its own: UNAVAILABLE, STORE_BUSY (the engine cannot be reached or did not
// answer in time; try again), RESOURCE_EXHAUSTED, STORE_FULL (no room; nothing was stored), DATA_LOSS, STORE_CORRUPT
// (what is stored breaks an invariant), INTERNAL (anything unforeseen). A method that fails has changed nothing.

#ifndef CANDOR_STORAGE_RESPONSE_STORE_H_
#define CANDOR_STORAGE_RESPONSE_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/domain/comments.h"
#include "services/domain/ids.h"

namespace candor::storage {

inline constexpr size_t kTokenHashBytes = 32;
inline constexpr size_t kSubmissionIdBytes = 16;

// Who holds a slot. All of it is public to the respondent's client; nothing in it says what was answered.
struct SlotHead {
  std::string token_hash;      // kTokenHashBytes
  uint32_t version = 0;        // of the answer, 1 or more
  std::string submission_id;   // kSubmissionIdBytes
  uint32_t replacements = 0;   // how often the answer of this token was replaced
};

// One slot as it is met while reading.
struct Slot {
  int64_t id = 0;  // unique in the survey, 1 or more; says nothing about when the slot was used
  int group = 0;   // the issuing group it was laid out for: its index in the manifest
  std::optional<SlotHead> head;  // unset: free
};

// One slot to be overwritten.
struct SlotWrite {
  int64_t slot = 0;
  SlotHead head;
  std::string sealed;  // of the survey's sealed size
};

// The answers of one survey that is not closed yet. Used by one thread at a time; one object per survey at a time
// writes.
class OpenSurveyStore {
 public:
  virtual ~OpenSurveyStore() = default;

  // Bytes of a sealed answer, as laid out.
  virtual size_t sealed_size() const = 0;

  // Stores the data key of a server run, sealed to the closing key; durable when this returns.
  virtual absl::Status AddRunKey(absl::string_view sealed_key) = 0;
  // All of them, in no particular order.
  virtual absl::StatusOr<std::vector<std::string>> RunKeys() = 0;

  // Calls `visit` for every slot, free or taken, without reading the sealed answers. Stops at the first status that is
  // not OK and gives it back.
  virtual absl::Status ForEachSlot(absl::FunctionRef<absl::Status(const Slot&)> visit) = 0;
  // Calls `visit` for every taken slot with its sealed answer, which is valid during the call only. One answer is in
  // memory at a time.
  virtual absl::Status ForEachAnswer(
      absl::FunctionRef<absl::Status(const Slot&, absl::string_view sealed)> visit) = 0;
  // The sealed answer in `slot`. NOT_FOUND: there is no such slot, or it is free.
  virtual absl::StatusOr<std::string> ReadSealed(int64_t slot) = 0;

  // Overwrites the slots in place, all of them or none, durable when this returns. Each slot at most once in a call.
  // INVALID_ARGUMENT: no such slot, or a head or sealed answer of a wrong size.
  virtual absl::Status WriteSlots(absl::Span<const SlotWrite> writes) = 0;

  // Lays out `count` (1 or more) further free slots of random bytes for `group`, durable when this returns. Gives their
  // ids.
  virtual absl::StatusOr<std::vector<int64_t>> AddSlots(int group, int64_t count) = 0;

  // Housekeeping that may take some milliseconds: moves what was written from the engine's log to its place and empties
  // the log. Cheap when there is nothing to do.
  virtual absl::Status Tidy() = 0;
  // Bytes in the engine's log that Tidy would move; an estimate that costs nothing.
  virtual int64_t untidy_bytes() const = 0;
};

enum class SurveyState {
  kAccepting,
  kStopped,    // no more answers; waits for the order to close
  kClosed,     // the result is stored; no answer is left
  kAbandoned,  // destroyed without a result
};

// A survey as it was ordered. The documents are the exact bytes that were hashed and signed.
struct StoredSurvey {
  domain::SurveyId id;
  SurveyState state = SurveyState::kAccepting;
  std::string contract;
  std::string instrument_version;
  std::string manifest;
  std::string manifest_signature;
  // The public key of the pool that the survey belongs to, as in its manifest; empty: of none. It never changes.
  std::string pool = {};
  // In steward mode the public half of the closing key, as in the manifest; empty: automatic mode. It never changes.
  std::string steward_key = {};
  // The newest notice of extension and its signature; empty: none. CreateSurvey does not read them.
  std::string extension = {};
  std::string extension_signature = {};
};

// A survey that has sealed answers, as it is met while reading; valid during the call only.
struct UnfinishedSurvey {
  domain::SurveyId survey;
  SurveyState state = SurveyState::kAccepting;  // or kStopped
  absl::string_view manifest;
  absl::string_view extension;    // empty: none
  absl::string_view steward_key;  // empty: automatic mode
};

// How the open survey's storage is laid out.
struct SlotLayout {
  std::vector<int64_t> slots;  // one number for each issuing group, in the manifest's order
  size_t sealed_size = 0;      // bytes of every sealed answer
};

// What is left of a survey after closing, beside its documents.
struct StoredOutcome {
  std::string order_id;
  std::string closed_result;
  std::string ledger;
};

struct ClosedComment {
  int place = 0;       // index in the survey's places
  std::string sealed;  // of one length in a survey
  // Of every comment of the survey, domain::kReplyKeyBytes (domain/follow_up.h), or of none.
  std::string reply_key = {};
};

// Everything that closing stores of a survey, all in one transaction.
struct StoredClosing {
  StoredOutcome outcome;
  std::vector<domain::CommentPlace> places;  // where comments stand
  std::vector<ClosedComment> comments;    // in shuffled order already
  std::vector<std::string> comment_keys;  // the comments' key, sealed to each moderator in the manifest's order
  std::vector<std::string> notices;       // sealed to the auditor, of one length, in shuffled order already
  std::string contribution;               // sealed to the pool's key; empty: the survey is of no pool
};

// What a moderator decided about a comment.
enum class DecisionKind {
  kApprove = 1,  // as it was written
  kRedact = 2,   // with parts cut
  kSummary = 3,  // its words go into the block's summary alone
  kReject = 4,
};

struct StoredDecision {
  DecisionKind kind = DecisionKind::kReject;
  domain::ModerationReason reason = domain::ModerationReason::kNone;
  int moderator = 0;   // who decided: index in the manifest
  std::string sealed;  // the words that go out, and the moderator's note, sealed by the caller; may be empty
};

struct StoredComment {
  std::string id;      // random, so that it can be named; made by the store
  int place = 0;
  std::string sealed;  // of one length in a survey
  std::optional<StoredDecision> decision;
};

struct StoredSummary {
  std::string block;   // as in domain::CommentPlace
  int moderator = 0;   // who wrote it last
  std::string sealed;  // by the caller
};

struct StoredComments {
  std::vector<std::string> sealed_keys;      // the comments' key, sealed to each moderator in the manifest's order
  std::vector<domain::CommentPlace> places;
  std::vector<StoredComment> comments;       // in the order of their ids, which is random
  std::vector<StoredSummary> summaries;      // by block
};

// What release keeps for questions back.
struct FollowUpStart {
  absl::Time release_time;            // whole seconds
  std::vector<std::string> comments;  // ids of those whose reply keys are kept
};

// A question that was put back to a comment, with the answer and a moderator's decision about it: there always are both, be
// it an answer that says "none" and random bytes in place of a decision.
struct StoredQuestion {
  std::string comment;          // its id
  std::string sealed_question;  // of one length
  std::string sealed_answer;    // of one length in a survey
  std::string sealed_decision;  // of one length
};

struct StoredFollowUps {
  absl::Time release_time;
  std::map<std::string, std::string> reply_keys;  // by comment
  std::vector<StoredQuestion> questions;          // by comment, in the order of their ids, which is random
};

// The surveys whose `pool` is one public key, and what was made of their contributions.
struct StoredPool {
  struct Member {
    domain::SurveyId survey;
    SurveyState state = SurveyState::kAccepting;
  };
  std::vector<Member> surveys;         // one or more, in the order of their ids
  std::optional<std::string> figures;  // set once it was pooled
};

// Methods may be called from many threads at once. The caller sees to it that no two calls that change the same survey
// overlap.
class ResponseStore {
 public:
  virtual ~ResponseStore() = default;

  // Lays out the open survey's storage with free slots of random bytes and makes the survey, accepting. Durable when
  // this returns; a crash before leaves no survey. `survey.state` is not read.
  // ALREADY_EXISTS: there is such a survey, whatever its state. FAILED_PRECONDITION, WRONG_STATE: its pool has its figures
  // already.
  virtual absl::Status CreateSurvey(const StoredSurvey& survey, const SlotLayout& layout) = 0;

  // NOT_FOUND, SURVEY_UNKNOWN (here and below).
  virtual absl::StatusOr<StoredSurvey> GetSurvey(const domain::SurveyId& survey) = 0;
  virtual absl::StatusOr<SurveyState> GetState(const domain::SurveyId& survey) = 0;

  // Calls `visit` for every survey that is accepting or stopped, in no particular order; `visit` calls no method of the
  // store. Stops at the first status that is not OK and gives it back.
  virtual absl::Status ForEachUnfinished(absl::FunctionRef<absl::Status(const UnfinishedSurvey&)> visit) = 0;

  // The surveys of one steward's key, by id; empty: none. `public_key` is not empty.
  struct StewardedSurvey {
    domain::SurveyId survey;
    SurveyState state = SurveyState::kAccepting;
  };
  virtual absl::StatusOr<std::vector<StewardedSurvey>> SurveysOfSteward(absl::string_view public_key) = 0;

  // Keeps the notice in place of the one before; durable when this returns. The other documents of a survey are never
  // written again: no method of this class can. FAILED_PRECONDITION, WRONG_STATE: not accepting.
  virtual absl::Status ExtendSurvey(const domain::SurveyId& survey, absl::string_view extension,
                                    absl::string_view extension_signature) = 0;

  // From accepting to stopped; durable when this returns. Already stopped: OK. FAILED_PRECONDITION, WRONG_STATE: closed
  // or abandoned.
  virtual absl::Status StopSurvey(const domain::SurveyId& survey) = 0;

  // The answers of a survey that is accepting or stopped. FAILED_PRECONDITION, WRONG_STATE: closed or abandoned.
  // DATA_LOSS: they are gone.
  virtual absl::StatusOr<std::unique_ptr<OpenSurveyStore>> OpenAnswers(const domain::SurveyId& survey) = 0;

  // From stopped to closed; durable when this returns. The answers are still there: DestroyAnswers. FAILED_PRECONDITION,
  // WRONG_STATE: not stopped. INVALID_ARGUMENT: a contribution of a survey without a pool, or none (empty) of one with a
  // pool.
  virtual absl::Status CloseSurvey(const domain::SurveyId& survey, const StoredClosing& closing) = 0;
  // FAILED_PRECONDITION, WRONG_STATE: not closed.
  virtual absl::StatusOr<StoredOutcome> GetOutcome(const domain::SurveyId& survey) = 0;

  // From accepting or stopped to abandoned; durable when this returns. Already abandoned: OK. The answers are still
  // there: DestroyAnswers. FAILED_PRECONDITION, WRONG_STATE: closed.
  virtual absl::Status AbandonSurvey(const domain::SurveyId& survey) = 0;

  // Destroys everything that OpenAnswers would give, durably; no OpenSurveyStore of the survey exists. Harmless when it
  // is gone already. FAILED_PRECONDITION, WRONG_STATE: the survey is neither closed nor abandoned.
  virtual absl::Status DestroyAnswers(const domain::SurveyId& survey) = 0;

  // Empty when there are none (any more).
  virtual absl::StatusOr<StoredComments> GetComments(const domain::SurveyId& survey) = 0;
  // Puts a decision in the place of the comment's one before; durable when this returns. FAILED_PRECONDITION, WRONG_STATE:
  // not closed, or released. NOT_FOUND, RESOURCE_NOT_FOUND: no such comment in this survey.
  virtual absl::Status PutDecision(const domain::SurveyId& survey, const std::string& comment,
                                   const StoredDecision& decision) = 0;
  // The same for the summary of a block; an empty `sealed` takes it away. NOT_FOUND: no comment stands in this block.
  virtual absl::Status PutSummary(const domain::SurveyId& survey, const StoredSummary& summary) = 0;
  // Stores `released` (domain::EncodeReleasedComments) and deletes comments, their keys, places, decisions and summaries,
  // in one transaction, durable when this returns. `follow_ups`: the reply keys of these comments are kept, and questions can
  // be put to them; unset: none are. FAILED_PRECONDITION, WRONG_STATE: not closed, or released already. NOT_FOUND: a comment
  // of `follow_ups` is none.
  virtual absl::Status ReleaseComments(const domain::SurveyId& survey, absl::string_view released,
                                       const std::optional<FollowUpStart>& follow_ups) = 0;
  // What was released; empty before.
  virtual absl::StatusOr<std::optional<std::string>> FindReleased(const domain::SurveyId& survey) = 0;

  // From release until FinishFollowUps; empty before and after, and where release kept nothing for questions.
  virtual absl::StatusOr<std::optional<StoredFollowUps>> FindFollowUps(const domain::SurveyId& survey) = 0;
  // Puts a question, with the answer that says "none" and what stands for no decision; durable when this returns. A question
  // never changes. ALREADY_EXISTS:
  // there is one to this comment. NOT_FOUND, RESOURCE_NOT_FOUND: the comment has no reply key. FAILED_PRECONDITION,
  // WRONG_STATE (here and below): FindFollowUps gives nothing.
  virtual absl::Status PutQuestion(const domain::SurveyId& survey, const std::string& comment,
                                   absl::string_view sealed_question, absl::string_view sealed_none,
                                   absl::string_view undecided) = 0;
  // Overwrites the answer to the comment's question where it stands, leaving neither a trace of the one before nor a time of
  // its own; durable when this returns. INVALID_ARGUMENT: of another length. NOT_FOUND, RESOURCE_NOT_FOUND: no question was
  // put to this comment.
  virtual absl::Status PutAnswer(const domain::SurveyId& survey, const std::string& comment,
                                 absl::string_view sealed_answer) = 0;
  // The same with the decision about the answer.
  virtual absl::Status DecideAnswer(const domain::SurveyId& survey, const std::string& comment,
                                    absl::string_view sealed_decision) = 0;
  // Stores `answers` (domain::EncodeFollowUpAnswers) and deletes all that FindFollowUps gives, in one transaction, durable
  // when this returns. What was deleted may stay in freed pages until Rebuild.
  virtual absl::Status FinishFollowUps(const domain::SurveyId& survey, absl::string_view answers) = 0;
  // What FinishFollowUps stored; empty before.
  virtual absl::StatusOr<std::optional<std::string>> FindFollowUpAnswers(const domain::SurveyId& survey) = 0;

  // The notices to the auditor, in the order of their ids, which is random; empty when there are none.
  virtual absl::StatusOr<std::vector<std::string>> GetNotices(const domain::SurveyId& survey) = 0;
  // The surveys of which there is anything in words: notices, comments, or what was released.
  virtual absl::StatusOr<std::vector<domain::SurveyId>> SurveysWithWords() = 0;
  // Durable when this returns; harmless when there are none. What was deleted may stay in freed pages until Rebuild.
  virtual absl::Status DestroyNotices(const domain::SurveyId& survey) = 0;
  // Deletes notices, comments with keys, places, decisions and summaries, what was released, questions back with their
  // answers and keys, and what was handed over of these, in one transaction, durable when this returns; as DestroyNotices
  // else. Gives whether there was anything.
  virtual absl::StatusOr<bool> DestroyWords(const domain::SurveyId& survey) = 0;

  // NOT_FOUND, SURVEY_UNKNOWN: no survey is of this pool.
  virtual absl::StatusOr<StoredPool> GetPool(absl::string_view public_key) = 0;
  // What the survey contributed to its pool. Empty: not closed, of no pool, or destroyed.
  virtual absl::StatusOr<std::string> GetContribution(const domain::SurveyId& survey) = 0;
  // Stores `figures` and destroys the contributions of all surveys of the pool in one transaction, durable when this
  // returns. FAILED_PRECONDITION, WRONG_STATE: a survey of the pool is accepting or stopped, or the pool has figures
  // already. NOT_FOUND, SURVEY_UNKNOWN: no survey is of this pool.
  virtual absl::Status FinishPool(absl::string_view public_key, absl::string_view figures) = 0;

  // Rebuilds the engine's files so that none keeps bytes of what was deleted.
  virtual absl::Status Rebuild() = 0;
  // The same, if since the last time anything was deleted that the files may keep until then: by ReleaseComments,
  // FinishFollowUps, DestroyNotices, DestroyWords or FinishPool, in this process or one before. That it is owed is stored with
  // the deletion itself, so that no crash and no fault in between is forgotten.
  virtual absl::Status RebuildIfOwed() = 0;

  // Destroys the answers of every survey that is closed, abandoned or was never made, and RebuildIfOwed: what a crash left
  // undone. Called once at start, before anything else.
  virtual absl::Status FinishDestroying() = 0;
};

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_RESPONSE_STORE_H_
