// Change between rounds, groups from their parts, and means over leaders: worked by hand from printed atoms.

#include "services/statistics/change.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/district.h"

namespace candor::statistics {
namespace {

using Kind = PrintedAtom::Kind;

const ScoringRules kRules = DefaultRules(5);

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
PrintedAtom Withheld() { return {}; }

// n 12, S1 42, S2 162: mean 3.5, s^2 = (1944 - 1764) / 132 = 15/11, regularised (15 + 2.68) / 13 = 1.36.
const PrintedAtom kFirst = Counted({0, 3, 3, 3, 3});
// n 12, S1 48, S2 210: mean 4, s^2 = (2520 - 2304) / 132 = 18/11, regularised (18 + 2.68) / 13.
const PrintedAtom kSecond = Counted({0, 3, 0, 3, 6});

RoundScore RoundOf(const std::vector<PrintedAtom>& atoms, int items = 1, double correlation = 0.5) {
  const auto round = ScoreRound(atoms, items, kRules, correlation);
  EXPECT_TRUE(round.has_value());
  return round.value_or(RoundScore());
}

TEST(ChangeTest, OfOneItemWithItsSpread) {
  const PrintedChange change = CompareRounds(RoundOf({kFirst}), RoundOf({kSecond}), kRules);
  // V = 1.36/12 + 1.590769/12 = .113333 + .132564; df = V^2 / ((V1^2 + V2^2) / 13) = 25.841944; t = 2.056141.
  EXPECT_DOUBLE_EQ(change.change.lo, 0.5);
  EXPECT_DOUBLE_EQ(change.change.hi, 0.5);
  ASSERT_TRUE(change.interval.has_value());
  EXPECT_FALSE(change.interval->typical);
  EXPECT_NEAR(change.interval->limits.lo, -0.5196004016613374, 1e-9);
  EXPECT_NEAR(change.interval->limits.hi, 1.5196004016613374, 1e-9);
  EXPECT_EQ(change.word, ChangeWord::kNoClearChange);
}

TEST(ChangeTest, OfAScaleWithTheCorrelationOfEachRound) {
  // Two items each: V1 = (15/11/12 + 15/11/12 + 2 * .4 * 15/11/12) / 4 ... regularised with p0 = 1.34 * 1.5 / 2.
  const RoundScore first = RoundOf({kFirst, kSecond}, 2, 0.4), second = RoundOf({kSecond, kSecond}, 2, 0.4);
  EXPECT_NEAR(*first.score.variance, 0.08683548298096794, 1e-9);
  EXPECT_NEAR(*second.score.variance, 0.09365384615384616, 1e-9);
  const PrintedChange change = CompareRounds(first, second, kRules);
  EXPECT_DOUBLE_EQ(change.change.lo, 0.25);
  EXPECT_NEAR(change.interval->limits.lo, -0.6233325200148202, 1e-9);
  EXPECT_NEAR(change.interval->limits.hi, 1.12333252001482, 1e-9);
}

TEST(ChangeTest, WithoutSpreadTheNumberOfRatersAloneSaysHowSure) {
  // V = 1.34/5 + 1.34/5; 1.959964 * sqrt(.536) = 1.434929.
  const PrintedChange change = CompareRounds(RoundOf({Exact(5, 15)}), RoundOf({Exact(5, 16)}), kRules);
  EXPECT_NEAR(change.change.lo, 0.2, 1e-12);
  EXPECT_TRUE(change.interval->typical);
  EXPECT_NEAR(change.interval->limits.lo, 0.2 - 1.434929241423441, 1e-9);
  EXPECT_NEAR(change.interval->limits.hi, 0.2 + 1.434929241423441, 1e-9);
  EXPECT_EQ(change.word, ChangeWord::kNoClearChange);
}

TEST(ChangeTest, WordsFollowTheInterval) {
  const RoundScore low = RoundOf({Exact(40, 120)}), high = RoundOf({Exact(40, 160)});
  EXPECT_EQ(CompareRounds(low, high, kRules).word, ChangeWord::kHigher);
  EXPECT_EQ(CompareRounds(high, low, kRules).word, ChangeWord::kLower);
  EXPECT_EQ(CompareRounds(low, low, kRules).word, ChangeWord::kNoClearChange);
  EXPECT_EQ(CompareRounds(low, low, kRules).change.lo, 0);
  // No interval reaches beyond what two means can differ by.
  const PrintedChange whole = CompareRounds(RoundOf({Exact(5, 5)}), RoundOf({Exact(5, 25)}), kRules);
  EXPECT_DOUBLE_EQ(whole.interval->limits.hi, 4);
}

TEST(ChangeTest, ABoundMakesARangeAndAWordOnlyWhereBothEndsGiveIt) {
  // "3.4 or higher" after 3.0: from .4 to 2, of which the typical uncertainty of 1.43 leaves all open.
  const PrintedChange few = CompareRounds(RoundOf({Exact(5, 15)}), RoundOf({AtLeast(5, 3.4)}), kRules);
  EXPECT_FALSE(few.interval.has_value());
  EXPECT_NEAR(few.change.lo, 0.4, 1e-12);
  EXPECT_NEAR(few.change.hi, 2, 1e-12);
  EXPECT_EQ(few.word, ChangeWord::kUndetermined);
  // "4.8 or higher" of 40 after 3.0 of 40: from 1.8 to 2, with an uncertainty of .507.
  EXPECT_EQ(CompareRounds(RoundOf({Exact(40, 120)}), RoundOf({AtLeast(40, 4.8)}), kRules).word, ChangeWord::kHigher);
  EXPECT_EQ(CompareRounds(RoundOf({AtLeast(40, 4.8)}), RoundOf({Exact(40, 120)}), kRules).word, ChangeWord::kLower);
  EXPECT_EQ(CompareRounds(RoundOf({AtLeast(40, 4.8)}), RoundOf({AtLeast(40, 4.8)}), kRules).word,
            ChangeWord::kNoClearChange);
  const PrintedChange both = CompareRounds(RoundOf({AtMost(5, 2.6)}), RoundOf({AtLeast(5, 3.4)}), kRules);
  EXPECT_NEAR(both.change.lo, 0.8, 1e-12);
  EXPECT_NEAR(both.change.hi, 4, 1e-12);
}

TEST(ChangeTest, HalfOfTheItemsMustBeCommonAndNoneWithheld) {
  EXPECT_FALSE(ScoreRound(std::vector<PrintedAtom>{kFirst}, 3, kRules, 0.5).has_value());
  EXPECT_TRUE(ScoreRound(std::vector<PrintedAtom>{kFirst, kSecond}, 3, kRules, 0.5).has_value());
  EXPECT_TRUE(ScoreRound(std::vector<PrintedAtom>{kFirst}, 2, kRules, 0.5).has_value());
  EXPECT_FALSE(ScoreRound(std::vector<PrintedAtom>{kFirst, Withheld()}, 2, kRules, 0.5).has_value());
  EXPECT_FALSE(ScoreRound(std::vector<PrintedAtom>{}, 0, kRules, 0.5).has_value());
}

TEST(ChangeTest, OfAllRatersGroupsWeighEqually) {
  const std::vector<RoundScore> before = {RoundOf({Exact(40, 120)}), RoundOf({Exact(5, 15)})};
  const std::vector<RoundScore> after = {RoundOf({Exact(40, 160)}), RoundOf({Exact(5, 15)})};
  const auto first = CombineRound(before, kRules), second = CombineRound(after, kRules);
  ASSERT_TRUE(first.has_value() && second.has_value());
  const PrintedChange change = CompareRounds(*first, *second, kRules);
  EXPECT_NEAR(change.change.lo, 0.5, 1e-12);  // (1 + 0) / 2
  // V of one round: (1.34/40 + 1.34/5) / 4.
  EXPECT_NEAR(first->typical_variance, (1.34 / 40 + 1.34 / 5) / 4, 1e-12);
  const double half = kNormalQuantile * std::sqrt(2 * (1.34 / 40 + 1.34 / 5) / 4);
  EXPECT_NEAR(change.interval->limits.lo, 0.5 - half, 1e-9);
  EXPECT_FALSE(CombineRound(std::vector<RoundScore>{}, kRules).has_value());
}

TEST(JoinPrintedTest, OfExactPartsIsTheirSum) {
  const PrintedAtom joined = JoinPrinted(std::vector<PrintedAtom>{Exact(10, 31), Exact(6, 20)}, kRules);
  EXPECT_EQ(joined.kind, Kind::kExact);
  EXPECT_EQ(joined.n, 16);
  EXPECT_EQ(joined.sum, 51);
  EXPECT_TRUE(joined.counts.empty());
}

TEST(JoinPrintedTest, HasADistributionWhereEachPartHasOne) {
  const PrintedAtom joined = JoinPrinted(std::vector<PrintedAtom>{kFirst, kSecond}, kRules);
  EXPECT_EQ(joined.counts, (std::vector<int64_t>{0, 6, 3, 6, 9}));
  EXPECT_EQ(joined.sum, 90);
  EXPECT_TRUE(ScorePrintedItem(joined, kRules).sd.has_value());
  EXPECT_TRUE(JoinPrinted(std::vector<PrintedAtom>{kFirst, Exact(12, 40)}, kRules).counts.empty());
}

TEST(JoinPrintedTest, ABoundMakesARange) {
  // 10 answers with a mean of 3, 5 with 3.4 or more: (30 + 17) / 15 to (30 + 25) / 15.
  const PrintedAtom joined = JoinPrinted(std::vector<PrintedAtom>{Exact(10, 30), AtLeast(5, 3.4)}, kRules);
  EXPECT_EQ(joined.kind, Kind::kBetween);
  EXPECT_EQ(joined.n, 15);
  const PrintedItem item = ScorePrintedItem(joined, kRules);
  ASSERT_TRUE(item.score.has_value());
  EXPECT_NEAR(item.score->mean.lo, 47.0 / 15, 1e-12);
  EXPECT_NEAR(item.score->mean.hi, 55.0 / 15, 1e-12);
  EXPECT_FALSE(item.score->interval.has_value());
  const PrintedScale scale = ScorePrintedScale(std::vector<PrintedAtom>{joined, Exact(15, 45)}, kRules, 0.5);
  EXPECT_NEAR(scale.score->mean.lo, (47.0 / 15 + 3) / 2, 1e-12);
  EXPECT_NEAR(scale.score->mean.hi, (55.0 / 15 + 3) / 2, 1e-12);
}

TEST(JoinPrintedTest, WhatIsWithheldIsInNothing) {
  const PrintedAtom joined = JoinPrinted(std::vector<PrintedAtom>{Withheld(), kFirst, Withheld()}, kRules);
  EXPECT_EQ(joined.n, 12);
  EXPECT_EQ(joined.sum, 42);
  EXPECT_EQ(joined.counts, kFirst.counts);
  EXPECT_EQ(JoinPrinted(std::vector<PrintedAtom>{Withheld(), Withheld()}, kRules).kind, Kind::kWithheld);
  EXPECT_EQ(JoinPrinted(std::vector<PrintedAtom>{}, kRules).kind, Kind::kWithheld);
}

TEST(PrintedBenchmarkTest, OfExactFiguresIsMeanAndDeviation) {
  // 3, 3.5, 4, 4, 4.5: mean 3.8, squares .64 + .09 + .04 + .04 + .49 = 1.3, sd sqrt(1.3 / 4).
  const PrintedBenchmark summary = SummarisePrinted({{3, 3}, {3.5, 3.5}, {4, 4}, {4, 4}, {4.5, 4.5}});
  EXPECT_EQ(summary.n, 5);
  EXPECT_NEAR(summary.mean.lo, 3.8, 1e-12);
  EXPECT_EQ(summary.mean.lo, summary.mean.hi);
  EXPECT_NEAR(*summary.sd, std::sqrt(0.325), 1e-12);
}

TEST(PrintedBenchmarkTest, ARangeMakesARange) {
  const PrintedBenchmark summary = SummarisePrinted({{3, 3}, {3.4, 5}});
  EXPECT_NEAR(summary.mean.lo, 3.2, 1e-12);
  EXPECT_NEAR(summary.mean.hi, 4, 1e-12);
  EXPECT_FALSE(summary.sd.has_value());
  EXPECT_EQ(SummarisePrinted({}).n, 0);
}

}  // namespace
}  // namespace candor::statistics
