// The figures of one item in one group of raters, from its counts.

#ifndef CANDOR_SERVICES_STATISTICS_ITEM_STATISTICS_H_
#define CANDOR_SERVICES_STATISTICS_ITEM_STATISTICS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "services/statistics/constants.h"

namespace candor::statistics {

// All means and deviations are in scale points; unset means undefined for these counts (the comment says when).
struct ItemStatistics {
  int64_t n = 0;  // valid ratings
  int64_t n_not_observed = 0;
  int64_t n_blank = 0;
  std::array<int64_t, kMaxPoints> counts{};  // c_1..c_points, then zeros
  int64_t s1 = 0;                            // sum of ratings
  int64_t s2 = 0;                            // sum of squared ratings

  std::optional<double> observability;  // n / (n + n_not_observed); unset if nobody chose either
  // n >= 1:
  std::optional<double> mean;
  std::optional<double> favourable;  // share of ratings >= favourable_from
  std::optional<Interval> favourable_limits;  // Wilson, 95 %
  std::optional<double> variance_regularised;  // of one rating, drawn towards the prior
  std::optional<double> degrees;               // n - 1 + prior_weight
  std::optional<Interval> confidence;          // of the mean, 95 %, within [1, points]
  // The same about "these invited people, this time"; unset also without an invited count or with a wrong one.
  std::optional<Interval> confidence_of_invited;
  bool more_than_invited = false;  // an invited count was given and n + n_not_observed exceeds it
  // n >= 2:
  std::optional<double> variance;  // with n - 1
  std::optional<double> sd;
  std::optional<double> se;           // sd / sqrt(n)
  std::optional<double> rwg;          // agreement against the uniform null
  std::optional<double> rwg_skew;     // against the skewed null; unset also where the rules have none
  std::optional<double> ad_mean;      // mean absolute deviation from the mean
  std::optional<double> ad_median;    // from the median; with even n the middle of the two

  // Squared standard error that intervals and combinations use: variance_regularised / n. n >= 1.
  double regularised_error() const { return *variance_regularised / static_cast<double>(n); }
};

// `counts` has one entry for each point of the scale. `invited`: how many were invited to the group, if known.
ItemStatistics ComputeItem(std::span<const int64_t> counts, int64_t not_observed, int64_t blank,
                           const ScoringRules& rules, std::optional<int64_t> invited = std::nullopt);

// Wilson's 95 % limits of a share of `successes` in `n` >= 1.
Interval WilsonLimits(int64_t successes, int64_t n);

// Agreement of one item's ratings: max(0, 1 - variance / null_variance).
double Rwg(double variance, double null_variance);
// Agreement of `items` items whose variances have the mean `mean_variance`.
double RwgJ(double mean_variance, double null_variance, int items);

// Variance (n - 1) and mean absolute deviation of ratings given as counts; n >= 2 and n >= 1.
double VarianceOf(std::span<const int64_t> counts);
double MeanDeviationOf(std::span<const int64_t> counts);

// `limits` cut to [1, points].
Interval CutToScale(double centre, double half_width, int points);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_ITEM_STATISTICS_H_
