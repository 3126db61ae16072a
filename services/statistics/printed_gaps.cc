#include "services/statistics/printed_gaps.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "services/base/status.h"
#include "services/statistics/distributions.h"

namespace candor::statistics {
namespace {

struct Uncertainty {
  double variance = 0;
  double degrees = std::numeric_limits<double>::infinity();
  bool typical = true;
};

// Of the mean over `items` of all raters' scores on them: each item counts alike, and so does each block that has it.
Uncertainty UncertaintyOf(std::span<const PrintedBlock> blocks, std::span<const int> items, bool exact,
                          const ScoringRules& rules, double correlation) {
  std::vector<std::vector<WeighedAtom>> by_block(blocks.size());
  for (const int item : items) {
    std::vector<size_t> with_item;
    for (size_t g = 0; g < blocks.size(); ++g) {
      const size_t j = static_cast<size_t>(item);
      if (blocks[g].asked[j] && ScorePrintedItem(blocks[g].atoms[j], rules).score.has_value()) with_item.push_back(g);
    }
    const double weight = 1 / static_cast<double>(items.size() * with_item.size());
    for (const size_t g : with_item) by_block[g].push_back({&blocks[g].atoms[static_cast<size_t>(item)], weight});
  }
  double total = 0, parts = 0;
  bool typical = true;
  for (const std::vector<WeighedAtom>& block : by_block) {
    if (block.empty()) continue;
    const MeanCovariance variance = CovarianceOfMeans(block, block, rules, correlation);
    if (!exact || !variance.any_spread) {
      total += variance.prior;
      continue;
    }
    const double regularised = variance.Regularised(rules);
    total += regularised;
    parts += regularised * regularised / variance.degrees(rules);
    typical = false;
  }
  Uncertainty uncertainty{total, std::numeric_limits<double>::infinity(), typical};
  if (parts > 0) uncertainty.degrees = total * total / parts;
  return uncertainty;
}

}  // namespace

double SimultaneousLevel(int count) {
  CANDOR_CHECK(count >= 1);
  const double each = std::pow(2 * kUpperLevel - 1, 1.0 / count);
  return (1 + each) / 2;
}

std::vector<std::optional<GapLimits>> SimultaneousGaps(std::span<const PrintedBlock> blocks,
                                                       std::span<const std::vector<int>> units,
                                                       std::span<const PrintedComparison> comparisons,
                                                       std::span<const std::optional<double>> self,
                                                       std::span<const PrintedOthers> item_others,
                                                       const ScoringRules& rules, double correlation) {
  CANDOR_CHECK(units.size() == comparisons.size());
  const auto has_gap = [](const PrintedComparison& comparison) { return comparison.gap.has_value(); };
  const int count = static_cast<int>(std::count_if(comparisons.begin(), comparisons.end(), has_gap));
  std::vector<std::optional<GapLimits>> gaps(units.size());
  if (count == 0) return gaps;
  const double level = SimultaneousLevel(count);
  const double most = rules.points - 1;
  for (size_t u = 0; u < units.size(); ++u) {
    if (!comparisons[u].gap.has_value()) continue;
    std::vector<int> common;
    for (const int item : units[u]) {
      const size_t j = static_cast<size_t>(item);
      if (self[j].has_value() && item_others[j].score.has_value()) common.push_back(item);
    }
    const Interval& gap = *comparisons[u].gap;
    const Uncertainty uncertainty = UncertaintyOf(blocks, common, gap.lo == gap.hi, rules, correlation);
    const double half = StudentQuantile(level, uncertainty.degrees) * std::sqrt(uncertainty.variance);
    GapLimits& limits = gaps[u].emplace();
    limits.limits = {std::max(-most, gap.lo - half), std::min(most, gap.hi + half)};
    limits.typical = uncertainty.typical;
    limits.excludes_zero = gap.lo - half > kEqualScores || gap.hi + half < -kEqualScores;
  }
  return gaps;
}

}  // namespace candor::statistics
