// PlaneService: the orders of the identity plane, where it is another server.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/plane.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/rpc/methods.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using domain::ResponsePlane;
using google::protobuf::Empty;
using identity::Caller;

std::string Name(absl::string_view method) { return absl::StrCat("candor.v1.PlaneService.", method); }

absl::Status OpenSurvey(ResponsePlane& plane, const v1::OpenSurveyRequest& request) {
  domain::OpenOrder order;
  order.survey = domain::SurveyId(request.survey());
  order.contract = request.contract();
  order.instrument_version = request.instrument_version();
  order.manifest = request.manifest();
  order.manifest_signature = request.manifest_signature();
  return plane.OpenSurvey(order);
}

absl::Status CloseSurvey(ResponsePlane& plane, const v1::CloseSurveyRequest& request,
                         v1::CloseSurveyResponse* response) {
  domain::CloseOrder order;
  order.order_id = request.order_id();
  order.survey = domain::SurveyId(request.survey());
  for (const auto& group : request.issued()) order.issued.push_back({group.issued(), group.reissued()});
  order.closing_secret_key = request.closing_secret_key();
  absl::StatusOr<domain::CloseOutcome> outcome = plane.CloseSurvey(order);
  base::Wipe(order.closing_secret_key);
  CANDOR_RETURN_IF_ERROR(outcome.status());
  response->set_closed_result(std::move(outcome->closed_result));
  response->set_ledger(std::move(outcome->ledger));
  return absl::OkStatus();
}

absl::Status PoolCampaign(ResponsePlane& plane, const v1::PoolCampaignRequest& request,
                          v1::PoolCampaignResponse* response) {
  domain::PoolOrder order;
  order.pooling_public_key = request.pooling_public_key();
  order.pooling_secret_key = request.pooling_secret_key();
  absl::StatusOr<std::string> figures = plane.PoolCampaign(order);
  base::Wipe(order.pooling_secret_key);
  CANDOR_RETURN_IF_ERROR(figures.status());
  response->set_pooled_figures(*std::move(figures));
  return absl::OkStatus();
}

// An order that names a survey and nothing else.
template <typename Request>
void AddOrder(ResponsePlane* plane, absl::string_view name, absl::Status (ResponsePlane::*order)(const domain::SurveyId&),
              MethodSet& methods) {
  methods.Add<Request, Empty>(Name(name), Lane::kOrders, [plane, order](const Caller&, const Request& request, Empty*) {
    return (plane->*order)(domain::SurveyId(request.survey()));
  });
}

}  // namespace

void AddPlaneMethods(ResponsePlane* plane, MethodSet& methods) {
  methods.Add<v1::GetReceiptKeyRequest, v1::GetReceiptKeyResponse>(
      Name("GetReceiptKey"), Lane::kReading,
      [plane](const Caller&, const v1::GetReceiptKeyRequest&, v1::GetReceiptKeyResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(*response->mutable_public_key(), plane->ReceiptPublicKey());
        return absl::OkStatus();
      });
  methods.Add<v1::OpenSurveyRequest, Empty>(
      Name("OpenSurvey"), Lane::kOrders,
      [plane](const Caller&, const v1::OpenSurveyRequest& request, Empty*) { return OpenSurvey(*plane, request); });
  methods.Add<v1::ExtendSurveyRequest, Empty>(
      Name("ExtendSurvey"), Lane::kOrders, [plane](const Caller&, const v1::ExtendSurveyRequest& request, Empty*) {
        return plane->ExtendSurvey({domain::SurveyId(request.survey()), request.notice(), request.signature()});
      });
  AddOrder<v1::StopAcceptingRequest>(plane, "StopAccepting", &ResponsePlane::StopAccepting, methods);
  methods.Add<v1::CloseSurveyRequest, v1::CloseSurveyResponse>(
      Name("CloseSurvey"), Lane::kOrders,
      [plane](const Caller&, const v1::CloseSurveyRequest& request, v1::CloseSurveyResponse* response) {
        return CloseSurvey(*plane, request, response);
      });
  methods.Add<v1::PoolCampaignRequest, v1::PoolCampaignResponse>(
      Name("PoolCampaign"), Lane::kOrders,
      [plane](const Caller&, const v1::PoolCampaignRequest& request, v1::PoolCampaignResponse* response) {
        return PoolCampaign(*plane, request, response);
      });
  methods.Add<v1::ForgetRequest, Empty>(
      Name("Forget"), Lane::kOrders,
      [plane](const Caller&, const v1::ForgetRequest&, Empty*) { return plane->Forget(); });
  AddOrder<v1::AbandonSurveyRequest>(plane, "AbandonSurvey", &ResponsePlane::AbandonSurvey, methods);
  methods.Add<v1::CheckCommentsRequest, v1::CheckCommentsResponse>(
      Name("CheckComments"), Lane::kReading,
      [plane](const Caller&, const v1::CheckCommentsRequest& request,
              v1::CheckCommentsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const bool waiting, plane->CommentsWait(domain::SurveyId(request.survey())));
        response->set_waiting(waiting);
        return absl::OkStatus();
      });
  methods.Add<v1::ReleaseSurveyRequest, v1::ReleaseSurveyResponse>(
      Name("ReleaseSurvey"), Lane::kOrders,
      [plane](const Caller&, const v1::ReleaseSurveyRequest& request,
              v1::ReleaseSurveyResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(
            *response->mutable_released_comments(),
            plane->ReleaseSurvey({domain::SurveyId(request.survey()), request.discard_undecided(),
                                  absl::FromUnixSeconds(request.release_time())}));
        return absl::OkStatus();
      });
  methods.Add<v1::PutQuestionRequest, Empty>(
      Name("PutQuestion"), Lane::kOrders, [plane](const Caller&, const v1::PutQuestionRequest& request, Empty*) {
        return plane->PutQuestion({domain::SurveyId(request.survey()), request.comment(), request.sealed_question()});
      });
  methods.Add<v1::FinishFollowUpsRequest, v1::FinishFollowUpsResponse>(
      Name("FinishFollowUps"), Lane::kOrders,
      [plane](const Caller&, const v1::FinishFollowUpsRequest& request,
              v1::FinishFollowUpsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(*response->mutable_answers(),
                                plane->FinishFollowUps(domain::SurveyId(request.survey())));
        return absl::OkStatus();
      });
  methods.Add<v1::GetLiveCountsRequest, v1::GetLiveCountsResponse>(
      Name("GetLiveCounts"), Lane::kReading,
      [plane](const Caller&, const v1::GetLiveCountsRequest& request,
              v1::GetLiveCountsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const std::vector<int64_t> counts, plane->LiveCounts(domain::SurveyId(request.survey())));
        response->mutable_answered()->Assign(counts.begin(), counts.end());
        return absl::OkStatus();
      });
}

}  // namespace candor::rpc
