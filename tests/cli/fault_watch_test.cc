#include "clients/cli/fault_watch.h"

#include "gtest/gtest.h"

namespace candor::cli {
namespace {

const absl::Duration kAlmost = FaultWatch::kPatience - absl::Seconds(1);

TEST(FaultWatchTest, TheSameFaultWhileNothingGetsDoneLasts) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  FaultWatch watch;
  watch.See("the key was made for another campaign", 0, start);
  EXPECT_TRUE(watch.is_new());
  EXPECT_FALSE(watch.lasts(start));
  watch.See("the key was made for another campaign", 0, start + kAlmost);
  EXPECT_FALSE(watch.is_new()) << "it is told once";
  EXPECT_FALSE(watch.lasts(start + kAlmost));
  EXPECT_TRUE(watch.lasts(start + FaultWatch::kPatience));
}

TEST(FaultWatchTest, AnotherFaultNoneOrWorkDoneBeginsAnew) {
  const absl::Time start = absl::FromUnixSeconds(1000), later = start + kAlmost, end = start + FaultWatch::kPatience;
  FaultWatch watch;
  watch.See("away", 0, start);
  watch.See("busy", 0, later);
  EXPECT_TRUE(watch.is_new());
  EXPECT_FALSE(watch.lasts(end));
  watch.See("away", 0, start);
  watch.See("", 0, later);
  EXPECT_FALSE(watch.is_new());
  EXPECT_FALSE(watch.lasts(end + absl::Hours(1)));
  watch.See("away", 0, start);
  watch.See("away", 1, later);
  EXPECT_FALSE(watch.lasts(end)) << "a survey was done in between";
}

}  // namespace
}  // namespace candor::cli
