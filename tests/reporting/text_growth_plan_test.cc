// A growth plan as people read it.

#include "clients/report/text_growth_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::GrowthPlan SamplePlan() {
  v1::GrowthPlan plan;
  v1::GrowthGoal& goal = *plan.add_goals();
  goal.set_unit("A.1");
  goal.set_goal("Visit each classroom\ntwice \x1b[2Ja term");
  goal.add_actions()->set_text("Block two hours a week");
  goal.add_actions()->set_text("Ask what helped");
  goal.mutable_actions(1)->set_done(true);
  goal.set_review_date("2027-05-14");
  plan.add_goals()->set_unit("B.2");
  plan.mutable_goals(1)->set_goal("Listen first");
  return plan;
}

TEST(TextGrowthPlanTest, EveryGoalStandsWithItsNumberedActions) {
  const std::string text = RenderGrowthPlan(SamplePlan(), {});
  EXPECT_THAT(text, AllOf(HasSubstr("Goal:      Visit each classroom"), HasSubstr("[ ] 1. Block two hours a week"),
                          HasSubstr("[x] 2. Ask what helped"), HasSubstr("Look back: 14 May 2027"),
                          HasSubstr("B.2"), HasSubstr("nobody but the leader can read it")));
  EXPECT_THAT(text, Not(HasSubstr("Evidence"))) << "what nobody wrote has no line";
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TextGrowthPlanTest, BesideAReportCompetenciesHaveTheirTitles) {
  v1::Report report;
  v1::UnitScore& unit = *report.mutable_scores()->add_units();
  unit.set_kind(v1::UNIT_KIND_COMPETENCY);
  unit.set_code("A.1");
  unit.set_title("Sets direction");
  EXPECT_THAT(RenderGrowthPlan(SamplePlan(), {}, TitlesOf(report)), HasSubstr("A.1 Sets direction"));
}

TEST(TextGrowthPlanTest, SaysWhoCanReadItAndWhenThereIsNone) {
  v1::GrowthPlan plan = SamplePlan();
  plan.set_shared_with_supervisor(true);
  EXPECT_THAT(RenderGrowthPlan(plan, {}), HasSubstr("those who supervised them when the survey opened"));
  EXPECT_THAT(RenderGrowthPlan({}, {}), AllOf(HasSubstr("No goal yet"), Not(HasSubstr("hared"))));
}

}  // namespace
}  // namespace candor::report
