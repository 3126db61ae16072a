// Questions back to comments, from release until their answers are handed over (domain/follow_up.h).
//
// The plane reads neither questions nor answers: the first are sealed to whoever wrote the comment, the second to the
// moderators, and the words that go out are those that a moderator sends back. They lie sealed, with what was decided, under
// a key of their own in the key folder (words_key.h), which is destroyed with everything else when the answers are handed
// over.

#ifndef CANDOR_SERVICES_COLLECTION_FOLLOW_UPS_H_
#define CANDOR_SERVICES_COLLECTION_FOLLOW_UPS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collection/answer_challenges.h"
#include "services/collection/moderation.h"
#include "services/collection/survey.h"
#include "services/domain/follow_up.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

// What everybody is shown.
struct QuestionList {
  std::vector<std::string> sealed_questions;  // all of them, of one length, in an order drawn anew each time
  std::optional<absl::Time> answer_until;     // unset: there are no questions (any more)
  std::string challenge;                      // to sign an answer with (answer_challenges.h); empty where there are none
};

struct QuestionAnswer {
  std::string comment;        // its id
  std::string sealed_answer;  // domain/follow_up.h
  std::string challenge;      // of a QuestionList
  std::string signature;      // by the comment's reply key, over domain::FollowUpSignedBytes
};

// One answer as a moderator is shown it; it may say that there is none.
struct ModeratedAnswer {
  std::string comment;  // its id
  std::string sealed;
  std::optional<CommentDecision> decision;
  int decided_by = 0;  // index among the manifest's moderators
};

struct AnswersView {
  bool answering_over = false;
  std::vector<ModeratedAnswer> answers;  // by comment; none before answering is over
  absl::Time decide_until;
};

// Used with one survey at a time by one thread, but for Questions; the folder of keys exists. `now` is this plane's clock.
class FollowUps {
 public:
  // `store` and `clock` outlive the object.
  FollowUps(storage::ResponseStore* store, std::string keys_folder, base::Clock* clock)
      : store_(*store), keys_folder_(std::move(keys_folder)), challenges_(clock) {}

  // As domain::ResponsePlane.
  absl::Status Put(const Survey& survey, const domain::QuestionOrder& order, absl::Time now);
  absl::StatusOr<std::string> Finish(const Survey& survey, absl::Time now);
  // The same once the time of everything in words is over: no answers.
  absl::StatusOr<std::string> FinishExpired(const Survey& survey);
  // When Finish can no longer be put off; unset: there is nothing to finish.
  absl::StatusOr<std::optional<absl::Time>> EndTime(const Survey& survey);

  absl::StatusOr<QuestionList> Questions(const Survey& survey);
  // The same answer again is OK as long as it is the newest. INVALID_ARGUMENT, FIELD_INVALID: a length, or not signed by the
  // comment's key. NOT_FOUND: no question was put to this comment. FAILED_PRECONDITION: FOLLOW_UP_OVER; CHALLENGE_STALE, the
  // challenge is none of this process's, or another answer was sent with it or a later one.
  absl::Status Answer(const Survey& survey, const QuestionAnswer& answer, absl::Time now);

  // FAILED_PRECONDITION (here and below): WRONG_STATE, not released; FOLLOW_UP_OVER, the contract allows no questions, or
  // answers are handed over.
  absl::StatusOr<std::map<std::string, std::string>> ReplyKeys(const Survey& survey);
  absl::StatusOr<AnswersView> Answers(const Survey& survey, absl::Time now);
  // INVALID_ARGUMENT, FIELD_INVALID: as Moderation::Decide; nothing of an answer goes into a summary. NOT_FOUND: no question
  // was put to this comment. FAILED_PRECONDITION: WRONG_STATE also while answers are taken; FOLLOW_UP_OVER also once the
  // time to decide is over.
  absl::Status Decide(const Survey& survey, int moderator, const std::string& comment, const CommentDecision& decision,
                      absl::Time now);

 private:
  struct UnderWay;
  absl::StatusOr<UnderWay> Require(const Survey& survey);

  storage::ResponseStore& store_;
  const std::string keys_folder_;
  AnswerChallenges challenges_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_FOLLOW_UPS_H_
