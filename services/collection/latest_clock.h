// A clock that never runs backwards, over one that may.

#ifndef CANDOR_SERVICES_COLLECTION_LATEST_CLOCK_H_
#define CANDOR_SERVICES_COLLECTION_LATEST_CLOCK_H_

#include <algorithm>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"

namespace candor::collection {

// A survey whose time has come stays closed when somebody sets the machine's clock back. May be used from many threads
// at once.
class LatestClock : public base::Clock {
 public:
  // `clock` outlives the object.
  explicit LatestClock(base::Clock* clock) : clock_(clock) {}

  absl::Time Now() override {
    const absl::Time now = clock_->Now();
    absl::MutexLock lock(&mutex_);
    latest_ = std::max(latest_, now);
    return latest_;
  }
  absl::Duration Steady() override { return clock_->Steady(); }

 private:
  base::Clock* const clock_;
  absl::Mutex mutex_;
  absl::Time latest_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_LATEST_CLOCK_H_
