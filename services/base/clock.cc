#include "services/base/clock.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"

namespace candor::base {

absl::Time SystemClock::Now() {
  absl::MutexLock lock(&mutex_);
  latest_ = std::max(latest_, absl::Now());
  return latest_;
}

absl::Duration SystemClock::Steady() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace candor::base
