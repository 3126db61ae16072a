// What crosses between the planes, and nothing else (architecture: "Two planes that share no person").
//
// The identity plane gives orders; the response plane acknowledges and hands over closed results. Both sides may fail
// and restart at any moment, so every order is idempotent: the same order again gets the same answer.

#ifndef CANDOR_SERVICES_DOMAIN_RESPONSE_PLANE_H_
#define CANDOR_SERVICES_DOMAIN_RESPONSE_PLANE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/domain/ids.h"

namespace candor::domain {

// All documents as the exact bytes that were hashed and signed.
struct OpenOrder {
  SurveyId survey;
  std::string contract;            // EncodeContract
  std::string instrument_version;  // EncodeInstrumentVersion
  std::string manifest;            // EncodeManifest
  std::string manifest_signature;  // Ed25519 over "candor-manifest-v1" || manifest
};

struct CloseOrder {
  std::string order_id;  // random, made once for a survey's closing
  SurveyId survey;
  struct Issued {
    int64_t issued = 0;
    int64_t reissued = 0;
  };
  std::vector<Issued> issued;      // in the order of the manifest's groups
  // X25519, 32 bytes; in automatic mode. Empty in steward mode, where the key comes from the steward alone. Empty in
  // automatic mode (it is lost): does for a survey that this order has closed already.
  std::string closing_secret_key;
};

struct ExtendOrder {
  SurveyId survey;
  std::string notice;     // EncodeExtension
  std::string signature;  // Ed25519 over kExtensionTag || notice, by the manifest's signing key
};

struct CloseOutcome {
  std::string closed_result;     // EncodeClosedResult
  std::string ledger;            // canonical JSON with its signature, as crypto::VerifyLedger reads it
};

// Given once every survey of a campaign that was opened is closed or abandoned.
struct PoolOrder {
  std::string pooling_public_key;  // as in the manifests of the campaign's surveys: names the pool
  std::string pooling_secret_key;  // X25519, 32 bytes; empty (it is lost): nothing is computed, all is destroyed
};

// Given once all reports of a campaign can be frozen.
struct ReleaseOrder {
  SurveyId survey;
  bool discard_undecided = false;  // destroy what no moderator has decided about, instead of refusing
  // When the survey was released, whole seconds: the times of questions back are counted from it (follow_up.h). Kept by
  // the first order; later ones change nothing. After 1970 where the contract allows questions, and neither
  // to come nor before the survey was closed; but for long ago: their times are over at once.
  absl::Time release_time = {};
};

// A question back to a comment, once a moderator has approved it.
struct QuestionOrder {
  SurveyId survey;
  std::string comment;          // id of a released comment
  std::string sealed_question;  // follow_up.h
};

class ResponsePlane {
 public:
  virtual ~ResponsePlane() = default;

  // The public half of the key that signs this plane's receipts and ledgers: Ed25519, 32 bytes.
  virtual absl::StatusOr<std::string> ReceiptPublicKey() = 0;

  // Checks the documents against each other's hashes, lays out the survey's storage and starts to accept answers.
  // Durable when this returns. The same order again: OK. INVALID_ARGUMENT, ORDER_MISMATCH: the documents do not fit
  // together, or the survey is known with other documents.
  virtual absl::Status OpenSurvey(const OpenOrder& order) = 0;

  // Takes answers until the notice's close time, and shows the notice to whoever asks for the documents. Durable when this
  // returns. A notice of a time that is not later than what is known changes nothing: OK. INVALID_ARGUMENT, ORDER_MISMATCH:
  // the notice does not fit the survey's manifest. FAILED_PRECONDITION, SURVEY_CLOSED: the survey takes no more answers, by
  // an order or by this plane's clock; that is never taken back. NOT_FOUND, SURVEY_UNKNOWN.
  virtual absl::Status ExtendSurvey(const ExtendOrder& order) = 0;

  // Stops accepting answers; everything acknowledged so far is durable when this returns. Repeating it is harmless.
  // NOT_FOUND, SURVEY_UNKNOWN.
  virtual absl::Status StopAccepting(const SurveyId& survey) = 0;

  // Opens the sealed answers, counts them, applies the disclosure rules and destroys answers and tallies (A6, step 4).
  // The same order id again: the same outcome, whatever key it brings. FAILED_PRECONDITION: WRONG_CLOSING_KEY (not the secret
  // half of the manifest's key), SURVEY_CLOSED (closed under another order id), WAITING_FOR_STEWARD (in steward mode:
  // stopped, durably; the steward has not sent the key to this plane since it was started, so ask again), SURVEY_ABANDONED
  // (by an order, or by this plane itself when the contract's abandon time came: everything sealed is destroyed; at the
  // latest from CountingEndTime on, destroyed already or not). DATA_LOSS: a sealed answer cannot be opened.
  virtual absl::StatusOr<CloseOutcome> CloseSurvey(const CloseOrder& order) = 0;

  // Adds up what the surveys of a pool contributed at closing, computes the pooled figures, stores these alone, and
  // destroys the contributions: once for a campaign, over all its surveys, with no other choice of them. Gives
  // EncodePooledFigures. Repeating it is harmless and gives the same bytes, whatever secret key it brings. The
  // contributions may stay in freed pages until Forget is called. FAILED_PRECONDITION: WRONG_STATE (a survey of the pool
  // is neither closed nor abandoned), WRONG_CLOSING_KEY (not the secret half of this key; nothing is changed). NOT_FOUND,
  // SURVEY_UNKNOWN: no survey was ever opened with this key. DATA_LOSS: a contribution cannot be opened.
  virtual absl::StatusOr<std::string> PoolCampaign(const PoolOrder& order) = 0;

  // Rebuilds the plane's database so that no freed page keeps what was destroyed, of whatever survey (A6, step 7).
  virtual absl::Status Forget() = 0;

  // Destroys the survey's answers and keys without a result. Repeating it is harmless. NOT_FOUND, SURVEY_UNKNOWN: the
  // survey was never opened, so there is nothing to destroy. FAILED_PRECONDITION, WRONG_STATE: it is closed, so that its
  // answers are destroyed already; ReleaseSurvey deals with what is left of its comments.
  virtual absl::Status AbandonSurvey(const SurveyId& survey) = 0;

  // Whether anything of a closed survey waits for a moderator: a comment is undecided, or a summary missing. Not how much, and
  // nothing of groups that are too small to be named: nobody but the moderators is to know whether anybody there wrote.
  // FAILED_PRECONDITION, WRONG_STATE: not closed.
  virtual absl::StatusOr<bool> CommentsWait(const SurveyId& survey) = 0;

  // Hands over what the moderators let out (EncodeReleasedComments), frozen by this, and destroys every other comment with
  // all keys. Once for a survey: the same order again gets the same bytes, whatever it says about discarding. What was
  // destroyed may stay in freed pages until Forget is called. Once the contract's time for words is over (NoticesEndTime)
  // they are destroyed here, also what was handed over; the order then gets a document that says so, and is none the less
  // obeyed. FAILED_PRECONDITION: WRONG_STATE (not closed),
  // COMMENTS_UNDECIDED (something is undecided or a summary missing, and it is not to be discarded; nothing is changed).
  // INVALID_ARGUMENT, ORDER_MISMATCH: a release time that cannot be; nothing is changed.
  virtual absl::StatusOr<std::string> ReleaseSurvey(const ReleaseOrder& order) = 0;

  // Shows a question to whoever asks for the survey's; durable when this returns. The same order again: OK.
  // FAILED_PRECONDITION: WRONG_STATE (not released), FOLLOW_UP_OVER (the contract allows none, or the time to answer is
  // over). INVALID_ARGUMENT, ORDER_MISMATCH: there is another question to this comment, or the length is wrong. NOT_FOUND:
  // SURVEY_UNKNOWN; NOT_FOUND (no such comment was released).
  virtual absl::Status PutQuestion(const QuestionOrder& order) = 0;

  // Hands over the answers that moderators let out (EncodeFollowUpAnswers), frozen by this, and destroys questions, answers
  // and reply keys. Once for a survey; repeated, the same bytes, until the contract's time for words is over (NoticesEndTime):
  // from then on a document without answers. Where the contract allows no questions, or none was put: no answers. What was destroyed may stay in freed pages until Forget is called. FAILED_PRECONDITION: WRONG_STATE (not
  // released), WAITING_FOR_MODERATORS (the time to answer is not over; or an answer is undecided, and the time for that is
  // not over).
  virtual absl::StatusOr<std::string> FinishFollowUps(const SurveyId& survey) = 0;

  // Answers counted so far, coarse: 0 stands for "fewer than 5", then steps of 5, in the order of the manifest's groups.
  virtual absl::StatusOr<std::vector<int64_t>> LiveCounts(const SurveyId& survey) = 0;
};

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_RESPONSE_PLANE_H_
