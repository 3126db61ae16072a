#include "clients/report/text_brief.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/html_brief.h"
#include "clients/report/html_priorities.h"
#include "clients/report/html_words.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

constexpr char kEnglish[] = "en";

std::string TextOf(const Json& text) { return text.is_string() ? text.get<std::string>() : text.at("text").get<std::string>(); }

// "I.1 Agree with everyone ...".
std::string NameOf(const Json& unit) {
  return absl::StrCat(unit.at("code").get<std::string>(), " ", TextOf(unit.at("title")));
}

// "all raters 4.31 (4.02 to 4.60)"; "all raters 3.40 or higher, only limits are known".
std::string FactOf(const Json& fact) {
  const std::string figure = fact.at("figure"), range = fact.at("range"), why = fact.at("why");
  std::string text = absl::StrCat(TextOf(fact.at("who")), " ", figure);
  if (!range.empty()) absl::StrAppend(&text, " (", range, ")");
  if (!why.empty()) absl::StrAppend(&text, figure.empty() ? "" : ", ", why);
  return text;
}

std::string FactsOf(const Json& entry) {
  std::vector<std::string> facts;
  for (const Json& fact : entry.at("facts")) facts.push_back(FactOf(fact));
  return absl::StrJoin(facts, "; ");
}

void WriteTitle(const std::string& title, TextPage& page) {
  page.Gap();
  page.Paragraph("", title, Style::kStrong);
}

void WriteEntries(const Json& entries, TextPage& page) {
  for (const Json& entry : entries) {
    page.Paragraph("  • ", NameOf(entry));
    std::vector<std::string> parts = {FactsOf(entry)};
    for (const char* member : {"words", "sure"}) {
      const std::string text = entry.at(member);
      if (!text.empty()) parts.push_back(text);
    }
    page.Paragraph("    ", absl::StrJoin(parts, ": "));
  }
}

void WriteFocus(const HtmlWords& words, const Json& focus, TextPage& page) {
  WriteTitle(words.say().Say("report.focus"), page);
  const std::string how = focus.at("how");
  if (!how.empty()) page.Paragraph("  ", how);
  for (const Json& area : focus.at("areas")) {
    page.Paragraph("  • ", NameOf(area));
    page.Paragraph("    ", absl::StrCat(FactsOf(area), ", ", area.at("words").get<std::string>()));
    page.Paragraph("    ", area.at("sure").get<std::string>());
    for (const Json& begin : area.at("begin")) {
      page.Paragraph("    ", absl::StrCat(words.say().Say("report.begin_with"), ": ", NameOf(begin)));
    }
    for (const Json& question : area.at("questions")) {
      page.Paragraph("    ", absl::StrCat(words.say().Say("report.ask_yourself"), ": ", TextOf(question)));
    }
    for (const Json& step : area.at("steps")) {
      page.Paragraph("    ", absl::StrCat(words.say().Say("report.next_step"), ": ", TextOf(step)));
    }
  }
}

void WriteCoach(const HtmlWords& words, const Json& coach, TextPage& page) {
  if (coach.is_boolean()) return;
  WriteTitle(words.say().Say("report.coach"), page);
  for (const Json& unit : coach.at("units")) page.Paragraph("  ", NameOf(unit));
  page.Paragraph("  ", coach.at("text").get<std::string>());
}

void WriteDiffer(const HtmlWords& words, const Json& differ, TextPage& page) {
  if (differ.empty()) return;
  WriteTitle(words.say().Say("report.differ"), page);
  page.Paragraph("  ", words.say().Say("report.differ_how"));
  for (const Json& entry : differ) page.Paragraph("  • ", absl::StrCat(TextOf(entry.at("group")), ": ", NameOf(entry)));
}

void WriteMissing(const HtmlWords& words, const Json& missing, TextPage& page) {
  if (missing.empty()) return;
  WriteTitle(words.say().Say("report.missing"), page);
  for (const Json& entry : missing) {
    const Json& group = entry.at("group");
    const std::string who = group.is_object() ? absl::StrCat(TextOf(group), ": ") : "";
    page.Paragraph("  • ", absl::StrCat(who, entry.at("text").get<std::string>()));
  }
}

}  // namespace

void WriteBrief(const v1::Report& report, TextPage& page) {
  const HtmlWords words(report, kEnglish);
  const Json data = BriefData(words);
  page.Heading(words.say().Say("report.brief"));
  const std::string nothing = data.at("nothing");
  if (!nothing.empty()) {
    page.Paragraph("", nothing);
  } else {
    WriteTitle(words.say().Say("report.strengths"), page);
    for (const char* member : {"strengths_how", "no_strengths"}) {
      const std::string text = data.at(member);
      if (!text.empty()) page.Paragraph("  ", text);
    }
    WriteEntries(data.at("strengths"), page);
    if (!data.at("low").empty()) {
      WriteTitle(data.at("low_title"), page);
      WriteEntries(data.at("low"), page);
    }
    WriteTitle(data.at("gaps_title"), page);
    page.Paragraph("  ", data.at("gaps_how").get<std::string>());
    WriteEntries(data.at("gaps"), page);
    if (data.at("focus").is_object()) WriteFocus(words, data.at("focus"), page);
    WriteDiffer(words, data.at("differ"), page);
  }
  WriteCoach(words, data.at("coach"), page);
  WriteMissing(words, data.at("missing"), page);
}

void WriteWorking(const v1::Report& report, TextPage& page) {
  const HtmlWords words(report, kEnglish);
  const Json areas = WorkingData(words);
  if (areas.empty()) return;
  page.Heading(words.say().Say("report.working"));
  for (const Json& area : areas) {
    WriteTitle(NameOf(area), page);
    for (const Json& statement : area.at("statements")) {
      page.Paragraph("  • ", absl::StrCat(NameOf(statement.at("name")), ": ", FactOf(statement)));
    }
    const auto list = [&](const char* title, const Json& texts) {
      if (texts.empty()) return;
      page.Paragraph("  ", words.say().Say(title), Style::kQuiet);
      for (const Json& text : texts) page.Paragraph("  • ", TextOf(text));
    };
    list("report.guiding_questions", area.at("questions"));
    list("report.next_steps", area.at("steps"));
  }
}

void WritePriorityAreas(const v1::Report& report, TextPage& page) {
  const HtmlWords words(report, kEnglish);
  const Json areas = PriorityAreasData(words);
  if (areas.empty()) return;
  page.Heading(words.say().Say("report.priority_areas"));
  page.Paragraph("", words.say().Say("report.priority_areas_how"), Style::kQuiet);
  for (const Json& area : areas) {
    WriteTitle(TextOf(area.at("title")), page);
    for (const Json& unit : area.at("units")) {
      const std::string focus = unit.at("focus");
      page.Paragraph("  • ", absl::StrCat(NameOf(unit), ": ", FactsOf(unit), focus.empty() ? "" : "; ", focus));
    }
  }
}

}  // namespace candor::report
