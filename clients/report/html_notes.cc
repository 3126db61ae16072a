#include "clients/report/html_notes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/report/layout.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

// What it rests on: {"label", "value"}.
Json FactsData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  const Sentences& say = words.say();
  Json facts = Json::array();
  const auto add = [&](const char* label, const Json& value) {
    if (!value.at("text").get<std::string>().empty()) facts.push_back({{"label", say.Say(label)}, {"value", value}});
  };
  add("report.questionnaire", words.Plain(report.instrument_title()));
  add("report.framework", words.English(report.framework_title()));
  std::vector<std::string> labels = ScaleLabels(words);
  for (size_t k = 0; k < labels.size(); ++k) labels[k] = absl::StrCat(k + 1, " ", labels[k]);
  add("report.scale", words.Plain(absl::StrJoin(labels, ", ")));
  add("report.contract", words.Plain(report.contract_hash()));
  return facts;
}

Json TermsData(const HtmlWords& words) {
  const Sentences& say = words.say();
  const v1::ScoringRules& rules = words.rules();
  Json terms = Json::array();
  const auto add = [&](const char* term, const Sentences::Values& values = {}) {
    terms.push_back({{"term", say.Say(term)}, {"means", say.Say(absl::StrCat(term, "_is"), values)}});
  };
  add("report.term_mean");
  add("report.term_n");
  add("report.term_range");
  add("report.term_limit");
  if (rules.strength_cut() > 0) add("report.term_line", {{"line", MeanText(rules.strength_cut())}});
  if (rules.agreement_band() > 0) add("report.term_band", {{"band", MeanText(rules.agreement_band())}});
  if (rules.target() > 0) add("report.term_target", {{"target", MeanText(rules.target())}});
  if (words.report().has_brief()) add("report.term_sure");
  return terms;
}

}  // namespace

Json LinesData(const std::string& text) {
  Json lines = Json::array();
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string clean = Clean(line);
    if (!clean.empty()) lines.push_back({{"text", clean}});
  }
  return lines;
}

Json NotesData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  Json notes = Json::array();
  const auto translated = report.translated_notes().find(words.language());
  if (translated != report.translated_notes().end()) {
    for (const std::string& note : translated->second.notes()) notes.push_back(words.Plain(note));
  }
  const bool english_alone = notes.empty() && words.language() != "en" && !report.notes().empty();
  if (notes.empty()) {
    for (const std::string& note : report.notes()) notes.push_back(words.English(note));
  }
  return {{"notes", notes},
          {"english_alone", english_alone},
          {"terms", TermsData(words)},
          {"facts", FactsData(words)},
          {"credit", words.English(report.attribution())}};
}

Json CommentsData(const HtmlWords& words, const v1::ReportComments& comments) {
  Json blocks = Json::array(), notes = Json::array();
  for (const v1::CommentBlock& block : comments.blocks()) {
    if (block.summary().empty() && block.prompts().empty()) continue;
    Json title = block.code().empty() ? words.Plain(words.say().Say("report.comments_any_group"))
                                      : words.GroupTitle(block.code());
    if (title.at("text") == Clean(block.code()) && !block.title().empty()) title = words.English(block.title());
    Json prompts = Json::array();
    for (const v1::CommentedPrompt& prompt : block.prompts()) {
      Json said = Json::array();
      for (const v1::ReleasedComment& comment : prompt.comments()) said.push_back({{"lines", LinesData(comment.text())}});
      prompts.push_back({{"question", words.Plain(prompt.text())}, {"comments", said}});
    }
    blocks.push_back({{"title", title}, {"prompts", prompts}, {"summary", LinesData(block.summary())}});
  }
  for (const std::string& note : comments.notes()) notes.push_back(words.English(note));
  if (blocks.empty() && notes.empty()) return false;
  return {{"blocks", blocks}, {"notes", notes}};
}

}  // namespace candor::report
