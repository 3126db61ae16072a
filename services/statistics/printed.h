// The figures of one leader's report, from printed atoms alone.
//
// A report may use nothing but what disclosure control has printed: one figure computed from raw answers would be one
// more equation about the people behind them. So the input here is atoms, and a mean that is printed as a bound ("4.2
// or higher") is carried through as a range. All functions are pure; the same input gives the same bits.
//
// Absent values mean "nothing can be said": too few items, no self-rating, a withheld atom. Nothing here is ever NaN.

#ifndef CANDOR_SERVICES_STATISTICS_PRINTED_H_
#define CANDOR_SERVICES_STATISTICS_PRINTED_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/self_other.h"

namespace candor::statistics {

// One printed cell: one block of raters and one item, or one block and one cell of a planned-missing form, where each
// of the n raters rated all q items of the cell and counts with the mean of the q.
struct PrintedAtom {
  enum class Kind {
    kWithheld,  // nothing is known but that n is small
    kExact,     // the mean is sum / (n * items_per_rater)
    kAtLeast,   // the mean lies in [bound, points]
    kAtMost,    // the mean lies in [1, bound]
    kBetween,   // the mean lies in [bound, upper]: atoms that were joined, some of them bounds
  };
  Kind kind = Kind::kWithheld;
  int64_t n = 0;        // raters behind the figure; 0 when withheld, else >= 1
  int64_t sum = 0;      // kExact: sum of all ratings, reverse-keyed items already turned
  double bound = 0;     // kAtLeast, kAtMost, kBetween: in scale points
  int items_per_rater = 1;  // q; 1 for an atom of one item
  // c_1..c_points where the distribution is printed, else empty. Used with kExact and items_per_rater 1 only.
  std::vector<int64_t> counts;
  double upper = 0;  // kBetween: the other end, in scale points
};

// The figure on one item of several disjoint sets of raters together, from what is printed of each; those that are
// withheld are in no part of it. Ratings weigh equally. Exact where all that enter are, with a distribution where all have
// one; withheld where none enters. `atoms` are of one item each (items_per_rater 1).
PrintedAtom JoinPrinted(std::span<const PrintedAtom> atoms, const ScoringRules& rules);

// How far a printed score can be trusted.
struct PrintedInterval {
  Interval limits;  // within [1, points]
  // True: the "typical uncertainty for n raters", which depends on n alone because the spread of these answers may
  // not be shown. False: a 95 % confidence interval in which at least one printed spread took part.
  bool typical = false;
};

// A score with the range that it must lie in, and where the range is a point, its uncertainty.
struct PrintedScore {
  Interval mean;  // lo == hi: exactly known
  bool exact() const { return mean.lo == mean.hi; }
  // The variance of the score as an estimate, squared scale points, and its degrees of freedom (infinite for a
  // typical uncertainty). Unset unless exact.
  std::optional<double> variance;
  std::optional<double> degrees;
  std::optional<PrintedInterval> interval;  // set exactly when `variance` is
};

// Prior variance of the mean of `items` items that one person rated, squared scale points.
double PriorOfMean(int items, const ScoringRules& rules);

// One atom's figures. `score` is unset when the atom is withheld.
struct PrintedItem {
  int64_t n = 0;
  std::optional<PrintedScore> score;
  // Only where the distribution is printed:
  std::optional<double> sd;                // standard deviation of the ratings (n - 1), scale points
  std::optional<double> average_deviation;  // mean distance of the ratings from their mean, scale points
  std::optional<double> favourable;        // share of ratings >= favourable_from
  std::optional<Interval> favourable_limits;  // its Wilson 95 % limits
};
PrintedItem ScorePrintedItem(const PrintedAtom& atom, const ScoringRules& rules);

// One block's score on a scale: the mean of its atoms' means, a bounded mean making a range.
struct PrintedScale {
  int items = 0;       // J: items of the scale that this block was asked
  int items_used = 0;  // J_u: of these, with an atom that is not withheld
  int64_t n_least = 0;  // fewest and most raters behind one used atom; 0 when none is used
  int64_t n_most = 0;
  std::optional<PrintedScore> score;  // unset when items_used < RequiredItems(items)
};
// `atoms`: one for each item of the scale (or each cell that holds some of its items). `weights`: how many of the
// scale's items each atom stands for; empty means one each. `correlation`: r between items of one rater, the campaign's
// pooled value where there is one, else rules.prior_correlation.
//
// The variance is J_u^-2 (sum_j s_j^2/n_j + sum_{j != l} r s_j s_l min(n_j, n_l)/(n_j n_l)), an unprinted s_j being
// replaced by s0, and regularised with n = n_least, the cautious choice since the number of raters of a scale is not
// printed. Where no used atom prints its spread, or n_least < 10, the typical uncertainty p0/n_least stands instead.
PrintedScale ScorePrintedScale(std::span<const PrintedAtom> atoms, const ScoringRules& rules, double correlation,
                               std::span<const int> weights = {});

// An atom with its weight in a mean.
struct WeighedAtom {
  const PrintedAtom* atom;
  double weight;
};

// How two weighed means of one block go together: as the printed standard deviations say, s0 standing for one that is not
// printed, and as the prior alone says. An atom with itself counts with correlation 1. `raters`: the fewest of any atom.
struct MeanCovariance {
  double measured = 0, prior = 0;
  int64_t raters = 0;
  bool any_spread = false;
  // Regularised as intervals are: raters - 1 parts of the measured one and prior_weight of the prior.
  double Regularised(const ScoringRules& rules) const;
  double degrees(const ScoringRules& rules) const { return static_cast<double>(raters) - 1 + rules.prior_weight; }
};
// `a` and `b` have at least one atom each, none of them withheld.
MeanCovariance CovarianceOfMeans(std::span<const WeighedAtom> a, std::span<const WeighedAtom> b,
                                 const ScoringRules& rules, double correlation);

// All raters: blocks weigh equally. Only anonymous blocks belong here; the supervisor stands in a column apart.
struct PrintedOthers {
  int blocks = 0;                     // blocks that entered
  std::optional<PrintedScore> score;  // unset when no block entered; exact when every block is
};
// Entries without a score do not enter.
PrintedOthers CombinePrinted(std::span<const std::optional<PrintedScore>> blocks, const ScoringRules& rules);

// Self against all raters. Self is one person's rating, or the mean of several people's, which counts as known exactly: who
// rate themselves are no sample of anybody.
struct PrintedComparison {
  std::optional<double> self;
  int common_items = 0;          // items with both a self-rating and an O
  std::optional<Interval> gap;   // self minus others; lo == hi: exactly known
  // kUndetermined where the range of O leaves more than one answer, kUndefined where a side is missing.
  Category category = Category::kUndefined;
  Quadrant quadrant = Quadrant::kUndefined;
  // The strength line lies within the uncertainty of O (its interval, or its range where it is not exact).
  bool close_to_line = false;
};
PrintedComparison ComparePrintedItem(std::optional<double> self, const PrintedOthers& others, const ScoringRules& rules);

// For a scale: `self[j]` and `item_others[j]` belong to its j-th item; `scale_others` is CombinePrinted of the blocks'
// scale scores. The self score is the mean of the self-rated items if they are RequiredItems or more; the gap is the
// mean of self - O over the common items, with the same minimum, and is set only if the scale has an O too.
PrintedComparison ComparePrintedScale(std::span<const std::optional<double>> self,
                                      std::span<const PrintedOthers> item_others, const PrintedOthers& scale_others,
                                      const ScoringRules& rules);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PRINTED_H_
