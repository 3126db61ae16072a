#include "services/base/clock.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace candor::base {

absl::Time SystemClock::Now() {
  absl::MutexLock lock(&mutex_);
  latest_ = std::max(latest_, absl::Now());
  return latest_;
}

}  // namespace candor::base
