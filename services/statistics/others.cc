#include "services/statistics/others.h"

#include <cmath>
#include <limits>

#include "services/statistics/distributions.h"
#include "services/statistics/item_statistics.h"

namespace candor::statistics {

absl::string_view GroupStatusName(GroupStatus status) {
  switch (status) {
    case GroupStatus::kNoData: return "no_data";
    case GroupStatus::kShown: return "shown";
    case GroupStatus::kSuppressed: return "suppressed";
  }
  return "";
}

GroupStatus StatusOfGroup(int64_t raters, bool exempt, const ScoringRules& rules) {
  if (raters == 0) return GroupStatus::kNoData;
  return raters >= (exempt ? 1 : rules.min_n) ? GroupStatus::kShown : GroupStatus::kSuppressed;
}

GroupStatus StatusOfPool(int64_t raters, const ScoringRules& rules) {
  return raters >= rules.pool_min_n ? GroupStatus::kShown : GroupStatus::kSuppressed;
}

CombinedScore CombineGroups(std::span<const GroupEstimate> groups, const ScoringRules& rules) {
  CombinedScore combined;
  combined.groups = static_cast<int>(groups.size());
  double total_weight = 0;
  for (const GroupEstimate& group : groups) total_weight += group.weight;
  if (!(total_weight > 0)) return combined;
  // Weights so large that their sum is infinite are made smaller first; all others stay as they are, to the last bit.
  const double unit = std::isfinite(total_weight) ? 1 : std::ldexp(1, -64);
  if (unit != 1) {
    total_weight = 0;
    for (const GroupEstimate& group : groups) total_weight += group.weight * unit;
  }

  double mean = 0, variance = 0, satterthwaite = 0, squared_error = 0;
  bool all_have_error = true;
  for (const GroupEstimate& group : groups) {
    const double share = group.weight * unit / total_weight;
    const double part = share * share * group.variance;
    mean += share * group.mean;
    variance += part;
    satterthwaite += part * part / group.degrees;
    if (group.squared_error.has_value()) {
      squared_error += share * share * *group.squared_error;
    } else {
      all_have_error = false;
    }
  }
  combined.mean = mean;
  combined.variance = variance;
  combined.degrees =
      satterthwaite > 0 ? variance * variance / satterthwaite : std::numeric_limits<double>::infinity();
  combined.confidence =
      CutToScale(mean, StudentUpperQuantile(*combined.degrees) * std::sqrt(variance), rules.points);
  if (all_have_error) combined.se = std::sqrt(squared_error);
  return combined;
}

}  // namespace candor::statistics
