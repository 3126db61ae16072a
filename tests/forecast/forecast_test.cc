// Forecasts against what can be told by hand.

#include "clients/forecast/forecast.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::forecast {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// `items` statements of ten words for staff and students in competencies of three.
ForecastInput InputOf(int items, std::vector<ExpectedGroup> groups) {
  ForecastInput input;
  domain::Domain domain{"D", "Domain", {}};
  for (int i = 0; i < items; ++i) {
    if (i % 3 == 0) domain.competencies.push_back({"C" + std::to_string(i / 3), "Competency", {}});
    const std::string code = "i" + std::to_string(i);
    domain.competencies.back().indicators.push_back({code, "Indicator", {}});
    domain::Item item;
    item.indicator = code;
    for (const char* audience : {"self", "staff", "student"}) {
      item.texts[audience]["en"] = "one two three four five six seven eight nine ten";
    }
    input.instrument.items.push_back(std::move(item));
  }
  input.framework.domains = {std::move(domain)};
  input.instrument.scale.points = 5;
  input.instrument.rater_groups = {{"staff", {{"en", "Staff"}}}, {"student", {{"en", "Students"}}}};
  input.groups = std::move(groups);
  return input;
}

ExpectedGroup Expected(const std::string& code, int64_t invited, double rate, double seen = 0.9) {
  return {code, {code}, {}, invited, rate, seen};
}

const GroupForecast& GroupOf(const Forecast& forecast, const std::string& code) {
  for (const GroupForecast& group : forecast.groups) {
    if (group.code == code) return group;
  }
  ADD_FAILURE() << code;
  static const GroupForecast none;
  return none;
}

TEST(ForecastTest, EverybodyAnsweringIsAlwaysShown) {
  const Forecast forecast = MakeForecast(InputOf(12, {Expected("staff", 40, 1, 1)}));
  const GroupForecast& staff = GroupOf(forecast, "staff");
  EXPECT_EQ(staff.shown, 1);
  EXPECT_EQ(staff.answers.low, 40);
  EXPECT_EQ(staff.answers.high, 40);
  EXPECT_EQ(staff.items_withheld, 0);
  EXPECT_GT(staff.items_exact, 0.95);
  ASSERT_TRUE(staff.half_width.has_value());
  EXPECT_GT(staff.half_width->middle, 0.1);
  EXPECT_LT(staff.half_width->middle, 0.4);
  EXPECT_EQ(forecast.any_figure, 1);
}

TEST(ForecastTest, AGroupIsShownAsOftenAsEnoughOfItAnswer) {
  // P(at least 5 of 8 answer) with 0.6 each: 0.5941 (binomial).
  ForecastInput input = InputOf(6, {Expected("staff", 8, 0.6, 1)});
  input.runs = 4000;
  EXPECT_NEAR(GroupOf(MakeForecast(input), "staff").shown, 0.5941, 0.03);
}

TEST(ForecastTest, FourCanNeverBeShown) {
  const Forecast forecast = MakeForecast(InputOf(6, {Expected("staff", 4, 1, 1)}));
  EXPECT_EQ(GroupOf(forecast, "staff").shown, 0);
  EXPECT_FALSE(GroupOf(forecast, "staff").half_width.has_value());
  EXPECT_EQ(forecast.any_figure, 0);
}

TEST(ForecastTest, TwoSmallGroupsAreShownTogether) {
  const Forecast forecast = MakeForecast(InputOf(6, {Expected("staff", 4, 1, 1), Expected("student", 4, 1, 1)}));
  EXPECT_EQ(GroupOf(forecast, "staff").shown, 0);
  EXPECT_EQ(GroupOf(forecast, "other_raters").shown, 1);
  EXPECT_EQ(GroupOf(forecast, "other_raters").answers.middle, 8);
  EXPECT_EQ(forecast.any_figure, 1);
}

TEST(ForecastTest, PartsThatAreTooFewAreShownAsTheWholeGroup) {
  ForecastInput input = InputOf(6, {{"staff/lower", {"staff"}, {"lower"}, 14, 0.7, 1}, {"staff/upper", {"staff"}, {"upper"}, 14, 0.7, 1}});
  const Forecast forecast = MakeForecast(input);
  const GroupForecast& lower = GroupOf(forecast, "staff/lower");
  // P(at least 10 of 14) with 0.7 each is 0.584, for both parts 0.341.
  EXPECT_NEAR(lower.shown, 0.341, 0.08);
  EXPECT_NEAR(lower.answers.middle, 10, 1);
  EXPECT_GE(lower.answers.low, 6);
  const GroupForecast& staff = GroupOf(forecast, "staff");
  EXPECT_NEAR(staff.shown, 1 - lower.shown, 1e-9);
  EXPECT_GT(staff.answers.low, 12);
  const std::string advice = absl::StrJoin(Advise(input, forecast), "\n");
  EXPECT_THAT(advice, HasSubstr("Invite 18 instead of 14"));  // P(at least 10 of 18) = 0.940, of 17 0.895
  EXPECT_THAT(advice, HasSubstr("with the rest of its group"));
  EXPECT_THAT(advice, Not(HasSubstr("Other raters")));
}

TEST(ForecastTest, FewRatersMakeLimitsOfMeans) {
  const Forecast few = MakeForecast(InputOf(12, {Expected("staff", 6, 1, 1)}));
  const Forecast many = MakeForecast(InputOf(12, {Expected("staff", 60, 1, 1)}));
  EXPECT_GT(GroupOf(few, "staff").items_limited, 0.3);
  EXPECT_LT(GroupOf(many, "staff").items_limited, 0.05);
  EXPECT_LT(GroupOf(many, "staff").half_width->middle, 0.5);
}

TEST(ForecastTest, WhatFewHaveSeenIsWithheldByTheStatement) {
  const Forecast forecast = MakeForecast(InputOf(12, {Expected("staff", 12, 1, 0.4)}));
  EXPECT_GT(GroupOf(forecast, "staff").shown, 0.9);
  EXPECT_GT(GroupOf(forecast, "staff").items_withheld, 0.3);
}

TEST(ForecastTest, IsTheSameEveryTime) {
  const ForecastInput input = InputOf(12, {Expected("staff", 12, 0.7)});
  const GroupForecast first = MakeForecast(input).groups[0], second = MakeForecast(input).groups[0];
  EXPECT_EQ(first.shown, second.shown);
  EXPECT_EQ(first.items_exact, second.items_exact);
  EXPECT_EQ(first.answers.middle, second.answers.middle);
}

TEST(ForecastTest, TheFormsLengthIsThatOfItsWords) {
  // 24 statements of 10 words: 1.2 min at 200 words, 24 x 3 s = 1.2 min, and a minute for the rules; students read at 120.
  const ForecastInput input = InputOf(24, {});
  EXPECT_NEAR(MinutesFor(input.instrument, "staff"), 3.4, 1e-9);
  EXPECT_NEAR(MinutesFor(input.instrument, "student"), 4.2, 1e-9);
  EXPECT_NEAR(MinutesFor(input.instrument, "nobody"), 1, 1e-9);
}

TEST(ForecastTest, HowManyToInviteIsTheBinomials) {
  EXPECT_EQ(InvitedFor(5, 1, 0.9), 5);
  EXPECT_EQ(InvitedFor(1, 0.5, 0.9), 4);   // 1 - 0.5^4 = 0.9375, 1 - 0.5^3 = 0.875
  EXPECT_EQ(InvitedFor(5, 0.5, 0.9), 14);  // P(at least 5 of 14) = 0.910, of 13 0.867
  EXPECT_EQ(InvitedFor(0, 0.5, 0.9), 0);
  EXPECT_EQ(InvitedFor(5, 0, 0.9), std::nullopt);
}

std::string AdviceOn(const ForecastInput& input) { return absl::StrJoin(Advise(input, MakeForecast(input)), "\n"); }

TEST(AdviceTest, SaysWhomToInviteAndWhatToLeaveOut) {
  EXPECT_THAT(AdviceOn(InputOf(12, {Expected("staff", 60, 0.8)})), HasSubstr("Nothing stands in the way"));
  const std::string few = AdviceOn(InputOf(12, {Expected("staff", 8, 0.5)}));
  EXPECT_THAT(few, HasSubstr("staff: shown in"));
  EXPECT_THAT(few, HasSubstr("Invite 14 instead of 8"));
  EXPECT_THAT(AdviceOn(InputOf(108, {Expected("staff", 60, 0.8)})), HasSubstr("staff: the form takes about"));
  EXPECT_THAT(AdviceOn(InputOf(12, {Expected("staff", 14, 0.9, 0.4)})), HasSubstr("too few will have seen enough"));
  const std::string wide = AdviceOn(InputOf(12, {Expected("staff", 7, 1, 1)}));
  EXPECT_THAT(wide, HasSubstr("uncertain by about"));
  EXPECT_THAT(wide, Not(HasSubstr("shown in")));
}

}  // namespace
}  // namespace candor::forecast
