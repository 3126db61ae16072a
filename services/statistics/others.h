// All raters: which groups enter, and their combined score.

#ifndef CANDOR_SERVICES_STATISTICS_OTHERS_H_
#define CANDOR_SERVICES_STATISTICS_OTHERS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "services/statistics/constants.h"

namespace candor::statistics {

enum class GroupStatus {
  kNoData,      // forms, but no valid rating in any
  kShown,       // enough raters, or exempt with at least one
  kSuppressed,  // some raters, but too few
};
absl::string_view GroupStatusName(GroupStatus status);  // "no_data", "shown", "suppressed"

// `raters`: forms with at least one valid rating. An exempt group (the supervisor: identified to the leader) needs one.
GroupStatus StatusOfGroup(int64_t raters, bool exempt, const ScoringRules& rules);
// The pool of the suppressed groups: never kNoData.
GroupStatus StatusOfPool(int64_t raters, const ScoringRules& rules);

// One group's score on an item or scale.
struct GroupEstimate {
  double weight = 1;    // finite, >= 0, relative to the other groups
  double mean = 0;      // scale points
  double variance = 0;  // regularised, of the mean
  double degrees = 1;   // of the variance; may be infinite
  std::optional<double> squared_error;  // raw squared standard error; unset for a group of one
};

struct CombinedScore {
  int groups = 0;
  // Unset if no group entered, or all their weights are zero.
  std::optional<double> mean;
  std::optional<double> variance;      // sum of share^2 * variance
  std::optional<double> degrees;       // Satterthwaite; infinite if all are
  std::optional<Interval> confidence;  // 95 %, within [1, points]
  std::optional<double> se;            // raw; unset also if any group has none
};

// The weighted mean of groups, each with share weight / sum of weights: by default groups weigh equally, for each sees
// another part of a leader's work.
CombinedScore CombineGroups(std::span<const GroupEstimate> groups, const ScoringRules& rules);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_OTHERS_H_
