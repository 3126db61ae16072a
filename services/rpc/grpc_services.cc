#include "services/rpc/grpc_services.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "candor/v1/framework.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/plane.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "candor/v1/retention.grpc.pb.h"
#include "candor/v1/scoring.grpc.pb.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "grpcpp/support/slice.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/rpc/status.h"
#include "services/rpc/wiped_request.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using google::protobuf::Empty;

enum class ReplySize {
  kAny,
  kSmall,  // of a few hundred bytes whatever is asked
};

// One call's answer, and its share of the budget until the transport is done with it.
class Reply final : public grpc::ServerUnaryReactor {
 public:
  Reply(ReplyBudget* budget, google::protobuf::Message* response) : budget_(*budget), response_(response) {}

  void Send(absl::Status status) {
    if (status.ok()) {
      const size_t bytes = response_->ByteSizeLong();
      if (budget_.TryTake(bytes)) {
        taken_ = bytes;
      } else {
        // The memory goes at once; clearing alone would keep it for as long as the caller does not read.
        const std::unique_ptr<google::protobuf::Message> dropped(response_->New());
        response_->GetReflection()->Swap(response_, dropped.get());
        status = domain::errors::Overloaded();
      }
    }
    Finish(ToGrpcStatus(status));
  }

  void OnDone() override {
    budget_.GiveBack(taken_);
    delete this;
  }

 private:
  ReplyBudget& budget_;
  google::protobuf::Message* const response_;
  size_t taken_ = 0;
};

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// One call's answer as bytes that are shared with other calls.
class EncodedReply final : public grpc::ServerUnaryReactor {
 public:
  explicit EncodedReply(grpc::ByteBuffer* response) : response_(response) {}

  void Send(absl::StatusOr<EncodedReplies::Bytes> bytes) {
    if (bytes.ok()) {
      // The transport lets go of its share when it has sent the bytes.
      auto* const share = new EncodedReplies::Bytes(*std::move(bytes));
      const grpc::Slice slice(const_cast<char*>((*share)->data()), (*share)->size(),
                              [](void* held) { delete static_cast<EncodedReplies::Bytes*>(held); }, share);
      *response_ = grpc::ByteBuffer(&slice, 1);
    }
    Finish(ToGrpcStatus(bytes.status()));
  }

  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer* const response_;
};

// Hands the calls of one service to the dispatcher.
class Gate {
 public:
  Gate(const MethodSet* methods, Dispatcher* dispatcher) : methods_(*methods), dispatcher_(*dispatcher) {}

  const Method* Get(const std::string& name) const {
    const Method* method = methods_.Find(name);
    CANDOR_CHECK(method != nullptr);
    return method;
  }

  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, const Method& method,
                                  const google::protobuf::Message& request, google::protobuf::Message* response,
                                  ReplySize size) const {
    ReplyBudget* const budget = dispatcher_.RepliesOf(method);
    if (budget != nullptr && size == ReplySize::kAny) {
      auto* const reply = new Reply(budget, response);
      dispatcher_.Dispatch(method, CallOf(context), request, response,
                           [reply](absl::Status status) { reply->Send(std::move(status)); });
      return reply;
    }
    // Nothing is to be done once the reply is sent, and gRPC's own reactor needs no other thread to do it in.
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    dispatcher_.Dispatch(method, CallOf(context), request, response,
                         [reactor](absl::Status status) { reactor->Finish(ToGrpcStatus(status)); });
    return reactor;
  }

  grpc::ServerUnaryReactor* ServeEncoded(grpc::CallbackServerContext* context, const Method& method,
                                         const grpc::ByteBuffer& request, grpc::ByteBuffer* response) const {
    auto* const reply = new EncodedReply(response);
    dispatcher_.DispatchEncoded(method, CallOf(context), BytesOf(request),
                                [reply](absl::StatusOr<EncodedReplies::Bytes> bytes) { reply->Send(std::move(bytes)); });
    return reply;
  }

 private:
  // The context lives until the call has been answered.
  static Call CallOf(grpc::CallbackServerContext* context) {
    Call call;
    const auto& metadata = context->client_metadata();
    if (const auto entry = metadata.find("authorization"); entry != metadata.end()) {
      call.authorization.assign(entry->second.data(), entry->second.size());
    }
    call.is_cancelled = [context] { return context->IsCancelled(); };
    call.peer = [context] { return context->peer(); };
    return call;
  }

  const MethodSet& methods_;
  Dispatcher& dispatcher_;
};

// One method of a service: its look-up once, and the function that gRPC calls.
#define CANDOR_METHOD(Service, Name, Request, Response) \
  CANDOR_METHOD_OF_SIZE(Service, Name, Request, Response, ReplySize::kAny)
#define CANDOR_SMALL_METHOD(Service, Name, Request, Response) \
  CANDOR_METHOD_OF_SIZE(Service, Name, Request, Response, ReplySize::kSmall)
#define CANDOR_METHOD_OF_SIZE(Service, Name, Request, Response, size)                                    \
 public:                                                                                                 \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context, const Request* request,           \
                                 Response* response) override {                                          \
    return gate_.Serve(context, *method_##Name, *request, response, size);                               \
  }                                                                                                      \
                                                                                                         \
 private:                                                                                                \
  const Method* const method_##Name = gate_.Get("candor.v1." #Service "." #Name);

// The same for a method whose encoded replies may be given again.
#define CANDOR_ENCODED_METHOD(Service, Name)                                                             \
 public:                                                                                                 \
  grpc::ServerUnaryReactor* Name(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,  \
                                 grpc::ByteBuffer* response) override {                                  \
    return gate_.ServeEncoded(context, *method_##Name, *request, response);                              \
  }                                                                                                      \
                                                                                                         \
 private:                                                                                                \
  const Method* const method_##Name = gate_.Get("candor.v1." #Service "." #Name);

// The class of one service around its methods.
#define CANDOR_SERVICE(Service, ...) CANDOR_SERVICE_ON(Service, v1::Service::CallbackService, __VA_ARGS__)
#define CANDOR_SERVICE_ON(Service, Base, ...)                                                            \
  class Service##Gate final : public Base {                                                              \
   public:                                                                                               \
    explicit Service##Gate(Gate gate) : gate_(gate) {}                                                   \
                                                                                                         \
   private:                                                                                              \
    const Gate gate_;                                                                                    \
    __VA_ARGS__                                                                                          \
  };

CANDOR_SERVICE(DirectoryService,
               CANDOR_METHOD(DirectoryService, CreateDistrict, v1::CreateDistrictRequest, v1::District)
               CANDOR_METHOD(DirectoryService, GetDistrict, v1::GetDistrictRequest, v1::District)
               CANDOR_METHOD(DirectoryService, ListDistricts, v1::ListDistrictsRequest, v1::ListDistrictsResponse)
               CANDOR_METHOD(DirectoryService, CreateSchool, v1::CreateSchoolRequest, v1::School)
               CANDOR_METHOD(DirectoryService, GetSchool, v1::GetSchoolRequest, v1::School)
               CANDOR_METHOD(DirectoryService, ListSchools, v1::ListSchoolsRequest, v1::ListSchoolsResponse)
               CANDOR_METHOD(DirectoryService, CreatePerson, v1::CreatePersonRequest, v1::Person)
               CANDOR_METHOD(DirectoryService, UpdatePerson, v1::UpdatePersonRequest, v1::Person)
               CANDOR_METHOD(DirectoryService, RegisterKey, v1::RegisterKeyRequest, v1::Person)
               CANDOR_METHOD(DirectoryService, DeletePerson, v1::DeletePersonRequest, Empty)
               CANDOR_METHOD(DirectoryService, GetPerson, v1::GetPersonRequest, v1::Person)
               CANDOR_METHOD(DirectoryService, ListPeople, v1::ListPeopleRequest, v1::ListPeopleResponse)
               CANDOR_METHOD(DirectoryService, CreateAccessKey, v1::CreateAccessKeyRequest, v1::CreateAccessKeyResponse)
               CANDOR_METHOD(DirectoryService, DeleteAccessKey, v1::DeleteAccessKeyRequest, Empty)
               CANDOR_METHOD(DirectoryService, ListAccessKeys, v1::ListAccessKeysRequest, v1::ListAccessKeysResponse)
               CANDOR_METHOD(DirectoryService, ListAuditEntries, v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse))

CANDOR_SERVICE(FrameworkService,
               CANDOR_METHOD(FrameworkService, ImportFramework, v1::ImportFrameworkRequest, v1::Framework)
               CANDOR_METHOD(FrameworkService, GetFramework, v1::GetFrameworkRequest, v1::Framework)
               CANDOR_METHOD(FrameworkService, ListFrameworks, v1::ListFrameworksRequest, v1::ListFrameworksResponse))

CANDOR_SERVICE(InstrumentService,
               CANDOR_METHOD(InstrumentService, CreateInstrument, v1::CreateInstrumentRequest, v1::Instrument)
               CANDOR_METHOD(InstrumentService, UpdateInstrument, v1::UpdateInstrumentRequest, v1::Instrument)
               CANDOR_METHOD(InstrumentService, PublishInstrument, v1::PublishInstrumentRequest, v1::InstrumentVersion)
               CANDOR_METHOD(InstrumentService, GetInstrument, v1::GetInstrumentRequest, v1::Instrument)
               CANDOR_METHOD(InstrumentService, ListInstruments, v1::ListInstrumentsRequest, v1::ListInstrumentsResponse)
               CANDOR_METHOD(InstrumentService, GetInstrumentVersion, v1::GetInstrumentVersionRequest,
                             v1::InstrumentVersion)
               CANDOR_METHOD(InstrumentService, ListInstrumentVersions, v1::ListInstrumentVersionsRequest,
                             v1::ListInstrumentVersionsResponse))

CANDOR_SERVICE(CampaignService,
               CANDOR_METHOD(CampaignService, CreateCampaign, v1::CreateCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, UpdateCampaign, v1::UpdateCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, DeleteCampaign, v1::DeleteCampaignRequest, Empty)
               CANDOR_METHOD(CampaignService, GetCampaign, v1::GetCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, ListCampaigns, v1::ListCampaignsRequest, v1::ListCampaignsResponse)
               CANDOR_METHOD(CampaignService, PreviewCampaign, v1::PreviewCampaignRequest, v1::PreviewCampaignResponse)
               CANDOR_METHOD(CampaignService, OpenCampaign, v1::OpenCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, CloseCampaign, v1::CloseCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, ExtendCampaign, v1::ExtendCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, ReleaseCampaign, v1::ReleaseCampaignRequest, v1::Campaign)
               CANDOR_METHOD(CampaignService, CreateSurvey, v1::CreateSurveyRequest, v1::Survey)
               CANDOR_METHOD(CampaignService, DeleteSurvey, v1::DeleteSurveyRequest, Empty)
               CANDOR_METHOD(CampaignService, GetSurvey, v1::GetSurveyRequest, v1::Survey)
               CANDOR_METHOD(CampaignService, ListSurveys, v1::ListSurveysRequest, v1::ListSurveysResponse)
               CANDOR_METHOD(CampaignService, BatchCreateRaters, v1::BatchCreateRatersRequest,
                             v1::BatchCreateRatersResponse)
               CANDOR_METHOD(CampaignService, CreatePaperRaters, v1::CreatePaperRatersRequest,
                             v1::CreatePaperRatersResponse)
               CANDOR_METHOD(CampaignService, UpdateRater, v1::UpdateRaterRequest, v1::Rater)
               CANDOR_METHOD(CampaignService, DeleteRater, v1::DeleteRaterRequest, Empty)
               CANDOR_METHOD(CampaignService, ListRaters, v1::ListRatersRequest, v1::ListRatersResponse)
               CANDOR_METHOD(CampaignService, ListCodes, v1::ListCodesRequest, v1::ListCodesResponse)
               CANDOR_METHOD(CampaignService, ReissueCode, v1::ReissueCodeRequest, v1::InvitationCode)
               CANDOR_METHOD(CampaignService, GetIdentifiedRating, v1::GetIdentifiedRatingRequest, v1::IdentifiedRating)
               CANDOR_METHOD(CampaignService, PutIdentifiedRating, v1::PutIdentifiedRatingRequest, v1::IdentifiedRating))

CANDOR_SERVICE(FollowUpService,
               CANDOR_METHOD(FollowUpService, AskQuestion, v1::AskQuestionRequest, v1::FollowUp)
               CANDOR_METHOD(FollowUpService, ListFollowUps, v1::ListFollowUpsRequest, v1::ListFollowUpsResponse)
               CANDOR_METHOD(FollowUpService, DecideQuestion, v1::DecideQuestionRequest, v1::FollowUp))

CANDOR_SERVICE(RetentionService, CANDOR_METHOD(RetentionService, PurgePersonalData, v1::PurgePersonalDataRequest,
                                               v1::PurgePersonalDataResponse))

CANDOR_SERVICE(InvitationService,
               CANDOR_METHOD(InvitationService, OpenInvitation, v1::OpenInvitationRequest, v1::OpenInvitationResponse)
               CANDOR_SMALL_METHOD(InvitationService, IssueToken, v1::IssueTokenRequest, v1::IssueTokenResponse))

CANDOR_SERVICE(ResponseService,
               CANDOR_METHOD(ResponseService, GetManifest, v1::GetManifestRequest, v1::GetManifestResponse)
               CANDOR_SMALL_METHOD(ResponseService, SubmitResponse, v1::SubmitResponseRequest,
                                   v1::SubmitResponseResponse)
               CANDOR_SMALL_METHOD(ResponseService, ProvideClosingKey, v1::ProvideClosingKeyRequest,
                                   v1::ProvideClosingKeyResponse)
               CANDOR_METHOD(ResponseService, GetLedger, v1::GetLedgerRequest, v1::GetLedgerResponse)
               CANDOR_METHOD(ResponseService, ListQuestions, v1::ListQuestionsRequest, v1::ListQuestionsResponse)
               CANDOR_SMALL_METHOD(ResponseService, AnswerQuestion, v1::AnswerQuestionRequest,
                                   v1::AnswerQuestionResponse))

CANDOR_SERVICE(KeySessionService, CANDOR_SMALL_METHOD(KeySessionService, StartKeySession, v1::StartKeySessionRequest,
                                                      v1::StartKeySessionResponse))

CANDOR_SERVICE(ModerationService,
               CANDOR_METHOD(ModerationService, ListComments, v1::ListCommentsRequest, v1::ListCommentsResponse)
               CANDOR_SMALL_METHOD(ModerationService, DecideComment, v1::DecideCommentRequest, v1::DecideCommentResponse)
               CANDOR_SMALL_METHOD(ModerationService, WriteSummary, v1::WriteSummaryRequest, v1::WriteSummaryResponse)
               CANDOR_METHOD(ModerationService, ListReplyKeys, v1::ListReplyKeysRequest, v1::ListReplyKeysResponse)
               CANDOR_METHOD(ModerationService, ListAnswers, v1::ListAnswersRequest, v1::ListAnswersResponse)
               CANDOR_SMALL_METHOD(ModerationService, DecideAnswer, v1::DecideAnswerRequest, v1::DecideAnswerResponse))

CANDOR_SERVICE(AuditorService,
               CANDOR_METHOD(AuditorService, ListNotices, v1::ListNoticesRequest, v1::ListNoticesResponse)
               CANDOR_SMALL_METHOD(AuditorService, DestroyNotices, v1::DestroyNoticesRequest, v1::DestroyNoticesResponse))

CANDOR_SERVICE(PlaneService,
               CANDOR_METHOD(PlaneService, GetReceiptKey, v1::GetReceiptKeyRequest, v1::GetReceiptKeyResponse)
               CANDOR_METHOD(PlaneService, OpenSurvey, v1::OpenSurveyRequest, Empty)
               CANDOR_METHOD(PlaneService, ExtendSurvey, v1::ExtendSurveyRequest, Empty)
               CANDOR_METHOD(PlaneService, StopAccepting, v1::StopAcceptingRequest, Empty)
               CANDOR_METHOD(PlaneService, CloseSurvey, v1::CloseSurveyRequest, v1::CloseSurveyResponse)
               CANDOR_METHOD(PlaneService, PoolCampaign, v1::PoolCampaignRequest, v1::PoolCampaignResponse)
               CANDOR_METHOD(PlaneService, Forget, v1::ForgetRequest, Empty)
               CANDOR_METHOD(PlaneService, AbandonSurvey, v1::AbandonSurveyRequest, Empty)
               CANDOR_METHOD(PlaneService, ReleaseSurvey, v1::ReleaseSurveyRequest, v1::ReleaseSurveyResponse)
               CANDOR_METHOD(PlaneService, PutQuestion, v1::PutQuestionRequest, Empty)
               CANDOR_METHOD(PlaneService, FinishFollowUps, v1::FinishFollowUpsRequest, v1::FinishFollowUpsResponse)
               CANDOR_METHOD(PlaneService, CheckComments, v1::CheckCommentsRequest, v1::CheckCommentsResponse)
               CANDOR_METHOD(PlaneService, GetLiveCounts, v1::GetLiveCountsRequest, v1::GetLiveCountsResponse))

CANDOR_SERVICE(ScoringService, CANDOR_METHOD(ScoringService, GetScores, v1::GetScoresRequest, v1::Scores))

using ReportServiceBase = v1::ReportService::WithRawCallbackMethod_GetReport<
    v1::ReportService::WithCallbackMethod_GetReportComments<
        v1::ReportService::WithCallbackMethod_ListReports<v1::ReportService::WithCallbackMethod_ExportReports<
            v1::ReportService::WithCallbackMethod_CompareRounds<
                v1::ReportService::WithCallbackMethod_GetDistrictSummary<
                    v1::ReportService::WithCallbackMethod_GetGrowthPlan<
                        v1::ReportService::WithCallbackMethod_UpdateGrowthPlan<v1::ReportService::Service>>>>>>>>;
CANDOR_SERVICE_ON(ReportService, ReportServiceBase,
                  CANDOR_ENCODED_METHOD(ReportService, GetReport)
                  CANDOR_METHOD(ReportService, GetReportComments, v1::GetReportCommentsRequest, v1::ReportComments)
                  CANDOR_METHOD(ReportService, ListReports, v1::ListReportsRequest, v1::ListReportsResponse)
                  CANDOR_METHOD(ReportService, ExportReports, v1::ExportReportsRequest, v1::ExportReportsResponse)
                  CANDOR_METHOD(ReportService, CompareRounds, v1::CompareRoundsRequest, v1::RoundComparison)
                  CANDOR_METHOD(ReportService, GetDistrictSummary, v1::GetDistrictSummaryRequest, v1::DistrictSummary)
                  CANDOR_METHOD(ReportService, GetGrowthPlan, v1::GetGrowthPlanRequest, v1::GrowthPlan)
                  CANDOR_METHOD(ReportService, UpdateGrowthPlan, v1::UpdateGrowthPlanRequest, v1::GrowthPlan))

#undef CANDOR_SERVICE
#undef CANDOR_SERVICE_ON
#undef CANDOR_ENCODED_METHOD
#undef CANDOR_METHOD_OF_SIZE
#undef CANDOR_SMALL_METHOD
#undef CANDOR_METHOD

}  // namespace

std::vector<std::string> GrpcServices::Names() {
  std::vector<std::string> names = Names(Planes::kIdentity);
  for (std::string& name : Names(Planes::kResponses)) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> GrpcServices::Names(Planes planes) {
  std::vector<std::string> names;
  if (HoldsIdentity(planes)) {
    names = {v1::DirectoryService::service_full_name(),  v1::FrameworkService::service_full_name(),
             v1::InstrumentService::service_full_name(), v1::CampaignService::service_full_name(),
             v1::InvitationService::service_full_name(), v1::ScoringService::service_full_name(),
             v1::ReportService::service_full_name(),     v1::RetentionService::service_full_name(),
             v1::FollowUpService::service_full_name()};
  }
  if (HoldsResponses(planes)) {
    names.push_back(v1::ResponseService::service_full_name());
    names.push_back(v1::KeySessionService::service_full_name());
    names.push_back(v1::ModerationService::service_full_name());
    names.push_back(v1::AuditorService::service_full_name());
  }
  if (planes == Planes::kResponses) names.push_back(v1::PlaneService::service_full_name());
  return names;
}

absl::StatusOr<std::unique_ptr<GrpcServices>> GrpcServices::Create(Planes planes, const MethodSet* methods,
                                                                   const Access* access, Dispatcher* dispatcher) {
  CANDOR_RETURN_IF_ERROR(access->CheckComplete(Names()));
  std::unique_ptr<GrpcServices> all(new GrpcServices());
  const Gate gate(methods, dispatcher);
  if (HoldsIdentity(planes)) {
    all->services_.push_back(std::make_unique<DirectoryServiceGate>(gate));
    all->services_.push_back(std::make_unique<FrameworkServiceGate>(gate));
    all->services_.push_back(std::make_unique<InstrumentServiceGate>(gate));
    all->services_.push_back(std::make_unique<CampaignServiceGate>(gate));
    all->services_.push_back(std::make_unique<InvitationServiceGate>(gate));
    all->services_.push_back(std::make_unique<ScoringServiceGate>(gate));
    all->services_.push_back(std::make_unique<ReportServiceGate>(gate));
    all->services_.push_back(std::make_unique<RetentionServiceGate>(gate));
    all->services_.push_back(std::make_unique<FollowUpServiceGate>(gate));
  }
  if (HoldsResponses(planes)) {
    static auto* const wiped_requests = new WipedRequests<v1::SubmitResponseRequest, v1::SubmitResponseResponse>;
    auto response_service = std::make_unique<ResponseServiceGate>(gate);
    response_service->SetMessageAllocatorFor_SubmitResponse(wiped_requests);
    static auto* const wiped_keys = new WipedRequests<v1::ProvideClosingKeyRequest, v1::ProvideClosingKeyResponse>;
    response_service->SetMessageAllocatorFor_ProvideClosingKey(wiped_keys);
    static auto* const wiped_answers = new WipedRequests<v1::AnswerQuestionRequest, v1::AnswerQuestionResponse>;
    response_service->SetMessageAllocatorFor_AnswerQuestion(wiped_answers);
    all->services_.push_back(std::move(response_service));
    static auto* const wiped_decisions = new WipedRequests<v1::DecideCommentRequest, v1::DecideCommentResponse>;
    static auto* const wiped_summaries = new WipedRequests<v1::WriteSummaryRequest, v1::WriteSummaryResponse>;
    auto moderation_service = std::make_unique<ModerationServiceGate>(gate);
    moderation_service->SetMessageAllocatorFor_DecideComment(wiped_decisions);
    moderation_service->SetMessageAllocatorFor_WriteSummary(wiped_summaries);
    static auto* const wiped_answer_decisions = new WipedRequests<v1::DecideAnswerRequest, v1::DecideAnswerResponse>;
    moderation_service->SetMessageAllocatorFor_DecideAnswer(wiped_answer_decisions);
    all->services_.push_back(std::make_unique<KeySessionServiceGate>(gate));
    all->services_.push_back(std::move(moderation_service));
    all->services_.push_back(std::make_unique<AuditorServiceGate>(gate));
  }
  if (planes == Planes::kResponses) {
    static auto* const wiped_closings = new WipedRequests<v1::CloseSurveyRequest, v1::CloseSurveyResponse>;
    static auto* const wiped_poolings = new WipedRequests<v1::PoolCampaignRequest, v1::PoolCampaignResponse>;
    auto plane_service = std::make_unique<PlaneServiceGate>(gate);
    plane_service->SetMessageAllocatorFor_CloseSurvey(wiped_closings);
    plane_service->SetMessageAllocatorFor_PoolCampaign(wiped_poolings);
    all->services_.push_back(std::move(plane_service));
  }
  return all;
}

std::vector<grpc::Service*> GrpcServices::services() const {
  std::vector<grpc::Service*> services;
  for (const auto& service : services_) services.push_back(service.get());
  return services;
}

}  // namespace candor::rpc
