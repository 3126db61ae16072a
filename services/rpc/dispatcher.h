// The way of every call: size, caller, permission, body, and what is logged of it.

#ifndef CANDOR_SERVICES_RPC_DISPATCHER_H_
#define CANDOR_SERVICES_RPC_DISPATCHER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/base/clock.h"
#include "services/base/executor.h"
#include "services/rpc/access.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/encoded_replies.h"
#include "services/rpc/method.h"
#include "services/rpc/plane_key.h"
#include "services/rpc/quiet_faults.h"
#include "services/rpc/rate_limiter.h"
#include "services/rpc/reply_budget.h"

namespace candor::rpc {

// Largest requests in bytes. A framework's document may have 4 MiB; the rest is for what is around it.
inline constexpr size_t kLargestRequest = (size_t{4} << 20) + (size_t{64} << 10);
inline constexpr size_t kLargestRespondentRequest = size_t{1} << 20;
inline constexpr size_t kLargestOrder = size_t{7} << 20;  // between the planes: a survey's documents all together

// What the transport knows of a call beside its request.
struct Call {
  std::string authorization;           // that header; empty: none
  std::function<bool()> is_cancelled;  // asked before the body runs, so that work nobody waits for is not begun
  // Who calls, as gRPC writes it (see NetworkOf). Asked only when an attempt has failed, or while somebody is refused for
  // too many that have.
  std::function<std::string()> peer;
};

// May be called from many threads at once.
class Dispatcher {
 public:
  struct Options {
    int identity_threads = 4;
    size_t identity_queue = 1024;
    int issuing_threads = 0;  // 0: as many as there are processors
    size_t issuing_queue = 4096;
    int reading_threads = 2;
    size_t reading_queue = 4096;
    int order_threads = 2;
    size_t order_queue = 64;
    // Replies to callers without a key that the transport has not sent yet, in bytes; see ReplyBudget.
    size_t unsent_reply_bytes = size_t{64} << 20;
    size_t small_reply_bytes = size_t{16} << 10;
    // Encoded replies that are kept to be given again, in bytes.
    size_t kept_reply_bytes = size_t{64} << 20;
    // Wrong codes, and apart from them wrong keys.
    RateLimiter::Options attempts;
  };
  // The identity plane's storage::IdentityStore::revision.
  using Revision = std::function<uint64_t()>;

  // All outlive the object. Null `plane_key`: methods of the planes are for nobody.
  Dispatcher(const Access* access, Authenticator* authenticator, const PlaneKey* plane_key, QuietFaults* quiet_faults,
             base::Clock* clock, Revision revision, const Options& options);
  ~Dispatcher();

  // Runs `method` for whoever holds the key in `call` (see Authenticator, of the planes' methods PlaneKey; not looked at
  // where the method is for everyone) and calls `done` once, from any thread.
  //
  // Who shows no key where one is needed, or one of another form, is refused before anything is queued; and so is, before
  // code or key are looked up, whoever has sent too many wrong ones (see RateLimiter), so that guessing on tells nothing.
  //
  // Beside what the body gives: INVALID_ARGUMENT, REQUEST_TOO_LARGE. RESOURCE_EXHAUSTED: OVERLOADED, the lane's queue is
  // full; RATE_LIMITED, with when to try again. UNAUTHENTICATED, UNAUTHENTICATED_CALLER. PERMISSION_DENIED,
  // CALLER_NOT_ALLOWED. CANCELLED.
  // Faults of the server (IsOurFault) are logged with the method's name; of everyone's methods the hour alone is kept (see
  // QuietFaults), and their callers get one fixed message (see OutwardOfRespondents).
  void Dispatch(const Method& method, Call call, const google::protobuf::Message& request,
                google::protobuf::Message* response, Done done);

  // The same for a method with new_request and new_response, from the request's bytes to the reply's: at once, and
  // without decoding or asking the store, where the same caller has had the reply to the same request and nothing has
  // been written since. Also INVALID_ARGUMENT, FIELD_INVALID: the bytes are no such request.
  using EncodedDone = std::function<void(absl::StatusOr<EncodedReplies::Bytes>)>;
  void DispatchEncoded(const Method& method, Call call, std::string request, EncodedDone done);

  // The bound on unsent replies to `method`; null where there is none, since its callers show a key.
  ReplyBudget* RepliesOf(const Method& method);

  // Lets go of attempts and replies that no call will ask for any more. To be called now and then.
  void DropStale();

  // Runs what is queued, then refuses everything as OVERLOADED. May be called again.
  void Stop();

 private:
  // Told who calls, once they may and before the body runs.
  using Admitted = std::function<void(const identity::Caller&)>;

  // All that is decided before anything is queued, but for sizes. Also OK or UNAUTHENTICATED for the planes' methods, whose
  // key is too long to be guessed, so that wrong ones are not counted.
  absl::Status CheckBeforehand(const Method& method, const Call& call);
  void Queue(const Method& method, Call call, const google::protobuf::Message& request,
             google::protobuf::Message* response, Admitted admitted, Done done);
  void Run(const Method& method, const Call& call, const google::protobuf::Message& request,
           google::protobuf::Message* response, const Admitted& admitted, Done done);
  // Who calls, if they may.
  absl::StatusOr<identity::Caller> Admit(const Method& method, const Call& call,
                                         const google::protobuf::Message& request);
  // Logs a fault of the server; gives what `done` is told.
  absl::Status NoteFault(const Method& method, const absl::Status& status);
  base::Executor* ExecutorOf(Lane lane);

  const Access& access_;
  Authenticator& authenticator_;
  const PlaneKey* const plane_key_;
  QuietFaults& quiet_faults_;
  const Revision revision_;
  RateLimiter wrong_codes_;
  RateLimiter wrong_keys_;
  EncodedReplies kept_;
  ReplyBudget replies_;
  base::Executor identity_;
  base::Executor issuing_;
  base::Executor reading_;
  base::Executor orders_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_DISPATCHER_H_
