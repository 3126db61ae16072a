// Trying again what failed for a passing reason.

#ifndef CANDOR_CLIENTS_CPP_RETRY_H_
#define CANDOR_CLIENTS_CPP_RETRY_H_

#include "absl/status/status.h"
#include "services/base/retry.h"

namespace candor::client {

using RetryPolicy = base::RetryPolicy;

// Whether the same request may succeed soon: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, but not RATE_LIMITED,
// which lasts until the hour ends.
bool IsTransient(const absl::Status& status);

// Calls `call`, which gives an absl::StatusOr, until it succeeds, fails for good, or the attempts are used up.
template <typename F>
auto WithRetries(const RetryPolicy& policy, F call) -> decltype(call()) {
  return base::WithRetries(policy, IsTransient, call);
}

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_RETRY_H_
