#include "services/statistics/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/constants.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {

namespace {

// Least share of a unit's variance that stays when the halo is taken out.
constexpr double kLeastVarianceShare = 0.05;

// The quadrature is the trapezoid rule on one grid of needs that all units share. Its step is this share of the
// smallest standard deviation: against a Gaussian of that width the rule errs by exp(-2 (pi / share)^2), and the
// products of many such functions, which vary over shorter distances, are still far below 1e-12.
constexpr double kStepShare = 0.2;
// The grid covers every unit's need and this many of its standard deviations on either side.
constexpr double kReach = 8.0;

// The normal distribution function by cubic interpolation between nodes 1/128 apart, with the exact slopes: within
// 1e-11.
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

std::vector<std::vector<double>> ProbabilitiesOfTop(std::span<const double> needs, std::span<const double> sds,
                                                    int most) {
  CANDOR_CHECK(needs.size() == sds.size() && most >= 1);
  static const NormalTable kNormal;
  const size_t units = needs.size(), terms = static_cast<size_t>(most);
  std::vector<std::vector<double>> chances(terms, std::vector<double>(units, 0));
  if (units == 0) return chances;
  double first = needs[0], last = needs[0];
  for (size_t u = 0; u < units; ++u) {
    first = std::min(first, needs[u] - kReach * sds[u]);
    last = std::max(last, needs[u] + kReach * sds[u]);
  }
  const double step = kStepShare * *std::min_element(sds.begin(), sds.end());
  const int nodes = 1 + static_cast<int>(std::ceil((last - first) / step));

  std::vector<double> weight_sums(units, 0), above(units);
  // before[u], after[u]: probabilities that exactly 0, 1 .. most - 1 of the units before u, or from u on, lie above
  // the node. Joined, they leave out one unit without the division that would lose its digits.
  std::vector<double> before((units + 1) * terms), after((units + 1) * terms);
  const auto extend = [&](const double* from, double* to, double p) {
    for (size_t i = terms; i-- > 1;) to[i] = from[i] + p * (from[i - 1] - from[i]);
    to[0] = from[0] - p * from[0];
  };
  for (int node = 0; node < nodes; ++node) {
    const double need = first + node * step;
    for (size_t v = 0; v < units; ++v) above[v] = kNormal((needs[v] - need) / sds[v]);
    std::fill_n(before.begin(), terms, 0);
    std::fill_n(after.begin() + static_cast<ptrdiff_t>(units * terms), terms, 0);
    before[0] = after[units * terms] = 1;
    for (size_t v = 0; v < units; ++v) extend(&before[v * terms], &before[(v + 1) * terms], above[v]);
    for (size_t v = units; v-- > 0;) extend(&after[(v + 1) * terms], &after[v * terms], above[v]);
    for (size_t u = 0; u < units; ++u) {
      const double z = (need - needs[u]) / sds[u];
      if (std::fabs(z) > kReach) continue;
      const double weight = std::exp(-0.5 * z * z);
      weight_sums[u] += weight;
      double at_most = 0;
      for (size_t k = 0; k < terms; ++k) {
        for (size_t i = 0; i <= k; ++i) at_most += before[u * terms + i] * after[(u + 1) * terms + k - i];
        chances[k][u] += weight * at_most;
      }
    }
  }
  for (size_t k = 0; k < terms; ++k) {
    for (size_t u = 0; u < units; ++u) chances[k][u] = k + 1 < units ? chances[k][u] / weight_sums[u] : 1;
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
