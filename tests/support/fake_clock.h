// A clock that stands still until a test moves it.

#ifndef CANDOR_TESTS_SUPPORT_FAKE_CLOCK_H_
#define CANDOR_TESTS_SUPPORT_FAKE_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/base/clock.h"

namespace candor::testing {

class FakeClock : public base::Clock {
 public:
  // A Tuesday in September, on the hour.
  explicit FakeClock(absl::Time now = absl::FromCivil(absl::CivilHour(2026, 9, 1, 8), absl::UTCTimeZone()))
      : now_(now) {}

  absl::Time Now() override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  absl::Duration Steady() override {
    absl::MutexLock lock(&mutex_);
    return steady_;
  }
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    now_ += by;
    steady_ += by;
  }
  // Time passes while the time of day stands still, as it does after somebody has set it back.
  void AdvanceSteady(absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    steady_ += by;
  }
  // Sets the time of day alone.
  void Set(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    now_ = now;
  }

 private:
  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Duration steady_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_FAKE_CLOCK_H_
