#include "services/statistics/printed.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "services/base/status.h"
#include "services/statistics/distributions.h"
#include "services/statistics/item_statistics.h"
#include "services/statistics/others.h"

namespace candor::statistics {

namespace {

// Below this many raters nothing about the spread of answers is printed, so no interval may use one.
constexpr int64_t kSpreadMinimum = 10;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool HasMean(const PrintedAtom& atom) { return atom.kind != PrintedAtom::Kind::kWithheld && atom.n > 0; }

bool HasSpread(const PrintedAtom& atom) {
  return atom.kind == PrintedAtom::Kind::kExact && atom.items_per_rater == 1 && atom.n >= kSpreadMinimum &&
         !atom.counts.empty();
}

// The range that an atom's mean lies in.
Interval MeanOf(const PrintedAtom& atom, const ScoringRules& rules) {
  switch (atom.kind) {
    case PrintedAtom::Kind::kAtLeast: return {atom.bound, static_cast<double>(rules.points)};
    case PrintedAtom::Kind::kAtMost: return {1, atom.bound};
    case PrintedAtom::Kind::kBetween: return {atom.bound, atom.upper};
    case PrintedAtom::Kind::kExact:
    case PrintedAtom::Kind::kWithheld: break;
  }
  const double mean =
      static_cast<double>(atom.sum) / (static_cast<double>(atom.n) * static_cast<double>(atom.items_per_rater));
  return {mean, mean};
}

// The uncertainty that depends on the number of raters alone.
void SetTypical(double variance, const ScoringRules& rules, PrintedScore& score) {
  score.variance = variance;
  score.degrees = kInfinity;
  score.interval = {CutToScale(score.mean.lo, kNormalQuantile * std::sqrt(variance), rules.points), true};
}

void SetMeasured(double variance, double degrees, const ScoringRules& rules, PrintedScore& score) {
  score.variance = variance;
  score.degrees = degrees;
  const double half = StudentUpperQuantile(degrees) * std::sqrt(variance);
  score.interval = {CutToScale(score.mean.lo, half, rules.points), false};
}

// One answer that holds at every corner of the two ranges, else kUndetermined. Both functions change in one
// direction only along each side, so that equal corners mean equal everywhere between.
Category CategoryWithin(const Interval& gap, const Interval& others, const ScoringRules& rules) {
  const Category first = CategoryOf(gap.lo, others.lo, rules);
  for (double g : {gap.lo, gap.hi}) {
    for (double o : {others.lo, others.hi}) {
      if (CategoryOf(g, o, rules) != first) return Category::kUndetermined;
    }
  }
  return first;
}

Quadrant QuadrantWithin(double self, const Interval& others, const ScoringRules& rules) {
  const Quadrant low = QuadrantOf(self, others.lo, rules);
  return low == QuadrantOf(self, others.hi, rules) ? low : Quadrant::kUndetermined;
}

bool NearLine(const PrintedScore& others, const ScoringRules& rules) {
  return CloseToLine(others.interval.has_value() ? others.interval->limits : others.mean, rules);
}

}  // namespace

double PriorOfMean(int items, const ScoringRules& rules) {
  return rules.prior_variance * (1 + (items - 1) * rules.prior_correlation) / items;
}

PrintedAtom JoinPrinted(std::span<const PrintedAtom> atoms, const ScoringRules& rules) {
  PrintedAtom joined;
  bool exact = true, spread = true;
  double lower = 0, upper = 0;  // of the sum
  for (const PrintedAtom& atom : atoms) {
    if (!HasMean(atom)) continue;
    CANDOR_CHECK(atom.items_per_rater == 1);
    const Interval mean = MeanOf(atom, rules);
    const double n = static_cast<double>(atom.n);
    joined.n += atom.n;
    joined.sum += atom.sum;
    lower += n * mean.lo;
    upper += n * mean.hi;
    exact = exact && atom.kind == PrintedAtom::Kind::kExact;
    spread = spread && HasSpread(atom);
    if (!HasSpread(atom)) continue;
    joined.counts.resize(atom.counts.size());
    for (size_t k = 0; k < atom.counts.size(); ++k) joined.counts[k] += atom.counts[k];
  }
  if (joined.n == 0) return joined;
  if (!spread) joined.counts.clear();
  if (exact) {
    joined.kind = PrintedAtom::Kind::kExact;
    return joined;
  }
  joined.sum = 0;
  joined.kind = PrintedAtom::Kind::kBetween;
  joined.bound = lower / static_cast<double>(joined.n);
  joined.upper = upper / static_cast<double>(joined.n);
  return joined;
}

PrintedItem ScorePrintedItem(const PrintedAtom& atom, const ScoringRules& rules) {
  PrintedItem item;
  if (!HasMean(atom)) return item;
  item.n = atom.n;
  PrintedScore& score = item.score.emplace();
  score.mean = MeanOf(atom, rules);
  if (atom.kind != PrintedAtom::Kind::kExact) return item;
  if (HasSpread(atom)) {
    const ItemStatistics figures = ComputeItem(atom.counts, 0, 0, rules);
    CANDOR_CHECK(figures.n == atom.n && figures.s1 == atom.sum);
    item.sd = figures.sd;
    item.average_deviation = figures.ad_mean;
    item.favourable = figures.favourable;
    item.favourable_limits = figures.favourable_limits;
    SetMeasured(figures.regularised_error(), *figures.degrees, rules, score);
  } else {
    SetTypical(PriorOfMean(atom.items_per_rater, rules) / static_cast<double>(atom.n), rules, score);
  }
  return item;
}

PrintedScale ScorePrintedScale(std::span<const PrintedAtom> atoms, const ScoringRules& rules, double correlation,
                               std::span<const int> weights) {
  CANDOR_CHECK(weights.empty() || weights.size() == atoms.size());
  struct Used {
    double weight, n, sd;
  };
  PrintedScale scale;
  std::vector<Used> used;
  Interval sum;
  bool exact = true, any_spread = false;
  for (size_t j = 0; j < atoms.size(); ++j) {
    const PrintedAtom& atom = atoms[j];
    const int weight = weights.empty() ? 1 : weights[j];
    scale.items += weight;
    if (!HasMean(atom) || weight <= 0) continue;
    scale.items_used += weight;
    scale.n_least = used.empty() ? atom.n : std::min(scale.n_least, atom.n);
    scale.n_most = std::max(scale.n_most, atom.n);
    const Interval mean = MeanOf(atom, rules);
    sum.lo += weight * mean.lo;
    sum.hi += weight * mean.hi;
    exact = exact && atom.kind == PrintedAtom::Kind::kExact;
    double sd = std::sqrt(PriorOfMean(atom.items_per_rater, rules));
    if (HasSpread(atom)) {
      any_spread = true;
      sd = std::sqrt(VarianceOf(atom.counts));
    }
    used.push_back({static_cast<double>(weight), static_cast<double>(atom.n), sd});
  }
  if (used.empty() || scale.items_used < RequiredItems(scale.items, rules)) return scale;

  PrintedScore& score = scale.score.emplace();
  const double total = scale.items_used;
  score.mean = {sum.lo / total, sum.hi / total};
  if (!exact) return scale;
  score.mean.hi = score.mean.lo;

  double measured = 0;
  for (size_t j = 0; j < used.size(); ++j) {
    for (size_t l = 0; l < used.size(); ++l) {
      const Used &a = used[j], &b = used[l];
      const double shared = a.weight * b.weight * std::min(a.n, b.n) / (a.n * b.n);
      measured += shared * a.sd * b.sd * (j == l ? 1 : correlation);
    }
  }
  measured /= total * total;
  const double prior = PriorOfMean(scale.items_used, rules);
  const double n = static_cast<double>(scale.n_least);
  if (!any_spread || scale.n_least < kSpreadMinimum) {
    SetTypical(prior / n, rules, score);
    return scale;
  }
  const double degrees = n - 1 + rules.prior_weight;
  SetMeasured(((n - 1) * measured + rules.prior_weight * prior / n) / degrees, degrees, rules, score);
  return scale;
}

double MeanCovariance::Regularised(const ScoringRules& rules) const {
  return ((static_cast<double>(raters) - 1) * measured + rules.prior_weight * prior) / degrees(rules);
}

MeanCovariance CovarianceOfMeans(std::span<const WeighedAtom> a, std::span<const WeighedAtom> b,
                                 const ScoringRules& rules, double correlation) {
  MeanCovariance covariance;
  covariance.raters = a[0].atom->n;
  const auto spread_of = [&](const PrintedAtom& atom) {
    covariance.raters = std::min(covariance.raters, atom.n);
    if (!HasSpread(atom)) return std::sqrt(PriorOfMean(atom.items_per_rater, rules));
    covariance.any_spread = true;
    return std::sqrt(VarianceOf(atom.counts));
  };
  std::vector<double> of_b;
  for (const WeighedAtom& l : b) of_b.push_back(spread_of(*l.atom));
  for (const WeighedAtom& j : a) {
    const double of_a = spread_of(*j.atom);
    for (size_t l = 0; l < b.size(); ++l) {
      // min(n_j, n_l) raters answered both, at most.
      const double shared = j.weight * b[l].weight / static_cast<double>(std::max(j.atom->n, b[l].atom->n));
      const bool same = j.atom == b[l].atom;
      covariance.measured += shared * of_a * of_b[l] * (same ? 1 : correlation);
      covariance.prior += shared * rules.prior_variance * (same ? 1 : rules.prior_correlation);
    }
  }
  return covariance;
}

PrintedOthers CombinePrinted(std::span<const std::optional<PrintedScore>> blocks, const ScoringRules& rules) {
  PrintedOthers others;
  std::vector<GroupEstimate> estimates;
  Interval sum;
  bool exact = true, typical = true;
  for (const std::optional<PrintedScore>& block : blocks) {
    if (!block.has_value()) continue;
    ++others.blocks;
    sum.lo += block->mean.lo;
    sum.hi += block->mean.hi;
    if (!block->variance.has_value()) {
      exact = false;
      continue;
    }
    estimates.push_back({1, block->mean.lo, *block->variance, *block->degrees, std::nullopt});
    typical = typical && block->interval->typical;
  }
  if (others.blocks == 0) return others;
  PrintedScore& score = others.score.emplace();
  if (!exact) {
    score.mean = {sum.lo / others.blocks, sum.hi / others.blocks};
    return others;
  }
  const CombinedScore combined = CombineGroups(estimates, rules);
  score.mean = {*combined.mean, *combined.mean};
  score.variance = combined.variance;
  score.degrees = combined.degrees;
  score.interval = {*combined.confidence, typical};
  return others;
}

PrintedComparison ComparePrintedItem(std::optional<double> self, const PrintedOthers& others, const ScoringRules& rules) {
  PrintedComparison comparison;
  if (self.has_value()) comparison.self = *self;
  if (!self.has_value() || !others.score.has_value()) return comparison;
  const Interval& range = others.score->mean;
  comparison.common_items = 1;
  comparison.gap = Interval{*self - range.hi, *self - range.lo};
  comparison.category = CategoryWithin(*comparison.gap, range, rules);
  comparison.quadrant = QuadrantWithin(*self, range, rules);
  comparison.close_to_line = NearLine(*others.score, rules);
  return comparison;
}

PrintedComparison ComparePrintedScale(std::span<const std::optional<double>> self,
                                      std::span<const PrintedOthers> item_others, const PrintedOthers& scale_others,
                                      const ScoringRules& rules) {
  CANDOR_CHECK(self.size() == item_others.size());
  PrintedComparison comparison;
  int rated = 0;
  double self_sum = 0;
  Interval gap_sum;
  bool exact = true;
  for (size_t j = 0; j < self.size(); ++j) {
    if (!self[j].has_value()) continue;
    ++rated;
    self_sum += *self[j];
    if (!item_others[j].score.has_value()) continue;
    ++comparison.common_items;
    const PrintedScore& others = *item_others[j].score;
    gap_sum.lo += *self[j] - others.mean.hi;
    gap_sum.hi += *self[j] - others.mean.lo;
    exact = exact && others.exact();
  }
  const int required = std::max(1, RequiredItems(static_cast<int>(self.size()), rules));
  if (rated >= required) comparison.self = self_sum / rated;
  if (!scale_others.score.has_value()) return comparison;
  const Interval& range = scale_others.score->mean;
  if (comparison.common_items >= required) {
    Interval gap{gap_sum.lo / comparison.common_items, gap_sum.hi / comparison.common_items};
    if (exact) gap.hi = gap.lo;
    comparison.gap = gap;
    comparison.category = CategoryWithin(gap, range, rules);
  }
  if (comparison.self.has_value()) {
    comparison.quadrant = QuadrantWithin(*comparison.self, range, rules);
    comparison.close_to_line = NearLine(*scale_others.score, rules);
  }
  return comparison;
}

}  // namespace candor::statistics
