// Which of several needs are the greatest, and how sure that is (scoring: "Focus areas").

#ifndef CANDOR_SERVICES_STATISTICS_RANKING_H_
#define CANDOR_SERVICES_STATISTICS_RANKING_H_

#include <cstddef>
#include <span>
#include <vector>

namespace candor::statistics {

struct FocusUnit {
  double need = 0;  // target minus O, scale points
  double sd = 0;    // of the need, without what all units share (the raters' halo)
  int rank = 0;     // 1: greatest need; equal needs share a rank
  double top3 = 0;  // probability of being among the three greatest needs
  double top5 = 0;
};

// A square matrix, row after row.
struct CovarianceMatrix {
  explicit CovarianceMatrix(int size) : size(size), values(static_cast<size_t>(size) * size, 0) {}
  double& at(int j, int l) { return values[static_cast<size_t>(j) * size + l]; }
  double at(int j, int l) const { return values[static_cast<size_t>(j) * size + l]; }
  int size;
  std::vector<double> values;
};

// One unit for each need. `covariance` is that of the needs; its mean off-diagonal element, which all units share and
// which cannot change their order, is taken out of the variances.
std::vector<FocusUnit> RankNeeds(std::span<const double> needs, const CovarianceMatrix& covariance);

// Probability of each unit to be among the `k` greatest of independent normal needs, for k = 1..most; by a fixed
// quadrature, so the same input gives the same bits. Every sd is positive. Entry [k - 1][u] is unit u's.
std::vector<std::vector<double>> ProbabilitiesOfTop(std::span<const double> needs, std::span<const double> sds,
                                                    int most);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_RANKING_H_
