#include "clients/cpp/retry.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/domain/errors.h"

namespace candor::client {

bool IsTransient(const absl::Status& status) {
  if (base::GetErrorDetail(status).reason == domain::reasons::kRATE_LIMITED) return false;
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

void WaitAfter(const RetryPolicy& policy, int attempt) {
  absl::Duration step = policy.first_wait;
  for (int i = 1; i < attempt && step < policy.longest_wait; ++i) step *= 2;
  step = std::min(step, policy.longest_wait);
  const absl::Duration wait = step / 2 + step / 2 * (base::RandomBelow(1001) / 1000.0);
  if (policy.sleep) {
    policy.sleep(wait);
  } else {
    absl::SleepFor(wait);
  }
}

}  // namespace candor::client
