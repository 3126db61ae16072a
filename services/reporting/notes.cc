#include "services/reporting/notes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/reporting/note_words.h"
#include "services/reporting/report_input.h"

namespace candor::reporting {
namespace {

// What stands in the figures, so that no note explains what is not there.
struct Contents {
  bool any_group = false;  // at least one group is shown
  bool pool = false;       // "Other raters" are shown
  bool bound = false, between = false;
  bool cell_withheld = false;      // a shown group has too few answers on a statement
  bool insiders_withheld = false;  // a shown group has enough ratings of a statement, but too few beside insiders
  bool scale_withheld = false;     // a shown group has too few items of a unit
  bool confidence = false, typical = false;
  bool scale_confidence = false;  // of a figure of several statements
  bool benchmark = false;
  bool others = false;  // at least one figure of all raters
  bool self = false, supervisor = false;
  bool gap = false, undetermined = false, close = false;
  int themes = 0;
};

void Look(const v1::GroupScore& score, Contents& contents) {
  switch (score.state()) {
    case v1::FIGURE_STATE_AT_LEAST:
    case v1::FIGURE_STATE_AT_MOST: contents.bound = true; break;
    case v1::FIGURE_STATE_BETWEEN: contents.between = true; break;
    default: break;
  }
  if (score.interval().kind() == v1::INTERVAL_KIND_CONFIDENCE) {
    contents.confidence = true;
    if (score.items_used() > 1) contents.scale_confidence = true;
  }
  if (score.interval().kind() == v1::INTERVAL_KIND_TYPICAL) contents.typical = true;
  if (score.has_benchmark()) contents.benchmark = true;
}

Contents ContentsOf(const v1::Scores& scores) {
  Contents contents;
  for (const v1::GroupSummary& group : scores.groups()) {
    if (group.withheld_reason() != v1::WITHHELD_REASON_UNSPECIFIED) continue;
    contents.any_group = true;
    if (group.code() == domain::kOtherRaters) contents.pool = true;
  }
  for (const v1::UnitScore& unit : scores.units()) {
    for (int g = 0; g < unit.groups_size(); ++g) {
      const v1::GroupScore& score = unit.groups(g);
      Look(score, contents);
      const bool shown = scores.groups(g).withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED;
      if (!shown || score.state() != v1::FIGURE_STATE_WITHHELD) continue;
      if (score.withheld_reason() == v1::WITHHELD_REASON_TOO_FEW_ANSWERS) contents.cell_withheld = true;
      if (score.withheld_reason() == v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS) contents.insiders_withheld = true;
      if (score.withheld_reason() == v1::WITHHELD_REASON_TOO_FEW_ITEMS) contents.scale_withheld = true;
    }
    Look(unit.all_raters(), contents);
    if (unit.all_raters().state() != v1::FIGURE_STATE_WITHHELD) contents.others = true;
    if (unit.self().items_used() > 0) contents.self = true;
    if (unit.supervisor().items_used() > 0) contents.supervisor = true;
    if (unit.gap().category() != v1::GAP_CATEGORY_UNSPECIFIED) contents.gap = true;
    if (unit.gap().category() == v1::GAP_CATEGORY_UNDETERMINED || unit.gap().quadrant() == v1::QUADRANT_UNDETERMINED) {
      contents.undetermined = true;
    }
    if (unit.gap().close_to_line()) contents.close = true;
    if (unit.kind() == v1::UNIT_KIND_THEME) ++contents.themes;
  }
  return contents;
}

// One language's notes of one report.
class NoteWriter {
 public:
  NoteWriter(const v1::Scores& scores, const domain::Contract& contract, const domain::Instrument& instrument,
             absl::string_view language)
      : scores_(scores), contract_(contract), instrument_(instrument), language_(language), contents_(ContentsOf(scores)) {}

  std::vector<std::string> Write() && {
    WriteGroups();
    WriteFigures();
    WriteUncertainty();
    Add(OfSubject(Words::kDevelopment, Words::kDevelopmentOfTeam));
    WriteComparisons();
    return std::move(notes_);
  }

 private:
  std::string Text(Words words, const std::vector<std::string>& values = {}) const { return Say(language_, words, values); }
  void Add(Words words, const std::vector<std::string>& values = {}) { notes_.push_back(Text(words, values)); }

  std::string Title(const std::string& group) const { return GroupTitle(instrument_, group, language_); }

  // "Staff", "Staff, Lower school".
  std::string FullTitle(const v1::GroupSummary& group) const {
    if (group.part_of().empty()) return Title(group.code());
    const std::vector<std::string> parts(group.parts().begin(), group.parts().end());
    return absl::StrCat(Title(group.part_of()), ", ",
                        PartsTitle(contract_, instrument_, group.part_of(), parts, language_));
  }

  void WriteGroups() {
    for (const v1::GroupSummary& group : scores_.groups()) WriteWithheld(group);
    if (!contents_.any_group) {
      Add(contents_.self || contents_.supervisor ? Words::kOnlyNamedRatings : Words::kNoFigures);
    }
    for (const v1::GroupSummary& group : scores_.groups()) {
      if (group.code() != domain::kOtherRaters || group.members_size() < 2) continue;
      std::vector<std::string> members;
      for (const std::string& member : group.members()) members.push_back(Title(member));
      Add(Words::kOtherRatersAre, {JoinTitles(members, language_)});
    }
    for (const v1::GroupSummary& group : scores_.groups()) WriteParts(group);
    for (const v1::GroupSummary& group : scores_.groups()) WriteWarnings(group);
    WriteOwnRating();
  }

  // The words for one leader, or those for a team.
  Words OfSubject(Words leader, Words team) const { return scores_.has_team() ? team : leader; }

  void WriteOwnRating() {
    if (!scores_.has_team()) {
      if (!contents_.self) Add(Words::kSelfMissing);
      return;
    }
    const v1::TeamRating& team = scores_.team();
    const std::vector<std::string> counts = {absl::StrCat(team.members()), absl::StrCat(team.rated()),
                                             absl::StrCat(domain::kFewestSelfRatings)};
    Add(team.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED ? Words::kTeamRated : Words::kTeamMissing, counts);
  }

  // Why nothing is shown of a group.
  void WriteWithheld(const v1::GroupSummary& group) {
    const std::string title = FullTitle(group);
    const int minimum =
        group.code() == domain::kOtherRaters ? contract_.pool_minimum : contract_.minimum_group_size;
    switch (group.withheld_reason()) {
      case v1::WITHHELD_REASON_NO_DATA: return Add(Words::kNobodyAnswered, {title});
      case v1::WITHHELD_REASON_TOO_FEW_ANSWERS: return Add(Words::kFewerThanMinimum, {title, absl::StrCat(minimum)});
      case v1::WITHHELD_REASON_TOO_MANY_REISSUED:
        return Add(Words::kManyReissued, {title, absl::StrCat(contract_.maximum_reissued_percent)});
      case v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES: return Add(Words::kMoreAnswersThanCodes, {title});
      case v1::WITHHELD_REASON_POOLED: return Add(Words::kPooled, {title, absl::StrCat(minimum)});
      default: return;
    }
  }

  // What there is to say of parts: one note for each group that the contract has in parts.
  void WriteParts(const v1::GroupSummary& group) {
    if (!group.part_of().empty() || domain::FindBreakdown(contract_.breakdowns, group.code()) == nullptr) return;
    const std::string fewest = absl::StrCat(domain::FewestInPart(contract_.minimum_group_size));
    std::string note;
    if (group.from_parts()) {
      note = Text(Words::kFromParts, {Title(group.code())});
    } else if (group.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED) {
      note = Text(Words::kNotByPart, {Title(group.code()), fewest});
    }
    const bool joined = std::any_of(
        scores_.groups().begin(), scores_.groups().end(),
        [&](const v1::GroupSummary& part) { return part.part_of() == group.code() && part.parts_size() > 1; });
    if (joined) note += Text(Words::kPartsJoined, {fewest});
    if (!note.empty()) notes_.push_back(std::move(note));
  }

  // Of groups that are shown; of others there is no figure to be careful with.
  void WriteWarnings(const v1::GroupSummary& group) {
    if (group.withheld_reason() != v1::WITHHELD_REASON_UNSPECIFIED) return;
    for (const int warning : group.warnings()) {
      switch (warning) {
        case v1::PARTICIPATION_WARNING_VERY_LOW_RATE: Add(Words::kVeryLowRate, {FullTitle(group)}); break;
        case v1::PARTICIPATION_WARNING_LOW_RATE: Add(Words::kLowRate, {FullTitle(group)}); break;
        case v1::PARTICIPATION_WARNING_UNEVEN: Add(Words::kUneven, {FullTitle(group)}); break;
        default: break;  // that few answered is said by limits and ranges
      }
    }
  }

  void WriteFigures() {
    const v1::ScoringRules& rules = scores_.rules();
    if (contents_.bound) Add(Words::kBounds);
    if (contents_.between) Add(Words::kBetween);
    if (contents_.undetermined) Add(Words::kUndetermined);
    if (contents_.cell_withheld) {
      Add(Words::kCellWithheld,
          {absl::StrCat(rules.minimum_group_size()),
           contents_.pool ? Text(Words::kOfOtherRaters, {absl::StrCat(rules.pool_minimum())}) : ""});
    }
    if (contents_.insiders_withheld) {
      Add(Words::kInsidersWithheld, {absl::StrCat(2 * (1 + rules.insiders())), absl::StrCat(rules.minimum_group_size()),
                                     absl::StrCat(rules.insiders())});
    }
    if (contents_.scale_withheld) Add(Words::kScaleWithheld);
  }

  void WriteUncertainty() {
    if (!contents_.confidence && !contents_.typical) return;
    const v1::ScoringRules& rules = scores_.rules();
    std::string note = Text(Words::kSmallDifferences);
    if (contents_.confidence) note += Text(Words::kConfidence);
    if (contents_.scale_confidence) {
      note += Text(Words::kScaleConfidence,
                   {absl::StrFormat("%.2f", rules.item_correlation()),
                    Text(rules.item_correlation_source() == v1::CORRELATION_SOURCE_POOLED ? Words::kCorrelationPooled
                                                                                          : Words::kCorrelationAssumed)});
    }
    if (contents_.typical) note += Text(contents_.confidence ? Words::kTypicalBeside : Words::kTypicalAlone);
    notes_.push_back(std::move(note));
  }

  void WriteComparisons() {
    const v1::ScoringRules& rules = scores_.rules();
    if (contents_.others) {
      Add(OfSubject(Words::kAllRaters, Words::kAllRatersOfTeam), {contents_.supervisor ? Text(Words::kSupervisorApart) : "."});
    }
    if (contents_.gap) {
      Add(OfSubject(Words::kGaps, Words::kGapsOfTeam),
          {absl::StrCat(rules.agreement_band()), absl::StrCat(rules.strength_cut())});
    }
    if (contents_.close) Add(Words::kCloseToLine, {absl::StrCat(rules.strength_cut())});
    if (contents_.benchmark) Add(OfSubject(Words::kBenchmark, Words::kBenchmarkOfTeam));
    WriteRoundBefore();
    if (contents_.themes > 1 && (contents_.others || contents_.self || contents_.supervisor)) Add(Words::kThemesOverlap);
  }

  void WriteRoundBefore() {
    if (!scores_.has_compared_round()) return;
    const v1::ComparedRound& compared = scores_.compared_round();
    const std::string round =
        Text(Words::kRound, {DayText(language_, absl::FromUnixSeconds(compared.close_time().seconds()))});
    switch (compared.state()) {
      case v1::COMPARISON_STATE_NO_REPORT_BEFORE:
        return Add(OfSubject(Words::kNoReportBefore, Words::kNoReportBeforeOfTeam), {round});
      case v1::COMPARISON_STATE_OTHER_READERS: return Add(Words::kOtherReaders, {round});
      case v1::COMPARISON_STATE_NOTHING_IN_COMMON: return Add(Words::kNothingInCommon, {round});
      case v1::COMPARISON_STATE_COMPARED: break;
      default: return;
    }
    Add(Words::kCompared, {round});
    if (compared.items_reworded() == 1) Add(Words::kRewordedOne);
    if (compared.items_reworded() > 1) Add(Words::kRewordedMany, {absl::StrCat(compared.items_reworded())});
  }

  const v1::Scores& scores_;
  const domain::Contract& contract_;
  const domain::Instrument& instrument_;
  const absl::string_view language_;
  const Contents contents_;
  std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> ReportNotes(const v1::Scores& scores, const domain::Contract& contract,
                                     const domain::Instrument& instrument, absl::string_view language) {
  return NoteWriter(scores, contract, instrument, language).Write();
}

}  // namespace candor::reporting
