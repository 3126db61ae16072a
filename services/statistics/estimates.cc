#include "services/statistics/estimates.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {
namespace {

// The mean weighted with 1 / (between + variance), and the sum of these weights.
struct WeightedMean {
  double mean = 0, weights = 0;
};
WeightedMean MeanOf(std::span<const Estimate> estimates, double between) {
  WeightedMean result;
  double sum = 0;
  for (const Estimate& estimate : estimates) {
    const double weight = 1 / (between + estimate.variance);
    result.weights += weight;
    sum += weight * estimate.value;
  }
  result.mean = sum / result.weights;
  return result;
}

}  // namespace

std::optional<Spread> SpreadOf(std::span<const Estimate> estimates) {
  if (estimates.size() < 2) return std::nullopt;
  for (const Estimate& estimate : estimates) CANDOR_CHECK(estimate.variance > 0);
  const double degrees = static_cast<double>(estimates.size()) - 1;
  const WeightedMean fixed = MeanOf(estimates, 0);
  double heterogeneity = 0, squared_weights = 0;  // Cochran's Q
  for (const Estimate& estimate : estimates) {
    const double off = estimate.value - fixed.mean;
    heterogeneity += off * off / estimate.variance;
    squared_weights += 1 / (estimate.variance * estimate.variance);
  }
  const double beyond = std::max(0.0, heterogeneity - degrees);
  const double between = beyond / (fixed.weights - squared_weights / fixed.weights);
  Spread spread;
  spread.sd = std::sqrt(between);
  const WeightedMean all = MeanOf(estimates, between);
  spread.mean = all.mean;
  for (const Estimate& estimate : estimates) {
    ShrunkEstimate& shrunk = spread.shrunk.emplace_back();
    shrunk.reliability = between / (between + estimate.variance);
    shrunk.value = all.mean + shrunk.reliability * (estimate.value - all.mean);
    const double unknown = 1 - shrunk.reliability;
    shrunk.se = std::sqrt(shrunk.reliability * estimate.variance + unknown * unknown / all.weights);
  }
  return spread;
}

double ExpectedBelow(const Spread& spread, double line) {
  double expected = 0;
  for (const ShrunkEstimate& shrunk : spread.shrunk) expected += NormalCdf((line - shrunk.value) / shrunk.se);
  return expected;
}

}  // namespace candor::statistics
