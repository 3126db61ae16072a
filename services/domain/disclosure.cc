#include "services/domain/disclosure.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "services/base/status.h"

namespace candor::domain {
namespace {

// What rules 4 and 5 print of answers that each are a whole number of parts: the atoms of items and of cells alike.
struct Figures {
  AtomKind kind = AtomKind::kWithheld;
  int64_t n = 0;
  int64_t sum = 0, bound_numerator = 0;  // in parts
  bool distribution = false;
  HalfStatement half = HalfStatement::kNone;
};

// `counts[i]`: answers of `parts_per_point` + i parts, so that the lowest answer is one point; the first `low_values` of
// them are the lower half of the scale. Withheld below `minimum` answers.
Figures FiguresOf(const std::vector<int64_t>& counts, int64_t parts_per_point, int64_t low_values, int64_t minimum,
                  const DisclosureRules& rules, bool pooled) {
  Figures figures;
  int64_t n = 0, sum = 0, in_low_half = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    n += counts[i];
    sum += (parts_per_point + static_cast<int64_t>(i)) * counts[i];
    if (static_cast<int64_t>(i) < low_values) in_low_half += counts[i];
  }
  if (n < minimum) return figures;
  figures.n = n;

  const int64_t t = rules.insiders;
  // (1 + t) answers can move the sum by this much: a sum that lies nearer to an end of the scale
  // would let t insiders and the sum rule out answers of another person.
  const int64_t reach = (1 + t) * (rules.points - 1) * parts_per_point;
  const int64_t least = n * parts_per_point, most = n * rules.points * parts_per_point;

  // Here most - reach <= least + reach, so that "at least" and "at most" share sums. A rule that
  // prints one of them for a shared sum makes the other stand for the sums beyond alone, which is
  // fewer than `reach` away from the end, and then the lowest (or highest) answer of somebody is
  // ruled out. No sum lies between the two, so no exact mean is lost.
  if (n <= 2 * (1 + t)) return figures;

  const bool halves = !pooled && n >= kFewestForHalves;
  if (halves && in_low_half >= t + 2 && n - in_low_half >= t + 2) {
    figures.kind = AtomKind::kExact;
    figures.sum = sum;
    figures.distribution = true;
    return figures;
  }
  if (sum >= most - reach) {
    figures.kind = AtomKind::kAtLeast;
    figures.bound_numerator = most - reach;
  } else if (sum <= least + reach) {
    figures.kind = AtomKind::kAtMost;
    figures.bound_numerator = least + reach;
  } else {
    figures.kind = AtomKind::kExact;
    figures.sum = sum;
  }
  // n > 2 (t + 1), so one half at the most has t + 1 or fewer, and one of them does, else the
  // distribution is shown.
  if (halves) figures.half = in_low_half <= t + 1 ? HalfStatement::kAtMostTwoLow : HalfStatement::kAtMostTwoHigh;
  return figures;
}

int64_t RatingsOf(const ItemTally& tally) { return std::accumulate(tally.counts.begin(), tally.counts.end(), int64_t{0}); }
int64_t RatersOf(const CellTally& tally) { return std::accumulate(tally.counts.begin(), tally.counts.end(), int64_t{0}); }

Atom MakeItemAtom(const std::string& indicator, const ItemTally& tally, int64_t minimum, const DisclosureRules& rules,
                  bool pooled) {
  CANDOR_CHECK(tally.counts.size() == static_cast<size_t>(rules.points));
  const Figures figures = FiguresOf(tally.counts, 1, LowerHalfEnd(rules.points), minimum, rules, pooled);
  Atom atom{indicator, figures.kind, figures.n, figures.sum, figures.bound_numerator, {}, figures.half, std::nullopt};
  if (figures.distribution) atom.counts = tally.counts;
  if (figures.kind != AtomKind::kWithheld && !pooled && tally.not_observed >= rules.minimum_group_size) {
    atom.not_observed = tally.not_observed;
  }
  return atom;
}

CellAtom MakeAtomOfCell(const Cell& cell, const CellTally& tally, int64_t minimum, const DisclosureRules& rules,
                        bool pooled) {
  CANDOR_CHECK(tally.counts.size() == CellValues(cell.rated, rules.points));
  const Figures figures =
      FiguresOf(tally.counts, cell.rated, LowCellValues(cell.rated, rules.points), minimum, rules, pooled);
  CellAtom atom{cell.code,   cell.rated, figures.kind, figures.n,
                figures.sum, figures.bound_numerator, {}, figures.half};
  if (figures.distribution) atom.counts = tally.counts;
  return atom;
}

// The fewest answers that the pool's atom needs, where `answers` are those of each issuing group in it: more than there
// can be where nothing may be printed.
//
// A group in the pool is held back, and the sum of the whole pool is nearly its own unless enough others stand beside
// it: of fewer than 1 + t others an insider or two would leave none. So k + t are needed, which leaves 1 + t beside any
// group of fewer than k. A group joined before opening may have k or more and still too few to be shown alone.
int64_t MinimumOfPool(const std::vector<int64_t>& answers, const DisclosureRules& rules) {
  const int64_t minimum = rules.minimum_group_size + rules.insiders;
  const int64_t n = std::accumulate(answers.begin(), answers.end(), int64_t{0});
  for (const int64_t of_group : answers) {
    if (of_group < minimum && n - of_group <= rules.insiders) return n + 1;
  }
  return minimum;
}

// The same for a block of parts that were joined; `held_back[i]`: part i has too few raters to be a block. Its figures are
// held back as those of a group in the pool are, and so is the figure of a part that has too few answers for an atom: 1 + t
// answers of others must stand beside its own.
int64_t MinimumOfParts(const std::vector<int64_t>& answers, const std::vector<bool>& held_back,
                       const DisclosureRules& rules) {
  const int64_t n = std::accumulate(answers.begin(), answers.end(), int64_t{0});
  for (size_t i = 0; i < answers.size(); ++i) {
    const bool stands_alone = !held_back[i] && answers[i] >= rules.minimum_group_size;
    if (!stands_alone && answers[i] > 0 && n - answers[i] <= rules.insiders) return n + 1;
  }
  return rules.minimum_group_size;
}

// A block, and the issuing groups whose answers its atoms are made from; none unless it is printed.
struct PlannedBlock {
  Block block;
  std::vector<size_t> groups;
  bool pooled = false;
  std::vector<bool> held_back = {};  // of parts that were joined: one entry for each of `groups`; else empty

  // The fewest answers that one of its atoms needs; `answers`: those of each of `groups`.
  int64_t MinimumOf(const std::vector<int64_t>& answers, const DisclosureRules& rules) const {
    if (pooled) return MinimumOfPool(answers, rules);
    return held_back.empty() ? rules.minimum_group_size : MinimumOfParts(answers, held_back, rules);
  }
};

// Rule 2: the blocks of the rater group whose first part is issuing group `first`. Parts that their codes withhold are
// blocks without figures; the others are joined until each has enough raters or one is left. That is then the group's own
// block if it is all of the group; beside a part that is withheld it bears the names of its own parts, since under the
// group's it would be taken for all of it, and compared with rounds in which it was. kTooFew where it has fewer than k.
std::vector<PlannedBlock> PlanParts(const Manifest& manifest, const DisclosureRules& rules,
                                    const std::vector<int64_t>& raters, const std::vector<GroupCounts>& counts,
                                    size_t first) {
  const std::vector<std::string>& members = manifest.groups[first].members;
  const int64_t fewest = FewestInPart(rules.minimum_group_size);
  std::vector<PlannedBlock> blocks;
  std::vector<SizedPart> parts;
  for (size_t i = first; i < manifest.groups.size(); ++i) {
    const IssuingGroup& group = manifest.groups[i];
    if (group.parts.empty() || group.members != members) continue;
    if (const std::optional<BlockState> withheld = WithheldByItsCodes(counts[i], rules); withheld.has_value()) {
      blocks.push_back({{group.code, members, *withheld, {}, group.parts}, {}});
    } else {
      // How many rated is not published, how many answered is: told by the first, the order of two parts would say
      // that of those who answered in one of them some left every item blank.
      parts.push_back({group.parts, raters[i], counts[i].counted, {i}});
    }
  }
  parts = JoinSmallParts(std::move(parts), fewest);
  const bool apart = parts.size() > 1 || !blocks.empty();
  for (SizedPart& part : parts) {
    PlannedBlock& planned = blocks.emplace_back();
    planned.block.code = apart ? IssuingCode(members[0], part.parts) : members[0];
    planned.block.members = members;
    planned.block.state = part.size >= rules.minimum_group_size ? BlockState::kPrinted : BlockState::kTooFew;
    if (apart) planned.block.parts = std::move(part.parts);
    planned.groups = std::move(part.members);
    if (planned.groups.size() == 1) continue;
    for (const size_t i : planned.groups) planned.held_back.push_back(raters[i] < fewest);
  }
  std::sort(blocks.begin(), blocks.end(),
            [](const PlannedBlock& a, const PlannedBlock& b) { return a.block.code < b.block.code; });
  return blocks;
}

// Rules 1, 2 and the ledger's: which issuing groups stand alone, which are joined, and which are in no figure. `raters` has
// one entry for each group of the manifest.
std::vector<PlannedBlock> PlanBlocks(const Manifest& manifest, const DisclosureRules& rules,
                                     const std::vector<int64_t>& raters, const std::vector<GroupCounts>& counts) {
  std::vector<PlannedBlock> blocks;
  PlannedBlock pool{{kOtherRaters, {}, BlockState::kTooFew, {}}, {}, true};
  std::optional<PlannedBlock> withheld_pool;  // the issuing group other_raters, if its codes withhold it
  std::vector<size_t> pooled_blocks;          // indices in `blocks`
  int64_t pool_raters = 0;
  bool has_joined_group = false;
  const auto add_to_pool = [&](size_t i) {
    for (const std::string& member : manifest.groups[i].members) {
      std::vector<std::string>& members = pool.block.members;  // the parts of one group are its members once
      if (std::find(members.begin(), members.end(), member) == members.end()) members.push_back(member);
    }
    pool.groups.push_back(i);
    pool_raters += raters[i];
  };
  std::set<std::string> in_parts;  // rater groups whose parts are planned
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    const IssuingGroup& group = manifest.groups[i];
    if (!group.parts.empty()) {
      if (!in_parts.insert(group.members[0]).second) continue;
      for (PlannedBlock& planned : PlanParts(manifest, rules, raters, counts, i)) {
        if (planned.block.state == BlockState::kTooFew) {
          for (const size_t part : planned.groups) add_to_pool(part);
          pooled_blocks.push_back(blocks.size());
          planned.groups.clear();
        }
        blocks.push_back(std::move(planned));
      }
      continue;
    }
    const std::optional<BlockState> withheld = WithheldByItsCodes(counts[i], rules);
    PlannedBlock planned{{group.code, group.members, withheld.value_or(BlockState::kTooFew), {}}, {}};
    if (group.code == kOtherRaters) {
      has_joined_group = true;
      if (withheld.has_value()) {
        withheld_pool = std::move(planned);
      } else {
        add_to_pool(i);
      }
      continue;
    }
    if (!withheld.has_value()) {
      if (raters[i] >= rules.minimum_group_size) {
        planned.block.state = BlockState::kPrinted;
        planned.groups = {i};
      } else {
        // Also a group of no raters at all: to treat it apart would say that those who answered left
        // every item blank.
        add_to_pool(i);
        pooled_blocks.push_back(blocks.size());
      }
    }
    blocks.push_back(std::move(planned));
  }

  if (withheld_pool.has_value()) {
    // A second block of the same code for the other small groups would be mistaken for this one.
    blocks.push_back(*std::move(withheld_pool));
    return blocks;
  }
  const bool printed = pool_raters >= rules.minimum_group_size + rules.insiders;
  if (!printed && !has_joined_group) return blocks;
  std::sort(pool.block.members.begin(), pool.block.members.end());
  if (printed) {
    pool.block.state = BlockState::kPrinted;
    for (const size_t i : pooled_blocks) blocks[i].block.state = BlockState::kPooled;
  } else {
    pool.groups.clear();
  }
  blocks.push_back(std::move(pool));
  return blocks;
}

}  // namespace

ItemTally& ItemTally::operator+=(const ItemTally& other) {
  if (counts.size() < other.counts.size()) counts.resize(other.counts.size());
  for (size_t i = 0; i < other.counts.size(); ++i) counts[i] += other.counts[i];
  not_observed += other.not_observed;
  blank += other.blank;
  return *this;
}

DisclosureRules RulesOf(const Contract& contract, const Instrument& instrument) {
  return {instrument.scale.points, contract.minimum_group_size, contract.insiders,
          contract.maximum_reissued_percent};
}

Atom MakeAtom(const std::string& indicator, const ItemTally& tally, const DisclosureRules& rules,
              bool pooled) {
  return MakeItemAtom(indicator, tally, rules.minimum_group_size, rules, pooled);
}

CellAtom MakeCellAtom(const Cell& cell, const CellTally& tally, const DisclosureRules& rules, bool pooled) {
  return MakeAtomOfCell(cell, tally, rules.minimum_group_size, rules, pooled);
}

std::optional<BlockState> WithheldByItsCodes(const GroupCounts& counts, const DisclosureRules& rules) {
  if (counts.counted > counts.issued + counts.reissued) return BlockState::kMoreAnswersThanCodes;
  if (counts.reissued > ReissuableCodes(rules.maximum_reissued_percent, counts.invited)) {
    return BlockState::kTooManyReissued;
  }
  return std::nullopt;
}

ClosedResult MakeClosedResult(const Manifest& manifest, const Instrument& instrument,
                              const DisclosureRules& rules, const std::vector<GroupTally>& tallies,
                              const std::vector<GroupCounts>& counts) {
  CANDOR_CHECK(tallies.size() == manifest.groups.size() && counts.size() == manifest.groups.size());
  CANDOR_CHECK(rules.points == instrument.scale.points);
  ClosedResult result;
  result.survey = manifest.survey;
  result.points = rules.points;
  result.counts = counts;

  std::vector<int64_t> raters;
  std::vector<std::vector<bool>> asked;
  for (size_t i = 0; i < tallies.size(); ++i) {
    CANDOR_CHECK(tallies[i].code == manifest.groups[i].code && counts[i].code == manifest.groups[i].code);
    CANDOR_CHECK(tallies[i].items.size() == instrument.items.size());
    raters.push_back(tallies[i].raters);
    asked.push_back(ShapeOfGroup(instrument, manifest.groups[i], /*prompts_open=*/false).items_asked);
  }
  for (PlannedBlock& planned : PlanBlocks(manifest, rules, raters, counts)) {
    for (size_t item = 0; item < instrument.items.size(); ++item) {
      bool asked_of_any = false;
      ItemTally sum{std::vector<int64_t>(rules.points), 0, 0};
      std::vector<int64_t> answers;
      for (const size_t group : planned.groups) {
        if (asked[group][item]) asked_of_any = true;
        sum += tallies[group].items[item];
        answers.push_back(RatingsOf(tallies[group].items[item]));
      }
      if (!asked_of_any) continue;
      const int64_t minimum = planned.MinimumOf(answers, rules);
      planned.block.atoms.push_back(
          MakeItemAtom(instrument.items[item].indicator, sum, minimum, rules, planned.pooled));
    }
    result.blocks.push_back(std::move(planned.block));
  }
  return result;
}

std::vector<CellBlock> MakeCellBlocks(const Manifest& manifest, const Instrument& instrument,
                                      const std::vector<Cell>& cells, const DisclosureRules& rules,
                                      const std::vector<CellGroupTally>& tallies,
                                      const std::vector<GroupCounts>& counts) {
  CANDOR_CHECK(tallies.size() == manifest.groups.size() && counts.size() == manifest.groups.size());
  CANDOR_CHECK(rules.points == instrument.scale.points);
  std::vector<int64_t> raters;
  std::vector<std::vector<bool>> asked;
  for (size_t i = 0; i < tallies.size(); ++i) {
    CANDOR_CHECK(tallies[i].code == manifest.groups[i].code && counts[i].code == manifest.groups[i].code);
    CANDOR_CHECK(tallies[i].cells.size() == cells.size());
    raters.push_back(tallies[i].raters);
    asked.push_back(CellsAsked(cells, ShapeOfGroup(instrument, manifest.groups[i], /*prompts_open=*/false)));
  }
  std::vector<CellBlock> blocks;
  for (PlannedBlock& planned : PlanBlocks(manifest, rules, raters, counts)) {
    CellBlock block{std::move(planned.block.code), std::move(planned.block.members), planned.block.state, {},
                    std::move(planned.block.parts)};
    for (size_t c = 0; c < cells.size(); ++c) {
      bool asked_of_any = false;
      CellTally sum{std::vector<int64_t>(CellValues(cells[c].rated, rules.points)), 0};
      std::vector<int64_t> answers;
      for (const size_t group : planned.groups) {
        if (asked[group][c]) asked_of_any = true;
        sum += tallies[group].cells[c];
        answers.push_back(RatersOf(tallies[group].cells[c]));
      }
      if (!asked_of_any) continue;
      const int64_t minimum = planned.MinimumOf(answers, rules);
      block.atoms.push_back(MakeAtomOfCell(cells[c], sum, minimum, rules, planned.pooled));
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace candor::domain
