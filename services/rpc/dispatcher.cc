#include "services/rpc/dispatcher.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/rpc/page_token.h"
#include "services/rpc/peer_network.h"
#include "services/rpc/status.h"

namespace candor::rpc {
namespace {

int ThreadsOrProcessors(int threads) {
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

absl::Status CheckSize(const google::protobuf::Message& request, size_t most) {
  if (request.ByteSizeLong() <= most) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kREQUEST_TOO_LARGE,
                     absl::StrCat("the request is longer than ", most, " bytes; send less at once"));
}

absl::Status TooManyAttempts(absl::string_view what, absl::Duration wait) {
  const int64_t minutes = absl::ToInt64Minutes(absl::Ceil(wait, absl::Minutes(1)));
  return base::WithRetry(
      base::Error(absl::StatusCode::kResourceExhausted, domain::reasons::kRATE_LIMITED,
                  absl::StrCat("too many wrong ", what, " came from your network in this hour; wait ", minutes,
                               minutes == 1 ? " minute" : " minutes", " and try again with the right one")),
      wait);
}

}  // namespace

Dispatcher::Dispatcher(const Access* access, Authenticator* authenticator, const PlaneKey* plane_key,
                       QuietFaults* quiet_faults, base::Clock* clock, Revision revision, const Options& options)
    : access_(*access),
      authenticator_(*authenticator),
      plane_key_(plane_key),
      quiet_faults_(*quiet_faults),
      revision_(std::move(revision)),
      wrong_codes_(clock, options.attempts),
      wrong_keys_(clock, options.attempts),
      kept_(options.kept_reply_bytes),
      replies_(options.unsent_reply_bytes, options.small_reply_bytes),
      identity_(options.identity_threads, options.identity_queue),
      issuing_(ThreadsOrProcessors(options.issuing_threads), options.issuing_queue),
      reading_(options.reading_threads, options.reading_queue),
      orders_(options.order_threads, options.order_queue) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Stop() {
  identity_.Stop();
  issuing_.Stop();
  reading_.Stop();
  orders_.Stop();
}

ReplyBudget* Dispatcher::RepliesOf(const Method& method) {
  return access_.IsForEveryone(method.name) ? &replies_ : nullptr;
}

base::Executor* Dispatcher::ExecutorOf(Lane lane) {
  switch (lane) {
    case Lane::kIdentity: return &identity_;
    case Lane::kIssuing: return &issuing_;
    case Lane::kReading: return &reading_;
    case Lane::kOrders: return &orders_;
    case Lane::kInline: return nullptr;
  }
  return nullptr;
}

void Dispatcher::DropStale() {
  wrong_codes_.DropEnded();
  wrong_keys_.DropEnded();
  kept_.DropStale(revision_());
}

absl::Status Dispatcher::CheckBeforehand(const Method& method, const Call& call) {
  const bool for_everyone = access_.IsForEveryone(method.name);
  if (access_.IsForPlane(method.name)) {
    return plane_key_ == nullptr ? Authenticator::CheckForm("") : plane_key_->Check(call.authorization);
  }
  if (!for_everyone) CANDOR_RETURN_IF_ERROR(Authenticator::CheckForm(call.authorization));
  if (for_everyone && !method.takes_code) return absl::OkStatus();
  // Whoever was let in before is nobody who guesses, whatever else comes from that network.
  if (!for_everyone && authenticator_.WasLetIn(call.authorization)) return absl::OkStatus();
  const auto network = [&call] { return NetworkOf(call.peer()); };
  const auto wait = (for_everyone ? wrong_codes_ : wrong_keys_).RefusedFor(network);
  if (!wait) return absl::OkStatus();
  const char* const what = for_everyone ? "codes" : "keys";
  quiet_faults_.NoteRefused(what);
  return TooManyAttempts(what, *wait);
}

void Dispatcher::Dispatch(const Method& method, Call call, const google::protobuf::Message& request,
                          google::protobuf::Message* response, Done done) {
  if (auto refused = CheckBeforehand(method, call); !refused.ok()) {
    done(std::move(refused));
    return;
  }
  Queue(method, std::move(call), request, response, nullptr, std::move(done));
}

void Dispatcher::DispatchEncoded(const Method& method, Call call, std::string request, EncodedDone done) {
  if (auto refused = CheckBeforehand(method, call); !refused.ok()) {
    done(std::move(refused));
    return;
  }
  // Read before anything that the reply depends on.
  const uint64_t revision = revision_();
  const bool keeps = request.size() <= EncodedReplies::kLongestRequest;
  if (const auto caller = keeps ? authenticator_.FindRemembered(call.authorization) : std::nullopt; caller) {
    if (auto reply = kept_.Find(EncodedReplies::KeyOf(method.name, *caller, request), revision); reply != nullptr) {
      done(std::move(reply));
      return;
    }
  }
  struct Work {
    std::unique_ptr<google::protobuf::Message> request, response;
    std::string key;  // empty: not to be kept
  };
  auto work = std::make_shared<Work>();
  work->request = method.new_request();
  work->response = method.new_response();
  if (!work->request->ParseFromString(request)) {
    done(domain::errors::InvalidField("", "the request cannot be read; is the client made for another version?"));
    return;
  }
  Admitted admitted;
  if (keeps) {
    admitted = [&method, work, request = std::move(request)](const identity::Caller& caller) {
      work->key = EncodedReplies::KeyOf(method.name, caller, request);
    };
  }
  const google::protobuf::Message& message = *work->request;
  google::protobuf::Message* const response = work->response.get();
  Queue(method, std::move(call), message, response, std::move(admitted),
        [this, work, revision, done = std::move(done)](absl::Status status) {
          if (!status.ok()) {
            done(std::move(status));
            return;
          }
          auto reply = std::make_shared<const std::string>(DeterministicBytes(*work->response));
          if (!work->key.empty()) kept_.Keep(std::move(work->key), revision, reply);
          done(std::move(reply));
        });
}

void Dispatcher::Queue(const Method& method, Call call, const google::protobuf::Message& request,
                       google::protobuf::Message* response, Admitted admitted, Done done) {
  const size_t most = access_.IsForEveryone(method.name) ? kLargestRespondentRequest
                      : access_.IsForPlane(method.name)  ? kLargestOrder
                                                         : kLargestRequest;
  if (auto sized = CheckSize(request, most); !sized.ok()) {
    done(std::move(sized));
    return;
  }
  base::Executor* const executor = ExecutorOf(method.lane);
  if (executor == nullptr) {
    Run(method, call, request, response, admitted, std::move(done));
    return;
  }
  const bool queued = executor->TryRun(
      [this, &method, call = std::move(call), &request, response, admitted = std::move(admitted), done] {
        Run(method, call, request, response, admitted, done);
      });
  if (!queued) done(domain::errors::Overloaded());
}

absl::StatusOr<identity::Caller> Dispatcher::Admit(const Method& method, const Call& call,
                                                   const google::protobuf::Message& request) {
  // Of a method of the planes the key was looked at beforehand.
  if (access_.IsForEveryone(method.name) || access_.IsForPlane(method.name)) return identity::Caller();
  auto caller = authenticator_.Authenticate(call.authorization);
  if (!caller.ok()) {
    if (absl::IsUnauthenticated(caller.status())) wrong_keys_.NoteFailure(NetworkOf(call.peer()));
    return caller;
  }
  CANDOR_RETURN_IF_ERROR(access_.Check(method.name, *caller, request));
  return caller;
}

void Dispatcher::Run(const Method& method, const Call& call, const google::protobuf::Message& request,
                     google::protobuf::Message* response, const Admitted& admitted, Done done) {
  if (call.is_cancelled()) {
    done(absl::CancelledError("the caller has gone"));
    return;
  }
  auto caller = Admit(method, call, request);
  if (!caller.ok()) {
    done(NoteFault(method, caller.status()));
    return;
  }
  if (admitted) admitted(*caller);
  method.body(*caller, request, response, [this, &method, peer = call.peer, done = std::move(done)](absl::Status status) {
    if (method.takes_code && base::GetErrorDetail(status).reason == domain::reasons::kCODE_UNKNOWN) {
      wrong_codes_.NoteFailure(NetworkOf(peer()));
    }
    done(NoteFault(method, status));
  });
}

absl::Status Dispatcher::NoteFault(const Method& method, const absl::Status& status) {
  if (status.ok() || !IsOurFault(status)) return status;
  const std::string reason = base::GetErrorDetail(status).reason;
  if (access_.IsForEveryone(method.name)) {
    quiet_faults_.Note(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
    if (reason == domain::reasons::kKEY_LOST) quiet_faults_.NoteKeyLost(status.message());
    return OutwardOfRespondents(status);
  }
  base::Log(base::LogLevel::kError, "a call failed by a fault of the server",
            {{"method", method.name},
             {"code", absl::StatusCodeToString(status.code())},
             {"reason", reason},
             {"detail", std::string(status.message())}});
  return status;
}

}  // namespace candor::rpc
