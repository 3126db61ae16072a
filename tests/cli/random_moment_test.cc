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

TEST(RandomMomentTest, BothVerbsSendLaterByDefaultAndTakeTheSameOption) {
  CLI::App verb;
  double hours = -1;
  DeclareWithinHours(verb, hours, "--text");
  EXPECT_THAT(verb.help(), HasSubstr("0: now. Without it: asked, 1 with --text"));
  EXPECT_THROW(verb.parse("--within-hours 1000", false), CLI::ValidationError);
}

}  // namespace
}  // namespace candor::cli
