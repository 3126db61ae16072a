#include "services/domain/disclosure.h"

#include <algorithm>
#include <optional>

#include "services/base/status.h"

namespace candor::domain {
namespace {

int64_t RatingsOf(const ItemTally& tally) {
  int64_t n = 0;
  for (const int64_t count : tally.counts) n += count;
  return n;
}

// One atom for each item that is asked, in the instrument's order.
std::vector<Atom> MakeAtoms(const Instrument& instrument, const std::vector<bool>& asked,
                            const std::vector<ItemTally>& items, const DisclosureRules& rules,
                            bool pooled) {
  std::vector<Atom> atoms;
  for (size_t i = 0; i < instrument.items.size(); ++i) {
    if (asked[i]) atoms.push_back(MakeAtom(instrument.items[i].indicator, items[i], rules, pooled));
  }
  return atoms;
}

// The groups too small to stand alone, added together.
struct Pool {
  std::vector<std::string> members;
  int64_t raters = 0;
  std::vector<bool> asked;
  std::vector<ItemTally> items;

  explicit Pool(const Instrument& instrument)
      : asked(instrument.items.size(), false),
        items(instrument.items.size(), {std::vector<int64_t>(instrument.scale.points), 0, 0}) {}

  void Add(const IssuingGroup& group, const std::vector<bool>& group_asked,
           const GroupTally& tally) {
    members.insert(members.end(), group.members.begin(), group.members.end());
    raters += tally.raters;
    for (size_t i = 0; i < items.size(); ++i) {
      if (group_asked[i]) asked[i] = true;
      items[i] += tally.items[i];
    }
  }
};

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
  CANDOR_CHECK(tally.counts.size() == static_cast<size_t>(rules.points));
  Atom atom;
  atom.indicator = indicator;
  const int64_t n = RatingsOf(tally);
  if (n < rules.minimum_group_size) return atom;
  atom.n = n;

  const int64_t t = rules.insiders;
  int64_t sum = 0, in_low_half = 0;
  for (int point = 1; point <= rules.points; ++point) {
    sum += point * tally.counts[point - 1];
    if (point <= LowerHalfEnd(rules.points)) in_low_half += tally.counts[point - 1];
  }
  // (1 + t) answers can move the sum by this much: a sum that lies nearer to an end of the scale
  // would let t insiders and the sum rule out answers of another person.
  const int64_t reach = (1 + t) * (rules.points - 1);
  const int64_t least = n, most = n * rules.points;

  // Here most - reach <= least + reach, so that "at least" and "at most" share sums. A rule that
  // prints one of them for a shared sum makes the other stand for the sums beyond alone, which is
  // fewer than `reach` away from the end, and then the lowest (or highest) answer of somebody is
  // ruled out. No sum lies between the two, so no exact mean is lost.
  if (n <= 2 * (1 + t)) return atom;

  const bool halves = !pooled && n >= kFewestForHalves;
  if (halves && in_low_half >= t + 2 && n - in_low_half >= t + 2) {
    atom.kind = AtomKind::kExact;
    atom.sum = sum;
    atom.counts = tally.counts;
  } else {
    if (sum >= most - reach) {
      atom.kind = AtomKind::kAtLeast;
      atom.bound_numerator = most - reach;
    } else if (sum <= least + reach) {
      atom.kind = AtomKind::kAtMost;
      atom.bound_numerator = least + reach;
    } else {
      atom.kind = AtomKind::kExact;
      atom.sum = sum;
    }
    // n > 2 (t + 1), so one half at the most has t + 1 or fewer, and one of them does, else the
    // distribution is shown.
    if (halves)
      atom.half =
          in_low_half <= t + 1 ? HalfStatement::kAtMostTwoLow : HalfStatement::kAtMostTwoHigh;
  }
  if (!pooled && tally.not_observed >= rules.minimum_group_size)
    atom.not_observed = tally.not_observed;
  return atom;
}

std::optional<BlockState> WithheldByItsCodes(const GroupCounts& counts, const DisclosureRules& rules) {
  if (counts.counted > counts.issued + counts.reissued) return BlockState::kMoreAnswersThanCodes;
  if (counts.reissued * 100 > rules.maximum_reissued_percent * counts.invited) return BlockState::kTooManyReissued;
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

  Pool pool(instrument);
  std::optional<Block>
      withheld_pool;  // the issuing group other_raters, if its codes withhold it
  std::vector<size_t> pooled_blocks;  // indices in result.blocks
  bool has_joined_group = false;
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    const IssuingGroup& group = manifest.groups[i];
    const GroupTally& tally = tallies[i];
    CANDOR_CHECK(tally.code == group.code && counts[i].code == group.code);
    CANDOR_CHECK(tally.items.size() == instrument.items.size());
    const std::vector<bool> asked =
        ShapeOfGroup(instrument, group, /*prompts_open=*/false).items_asked;
    const std::optional<BlockState> withheld = WithheldByItsCodes(counts[i], rules);
    Block block{group.code, group.members, BlockState::kTooFew, {}};
    if (group.code == kOtherRaters) {
      has_joined_group = true;
      if (withheld.has_value()) {
        block.state = *withheld;
        withheld_pool = std::move(block);
      } else {
        pool.Add(group, asked, tally);
      }
      continue;
    }
    if (withheld.has_value()) {
      block.state = *withheld;
    } else if (tally.raters >= rules.minimum_group_size) {
      block.state = BlockState::kPrinted;
      block.atoms = MakeAtoms(instrument, asked, tally.items, rules, /*pooled=*/false);
    } else {
      // Also a group of no raters at all: to treat it apart would say that those who answered left
      // every item blank.
      pool.Add(group, asked, tally);
      pooled_blocks.push_back(result.blocks.size());
    }
    result.blocks.push_back(std::move(block));
  }

  if (withheld_pool.has_value()) {
    // A second block of the same code for the other small groups would be mistaken for this one.
    result.blocks.push_back(*std::move(withheld_pool));
    return result;
  }
  const bool printed = pool.raters >= rules.minimum_group_size + rules.insiders;
  if (printed || has_joined_group) {
    Block block{
        kOtherRaters, pool.members, printed ? BlockState::kPrinted : BlockState::kTooFew, {}};
    std::sort(block.members.begin(), block.members.end());
    if (printed) {
      block.atoms = MakeAtoms(instrument, pool.asked, pool.items, rules, /*pooled=*/true);
      for (const size_t i : pooled_blocks) result.blocks[i].state = BlockState::kPooled;
    }
    result.blocks.push_back(std::move(block));
  }
  return result;
}

}  // namespace candor::domain
