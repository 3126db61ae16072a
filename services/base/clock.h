// The time of day, and time as it passes, as a dependency that tests can set.

#ifndef CANDOR_SERVICES_BASE_CLOCK_H_
#define CANDOR_SERVICES_BASE_CLOCK_H_

#include <optional>

#include "absl/base/thread_annotations.h"
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

// Follows a clock of the time of day that somebody may set, beside one that passes evenly. Answers are destroyed by the
// time of day, and never come back: two seconds with a wrong year must not be believed. So a step of more than
// kUnsuspicious, forward or back, counts once it has stood for kSettling; until then time passes evenly from what was
// believed before. What it gives never runs backwards: after a step back that was believed, the latest moment given is
// given again until it is reached. The first reading is believed as it is. Not for several threads at once.
class ClockFollower {
 public:
  static constexpr absl::Duration kUnsuspicious = absl::Minutes(1);
  static constexpr absl::Duration kSettling = absl::Minutes(30);

  // What to take for the present moment when the time of day reads `reading` and the even clock `steady`.
  absl::Time Follow(absl::Time reading, absl::Duration steady);

 private:
  // The time of day at which the even clock would have read zero: as is believed, and as it has been since a step.
  std::optional<absl::Time> believed_, doubted_;
  absl::Duration doubted_since_;  // of the even clock
  absl::Time latest_ = absl::InfinitePast();
};

// The machine's clock as a ClockFollower has it, beside the machine's even clock, which goes on while the machine sleeps.
class SystemClock : public Clock {
 public:
  absl::Time Now() override;
  absl::Duration Steady() override;

 private:
  absl::Mutex mutex_;
  ClockFollower follower_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_CLOCK_H_
