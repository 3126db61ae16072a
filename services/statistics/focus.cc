#include "services/statistics/focus.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {

namespace {

// Normal density at -8, -7.98 .. 8, halved at the ends and summing to 1.
constexpr int kNodes = 801;
constexpr double kFirstNode = -8.0;
constexpr double kNodeStep = 0.02;

// Least share of a unit's variance that stays when the halo is taken out.
constexpr double kLeastVarianceShare = 0.05;

double Node(int i) { return kFirstNode + i * kNodeStep; }

std::vector<double> NodeWeights() {
  std::vector<double> weights(kNodes);
  double total = 0;
  for (int i = 0; i < kNodes; ++i) {
    weights[i] = std::exp(-0.5 * Node(i) * Node(i));
    if (i == 0 || i == kNodes - 1) weights[i] /= 2;
    total += weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

}  // namespace

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

std::vector<double> ProbabilityOfTop(std::span<const double> needs, std::span<const double> sds, int k) {
  CANDOR_CHECK(needs.size() == sds.size() && k >= 1);
  const size_t units = needs.size();
  std::vector<double> chances(units, 1);
  if (static_cast<size_t>(k) >= units) return chances;
  static const std::vector<double> kWeights = NodeWeights();
  std::vector<double> exceed(static_cast<size_t>(k));  // probability that exactly i others lie above the node
  for (size_t u = 0; u < units; ++u) {
    double chance = 0;
    for (int node = 0; node < kNodes; ++node) {
      const double need = needs[u] + sds[u] * Node(node);
      std::fill(exceed.begin(), exceed.end(), 0);
      exceed[0] = 1;
      for (size_t v = 0; v < units; ++v) {
        if (v == u) continue;
        const double above = NormalCdf((needs[v] - need) / sds[v]);
        for (size_t i = exceed.size(); i-- > 1;) exceed[i] = exceed[i] * (1 - above) + exceed[i - 1] * above;
        exceed[0] *= 1 - above;
      }
      double few = 0;
      for (double probability : exceed) few += probability;
      chance += kWeights[node] * few;
    }
    chances[u] = chance;
  }
  return chances;
}

std::vector<FocusUnit> RankNeeds(std::span<const double> needs, const CovarianceMatrix& covariance) {
  const int units = static_cast<int>(needs.size());
  CANDOR_CHECK(covariance.size == units);
  double halo = 0;
  for (int j = 0; j < units; ++j) {
    for (int l = 0; l < units; ++l) {
      if (j != l) halo += covariance.at(j, l);
    }
  }
  if (units > 1) halo /= static_cast<double>(units) * (units - 1);
  std::vector<double> sds(needs.size());
  for (int j = 0; j < units; ++j) {
    const double variance = covariance.at(j, j);
    sds[j] = std::sqrt(std::max(variance - halo, kLeastVarianceShare * variance));
  }
  const std::vector<double> top3 = ProbabilityOfTop(needs, sds, 3);
  const std::vector<double> top5 = ProbabilityOfTop(needs, sds, 5);
  std::vector<FocusUnit> focus(needs.size());
  for (int j = 0; j < units; ++j) {
    const auto greater = [&](double need) { return need > needs[j] + kEqualScores; };
    const int rank = 1 + static_cast<int>(std::count_if(needs.begin(), needs.end(), greater));
    focus[j] = {needs[j], sds[j], rank, top3[j], top5[j]};
  }
  return focus;
}

}  // namespace candor::statistics
