// Self against others: gap, category, quadrant.

#ifndef CANDOR_SERVICES_STATISTICS_SELF_OTHER_H_
#define CANDOR_SERVICES_STATISTICS_SELF_OTHER_H_

#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "services/statistics/constants.h"

namespace candor::statistics {

// Agreement of a leader's own view with the raters', by the fixed line gap_delta.
enum class Category {
  kUndefined,     // self or others is missing
  kUndetermined,  // known within a range that leaves more than one category
  kOver,          // self is higher by more than gap_delta
  kUnder,         // self is lower by more than gap_delta
  kAgreeGood,     // in agreement, others at or above the strength line
  kAgreePoor,     // in agreement, others below it
};

enum class Quadrant {
  kUndefined,
  kUndetermined,
  kSharedStrength,     // both at or above the strength line
  kBlindSpot,          // self at or above, others below
  kHiddenStrength,     // others at or above, self below
  kSharedDevelopment,  // both below
};

// "over", "under", "agree_good", "agree_poor", "undetermined"; "" for kUndefined.
absl::string_view CategoryName(Category category);
// "shared_strength", "blind_spot", "hidden_strength", "shared_development", "undetermined"; "" for kUndefined.
absl::string_view QuadrantName(Quadrant quadrant);

// Whether a score is a strength: at or above the line, a difference up to 1e-9 counting as equal.
bool IsStrength(double score, const ScoringRules& rules);

// `gap` is self minus others, in scale points.
Category CategoryOf(double gap, double others, const ScoringRules& rules);
Quadrant QuadrantOf(double self, double others, const ScoringRules& rules);

// The strength line lies within the confidence interval of others: the quadrant could as well be its neighbour.
bool CloseToLine(const Interval& others, const ScoringRules& rules);

// One item, or one scale.
struct Comparison {
  std::optional<double> self;
  std::optional<double> others;
  int common_items = 0;       // scales: items with both a self-rating and an O
  std::optional<double> gap;  // self minus others: above zero, the leader rates themself higher than the raters do
  Category category = Category::kUndefined;
  Quadrant quadrant = Quadrant::kUndefined;
};

Comparison CompareItem(std::optional<int> self, std::optional<double> others, const ScoringRules& rules);

// `self[j]` and `item_others[j]` belong to the scale's j-th item; `scale_others` is the scale's O. The self score is
// the mean of the rated items if they are RequiredItems or more. The gap is the mean of self - O over the items with
// both, with the same minimum, and needs the scale's O.
Comparison CompareScale(std::span<const std::optional<int>> self, std::span<const std::optional<double>> item_others,
                        std::optional<double> scale_others, const ScoringRules& rules);

// The gap in rater standard deviations: gap / sqrt(sum of share_g * sd_g squared), sd_g being the standard deviation
// of the person scores of group g and share_g its share in O. Unset if the denominator is zero.
std::optional<double> StandardisedGap(double gap, std::span<const double> shares, std::span<const double> sds);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_SELF_OTHER_H_
