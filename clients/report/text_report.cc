#include "clients/report/text_report.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/figures.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"
#include "clients/report/text_brief.h"
#include "clients/report/text_page.h"
#include "clients/report/text_tables.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

// The parts that are not empty, joined.
std::string Joined(std::vector<std::string> parts, absl::string_view between) {
  parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
  return absl::StrJoin(parts, between);
}

std::string PurposeWords(const v1::Report& report) {
  if (report.purpose() == "developmental") {
    return absl::StrCat("for the ", report.scores().has_team() ? "team" : "leader",
                        "'s own development, not for ranking or appraisal");
  }
  return Clean(report.purpose());
}

std::string ScaleWords(const v1::RatingScale& scale) {
  auto labels = scale.labels().find("en");
  if (labels == scale.labels().end()) {
    labels = std::min_element(scale.labels().begin(), scale.labels().end(),
                              [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  if (labels == scale.labels().end()) return "";
  std::vector<std::string> words;
  for (int k = 0; k < labels->second.labels_size(); ++k) {
    words.push_back(absl::StrCat(k + 1, " ", Clean(labels->second.labels(k))));
  }
  return absl::StrJoin(words, ", ");
}

void WriteHeader(const v1::Report& report, TextPage& page) {
  page.Rule();
  const std::string name = Clean(report.leader_display_name());
  page.Paragraph("", absl::StrCat("Feedback report", name.empty() ? "" : ": ", name), Style::kTitle);
  const std::string place = Joined({Clean(report.leader_job_title()), Clean(report.school_title())}, ", ");
  if (!place.empty()) page.Paragraph("", place);
  page.Rule();
  const auto field = [&](absl::string_view label, const std::string& text) {
    if (!text.empty()) page.Paragraph(PadRight(label, 14), text);
  };
  std::string until;
  if (report.has_close_time()) {
    until = absl::StrCat("answering planned until ", DateText(report.close_time()));
  }
  field("Campaign", Joined({Clean(report.campaign_title()), until}, ", "));
  field("Purpose", PurposeWords(report));
  field("Questionnaire", Clean(report.instrument_title()));
  field("Framework", Clean(report.framework_title()));
  field("Scale", ScaleWords(report.scale()));
}

std::string ShownWords(const v1::GroupSummary& group, const v1::ScoringRules& rules) {
  if (IsShown(group)) return "yes";
  const int minimum = group.code() == "other_raters" ? rules.pool_minimum() : rules.minimum_group_size();
  return absl::StrCat("no: ", ReasonWords(group.withheld_reason(), minimum));
}

void WriteParticipation(const v1::Report& report, TextPage& page) {
  page.Heading("Who took part");
  if (report.scores().groups().empty()) {
    page.Paragraph("  ", "No group of raters was invited.");
  } else {
    const auto row = [&](absl::string_view title, absl::string_view invited, absl::string_view answered,
                         absl::string_view shown, Style style) {
      page.Line(absl::StrCat("  ", PadRight(Truncate(title, 30), 30), PadLeft(invited, 9), PadLeft(answered, 10), "   ",
                             shown),
                style);
    };
    row("Group", "Invited", "Answered", "Shown", Style::kQuiet);
    std::vector<std::string> remarks;
    for (const v1::GroupSummary& group : report.scores().groups()) {
      const std::string title = absl::StrCat(group.part_of().empty() ? "" : "  ",
                                             Clean(group.title().empty() ? group.code() : group.title()));
      row(title, absl::StrCat(group.invited()), absl::StrCat(group.counted()),
          ShownWords(group, report.scores().rules()), Style::kPlain);
      if (group.reissued() > 0) {
        remarks.push_back(absl::StrCat(absl::StripAsciiWhitespace(title), ": ", group.reissued(),
                                       group.reissued() == 1 ? " code replaced" : " codes replaced"));
      }
      if (group.replaced() > 0) {
        remarks.push_back(absl::StrCat(absl::StripAsciiWhitespace(title), ": ", group.replaced(),
                                       group.replaced() == 1 ? " answer changed before closing"
                                                             : " answers changed before closing"));
      }
    }
    if (!remarks.empty()) page.Paragraph("  ", absl::StrJoin(remarks, "; "), Style::kQuiet);
  }
  int self = 0, supervisor = 0;
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() != v1::UNIT_KIND_OVERALL) continue;
    self = unit.self().items_used();
    supervisor = unit.supervisor().items_used();
  }
  const auto rated = [&](const char* who, int items) {
    return items == 0 ? absl::StrCat(who, ": no rating")
                      : absl::StrCat(who, ": rated ", items, " of ", report.items_size(), " statements");
  };
  std::string own = absl::StrCat(rated("Self", self), ".");
  if (report.scores().has_team()) {
    const v1::TeamRating& team = report.scores().team();
    const sentences::Sentences say = WordsOf(report.scores());
    own = say.Say("report.team_members", {{"rated", absl::StrCat(team.rated())}, {"members", absl::StrCat(team.members())}});
    absl::StrAppend(&own, " ", self == 0 ? say.Say("report.self_not_rated")
                                         : say.Say("report.self_rated", {{"count", absl::StrCat(self)},
                                                                         {"total", absl::StrCat(report.items_size())}}));
  }
  page.Paragraph("  ", absl::StrCat(own, " ", rated("Supervisor", supervisor), "."));
}

void WriteNotes(const v1::Report& report, TextPage& page) {
  if (!report.notes().empty()) {
    page.Heading("What is withheld, and how to read the figures");
    for (const std::string& note : report.notes()) page.Paragraph("  • ", Clean(note));
  }
  page.Gap();
  if (!report.attribution().empty()) page.Paragraph("", Clean(report.attribution()), Style::kQuiet);
  if (!report.contract_hash().empty()) {
    page.Paragraph("", absl::StrCat("Anonymity contract SHA-256 ", Clean(report.contract_hash())), Style::kQuiet);
  }
}

}  // namespace

std::string RenderText(const v1::Report& report, const TextOptions& options) {
  TextPage page(std::clamp(options.width, kNarrowestText, kWidestText), options.color);
  WriteHeader(report, page);
  if (report.evaluative_use_forbidden()) {
    const std::string not_to_judge = WordsOf(report.scores()).Say("report.not_to_judge");
    page.Paragraph("", not_to_judge, Style::kStrong);
    page.set_notice(not_to_judge);
  }
  WriteParticipation(report, page);
  WriteBrief(report, page);
  WriteWorking(report, page);
  if (HasFigures(report)) {
    WriteDomains(report, page);
    WritePriorityAreas(report, page);
    WriteParts(report, page);
    WriteChanges(report, page);
    WriteThemes(report, page);
    WriteIndicators(report, page);
  }
  WriteNotes(report, page);
  return std::move(page).Finish();
}

}  // namespace candor::report
