// Trying again, with pauses that grow and are random.

#ifndef CANDOR_SERVICES_BASE_RETRY_H_
#define CANDOR_SERVICES_BASE_RETRY_H_

#include <functional>

#include "absl/time/time.h"

namespace candor::base {

struct RetryPolicy {
  int attempts = 8;                                    // in all, at least 1
  absl::Duration first_wait = absl::Milliseconds(50);  // doubles with every failure
  absl::Duration longest_wait = absl::Seconds(5);
  // How to wait; unset: the thread sleeps.
  std::function<void(absl::Duration)> sleep;
};

// Waits before attempt `attempt` + 1, a random time between half and the whole of the step, so that many callers that
// failed together do not come back together.
void WaitAfter(const RetryPolicy& policy, int attempt);

// Calls `call`, which gives an absl::StatusOr, until it succeeds, fails with a status that is not `transient`, or the
// attempts are used up.
template <typename IsTransient, typename F>
auto WithRetries(const RetryPolicy& policy, IsTransient transient, F call) -> decltype(call()) {
  for (int attempt = 1;; ++attempt) {
    auto result = call();
    if (result.ok() || attempt >= policy.attempts || !transient(result.status())) return result;
    WaitAfter(policy, attempt);
  }
}

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_RETRY_H_
