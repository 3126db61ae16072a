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

// Of all raters' mean over `items`, each of which some block has a figure on.
Uncertainty UncertaintyOf(std::span<const PrintedBlock> blocks, std::span<const int> items, bool exact,
                          const ScoringRules& rules, double correlation) {
  std::vector<std::optional<PrintedScore>> scores;
  double typical = 0;
  for (const PrintedBlock& block : blocks) {
    const PrintedScale scale = ScorePrintedScale(AskedAtoms(block, items), rules, correlation);
    if (!scale.score.has_value()) continue;
    scores.push_back(scale.score);
    typical += PriorOfMean(scale.items_used, rules) / static_cast<double>(scale.n_least);
  }
  Uncertainty uncertainty;
  if (scores.empty()) {  // no block has half of the items: as uncertain as one rating
    uncertainty.variance = rules.prior_variance;
    return uncertainty;
  }
  const double count = static_cast<double>(scores.size());
  uncertainty.variance = typical / (count * count);
  const PrintedOthers others = CombinePrinted(scores, rules);
  if (!exact || !others.score->exact()) return uncertainty;
  return {*others.score->variance, *others.score->degrees, others.score->interval->typical};
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
                                                       std::span<const std::optional<int>> self,
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
