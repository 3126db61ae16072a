#include "services/statistics/focus.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {

namespace {

// The quadrature is the trapezoid rule on [-8, 8] of the standard normal density, its ends halved and its weights
// summing to 1. The finest rule has 801 nodes, 0.02 apart.
constexpr double kFirstNode = -8.0;

// Least share of a unit's variance that stays when the halo is taken out.
constexpr double kLeastVarianceShare = 0.05;

struct Quadrature {
  explicit Quadrature(int nodes) : step(-2 * kFirstNode / (nodes - 1)), z(nodes), weights(nodes) {
    double total = 0;
    for (int i = 0; i < nodes; ++i) {
      z[i] = kFirstNode + i * step;
      weights[i] = std::exp(-0.5 * z[i] * z[i]) * (i == 0 || i == nodes - 1 ? 0.5 : 1);
      total += weights[i];
    }
    for (double& weight : weights) weight /= total;
  }
  double step;
  std::vector<double> z, weights;
};

// The coarsest rule that integrates functions which vary over `width` standard deviations as well as the finest one.
// Against a Gaussian of that width the trapezoid rule errs by exp(-2 (pi width / step)^2); the products of many such
// functions vary over shorter distances, which a step of a fifth of the width allows for.
const Quadrature& QuadratureFor(double width) {
  static const std::array<Quadrature, 5> kRules = {Quadrature(81), Quadrature(161), Quadrature(201), Quadrature(401),
                                                   Quadrature(801)};
  for (const Quadrature& rule : kRules) {
    if (rule.step <= 0.2 * width) return rule;
  }
  return kRules.back();
}

// The normal distribution function by cubic interpolation between nodes 1/128 apart, with the exact slopes: within
// 1e-11. A leader of 40 items asks for it two hundred thousand times.
class NormalTable {
 public:
  NormalTable() {
    for (int i = 0; i < kNodes; ++i) {
      const double x = -kEnd + i * kStep;
      nodes_[i] = {NormalCdf(x), std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI) * kStep};
    }
  }
  double operator()(double x) const {
    if (x <= -kEnd) return 0;
    if (x >= kEnd) return 1;
    const double position = (x + kEnd) / kStep;
    const int i = std::min(static_cast<int>(position), kNodes - 2);
    const double f = position - i;
    const Node &a = nodes_[i], &b = nodes_[i + 1];
    const double rise = b.value - a.value;
    return a.value + f * (a.slope + f * ((3 * rise - 2 * a.slope - b.slope) + f * (a.slope + b.slope - 2 * rise)));
  }

 private:
  static constexpr double kEnd = 8.5;
  static constexpr double kStep = 1.0 / 128;
  static constexpr int kNodes = 2 * 1088 + 1;
  struct Node {
    double value, slope;  // the slope is per step
  };
  std::array<Node, kNodes> nodes_;
};

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

std::vector<std::vector<double>> ProbabilitiesOfTop(std::span<const double> needs, std::span<const double> sds,
                                                    int most) {
  CANDOR_CHECK(needs.size() == sds.size() && most >= 1);
  static const NormalTable kNormal;
  const size_t units = needs.size();
  std::vector<std::vector<double>> chances(static_cast<size_t>(most), std::vector<double>(units, 1));
  if (units == 0) return chances;
  const double narrowest = *std::min_element(sds.begin(), sds.end());
  std::vector<double> exceed;  // per node: probabilities that exactly 0, 1 .. most - 1 others lie above it
  for (size_t u = 0; u < units; ++u) {
    const Quadrature& rule = QuadratureFor(std::min(1.0, narrowest / sds[u]));
    const size_t nodes = rule.z.size();
    exceed.assign(nodes * most, 0);
    for (size_t i = 0; i < nodes; ++i) exceed[i * most] = 1;
    for (size_t v = 0; v < units; ++v) {
      if (v == u) continue;
      const double start = (needs[v] - needs[u]) / sds[v], slope = sds[u] / sds[v];
      for (size_t i = 0; i < nodes; ++i) {
        const double above = kNormal(start - slope * rule.z[i]);
        double* at = &exceed[i * most];
        for (int k = most - 1; k > 0; --k) at[k] += above * (at[k - 1] - at[k]);
        at[0] -= above * at[0];
      }
    }
    for (int k = 0; k < most && static_cast<size_t>(k) + 1 < units; ++k) {
      double chance = 0;
      for (size_t i = 0; i < nodes; ++i) {
        double few = 0;
        for (int exactly = 0; exactly <= k; ++exactly) few += exceed[i * most + exactly];
        chance += rule.weights[i] * few;
      }
      chances[k][u] = chance;
    }
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
  const std::vector<std::vector<double>> top = ProbabilitiesOfTop(needs, sds, 5);
  std::vector<FocusUnit> focus(needs.size());
  for (int j = 0; j < units; ++j) {
    const auto greater = [&](double need) { return need > needs[j] + kEqualScores; };
    const int rank = 1 + static_cast<int>(std::count_if(needs.begin(), needs.end(), greater));
    focus[j] = {needs[j], sds[j], rank, top[2][j], top[4][j]};
  }
  return focus;
}

}  // namespace candor::statistics
