#include "services/reporting/change.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "services/reporting/scores.h"
#include "services/reporting/units.h"
#include "services/statistics/change.h"

namespace candor::reporting {
namespace {

using statistics::PrintedAtom;
using statistics::RoundScore;

// Whether both say the same wherever both say something, and do so at least once.
template <typename Value>
bool Agree(const std::map<std::string, Value>& a, const std::map<std::string, Value>& b) {
  bool common = false;
  for (const auto& [language, value] : a) {
    const auto other = b.find(language);
    if (other == b.end()) continue;
    if (other->second != value) return false;
    common = true;
  }
  return common;
}

bool SameScale(const domain::RatingScale& a, const domain::RatingScale& b) {
  return a.points == b.points && Agree(a.labels, b.labels);
}

// Whether `audience` was asked the same: an answer to other words is an answer to another question.
bool SameItem(const domain::Item& a, const domain::Item& b, const std::string& audience) {
  const auto text = a.texts.find(audience), other = b.texts.find(audience);
  return a.reverse == b.reverse && text != a.texts.end() && other != b.texts.end() &&
         Agree(text->second, other->second);
}

// The two rounds side by side.
struct Rounds {
  const ReportInput& now;
  ReportInput before;
  std::vector<PreparedGroup> groups_before;
  statistics::ScoringRules rules;
  double correlation_now = 0, correlation_before = 0;
  std::map<std::string, int> items_before;  // by indicator

  // The place in the round before of item `item`, if `audience` was asked it in the same words.
  std::optional<int> Earlier(int item, const std::string& audience) const {
    const domain::Item& asked = now.version.instrument.items[item];
    const auto found = items_before.find(asked.indicator);
    if (found == items_before.end()) return std::nullopt;
    if (!SameItem(asked, before.version.instrument.items[found->second], audience)) return std::nullopt;
    return found->second;
  }

  const PreparedGroup* FindBefore(const std::string& code) const {
    for (const PreparedGroup& group : groups_before) {
      if (group.summary.code() == code) return &group;
    }
    return nullptr;
  }
};

// The pool is other groups each time, and parts are joined as they come: neither need be the same people's group twice.
bool IsComparable(const PreparedGroup& group) {
  return !group.is_part() && group.summary.code() != domain::kOtherRaters &&
         group.reason == v1::WITHHELD_REASON_UNSPECIFIED;
}

v1::ChangeWord ToProto(statistics::ChangeWord word) {
  switch (word) {
    case statistics::ChangeWord::kUndetermined: return v1::CHANGE_WORD_UNDETERMINED;
    case statistics::ChangeWord::kHigher: return v1::CHANGE_WORD_HIGHER;
    case statistics::ChangeWord::kLower: return v1::CHANGE_WORD_LOWER;
    case statistics::ChangeWord::kNoClearChange: return v1::CHANGE_WORD_NO_CLEAR_CHANGE;
  }
  return v1::CHANGE_WORD_UNSPECIFIED;
}

void SetChange(const RoundScore& before, const RoundScore& now, const statistics::ScoringRules& rules,
               v1::Change& out) {
  const statistics::PrintedChange change = statistics::CompareRounds(before, now, rules);
  if (change.interval.has_value()) {
    out.set_value(change.change.lo);
    v1::Interval& interval = *out.mutable_interval();
    interval.set_kind(change.interval->typical ? v1::INTERVAL_KIND_TYPICAL : v1::INTERVAL_KIND_CONFIDENCE);
    interval.set_lower(change.interval->limits.lo);
    interval.set_upper(change.interval->limits.hi);
  } else {
    out.set_lower(change.change.lo);
    out.set_upper(change.change.hi);
  }
  out.set_word(ToProto(change.word));
}

void AddChangesOfUnit(const Rounds& rounds, const std::vector<PreparedGroup>& groups, const Unit& unit,
                      v1::UnitScore& out) {
  std::vector<RoundScore> all_now, all_before;
  std::vector<std::string> used;
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::string& code = groups[g].summary.code();
    const PreparedGroup* earlier = rounds.FindBefore(code);
    if (!IsComparable(groups[g]) || earlier == nullptr || !IsComparable(*earlier)) continue;
    std::vector<PrintedAtom> now, before;
    int asked = 0;
    for (const int item : unit.items) {
      if (!groups[g].asked[item]) continue;
      ++asked;
      const std::optional<int> place = rounds.Earlier(item, code);
      if (!place.has_value() || !earlier->asked[*place]) continue;
      const PrintedAtom &later = groups[g].items[item].atom, &first = earlier->items[*place].atom;
      if (later.kind == PrintedAtom::Kind::kWithheld || first.kind == PrintedAtom::Kind::kWithheld) continue;
      now.push_back(later);
      before.push_back(first);
    }
    const auto score_now = statistics::ScoreRound(now, asked, rounds.rules, rounds.correlation_now);
    const auto score_before = statistics::ScoreRound(before, asked, rounds.rules, rounds.correlation_before);
    if (!score_now.has_value() || !score_before.has_value()) continue;
    v1::Change& change = *out.mutable_groups(static_cast<int>(g))->mutable_change();
    SetChange(*score_before, *score_now, rounds.rules, change);
    change.set_items_common(static_cast<int32_t>(now.size()));
    all_now.push_back(*score_now);
    all_before.push_back(*score_before);
    used.push_back(code);
  }
  const auto now = statistics::CombineRound(all_now, rounds.rules);
  const auto before = statistics::CombineRound(all_before, rounds.rules);
  if (!now.has_value() || !before.has_value()) return;
  v1::Change& change = *out.mutable_all_raters()->mutable_change();
  SetChange(*before, *now, rounds.rules, change);
  for (std::string& code : used) change.add_groups_used(std::move(code));
}

// How many statements some group was asked both times, in the same words and in other ones.
void CountItems(const Rounds& rounds, v1::ComparedRound& out) {
  const domain::Instrument& instrument = rounds.now.version.instrument;
  for (size_t i = 0; i < instrument.items.size(); ++i) {
    const auto found = rounds.items_before.find(instrument.items[i].indicator);
    if (found == rounds.items_before.end()) continue;
    const domain::Item& before = rounds.before.version.instrument.items[found->second];
    bool asked = false, same = false;
    for (const domain::RaterGroup& group : instrument.rater_groups) {
      asked = asked || (instrument.items[i].texts.contains(group.code) && before.texts.contains(group.code));
      same = same || SameItem(instrument.items[i], before, group.code);
    }
    if (same) {
      out.set_items_common(out.items_common() + 1);
    } else if (asked) {
      out.set_items_reworded(out.items_reworded() + 1);
    }
  }
}

v1::ComparisonState StateOf(domain::Comparison comparison) {
  switch (comparison) {
    case domain::Comparison::kNone: return v1::COMPARISON_STATE_UNSPECIFIED;
    case domain::Comparison::kCompared: return v1::COMPARISON_STATE_COMPARED;
    case domain::Comparison::kNoReportBefore: return v1::COMPARISON_STATE_NO_REPORT_BEFORE;
    case domain::Comparison::kOtherReaders: return v1::COMPARISON_STATE_OTHER_READERS;
  }
  return v1::COMPARISON_STATE_UNSPECIFIED;
}

}  // namespace

void AddChanges(const ReportInput& input, const std::vector<PreparedGroup>& groups, v1::Scores& scores) {
  if (input.comparison == domain::Comparison::kNone) return;
  v1::ComparedRound& compared = *scores.mutable_compared_round();
  compared.set_state(StateOf(input.comparison));
  if (input.contract.compared_with.has_value()) {
    compared.mutable_close_time()->set_seconds(absl::ToUnixSeconds(*input.contract.compared_with));
  }
  if (!input.before.has_value()) return;
  Rounds rounds{input, {}, {}, ScoringRulesOf(input.contract, input.version.instrument.scale), 0, 0, {}};
  rounds.before.contract = input.before->contract;
  rounds.before.version = input.before->version;
  rounds.before.result = input.before->result;
  rounds.items_before = ItemIndex(rounds.before.version.instrument);
  if (SameScale(input.version.instrument.scale, rounds.before.version.instrument.scale)) CountItems(rounds, compared);
  if (compared.items_common() == 0) {
    compared.set_state(v1::COMPARISON_STATE_NOTHING_IN_COMMON);
    return;
  }
  rounds.groups_before = PrepareGroups(rounds.before, rounds.rules);
  rounds.correlation_now = CorrelationOf(input.pooled, rounds.rules);
  rounds.correlation_before = CorrelationOf(input.before->pooled, rounds.rules);
  const std::vector<Unit> units = ListUnits(input.version);
  for (size_t u = 0; u < units.size(); ++u) {
    AddChangesOfUnit(rounds, groups, units[u], *scores.mutable_units(static_cast<int>(u)));
  }
}

}  // namespace candor::reporting
