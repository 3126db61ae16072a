// When a respondent's program sends: the same choice for answers and for answers to questions back.

#include "clients/cli/random_moment.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<double> Hours(const Sending& sending, const std::string& typed = "") {
  std::istringstream in(typed);
  std::ostringstream out;
  Dialog dialog(in, out);
  return HoursToWait(dialog, sending);
}

TEST(RandomMomentTest, WhereNobodyCanBeAskedItWaitsUnlessSaidOtherwise) {
  const Sending unasked{.interactive = false};
  EXPECT_EQ(*Hours(unasked), kUsualHours);
  EXPECT_EQ(*Hours({.within_hours = 0, .interactive = false}), 0);
  EXPECT_EQ(*Hours({.yes = true, .interactive = false}), 0);
  EXPECT_EQ(*Hours({.within_hours = 12, .yes = true, .interactive = false}), 12);
}

TEST(RandomMomentTest, WhoeverCanBeAskedIsAskedUnlessSaidAlready) {
  EXPECT_EQ(*Hours({}, "\n"), kUsualHours);
  EXPECT_EQ(*Hours({}, "0\n"), 0);
  EXPECT_EQ(*Hours({}, "soon\n1000\n2.5\n"), 2.5) << "asked again";
  EXPECT_EQ(*Hours({.within_hours = 3}), 3);
  EXPECT_EQ(*Hours({.yes = true}), 0);
  EXPECT_FALSE(Hours({}, "").ok()) << "nothing is sent by somebody who has gone";
}

TEST(RandomMomentTest, NothingIsSentAfterItsTime) {
  const absl::Time now = absl::FromUnixSeconds(1'900'000'000);
  std::string said;
  const auto hours = [&](double allowed, absl::Duration left) {
    std::istringstream in;
    std::ostringstream out;
    Dialog dialog(in, out);
    const double kept = HoursBefore(dialog, now + left, allowed, now);
    said = out.str();
    return kept;
  };
  EXPECT_EQ(hours(1, absl::Hours(48)), 1);
  EXPECT_EQ(hours(47, absl::Hours(48)), 47);
  EXPECT_EQ(said, "");
  EXPECT_EQ(hours(168, absl::Hours(48)), 47) << "an hour is left";
  EXPECT_THAT(said, HasSubstr("until 2030-03-19 17:46 UTC only"));
  EXPECT_DOUBLE_EQ(hours(168, absl::Minutes(40)), 0.5) << "a quarter is left";
  EXPECT_DOUBLE_EQ(hours(1, absl::Minutes(40)), 0.5) << "what is usual may be too long too";
  EXPECT_EQ(hours(1, absl::ZeroDuration()), 0);
  EXPECT_EQ(hours(1, -absl::Hours(1)), 0);
  EXPECT_EQ(hours(0, absl::Minutes(40)), 0);
  EXPECT_EQ(said, "") << "nothing is cut from what is sent at once";
}

TEST(RandomMomentTest, BothVerbsSendLaterByDefaultAndTakeTheSameOption) {
  CLI::App verb;
  double hours = -1;
  DeclareWithinHours(verb, hours, "--text");
  EXPECT_THAT(verb.help(), HasSubstr("0: now. Without it: asked, 1 with --text"));
  EXPECT_THROW(verb.parse("--within-hours 1000", false), CLI::ValidationError);
}

}  // namespace
}  // namespace candor::cli
