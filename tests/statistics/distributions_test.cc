#include "services/statistics/distributions.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "services/statistics/constants.h"
#include "services/statistics/district.h"
#include "services/statistics/ranking.h"
#include "services/statistics/response_surface.h"

namespace candor::statistics {
namespace {

TEST(DistributionsTest, StudentQuantiles) {
  // With 1 and 2 degrees the quantile has a closed form.
  EXPECT_NEAR(StudentUpperQuantile(1), std::tan(M_PI * 0.475), 1e-11);
  EXPECT_NEAR(StudentUpperQuantile(2), 0.95 / std::sqrt(2 * 0.975 * 0.025), 1e-12);
  EXPECT_NEAR(StudentUpperQuantile(6), 2.446911851145, 1e-12);
  EXPECT_EQ(StudentUpperQuantile(6), StudentUpperQuantile(6)) << "the remembered value is the computed one";
  EXPECT_EQ(StudentUpperQuantile(std::numeric_limits<double>::infinity()), kNormalQuantile);
  EXPECT_NEAR(StudentUpperQuantile(1e9), kNormalQuantile, 1e-8);
}

TEST(DistributionsTest, StudentQuantileFallsWithItsDegrees) {
  double previous = std::numeric_limits<double>::infinity();
  for (double degrees = 0.5; degrees < 6000; degrees *= 1.07) {
    const double quantile = StudentUpperQuantile(degrees);
    EXPECT_LT(quantile, previous);
    EXPECT_NEAR(StudentTwoSided(quantile, degrees), 0.05, 1e-12);
    previous = quantile;
  }
}

TEST(DistributionsTest, Normal) {
  EXPECT_EQ(NormalCdf(0), 0.5);
  EXPECT_NEAR(NormalCdf(kNormalQuantile), kUpperLevel, 1e-15);
  EXPECT_EQ(StudentTwoSided(std::numeric_limits<double>::infinity(), 3), 0);
}

TEST(ConstantsTest, RequiredItemsIsHalfRoundedUp) {
  const ScoringRules rules = DefaultRules(5);
  EXPECT_EQ(RequiredItems(0, rules), 0);
  EXPECT_EQ(RequiredItems(1, rules), 1);
  EXPECT_EQ(RequiredItems(2, rules), 1);
  EXPECT_EQ(RequiredItems(11, rules), 6);
  EXPECT_NEAR(*rules.skew_null_variance, 1.34, 1e-12);
}

TEST(DistrictTest, FiguresOfFewLeadersAreUnset) {
  const GapSummary none = SummariseGaps({});
  EXPECT_EQ(none.n, 0);
  EXPECT_FALSE(none.mean_gap.has_value());
  const GapSummary one = SummariseGaps({{"a", 0.5, 4.0}, {"b", std::nullopt, 3.0}});
  EXPECT_EQ(one.n, 1);
  EXPECT_EQ(one.mean_gap, 0.5);
  EXPECT_FALSE(one.sd_gap.has_value());
  EXPECT_EQ(one.leaders[0].category, Category::kUndefined);
  EXPECT_EQ(SummariseOthers({}).n, 0);
  EXPECT_EQ(SummariseOthers({{"a", std::nullopt, 3.0}}).percentiles[0], 50.0);
}

TEST(DistrictTest, EqualGapsHaveNoCategories) {
  const GapSummary gaps = SummariseGaps({{"a", 0.1, 4.0}, {"b", 0.1, 3.0}, {"c", 0.1, 2.0}});
  EXPECT_FALSE(gaps.leaders[0].z.has_value());
  EXPECT_EQ(gaps.over + gaps.under + gaps.agree_good + gaps.agree_poor, 0);
}

TEST(DistrictTest, OrderOfLeadersChangesNoBit) {
  std::vector<LeaderPoint> points;
  for (int i = 0; i < 40; ++i) points.push_back({"L" + std::to_string(100 + i), std::sin(i) / 3, 3 + std::cos(i) / 7});
  std::vector<LeaderPoint> reversed(points.rbegin(), points.rend());
  EXPECT_EQ(SummariseGaps(points).sd_gap, SummariseGaps(reversed).sd_gap);
  EXPECT_EQ(SummariseOthers(points).sd, SummariseOthers(reversed).sd);
  EXPECT_EQ(SummariseOthers(points).percentiles[3], SummariseOthers(reversed).percentiles[36]);
}

TEST(FocusTest, ChancesAddUpToTheLengthOfTheList) {
  const std::vector<double> needs = {1.0, 0.9, 0.8, 0.2, 0.1, 0.0, -0.5}, sds(7, 0.2);
  const std::vector<std::vector<double>> chances = ProbabilitiesOfTop(needs, sds, 7);
  for (int k = 1; k <= 6; ++k) {
    double sum = 0;
    for (double chance : chances[k - 1]) sum += chance;
    EXPECT_NEAR(sum, k, 1e-9);
  }
  EXPECT_EQ(chances[6], std::vector<double>(7, 1.0));
}

// Each unit on a grid of its own, 0.02 standard deviations apart, with the distribution function itself.
TEST(FocusTest, SharedGridGivesWhatAFineGridForEachUnitGives) {
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<double> needs, sds;
    for (int j = 0; j < 3 + trial % 30; ++j) {
      needs.push_back(0.5 * std::sin(j * 1.3 + trial));
      sds.push_back(0.05 + 0.3 * std::fabs(std::cos(j * (0.7 + trial % 7))));
    }
    const std::vector<std::vector<double>> chances = ProbabilitiesOfTop(needs, sds, 2);
    for (size_t u = 0; u < needs.size(); ++u) {
      double total = 0, expected = 0;
      for (int i = 0; i <= 800; ++i) {
        const double z = -8 + 0.02 * i;
        const double weight = std::exp(-0.5 * z * z) / (i == 0 || i == 800 ? 2 : 1);
        double none = 1, one = 0;
        for (size_t v = 0; v < needs.size(); ++v) {
          if (v == u) continue;
          const double above = NormalCdf((needs[v] - needs[u] - sds[u] * z) / sds[v]);
          one = one * (1 - above) + none * above;
          none *= 1 - above;
        }
        total += weight;
        expected += weight * (none + one);
      }
      EXPECT_NEAR(chances[1][u], expected / total, 2e-10);
    }
  }
}

TEST(FocusTest, EqualUnitsShareRankAndChance) {
  CovarianceMatrix covariance(4);
  for (int j = 0; j < 4; ++j) covariance.at(j, j) = 0.05;
  const std::vector<FocusUnit> units = RankNeeds(std::vector<double>{0.5, 0.5, 0.5, 0.5}, covariance);
  for (const FocusUnit& unit : units) {
    EXPECT_EQ(unit.rank, 1);
    EXPECT_NEAR(unit.top3, 0.75, 1e-6);
  }
}

TEST(ResponseSurfaceTest, NeedsEnoughAndDifferentLeaders) {
  const std::vector<double> six(6, 3), same(20, 3);
  EXPECT_FALSE(FitResponseSurface(six, six, six, 3).has_value());
  EXPECT_FALSE(FitResponseSurface(same, same, same, 3).has_value());
}

TEST(ResponseSurfaceTest, FindsTheSurfaceThatMadeThePoints) {
  std::vector<double> self, others, outcome;
  for (int i = 0; i < 60; ++i) {
    const double s = std::sin(i * 1.7), o = std::cos(i * 2.9);
    self.push_back(3 + s);
    others.push_back(3 + o);
    outcome.push_back(2 + 0.5 * s - 0.25 * o + 0.125 * s * s + 0.3 * s * o - 0.2 * o * o);
  }
  const std::optional<ResponseSurface> surface = FitResponseSurface(self, others, outcome, 3);
  ASSERT_TRUE(surface.has_value());
  EXPECT_NEAR(surface->coefficients[4].estimate, 0.3, 1e-10);
  EXPECT_NEAR(surface->features[0].estimate, 0.25, 1e-10);
  EXPECT_NEAR(surface->features[3].estimate, 0.125 - 0.3 - 0.2, 1e-10);
  EXPECT_NEAR(surface->r_squared, 1, 1e-12);
}

}  // namespace
}  // namespace candor::statistics
