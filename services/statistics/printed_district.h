// How a questionnaire works over the leaders of a campaign, from what each leader's report prints: agreement of raters,
// whether a set of items says more than the rest, and which items two groups of raters use differently.
//
// All are functions of printed atoms, so they tell no more of anybody than the reports together do. Which of them are shown
// from how many leaders on is for the caller to say.

#ifndef CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_
#define CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_

#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
#include "services/statistics/estimates.h"
#include "services/statistics/printed.h"
#include "services/statistics/printed_ranking.h"

namespace candor::statistics {

// One leader's blocks of anonymous raters.
struct LeaderBlocks {
  struct Block {
    int group = -1;  // number of the rater group, the same for all leaders; below 0: the pool
    PrintedBlock printed;
  };
  std::vector<Block> blocks;  // of a group at most one
};

// Agreement of one block on one scale, over its items whose distribution is printed.
struct PrintedAgreement {
  int items = 0;
  double rwg = 0;                // r_wg(j), uniform null
  double average_deviation = 0;  // AD(j) about the mean, scale points
};
// `atoms`: of the items that the block was asked. Unset where fewer than two, or RequiredItems, print a distribution.
std::optional<PrintedAgreement> AgreementOf(std::span<const PrintedAtom> atoms, const ScoringRules& rules);

// All raters' score over `items`: as on the report. Unset where it has none.
std::optional<PrintedScore> ScoreOthers(const LeaderBlocks& leader, std::span<const int> items, const ScoringRules& rules,
                                        double correlation);

// A set of items against the rest.
struct ContrastCheck {
  int leaders = 0;
  std::optional<double> correlation;  // of the set with the rest, over leaders; unset where one of them does not differ
  Spread spread;                      // of set minus rest
};
// For each leader the mean over rater groups of (score on `items` - score on `rest`), each less that group's mean over
// leaders, so that it makes no difference which groups a leader has. A group counts where both scores are exact, and where it
// does so for at least `least_leaders`; unset where fewer leaders are left. The variance of one group's contrast is that of
// printed sds and one correlation, regularised. `items` and `rest` have no item in common.
std::optional<ContrastCheck> CheckContrast(std::span<const LeaderBlocks> leaders, std::span<const int> items,
                                           std::span<const int> rest, int least_leaders, const ScoringRules& rules,
                                           double correlation);

// How much further two groups lie apart on one item than on the others.
struct ItemContrast {
  int item = 0;
  int leaders = 0;
  double mean = 0;            // over leaders, scale points
  double standard_error = 0;  // of this mean, from the differences between leaders; leaders - 1 degrees
};
// For every leader whose blocks of both groups have exact means on at least six common items: the difference of the two means
// on an item, first minus second group, less the mean difference on the others. One entry for each item that has such a
// difference for at least `least_leaders`, which is 2 or more, and for 95 % of the leaders with a figure of both; in order.
std::vector<ItemContrast> ContrastItems(std::span<const LeaderBlocks> leaders, int first, int second, int items,
                                        int least_leaders);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_
