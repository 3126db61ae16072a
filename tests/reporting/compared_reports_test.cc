// The rounds of one leader side by side, and what a district learns of one campaign.

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/benchmark.h"
#include "services/reporting/build_report.h"
#include "services/reporting/district_summary.h"
#include "services/reporting/rounds.h"
#include "services/reporting/scores.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// `n` raters of whom `high` give 4 on i1, i3 and i4 and the others 2; 3 on i2.
RawGroup Group(const std::string& code, int n, int high) {
  RawGroup group{code, {}, 0, 0, {}};
  for (int r = 0; r < n; ++r) {
    const uint8_t rating = r < high ? 4 : 2;
    group.forms.push_back({rating, 3, rating, rating});
  }
  return group;
}

v1::Report ReportOf(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

const v1::UnitRounds* FindUnit(const v1::RoundComparison& comparison, const std::string& code) {
  for (const v1::UnitRounds& unit : comparison.units()) {
    if (unit.code() == code) return &unit;
  }
  return nullptr;
}

std::vector<std::string> GroupsOf(const v1::UnitRounds& unit) {
  std::vector<std::string> groups;
  for (const v1::GroupRounds& group : unit.groups()) groups.push_back(group.group());
  return groups;
}

TEST(ComparedReportsTest, SetFiguresOfTheReportsSideBySide) {
  const ReportInput first = InputOf(SmallVersion(5), {Group("staff", 20, 5), Group("parent", 4, 2)});
  const ReportInput second = InputOf(SmallVersion(5), {Group("staff", 20, 10), Group("parent", 12, 6)});
  ReportInput third = InputOf(SmallVersion(5), {Group("staff", 20, 18), Group("parent", 12, 9)});
  third.contract.compared_with = absl::FromUnixSeconds(1'700'000'000);
  third.comparison = domain::Comparison::kCompared;
  third.before = RoundBefore{second.contract, second.version, second.result, {}};
  const v1::RoundComparison comparison =
      CompareReports({{ReportOf(first)}, {ReportOf(second)}, {ReportOf(third)}});
  ASSERT_EQ(comparison.rounds_size(), 3);
  EXPECT_FALSE(comparison.rounds(0).has_compared_round());
  EXPECT_EQ(comparison.rounds(2).compared_round().state(), v1::COMPARISON_STATE_COMPARED);
  const v1::UnitRounds* c2 = FindUnit(comparison, "C2");
  ASSERT_NE(c2, nullptr);
  EXPECT_THAT(GroupsOf(*c2), ElementsAre("staff", "parent", "all_raters"));
  const v1::GroupRounds& staff = c2->groups(0);
  ASSERT_EQ(staff.figures_size(), 3);
  EXPECT_NEAR(staff.figures(0).mean(), 2.5, 1e-9);
  EXPECT_NEAR(staff.figures(1).mean(), 3.0, 1e-9);
  EXPECT_NEAR(staff.figures(2).mean(), 3.8, 1e-9);
  EXPECT_TRUE(staff.figures(1).has_interval());
  EXPECT_FALSE(staff.figures(1).has_change());
  EXPECT_NEAR(staff.figures(2).change().value(), 0.8, 1e-9);
  EXPECT_FALSE(staff.figures(2).has_distribution());
  // Four parents were too few in the first round.
  EXPECT_EQ(c2->groups(1).figures(0).state(), v1::FIGURE_STATE_WITHHELD);
  EXPECT_EQ(c2->groups(1).figures(0).withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  EXPECT_NEAR(c2->groups(1).figures(2).mean(), 3.5, 1e-9);
}

TEST(ComparedReportsTest, WhatStandsInOneRoundAloneIsLeftOut) {
  const ReportInput first = InputOf(SmallVersion(5), {Group("staff", 20, 5)});
  const ReportInput second = InputOf(SmallVersion(5), {Group("student", 20, 10)});
  const v1::RoundComparison comparison = CompareReports({{ReportOf(first)}, {ReportOf(second)}});
  for (const v1::UnitRounds& unit : comparison.units()) EXPECT_THAT(GroupsOf(unit), ElementsAre("all_raters"));
  EXPECT_THAT(CompareReports({{ReportOf(first)}}).units(), IsEmpty());
}

DistrictSummaryInput SummaryOf(const std::vector<int>& highs) {
  DistrictSummaryInput input;
  input.campaign = "districts/d/campaigns/c";
  input.title = "Autumn";
  input.contract = SampleContract();
  input.contract.benchmark = true;
  input.version = SmallVersion(5);
  std::vector<v1::Scores> leaders;
  for (const int high : highs) {
    RawGroup staff = Group("staff", 20, high);
    staff.invited = 25;
    const ReportInput leader = InputOf(SmallVersion(5), {staff});
    leaders.push_back(ReportOf(leader).scores());
    input.results.push_back(leader.result);
  }
  input.benchmark = BuildBenchmark(SmallVersion(5), leaders);
  return input;
}

TEST(DistrictSummaryTest, OrdersCompetenciesAndNamesNobody) {
  // C1 is (i1 + 3) / 2, C2 and C3 are i3 and i4; of the leaders' i1 the means are 2.4 to 3.2.
  DistrictSummaryInput input = SummaryOf({4, 6, 8, 10, 12});
  input.pooled.item_correlation = 43;
  input.pooled.scales = {{"staff", "C1", 71, 74}, {"staff", "D1", std::nullopt, std::nullopt, -3, 95}};
  input.pooled.groups = {{"staff", domain::PooledShare{5, domain::PooledShare::Bound::kAtMost}, domain::PooledShare{12}}};
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  EXPECT_EQ(summary.leaders(), 5);
  EXPECT_EQ(summary.minimum_leaders(), 5);
  ASSERT_EQ(summary.participation_size(), 1);
  EXPECT_EQ(summary.participation(0).group(), "staff");
  EXPECT_EQ(summary.participation(0).invited(), 125);
  EXPECT_EQ(summary.participation(0).counted(), 100);
  EXPECT_EQ(summary.participation(0).leaders(), 5);
  ASSERT_EQ(summary.training_needs_size(), 3);
  EXPECT_EQ(summary.training_needs(0).unit(), "C2");
  EXPECT_EQ(summary.training_needs(0).title(), "Second competency");
  EXPECT_EQ(summary.training_needs(2).unit(), "C1");
  EXPECT_NEAR(summary.training_needs(0).figure().mean(), 2.8, 1e-9);
  // 2.8 -+ t(4) 0.32 / sqrt(5), the spread between leaders being 0.316 to two decimals.
  EXPECT_NEAR(summary.training_needs(0).interval().upper(), 2.8 + 2.7764451 * 0.32 / std::sqrt(5), 1e-6);
  EXPECT_TRUE(summary.training_needs(0).clearly_below_target());
  EXPECT_NEAR(summary.instrument_figures().item_correlation(), 0.43, 1e-9);
  ASSERT_EQ(summary.instrument_figures().reliability_size(), 2);
  EXPECT_EQ(summary.instrument_figures().reliability(0).alpha(), 0.71);
  EXPECT_EQ(summary.instrument_figures().reliability(0).lambda2(), 0.74);
  EXPECT_FALSE(summary.instrument_figures().reliability(0).has_icc1());
  EXPECT_EQ(summary.instrument_figures().reliability(1).unit(), "D1");
  EXPECT_EQ(summary.instrument_figures().reliability(1).icc1(), -0.03);
  EXPECT_EQ(summary.instrument_figures().reliability(1).icc2(), 0.95);
  ASSERT_EQ(summary.instrument_figures().groups_size(), 1);
  EXPECT_TRUE(summary.instrument_figures().groups(0).straight_line().at_most());
  EXPECT_EQ(summary.instrument_figures().groups(0).straight_line().share(), 0.05);
  EXPECT_FALSE(summary.instrument_figures().groups(0).no_rating().at_most());
  EXPECT_NEAR(summary.rules().target(), 4, 1e-9);
  EXPECT_EQ(BuildDistrictSummary(input).SerializeAsString(), summary.SerializeAsString());
}

TEST(DistrictSummaryTest, OfFourLeadersNothingIsSaid) {
  const v1::DistrictSummary summary = BuildDistrictSummary(SummaryOf({4, 6, 8, 10}));
  EXPECT_EQ(summary.leaders(), 4);
  EXPECT_THAT(summary.participation(), IsEmpty());
  EXPECT_THAT(summary.training_needs(), IsEmpty());
  EXPECT_THAT(summary.benchmark(), IsEmpty());
  EXPECT_FALSE(summary.has_instrument_figures());
  EXPECT_THAT(absl::StrJoin(summary.notes(), "\n"), HasSubstr("Fewer than 5 leaders"));
}

TEST(DistrictSummaryTest, AGroupThatFewLeadersHaveIsNotCounted) {
  DistrictSummaryInput input = SummaryOf({4, 6, 8, 10, 12});
  for (int i = 0; i < 4; ++i) input.results[static_cast<size_t>(i)].counts.push_back({"parent", 10, 6, 0, 6, 0});
  EXPECT_EQ(BuildDistrictSummary(input).participation_size(), 1);
  input.results[4].counts.push_back({"parent", 10, 6, 0, 6, 0});
  EXPECT_EQ(BuildDistrictSummary(input).participation_size(), 2);
}

TEST(DistrictSummaryTest, WithoutThePromiseToRatersThereAreNoMeans) {
  DistrictSummaryInput input = SummaryOf({4, 6, 8, 10, 12});
  input.contract.benchmark = false;
  input.benchmark.Clear();  // closing makes none
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  EXPECT_EQ(summary.participation_size(), 1);
  EXPECT_THAT(summary.training_needs(), IsEmpty());
  EXPECT_THAT(absl::StrJoin(summary.notes(), "\n"), HasSubstr("Raters were not told"));
}

TEST(DistrictSummaryTest, ARangeHasNoIntervalAndIsNeverClear) {
  // Everybody at the bottom: limits alone.
  DistrictSummaryInput input = SummaryOf({4, 6, 8, 10, 12});
  std::vector<v1::Scores> leaders;
  input.results.clear();
  for (int i = 0; i < 5; ++i) {
    const ReportInput leader = InputOf(SmallVersion(5), {{"staff", {}, 12, 0, Copies(12, {1, 3, 1, 1})}});
    leaders.push_back(ReportOf(leader).scores());
    input.results.push_back(leader.result);
  }
  input.benchmark = BuildBenchmark(SmallVersion(5), leaders);
  const v1::DistrictSummary summary = BuildDistrictSummary(input);
  ASSERT_EQ(summary.training_needs_size(), 3);
  EXPECT_FALSE(summary.training_needs(0).has_interval());
  EXPECT_FALSE(summary.training_needs(0).clearly_below_target());
  EXPECT_TRUE(summary.training_needs(0).figure().has_lower());
}

}  // namespace
}  // namespace candor::reporting
