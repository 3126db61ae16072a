#include "services/statistics/change.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "services/base/status.h"
#include "services/statistics/distributions.h"
#include "services/statistics/self_other.h"

namespace candor::statistics {
namespace {

// Satterthwaite's degrees of freedom of the sum of two independent variances; infinite ones add no uncertainty.
double DegreesOf(const PrintedScore& a, const PrintedScore& b) {
  double parts = 0;
  for (const PrintedScore* score : {&a, &b}) {
    if (std::isfinite(*score->degrees)) parts += *score->variance * *score->variance / *score->degrees;
  }
  const double variance = *a.variance + *b.variance;
  return parts > 0 ? variance * variance / parts : std::numeric_limits<double>::infinity();
}

ChangeWord WordOf(double change, double half_width) {
  if (change - half_width > kEqualScores) return ChangeWord::kHigher;
  if (change + half_width < -kEqualScores) return ChangeWord::kLower;
  return ChangeWord::kNoClearChange;
}

}  // namespace

std::optional<RoundScore> ScoreRound(std::span<const PrintedAtom> common, int items, const ScoringRules& rules,
                                     double correlation) {
  if (common.empty() || static_cast<int>(common.size()) < RequiredItems(items, rules)) return std::nullopt;
  const PrintedScale scale = ScorePrintedScale(common, rules, correlation);
  if (!scale.score.has_value() || scale.items_used != scale.items) return std::nullopt;
  RoundScore round;
  // Of one item the interval is that of the item, whose spread counts whole.
  round.score = common.size() == 1 ? *ScorePrintedItem(common[0], rules).score : *scale.score;
  const double used = scale.items_used;
  round.typical_variance =
      rules.prior_variance * (1 + (used - 1) * rules.prior_correlation) / used / static_cast<double>(scale.n_least);
  return round;
}

std::optional<RoundScore> CombineRound(std::span<const RoundScore> blocks, const ScoringRules& rules) {
  if (blocks.empty()) return std::nullopt;
  std::vector<std::optional<PrintedScore>> scores;
  RoundScore round;
  for (const RoundScore& block : blocks) {
    scores.push_back(block.score);
    round.typical_variance += block.typical_variance;
  }
  const double count = static_cast<double>(blocks.size());
  round.typical_variance /= count * count;
  round.score = *CombinePrinted(scores, rules).score;
  return round;
}

PrintedChange CompareRounds(const RoundScore& earlier, const RoundScore& later, const ScoringRules& rules) {
  PrintedChange compared;
  compared.change = {later.score.mean.lo - earlier.score.mean.hi, later.score.mean.hi - earlier.score.mean.lo};
  const double most = rules.points - 1;
  if (!earlier.score.exact() || !later.score.exact()) {
    const double half = kNormalQuantile * std::sqrt(earlier.typical_variance + later.typical_variance);
    const ChangeWord low = WordOf(compared.change.lo, half), high = WordOf(compared.change.hi, half);
    compared.word = low == high ? low : ChangeWord::kUndetermined;
    return compared;
  }
  CANDOR_CHECK(earlier.score.variance.has_value() && later.score.variance.has_value());
  const double change = compared.change.lo = compared.change.hi = later.score.mean.lo - earlier.score.mean.lo;
  const double half = StudentUpperQuantile(DegreesOf(earlier.score, later.score)) *
                      std::sqrt(*earlier.score.variance + *later.score.variance);
  compared.interval = {{std::max(-most, change - half), std::min(most, change + half)},
                       earlier.score.interval->typical && later.score.interval->typical};
  compared.word = WordOf(change, half);
  return compared;
}

}  // namespace candor::statistics
