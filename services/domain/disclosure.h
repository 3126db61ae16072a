// Disclosure control: rules B1-B9 of the anonymity design as pure functions from tallies to printed
// atoms.

#ifndef CANDOR_SERVICES_DOMAIN_DISCLOSURE_H_
#define CANDOR_SERVICES_DOMAIN_DISCLOSURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/domain/cell_tally.h"
#include "services/domain/cells.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"

namespace candor::domain {

// The ratings of one issuing group on one item, counted, after reversal.
struct ItemTally {
  std::vector<int64_t> counts;  // one for each point of the scale
  int64_t not_observed = 0;
  int64_t blank = 0;
  ItemTally& operator+=(const ItemTally& other);
};

struct GroupTally {
  std::string code;              // the issuing group's
  int64_t raters = 0;            // forms with at least one rating
  std::vector<ItemTally> items;  // one for each item of the instrument; all zero where not asked
};

// The rules that a contract sets.
struct DisclosureRules {
  int points = 5;
  int minimum_group_size = 5;  // k
  int insiders = 1;            // t
  int maximum_reissued_percent = 10;
};
DisclosureRules RulesOf(const Contract& contract, const Instrument& instrument);

// From this many ratings on, an atom may say something of the halves of the scale (B5).
inline constexpr int64_t kFewestForHalves = 10;

// One atom from one tally (B3-B5); withheld below k answers. `pooled`: the block is a pool, which
// prints means only.
//
// With n <= 2 (1 + t) answers (possible from t = 3 on) the two bounds of B4 meet or overlap:
// whichever of them were printed would also say that the other does not hold, and that rules out
// answers. Such an atom is withheld too, and has n alone, whatever the ratings are. Where the
// distribution is shown the kind is kExact even if the sum lies within a bound (possible from t = 2
// on), since the distribution holds the sum.
Atom MakeAtom(const std::string& indicator, const ItemTally& tally, const DisclosureRules& rules,
              bool pooled);

// The same for the raters of one cell: rules B4 and B5 apply to the one value that each of them has.
CellAtom MakeCellAtom(const Cell& cell, const CellTally& tally, const DisclosureRules& rules, bool pooled);

// Why an issuing group may not be shown at all, from its counts alone: kMoreAnswersThanCodes or
// kTooManyReissued, where it is uncertain that everybody answered once. Unset: its codes withhold nothing.
std::optional<BlockState> WithheldByItsCodes(const GroupCounts& counts, const DisclosureRules& rules);

// The closed result of a survey. An issuing group with at least k raters and not too many reissued
// codes is a block of its own; the issuing group other_raters and all groups under k raters
// together are the pool, printed as the block other_raters if it has at least k + t raters, else in
// no figure. An atom of the pool, too, needs k + t answers, and 1 + t of others beside those of any
// issuing group in it that is too small to be shown alone: else the pool's mean would give away that
// group's, which is held back. A group that WithheldByItsCodes names is in no figure. If the issuing group
// other_raters itself is one there is no pool, and small groups stay too few.
// A group that the manifest has in parts (B2): the parts that their codes do not withhold are joined where
// they have fewer than FewestInPart raters, the smallest with the next smallest; which is smaller is told
// by the counts that the ledger publishes. Where two or more are left each is a block, and the group has
// none of its own. Where one is left that is all of the group, it is the group's block; beside a withheld part it
// keeps its parts' names. Either may be pooled like any other. An atom of joined parts needs 1 + t answers of
// others beside those of any of them with too few raters for a block, or too few answers for an atom.
// Which groups and parts have enough raters, and whether the pool has, is all that blocks say
// beyond their atoms. `tallies` and `counts` have one entry for each group of the manifest, in its
// order, with the same codes.
ClosedResult MakeClosedResult(const Manifest& manifest, const Instrument& instrument,
                              const DisclosureRules& rules, const std::vector<GroupTally>& tallies,
                              const std::vector<GroupCounts>& counts);

// The blocks of a survey with planned-missing forms: groups are shown, joined and withheld as above,
// by how many of their raters have a cell complete, and the atoms are those of cells. `cells` have
// passed CheckCells.
std::vector<CellBlock> MakeCellBlocks(const Manifest& manifest, const Instrument& instrument,
                                      const std::vector<Cell>& cells, const DisclosureRules& rules,
                                      const std::vector<CellGroupTally>& tallies,
                                      const std::vector<GroupCounts>& counts);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_DISCLOSURE_H_
