// The way of every call: size, caller, permission, body, and what is logged of it.

#ifndef CANDOR_SERVICES_RPC_DISPATCHER_H_
#define CANDOR_SERVICES_RPC_DISPATCHER_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/base/executor.h"
#include "services/rpc/access.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/method.h"
#include "services/rpc/quiet_faults.h"
#include "services/rpc/reply_budget.h"

namespace candor::rpc {

// Largest requests in bytes. A framework's document may have 4 MiB; the rest is for what is around it.
inline constexpr size_t kLargestRequest = (size_t{4} << 20) + (size_t{64} << 10);
inline constexpr size_t kLargestRespondentRequest = size_t{1} << 20;

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
    // Replies to callers without a key that the transport has not sent yet, in bytes; see ReplyBudget.
    size_t unsent_reply_bytes = size_t{64} << 20;
    size_t small_reply_bytes = size_t{16} << 10;
  };

  // All outlive the object.
  Dispatcher(const Access* access, Authenticator* authenticator, QuietFaults* quiet_faults, const Options& options);
  ~Dispatcher();

  // Runs `method` for whoever holds the key in `authorization` (see Authenticator; not looked at where the method is for
  // everyone) and calls `done` once, from any thread. `is_cancelled` is asked just before the body runs, so that work
  // that nobody waits for any more is not begun.
  //
  // Who shows no key where one is needed, or one of another form, is refused before anything is queued.
  //
  // Beside what the body gives: INVALID_ARGUMENT, REQUEST_TOO_LARGE. RESOURCE_EXHAUSTED, OVERLOADED: the lane's queue is
  // full. UNAUTHENTICATED, UNAUTHENTICATED_CALLER. PERMISSION_DENIED, CALLER_NOT_ALLOWED. CANCELLED.
  // Unforeseen faults are logged with the method's name, but for everyone's methods: see QuietFaults.
  void Dispatch(const Method& method, std::string authorization, const google::protobuf::Message& request,
                google::protobuf::Message* response, std::function<bool()> is_cancelled, Done done);

  // The bound on unsent replies to `method`; null where there is none, since its callers show a key.
  ReplyBudget* RepliesOf(const Method& method);

  // Runs what is queued, then refuses everything as OVERLOADED. May be called again.
  void Stop();

 private:
  void Run(const Method& method, absl::string_view authorization, const google::protobuf::Message& request,
           google::protobuf::Message* response, const std::function<bool()>& is_cancelled, Done done);
  void NoteFault(const Method& method, const absl::Status& status);
  base::Executor* ExecutorOf(Lane lane);

  const Access& access_;
  Authenticator& authenticator_;
  QuietFaults& quiet_faults_;
  ReplyBudget replies_;
  base::Executor identity_;
  base::Executor issuing_;
  base::Executor reading_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_DISPATCHER_H_
