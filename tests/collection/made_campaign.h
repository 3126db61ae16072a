// Made-up instruments and campaigns, and slow computations of the figures that are pooled over them, from the raw forms.

#ifndef CANDOR_TESTS_COLLECTION_MADE_CAMPAIGN_H_
#define CANDOR_TESTS_COLLECTION_MADE_CAMPAIGN_H_

#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/collection/contribution.h"
#include "services/domain/closed_result.h"
#include "services/domain/instrument.h"
#include "services/domain/pooled_figures.h"
#include "tests/collection/rated_forms.h"

namespace candor::collection {

// For each domain, for each of its competencies, how many items. Domains are A, B, ..., their competencies A.1, A.2, ...
using MadeShape = std::vector<std::vector<int>>;
// A rater group and the items that it is asked.
using MadeGroup = std::pair<std::string, std::vector<int>>;
// On 1..5.
domain::InstrumentVersion MakeVersion(const MadeShape& shape, const std::vector<MadeGroup>& groups,
                                      const std::set<int>& reversed = {});
// 0, 1, ... items - 1.
std::vector<int> FirstItems(int items);

// Forms of one leader's raters on the items `asked` of `items`, those of them in `reversed` as they are sent: the leader has a
// level, each rater one about it, each mark strays from that. Of 100 marks about `missing` are blank or not observed.
Block MadeForms(std::mt19937& random, int raters, int items, const std::vector<int>& asked,
                const std::set<int>& reversed = {}, int missing = 0);

// What closing gives of these forms, one block for each group of the format, which is printed if its entry in `printed` says
// so (all are where `printed` is empty).
ContributedBlocks ContributionOf(const ContributionFormat& format, const std::vector<Block>& blocks,
                                 const std::vector<bool>& printed = {});
// The pooled figures of such leaders.
domain::PooledFigures FiguresOf(const ContributionFormat& format, const std::vector<std::vector<Block>>& leaders);

// By the definitions, from deviations, over one block a leader; in hundredths, halves away from zero, not cut. `items` of the
// instrument, whose marks are turned where they are in `reversed`.
struct SlowReliability {
  double alpha = 0, lambda2 = 0, icc1 = 0, icc2 = 0;
};
SlowReliability SlowReliabilityOf(const std::vector<Block>& leaders, const std::vector<int>& items,
                                  const std::set<int>& reversed = {});

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_MADE_CAMPAIGN_H_
