// The machine's clock as candord_test_clock has it, in place of services/base/clock.cc: set forward by as many seconds
// as the file says that CANDOR_TEST_CLOCK names, so that days pass at once. The file is replaced as a whole.

#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "services/base/clock.h"
#include "services/base/file.h"

namespace candor::base {
namespace {

absl::Duration SetForward() {
  const char* const file = std::getenv("CANDOR_TEST_CLOCK");
  if (file == nullptr) return absl::ZeroDuration();
  const auto text = ReadFile(file);
  int64_t seconds = 0;
  if (!text.ok() || !absl::SimpleAtoi(*text, &seconds)) return absl::ZeroDuration();
  return absl::Seconds(seconds);
}

}  // namespace

// The even clock goes forward by as much, so that it is no step of the time of day.
absl::Duration SystemClock::Steady() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()) + SetForward();
}

absl::Time SystemClock::Now() {
  absl::MutexLock lock(&mutex_);
  return follower_.Follow(absl::Now() + SetForward(), Steady());
}

}  // namespace candor::base
