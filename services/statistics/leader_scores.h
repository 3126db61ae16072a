// All figures of one leader: each rater group, the pool of small groups, all raters, self against others.
//
// This is the research view, for a file that its reader holds in full: it computes held-back cells too. What a
// leader's report may use is in printed.h.

#ifndef CANDOR_SERVICES_STATISTICS_LEADER_SCORES_H_
#define CANDOR_SERVICES_STATISTICS_LEADER_SCORES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/focus.h"
#include "services/statistics/item_statistics.h"
#include "services/statistics/others.h"
#include "services/statistics/scale_statistics.h"
#include "services/statistics/self_other.h"
#include "services/statistics/tally.h"

namespace candor::statistics {

// The name of the pool of groups that are too small to stand alone.
inline constexpr char kPoolName[] = "other_raters";

// What a group's tally must keep for ScoreLeader.
inline constexpr unsigned kLeaderParts = Tally::kScaleSums | Tally::kPairSums | Tally::kPatterns;

struct GroupInput {
  std::string name;
  Tally tally;                     // at least one form; kLeaderParts or more
  bool exempt = false;             // identified to the leader: one rater is enough
  double weight = 1;
  std::optional<int64_t> invited;  // how many were invited, if known
};

struct GroupScores {
  std::string name;
  GroupStatus status = GroupStatus::kNoData;
  int64_t n_forms = 0;
  int64_t n_raters = 0;
  std::optional<int64_t> invited;
  std::optional<double> response_rate;  // n_forms / invited; unset for the pool and for none invited
  std::vector<ItemStatistics> items;
  std::vector<ScaleStatistics> scales;
};

struct OtherScores {
  std::vector<std::string> groups_used;
  std::vector<CombinedScore> items;
  std::vector<std::optional<double>> items_pooled;  // rater-weighted item means: sum of S1 / sum of n
  std::vector<CombinedScore> scales;
  // sqrt(sum of share * variance of person scores), per scale; unset where a group that enters has no such variance.
  std::vector<std::optional<double>> scales_rater_sd;
};

struct LeaderScores {
  std::vector<GroupScores> groups;  // as given, then the pool if any group is suppressed
  OtherScores others;
  std::vector<Comparison> item_comparisons;
  std::vector<Comparison> scale_comparisons;
  std::vector<FocusUnit> focus;  // one for each item; empty unless every item has an O
};

// `self`: one entry for each item, unset where the leader gave no rating. `pool_weight`: weight of the pool in O.
// Every tally has the layout `layout`. Groups enter in the order given.
LeaderScores ScoreLeader(const std::shared_ptr<const FormLayout>& layout, const std::vector<GroupInput>& groups,
                         const std::vector<std::optional<int>>& self, double pool_weight, const ScoringRules& rules);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_LEADER_SCORES_H_
