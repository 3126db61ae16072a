// Figures over leaders of simulated campaigns, against slow computations from what their reports print.

#include "services/reporting/district_figures.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/benchmark.h"
#include "services/reporting/scores.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Plan {
  int leaders = 12;
  int staff = 20, students = 30;
  double leader_sd = .4;  // between leaders, on every statement
  std::string theme = {};  // whose statements have a level of their own
  double theme_sd = 0;
  std::string statement = {};  // which students rate `bias` higher
  double bias = 0;
  double centre = 3.4;
};

// A campaign with the demonstration's framework and instrument.
DistrictSummaryInput CampaignOf(const Plan& plan, uint32_t seed) {
  DistrictSummaryInput input;
  const ReportInput demonstration = DemonstrationInput(1);
  input.campaign = "districts/d/campaigns/c";
  input.title = "Autumn";
  input.version = demonstration.version;
  input.contract = demonstration.contract;
  input.contract.benchmark = true;
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const size_t items = input.version.instrument.items.size();
  std::vector<bool> in_theme(items, false), reverse(items, false);
  std::vector<double> shift(items, 0);
  for (const Unit& unit : ListUnits(input.version)) {
    for (const int item : unit.items) {
      if (unit.kind == v1::UNIT_KIND_THEME && unit.code == plan.theme) in_theme[static_cast<size_t>(item)] = true;
      if (unit.kind == v1::UNIT_KIND_INDICATOR && unit.code == plan.statement) shift[static_cast<size_t>(item)] = plan.bias;
    }
  }
  std::vector<v1::Scores> scores;
  for (int l = 0; l < plan.leaders; ++l) {
    const double level = plan.centre + plan.leader_sd * normal(random), theme = plan.theme_sd * normal(random);
    const auto group = [&](const std::string& code, int raters) {
      RawGroup raw;
      raw.code = code;
      for (int r = 0; r < raters; ++r) {
        const double halo = .5 * normal(random);
        std::vector<uint8_t> form(items, domain::kBlank);
        for (const int item : domain::ItemsOfAudience(input.version.instrument, code)) {
          const size_t j = static_cast<size_t>(item);
          const double mean = level + halo + (in_theme[j] ? theme : 0) + (code == "student" ? shift[j] : 0);
          const int rating = static_cast<int>(std::clamp<long>(std::lround(mean + .8 * normal(random)), 1, 5));
          form[j] = static_cast<uint8_t>(input.version.instrument.items[j].reverse ? 6 - rating : rating);
        }
        raw.forms.push_back(std::move(form));
      }
      return raw;
    };
    ReportInput leader = InputOf(input.version, {group("staff", plan.staff), group("student", plan.students)});
    leader.contract = input.contract;
    leader.self = Ratings(std::vector<uint8_t>(items, static_cast<uint8_t>(3 + l % 3)));
    input.results.push_back(leader.result);
    scores.push_back(BuildScores(leader));
  }
  input.benchmark = BuildBenchmark(input.version, scores);
  input.scores = std::move(scores);
  return input;
}

const v1::UnitScore& Find(const v1::Scores& scores, v1::UnitKind kind, const std::string& code) {
  for (const v1::UnitScore& unit : scores.units()) {
    if (unit.kind() == kind && unit.code() == code) return unit;
  }
  ADD_FAILURE() << code;
  return scores.units(0);
}

TEST(DistrictFiguresTest, AgreementIsTheMeanOverLeadersOfWhatReportsPrint) {
  const DistrictSummaryInput input = CampaignOf({}, 3);
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  ASSERT_GT(summary.instrument_figures().agreement_size(), 4);
  std::map<std::string, std::vector<std::string>> competencies;
  for (const v1::UnitScore& unit : input.scores[0].units()) {
    if (unit.kind() == v1::UNIT_KIND_INDICATOR) competencies[unit.parent()].push_back(unit.code());
  }
  for (const v1::RaterAgreement& row : summary.instrument_figures().agreement()) {
    double rwg = 0, deviation = 0;
    int leaders = 0;
    for (const v1::Scores& scores : input.scores) {
      double variances = 0, deviations = 0;
      int printed = 0, asked = 0;
      for (const std::string& code : competencies[row.unit()]) {
        const v1::GroupScore& score = *FindScore(Find(scores, v1::UNIT_KIND_INDICATOR, code), row.group());
        asked += score.withheld_reason() != v1::WITHHELD_REASON_NO_DATA;
        if (!score.has_distribution()) continue;
        ++printed;
        variances += score.distribution().standard_deviation() * score.distribution().standard_deviation();
        deviations += score.distribution().average_deviation();
      }
      if (printed < 2 || 2 * printed < asked) continue;
      ++leaders;
      const double ratio = std::min(2.0, variances / printed) / 2;
      rwg += printed * (1 - ratio) / (printed * (1 - ratio) + ratio);
      deviation += deviations / printed;
    }
    EXPECT_EQ(row.leaders(), leaders);
    EXPECT_NEAR(row.rwg(), rwg / leaders, .005 + 1e-9) << row.group() << row.unit();
    EXPECT_NEAR(row.average_deviation(), deviation / leaders, .005 + 1e-9);
  }
}

TEST(DistrictFiguresTest, SpreadSaysHowFarLeadersDifferAndCountsTheProbable) {
  const v1::DistrictSummary summary = BuildDistrictSummary(CampaignOf({.leaders = 20, .leader_sd = .5}, 4));
  int with_spread = 0;
  for (const v1::TrainingNeed& need : summary.training_needs()) {
    if (!need.has_spread()) continue;
    ++with_spread;
    EXPECT_GE(need.spread().leaders(), kFewestComparedLeaders);
    EXPECT_NEAR(need.spread().standard_deviation(), .5, .25) << need.unit();
    EXPECT_GT(need.spread().reliability(), .6);
    // About a tenth of N(3.4, .5) lies above the target 4.
    EXPECT_NEAR(need.spread().expected_below_target() / need.spread().leaders(), .88, .15);
  }
  EXPECT_GT(with_spread, 3);
  // Leaders who are all alike: what the prints differ by is chance.
  const v1::DistrictSummary alike = BuildDistrictSummary(CampaignOf({.leaders = 20, .leader_sd = 0}, 5));
  int nothing = 0, all = 0;
  for (const v1::TrainingNeed& need : alike.training_needs()) {
    ++all;
    EXPECT_LT(need.spread().standard_deviation(), .2);
    if (need.spread().standard_deviation() > 0) continue;
    ++nothing;
    EXPECT_FALSE(need.spread().has_expected_below_target());
  }
  EXPECT_GE(2 * nothing, all);
}

TEST(DistrictFiguresTest, ThatAllOrNoneLieBelowTheTargetIsNotSaid) {
  for (const double centre : {2.2, 4.6}) {
    const v1::DistrictSummary summary =
        BuildDistrictSummary(CampaignOf({.leaders = 12, .staff = 40, .students = 60, .leader_sd = .25, .centre = centre}, 21));
    int told = 0;
    for (const v1::TrainingNeed& need : summary.training_needs()) {
      if (!need.spread().has_expected_below_target()) continue;
      ++told;
      const double leaders = need.spread().leaders();
      EXPECT_EQ(need.spread().or_more(), centre < 4);
      EXPECT_EQ(need.spread().or_fewer(), centre > 4);
      EXPECT_NEAR(need.spread().expected_below_target(), (centre < 4 ? .9 : .1) * leaders, .051);
    }
    EXPECT_GT(told, 0) << centre;
  }
}

TEST(DistrictFiguresTest, AThemeOfItsOwnIsToldFromTheGeneralImpression) {
  const v1::DistrictSummary summary =
      BuildDistrictSummary(CampaignOf({.leaders = 16, .theme = "RT", .theme_sd = .6}, 6));
  ASSERT_GT(summary.instrument_figures().themes_size(), 2);
  for (const v1::ThemeCheck& theme : summary.instrument_figures().themes()) {
    EXPECT_EQ(theme.leaders(), 16);
    if (theme.theme() == "RT") {
      EXPECT_TRUE(theme.says_more());
      EXPECT_GT(theme.group_agreement(), .5);
    }
  }
}

TEST(DistrictFiguresTest, FewCampaignsWithoutThemesSeemToHaveOne) {
  constexpr int kCampaigns = 60;
  int false_alarms = 0;
  for (int campaign = 0; campaign < kCampaigns; ++campaign) {
    const v1::DistrictSummary summary =
        BuildDistrictSummary(CampaignOf({.leaders = 12}, 100 + static_cast<uint32_t>(campaign)));
    bool any = false;
    for (const v1::ThemeCheck& theme : summary.instrument_figures().themes()) any = any || theme.says_more();
    false_alarms += any;
  }
  // 5 % of 60 are 3; 8 or more would come about once in a hundred runs.
  EXPECT_LE(false_alarms, 7);
}

TEST(DistrictFiguresTest, AStatementThatStudentsReadOtherwiseIsNamed) {
  const DistrictSummaryInput input = CampaignOf({.leaders = 14, .statement = "I.2.a", .bias = .8}, 8);
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  EXPECT_GT(summary.instrument_figures().statements_examined(), 6);
  const v1::StatementDifference* found = nullptr;
  for (const v1::StatementDifference& row : summary.instrument_figures().statement_differences()) {
    if (row.indicator() == "I.2.a") found = &row;
  }
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->group(), "staff");
  EXPECT_EQ(found->other_group(), "student");
  EXPECT_NEAR(found->difference(), -.8, .25);
  EXPECT_LT(found->upper(), 0);
  // The same from the reports, slowly.
  double sum = 0;
  int leaders = 0;
  for (const v1::Scores& scores : input.scores) {
    double here = 0;
    std::vector<double> others;
    for (const v1::UnitScore& unit : scores.units()) {
      if (unit.kind() != v1::UNIT_KIND_INDICATOR) continue;
      const v1::GroupScore &staff = *FindScore(unit, "staff"), &student = *FindScore(unit, "student");
      if (!staff.has_mean() || !student.has_mean()) continue;
      const double difference = staff.mean() - student.mean();
      if (unit.code() == "I.2.a") {
        here = difference;
      } else {
        others.push_back(difference);
      }
    }
    std::sort(others.begin(), others.end());
    sum += here - (others[(others.size() - 1) / 2] + others[others.size() / 2]) / 2;
    ++leaders;
  }
  EXPECT_EQ(found->leaders(), leaders);
  EXPECT_NEAR(found->difference(), sum / leaders, .005 + 1e-9);
}

TEST(DistrictFiguresTest, SelfAgainstOthersIsCountedFromThirtyLeadersOn) {
  const DistrictSummaryInput input = CampaignOf({.leaders = 32, .staff = 40, .students = 60}, 9);
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  ASSERT_FALSE(summary.self_other().empty());
  const v1::SelfOtherCategories& all = summary.self_other(0);
  EXPECT_EQ(all.kind(), v1::UNIT_KIND_OVERALL);
  double gaps = 0, squares = 0, others = 0;
  std::vector<std::pair<double, double>> points;
  for (const v1::Scores& scores : input.scores) {
    const v1::UnitScore& unit = scores.units(0);
    if (!unit.gap().has_value() || !unit.all_raters().has_mean()) continue;
    points.emplace_back(unit.gap().value(), unit.all_raters().mean());
    gaps += unit.gap().value();
    others += unit.all_raters().mean();
  }
  const double n = static_cast<double>(points.size());
  for (const auto& [gap, of_others] : points) squares += (gap - gaps / n) * (gap - gaps / n);
  const double sd = std::sqrt(squares / (n - 1));
  std::map<std::string, int> counts;
  for (const auto& [gap, of_others] : points) {
    const double z = (gap - gaps / n) / sd;
    ++counts[z > .5 ? "over" : z < -.5 ? "under" : of_others >= others / n ? "good" : "poor"];
  }
  EXPECT_EQ(all.leaders(), static_cast<int>(points.size()));
  EXPECT_NEAR(all.mean_gap(), gaps / n, .005 + 1e-9);
  EXPECT_NEAR(all.standard_deviation(), sd, .005 + 1e-9);
  EXPECT_EQ(all.over(), counts["over"]);
  EXPECT_EQ(all.under(), counts["under"]);
  EXPECT_EQ(all.agree_good(), counts["good"]);
  EXPECT_EQ(all.agree_poor(), counts["poor"]);

  DistrictSummaryInput fewer = input;
  fewer.scores.resize(29);
  EXPECT_THAT(BuildDistrictSummary(fewer).self_other(), IsEmpty());
}

TEST(DistrictFiguresTest, OfNineLeadersNoDifferencesAreToldAndOfFourNothing) {
  const v1::DistrictSummary nine = BuildDistrictSummary(CampaignOf({.leaders = 9}, 10));
  EXPECT_FALSE(nine.instrument_figures().agreement().empty());
  EXPECT_THAT(nine.instrument_figures().themes(), IsEmpty());
  EXPECT_EQ(nine.instrument_figures().statements_examined(), 0);
  for (const v1::TrainingNeed& need : nine.training_needs()) EXPECT_FALSE(need.has_spread());
  for (const char* why : {"How far leaders differ is told", "Whether themes say more", "use a statement differently is told",
                          "beside their raters is told from 30"}) {
    EXPECT_THAT(absl::StrJoin(nine.notes(), "\n"), HasSubstr(why));
  }
  EXPECT_FALSE(BuildDistrictSummary(CampaignOf({.leaders = 4}, 11)).has_instrument_figures());
}

TEST(DistrictFiguresTest, LeadersWhoAreLeftWhereOthersHaveLimitsAreNoneToSpeakOf) {
  // Eight staff, high ratings: a third of the leaders or more have limits, and those are the higher rated ones.
  const v1::DistrictSummary summary =
      BuildDistrictSummary(CampaignOf({.leaders = 40, .staff = 8, .students = 60, .centre = 4.0}, 30));
  int ranges = 0;
  for (const v1::TrainingNeed& need : summary.training_needs()) {
    ranges += !need.figure().has_mean();
    if (!need.has_spread()) continue;
    EXPECT_GE(20 * need.spread().leaders(), 19 * need.figure().leaders()) << need.unit();
  }
  EXPECT_GT(ranges, 3);
  for (const v1::SelfOtherCategories& row : summary.self_other()) EXPECT_GE(20 * row.leaders(), 19 * 40) << row.unit();
  EXPECT_THAT(summary.instrument_figures().statement_differences(), IsEmpty());
}

TEST(DistrictFiguresTest, WithoutThePromiseToRatersThereIsNone) {
  DistrictSummaryInput input = CampaignOf({.leaders = 12}, 12);
  input.contract.benchmark = false;
  input.benchmark.Clear();
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  EXPECT_FALSE(summary.has_instrument_figures());
  EXPECT_THAT(summary.self_other(), IsEmpty());
}

TEST(DistrictFiguresTest, WithinLimitsNothingIsComputed) {
  // Nearly everybody at the top: limits alone, and so no distribution, contrast or spread.
  const v1::DistrictSummary summary = BuildDistrictSummary(CampaignOf({.leaders = 12, .centre = 8}, 13));
  EXPECT_THAT(summary.instrument_figures().agreement(), IsEmpty());
  EXPECT_THAT(summary.instrument_figures().themes(), IsEmpty());
  EXPECT_THAT(summary.instrument_figures().statement_differences(), IsEmpty());
  ASSERT_FALSE(summary.training_needs().empty());
  for (const v1::TrainingNeed& need : summary.training_needs()) EXPECT_FALSE(need.has_spread());
}

}  // namespace
}  // namespace candor::reporting
