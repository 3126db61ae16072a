// Questions that leaders put back to comments beside their reports: what was asked, what moderators have decided, and what
// came of it in the end.

#ifndef CANDOR_SERVICES_IDENTITY_FOLLOW_UPS_H_
#define CANDOR_SERVICES_IDENTITY_FOLLOW_UPS_H_

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/comments.h"
#include "services/domain/follow_up.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// What became of a question.
enum class FollowUpState {
  kAsked,       // no moderator has decided yet
  kRejected,    // nobody is asked
  kApproved,    // the writer can read and answer it
  kAnswered,    // there is an answer
  kUnanswered,  // its time is over, and there is no answer that could be shown
};

struct FollowUp {
  std::string comment;       // its id
  std::string comment_text;  // as it stands beside the report
  std::string question;
  FollowUpState state = FollowUpState::kAsked;
  domain::ModerationReason reason = domain::ModerationReason::kNone;  // of kRejected alone
  std::string answer;                                                 // of kAnswered alone
  bool redacted = false;
};

struct FollowUpList {
  std::vector<FollowUp> follow_ups;  // by comment
  domain::FollowUpTimes times;
};

// When a campaign's questions are to be worked at again.
struct NextLook {
  std::optional<absl::Time> time;  // from then on; unset: at no certain time
  bool waiting = false;            // moderators have yet to decide about answers: now and then
};

// May be called from many threads at once; Advance by one at a time for one campaign.
class FollowUps {
 public:
  FollowUps(storage::IdentityStore* store, base::Clock* clock, domain::ResponsePlane* plane,
            const std::atomic<bool>* stopping)
      : store_(*store), clock_(*clock), plane_(*plane), stopping_(*stopping) {}

  // Of all three: NOT_FOUND, RESOURCE_NOT_FOUND: no such survey in the campaign. FAILED_PRECONDITION: REPORT_NOT_RELEASED;
  // FOLLOW_UP_OVER: the contract allows no questions, or (not of List) the time to ask is over. Whether the caller may do
  // this is decided before.

  // Puts a question to a comment beside the report; the same again changes nothing. INVALID_ARGUMENT, FIELD_INVALID: it is
  // empty, longer than domain::kLongestQuestion or not plain text. NOT_FOUND, RESOURCE_NOT_FOUND: no such comment stands
  // there. ALREADY_EXISTS, RESOURCE_EXISTS: there is another question to it.
  absl::StatusOr<FollowUp> Ask(const Caller& caller, const domain::DistrictId& district,
                               const domain::CampaignId& campaign, const domain::SurveyId& survey,
                               absl::string_view comment, absl::string_view question);

  // Approves a question, with what the response plane is to show; or, where `sealed_question` is empty, rejects it for
  // `reason`. What was decided stays: approving again changes nothing, and what was sealed first is shown. INVALID_ARGUMENT,
  // FIELD_INVALID: neither a sealed question nor a reason, both, or a sealed question of a wrong length. NOT_FOUND,
  // RESOURCE_NOT_FOUND: no question was put to the comment. FAILED_PRECONDITION, WRONG_STATE: it is decided otherwise.
  absl::StatusOr<FollowUp> Decide(const Caller& caller, const domain::DistrictId& district,
                                  const domain::CampaignId& campaign, const domain::SurveyId& survey,
                                  absl::string_view comment, absl::string_view sealed_question,
                                  domain::ModerationReason reason);

  absl::StatusOr<FollowUpList> List(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                    const domain::SurveyId& survey);

  // Whether the caller is a moderator of the survey, as it was opened, with that role still. Of no survey: false.
  absl::StatusOr<bool> Moderates(const Caller& caller, const domain::DistrictId& district,
                                 const domain::SurveyId& survey);

  // Gives the response plane the questions that are approved and, once the time to answer is over, asks it for the answers
  // until it hands them over; `look` says when to come again. A fault of one survey keeps none of the others; the first is
  // returned once all have been tried. CANCELLED: the server is stopping.
  absl::Status Advance(const domain::DistrictId& district, const domain::CampaignId& campaign, NextLook* look);

 private:
  struct Finished {
    storage::SurveyRow survey;
    std::string answers;  // the document
  };

  absl::Status Place(const storage::SurveyRow& survey);
  // The answers' document; empty while moderators have yet to decide.
  absl::StatusOr<std::string> Finish(const storage::SurveyRow& survey, const domain::FollowUpTimes& times);
  absl::Status Store(const std::vector<Finished>& finished);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  domain::ResponsePlane& plane_;
  const std::atomic<bool>& stopping_;
};

// The times of a released survey's questions. FAILED_PRECONDITION: REPORT_NOT_RELEASED; FOLLOW_UP_OVER: its contract allows
// none.
absl::StatusOr<domain::FollowUpTimes> FollowUpTimesOf(storage::ReadTransaction& transaction,
                                                      const storage::SurveyRow& survey);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_FOLLOW_UPS_H_
