#include "services/rpc/remote_response_plane.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/closed_result.h"
#include "services/domain/errors.h"
#include "services/wire/error_status.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using google::protobuf::Empty;
using v1::PlaneService;

// A ledger of a million answers has some 70 MB.
constexpr int kLongestResponse = 256 << 20;
constexpr size_t kReceiptKeyBytes = 32;
// A server that is gone without a word is noticed after these, however long the order may take.
constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 2'000;

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address,
                                           std::shared_ptr<grpc::ChannelCredentials> credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLongestResponse);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // An order that counts for an hour sends nothing meanwhile; else only the first two pings would go out.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  // Orders go to the address that was given and to nobody on the way; nor are two planes' connections one.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetUserAgentPrefix("candord");
  if (credentials == nullptr) credentials = grpc::InsecureChannelCredentials();
  return grpc::CreateCustomChannel(address, std::move(credentials), arguments);
}

}  // namespace

RemoteResponsePlane::RemoteResponsePlane(Options options, std::shared_ptr<grpc::ChannelCredentials> credentials,
                                         PlaneKey key)
    : options_(std::move(options)),
      key_(std::move(key)),
      stub_(PlaneService::NewStub(MakeChannel(options_.address, std::move(credentials)))) {}

RemoteResponsePlane::~RemoteResponsePlane() { Stop(); }

void RemoteResponsePlane::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
  stopped_.notify_all();
}

bool RemoteResponsePlane::Begin(grpc::ClientContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!stopping_) under_way_.insert(context);
  return !stopping_;
}

void RemoteResponsePlane::End(grpc::ClientContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  under_way_.erase(context);
}

void RemoteResponsePlane::Pause(absl::Duration duration) {
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return stopping_; });
}

absl::Duration RemoteResponsePlane::DeadlineOf(Effort effort) const {
  switch (effort) {
    case Effort::kUsual: return options_.usual_deadline;
    case Effort::kCounting: return options_.counting_deadline;
    case Effort::kOnce:
    case Effort::kProbe: return options_.counts_deadline;
  }
  return options_.usual_deadline;
}

absl::Status RemoteResponsePlane::Unreachable(absl::string_view why) const {
  return base::Error(absl::StatusCode::kUnavailable, domain::reasons::kRESPONSE_PLANE_UNREACHABLE,
                     absl::StrCat("the response plane at ", options_.address, " cannot be reached: ", why,
                                  "; what waits for it goes on by itself once it can"));
}

absl::Status RemoteResponsePlane::Read(const grpc::Status& status, bool* again) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const absl::Status error = wire::FromErrorStatus(code, status.error_message(), status.error_details());
  const std::string reason = base::GetErrorDetail(error).reason;
  // These would look like a fault of the order, and are one of the arrangement.
  if (code == absl::StatusCode::kUnauthenticated) {
    return Unreachable("it refuses the key; both servers must be started with the same --plane-key");
  }
  if (code == absl::StatusCode::kUnimplemented) {
    return Unreachable("what answers there is no server of the response plane, or one of another version");
  }
  *again = code == absl::StatusCode::kUnavailable;
  // An answer of that server, also where it has no reason to tell.
  if (!reason.empty() || !status.error_details().empty()) return error;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return absl::CancelledError("the server is stopping");
  }
  if (code == absl::StatusCode::kDeadlineExceeded) return Unreachable("it did not answer in time");
  return Unreachable(status.error_message());
}

void RemoteResponsePlane::NoteReached(const absl::Status& status) {
  const bool reached = base::GetErrorDetail(status).reason != domain::reasons::kRESPONSE_PLANE_UNREACHABLE;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Reached now = reached ? Reached::kYes : Reached::kNo;
    if (stopping_ || reached_ == now) return;
    reached_ = now;
  }
  if (reached) {
    base::Log(base::LogLevel::kInfo, "the response plane answers", {{"address", options_.address}});
  } else {
    base::Log(base::LogLevel::kWarning, "the response plane cannot be reached; opening and closing wait for it",
              {{"address", options_.address}, {"detail", std::string(status.message())}});
  }
}

template <typename Request, typename Response>
absl::Status RemoteResponsePlane::Call(grpc::Status (PlaneService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                                  Response*),
                                       const Request& request, Response* response, Effort effort) {
  base::RetryPolicy policy = options_.retry;
  if (effort == Effort::kOnce || effort == Effort::kProbe) policy.attempts = 1;
  policy.sleep = [this](absl::Duration duration) { Pause(duration); };
  bool again = false;
  const auto attempt = [&]() -> absl::StatusOr<bool> {
    again = false;
    response->Clear();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(DeadlineOf(effort)));
    std::string authorization = key_.Authorization();
    context.AddMetadata("authorization", authorization);
    base::Wipe(authorization);
    if (!Begin(&context)) return absl::CancelledError("the server is stopping");
    const grpc::Status status = (stub_.get()->*method)(&context, request, response);
    End(&context);
    CANDOR_RETURN_IF_ERROR(Read(status, &again));
    return true;
  };
  const absl::Status status =
      base::WithRetries(policy, [&again](const absl::Status&) { return again; }, attempt).status();
  NoteReached(status);
  return status;
}

absl::StatusOr<std::string> RemoteResponsePlane::ReceiptPublicKey() {
  v1::GetReceiptKeyResponse response;
  CANDOR_RETURN_IF_ERROR(
      Call(&PlaneService::Stub::GetReceiptKey, v1::GetReceiptKeyRequest(), &response, Effort::kUsual));
  if (response.public_key().size() != kReceiptKeyBytes) return Unreachable("it gives no receipt key that is one");
  return std::move(*response.mutable_public_key());
}

void RemoteResponsePlane::Probe() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (reached_ == Reached::kYes) return;
  }
  v1::GetReceiptKeyResponse response;
  // What is to be known of it is logged.
  (void)Call(&PlaneService::Stub::GetReceiptKey, v1::GetReceiptKeyRequest(), &response, Effort::kProbe);
}

absl::Status RemoteResponsePlane::OpenSurvey(const domain::OpenOrder& order) {
  v1::OpenSurveyRequest request;
  request.set_survey(order.survey.value());
  request.set_contract(order.contract);
  request.set_instrument_version(order.instrument_version);
  request.set_manifest(order.manifest);
  request.set_manifest_signature(order.manifest_signature);
  Empty response;
  return Call(&PlaneService::Stub::OpenSurvey, request, &response, Effort::kUsual);
}

absl::Status RemoteResponsePlane::ExtendSurvey(const domain::ExtendOrder& order) {
  v1::ExtendSurveyRequest request;
  request.set_survey(order.survey.value());
  request.set_notice(order.notice);
  request.set_signature(order.signature);
  Empty response;
  return Call(&PlaneService::Stub::ExtendSurvey, request, &response, Effort::kUsual);
}

absl::Status RemoteResponsePlane::StopAccepting(const domain::SurveyId& survey) {
  v1::StopAcceptingRequest request;
  request.set_survey(survey.value());
  Empty response;
  return Call(&PlaneService::Stub::StopAccepting, request, &response, Effort::kUsual);
}

absl::StatusOr<domain::CloseOutcome> RemoteResponsePlane::CloseSurvey(const domain::CloseOrder& order) {
  v1::CloseSurveyRequest request;
  request.set_order_id(order.order_id);
  request.set_survey(order.survey.value());
  for (const domain::CloseOrder::Issued& group : order.issued) {
    auto* const issued = request.add_issued();
    issued->set_issued(group.issued);
    issued->set_reissued(group.reissued);
  }
  request.set_closing_secret_key(order.closing_secret_key);
  v1::CloseSurveyResponse response;
  const absl::Status closed = Call(&PlaneService::Stub::CloseSurvey, request, &response, Effort::kCounting);
  base::Wipe(*request.mutable_closing_secret_key());
  CANDOR_RETURN_IF_ERROR(closed);
  // Before the caller destroys the keys: a server of another version may write what cannot be read here.
  const absl::StatusOr<domain::ClosedResult> result = domain::DecodeClosedResult(response.closed_result());
  if (!result.ok() || result->survey != order.survey) {
    return domain::errors::StoreCorrupt(absl::StrCat(
        "the response plane at ", options_.address, " gave a result that ",
        result.ok() ? "is another survey's" : "this version cannot read, as of another version of the server"));
  }
  return domain::CloseOutcome{std::move(*response.mutable_closed_result()), std::move(*response.mutable_ledger())};
}

absl::StatusOr<std::string> RemoteResponsePlane::PoolCampaign(const domain::PoolOrder& order) {
  v1::PoolCampaignRequest request;
  request.set_pooling_public_key(order.pooling_public_key);
  request.set_pooling_secret_key(order.pooling_secret_key);
  v1::PoolCampaignResponse response;
  const absl::Status pooled = Call(&PlaneService::Stub::PoolCampaign, request, &response, Effort::kCounting);
  base::Wipe(*request.mutable_pooling_secret_key());
  CANDOR_RETURN_IF_ERROR(pooled);
  return std::move(*response.mutable_pooled_figures());
}

absl::Status RemoteResponsePlane::Forget() {
  Empty response;
  return Call(&PlaneService::Stub::Forget, v1::ForgetRequest(), &response, Effort::kCounting);
}

absl::Status RemoteResponsePlane::AbandonSurvey(const domain::SurveyId& survey) {
  v1::AbandonSurveyRequest request;
  request.set_survey(survey.value());
  Empty response;
  return Call(&PlaneService::Stub::AbandonSurvey, request, &response, Effort::kUsual);
}

absl::StatusOr<bool> RemoteResponsePlane::CommentsWait(const domain::SurveyId& survey) {
  v1::CheckCommentsRequest request;
  request.set_survey(survey.value());
  v1::CheckCommentsResponse response;
  CANDOR_RETURN_IF_ERROR(Call(&PlaneService::Stub::CheckComments, request, &response, Effort::kUsual));
  return response.waiting();
}

absl::StatusOr<std::string> RemoteResponsePlane::ReleaseSurvey(const domain::ReleaseOrder& order) {
  v1::ReleaseSurveyRequest request;
  request.set_survey(order.survey.value());
  request.set_discard_undecided(order.discard_undecided);
  request.set_release_time(absl::ToUnixSeconds(order.release_time));
  v1::ReleaseSurveyResponse response;
  CANDOR_RETURN_IF_ERROR(Call(&PlaneService::Stub::ReleaseSurvey, request, &response, Effort::kUsual));
  return std::move(*response.mutable_released_comments());
}

absl::Status RemoteResponsePlane::PutQuestion(const domain::QuestionOrder& order) {
  v1::PutQuestionRequest request;
  request.set_survey(order.survey.value());
  request.set_comment(order.comment);
  request.set_sealed_question(order.sealed_question);
  Empty response;
  return Call(&PlaneService::Stub::PutQuestion, request, &response, Effort::kUsual);
}

absl::StatusOr<std::string> RemoteResponsePlane::FinishFollowUps(const domain::SurveyId& survey) {
  v1::FinishFollowUpsRequest request;
  request.set_survey(survey.value());
  v1::FinishFollowUpsResponse response;
  CANDOR_RETURN_IF_ERROR(Call(&PlaneService::Stub::FinishFollowUps, request, &response, Effort::kUsual));
  return std::move(*response.mutable_answers());
}

absl::StatusOr<std::vector<int64_t>> RemoteResponsePlane::LiveCounts(const domain::SurveyId& survey) {
  v1::GetLiveCountsRequest request;
  request.set_survey(survey.value());
  v1::GetLiveCountsResponse response;
  CANDOR_RETURN_IF_ERROR(Call(&PlaneService::Stub::GetLiveCounts, request, &response, Effort::kOnce));
  return std::vector<int64_t>(response.answered().begin(), response.answered().end());
}

}  // namespace candor::rpc
