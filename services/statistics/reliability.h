// Reliability of one group's ratings over many leaders: internal consistency of a scale, agreement of raters on one
// leader, and means shrunk towards the district's. Research and district figures, never on one leader's report; each has
// a least number of leaders to be shown (scoring 5 and 7). What is not defined is unset.

#ifndef CANDOR_SERVICES_STATISTICS_RELIABILITY_H_
#define CANDOR_SERVICES_STATISTICS_RELIABILITY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/scale_statistics.h"
#include "services/statistics/tally.h"

namespace candor::statistics {

// The ratings, or person scores, of one leader.
struct ClassMoments {
  int64_t n = 0;      // a class of none counts for nothing
  double mean = 0;
  double within = 0;  // sum of squares about the mean
};
// Of one item in one leader's tally, and of the person scores of one scale.
ClassMoments ItemMoments(const Tally& tally, int item);
ClassMoments PersonMoments(const ScaleStatistics& scale);

// One-way analysis of variance with leaders as classes, those of a single rating kept. What is optional is set where
// there are two classes or more, and more ratings than classes.
struct Anova {
  int64_t n = 0, leaders = 0;
  std::optional<double> between, within;  // mean squares MSB, MSW
  // (MSB - MSW) / (MSB + (k - 1) MSW) with k the mean size of the classes, and with k0, which is unbiased where sizes
  // differ. Below zero: no reliable difference. Unset where both mean squares are 0.
  std::optional<double> icc1, icc1_k0;
  std::optional<double> icc2;             // (MSB - MSW) / MSB; unset where MSB is 0
  std::optional<double> k_mean, k0;
  std::optional<double> tau2;             // (MSB - MSW) / k0, also below zero
};
Anova AnalyseVariance(const std::vector<ClassMoments>& leaders);

// The same for leaders that come one by one and need not be kept. The order in which they come may change the last
// bits: add them in the order of their ids.
class AnovaSums {
 public:
  void Add(const ClassMoments& leader);
  Anova Analyse() const;

 private:
  int64_t n_ = 0, leaders_ = 0;
  double squared_sizes_ = 0;
  double mean_ = 0;     // of all ratings so far
  double between_ = 0;  // sum of squares of the leaders' means about it, each as often as it has ratings
  double within_ = 0;
};

// Internal consistency of one scale in one group, over all its forms. All but the counts unset for scales of one item.
struct Reliability {
  int items = 0;
  int64_t n_complete = 0;                  // forms with a valid rating on every item
  std::optional<double> alpha_listwise;    // over these
  // Over every pair of items by the forms that rated both. Show from 30 forms a pair, and up to 1: the matrix of such
  // covariances need not be one of any forms.
  std::optional<double> alpha_pairwise;
  std::optional<double> alpha_standardised, mean_correlation;  // where every item varies
  std::optional<double> lambda2;                               // Guttman's
  // Of alpha_pairwise, with as many raters as forms; scales of three items or more. The standard error of Duhachek and
  // Iacobucci (2004), and Feldt's limits.
  std::optional<double> alpha_se;
  std::optional<Interval> alpha_limits;
};
// `tally` has kScaleSums and kPairSums.
Reliability ComputeReliability(const Tally& tally, int scale);

// Alpha of a scale over leaders: of the means of its items. It speaks of telling leaders apart. The order of the leaders
// as in AnovaSums.
class AlphaOfMeans {
 public:
  explicit AlphaOfMeans(size_t items) : means_(items, 0) {}

  // `means`: of a leader whose every item has ratings, one for each item. The others are left out.
  void Add(std::span<const double> means);
  // Unset for fewer than three leaders or two items, or where the sums of the leaders' means do not differ.
  std::optional<double> Alpha() const;

 private:
  int64_t leaders_ = 0;
  std::vector<double> means_;   // of each item, over the leaders so far
  double mean_of_sums_ = 0;
  double item_squares_ = 0;     // of the items about their means, all together
  double squares_of_sums_ = 0;
};

// A leader's mean, shrunk towards the district's by how little it is known.
struct ShrunkMean {
  double lambda = 0;    // the leader's own reliability: tau2 / (tau2 + sigma2 / n)
  double estimate = 0;  // mu + lambda (mean - mu)
  double se = 0;
};
struct ShrunkMeans {
  double mu = 0;
  double tau2 = 0;    // never below 0; at 0 all estimates are mu: no reliable differences
  double sigma2 = 0;  // MSW
  std::vector<std::optional<ShrunkMean>> leaders;  // one for each given; unset where there are no ratings
};
// Empirical Bayes. Unset where MSW is unset or 0.
std::optional<ShrunkMeans> ShrinkMeans(const std::vector<ClassMoments>& leaders, const Anova& anova);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_RELIABILITY_H_
