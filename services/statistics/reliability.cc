#include "services/statistics/reliability.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {
namespace {

// Sums of squares below this for each rating are rounding: the ratings do not differ.
constexpr double kNothing = 1e-12;

std::optional<double> Ratio(double numerator, double denominator) {
  const double ratio = numerator / denominator;
  return std::isfinite(ratio) ? std::optional<double>(ratio) : std::nullopt;
}

double Variance(int64_t n, int64_t sum, int64_t square) {
  const Int128 numerator = static_cast<Int128>(n) * square - static_cast<Int128>(sum) * sum;
  return static_cast<double>(numerator) / (static_cast<double>(n) * static_cast<double>(n - 1));
}

double AlphaOf(double items, double variances, double of_sum) { return items / (items - 1) * (1 - variances / of_sum); }

// Listwise: variances of the items and of their sum, over the forms that are complete on the scale.
std::optional<double> ListwiseAlpha(const Tally& tally, int scale, int items) {
  const PersonSums complete = tally.persons(scale, items);
  if (complete.n < 2) return std::nullopt;
  double variances = 0;
  for (int position = 0; position < items; ++position) {
    int64_t sum = 0, square = 0;
    const auto counts = tally.complete_counts(scale, position);
    for (size_t k = 0; k < counts.size(); ++k) {
      const int64_t mark = static_cast<int64_t>(k) + 1;
      sum += mark * counts[k];
      square += mark * mark * counts[k];
    }
    variances += Variance(complete.n, sum, square);
  }
  const double of_sum = Variance(complete.n, complete.sum, complete.square);
  return of_sum > 0 ? Ratio(AlphaOf(items, variances, of_sum), 1) : std::nullopt;
}

// Covariances over the forms that rated both items; unset where some pair has fewer than two.
std::optional<Eigen::MatrixXd> PairwiseCovariances(const Tally& tally, const std::vector<int>& items) {
  const auto size = static_cast<Eigen::Index>(items.size());
  Eigen::MatrixXd covariances(size, size);
  for (Eigen::Index a = 0; a < size; ++a) {
    for (Eigen::Index b = a; b < size; ++b) {
      const int j = items[static_cast<size_t>(a)], l = items[static_cast<size_t>(b)];
      const int64_t n = tally.pair_count(j, l);
      if (n < 2) return std::nullopt;
      const Int128 numerator = static_cast<Int128>(n) * tally.pair_product(j, l) -
                               static_cast<Int128>(tally.pair_sum(j, l)) * tally.pair_sum(l, j);
      covariances(a, b) = covariances(b, a) =
          static_cast<double>(numerator) / (static_cast<double>(n) * static_cast<double>(n - 1));
    }
  }
  return covariances;
}

void FillPairwise(const Eigen::MatrixXd& covariances, int64_t forms, Reliability& figures) {
  const double items = figures.items, all = covariances.sum(), variances = covariances.trace();
  if (all <= 0) return;
  const double alpha = AlphaOf(items, variances, all);
  figures.alpha_pairwise = alpha;
  const double off_squares = covariances.squaredNorm() - covariances.diagonal().squaredNorm();
  figures.lambda2 = (all - variances + std::sqrt(items / (items - 1) * off_squares)) / all;
  if (covariances.diagonal().minCoeff() <= 0) return;
  const Eigen::VectorXd scale = covariances.diagonal().cwiseSqrt().cwiseInverse();
  const double correlations = (scale.asDiagonal() * covariances * scale.asDiagonal()).sum();
  const double mean = (correlations - items) / (items * (items - 1));
  figures.mean_correlation = mean;
  figures.alpha_standardised = items * mean / (1 + (items - 1) * mean);
  if (figures.items < 3) return;
  const Eigen::MatrixXd squared = covariances * covariances;
  const double q = 2 * items * items / ((items - 1) * (items - 1) * all * all * all) *
                   (all * (squared.trace() + variances * variances) - 2 * variances * squared.sum());
  const double n = static_cast<double>(forms);
  figures.alpha_se = std::sqrt(q / n);
  const double between = n - 1, within = between * (items - 1);
  figures.alpha_limits = Interval{1 - (1 - alpha) * FisherQuantile(kUpperLevel, between, within),
                                  1 - (1 - alpha) * FisherQuantile(1 - kUpperLevel, between, within)};
}

}  // namespace

ClassMoments ItemMoments(const Tally& tally, int item) {
  ClassMoments moments;
  const auto counts = tally.counts(item);
  int64_t sum = 0, square = 0;
  for (size_t k = 0; k < counts.size(); ++k) {
    const int64_t mark = static_cast<int64_t>(k) + 1;
    moments.n += counts[k];
    sum += mark * counts[k];
    square += mark * mark * counts[k];
  }
  if (moments.n == 0) return moments;
  const double n = static_cast<double>(moments.n);
  moments.mean = static_cast<double>(sum) / n;
  moments.within =
      static_cast<double>(static_cast<Int128>(moments.n) * square - static_cast<Int128>(sum) * sum) / n;
  return moments;
}

ClassMoments PersonMoments(const ScaleStatistics& scale) {
  ClassMoments moments;
  moments.n = scale.n_persons;
  moments.mean = scale.mean_persons.value_or(0);
  const double sd = scale.sd_persons.value_or(0);
  moments.within = sd * sd * static_cast<double>(std::max<int64_t>(0, moments.n - 1));
  return moments;
}

void AnovaSums::Add(const ClassMoments& leader) {
  if (leader.n == 0) return;
  const double n = static_cast<double>(leader.n), distance = leader.mean - mean_;
  ++leaders_;
  n_ += leader.n;
  squared_sizes_ += n * n;
  within_ += leader.within;
  mean_ += distance * n / static_cast<double>(n_);
  between_ += n * distance * (leader.mean - mean_);
}

Anova AnovaSums::Analyse() const {
  Anova figures;
  figures.n = n_;
  figures.leaders = leaders_;
  if (leaders_ < 2 || n_ <= leaders_) return figures;
  const double n = static_cast<double>(n_), classes = static_cast<double>(leaders_);
  const double ssb = between_ < kNothing * n ? 0 : between_, ssw = within_ < kNothing * n ? 0 : within_;
  const double msb = ssb / (classes - 1), msw = ssw / (n - classes);
  const double k_mean = n / classes, k0 = (n - squared_sizes_ / n) / (classes - 1);
  figures.between = msb;
  figures.within = msw;
  figures.icc1 = Ratio(msb - msw, msb + (k_mean - 1) * msw);
  figures.icc2 = Ratio(msb - msw, msb);
  figures.k_mean = k_mean;
  figures.k0 = k0;
  figures.icc1_k0 = Ratio(msb - msw, msb + (k0 - 1) * msw);
  figures.tau2 = (msb - msw) / k0;
  return figures;
}

Anova AnalyseVariance(const std::vector<ClassMoments>& leaders) {
  AnovaSums sums;
  for (const ClassMoments& leader : leaders) sums.Add(leader);
  return sums.Analyse();
}

Reliability ComputeReliability(const Tally& tally, int scale) {
  const std::vector<int>& items = tally.layout().scales[static_cast<size_t>(scale)];
  Reliability figures;
  figures.items = static_cast<int>(items.size());
  if (figures.items == 0) return figures;
  figures.n_complete = tally.persons(scale, figures.items).n;
  if (figures.items < 2) return figures;
  figures.alpha_listwise = ListwiseAlpha(tally, scale, figures.items);
  const std::optional<Eigen::MatrixXd> covariances = PairwiseCovariances(tally, items);
  if (covariances.has_value()) FillPairwise(*covariances, tally.forms(), figures);
  return figures;
}

void AlphaOfMeans::Add(std::span<const double> means) {
  CANDOR_CHECK(means.size() == means_.size());
  const double leaders = static_cast<double>(++leaders_);
  double sum = 0;
  for (size_t item = 0; item < means.size(); ++item) {
    const double distance = means[item] - means_[item];
    means_[item] += distance / leaders;
    item_squares_ += distance * (means[item] - means_[item]);
    sum += means[item];
  }
  const double distance = sum - mean_of_sums_;
  mean_of_sums_ += distance / leaders;
  squares_of_sums_ += distance * (sum - mean_of_sums_);
}

std::optional<double> AlphaOfMeans::Alpha() const {
  if (leaders_ < 3 || means_.size() < 2) return std::nullopt;
  // The divisor n - 1 of all variances cancels.
  if (squares_of_sums_ <= kNothing * static_cast<double>(leaders_)) return std::nullopt;
  return AlphaOf(static_cast<double>(means_.size()), item_squares_, squares_of_sums_);
}

std::optional<ShrunkMeans> ShrinkMeans(const std::vector<ClassMoments>& leaders, const Anova& anova) {
  if (!anova.within.has_value() || *anova.within <= 0) return std::nullopt;
  ShrunkMeans shrunk;
  shrunk.tau2 = std::max(0.0, *anova.tau2);
  shrunk.sigma2 = *anova.within;
  double weights = 0, sum = 0;
  for (const ClassMoments& leader : leaders) {
    if (leader.n == 0) continue;
    const double weight = 1 / (shrunk.tau2 + shrunk.sigma2 / static_cast<double>(leader.n));
    weights += weight;
    sum += weight * leader.mean;
  }
  shrunk.mu = sum / weights;
  for (const ClassMoments& leader : leaders) {
    std::optional<ShrunkMean>& mean = shrunk.leaders.emplace_back();
    if (leader.n == 0) continue;
    const double error = shrunk.sigma2 / static_cast<double>(leader.n), lambda = shrunk.tau2 / (shrunk.tau2 + error);
    mean = {lambda, shrunk.mu + lambda * (leader.mean - shrunk.mu),
            std::sqrt(lambda * error + (1 - lambda) * (1 - lambda) / weights)};
  }
  return shrunk;
}

}  // namespace candor::statistics
