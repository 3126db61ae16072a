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

// Both clocks as somebody may set them.
class ClockFollowerTest : public testing::Test {
 protected:
  // After so much time, with the time of day as it stands.
  absl::Time After(absl::Duration passed) {
    steady_ += passed;
    day_ += passed;
    return follower_.Follow(day_, steady_);
  }
  void Set(absl::Duration step) { day_ += step; }

  const absl::Time start_ = absl::FromUnixSeconds(1'800'000'000);
  absl::Time day_ = start_;
  absl::Duration steady_ = absl::Hours(5);
  ClockFollower follower_;
};

TEST_F(ClockFollowerTest, FollowsAClockThatIsSetALittle) {
  EXPECT_EQ(After(absl::ZeroDuration()), start_);
  Set(absl::Seconds(40));
  EXPECT_EQ(After(absl::Seconds(1)), day_);
  Set(-absl::Seconds(30));
  EXPECT_EQ(After(absl::Seconds(1)), start_ + absl::Seconds(41)) << "never backwards";
  EXPECT_EQ(After(absl::Minutes(2)), day_);
}

TEST_F(ClockFollowerTest, AWrongYearThatIsSetRightIsNeverBelieved) {
  After(absl::ZeroDuration());
  Set(absl::Hours(24 * 3650));
  for (int minute = 0; minute < 29; ++minute) {
    EXPECT_EQ(After(absl::Minutes(1)), start_ + (minute + 1) * absl::Minutes(1)) << "time passes evenly";
  }
  Set(-absl::Hours(24 * 3650));
  for (int minute = 0; minute < 90; ++minute) EXPECT_EQ(After(absl::Minutes(1)), day_);
}

TEST_F(ClockFollowerTest, AClockThatStaysAsItWasSetIsBelievedAfterAWhile) {
  After(absl::ZeroDuration());
  Set(absl::Hours(7));
  const absl::Time set = day_;
  EXPECT_EQ(After(absl::Minutes(1)), start_ + absl::Minutes(1));
  EXPECT_EQ(After(absl::Minutes(29)), start_ + absl::Minutes(30));
  EXPECT_EQ(After(absl::Minutes(1)), set + absl::Minutes(31));
  EXPECT_EQ(After(absl::Hours(1)), day_);
}

TEST_F(ClockFollowerTest, EachStepHasToStandForItself) {
  After(absl::ZeroDuration());
  Set(absl::Hours(24));
  After(absl::Minutes(20));
  Set(absl::Hours(24));
  EXPECT_EQ(After(absl::Minutes(20)), start_ + absl::Minutes(40)) << "the second step is seen now";
  EXPECT_EQ(After(absl::Minutes(29)), start_ + absl::Minutes(69));
  EXPECT_EQ(After(absl::Minutes(1)), day_);
}

TEST_F(ClockFollowerTest, AfterAStepBackTheLatestMomentIsGivenUntilItIsReached) {
  After(absl::ZeroDuration());
  Set(-absl::Hours(2));
  EXPECT_EQ(After(absl::Minutes(1)), start_ + absl::Minutes(1)) << "not believed yet";
  EXPECT_EQ(After(absl::Minutes(29)), start_ + absl::Minutes(30));
  EXPECT_EQ(After(absl::Minutes(1)), start_ + absl::Minutes(30)) << "believed, and stands still";
  EXPECT_EQ(After(absl::Minutes(60)), start_ + absl::Minutes(30));
  EXPECT_EQ(After(absl::Minutes(60)), day_) << "reached again";
}

}  // namespace
}  // namespace candor::base
