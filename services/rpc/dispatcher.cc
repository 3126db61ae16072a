#include "services/rpc/dispatcher.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/domain/errors.h"
#include "services/rpc/status.h"

namespace candor::rpc {
namespace {

int ThreadsOrProcessors(int threads) {
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Faults of the server, not of the call.
bool IsOurFault(const absl::Status& status) {
  return IsHidden(status) || status.code() == absl::StatusCode::kDataLoss;
}

absl::Status CheckSize(const google::protobuf::Message& request, size_t most) {
  if (request.ByteSizeLong() <= most) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kREQUEST_TOO_LARGE,
                     absl::StrCat("the request is longer than ", most, " bytes; send less at once"));
}

}  // namespace

Dispatcher::Dispatcher(const Access* access, Authenticator* authenticator, QuietFaults* quiet_faults,
                       const Options& options)
    : access_(*access),
      authenticator_(*authenticator),
      quiet_faults_(*quiet_faults),
      replies_(options.unsent_reply_bytes, options.small_reply_bytes),
      identity_(options.identity_threads, options.identity_queue),
      issuing_(ThreadsOrProcessors(options.issuing_threads), options.issuing_queue),
      reading_(options.reading_threads, options.reading_queue) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Stop() {
  identity_.Stop();
  issuing_.Stop();
  reading_.Stop();
}

ReplyBudget* Dispatcher::RepliesOf(const Method& method) {
  return access_.IsForEveryone(method.name) ? &replies_ : nullptr;
}

base::Executor* Dispatcher::ExecutorOf(Lane lane) {
  switch (lane) {
    case Lane::kIdentity: return &identity_;
    case Lane::kIssuing: return &issuing_;
    case Lane::kReading: return &reading_;
    case Lane::kInline: return nullptr;
  }
  return nullptr;
}

void Dispatcher::Dispatch(const Method& method, std::string authorization, const google::protobuf::Message& request,
                          google::protobuf::Message* response, std::function<bool()> is_cancelled, Done done) {
  const bool for_everyone = access_.IsForEveryone(method.name);
  if (!for_everyone) {
    if (auto form = Authenticator::CheckForm(authorization); !form.ok()) {
      done(std::move(form));
      return;
    }
  }
  if (auto sized = CheckSize(request, for_everyone ? kLargestRespondentRequest : kLargestRequest); !sized.ok()) {
    done(std::move(sized));
    return;
  }
  base::Executor* const executor = ExecutorOf(method.lane);
  if (executor == nullptr) {
    Run(method, authorization, request, response, is_cancelled, std::move(done));
    return;
  }
  const bool queued = executor->TryRun([this, &method, authorization = std::move(authorization), &request, response,
                                        is_cancelled = std::move(is_cancelled), done] {
    Run(method, authorization, request, response, is_cancelled, done);
  });
  if (!queued) done(domain::errors::Overloaded());
}

void Dispatcher::Run(const Method& method, absl::string_view authorization, const google::protobuf::Message& request,
                     google::protobuf::Message* response, const std::function<bool()>& is_cancelled, Done done) {
  if (is_cancelled()) {
    done(absl::CancelledError("the caller has gone"));
    return;
  }
  identity::Caller caller;
  absl::Status allowed;
  if (!access_.IsForEveryone(method.name)) {
    auto authenticated = authenticator_.Authenticate(authorization);
    if (authenticated.ok()) {
      caller = *std::move(authenticated);
      allowed = access_.Check(method.name, caller, request);
    } else {
      allowed = authenticated.status();
    }
  }
  if (!allowed.ok()) {
    NoteFault(method, allowed);
    done(std::move(allowed));
    return;
  }
  method.body(caller, request, response, [this, &method, done = std::move(done)](absl::Status status) {
    NoteFault(method, status);
    done(std::move(status));
  });
}

void Dispatcher::NoteFault(const Method& method, const absl::Status& status) {
  if (status.ok() || !IsOurFault(status)) return;
  const std::string reason = base::GetErrorDetail(status).reason;
  if (access_.IsForEveryone(method.name)) {
    quiet_faults_.Note(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
    return;
  }
  base::Log(base::LogLevel::kError, "a call failed by a fault of the server",
            {{"method", method.name},
             {"code", absl::StatusCodeToString(status.code())},
             {"reason", reason},
             {"detail", std::string(status.message())}});
}

}  // namespace candor::rpc
