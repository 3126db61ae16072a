#include <string>
#include <utility>

#include "candor/v1/follow_up.pb.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/follow_ups.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/methods.h"
#include "services/rpc/resource_names.h"
#include "services/rpc/survey_lookup.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

v1::FollowUpState ToProto(identity::FollowUpState state) {
  switch (state) {
    case identity::FollowUpState::kAsked: return v1::FOLLOW_UP_STATE_ASKED;
    case identity::FollowUpState::kRejected: return v1::FOLLOW_UP_STATE_REJECTED;
    case identity::FollowUpState::kApproved: return v1::FOLLOW_UP_STATE_APPROVED;
    case identity::FollowUpState::kAnswered: return v1::FOLLOW_UP_STATE_ANSWERED;
    case identity::FollowUpState::kUnanswered: return v1::FOLLOW_UP_STATE_UNANSWERED;
  }
  return v1::FOLLOW_UP_STATE_UNSPECIFIED;
}

v1::FollowUp ToProto(identity::FollowUp follow_up) {
  v1::FollowUp proto;
  proto.set_comment(std::move(follow_up.comment));
  proto.set_comment_text(std::move(follow_up.comment_text));
  proto.set_question(std::move(follow_up.question));
  proto.set_state(ToProto(follow_up.state));
  proto.set_reason(static_cast<v1::ModerationReason>(follow_up.reason));
  proto.set_answer(std::move(follow_up.answer));
  proto.set_redacted(follow_up.redacted);
  return proto;
}

absl::Status AskQuestion(const IdentityBackend& b, const Caller& caller, const v1::AskQuestionRequest& request,
                         v1::FollowUp* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("survey", request.survey()));
  // Where somebody else reads first, the leader asks once they may read; before release nobody may.
  CANDOR_RETURN_IF_ERROR(
      b.reports->CheckReader(name.district, name.campaign, name.survey, ReaderOf(caller, name.district)));
  CANDOR_ASSIGN_OR_RETURN(identity::FollowUp asked,
                          b.lifecycle->follow_ups().Ask(caller, name.district, name.campaign, name.survey,
                                                        request.comment(), request.question()));
  *response = ToProto(std::move(asked));
  return absl::OkStatus();
}

absl::Status ListFollowUps(const IdentityBackend& b, const Caller& caller, const v1::ListFollowUpsRequest& request,
                           v1::ListFollowUpsResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("parent", request.parent()));
  CANDOR_ASSIGN_OR_RETURN(const bool moderates, b.lifecycle->follow_ups().Moderates(caller, name.district, name.survey));
  if (!moderates) {
    CANDOR_RETURN_IF_ERROR(
        b.reports->CheckReader(name.district, name.campaign, name.survey, ReaderOf(caller, name.district)));
  }
  CANDOR_ASSIGN_OR_RETURN(identity::FollowUpList list,
                          b.lifecycle->follow_ups().List(name.district, name.campaign, name.survey));
  for (identity::FollowUp& each : list.follow_ups) *response->add_follow_ups() = ToProto(std::move(each));
  *response->mutable_ask_until() = ToTimestamp(list.times.ask_until);
  *response->mutable_answer_until() = ToTimestamp(list.times.answer_until);
  *response->mutable_hand_over_until() = ToTimestamp(list.times.hand_over_until);
  return absl::OkStatus();
}

absl::Status DecideQuestion(const IdentityBackend& b, const Caller& caller, const v1::DecideQuestionRequest& request,
                            v1::FollowUp* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("survey", request.survey()));
  if (!v1::ModerationReason_IsValid(request.reason())) return domain::errors::InvalidField("reason", "is unknown");
  CANDOR_ASSIGN_OR_RETURN(
      identity::FollowUp decided,
      b.lifecycle->DecideQuestion(caller, name.district, name.campaign, name.survey, request.comment(),
                                  request.sealed_question(), static_cast<domain::ModerationReason>(request.reason())));
  *response = ToProto(std::move(decided));
  return absl::OkStatus();
}

// A method whose body takes the backend as well.
template <typename Request, typename Response>
void Add(const IdentityBackend& b, absl::string_view name,
         absl::Status (*body)(const IdentityBackend&, const Caller&, const Request&, Response*), MethodSet& methods) {
  methods.Add<Request, Response>(name, Lane::kIdentity,
                                 [b, body](const Caller& caller, const Request& request, Response* response) {
                                   return body(b, caller, request, response);
                                 });
}

}  // namespace

void AddFollowUpMethods(const IdentityBackend& b, MethodSet& methods) {
  Add(b, "candor.v1.FollowUpService.AskQuestion", AskQuestion, methods);
  Add(b, "candor.v1.FollowUpService.ListFollowUps", ListFollowUps, methods);
  Add(b, "candor.v1.FollowUpService.DecideQuestion", DecideQuestion, methods);
}

}  // namespace candor::rpc
