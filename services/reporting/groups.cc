#include "services/reporting/groups.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace candor::reporting {
namespace {

using statistics::PrintedAtom;

constexpr int64_t kFewAnswers = 10;  // below this a report warns that few answered

void Add(const domain::GroupCounts& counts, domain::GroupCounts& sum) {
  sum.invited += counts.invited;
  sum.issued += counts.issued;
  sum.reissued += counts.reissued;
  sum.counted += counts.counted;
  sum.replaced += counts.replaced;
}

// Taking part, for a block: its issuing groups' counts; for the pool, those of every group in it.
domain::GroupCounts CountsOf(const domain::ClosedResult& result, const domain::Block& block) {
  domain::GroupCounts sum;
  for (const domain::GroupCounts& counts : result.counts) {
    if (domain::IsOfBlock(result, block, counts.code)) Add(counts, sum);
  }
  if (block.code != domain::kOtherRaters) return sum;
  // A group joined before opening has no block and no counts of its own, so that nobody is added twice.
  for (const domain::Block& member : result.blocks) {
    const bool pooled = std::find(block.members.begin(), block.members.end(), member.code) != block.members.end();
    if (!pooled || member.code == block.code) continue;
    for (const domain::GroupCounts& counts : result.counts) {
      if (domain::IsOfBlock(result, member, counts.code)) Add(counts, sum);
    }
  }
  return sum;
}

// The same for a rater group, over all its parts.
domain::GroupCounts CountsOfGroup(const domain::ClosedResult& result, const std::string& group) {
  domain::GroupCounts sum;
  for (const domain::GroupCounts& counts : result.counts) {
    if (domain::ParseIssuingCode(counts.code).group == group) Add(counts, sum);
  }
  return sum;
}

v1::WithheldReason ReasonOf(const domain::Block& block, int64_t counted) {
  switch (block.state) {
    case domain::BlockState::kPrinted: return v1::WITHHELD_REASON_UNSPECIFIED;
    case domain::BlockState::kTooManyReissued: return v1::WITHHELD_REASON_TOO_MANY_REISSUED;
    case domain::BlockState::kMoreAnswersThanCodes: return v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES;
    case domain::BlockState::kPooled: return v1::WITHHELD_REASON_POOLED;
    case domain::BlockState::kTooFew: break;
  }
  return counted == 0 ? v1::WITHHELD_REASON_NO_DATA : v1::WITHHELD_REASON_TOO_FEW_ANSWERS;
}

ItemFigures FiguresOf(const domain::Atom& atom) {
  ItemFigures figures;
  figures.n = atom.n;
  figures.half = atom.half;
  figures.not_observed = atom.not_observed;
  PrintedAtom& printed = figures.atom;
  if (atom.kind == domain::AtomKind::kWithheld) return figures;
  printed.n = atom.n;
  switch (atom.kind) {
    case domain::AtomKind::kWithheld: break;
    case domain::AtomKind::kExact:
      printed.kind = PrintedAtom::Kind::kExact;
      printed.sum = atom.sum;
      printed.counts = atom.counts;
      break;
    case domain::AtomKind::kAtLeast:
    case domain::AtomKind::kAtMost:
      printed.kind =
          atom.kind == domain::AtomKind::kAtLeast ? PrintedAtom::Kind::kAtLeast : PrintedAtom::Kind::kAtMost;
      printed.bound = static_cast<double>(atom.bound_numerator) / static_cast<double>(atom.n);
      break;
  }
  return figures;
}

void SetCounts(const domain::GroupCounts& counts, v1::GroupSummary& out) {
  out.set_invited(counts.invited);
  out.set_issued(counts.issued);
  out.set_reissued(counts.reissued);
  out.set_counted(counts.counted);
  out.set_replaced(counts.replaced);
}

// What every report says of its groups, once the counts are in.
void SetWarnings(v1::GroupSummary& out) {
  if (out.counted() == 0) return;
  if (10 * out.counted() < 3 * out.invited()) {
    out.add_warnings(v1::PARTICIPATION_WARNING_VERY_LOW_RATE);
  } else if (2 * out.counted() < out.invited()) {
    out.add_warnings(v1::PARTICIPATION_WARNING_LOW_RATE);
  }
  if (out.counted() < kFewAnswers) out.add_warnings(v1::PARTICIPATION_WARNING_FEW);
}

// Whether a part's share of the answers is at least 10 points away from its share of the invited.
bool IsUneven(const v1::GroupSummary& group, const std::vector<PreparedGroup>& parts) {
  if (group.counted() == 0 || group.invited() == 0) return false;
  for (const PreparedGroup& part : parts) {
    const int64_t difference =
        part.summary.counted() * group.invited() - part.summary.invited() * group.counted();
    if (10 * std::abs(difference) >= group.counted() * group.invited()) return true;
  }
  return false;
}

PreparedGroup Prepare(const ReportInput& input, const domain::Block& block) {
  const domain::Instrument& instrument = input.version.instrument;
  PreparedGroup prepared;
  const domain::GroupCounts counts = CountsOf(input.result, block);
  prepared.reason = ReasonOf(block, counts.counted);
  v1::GroupSummary& summary = prepared.summary;
  summary.set_code(block.code);
  for (const std::string& member : block.members) summary.add_members(member);
  summary.set_withheld_reason(prepared.reason);
  if (block.parts.empty()) {
    summary.set_title(GroupTitle(instrument, block.code));
    SetCounts(block.code == domain::kOtherRaters ? counts : CountsOfGroup(input.result, block.code), summary);
  } else {
    summary.set_title(PartsTitle(input.contract, instrument, block.members[0], block.parts));
    summary.set_part_of(block.members[0]);
    for (const std::string& part : block.parts) summary.add_parts(part);
    SetCounts(counts, summary);
  }
  for (const std::string& language : instrument.languages) {
    (*summary.mutable_titles()->mutable_values())[language] =
        block.parts.empty() ? GroupTitle(instrument, block.code, language)
                            : PartsTitle(input.contract, instrument, block.members[0], block.parts, language);
  }
  SetWarnings(summary);
  prepared.asked.assign(instrument.items.size(), false);
  prepared.items.resize(instrument.items.size());
  if (block.state != domain::BlockState::kPrinted) {
    for (int item : domain::CommonItems(instrument, block.members)) prepared.asked[item] = true;
    return prepared;
  }
  const std::map<std::string, int> index = ItemIndex(instrument);
  for (const domain::Atom& atom : block.atoms) {
    const int item = index.at(atom.indicator);
    prepared.asked[item] = true;
    prepared.items[item] = FiguresOf(atom);
  }
  return prepared;
}

// A group that has no block of its own, from its parts. It is no second count: of what a part withholds it knows nothing,
// so that no difference between it and the parts says anything.
PreparedGroup JoinParts(const ReportInput& input, const std::string& group, const std::vector<PreparedGroup>& parts,
                        const statistics::ScoringRules& rules) {
  PreparedGroup joined;
  joined.asked = parts[0].asked;
  joined.items.resize(joined.asked.size());
  joined.reason = parts[0].reason;
  for (const PreparedGroup& part : parts) {
    if (part.reason == v1::WITHHELD_REASON_UNSPECIFIED) joined.reason = v1::WITHHELD_REASON_UNSPECIFIED;
  }
  v1::GroupSummary& summary = joined.summary;
  summary.set_code(group);
  summary.set_title(GroupTitle(input.version.instrument, group));
  summary.add_members(group);
  summary.set_withheld_reason(joined.reason);
  summary.set_from_parts(true);
  SetCounts(CountsOfGroup(input.result, group), summary);
  for (const std::string& language : input.version.instrument.languages) {
    (*summary.mutable_titles()->mutable_values())[language] = GroupTitle(input.version.instrument, group, language);
  }
  SetWarnings(summary);
  if (IsUneven(summary, parts)) summary.add_warnings(v1::PARTICIPATION_WARNING_UNEVEN);
  for (size_t item = 0; item < joined.items.size(); ++item) {
    std::vector<PrintedAtom> atoms;
    std::optional<int64_t> not_observed = 0;
    for (const PreparedGroup& part : parts) {
      const ItemFigures& figures = part.items[item];
      if (figures.atom.kind == PrintedAtom::Kind::kWithheld) {
        joined.items[item].n = std::max(joined.items[item].n, figures.n);
        continue;
      }
      atoms.push_back(figures.atom);
      if (not_observed.has_value() && figures.not_observed.has_value()) {
        *not_observed += *figures.not_observed;
      } else {
        not_observed.reset();
      }
    }
    if (atoms.empty()) continue;
    joined.items[item].atom = statistics::JoinPrinted(atoms, rules);
    joined.items[item].n = joined.items[item].atom.n;
    joined.items[item].not_observed = not_observed;
  }
  return joined;
}

}  // namespace

std::vector<PreparedGroup> PrepareGroups(const ReportInput& input, const statistics::ScoringRules& rules) {
  std::vector<PreparedGroup> groups;
  const std::vector<domain::Block>& blocks = input.result.blocks;
  for (size_t i = 0; i < blocks.size();) {
    if (blocks[i].parts.empty()) {
      groups.push_back(Prepare(input, blocks[i]));
      ++i;
      continue;
    }
    const std::string& group = blocks[i].members[0];
    std::vector<PreparedGroup> parts;
    for (; i < blocks.size() && !blocks[i].parts.empty() && blocks[i].members[0] == group; ++i) {
      parts.push_back(Prepare(input, blocks[i]));
    }
    // Else the group's own block, of all parts but these, stands just before.
    if (groups.empty() || groups.back().summary.code() != group) {
      groups.push_back(JoinParts(input, group, parts, rules));
    }
    std::move(parts.begin(), parts.end(), std::back_inserter(groups));
  }
  return groups;
}

}  // namespace candor::reporting
