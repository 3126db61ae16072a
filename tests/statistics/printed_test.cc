// The figures of a report from printed atoms.

#include "services/statistics/printed.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/item_statistics.h"

namespace candor::statistics {
namespace {

using Kind = PrintedAtom::Kind;

PrintedAtom Exact(int64_t n, int64_t sum) { return {Kind::kExact, n, sum, 0, 1, {}}; }
PrintedAtom AtLeast(int64_t n, double bound) { return {Kind::kAtLeast, n, 0, bound, 1, {}}; }
PrintedAtom AtMost(int64_t n, double bound) { return {Kind::kAtMost, n, 0, bound, 1, {}}; }
PrintedAtom Counted(const std::vector<int64_t>& counts) {
  int64_t n = 0, sum = 0;
  for (size_t k = 0; k < counts.size(); ++k) {
    n += counts[k];
    sum += static_cast<int64_t>(k + 1) * counts[k];
  }
  return {Kind::kExact, n, sum, 0, 1, counts};
}

const ScoringRules kRules = DefaultRules(5);
constexpr double kR = 0.5;

PrintedScore ExactScore(double mean) {
  PrintedScore score;
  score.mean = {mean, mean};
  score.variance = 0.04;
  score.degrees = 20;
  score.interval = PrintedInterval{{mean - 0.4, mean + 0.4}, false};
  return score;
}

PrintedScore Range(double lo, double hi) {
  PrintedScore score;
  score.mean = {lo, hi};
  return score;
}

PrintedOthers Others(const PrintedScore& score) { return {1, score}; }

TEST(PrintedItemTest, CountedAtomHasTheIntervalOfTheItem) {
  const std::vector<int64_t> counts = {1, 2, 3, 4, 2};
  const PrintedItem item = ScorePrintedItem(Counted(counts), kRules);
  const ItemStatistics expected = ComputeItem(counts, 0, 0, kRules);
  ASSERT_TRUE(item.score.has_value());
  EXPECT_TRUE(item.score->exact());
  EXPECT_EQ(item.score->mean.lo, *expected.mean);
  EXPECT_EQ(item.score->interval->limits, *expected.confidence);
  EXPECT_FALSE(item.score->interval->typical);
  EXPECT_EQ(item.sd, expected.sd);
  EXPECT_EQ(item.favourable, expected.favourable);
  EXPECT_EQ(item.favourable_limits->lo, expected.favourable_limits->lo);
}

TEST(PrintedItemTest, ExactMeanWithoutDistributionHasTheTypicalUncertainty) {
  const PrintedItem item = ScorePrintedItem(Exact(8, 28), kRules);
  ASSERT_TRUE(item.score.has_value());
  EXPECT_EQ(item.score->mean.lo, 3.5);
  const double half = kNormalQuantile * std::sqrt(1.34 / 8);
  EXPECT_NEAR(item.score->interval->limits.lo, 3.5 - half, 1e-12);
  EXPECT_NEAR(item.score->interval->limits.hi, 3.5 + half, 1e-12);
  EXPECT_TRUE(item.score->interval->typical);
  EXPECT_FALSE(item.sd.has_value());
  EXPECT_FALSE(item.favourable.has_value());
}

TEST(PrintedItemTest, CountsOfFewerThanTenAreNotUsed) {
  const PrintedItem item = ScorePrintedItem(Counted({1, 1, 1, 3, 3}), kRules);
  EXPECT_FALSE(item.sd.has_value());
  EXPECT_TRUE(item.score->interval->typical);
}

TEST(PrintedItemTest, BoundsAreRangesWithoutAnInterval) {
  const PrintedItem high = ScorePrintedItem(AtLeast(6, 4.2), kRules), low = ScorePrintedItem(AtMost(6, 1.8), kRules);
  EXPECT_EQ(high.score->mean, (Interval{4.2, 5}));
  EXPECT_EQ(low.score->mean, (Interval{1, 1.8}));
  EXPECT_FALSE(high.score->exact());
  EXPECT_FALSE(high.score->interval.has_value());
  EXPECT_FALSE(high.score->variance.has_value());
}

TEST(PrintedItemTest, WithheldAtomSaysNothing) {
  const PrintedItem item = ScorePrintedItem(PrintedAtom{}, kRules);
  EXPECT_EQ(item.n, 0);
  EXPECT_FALSE(item.score.has_value());
}

TEST(PrintedItemTest, CellOfSeveralItemsDividesByAllItsRatings) {
  PrintedAtom cell = Exact(6, 66);
  cell.items_per_rater = 3;
  const PrintedItem item = ScorePrintedItem(cell, kRules);
  EXPECT_NEAR(item.score->mean.lo, 66.0 / 18, 1e-12);
  EXPECT_NEAR(*item.score->variance, 1.34 * (1 + 2 * 0.5) / 3 / 6, 1e-12);
}

TEST(PrintedScaleTest, MeanOfExactAtoms) {
  const std::vector<PrintedAtom> atoms = {Exact(5, 20), Exact(6, 18), PrintedAtom{}};
  const PrintedScale scale = ScorePrintedScale(atoms, kRules, kR);
  EXPECT_EQ(scale.items, 3);
  EXPECT_EQ(scale.items_used, 2);
  EXPECT_EQ(scale.n_least, 5);
  EXPECT_EQ(scale.n_most, 6);
  ASSERT_TRUE(scale.score.has_value());
  EXPECT_EQ(scale.score->mean, (Interval{3.5, 3.5}));
  EXPECT_TRUE(scale.score->interval->typical);
  EXPECT_NEAR(*scale.score->variance, 1.34 * 1.5 / 2 / 5, 1e-12);
}

TEST(PrintedScaleTest, NeedsHalfOfItsItems) {
  EXPECT_FALSE(ScorePrintedScale(std::vector<PrintedAtom>{Exact(5, 20), {}, {}}, kRules, kR).score.has_value());
  EXPECT_TRUE(ScorePrintedScale(std::vector<PrintedAtom>{Exact(5, 20), {}}, kRules, kR).score.has_value());
  EXPECT_FALSE(ScorePrintedScale(std::vector<PrintedAtom>{}, kRules, kR).score.has_value());
  EXPECT_FALSE(ScorePrintedScale(std::vector<PrintedAtom>{{}, {}}, kRules, kR).score.has_value());
}

TEST(PrintedScaleTest, BoundedAtomMakesARange) {
  const std::vector<PrintedAtom> atoms = {Exact(5, 20), AtLeast(5, 3.4), AtMost(5, 2.6), Exact(5, 10)};
  const PrintedScale scale = ScorePrintedScale(atoms, kRules, kR);
  ASSERT_TRUE(scale.score.has_value());
  EXPECT_NEAR(scale.score->mean.lo, (4 + 3.4 + 1 + 2) / 4, 1e-12);
  EXPECT_NEAR(scale.score->mean.hi, (4 + 5 + 2.6 + 2) / 4, 1e-12);
  EXPECT_FALSE(scale.score->interval.has_value());
}

TEST(PrintedScaleTest, IntervalFromPrintedSpreadsFollowsTheFormula) {
  const std::vector<int64_t> a = {2, 2, 3, 3, 2}, b = {1, 2, 4, 4, 4};
  const std::vector<PrintedAtom> atoms = {Counted(a), Counted(b), Exact(11, 40)};
  const double r = 0.3;
  const PrintedScale scale = ScorePrintedScale(atoms, kRules, r);
  const double n[] = {12, 15, 11};
  const double s[] = {std::sqrt(VarianceOf(a)), std::sqrt(VarianceOf(b)), std::sqrt(1.34)};
  double raw = 0;
  for (int j = 0; j < 3; ++j) {
    for (int l = 0; l < 3; ++l) {
      raw += j == l ? s[j] * s[j] / n[j] : r * s[j] * s[l] * std::min(n[j], n[l]) / (n[j] * n[l]);
    }
  }
  raw /= 9;
  const double prior = 1.34 * 2 / 3;
  const double expected = (10 * raw + 2 * prior / 11) / 12;
  ASSERT_TRUE(scale.score.has_value());
  EXPECT_NEAR(*scale.score->variance, expected, 1e-12);
  EXPECT_EQ(scale.score->degrees, 12.0);
  EXPECT_FALSE(scale.score->interval->typical);
  EXPECT_GT(scale.score->interval->limits.hi, scale.score->mean.hi);
}

TEST(PrintedScaleTest, OneItemUnderTenMakesTheIntervalTypical) {
  const std::vector<PrintedAtom> atoms = {Counted({2, 2, 3, 3, 2}), Exact(9, 30)};
  const PrintedScale scale = ScorePrintedScale(atoms, kRules, kR);
  EXPECT_TRUE(scale.score->interval->typical);
  EXPECT_NEAR(*scale.score->variance, 1.34 * 1.5 / 2 / 9, 1e-12);
}

TEST(PrintedScaleTest, WeightsAreTheItemsThatACellHolds) {
  PrintedAtom cell = Exact(10, 60);
  cell.items_per_rater = 2;  // mean 3
  const std::vector<PrintedAtom> atoms = {cell, Exact(10, 50)};
  const PrintedScale scale = ScorePrintedScale(atoms, kRules, kR, std::vector<int>{3, 1});
  EXPECT_EQ(scale.items, 4);
  EXPECT_EQ(scale.items_used, 4);
  EXPECT_NEAR(scale.score->mean.lo, (3 * 3 + 5) / 4.0, 1e-12);
}

TEST(PrintedOthersTest, BlocksWeighEqually) {
  const std::vector<std::optional<PrintedScore>> blocks = {ExactScore(3), std::nullopt, ExactScore(4)};
  const PrintedOthers others = CombinePrinted(blocks, kRules);
  EXPECT_EQ(others.blocks, 2);
  EXPECT_EQ(others.score->mean, (Interval{3.5, 3.5}));
  EXPECT_NEAR(*others.score->variance, 0.02, 1e-12);
  EXPECT_NEAR(*others.score->degrees, 40, 1e-9);
  EXPECT_FALSE(others.score->interval->typical);
}

TEST(PrintedOthersTest, OneRangeMakesTheWholeARange) {
  const std::vector<std::optional<PrintedScore>> blocks = {ExactScore(3), Range(4, 5)};
  const PrintedOthers others = CombinePrinted(blocks, kRules);
  EXPECT_EQ(others.score->mean, (Interval{3.5, 4}));
  EXPECT_FALSE(others.score->interval.has_value());
}

TEST(PrintedOthersTest, TypicalBlocksTogetherStayTypical) {
  const std::vector<std::optional<PrintedScore>> blocks = {ScorePrintedItem(Exact(8, 24), kRules).score,
                                                           ScorePrintedItem(Exact(5, 15), kRules).score};
  const PrintedOthers others = CombinePrinted(blocks, kRules);
  EXPECT_TRUE(others.score->interval->typical);
  const double half = kNormalQuantile * std::sqrt((1.34 / 8 + 1.34 / 5) / 4);
  EXPECT_NEAR(others.score->interval->limits.hi, 3 + half, 1e-12);
}

TEST(PrintedOthersTest, NoBlockNoScore) {
  EXPECT_FALSE(CombinePrinted(std::vector<std::optional<PrintedScore>>{std::nullopt}, kRules).score.has_value());
}

TEST(PrintedComparisonTest, ExactItem) {
  const PrintedComparison comparison = ComparePrintedItem(5, Others(ExactScore(4)), kRules);
  EXPECT_EQ(comparison.gap, (Interval{1, 1}));
  EXPECT_EQ(comparison.category, Category::kOver);
  EXPECT_EQ(comparison.quadrant, Quadrant::kSharedStrength);
  EXPECT_FALSE(comparison.close_to_line);
  EXPECT_TRUE(ComparePrintedItem(5, Others(ExactScore(3.8)), kRules).close_to_line);
}

TEST(PrintedComparisonTest, RangePrintsACategoryOnlyIfBothEndsAgree) {
  const PrintedComparison over = ComparePrintedItem(5, Others(Range(1, 1.8)), kRules);
  EXPECT_NEAR(over.gap->lo, 3.2, 1e-12);
  EXPECT_NEAR(over.gap->hi, 4, 1e-12);
  EXPECT_EQ(over.category, Category::kOver);
  EXPECT_EQ(over.quadrant, Quadrant::kBlindSpot);
  const PrintedComparison open = ComparePrintedItem(5, Others(Range(3.4, 5)), kRules);
  EXPECT_EQ(open.category, Category::kUndetermined);
  EXPECT_EQ(open.quadrant, Quadrant::kUndetermined);
  EXPECT_TRUE(open.close_to_line);
  const PrintedComparison strength = ComparePrintedItem(4, Others(Range(3.6, 5)), kRules);
  EXPECT_EQ(strength.category, Category::kUndetermined) << "the gap may be 0.4 or -1";
  EXPECT_EQ(strength.quadrant, Quadrant::kSharedStrength);
}

TEST(PrintedComparisonTest, MissingSideIsUndefined) {
  EXPECT_EQ(ComparePrintedItem(std::nullopt, Others(ExactScore(4)), kRules).category, Category::kUndefined);
  const PrintedComparison alone = ComparePrintedItem(4, PrintedOthers{}, kRules);
  EXPECT_EQ(alone.self, 4.0);
  EXPECT_FALSE(alone.gap.has_value());
  EXPECT_EQ(alone.quadrant, Quadrant::kUndefined);
}

TEST(PrintedComparisonTest, ScaleGapIsOverCommonItems) {
  const std::vector<std::optional<double>> self = {5, 3, std::nullopt, 4};
  const std::vector<PrintedOthers> items = {Others(ExactScore(4)), Others(Range(2, 3)), Others(ExactScore(1)), {}};
  const PrintedComparison comparison = ComparePrintedScale(self, items, Others(Range(2.2, 2.9)), kRules);
  EXPECT_EQ(comparison.common_items, 2);
  EXPECT_EQ(comparison.self, 4.0);
  EXPECT_NEAR(comparison.gap->lo, 0.5, 1e-12);
  EXPECT_NEAR(comparison.gap->hi, 1.0, 1e-12);
  EXPECT_EQ(comparison.category, Category::kUndetermined) << "exactly on the line is agreement, above it is not";
  EXPECT_EQ(comparison.quadrant, Quadrant::kBlindSpot);
  const std::vector<std::optional<double>> one = {5, std::nullopt, std::nullopt, std::nullopt};
  const PrintedComparison too_few = ComparePrintedScale(one, items, Others(ExactScore(3)), kRules);
  EXPECT_FALSE(too_few.self.has_value());
  EXPECT_FALSE(too_few.gap.has_value());
  EXPECT_EQ(too_few.category, Category::kUndefined);
}

// Whatever the hidden means are, the printed ranges hold them, and a printed category is the one they give.
TEST(PrintedComparisonTest, PrintedCategoryHoldsForEveryMeanWithinTheRange) {
  for (int self = 1; self <= 5; ++self) {
    for (double lo = 1; lo < 5; lo += 0.25) {
      for (double hi = lo; hi <= 5; hi += 0.25) {
        const PrintedComparison comparison = ComparePrintedItem(self, Others(Range(lo, hi)), kRules);
        bool same_category = true, same_quadrant = true;
        for (double o = lo; o <= hi + 1e-12; o += 0.125) {
          same_category = same_category && CategoryOf(self - o, o, kRules) == CategoryOf(self - lo, lo, kRules);
          same_quadrant = same_quadrant && QuadrantOf(self, o, kRules) == QuadrantOf(self, lo, kRules);
        }
        if (comparison.category != Category::kUndetermined) {
          EXPECT_TRUE(same_category);
        }
        EXPECT_EQ(comparison.quadrant != Quadrant::kUndetermined, same_quadrant);
      }
    }
  }
}

}  // namespace
}  // namespace candor::statistics
