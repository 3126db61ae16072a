// The figures of one scale (competency, domain, theme, overall) in one group of raters, from its tally.

#ifndef CANDOR_SERVICES_STATISTICS_SCALE_STATISTICS_H_
#define CANDOR_SERVICES_STATISTICS_SCALE_STATISTICS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/tally.h"

namespace candor::statistics {

// What each rater adds to the error of the item means, as products over pairs of items:
//   at(j, l) = sum over raters of e_j e_l,  e_j = (x_j - mean_j) / n_j  (0 where j was not answered)
//            = (P_jl - mean_l A_jl - mean_j A_lj + n_jl mean_j mean_l) / (n_j n_l),
// its numerator being taken over whole numbers, so that nothing cancels. Zero where an item has no rating.
class MeanProducts {
 public:
  // `tally` has kPairSums.
  explicit MeanProducts(const Tally& tally);
  long double at(int j, int l) const { return products_[static_cast<size_t>(j) * items_ + l]; }

 private:
  size_t items_;
  std::vector<long double> products_;
};

struct ScaleStatistics {
  int items = 0;          // J
  int items_used = 0;     // J_u: items with enough ratings
  int64_t n_raters = 0;   // with a valid rating on at least one used item

  // The published score: the mean of the used items' means, each item weighing the same. These are set if
  // items_used >= RequiredItems(items) and there are raters.
  std::optional<double> mean_items;
  std::optional<double> variance_regularised;  // of mean_items, squared scale points
  std::optional<double> degrees;               // n_raters - 1 + prior_weight
  std::optional<Interval> confidence;          // 95 %, within [1, points]
  std::optional<double> se;                    // linearised, the rater being the unit; n_raters >= 2

  // Person scores: the mean of each rater's valid ratings, for raters with RequiredItems(items) of them. Research
  // only: printed beside mean_items they would tell who skipped what.
  int64_t n_persons = 0;
  std::optional<double> mean_persons;  // n_persons >= 1
  std::optional<double> sd_persons;    // n_persons >= 2

  int64_t n_complete = 0;  // raters with a valid rating on every item
  // Agreement over several items (items >= 2). The listwise forms use the complete raters (at least two); the others
  // all ratings of the items that have two or more, if those are max(2, RequiredItems(items)). The skewed ones need
  // a skewed null.
  std::optional<double> rwgj_listwise, rwgj_skew_listwise, adj_listwise;
  std::optional<double> rwgj, rwgj_skew, adj;
};

// `tally` has kScaleSums, kPairSums and kPatterns; `products` was made from it. An item is used if it has at least
// max(1, threshold) valid ratings.
ScaleStatistics ComputeScale(const Tally& tally, const MeanProducts& products, int scale, int64_t threshold,
                             const ScoringRules& rules);

// The person scores alone: n_persons, mean_persons, sd_persons, n_complete, items. `tally` has kScaleSums.
ScaleStatistics ComputePersonScores(const Tally& tally, int scale, const ScoringRules& rules);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_SCALE_STATISTICS_H_
