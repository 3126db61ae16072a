#include "services/base/clock.h"

#include "gtest/gtest.h"

namespace candor::base {
namespace {

TEST(ClockTest, NeverRunsBackwards) {
  SystemClock clock;
  absl::Time last = clock.Now();
  for (int i = 0; i < 10000; ++i) {
    const absl::Time now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace candor::base
