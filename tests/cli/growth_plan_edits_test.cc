#include "clients/cli/growth_plan_edits.h"

#include <string>

#include "clients/cli/context.h"
#include "clients/cli/output.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using candor::v1::GrowthPlan;
using ::testing::HasSubstr;

GrowthPlan SamplePlan() {
  GrowthPlan plan;
  EXPECT_TRUE(EditGoal({"A.1", "Listen first", "They say so", "2027-05-14", {"Block two hours", "Ask"}}, plan).ok());
  EXPECT_TRUE(EditGoal({"B.2", "Visit classrooms", "", "", {}}, plan).ok());
  return plan;
}

TEST(GrowthPlanEditsTest, AGoalIsAddedOnceAndThenAddedTo) {
  GrowthPlan plan = SamplePlan();
  EXPECT_TRUE(EditGoal({"A.1", "", "", "2027-06-01", {"Write it down"}}, plan).ok());
  ASSERT_EQ(plan.goals_size(), 2);
  EXPECT_EQ(plan.goals(0).goal(), "Listen first");
  EXPECT_EQ(plan.goals(0).evidence(), "They say so");
  EXPECT_EQ(plan.goals(0).review_date(), "2027-06-01");
  ASSERT_EQ(plan.goals(0).actions_size(), 3);
  EXPECT_EQ(plan.goals(0).actions(2).text(), "Write it down");
  EXPECT_TRUE(IsUsageError(EditGoal({"C.3", "", "They say so", "", {}}, plan))) << "a new goal needs words";
  EXPECT_EQ(plan.goals_size(), 2);
}

TEST(GrowthPlanEditsTest, ActionsAreMarkedByTheirNumbersAllOrNone) {
  GrowthPlan plan = SamplePlan();
  EXPECT_TRUE(MarkDone("A.1", {2}, true, "Half of it", plan).ok());
  EXPECT_FALSE(plan.goals(0).actions(0).done());
  EXPECT_TRUE(plan.goals(0).actions(1).done());
  EXPECT_EQ(plan.goals(0).outcome(), "Half of it");
  EXPECT_TRUE(MarkDone("A.1", {2}, false, "", plan).ok());
  EXPECT_FALSE(plan.goals(0).actions(1).done());
  EXPECT_EQ(plan.goals(0).outcome(), "Half of it");
  for (const int none : {0, 3, -1}) {
    const absl::Status status = MarkDone("A.1", {1, none}, true, "", plan);
    EXPECT_TRUE(IsUsageError(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("has no action"));
  }
  EXPECT_FALSE(plan.goals(0).actions(0).done());
  EXPECT_TRUE(IsUsageError(MarkDone("A.1", {}, true, "", plan))) << "nothing to do";
  EXPECT_THAT(std::string(MarkDone("C.3", {1}, true, "", plan).message()), HasSubstr("it has A.1, B.2"));
}

TEST(GrowthPlanEditsTest, AGoalIsRemovedByItsCompetency) {
  GrowthPlan plan = SamplePlan();
  EXPECT_TRUE(RemoveGoal("A.1", plan).ok());
  ASSERT_EQ(plan.goals_size(), 1);
  EXPECT_EQ(plan.goals(0).unit(), "B.2");
  EXPECT_TRUE(IsUsageError(RemoveGoal("A.1", plan)));
  GrowthPlan nothing;
  EXPECT_THAT(std::string(RemoveGoal("A.1", nothing).message()), HasSubstr("none at all yet"));
}

TEST(GrowthPlanEditsTest, WhatIsPrintedAsJsonReadsBack) {
  const GrowthPlan plan = SamplePlan();
  const auto read = ParseGrowthPlan(ToJson(plan), "plan.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), plan.SerializeAsString());
  for (const char* bad : {"", "[]", R"({"goals":7})", R"({"goals":[{"unti":"A.1"}]})"}) {
    const absl::Status status = ParseGrowthPlan(bad, "plan.json").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("plan.json")) << bad;
  }
}

}  // namespace
}  // namespace candor::cli
