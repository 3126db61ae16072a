#include "services/base/clock.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "absl/time/clock.h"
#include "services/base/log.h"

namespace candor::base {
namespace {

// Time since the machine was started, also what it slept: after a sleep the time of day has made no step.
absl::Duration SinceBoot() {
  timespec now = {};
  if (clock_gettime(CLOCK_BOOTTIME, &now) != 0) clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

bool Near(absl::Time one, absl::Time other) {
  return absl::AbsDuration(one - other) <= ClockFollower::kUnsuspicious;
}

}  // namespace

absl::Time ClockFollower::Follow(absl::Time reading, absl::Duration steady) {
  const absl::Time origin = reading - steady;
  if (!believed_.has_value() || Near(origin, *believed_)) {
    believed_ = origin;
    doubted_.reset();
  } else if (!doubted_.has_value() || !Near(origin, *doubted_)) {
    doubted_ = origin;
    doubted_since_ = steady;
    Log(LogLevel::kWarning,
        "the machine's clock was set; it is believed once it has stood for 30 minutes, set it right if it is wrong",
        {{"seconds", absl::ToInt64Seconds(origin - *believed_)}});
  } else if (steady - doubted_since_ >= kSettling) {
    Log(LogLevel::kWarning, "the machine's clock is believed as it was set",
        {{"seconds", absl::ToInt64Seconds(origin - *believed_)}});
    believed_ = origin;
    doubted_.reset();
  }
  latest_ = std::max(latest_, *believed_ + steady);
  return latest_;
}

absl::Time SystemClock::Now() {
  absl::MutexLock lock(&mutex_);
  return follower_.Follow(absl::Now(), SinceBoot());
}

absl::Duration SystemClock::Steady() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace candor::base
