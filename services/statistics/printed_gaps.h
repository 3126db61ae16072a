// Which gaps between self and others are real when several are looked at together, from printed atoms alone.

#ifndef CANDOR_SERVICES_STATISTICS_PRINTED_GAPS_H_
#define CANDOR_SERVICES_STATISTICS_PRINTED_GAPS_H_

#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/printed.h"
#include "services/statistics/printed_ranking.h"

namespace candor::statistics {

// Limits of one gap among several, all of which hold together with 95 % confidence.
struct GapLimits {
  Interval limits;       // within what two figures on the scale can differ by
  bool typical = false;  // from the number of raters alone
  // Zero lies outside: chance is no good explanation of the gap.
  bool excludes_zero = false;
};

// The level of each of `count` intervals that makes all of them hold together with 95 % (Sidak 1967, J Am Stat Assoc
// 62:626, whose inequality holds for normal errors of any correlation); for the upper limit of a two-sided interval.
double SimultaneousLevel(int count);

// One entry for each unit: unset where ComparePrintedScale has no gap. `comparisons` are those of the units, `self` has the
// leader's rating of each item, `item_others` all raters' score of each.
//
// The leader's rating, or the mean of a team's members, is fixed, so the gap's variance is that of the mean of all raters'
// scores over the items that both sides rated: each item counts alike, and so does each block that has it, whatever else the
// blocks were asked. A gap that is a range is widened by the typical uncertainty on both sides.
std::vector<std::optional<GapLimits>> SimultaneousGaps(std::span<const PrintedBlock> blocks,
                                                       std::span<const std::vector<int>> units,
                                                       std::span<const PrintedComparison> comparisons,
                                                       std::span<const std::optional<double>> self,
                                                       std::span<const PrintedOthers> item_others,
                                                       const ScoringRules& rules, double correlation);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PRINTED_GAPS_H_
