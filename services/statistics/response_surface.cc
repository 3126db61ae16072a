#include "services/statistics/response_surface.h"

#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {

namespace {

constexpr int kTerms = 6;
constexpr int kFeatures = 5;

SurfaceTerm TermOf(double estimate, double variance, double degrees) {
  SurfaceTerm term;
  term.estimate = estimate;
  term.se = std::sqrt(variance);
  // A surface that fits every point has no error to test against.
  if (term.se > 0) {
    term.t = estimate / term.se;
    term.p = StudentTwoSided(term.t, degrees);
  }
  return term;
}

}  // namespace

std::optional<ResponseSurface> FitResponseSurface(std::span<const double> self, std::span<const double> others,
                                                  std::span<const double> outcome, double midpoint) {
  CANDOR_CHECK(self.size() == others.size() && self.size() == outcome.size());
  const Eigen::Index n = static_cast<Eigen::Index>(self.size());
  if (n <= kTerms) return std::nullopt;
  Eigen::MatrixXd design(n, kTerms);
  Eigen::VectorXd z(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double s = self[i] - midpoint, o = others[i] - midpoint;
    design.row(i) << 1, s, o, s * s, s * o, o * o;
    z(i) = outcome[i];
  }
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> factors(design);
  if (factors.rank() < kTerms) return std::nullopt;
  const Eigen::VectorXd b = factors.solve(z);

  ResponseSurface surface;
  surface.n = n;
  surface.degrees = n - kTerms;
  const double degrees = static_cast<double>(surface.degrees);
  const double residual = (z - design * b).squaredNorm();
  const double total = (z.array() - z.mean()).matrix().squaredNorm();
  surface.sigma = std::sqrt(residual / degrees);
  surface.r_squared = total > 0 ? 1 - residual / total : 0;

  // (X'X)^-1 = P R^-1 R^-T P' of the factorisation, which keeps the digits that X'X itself would lose.
  const Eigen::MatrixXd r = factors.matrixR().topLeftCorner(kTerms, kTerms).triangularView<Eigen::Upper>();
  const Eigen::MatrixXd r_inverse =
      r.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(kTerms, kTerms));
  const Eigen::MatrixXd permuted = factors.colsPermutation() * r_inverse;
  const Eigen::MatrixXd covariance = residual / degrees * permuted * permuted.transpose();

  Eigen::Matrix<double, kFeatures, kTerms> lines;
  lines << 0, 1, 1, 0, 0, 0,   //
      0, 0, 0, 1, 1, 1,        //
      0, 1, -1, 0, 0, 0,       //
      0, 0, 0, 1, -1, 1,       //
      0, 0, 0, 1, 0, -1;
  for (int i = 0; i < kTerms; ++i) surface.coefficients[i] = TermOf(b(i), covariance(i, i), degrees);
  for (int i = 0; i < kFeatures; ++i) {
    const double variance = (lines.row(i) * covariance * lines.row(i).transpose()).value();
    surface.features[i] = TermOf(lines.row(i).dot(b), variance, degrees);
  }
  return surface;
}

}  // namespace candor::statistics
