#include "services/statistics/item_statistics.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {

namespace {

struct Sums {
  int64_t n = 0, s1 = 0, s2 = 0;
};

Sums SumsOf(std::span<const int64_t> counts) {
  Sums sums;
  for (size_t k = 0; k < counts.size(); ++k) {
    const int64_t rating = static_cast<int64_t>(k) + 1;
    sums.n += counts[k];
    sums.s1 += rating * counts[k];
    sums.s2 += rating * rating * counts[k];
  }
  return sums;
}

// n S2 - S1^2 is exact: in doubles the variance of nearly unanimous answers would be lost.
double VarianceOf(const Sums& sums) {
  const Int128 numerator = static_cast<Int128>(sums.n) * sums.s2 - static_cast<Int128>(sums.s1) * sums.s1;
  return static_cast<double>(numerator) / (static_cast<double>(sums.n) * static_cast<double>(sums.n - 1));
}

double MedianDeviation(std::span<const int64_t> counts, int64_t n) {
  // Twice the median is whole: the sum of the two middle ratings, which are one and the same for odd n.
  int64_t twice_median = 0;
  for (const int64_t position : {(n - 1) / 2, n / 2}) {
    int64_t seen = 0;
    for (size_t k = 0; k < counts.size(); ++k) {
      seen += counts[k];
      if (seen > position) {
        twice_median += static_cast<int64_t>(k) + 1;
        break;
      }
    }
  }
  int64_t deviation = 0;
  for (size_t k = 0; k < counts.size(); ++k) {
    deviation += counts[k] * std::abs(2 * (static_cast<int64_t>(k) + 1) - twice_median);
  }
  return static_cast<double>(deviation) / (2.0 * static_cast<double>(n));
}

}  // namespace

Interval CutToScale(double centre, double half_width, int points) {
  return {std::max(1.0, centre - half_width), std::min(static_cast<double>(points), centre + half_width)};
}

Interval WilsonLimits(int64_t successes, int64_t n) {
  const double count = static_cast<double>(n);
  const double share = static_cast<double>(successes) / count;
  const double z2 = kNormalQuantile * kNormalQuantile;
  const double denominator = 1 + z2 / count;
  const double centre = (share + z2 / (2 * count)) / denominator;
  const double half =
      kNormalQuantile / denominator * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double Rwg(double variance, double null_variance) { return std::max(0.0, 1 - variance / null_variance); }

double RwgJ(double mean_variance, double null_variance, int items) {
  const double ratio = std::min(mean_variance, null_variance) / null_variance;
  return items * (1 - ratio) / (items * (1 - ratio) + ratio);
}

double VarianceOf(std::span<const int64_t> counts) { return VarianceOf(SumsOf(counts)); }

double MeanDeviationOf(std::span<const int64_t> counts) {
  const Sums sums = SumsOf(counts);
  Int128 deviation = 0;
  for (size_t k = 0; k < counts.size(); ++k) {
    const Int128 distance = static_cast<Int128>(static_cast<int64_t>(k) + 1) * sums.n - sums.s1;
    deviation += counts[k] * (distance < 0 ? -distance : distance);
  }
  const double n = static_cast<double>(sums.n);
  return static_cast<double>(deviation) / (n * n);
}

ItemStatistics ComputeItem(std::span<const int64_t> counts, int64_t not_observed, int64_t blank,
                           const ScoringRules& rules, std::optional<int64_t> invited) {
  CANDOR_CHECK(counts.size() == static_cast<size_t>(rules.points));
  ItemStatistics item;
  const Sums sums = SumsOf(counts);
  item.n = sums.n;
  item.n_not_observed = not_observed;
  item.n_blank = blank;
  item.s1 = sums.s1;
  item.s2 = sums.s2;
  std::copy(counts.begin(), counts.end(), item.counts.begin());
  const int64_t chose = item.n + not_observed;
  item.more_than_invited = invited.has_value() && chose > *invited;
  if (chose > 0) item.observability = static_cast<double>(item.n) / static_cast<double>(chose);
  if (item.n == 0) return item;

  const double n = static_cast<double>(item.n);
  item.mean = static_cast<double>(item.s1) / n;
  int64_t favourable = 0;
  for (int k = rules.favourable_from; k <= rules.points; ++k) favourable += counts[static_cast<size_t>(k - 1)];
  item.favourable = static_cast<double>(favourable) / n;
  item.favourable_limits = WilsonLimits(favourable, item.n);

  if (item.n > 1) {
    item.variance = VarianceOf(sums);
    item.sd = std::sqrt(*item.variance);
    item.se = std::sqrt(*item.variance / n);
    item.rwg = Rwg(*item.variance, UniformVariance(rules.points));
    if (rules.skew_null_variance.has_value()) item.rwg_skew = Rwg(*item.variance, *rules.skew_null_variance);
    item.ad_mean = MeanDeviationOf(counts);
    item.ad_median = MedianDeviation(counts, item.n);
  }

  item.degrees = n - 1 + rules.prior_weight;
  item.variance_regularised =
      ((n - 1) * item.variance.value_or(0) + rules.prior_weight * rules.prior_variance) / *item.degrees;
  const double half = StudentUpperQuantile(*item.degrees) * std::sqrt(*item.variance_regularised / n);
  item.confidence = CutToScale(*item.mean, half, rules.points);
  if (invited.has_value() && !item.more_than_invited && *invited > 0) {
    const double missing = 1 - static_cast<double>(chose) / static_cast<double>(*invited);
    item.confidence_of_invited = CutToScale(*item.mean, half * std::sqrt(missing), rules.points);
  }
  return item;
}

}  // namespace candor::statistics
