#include "services/statistics/self_other.h"

#include <cmath>

#include "services/base/status.h"

namespace candor::statistics {

absl::string_view CategoryName(Category category) {
  switch (category) {
    case Category::kUndefined: return "";
    case Category::kUndetermined: return "undetermined";
    case Category::kOver: return "over";
    case Category::kUnder: return "under";
    case Category::kAgreeGood: return "agree_good";
    case Category::kAgreePoor: return "agree_poor";
  }
  return "";
}

absl::string_view QuadrantName(Quadrant quadrant) {
  switch (quadrant) {
    case Quadrant::kUndefined: return "";
    case Quadrant::kUndetermined: return "undetermined";
    case Quadrant::kSharedStrength: return "shared_strength";
    case Quadrant::kBlindSpot: return "blind_spot";
    case Quadrant::kHiddenStrength: return "hidden_strength";
    case Quadrant::kSharedDevelopment: return "shared_development";
  }
  return "";
}

bool IsStrength(double score, const ScoringRules& rules) { return score >= rules.strength_cut - kEqualScores; }

Category CategoryOf(double gap, double others, const ScoringRules& rules) {
  if (gap > rules.gap_delta + kEqualScores) return Category::kOver;
  if (gap < -rules.gap_delta - kEqualScores) return Category::kUnder;
  return IsStrength(others, rules) ? Category::kAgreeGood : Category::kAgreePoor;
}

Quadrant QuadrantOf(double self, double others, const ScoringRules& rules) {
  if (IsStrength(self, rules)) return IsStrength(others, rules) ? Quadrant::kSharedStrength : Quadrant::kBlindSpot;
  return IsStrength(others, rules) ? Quadrant::kHiddenStrength : Quadrant::kSharedDevelopment;
}

bool CloseToLine(const Interval& others, const ScoringRules& rules) {
  return others.lo - kEqualScores <= rules.strength_cut && rules.strength_cut <= others.hi + kEqualScores;
}

Comparison CompareItem(std::optional<int> self, std::optional<double> others, const ScoringRules& rules) {
  Comparison comparison;
  if (self.has_value()) comparison.self = *self;
  comparison.others = others;
  if (!self.has_value() || !others.has_value()) return comparison;
  comparison.common_items = 1;
  comparison.gap = *self - *others;
  comparison.category = CategoryOf(*comparison.gap, *others, rules);
  comparison.quadrant = QuadrantOf(*self, *others, rules);
  return comparison;
}

Comparison CompareScale(std::span<const std::optional<int>> self, std::span<const std::optional<double>> item_others,
                        std::optional<double> scale_others, const ScoringRules& rules) {
  CANDOR_CHECK(self.size() == item_others.size());
  Comparison comparison;
  comparison.others = scale_others;
  int rated = 0;
  int self_sum = 0;
  double gap_sum = 0;
  for (size_t j = 0; j < self.size(); ++j) {
    if (!self[j].has_value()) continue;
    ++rated;
    self_sum += *self[j];
    if (!item_others[j].has_value()) continue;
    ++comparison.common_items;
    gap_sum += *self[j] - *item_others[j];
  }
  const int required = RequiredItems(static_cast<int>(self.size()), rules);
  if (rated > 0 && rated >= required) comparison.self = static_cast<double>(self_sum) / rated;
  if (!scale_others.has_value()) return comparison;
  if (comparison.common_items > 0 && comparison.common_items >= required) {
    comparison.gap = gap_sum / comparison.common_items;
    comparison.category = CategoryOf(*comparison.gap, *scale_others, rules);
  }
  if (comparison.self.has_value()) comparison.quadrant = QuadrantOf(*comparison.self, *scale_others, rules);
  return comparison;
}

std::optional<double> StandardisedGap(double gap, std::span<const double> shares, std::span<const double> sds) {
  CANDOR_CHECK(shares.size() == sds.size());
  double variance = 0;
  for (size_t g = 0; g < shares.size(); ++g) variance += shares[g] * sds[g] * sds[g];
  if (!(variance > 0)) return std::nullopt;
  return gap / std::sqrt(variance);
}

}  // namespace candor::statistics
