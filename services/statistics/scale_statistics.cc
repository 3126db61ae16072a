#include "services/statistics/scale_statistics.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"
#include "services/statistics/distributions.h"
#include "services/statistics/item_statistics.h"

namespace candor::statistics {

namespace {

struct Agreement {
  std::optional<double> rwgj, rwgj_skew, adj;
};

Agreement AgreementOf(double variance_sum, double deviation_sum, int items, const ScoringRules& rules) {
  const double mean_variance = variance_sum / items;
  Agreement agreement;
  agreement.rwgj = RwgJ(mean_variance, UniformVariance(rules.points), items);
  if (rules.skew_null_variance.has_value()) agreement.rwgj_skew = RwgJ(mean_variance, *rules.skew_null_variance, items);
  agreement.adj = deviation_sum / items;
  return agreement;
}

void FillAgreement(const Tally& tally, int scale, const ScoringRules& rules, ScaleStatistics& figures) {
  if (figures.items < 2) return;
  const std::vector<int>& items = tally.layout().scales[scale];
  double variances = 0, deviations = 0;
  if (figures.n_complete > 1) {
    for (int position = 0; position < figures.items; ++position) {
      const std::span<const int64_t> counts = tally.complete_counts(scale, position);
      variances += VarianceOf(counts);
      deviations += MeanDeviationOf(counts);
    }
    const Agreement agreement = AgreementOf(variances, deviations, figures.items, rules);
    figures.rwgj_listwise = agreement.rwgj;
    figures.rwgj_skew_listwise = agreement.rwgj_skew;
    figures.adj_listwise = agreement.adj;
  }
  variances = deviations = 0;
  int with_variance = 0;
  for (int item : items) {
    if (tally.valid(item) < 2) continue;
    ++with_variance;
    variances += VarianceOf(tally.counts(item));
    deviations += MeanDeviationOf(tally.counts(item));
  }
  if (with_variance < std::max(2, RequiredItems(figures.items, rules))) return;
  const Agreement agreement = AgreementOf(variances, deviations, with_variance, rules);
  figures.rwgj = agreement.rwgj;
  figures.rwgj_skew = agreement.rwgj_skew;
  figures.adj = agreement.adj;
}

// How many raters answered at least one of `used`, the items of `scale` in use.
int64_t RatersOfScale(const Tally& tally, int scale, std::span<const int> used) {
  bool all_answered_are_used = true;
  for (int item : tally.layout().scales[scale]) {
    if (tally.valid(item) > 0 && std::find(used.begin(), used.end(), item) == used.end()) {
      all_answered_are_used = false;
      break;
    }
  }
  if (!all_answered_are_used) return tally.RatersOf(used);
  int64_t raters = 0;
  const int items = static_cast<int>(tally.layout().scales[scale].size());
  for (int m = 1; m <= items; ++m) raters += tally.persons(scale, m).n;
  return raters;
}

}  // namespace

MeanProducts::MeanProducts(const Tally& tally)
    : items_(static_cast<size_t>(tally.layout().items)), products_(items_ * items_, 0) {
  CANDOR_CHECK(tally.has(Tally::kPairSums));
  std::vector<int64_t> n(items_), sum(items_);
  for (size_t j = 0; j < items_; ++j) {
    n[j] = tally.valid(static_cast<int>(j));
    sum[j] = tally.sum(static_cast<int>(j));
  }
  for (size_t j = 0; j < items_; ++j) {
    if (n[j] == 0) continue;
    for (size_t l = j; l < items_; ++l) {
      if (n[l] == 0) continue;
      const int a = static_cast<int>(j), b = static_cast<int>(l);
      const Int128 nj = n[j], nl = n[l];
      const Int128 numerator = nj * nl * tally.pair_product(a, b) - nj * sum[l] * tally.pair_sum(a, b) -
                               nl * sum[j] * tally.pair_sum(b, a) +
                               static_cast<Int128>(tally.pair_count(a, b)) * sum[j] * sum[l];
      const long double square = static_cast<long double>(n[j]) * static_cast<long double>(n[l]);
      products_[j * items_ + l] = products_[l * items_ + j] = static_cast<long double>(numerator) / (square * square);
    }
  }
}

ScaleStatistics ComputePersonScores(const Tally& tally, int scale, const ScoringRules& rules) {
  ScaleStatistics figures;
  figures.items = static_cast<int>(tally.layout().scales[scale].size());
  if (figures.items == 0) return figures;
  const int required = std::max(1, RequiredItems(figures.items, rules));
  figures.n_complete = tally.persons(scale, figures.items).n;
  double sum = 0;
  for (int m = required; m <= figures.items; ++m) {
    const PersonSums persons = tally.persons(scale, m);
    figures.n_persons += persons.n;
    sum += static_cast<double>(persons.sum) / m;
  }
  if (figures.n_persons == 0) return figures;
  const double n = static_cast<double>(figures.n_persons);
  figures.mean_persons = sum / n;
  if (figures.n_persons < 2) return figures;
  // Within each m exactly over whole numbers, then between the m: sums of squares of all would cancel where persons
  // are nearly of one mind.
  double squares = 0;
  for (int m = required; m <= figures.items; ++m) {
    const PersonSums persons = tally.persons(scale, m);
    if (persons.n == 0) continue;
    const Int128 numerator =
        static_cast<Int128>(persons.n) * persons.square - static_cast<Int128>(persons.sum) * persons.sum;
    const double count = static_cast<double>(persons.n);
    const double distance = static_cast<double>(persons.sum) / (count * m) - *figures.mean_persons;
    squares += static_cast<double>(numerator) / (count * m * m) + count * distance * distance;
  }
  figures.sd_persons = std::sqrt(squares / (n - 1));
  return figures;
}

ScaleStatistics ComputeScale(const Tally& tally, const MeanProducts& products, int scale, int64_t threshold,
                             const ScoringRules& rules) {
  ScaleStatistics figures = ComputePersonScores(tally, scale, rules);
  FillAgreement(tally, scale, rules, figures);

  std::vector<int> used;
  double mean_sum = 0;
  for (int item : tally.layout().scales[scale]) {
    const int64_t n = tally.valid(item);
    if (n < std::max<int64_t>(1, threshold)) continue;
    used.push_back(item);
    mean_sum += static_cast<double>(tally.sum(item)) / static_cast<double>(n);
  }
  figures.items_used = static_cast<int>(used.size());
  if (used.empty()) return figures;
  figures.n_raters = RatersOfScale(tally, scale, used);
  if (figures.items_used < RequiredItems(figures.items, rules)) return figures;

  figures.mean_items = mean_sum / figures.items_used;
  const double n = static_cast<double>(figures.n_raters);
  double squared_error = 0;
  if (figures.n_raters > 1) {
    long double sum = 0;
    for (size_t a = 0; a < used.size(); ++a) {
      sum += products.at(used[a], used[a]);
      for (size_t b = a + 1; b < used.size(); ++b) sum += 2 * products.at(used[a], used[b]);
    }
    // The sum is one of squares; rounding may leave it a hair below zero where raters agree.
    const long double squares = std::max<long double>(0, sum) / (static_cast<long double>(used.size()) * used.size());
    squared_error = n / (n - 1) * static_cast<double>(squares);
    figures.se = std::sqrt(squared_error);
  }
  const double prior =
      rules.prior_variance * (1 + (figures.items_used - 1) * rules.prior_correlation) / figures.items_used;
  figures.degrees = n - 1 + rules.prior_weight;
  figures.variance_regularised = ((n - 1) * squared_error + rules.prior_weight * prior / n) / *figures.degrees;
  const double half = StudentUpperQuantile(*figures.degrees) * std::sqrt(*figures.variance_regularised);
  figures.confidence = CutToScale(*figures.mean_items, half, rules.points);
  return figures;
}

}  // namespace candor::statistics
