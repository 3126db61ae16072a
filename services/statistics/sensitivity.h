// How much scores would change without the forms that are straight lines (straight_line.h). Never a reason to leave one out,
// since uniform praise is common (scoring: "Response quality").

#ifndef CANDOR_SERVICES_STATISTICS_SENSITIVITY_H_
#define CANDOR_SERVICES_STATISTICS_SENSITIVITY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/statistics/leader_scores.h"

namespace candor::statistics {

// What became of figures of one kind over all leaders.
struct SensitivitySummary {
  int64_t compared = 0;  // figures with a value both with and without the flagged forms
  int64_t lost = 0;      // figures with a value that have none without them
  double sum = 0;        // of the absolute changes, scale points; the mean is sum / compared
  // Where the absolute change is largest: the first one in order of leaders, groups and units.
  struct Largest {
    std::string leader, group;  // group: of raters, or "others"
    size_t unit = 0;            // number of the item or scale
    double change = 0;          // without minus with, scale points
  };
  std::optional<Largest> largest;  // unset where nothing is compared
};

// Collects leaders in order of their ids.
class Sensitivity {
 public:
  explicit Sensitivity(const ScoringRules& rules) : rules_(rules) {}

  // `without`: the scores from the forms that are no straight lines; null where the leader has none that is one, so that
  // nothing changes. Figures of groups whose status is not shown, and of items with fewer than min_n ratings, are in no part
  // of it: they are in no score.
  void AddLeader(const std::string& id, const LeaderScores& all, const LeaderScores* without);

  const SensitivitySummary& items() const { return items_; }
  const SensitivitySummary& scales() const { return scales_; }

 private:
  ScoringRules rules_;
  SensitivitySummary items_, scales_;
};

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_SENSITIVITY_H_
