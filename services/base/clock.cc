#include "services/base/clock.h"

#include <chrono>
#include <ctime>

#include "absl/time/clock.h"

namespace candor::base {
namespace {

// Time since the machine was started, also what it slept: after a sleep the time of day has made no step.
absl::Duration SinceBoot() {
  timespec now = {};
  if (clock_gettime(CLOCK_BOOTTIME, &now) != 0) clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

}  // namespace

absl::Time SystemClock::Now() {
  absl::MutexLock lock(&mutex_);
  return follower_.Follow(absl::Now(), SinceBoot());
}

absl::Duration SystemClock::Steady() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace candor::base
