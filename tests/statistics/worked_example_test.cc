// A worked example by hand: five staff, a supervisor and the leader's own view on three questions.

#include <cmath>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/leader_scores.h"

namespace candor::statistics {
namespace {

constexpr double kSixDigits = 5e-7;

class WorkedExampleTest : public testing::Test {
 protected:
  WorkedExampleTest() {
    auto layout = std::make_shared<FormLayout>();
    layout->items = 3;
    layout->scales = {{0, 1, 2}};
    layout_ = std::move(layout);
    rules_ = DefaultRules(5);
    rules_.min_n = rules_.pool_min_n = 3;
    constexpr uint8_t N = kNotObserved;
    Tally staff(layout_, kLeaderParts), supervisor(layout_, kLeaderParts);
    for (const std::vector<uint8_t>& form : std::vector<std::vector<uint8_t>>{
             {4, 5, 4}, {3, 4, N}, {5, 5, 4}, {2, 3, 3}, {4, 4, N}}) {
      staff.Add(form);
    }
    supervisor.Add(std::vector<uint8_t>{4, 3, 4});
    std::vector<GroupInput> groups;
    groups.push_back({"staff", staff, false, 1, 8});
    groups.push_back({"supervisor", supervisor, true, 1, std::nullopt});
    scores_ = ScoreLeader(layout_, groups, {5, 4, 5}, 1, rules_);
  }

  std::shared_ptr<const FormLayout> layout_;
  ScoringRules rules_;
  LeaderScores scores_;
};

TEST_F(WorkedExampleTest, FirstItem) {
  const ItemStatistics& q1 = scores_.groups[0].items[0];
  EXPECT_EQ(q1.n, 5);
  EXPECT_EQ(q1.s1, 18);
  EXPECT_EQ(q1.s2, 70);
  EXPECT_DOUBLE_EQ(*q1.mean, 3.6);
  EXPECT_DOUBLE_EQ(*q1.variance, 1.3);
  EXPECT_NEAR(*q1.sd, 1.140175, kSixDigits);
  EXPECT_DOUBLE_EQ(*q1.favourable, 0.6);
  EXPECT_NEAR(q1.favourable_limits->lo, .230724, kSixDigits);
  EXPECT_NEAR(q1.favourable_limits->hi, .882379, kSixDigits);
  EXPECT_NEAR(*q1.variance_regularised, 1.313333, kSixDigits);
  EXPECT_DOUBLE_EQ(*q1.degrees, 6);
  EXPECT_NEAR(q1.confidence->lo, 2.345933, kSixDigits);
  EXPECT_NEAR(q1.confidence->hi, 4.854067, kSixDigits);
  EXPECT_NEAR(q1.confidence_of_invited->hi - 3.6, .767956, kSixDigits);
  EXPECT_DOUBLE_EQ(*q1.rwg, .35);
  EXPECT_NEAR(*q1.rwg_skew, .029851, kSixDigits);
  EXPECT_DOUBLE_EQ(*q1.ad_mean, .88);
}

TEST_F(WorkedExampleTest, OtherItems) {
  const ItemStatistics& q2 = scores_.groups[0].items[1];
  EXPECT_DOUBLE_EQ(*q2.mean, 4.2);
  EXPECT_DOUBLE_EQ(*q2.variance, .7);
  EXPECT_NEAR(q2.confidence->lo, 3.154202, kSixDigits);
  EXPECT_EQ(q2.confidence->hi, 5);
  const ItemStatistics& q3 = scores_.groups[0].items[2];
  EXPECT_EQ(q3.n, 3);
  EXPECT_EQ(q3.n_not_observed, 2);
  EXPECT_DOUBLE_EQ(*q3.observability, .6);
  EXPECT_NEAR(*q3.mean, 3.666667, kSixDigits);
  EXPECT_NEAR(*q3.variance, .333333, kSixDigits);
  EXPECT_NEAR(*q3.ad_mean, .444444, kSixDigits);
}

TEST_F(WorkedExampleTest, ScaleOfTheStaff) {
  const ScaleStatistics& scale = scores_.groups[0].scales[0];
  EXPECT_EQ(scale.items_used, 3);
  EXPECT_NEAR(*scale.mean_items, 3.822222, kSixDigits);
  EXPECT_NEAR(*scale.se * *scale.se, .148066, kSixDigits);
  EXPECT_NEAR(*scale.se, .384793, kSixDigits);
  EXPECT_NEAR(*scale.variance_regularised, .158266, kSixDigits);
  EXPECT_NEAR(scale.confidence->lo, 2.848775, kSixDigits);
  EXPECT_NEAR(scale.confidence->hi, 4.795669, kSixDigits);
  EXPECT_NEAR(*scale.mean_persons, 3.833333, kSixDigits);
  EXPECT_NEAR(*scale.rwgj, .825, kSixDigits);
  EXPECT_EQ(scale.n_complete, 3);
  EXPECT_NEAR(*scale.rwgj_listwise, .6, kSixDigits);
}

TEST_F(WorkedExampleTest, OthersAndSelf) {
  const CombinedScore& others = scores_.others.scales[0];
  EXPECT_NEAR(*others.mean, 3.744444, kSixDigits);
  EXPECT_NEAR(*others.variance, .262900, kSixDigits);
  EXPECT_NEAR(*others.degrees, 2.742733, kSixDigits);
  EXPECT_NEAR(others.confidence->lo, 2.022584, kSixDigits);
  EXPECT_EQ(others.confidence->hi, 5);
  EXPECT_FALSE(others.se.has_value());
  const Comparison& comparison = scores_.scale_comparisons[0];
  EXPECT_NEAR(*comparison.self, 4.666667, kSixDigits);
  EXPECT_NEAR(*comparison.gap, .922222, kSixDigits);
  EXPECT_EQ(comparison.category, Category::kOver);
  EXPECT_EQ(comparison.quadrant, Quadrant::kSharedStrength);
  EXPECT_TRUE(CloseToLine(*others.confidence, rules_));
}

}  // namespace
}  // namespace candor::statistics
