// Focus areas from people's ratings: the covariance that ranking needs.

#ifndef CANDOR_SERVICES_STATISTICS_FOCUS_H_
#define CANDOR_SERVICES_STATISTICS_FOCUS_H_

#include <span>

#include "services/statistics/constants.h"
#include "services/statistics/ranking.h"
#include "services/statistics/scale_statistics.h"
#include "services/statistics/tally.h"

namespace candor::statistics {

// Adds to `covariance` the regularised covariance of one group's item means, each weighed by its share in O: the
// `shares` entry of an item that the group does not enter is zero. An item with a share has valid ratings. `tally` has
// kPairSums and kPatterns; `products` was made from it.
void AddGroupCovariance(const Tally& tally, const MeanProducts& products, std::span<const double> shares,
                        const ScoringRules& rules, CovarianceMatrix& covariance);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_FOCUS_H_
