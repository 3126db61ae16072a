#include "services/domain/growth_plan.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/domain/errors.h"

namespace candor::domain {
namespace {

GrowthPlan APlan() {
  GrowthPlan plan;
  plan.goals.push_back({"A.1",
                        "Visit each classroom twice a term.",
                        {{"Block two hours a week.", true}, {"Ask Niño what helped;\nwrite it down.", false}},
                        "Teachers name a visit that helped.",
                        "2028-02-29",
                        "Begun."});
  plan.goals.push_back({"B.2", "Listen first.", {}, "", "", ""});
  plan.shared_with_supervisor = true;
  return plan;
}

// The path of what is wrong with `plan`; empty if nothing is.
std::string FaultOf(const GrowthPlan& plan) {
  const absl::Status status = CheckGrowthPlan(plan);
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kFIELD_INVALID) << status;
  return base::GetErrorDetail(status).field;
}

// The same of APlan after `change` to its first goal.
std::string FaultAfter(const std::function<void(GrowthGoal&)>& change) {
  GrowthPlan plan = APlan();
  change(plan.goals[0]);
  return FaultOf(plan);
}

TEST(GrowthPlanTest, APlanWithinItsLimitsIsFine) {
  EXPECT_EQ(FaultOf(APlan()), "");
  EXPECT_EQ(FaultOf(GrowthPlan()), "") << "without goals it is for deleting";
  GrowthPlan full;
  for (size_t i = 0; i < kMostGoals; ++i) {
    GrowthGoal goal{absl::StrCat("A.", i), std::string(kLongestGoal, 'g'), {}, std::string(kLongestEvidence, 'e'), "9999-12-31",
                    std::string(kLongestOutcome, 'o')};
    goal.actions.assign(kMostActions, {std::string(kLongestAction, 'a'), false});
    full.goals.push_back(goal);
  }
  EXPECT_EQ(FaultOf(full), "");
  full.goals.push_back({"B", "One more.", {}, "", "", ""});
  EXPECT_EQ(FaultOf(full), "goals");
}

TEST(GrowthPlanTest, EachGoalHasWordsAndACompetencyOfItsOwn) {
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.unit = ""; }), "goals[0].unit");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.unit = "not a code"; }), "goals[0].unit");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.unit = "B.2"; }), "goals[1].unit");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.goal = ""; }), "goals[0].goal");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.goal = " \n\t"; }), "goals[0].goal");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.actions[1].text = ""; }), "goals[0].actions[1].text");
}

TEST(GrowthPlanTest, LimitsAreInBytesAndKept) {
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.goal = std::string(kLongestGoal + 1, 'g'); }), "goals[0].goal");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.evidence = std::string(kLongestEvidence + 1, 'e'); }), "goals[0].evidence");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.outcome = std::string(kLongestOutcome + 1, 'o'); }), "goals[0].outcome");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.actions[0].text = std::string(kLongestAction + 1, 'a'); }),
            "goals[0].actions[0].text");
  EXPECT_EQ(FaultAfter([](GrowthGoal& g) { g.actions.assign(kMostActions + 1, {"a", false}); }), "goals[0].actions");
  const auto of_letters = [](size_t count) {
    return [count](GrowthGoal& g) {
      g.goal.clear();
      for (size_t i = 0; i < count; ++i) g.goal += "ñ";
    };
  };
  EXPECT_EQ(FaultAfter(of_letters(kLongestGoal / 2)), "");
  EXPECT_EQ(FaultAfter(of_letters(kLongestGoal / 2 + 1)), "goals[0].goal");
}

TEST(GrowthPlanTest, TextsArePlain) {
  for (const char* bad : {"\x1b[2J", "\xff", "a\xc2\x85z", "\xed\xa0\x80", "bell\a"}) {
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.goal = bad; }), "goals[0].goal");
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.evidence = bad; }), "goals[0].evidence");
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.outcome = bad; }), "goals[0].outcome");
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.actions[0].text = bad; }), "goals[0].actions[0].text");
  }
}

TEST(GrowthPlanTest, ReviewDatesAreDaysOfTheCalendar) {
  for (const char* day : {"", "2027-05-14", "2028-02-29", "2020-01-01"}) {
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.review_date = day; }), "") << day;
  }
  for (const char* none : {"2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "2027-5-14", "14.05.2027", "2027-05",
                           "2027-05-14T00:00:00", " 2027-05-14", "2027-05-14 ", "soon", "0000-01-01", "-2027-05-14",
                           "20270-05-14", "27-05-14"}) {
    EXPECT_EQ(FaultAfter([&](GrowthGoal& g) { g.review_date = none; }), "goals[0].review_date") << none;
  }
}

TEST(GrowthPlanTest, ADocumentReadsBackAndIsOneForOnePlan) {
  for (const GrowthPlan& plan : {APlan(), GrowthPlan()}) {
    const std::string document = EncodeGrowthPlan(plan);
    const auto read = DecodeGrowthPlan(document);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, plan);
  }
}

TEST(GrowthPlanTest, ADamagedDocumentIsTold) {
  const std::string document = EncodeGrowthPlan(APlan());
  std::string other_format = document;
  other_format.replace(other_format.find("growth_plan.v1"), 14, "growth_plan.v2");
  for (const std::string& bad :
       {std::string(), std::string("{}"), document.substr(1), document + " ", other_format,
        std::string(R"({"format":"candor.growth_plan.v1","goals":[{}],"shared_with_supervisor":false})"),
        std::string(R"({"format":"candor.growth_plan.v1","goals":[],"more":1,"shared_with_supervisor":false})"),
        std::string(R"({"format":"candor.growth_plan.v1","goals":[]})")}) {
    const absl::Status status = DecodeGrowthPlan(bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << bad;
    EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_CORRUPT) << bad;
  }
}

}  // namespace
}  // namespace candor::domain
