// How often the intervals hold the truth. For one item exactly, by summing over every possible outcome; for what is made of
// several items by simulation with a fixed seed, with limits that leave room for its error (2,000 draws: a coverage of .95 is
// known to within .01).

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/change.h"
#include "services/statistics/distributions.h"
#include "services/statistics/item_statistics.h"
#include "services/statistics/printed.h"
#include "services/statistics/printed_gaps.h"

namespace candor::statistics {
namespace {

using Shares = std::array<double, 5>;  // probability of each point of a scale 1..5

const ScoringRules kRules = DefaultRules(5);

// From even to nearly unanimous, skewed to either side, and split into two camps.
const std::vector<Shares>& Populations() {
  static const std::vector<Shares> populations = {
      {.20, .20, .20, .20, .20}, {.05, .15, .20, .35, .25}, {.02, .05, .13, .35, .45}, {.10, .25, .30, .25, .10},
      {.01, .02, .07, .20, .70}, {.40, .10, .00, .10, .40}, {.30, .40, .20, .08, .02}};
  return populations;
}

double MeanOf(const Shares& shares) {
  double mean = 0;
  for (size_t k = 0; k < shares.size(); ++k) mean += static_cast<double>(k + 1) * shares[k];
  return mean;
}

// Calls `visit` with the counts of each outcome of n ratings and its probability.
void ForEachOutcome(int n, const Shares& shares, const std::function<void(const std::vector<int64_t>&, double)>& visit) {
  std::vector<int64_t> counts(shares.size(), 0);
  const std::function<void(size_t, int, double)> fill = [&](size_t k, int left, double weight) {
    if (weight == 0) return;
    if (k + 1 == shares.size()) {
      counts[k] = left;
      visit(counts, weight * std::pow(shares[k], left));
      return;
    }
    double factor = 1;  // C(left, c) shares[k]^c
    for (int c = 0; c <= left; ++c) {
      counts[k] = c;
      fill(k + 1, left - c, weight * factor);
      factor *= shares[k] * (left - c) / (c + 1);
    }
  };
  fill(0, n, 1);
}

struct Coverage {
  double mean = 0, lowest = 1;
};
Coverage Summarise(const std::vector<double>& of_populations) {
  return {std::accumulate(of_populations.begin(), of_populations.end(), 0.0) / static_cast<double>(of_populations.size()),
          *std::min_element(of_populations.begin(), of_populations.end())};
}

// `interval` of an outcome against `truth` of a population, over all populations.
Coverage CoverageOf(int n, const std::function<double(const Shares&)>& truth,
                    const std::function<Interval(const std::vector<int64_t>&)>& interval) {
  std::vector<double> coverages;
  for (const Shares& shares : Populations()) {
    double covered = 0, total = 0;
    const double wanted = truth(shares);
    ForEachOutcome(n, shares, [&](const std::vector<int64_t>& counts, double probability) {
      const Interval limits = interval(counts);
      total += probability;
      if (limits.lo - 1e-9 <= wanted && wanted <= limits.hi + 1e-9) covered += probability;
    });
    EXPECT_NEAR(total, 1, 1e-9);
    coverages.push_back(covered);
  }
  return Summarise(coverages);
}

TEST(CoverageTest, TheIntervalOfAMeanHoldsTheTruthWherePlainTDoesNot) {
  const auto regularised = [](const std::vector<int64_t>& counts) { return *ComputeItem(counts, 0, 0, kRules).confidence; };
  const auto plain = [](const std::vector<int64_t>& counts) {
    const ItemStatistics item = ComputeItem(counts, 0, 0, kRules);
    const double half = StudentUpperQuantile(static_cast<double>(item.n - 1)) * *item.se;
    return Interval{*item.mean - half, *item.mean + half};
  };
  for (const int n : {2, 3, 5, 8, 15, 30}) {
    SCOPED_TRACE(testing::Message() << "n = " << n);
    const Coverage ours = CoverageOf(n, MeanOf, regularised);
    const Coverage theirs = CoverageOf(n, MeanOf, plain);
    testing::Test::RecordProperty("coverage_" + std::to_string(n), std::to_string(ours.mean));
    EXPECT_GE(ours.mean, .94);
    // Three raters of two camps often agree by chance. Nothing of so few is ever printed.
    EXPECT_GE(ours.lowest, n == 3 ? .75 : .90);
    EXPECT_GT(ours.mean, theirs.mean);
    if (n <= 5) {
      EXPECT_LT(theirs.mean, .92);
    }
  }
}

TEST(CoverageTest, TheIntervalIsNoWiderThanItMustBeForManyRaters) {
  // One that always holds the truth would be useless: for 30 raters it is hardly wider than plain t.
  double ours = 0, theirs = 0;
  for (const Shares& shares : Populations()) {
    ForEachOutcome(30, shares, [&](const std::vector<int64_t>& counts, double probability) {
      const ItemStatistics item = ComputeItem(counts, 0, 0, kRules);
      ours += probability * (item.confidence->hi - item.confidence->lo);
      theirs += probability * 2 * StudentUpperQuantile(29) * *item.se;
    });
  }
  EXPECT_LT(ours / theirs, 1.1);
}

TEST(CoverageTest, WilsonLimitsHoldTheFavourableShare) {
  const auto share = [](const Shares& shares) { return shares[3] + shares[4]; };
  const auto limits = [](const std::vector<int64_t>& counts) { return *ComputeItem(counts, 0, 0, kRules).favourable_limits; };
  for (const int n : {10, 15, 30}) {
    SCOPED_TRACE(testing::Message() << "n = " << n);
    const Coverage coverage = CoverageOf(n, share, limits);
    EXPECT_GE(coverage.mean, .93);
    EXPECT_GE(coverage.lowest, .83);  // shares near 0 or 1; Wilson's known weak spot
  }
}

// Raters with a halo: what they give one statement and another correlates by about `kHalo`.
constexpr double kHalo = 0.5;
constexpr int kDraws = 2'000;

class Crowd {
 public:
  explicit Crowd(uint32_t seed) : random_(seed) {}

  // Atoms as closing prints them of `n` raters (with the distribution from 10 on), ratings being round(mean + halo + own).
  std::vector<PrintedAtom> Rate(int n, const std::vector<double>& means, double spread) {
    std::vector<std::vector<int64_t>> counts(means.size(), std::vector<int64_t>(5, 0));
    for (int r = 0; r < n; ++r) {
      const double halo = normal_(random_) * std::sqrt(kHalo) * spread;
      for (size_t j = 0; j < means.size(); ++j) {
        const double own = normal_(random_) * std::sqrt(1 - kHalo) * spread;
        const int rating = static_cast<int>(std::lround(std::clamp(means[j] + halo + own, 1.0, 5.0)));
        ++counts[j][static_cast<size_t>(rating - 1)];
      }
    }
    std::vector<PrintedAtom> atoms;
    for (std::vector<int64_t>& of_item : counts) {
      PrintedAtom& atom = atoms.emplace_back();
      atom.kind = PrintedAtom::Kind::kExact;
      atom.n = n;
      for (size_t k = 0; k < 5; ++k) atom.sum += static_cast<int64_t>(k + 1) * of_item[k];
      if (n >= 10) atom.counts = std::move(of_item);
    }
    return atoms;
  }

  // What each item's mean tends to with ever more raters.
  static std::vector<double> Truth(const std::vector<double>& means, double spread) {
    std::vector<double> truth;
    for (const double mean : means) {
      double sum = 1;
      for (int k = 1; k < 5; ++k) sum += 1 - NormalCdf((k + 0.5 - mean) / spread);
      truth.push_back(sum);
    }
    return truth;
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<double> normal_;
};

const std::vector<double> kSixMeans = {3.1, 3.4, 3.6, 3.9, 4.0, 4.2};

TEST(CoverageTest, TheIntervalOfAScaleHoldsTheTruth) {
  const std::vector<double> truths = Crowd::Truth(kSixMeans, 0.9);
  const double truth = std::accumulate(truths.begin(), truths.end(), 0.0) / 6;
  for (const int n : {5, 8, 12, 30}) {
    SCOPED_TRACE(testing::Message() << "n = " << n);
    Crowd crowd(static_cast<uint32_t>(n));
    int covered = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const PrintedScale scale = ScorePrintedScale(crowd.Rate(n, kSixMeans, 0.9), kRules, kHalo);
      const Interval& limits = scale.score->interval->limits;
      covered += limits.lo <= truth && truth <= limits.hi ? 1 : 0;
    }
    EXPECT_GE(covered, .93 * kDraws);
    if (n >= 10) {
      EXPECT_LE(covered, .985 * kDraws);
    }
  }
}

TEST(CoverageTest, TheIntervalOfAChangeHoldsTheTruth) {
  std::vector<double> later = kSixMeans;
  for (double& mean : later) mean += 0.3;
  const std::vector<double> first = Crowd::Truth(kSixMeans, 0.9), second = Crowd::Truth(later, 0.9);
  const double truth = (std::accumulate(second.begin(), second.end(), 0.0) -
                        std::accumulate(first.begin(), first.end(), 0.0)) / 6;
  for (const int n : {6, 15, 40}) {
    SCOPED_TRACE(testing::Message() << "n = " << n);
    Crowd crowd(static_cast<uint32_t>(n));
    int covered = 0, wrong_way = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const auto before = ScoreRound(crowd.Rate(n, kSixMeans, 0.9), 6, kRules, kHalo);
      const auto after = ScoreRound(crowd.Rate(n, later, 0.9), 6, kRules, kHalo);
      const PrintedChange change = CompareRounds(*before, *after, kRules);
      covered += change.interval->limits.lo <= truth && truth <= change.interval->limits.hi ? 1 : 0;
      wrong_way += change.word == ChangeWord::kLower ? 1 : 0;
    }
    EXPECT_GE(covered, .93 * kDraws);
    EXPECT_LE(wrong_way, .01 * kDraws);
  }
}

// Twenty competencies of two items each, on all of which self and the raters' truth agree: whatever gap is found is chance.
TEST(CoverageTest, SeveralGapsTogetherFindNoneByChance) {
  constexpr int kUnits = 20;
  const std::vector<double> means(2 * kUnits, 3);  // symmetric, so that the truth is 3
  std::vector<std::vector<int>> units;
  for (int u = 0; u < kUnits; ++u) units.push_back({2 * u, 2 * u + 1});
  const std::vector<std::optional<double>> self(means.size(), 3);
  for (const int n : {6, 12, 40}) {
    SCOPED_TRACE(testing::Message() << "n = " << n);
    Crowd crowd(static_cast<uint32_t>(n));
    int together = 0, one_by_one = 0;
    for (int draw = 0; draw < kDraws / 4; ++draw) {
      const std::vector<PrintedBlock> blocks = {{crowd.Rate(n, means, 1.0), std::vector<bool>(means.size(), true)}};
      std::vector<PrintedOthers> others;
      for (const PrintedAtom& atom : blocks[0].atoms) others.push_back({1, ScorePrintedItem(atom, kRules).score});
      std::vector<PrintedComparison> comparisons;
      bool found = false;
      for (const std::vector<int>& unit : units) {
        const PrintedScale scale = ScorePrintedScale(AskedAtoms(blocks[0], unit), kRules, kHalo);
        const Interval& limits = scale.score->interval->limits;
        found = found || limits.lo > 3 || limits.hi < 3;
        const std::vector<std::optional<double>> of_self = {3, 3};
        const std::vector<PrintedOthers> of_others = {others[unit[0]], others[unit[1]]};
        comparisons.push_back(ComparePrintedScale(of_self, of_others, {1, scale.score}, kRules));
      }
      one_by_one += found ? 1 : 0;
      bool real = false;
      for (const auto& gap : SimultaneousGaps(blocks, units, comparisons, self, others, kRules, kHalo)) {
        real = real || gap->excludes_zero;
      }
      together += real ? 1 : 0;
    }
    EXPECT_LE(together, .05 * kDraws / 4);
    if (n >= 10) {
      EXPECT_GE(one_by_one, .15 * kDraws / 4);  // looked at one by one, chance finds some
    }
  }
}

// The same where one large group was asked one item of four: the small one decides, and must not be thought as sure.
TEST(CoverageTest, AGroupThatSeesLittleMakesNoGapSurer) {
  constexpr int kUnits = 10, kItems = 4;
  const std::vector<double> means(kUnits * kItems, 3);
  std::vector<std::vector<int>> units;
  std::vector<bool> first_items(means.size(), false);
  for (int u = 0; u < kUnits; ++u) {
    units.push_back({});
    for (int j = 0; j < kItems; ++j) units.back().push_back(u * kItems + j);
    first_items[static_cast<size_t>(u * kItems)] = true;
  }
  const std::vector<std::optional<double>> self(means.size(), 3);
  Crowd crowd(12);
  int found = 0;
  for (int draw = 0; draw < kDraws / 4; ++draw) {
    const std::vector<PrintedBlock> blocks = {{crowd.Rate(12, means, 1.0), std::vector<bool>(means.size(), true)},
                                              {crowd.Rate(200, means, 1.0), first_items}};
    std::vector<PrintedOthers> others;
    for (size_t j = 0; j < means.size(); ++j) {
      std::vector<std::optional<PrintedScore>> scores;
      for (const PrintedBlock& block : blocks) {
        scores.push_back(block.asked[j] ? ScorePrintedItem(block.atoms[j], kRules).score : std::nullopt);
      }
      others.push_back(CombinePrinted(scores, kRules));
    }
    std::vector<PrintedComparison> comparisons(kUnits);
    for (int u = 0; u < kUnits; ++u) {
      double gap = 0;
      for (const int item : units[static_cast<size_t>(u)]) gap += (3 - others[static_cast<size_t>(item)].score->mean.lo) / kItems;
      comparisons[static_cast<size_t>(u)].gap = Interval{gap, gap};
    }
    bool real = false;
    for (const auto& gap : SimultaneousGaps(blocks, units, comparisons, self, others, kRules, kHalo)) {
      real = real || gap->excludes_zero;
    }
    found += real ? 1 : 0;
  }
  EXPECT_LE(found, .05 * kDraws / 4);
}

TEST(CoverageTest, TheLevelOfSeveralIntervalsIsSidaks) {
  EXPECT_DOUBLE_EQ(SimultaneousLevel(1), kUpperLevel);
  for (const int count : {2, 21, 100}) EXPECT_NEAR(std::pow(2 * SimultaneousLevel(count) - 1, count), .95, 1e-12);
  EXPECT_NEAR(StudentQuantile(SimultaneousLevel(1), 7), StudentUpperQuantile(7), 1e-12);
  EXPECT_NEAR(StudentQuantile(.975, std::numeric_limits<double>::infinity()), kNormalQuantile, 1e-12);
}

}  // namespace
}  // namespace candor::statistics
