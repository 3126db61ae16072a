#include "services/reporting/notes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
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

std::string MemberTitles(const v1::GroupSummary& group, const domain::Instrument& instrument) {
  std::vector<std::string> titles;
  for (const std::string& member : group.members()) titles.push_back(GroupTitle(instrument, member));
  if (titles.size() < 2) return absl::StrJoin(titles, "");
  const std::string last = titles.back();
  titles.pop_back();
  return absl::StrCat(absl::StrJoin(titles, ", "), " and ", last);
}

// "Staff", "Staff, Lower school".
std::string FullTitle(const v1::GroupSummary& group, const domain::Instrument& instrument) {
  if (group.part_of().empty()) return group.title();
  return absl::StrCat(GroupTitle(instrument, group.part_of()), ", ", group.title());
}

// What there is to say of parts: one note for each group that the contract has in parts.
std::vector<std::string> PartNotes(const v1::Scores& scores, const domain::Contract& contract) {
  std::vector<std::string> notes;
  for (const v1::GroupSummary& group : scores.groups()) {
    if (!group.part_of().empty() || domain::FindBreakdown(contract.breakdowns, group.code()) == nullptr) continue;
    std::string note;
    bool joined = false;
    for (const v1::GroupSummary& part : scores.groups()) joined |= part.part_of() == group.code() && part.parts_size() > 1;
    if (group.from_parts()) {
      note = absl::StrCat(group.title(), ": the figures are computed from those of the parts below, each rating with equal "
                          "weight. What a part withholds is in no figure of the whole group either.");
    } else if (group.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED) {
      note = absl::StrCat(group.title(), ": not shown by part, since there are no two parts of which at least ",
                          domain::FewestInPart(contract.minimum_group_size), " were invited and gave a rating.");
    }
    if (joined) {
      absl::StrAppend(&note, " Parts with fewer than ", domain::FewestInPart(contract.minimum_group_size),
                      " are shown together with the next smallest.");
    }
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

// What there is to say of the comparison with the round before.
std::vector<std::string> ComparisonNotes(const v1::Scores& scores) {
  if (!scores.has_compared_round()) return {};
  const v1::ComparedRound& compared = scores.compared_round();
  const std::string round = absl::StrCat(
      "the round that was planned until ",
      absl::FormatTime("%-d %B %Y", absl::FromUnixSeconds(compared.close_time().seconds()), absl::UTCTimeZone()));
  switch (compared.state()) {
    case v1::COMPARISON_STATE_NO_REPORT_BEFORE:
      return {absl::StrCat("Not compared with ", round, ": the leader has no report there.")};
    case v1::COMPARISON_STATE_OTHER_READERS:
      return {absl::StrCat("Not compared with ", round, ": somebody may read this report who could not read that one, and "
                           "would learn its figures from the changes.")};
    case v1::COMPARISON_STATE_NOTHING_IN_COMMON:
      return {absl::StrCat("Not compared with ", round, ": no statement was asked in the same words on the same scale.")};
    case v1::COMPARISON_STATE_COMPARED: break;
    default: return {};
  }
  std::vector<std::string> notes = {absl::StrCat(
      "A change is this round minus ", round, ", over the statements that a group was asked in the same words both times "
      "and that have a figure both times; so it need not be the difference of the figures that the two reports show. \"No "
      "clear change\" means that chance alone could have brought it about. The raters of the two rounds count as other "
      "people; where many answered both times, a change is surer than its range says. Low figures tend to rise a little by "
      "themselves the next time, and high ones to fall.")};
  if (compared.items_reworded() > 0) {
    notes.push_back(absl::StrCat(compared.items_reworded(), compared.items_reworded() == 1 ? " statement is" : " statements are",
                                 " not compared, since the wording changed."));
  }
  return notes;
}

// Why nothing is shown of one group; empty when it is shown.
std::string WithheldNote(const v1::GroupSummary& group, const domain::Contract& contract,
                         const domain::Instrument& instrument) {
  const std::string title = FullTitle(group, instrument);
  const int minimum =
      group.code() == domain::kOtherRaters ? contract.pool_minimum : contract.minimum_group_size;
  switch (group.withheld_reason()) {
    case v1::WITHHELD_REASON_NO_DATA: return absl::StrCat(title, ": nobody answered.");
    case v1::WITHHELD_REASON_TOO_FEW_ANSWERS:
      return absl::StrCat(title, ": fewer than ", minimum,
                          " gave a rating, so nothing of theirs is shown, and their ratings are in no other figure.");
    case v1::WITHHELD_REASON_TOO_MANY_REISSUED:
      return absl::StrCat(title, ": more than ", contract.maximum_reissued_percent,
                          " % of the codes were replaced by new ones, so that it is not certain that everybody "
                          "answered only once. Nothing of this group is shown, and its ratings are in no other "
                          "figure.");
    case v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES:
      return absl::StrCat(title, ": more answers came in than codes were given out, as can happen when the "
                          "service's data were restored from a backup, so that somebody may have answered twice. "
                          "Nothing of this group is shown, and its ratings are in no other figure.");
    case v1::WITHHELD_REASON_POOLED:
      return absl::StrCat(title, ": fewer than ", minimum,
                          " gave a rating, so they are not shown by themselves; their ratings are part of \"Other "
                          "raters\".");
    default: return "";
  }
}

}  // namespace

std::vector<std::string> ReportNotes(const v1::Scores& scores, const domain::Contract& contract,
                                     const domain::Instrument& instrument) {
  const Contents contents = ContentsOf(scores);
  const v1::ScoringRules& rules = scores.rules();
  std::vector<std::string> notes;

  for (const v1::GroupSummary& group : scores.groups()) {
    std::string note = WithheldNote(group, contract, instrument);
    if (!note.empty()) notes.push_back(std::move(note));
  }
  if (!contents.any_group) {
    notes.push_back(contents.self || contents.supervisor
                        ? "No group of anonymous raters can be shown, so this report holds only ratings that were "
                          "given under a name."
                        : "No group of anonymous raters can be shown, so this report holds no figures.");
  }
  for (const v1::GroupSummary& group : scores.groups()) {
    if (group.code() != domain::kOtherRaters || group.members_size() < 2) continue;
    notes.push_back(absl::StrCat("\"Other raters\" are ", MemberTitles(group, instrument),
                                 " together: at least one of these groups was too small to be anonymous by itself. Of "
                                 "them only means are shown."));
  }
  for (std::string& note : PartNotes(scores, contract)) notes.push_back(std::move(note));
  if (!contents.self) {
    notes.push_back("The leader's own rating is missing, so no gap between self and others can be shown.");
  }
  if (contents.bound) {
    notes.push_back(
        "\"or higher\" and \"or lower\": where few answered, or nearly all chose the same end of the scale, the exact mean "
        "would tell what single people answered, so only a limit is given; the mean may be anywhere from the limit to "
        "the end of the scale.");
  }
  if (contents.between) {
    notes.push_back(
        "A figure such as \"3.10 to 3.60\" is computed from figures of which some are only known within limits; the "
        "true figure is somewhere in between.");
  }
  if (contents.undetermined) {
    notes.push_back(
        "\"Cannot be told\": within the limits of the raters' figure both answers are possible, so none is given.");
  }
  if (contents.cell_withheld) {
    notes.push_back(absl::StrCat("Where a group has too few answers on a statement (normally fewer than ",
                                 rules.minimum_group_size(),
                                 contents.pool ? absl::StrCat(", of \"Other raters\" ", rules.pool_minimum()) : "",
                                 "; \"I have not seen this\" and blanks do not count), that figure is left out and is "
                                 "in no other figure."));
  }
  if (contents.insiders_withheld) {
    notes.push_back(absl::StrCat(
        "Of no more than ", 2 * (1 + rules.insiders()), " ratings of a statement nothing is shown, even where that is the ",
        "group's minimum of ", rules.minimum_group_size(), " or more: the anonymity contract reckons with ",
        rules.insiders(), " people whose answers somebody knows, and beside those any mean of so few would tell what ",
        "others answered."));
  }
  if (contents.scale_withheld) {
    notes.push_back("A group's score on a domain, competency or theme needs a figure on at least half of its items.");
  }
  if (contents.confidence || contents.typical) {
    std::string note = "Small differences mean little: with other people of the same group, or in another week, a "
                       "figure would come out a little different.";
    if (contents.confidence) {
      absl::StrAppend(&note,
                      " The range beside a figure (95 % confidence) says how far it might move, judged by how much the "
                      "ratings differ.");
    }
    if (contents.scale_confidence) {
      absl::StrAppendFormat(&note,
                            " For a figure of several statements it also counts how far one person's ratings of two "
                            "statements go together: a correlation of %.2f, %s.",
                            rules.item_correlation(),
                            rules.item_correlation_source() == v1::CORRELATION_SOURCE_POOLED
                                ? "measured over all leaders of this campaign together"
                                : "which is assumed, as this campaign does not tell it");
    }
    if (contents.typical) {
      absl::StrAppend(&note, contents.confidence ? " A range marked ~ is" : " The range beside a figure, marked ~, is",
                      " what is typical for so many raters, because how much these ratings differ may not be shown.");
    }
    notes.push_back(std::move(note));
  }
  notes.push_back(
      "This report is for the leader's own development. It is not made for ranking, pay, promotion or dismissal, and "
      "its figures do not bear such use.");
  if (contents.others) {
    notes.push_back(absl::StrCat(
        "\"All raters\" is the mean of the anonymous groups that are shown, each with equal weight, however many "
        "people are in it. The leader's own rating is never part of it",
        contents.supervisor ? ", and the supervisor's rating stands in a column apart." : "."));
  }
  if (contents.gap) {
    notes.push_back(absl::StrCat("The gap of a statement is self minus all raters; that of a domain, competency or theme "
                                 "is the mean of the gaps of its statements that both sides rated, and need not equal "
                                 "the difference of the two figures beside it. Up to ", rules.agreement_band(),
                                 " either way counts as agreement; a figure of ", rules.strength_cut(),
                                 " or higher counts as a strength. A blind spot is a strength to the leader but not to "
                                 "the raters, a hidden strength the other way round."));
  }
  if (contents.close) {
    notes.push_back(absl::StrCat("\"Close to the line\": the raters' figure is so near to ", rules.strength_cut(),
                                 " that it could as well be on the other side."));
  }
  if (contents.benchmark) {
    notes.push_back(
        "\"Round\" is the mean over the leaders of this campaign whose reports show the figure too, this leader among them, "
        "each counted once; it is given where they are at least five. It tells what is usual here, not what is good, and "
        "ranks nobody.");
  }
  for (std::string& note : ComparisonNotes(scores)) notes.push_back(std::move(note));
  if (contents.themes > 1 && (contents.others || contents.self || contents.supervisor)) {
    notes.push_back(
        "Themes overlap: one statement can belong to several, so themes are not to be added or averaged.");
  }
  return notes;
}

}  // namespace candor::reporting
