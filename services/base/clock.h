// The time of day, and time as it passes, as a dependency that tests can set.

#ifndef CANDOR_SERVICES_BASE_CLOCK_H_
#define CANDOR_SERVICES_BASE_CLOCK_H_

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace candor::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // The present moment. May be called from any thread.
  virtual absl::Time Now() = 0;
  // Time since a moment that does not change while the process lives. It passes evenly and without a pause, whatever is
  // done to the time of day: for measuring how long something takes or is to wait, where Now() may stand still for
  // hours. May be called from any thread.
  virtual absl::Duration Steady() = 0;
};

// The machine's clock, made never to run backwards within one process: when the machine's clock is set back, the
// latest moment seen is given until it is reached again, so that nothing that has ended begins anew.
class SystemClock : public Clock {
 public:
  absl::Time Now() override;
  absl::Duration Steady() override;

 private:
  absl::Mutex mutex_;
  absl::Time latest_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_CLOCK_H_
