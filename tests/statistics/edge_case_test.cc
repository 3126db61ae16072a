// Degenerate data: each line of the table of edge cases, and scales other than 1..5.

#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/leader_scores.h"

namespace candor::statistics {
namespace {

constexpr uint8_t N = kNotObserved;
constexpr uint8_t B = kBlank;

using Forms = std::vector<std::vector<uint8_t>>;

std::shared_ptr<const FormLayout> Layout(int points, int items) {
  auto layout = std::make_shared<FormLayout>();
  layout->points = points;
  layout->items = items;
  layout->scales.resize(1);
  for (int j = 0; j < items; ++j) layout->scales[0].push_back(j);
  return layout;
}

GroupInput Group(const std::shared_ptr<const FormLayout>& layout, const std::string& name, const Forms& forms) {
  Tally tally(layout, kLeaderParts);
  for (const std::vector<uint8_t>& form : forms) tally.Add(form);
  return {name, std::move(tally), name == "supervisor", 1, std::nullopt};
}

LeaderScores Score(int items, const std::vector<std::pair<std::string, Forms>>& groups,
                   std::vector<std::optional<int>> self = {}) {
  const auto layout = Layout(5, items);
  std::vector<GroupInput> inputs;
  for (const auto& [name, forms] : groups) inputs.push_back(Group(layout, name, forms));
  self.resize(items);
  return ScoreLeader(layout, inputs, self, 1, DefaultRules(5));
}

TEST(EdgeCaseTest, NoValidRatingKeepsCountsAndHasNoScores) {
  const LeaderScores scores = Score(2, {{"staff", {{N, N}, {B, N}}}});
  const GroupScores& staff = scores.groups[0];
  EXPECT_EQ(staff.status, GroupStatus::kNoData);
  EXPECT_EQ(staff.n_forms, 2);
  EXPECT_EQ(staff.n_raters, 0);
  EXPECT_EQ(staff.items[0].n_not_observed, 1);
  EXPECT_EQ(staff.items[0].n_blank, 1);
  EXPECT_EQ(staff.items[0].observability, 0.0);
  EXPECT_FALSE(staff.items[0].mean.has_value());
  EXPECT_FALSE(staff.items[0].confidence.has_value());
  EXPECT_FALSE(staff.scales[0].mean_items.has_value());
  EXPECT_EQ(scores.groups.size(), 1u) << "a group without ratings is not pooled";
  EXPECT_FALSE(scores.others.scales[0].mean.has_value());
}

TEST(EdgeCaseTest, NoFormsAtAll) {
  const LeaderScores scores = Score(2, {}, {4, 4});
  EXPECT_TRUE(scores.groups.empty());
  EXPECT_FALSE(scores.others.items[0].mean.has_value());
  EXPECT_EQ(scores.others.items[0].groups, 0);
  EXPECT_EQ(scores.scale_comparisons[0].self, 4.0);
  EXPECT_FALSE(scores.scale_comparisons[0].gap.has_value());
  EXPECT_EQ(scores.scale_comparisons[0].category, Category::kUndefined);
  EXPECT_TRUE(scores.focus.empty());
}

TEST(EdgeCaseTest, OneRaterKeepsTheMeanAndTakesTheIntervalFromThePrior) {
  const ItemStatistics item = ComputeItem(std::vector<int64_t>{0, 0, 0, 1, 0}, 0, 0, DefaultRules(5));
  EXPECT_EQ(item.mean, 4.0);
  EXPECT_FALSE(item.sd.has_value());
  EXPECT_FALSE(item.se.has_value());
  EXPECT_FALSE(item.rwg.has_value());
  EXPECT_FALSE(item.ad_mean.has_value());
  EXPECT_EQ(item.degrees, 2.0);
  EXPECT_NEAR(*item.variance_regularised, 1.34, 1e-12);
  EXPECT_EQ(item.confidence->lo, 1);
  EXPECT_EQ(item.confidence->hi, 5);
}

TEST(EdgeCaseTest, UnanimousRatingsHaveNoSpreadButAnInterval) {
  const LeaderScores scores = Score(2, {{"staff", Forms(6, {4, 4})}});
  const ItemStatistics& item = scores.groups[0].items[0];
  EXPECT_EQ(item.sd, 0.0);
  EXPECT_EQ(item.rwg, 1.0);
  EXPECT_EQ(item.ad_mean, 0.0);
  EXPECT_EQ(item.ad_median, 0.0);
  EXPECT_LT(item.confidence->lo, 4);
  EXPECT_GT(item.confidence->hi, 4);
  const ScaleStatistics& scale = scores.groups[0].scales[0];
  EXPECT_EQ(scale.se, 0.0);
  EXPECT_EQ(scale.sd_persons, 0.0);
  EXPECT_EQ(scale.rwgj, 1.0);
  EXPECT_EQ(scale.adj, 0.0);
  EXPECT_LT(scale.confidence->lo, 4);
  ASSERT_EQ(scores.focus.size(), 2u);
  EXPECT_GT(scores.focus[0].sd, 0);
}

TEST(EdgeCaseTest, ErrorsThatCancelWithinEachRaterLeaveNoRoundingBehind) {
  // Every rater's two ratings sum to 6, so the scale's score has no sampling error at all.
  const LeaderScores scores = Score(2, {{"staff", {{5, 1}, {1, 5}, {4, 2}, {2, 4}, {3, 3}, {5, 1}, {2, 4}}}});
  EXPECT_LT(*scores.groups[0].scales[0].se, 1e-9);
  EXPECT_EQ(scores.groups[0].scales[0].sd_persons, 0.0);
}

TEST(EdgeCaseTest, PolarisedRatingsHaveNoAgreement) {
  const LeaderScores scores = Score(2, {{"staff", {{1, 5}, {5, 1}, {1, 5}, {5, 1}, {1, 1}, {5, 5}}}});
  EXPECT_EQ(scores.groups[0].items[0].rwg, 0.0);
  EXPECT_EQ(scores.groups[0].items[0].rwg_skew, 0.0);
  EXPECT_EQ(scores.groups[0].scales[0].rwgj, 0.0);
}

TEST(EdgeCaseTest, ItemBelowTheMinimumStaysOutOfTheScale) {
  const Forms forms = {{4, 4, 5, N}, {4, 4, N, N}, {4, 4, N, N}, {4, 4, N, N}, {4, 4, N, N}};
  const LeaderScores scores = Score(4, {{"staff", forms}});
  const ScaleStatistics& scale = scores.groups[0].scales[0];
  EXPECT_EQ(scale.items, 4);
  EXPECT_EQ(scale.items_used, 2);
  EXPECT_EQ(scale.mean_items, 4.0);
  EXPECT_FALSE(scores.others.items[2].mean.has_value());
  const LeaderScores fewer = Score(5, {{"staff", Forms(5, {4, 4, N, N, N})}});
  EXPECT_EQ(fewer.groups[0].scales[0].items_used, 2);
  EXPECT_FALSE(fewer.groups[0].scales[0].mean_items.has_value()) << "two of five items are less than half";
}

TEST(EdgeCaseTest, RatersOfAnUnusedItemDoNotCountForTheScale) {
  // The last form rates only the third item, which is held back with its one rating.
  const Forms forms = {{4, 4, N}, {4, 3, N}, {4, 4, N}, {4, 5, N}, {4, 4, N}, {N, N, 2}};
  const LeaderScores scores = Score(3, {{"staff", forms}});
  EXPECT_EQ(scores.groups[0].n_raters, 6);
  EXPECT_EQ(scores.groups[0].scales[0].items_used, 2);
  EXPECT_EQ(scores.groups[0].scales[0].n_raters, 5);
}

TEST(EdgeCaseTest, OneGroupBelowTheMinimumIsInNothing) {
  const LeaderScores scores = Score(1, {{"staff", Forms(6, {4})}, {"parents", Forms(3, {1})}});
  EXPECT_EQ(scores.groups[1].status, GroupStatus::kSuppressed);
  ASSERT_EQ(scores.groups.size(), 3u);
  EXPECT_EQ(scores.groups[2].name, kPoolName);
  EXPECT_EQ(scores.groups[2].status, GroupStatus::kSuppressed);
  EXPECT_EQ(scores.others.groups_used, std::vector<std::string>{"staff"});
  EXPECT_EQ(scores.others.items[0].mean, 4.0);
}

TEST(EdgeCaseTest, SmallGroupsPoolOnceTheyReachTheMinimumTogether) {
  const LeaderScores scores =
      Score(1, {{"staff", Forms(6, {4})}, {"parents", Forms(3, {1})}, {"students", Forms(2, {2})}});
  ASSERT_EQ(scores.groups.size(), 4u);
  EXPECT_EQ(scores.groups[3].status, GroupStatus::kShown);
  EXPECT_EQ(scores.groups[3].n_raters, 5);
  EXPECT_FALSE(scores.groups[3].invited.has_value());
  EXPECT_NEAR(*scores.others.items[0].mean, (4 + 1.4) / 2, 1e-12);
}

TEST(EdgeCaseTest, PoolCanNeedMoreRatersThanAGroup) {
  const auto layout = Layout(5, 1);
  ScoringRules rules = DefaultRules(5);
  rules.pool_min_n = 6;
  for (const size_t students : {2, 3}) {
    std::vector<GroupInput> inputs;
    inputs.push_back(Group(layout, "parents", Forms(3, {1})));
    Forms rows(students, {2});
    rows.back() = {N};
    rows.push_back({2});
    inputs.push_back(Group(layout, "students", rows));
    const LeaderScores scores = ScoreLeader(layout, inputs, {std::nullopt}, 1, rules);
    const bool enough = students == 3;
    EXPECT_EQ(scores.groups[2].n_raters, enough ? 6 : 5);
    EXPECT_EQ(scores.groups[2].status, enough ? GroupStatus::kShown : GroupStatus::kSuppressed);
  }
}

TEST(EdgeCaseTest, AnItemOfThePoolNeedsAsManyRatingsAsThePool) {
  const auto layout = Layout(5, 2);
  ScoringRules rules = DefaultRules(5);
  for (const int pool_minimum : {5, 6}) {
    rules.pool_min_n = pool_minimum;
    std::vector<GroupInput> inputs;
    inputs.push_back(Group(layout, "parents", Forms(3, {1, 1})));
    inputs.push_back(Group(layout, "students", {{2, 2}, {2, 2}, {N, 2}}));
    inputs.push_back(Group(layout, "staff", Forms(5, {4, 4})));
    const LeaderScores scores = ScoreLeader(layout, inputs, {std::nullopt, std::nullopt}, 1, rules);
    EXPECT_EQ(scores.groups[3].status, GroupStatus::kShown);
    EXPECT_EQ(scores.groups[3].items[0].n, 5);
    EXPECT_EQ(scores.others.items[0].groups, pool_minimum == 5 ? 2 : 1);
    EXPECT_EQ(scores.others.items[1].groups, 2);
  }
}

TEST(EdgeCaseTest, SupervisorAloneIsTheOthersWithAWideInterval) {
  const LeaderScores scores = Score(2, {{"supervisor", {{3, 3}}}}, {4, 4});
  EXPECT_EQ(scores.others.scales[0].mean, 3.0);
  EXPECT_EQ(scores.others.scales[0].confidence->lo, 1);
  EXPECT_EQ(scores.others.scales[0].confidence->hi, 5);
  EXPECT_FALSE(scores.others.scales[0].se.has_value());
  EXPECT_EQ(scores.scale_comparisons[0].category, Category::kOver);
}

TEST(EdgeCaseTest, MissingSelfRatingLeavesTheRestUnchanged) {
  const std::vector<std::pair<std::string, Forms>> groups = {{"staff", Forms(6, {4, 2})}};
  const LeaderScores with = Score(2, groups, {4, 2}), without = Score(2, groups);
  EXPECT_FALSE(without.scale_comparisons[0].gap.has_value());
  EXPECT_EQ(without.scale_comparisons[0].quadrant, Quadrant::kUndefined);
  EXPECT_EQ(without.others.scales[0].mean, with.others.scales[0].mean);
}

TEST(EdgeCaseTest, GapIsTakenOverTheItemsThatSelfRated) {
  const LeaderScores scores = Score(3, {{"staff", Forms(6, {4, 2, 3})}}, {5, std::nullopt, 3});
  EXPECT_EQ(scores.scale_comparisons[0].common_items, 2);
  EXPECT_EQ(scores.scale_comparisons[0].gap, 0.5);
  EXPECT_EQ(scores.scale_comparisons[0].self, 4.0);
  const LeaderScores fewer = Score(3, {{"staff", Forms(6, {4, 2, 3})}}, {5, std::nullopt, std::nullopt});
  EXPECT_FALSE(fewer.scale_comparisons[0].gap.has_value()) << "one of three items is less than half";
}

TEST(EdgeCaseTest, ExactlyOnALineCountsAsStrengthAndAsAgreement) {
  ScoringRules rules = DefaultRules(5);
  EXPECT_EQ(CategoryOf(0.5, 3.5, rules), Category::kAgreeGood);
  EXPECT_EQ(CategoryOf(-0.5, 3.4, rules), Category::kAgreePoor);
  EXPECT_EQ(CategoryOf(0.5 + 1e-6, 3.5, rules), Category::kOver);
  EXPECT_EQ(CategoryOf(-0.5 - 1e-6, 3.5, rules), Category::kUnder);
  EXPECT_EQ(QuadrantOf(3.5, 3.5 - 1e-12, rules), Quadrant::kSharedStrength);
  EXPECT_EQ(QuadrantOf(3.5, 3.49, rules), Quadrant::kBlindSpot);
  EXPECT_EQ(QuadrantOf(3.49, 3.5, rules), Quadrant::kHiddenStrength);
  EXPECT_EQ(QuadrantOf(1, 1, rules), Quadrant::kSharedDevelopment);
}

TEST(EdgeCaseTest, MoreAnswersThanInvitedIsFlaggedAndGivesNoFinitePopulationLimits) {
  const std::vector<int64_t> counts = {0, 0, 1, 3, 2};
  const ItemStatistics over = ComputeItem(counts, 1, 0, DefaultRules(5), 6);
  EXPECT_TRUE(over.more_than_invited);
  EXPECT_FALSE(over.confidence_of_invited.has_value());
  const ItemStatistics all = ComputeItem(counts, 1, 0, DefaultRules(5), 7);
  EXPECT_FALSE(all.more_than_invited);
  EXPECT_EQ(all.confidence_of_invited->lo, *all.mean);
  EXPECT_EQ(all.confidence_of_invited->hi, *all.mean);
}

TEST(EdgeCaseTest, ScaleOfOneItemHasTheItemsScoreAndNoScaleAgreement) {
  const LeaderScores scores = Score(1, {{"staff", {{3}, {4}, {5}, {4}, {2}}}});
  const ScaleStatistics& scale = scores.groups[0].scales[0];
  const ItemStatistics& item = scores.groups[0].items[0];
  EXPECT_EQ(scale.mean_items, item.mean);
  EXPECT_NEAR(*scale.se, *item.se, 1e-12);
  EXPECT_NEAR(scale.confidence->lo, item.confidence->lo, 1e-12);
  EXPECT_FALSE(scale.rwgj.has_value());
  EXPECT_FALSE(scale.adj.has_value());
}

TEST(EdgeCaseTest, CompleteDataHaveTheTextbookStandardError) {
  const LeaderScores scores = Score(3, {{"staff", {{3, 4, 5}, {4, 4, 2}, {5, 1, 5}, {4, 3, 3}, {2, 2, 1}}}});
  const ScaleStatistics& scale = scores.groups[0].scales[0];
  EXPECT_NEAR(*scale.se, *scale.sd_persons / std::sqrt(5.0), 1e-14);
  EXPECT_NEAR(*scale.mean_items, *scale.mean_persons, 1e-14);
}

TEST(EdgeCaseTest, EveryScaleLengthKeepsItsScoresWithinItsEnds) {
  std::mt19937 random(7);
  for (int points = kMinPoints; points <= kMaxPoints; ++points) {
    const auto layout = Layout(points, 4);
    const ScoringRules rules = DefaultRules(points);
    EXPECT_NEAR(rules.prior_variance, 0.67 * UniformVariance(points), 1e-12);
    EXPECT_EQ(rules.skew_null_variance.has_value(), points == 5);
    for (int trial = 0; trial < 20; ++trial) {
      Forms forms;
      for (int r = 0; r < 8; ++r) {
        std::vector<uint8_t> form;
        for (int j = 0; j < 4; ++j) {
          const int code = static_cast<int>(random() % (points + 2));
          form.push_back(code > points ? N : static_cast<uint8_t>(code));
        }
        forms.push_back(form);
      }
      std::vector<GroupInput> inputs;
      inputs.push_back(Group(layout, "staff", forms));
      const LeaderScores scores = ScoreLeader(layout, inputs, {1, points, 1, points}, 1, rules);
      for (const ItemStatistics& item : scores.groups[0].items) {
        if (!item.mean.has_value()) continue;
        EXPECT_GE(item.confidence->lo, 1);
        EXPECT_LE(item.confidence->hi, points);
        EXPECT_LE(item.confidence->lo, *item.mean);
        EXPECT_GE(item.confidence->hi, *item.mean);
        EXPECT_GE(item.favourable_limits->lo, 0);
        EXPECT_LE(item.favourable_limits->hi, 1);
        if (item.rwg.has_value()) {
          EXPECT_GE(*item.rwg, 0);
          EXPECT_LE(*item.rwg, 1);
        }
      }
      const std::optional<double> mean = scores.others.scales[0].mean;
      if (mean.has_value()) {
        EXPECT_GE(*mean, 1);
        EXPECT_LE(*mean, points);
      }
    }
  }
}

TEST(EdgeCaseTest, TurningAScaleTurnsItsFigures) {
  const std::vector<int64_t> counts = {1, 0, 4, 3, 7, 2, 1};
  const std::vector<int64_t> turned(counts.rbegin(), counts.rend());
  const ItemStatistics a = ComputeItem(counts, 0, 0, DefaultRules(7)), b = ComputeItem(turned, 0, 0, DefaultRules(7));
  EXPECT_NEAR(*a.mean, 8 - *b.mean, 1e-12);
  EXPECT_DOUBLE_EQ(*a.sd, *b.sd);
  EXPECT_NEAR(a.confidence->lo, 8 - b.confidence->hi, 1e-12);
  EXPECT_NEAR(*a.ad_median, *b.ad_median, 1e-12);
}

TEST(EdgeCaseTest, VarianceOfABillionRatingsIsExact) {
  // Sums of squares beyond 2^63 / n: in doubles or 64 bits this variance would be lost.
  const std::vector<int64_t> counts = {0, 0, 0, 1, 3'000'000'000};
  const ItemStatistics item = ComputeItem(counts, 0, 0, DefaultRules(5));
  EXPECT_NEAR(*item.variance * 3'000'000'001.0, 1.0, 1e-9);
}

TEST(EdgeCaseTest, ZeroWeightsLeaveNoOthers) {
  const GroupEstimate group{0, 3.0, 0.1, 5, 0.1};
  const CombinedScore combined = CombineGroups(std::vector<GroupEstimate>{group}, DefaultRules(5));
  EXPECT_EQ(combined.groups, 1);
  EXPECT_FALSE(combined.mean.has_value());
}

TEST(EdgeCaseTest, HugeWeightsStayWeights) {
  const std::vector<GroupEstimate> groups = {{1e308, 2.0, 0.1, 5, 0.1}, {1e308, 4.0, 0.1, 5, 0.1}};
  const CombinedScore combined = CombineGroups(groups, DefaultRules(5));
  EXPECT_NEAR(*combined.mean, 3.0, 1e-12);
  EXPECT_NEAR(*combined.variance, 0.05, 1e-12);
  EXPECT_LT(combined.confidence->lo, 3.0);
  EXPECT_GT(combined.confidence->hi, 3.0);
}

TEST(EdgeCaseTest, StandardisedGapNeedsSpread) {
  EXPECT_NEAR(*StandardisedGap(1, std::vector<double>{.5, .5}, std::vector<double>{1, 2}), 1 / std::sqrt(2.5), 1e-12);
  EXPECT_FALSE(StandardisedGap(1, std::vector<double>{1}, std::vector<double>{0}).has_value());
}

}  // namespace
}  // namespace candor::statistics
