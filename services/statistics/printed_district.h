// How a questionnaire works over the leaders of a campaign, from what each leader's report prints: agreement of raters,
// whether groups agree on a set of items against the rest, and which items two groups of raters use differently.
//
// All are functions of printed atoms, so they tell no more of anybody than the reports together do. Which of them are shown
// from how many leaders on is for the caller to say.

#ifndef CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_
#define CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_

#include <optional>
#include <span>
#include <vector>

#include "services/statistics/constants.h"
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
  int leaders = 0;  // with a contrast of at least two groups
  std::optional<double> correlation;  // of the set with the rest, over these leaders; unset where one of them does not differ
  double agreement = 0;  // of two groups on the contrast, over leaders: their correlation, all pairs of groups together
  double chance = 1;     // of so much agreement or more, where groups agree by chance alone; never below 1 / 5000
};
// Whether groups of raters agree on which leaders stand higher on `items` than on `rest`: what one group's raters share in their
// impression of a leader, or by chance, the other group's raters do not know of. So no variance of an error need be known.
//
// A group's contrast is score on `items` - score on `rest`, where both are exact, less that group's mean over leaders; a group
// counts where it has one for at least `least_leaders`. Chance is told by dealing out the leaders of every group anew, 4,999 times
// and always in the same way. Unset where fewer than `least_leaders`, which is 2 or more, have two groups, or where the contrasts
// do not differ. `items` and `rest` have no item in common.
std::optional<ContrastCheck> CheckContrast(std::span<const LeaderBlocks> leaders, std::span<const int> items,
                                           std::span<const int> rest, int least_leaders, const ScoringRules& rules);

// How much further two groups lie apart on one item than on the others.
struct ItemContrast {
  int item = 0;
  int leaders = 0;
  double mean = 0;            // over leaders, scale points
  double standard_error = 0;  // of this mean, from the differences between leaders; leaders - 1 degrees
};
// For every leader whose blocks of both groups have exact means on at least six common items: the difference of the two means
// on an item, first minus second group, less the median of the differences on the others, which one item that the groups use
// differently hardly moves. One entry for each item that has such a
// difference for at least `least_leaders`, which is 2 or more, and for 95 % of the leaders with a figure of both; in order.
std::vector<ItemContrast> ContrastItems(std::span<const LeaderBlocks> leaders, int first, int second, int items,
                                        int least_leaders);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PRINTED_DISTRICT_H_
