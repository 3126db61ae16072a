// Estimates of many leaders together: against figures worked out apart, and their properties by simulation.

#include "services/statistics/estimates.h"

#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace candor::statistics {
namespace {

// Worked out by hand: w = 25, 20, 50, 11.11.; weighted mean 3.796859; Q = sum w (y - mean)^2 = 14.395288;
// C = sum w - sum w^2 / sum w; tau^2 = (Q - 3) / C.
TEST(EstimatesTest, EqualsTheFormulasOnFourEstimates) {
  const std::vector<Estimate> estimates = {{3.2, .04}, {3.8, .05}, {4.1, .02}, {3.5, .09}};
  const auto spread = SpreadOf(estimates);
  ASSERT_TRUE(spread.has_value());
  EXPECT_NEAR(spread->sd, 0.3985832574741266, 1e-9);
  EXPECT_NEAR(spread->mean, 3.668967272073124, 1e-9);
  const double reliability[] = {0.798862176546155, 0.7606150620304034, 0.8881860844725565, 0.6383633963924326};
  const double value[] = {3.2943270563758755, 3.7686327385532374, 4.051804542970021, 3.56110475039336};
  const double se[] = {0.18449168874242045, 0.20243720349961633, 0.1356736620850509, 0.25334820201015956};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(spread->shrunk[i].reliability, reliability[i], 1e-9);
    EXPECT_NEAR(spread->shrunk[i].value, value[i], 1e-9);
    EXPECT_NEAR(spread->shrunk[i].se, se[i], 1e-9);
  }
  EXPECT_NEAR(ExpectedBelow(*spread, 4), 3.18308637050853, 1e-9);
}

TEST(EstimatesTest, EqualEstimatesDifferByNothing) {
  const std::vector<Estimate> estimates(5, Estimate{3.5, .1});
  const auto spread = SpreadOf(estimates);
  ASSERT_TRUE(spread.has_value());
  EXPECT_EQ(spread->sd, 0);
  for (const ShrunkEstimate& shrunk : spread->shrunk) {
    EXPECT_EQ(shrunk.reliability, 0);
    EXPECT_NEAR(shrunk.value, 3.5, 1e-12);
    EXPECT_NEAR(shrunk.se, std::sqrt(.1 / 5), 1e-12);
  }
}

TEST(EstimatesTest, OneEstimateDiffersFromNone) {
  EXPECT_FALSE(SpreadOf({}).has_value());
  EXPECT_FALSE(SpreadOf(std::vector<Estimate>{{3, .1}}).has_value());
}

// 4,000 draws of 12 leaders whose true means are N(3.8, .4^2), each known with a variance of .02 to .12.
TEST(EstimatesTest, FindsTheTrueSpreadAndTheNumberBelowTheLine) {
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal;
  double sd = 0, expected = 0, truly = 0, raw = 0;
  constexpr int kDraws = 4000;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<Estimate> estimates;
    for (int l = 0; l < 12; ++l) {
      const double variance = .02 + .1 * l / 11, error = std::sqrt(variance) * normal(random);
      const double value = 3.8 + .4 * normal(random);
      truly += value < 3.5;
      raw += value + error < 3.5;
      estimates.push_back({value + error, variance});
    }
    const auto spread = SpreadOf(estimates);
    sd += spread->sd * spread->sd;
    expected += ExpectedBelow(*spread, 3.5);
  }
  EXPECT_NEAR(std::sqrt(sd / kDraws), .4, .01);
  EXPECT_NEAR(expected / kDraws, truly / kDraws, .1);
  EXPECT_GT(raw / kDraws, truly / kDraws + .2) << "counting what is printed would say too many";
}

}  // namespace
}  // namespace candor::statistics
