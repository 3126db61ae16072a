// The constants of a campaign's scoring, fixed when it opens and stored with its results.

#ifndef CANDOR_SERVICES_STATISTICS_CONSTANTS_H_
#define CANDOR_SERVICES_STATISTICS_CONSTANTS_H_

#include <cstdint>
#include <optional>
#include <span>

namespace candor::statistics {

// Bounds of a rating scale 1..K.
inline constexpr int kMinPoints = 2;
inline constexpr int kMaxPoints = 10;

// The smallest minimum group size that any campaign may choose.
inline constexpr int64_t kLowestMinimumGroup = 3;

// The .975 quantile of the standard normal distribution: all intervals are at 95 %.
inline constexpr double kNormalQuantile = 1.959963984540054;
inline constexpr double kUpperLevel = 0.975;

// Two scores nearer than this count as equal wherever a category is decided.
inline constexpr double kEqualScores = 1e-9;

struct ScoringRules {
  int points = 5;                // K: ratings are 1..K
  int favourable_from = 4;       // the lowest favourable rating
  int64_t min_n = 5;             // raters that a group, and an item of a group, needs
  int64_t pool_min_n = 5;        // raters that the pool of the small groups, and an item of the pool, needs
  double min_fraction = 0.5;     // share of a scale's items needed, rounded up
  double prior_weight = 2;       // nu0: how many observations the prior variance is worth
  double prior_variance = 1.34;  // s0 squared: variance of one rating before any is seen, in squared scale points
  double prior_correlation = 0.5;  // r0: correlation of two items rated by one person
  double target = 4.0;           // what a focus area is measured against
  double strength_cut = 3.5;     // from here on a score is a strength
  double gap_delta = 0.5;        // self and others this near are in agreement, scale points
  // Variance of the slightly skewed null distribution of agreement; unset: no such null for this scale.
  std::optional<double> skew_null_variance;
};

// Variance of a rating drawn uniformly from 1..points.
constexpr double UniformVariance(int points) { return (points * points - 1) / 12.0; }

// Prior variance of one rating on 1..points: 0.67 of the uniform one.
constexpr double PriorVariance(int points) { return 0.67 * (points * points - 1) / 12.0; }

// Variance of a rating k with probability probabilities[k-1].
inline double DistributionVariance(std::span<const double> probabilities) {
  double mean = 0, square = 0;
  for (size_t k = 0; k < probabilities.size(); ++k) {
    const double rating = static_cast<double>(k + 1);
    mean += rating * probabilities[k];
    square += rating * rating * probabilities[k];
  }
  return square - mean * mean;
}

// The defaults for a scale 1..points: top two ratings favourable, prior variance as above; no skewed null unless
// points is 5, where it is the variance of (.05 .15 .20 .35 .25).
inline ScoringRules DefaultRules(int points) {
  ScoringRules rules;
  rules.points = points;
  rules.favourable_from = points > 2 ? points - 1 : points;
  rules.prior_variance = PriorVariance(points);
  if (points == 5) {
    constexpr double kSkewed[] = {.05, .15, .20, .35, .25};
    rules.skew_null_variance = DistributionVariance(kSkewed);
  }
  return rules;
}

// How many of `items` items a scale's score needs: ceil(min_fraction * items).
inline int RequiredItems(int items, const ScoringRules& rules) {
  const double share = rules.min_fraction * items;
  int required = static_cast<int>(share);
  while (required < share - 1e-9) ++required;
  return required;
}

// A whole number that holds n times a sum of squares for any n.
__extension__ typedef __int128 Int128;

// A closed interval of scale points (or of a share).
struct Interval {
  double lo = 0;
  double hi = 0;
  bool operator==(const Interval&) const = default;
};

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_CONSTANTS_H_
