#include "services/statistics/focus.h"

#include <cstddef>
#include <vector>

namespace candor::statistics {

void AddGroupCovariance(const Tally& tally, const MeanProducts& products, std::span<const double> shares,
                        const ScoringRules& rules, CovarianceMatrix& covariance) {
  std::vector<int> used;
  std::vector<double> n(shares.size());
  for (size_t j = 0; j < shares.size(); ++j) {
    if (!(shares[j] > 0)) continue;
    used.push_back(static_cast<int>(j));
    n[j] = static_cast<double>(tally.valid(static_cast<int>(j)));
  }
  if (used.empty()) return;
  const double raters = static_cast<double>(tally.RatersOf(used));
  const double degrees = raters - 1 + rules.prior_weight;
  for (int j : used) {
    for (int l : used) {
      const double raw = raters > 1 ? raters / (raters - 1) * static_cast<double>(products.at(j, l)) : 0;
      const double prior = j == l ? rules.prior_variance / n[j]
                                  : rules.prior_variance * rules.prior_correlation *
                                        static_cast<double>(tally.pair_count(j, l)) / (n[j] * n[l]);
      covariance.at(j, l) += shares[j] * shares[l] * ((raters - 1) * raw + rules.prior_weight * prior) / degrees;
    }
  }
}

}  // namespace candor::statistics
