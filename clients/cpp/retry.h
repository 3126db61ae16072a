// Trying again what failed for a passing reason.

#ifndef CANDOR_CLIENTS_CPP_RETRY_H_
#define CANDOR_CLIENTS_CPP_RETRY_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace candor::client {

struct RetryPolicy {
  int attempts = 8;                                    // in all, at least 1
  absl::Duration first_wait = absl::Milliseconds(50);  // doubles with every failure
  absl::Duration longest_wait = absl::Seconds(5);
  // How to wait; unset: the thread sleeps.
  std::function<void(absl::Duration)> sleep;
};

// Whether the same request may succeed soon: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, but not RATE_LIMITED,
// which lasts until the hour ends.
bool IsTransient(const absl::Status& status);

// Waits before attempt `attempt` + 1, a random time between half and the whole of the step, so that many clients that
// failed together do not come back together.
void WaitAfter(const RetryPolicy& policy, int attempt);

// Calls `call`, which gives an absl::StatusOr, until it succeeds, fails for good, or the attempts are used up.
template <typename F>
auto WithRetries(const RetryPolicy& policy, F call) -> decltype(call()) {
  for (int attempt = 1;; ++attempt) {
    auto result = call();
    if (result.ok() || attempt >= policy.attempts || !IsTransient(result.status())) return result;
    WaitAfter(policy, attempt);
  }
}

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_RETRY_H_
