// What follows from a campaign's pooled figures, beside everything that is printed, about an answer in a cell that is held to
// a bound: nothing. And the figures as they are commonly pooled give such answers away.

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/privacy/pooled_world.h"
#include "tests/privacy/results.h"

namespace candor::privacy {
namespace {

using collection::MadeShape;
using domain::Counts;

const std::vector<MadeShape>& Shapes() {
  static const auto* const shapes = new std::vector<MadeShape>{
      {{2, 2}, {2, 1}, {1}}, {{3, 2}, {3, 2}}, {{2}, {1}}, {{1, 1}, {1, 1}}, {{3}, {1, 2}, {2, 2}}};
  return *shapes;
}

bool IsWithinItsLimits(const std::optional<int>& figure, int least) {
  return !figure.has_value() || (*figure > least && *figure < domain::kHighestPooledReliability);
}
// None of the figures is told as a bound, which would leave it free on one side.
bool AreWithinTheirLimits(const domain::PooledFigures& figures) {
  return IsWithinItsLimits(figures.item_correlation, 0) &&
         std::all_of(figures.scales.begin(), figures.scales.end(), [](const domain::PooledScale& scale) {
           return IsWithinItsLimits(scale.alpha, domain::kLowestPooledAlpha) &&
                  IsWithinItsLimits(scale.lambda2, domain::kLowestPooledAlpha) &&
                  IsWithinItsLimits(scale.icc1, domain::kLowestPooledIcc) &&
                  IsWithinItsLimits(scale.icc2, domain::kLowestPooledIcc);
         });
}

TEST(PooledAttackTest, AnotherWorldWithTheSameFiguresHasTheTargetInTheOtherHalf) {
  SuiteRecord record("disclosure-pooled");
  std::mt19937 random(20);
  int attacked = 0, figures = 0;
  for (int trial = 0; trial < 15; ++trial) {
    const PooledSetting setting(Shapes()[static_cast<size_t>(trial) % Shapes().size()]);
    const size_t item = random() % setting.items;
    PooledWorld truth;
    domain::PooledFigures told;
    do {
      truth = MakeWorld(setting, item, trial % 3 == 2, 30 + 15 * (trial % 4), random);
      told = PooledFiguresOf(setting, truth);
    } while (!AreWithinTheirLimits(told));
    ASSERT_TRUE(told.item_correlation.has_value());
    ASSERT_EQ(told.scales.size(), setting.told.size());
    figures += 1 + static_cast<int>(told.scales.size());
    const HiddenCell hidden = HiddenCellOf(truth, item);
    const size_t insider = random() % truth[0].size();
    for (size_t target = 0; target < truth[0].size(); ++target) {
      if (target == insider) continue;
      ++attacked;
      EXPECT_TRUE(FindOtherWorld(setting, truth, hidden, target, insider, 60'000, random).has_value())
          << "trial " << trial << ": rater " << target << " gave " << truth[0][target][item] << " on item " << item
          << " beside " << insider << "; " << domain::EncodePooledFigures(told);
    }
  }
  record.Found({{"answers_attacked", attacked}, {"figures", figures}});
}

// What an attacker solves for who has figures of the same items: how the hidden cell was filled. Whether a filling fits is
// told by sums in which the hidden cell has it, and its ratings are any rater's.
class NaivePoolTest : public ::testing::Test {
 protected:
  using Fits = std::function<bool(const WorldSums& truth, const WorldSums& filled)>;

  // Attacks campaigns in whose hidden cell nobody is in the lower half. Such a cell is exposed where that is so of all
  // fillings that fit: then everybody's half is known.
  void Attack(const MadeShape& shape, bool rounded, const Fits& fits) {
    SuiteRecord record(std::string("disclosure-naive-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    constexpr int kCampaigns = 40;
    const PooledSetting setting(shape);
    std::mt19937 random(21);
    int attacked = 0, exposed = 0, possible = 0;
    while (attacked < kCampaigns) {
      const size_t item = random() % setting.items;
      const PooledWorld truth = MakeWorld(setting, item, /*exact=*/false, /*stray=*/60, random);
      const HiddenCell hidden = HiddenCellOf(truth, item);
      if (std::any_of(truth[0].begin(), truth[0].end(), [&](const Ratings& form) { return IsLow(form[item]); })) continue;
      ++attacked;
      const WorldSums sums(setting, truth);
      ASSERT_TRUE(fits(sums, sums)) << "the truth fits";
      bool low = false;
      for (const Counts& filling : hidden.fillings) {
        const bool has_low = filling[0] + filling[1] > 0;
        possible += has_low ? 1 : 0;
        low = low || (has_low && fits(sums, WorldSums(setting, Filled(truth, item, filling))));
      }
      exposed += low ? 0 : 1;
    }
    EXPECT_GT(possible, kCampaigns) << "the atom alone exposes nobody";
    EXPECT_GT(exposed, kCampaigns / 4);
    record.Found({{"campaigns", attacked}, {"broken", exposed}, {"rounded", rounded}});
  }

  static std::vector<int> AllItems(const WorldSums& sums) {
    return collection::FirstItems(static_cast<int>(sums.world()[0][0].size()));
  }
  static bool Same(double a, double b) { return std::abs(a - b) < 1e-7 * (std::abs(a) + std::abs(b)); }
  // The sum of squares of all items' sum within leaders, from the ICC of `truth` and what is between those of `filled`.
  static double WithinByIcc(const WorldSums& truth, const WorldSums& filled) {
    const double icc = truth.Icc1(AllItems(truth)) / 100, n = static_cast<double>(truth.raters());
    const double leaders = static_cast<double>(truth.leaders());
    const double ratio = (1 + (n / leaders - 1) * icc) / (1 - icc);
    return filled.Between(AllItems(filled)) / (leaders - 1) / ratio * (n - leaders);
  }

 private:
  static PooledWorld Filled(PooledWorld world, size_t item, const Counts& filling) {
    size_t rater = 0;
    for (size_t k = 0; k < filling.size(); ++k) {
      for (int64_t i = 0; i < filling[k]; ++i) world[0][rater++][item] = static_cast<int>(k) + 1;
    }
    return world;
  }
};

TEST_F(NaivePoolTest, PooledAlphaAndIccOfTheSameItems) {
  Attack({{2, 2}, {2, 1}, {1}}, false, [](const WorldSums& truth, const WorldSums& filled) {
    const double items = static_cast<double>(AllItems(truth).size());
    double variances = 0;
    for (size_t j = 0; j < AllItems(truth).size(); ++j) variances += filled.Total(j, j);
    const double total = variances / (1 - truth.Alpha(AllItems(truth)) / 100 * (items - 1) / items);
    return Same(total - filled.Between(AllItems(filled)), WithinByIcc(truth, filled));
  });
}

// Of two items there is one covariance, and both figures are of it.
TEST_F(NaivePoolTest, PooledCorrelationAndIccOfTheSamePair) {
  Attack({{1}, {1}}, false, [](const WorldSums& truth, const WorldSums& filled) {
    const double covariance = truth.ItemCorrelation() / 100 * std::sqrt(filled.Within(0, 0) * filled.Within(1, 1));
    return Same(filled.Within(0, 0) + filled.Within(1, 1) + 2 * covariance, WithinByIcc(truth, filled));
  });
}

// Two decimals of it are enough.
TEST_F(NaivePoolTest, PooledMeansOfItems) {
  Attack({{2, 2}, {2, 1}, {1}}, true, [](const WorldSums& truth, const WorldSums& filled) {
    const auto mean = [](const WorldSums& sums, size_t item) {
      double sum = 0;
      for (const LeaderForms& forms : sums.world()) {
        for (const Ratings& form : forms) sum += form[item];
      }
      return std::round(100 * sum / static_cast<double>(sums.raters()));
    };
    for (size_t item = 0; item < AllItems(truth).size(); ++item) {
      if (mean(truth, item) != mean(filled, item)) return false;
    }
    return true;
  });
}

}  // namespace
}  // namespace candor::privacy
