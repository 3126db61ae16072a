#include "services/base/retry.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "services/base/random.h"

namespace candor::base {

void WaitAfter(const RetryPolicy& policy, int attempt) {
  absl::Duration step = policy.first_wait;
  for (int i = 1; i < attempt && step < policy.longest_wait; ++i) step *= 2;
  step = std::min(step, policy.longest_wait);
  const absl::Duration wait = step / 2 + step / 2 * (RandomBelow(1001) / 1000.0);
  if (policy.sleep) {
    policy.sleep(wait);
  } else {
    absl::SleepFor(wait);
  }
}

}  // namespace candor::base
