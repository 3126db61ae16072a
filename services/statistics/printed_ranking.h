// Focus areas of one leader's report, from printed atoms alone (scoring: "Focus areas" and "Two layers").

#ifndef CANDOR_SERVICES_STATISTICS_PRINTED_RANKING_H_
#define CANDOR_SERVICES_STATISTICS_PRINTED_RANKING_H_

#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/printed.h"
#include "services/statistics/ranking.h"

namespace candor::statistics {

// What one anonymous block of raters prints on every item of the questionnaire.
struct PrintedBlock {
  std::vector<PrintedAtom> atoms;  // one for each item
  std::vector<bool> asked;         // likewise: whether the block was asked it
};

// A figure known within a wider range than this, in scale points, is not ranked.
inline constexpr double kWidestRanked = 1;

struct RankedUnit {
  FocusUnit focus;
  // All raters' figure is a range: the need is the target minus the range's point nearest the target.
  bool from_range = false;
};

// Ranks units (each a set of items; no item is in two of them) by their need, target minus all raters' score. Unset: all
// raters have no score on the unit, or one in a range wider than kWidestRanked.
//
// The covariance of the scores is that of scoring's section 16: from printed standard deviations, s0 standing for one that
// is not printed, and one correlation between any two items of one rater; regularised as the score's own interval. Where a
// block's interval is the typical one, or its score a range, the prior stands alone.
std::vector<std::optional<RankedUnit>> RankPrinted(std::span<const PrintedBlock> blocks,
                                                   std::span<const std::vector<int>> units, const ScoringRules& rules,
                                                   double correlation);

// The point of `range` that is nearest `target`: the target itself where the range holds it.
double NearestPoint(const Interval& range, double target);

// The atoms of `items` that the block was asked.
std::vector<PrintedAtom> AskedAtoms(const PrintedBlock& block, std::span<const int> items);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PRINTED_RANKING_H_
