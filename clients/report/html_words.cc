#include "clients/report/html_words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

constexpr char kEnglish[] = "en";
constexpr char kPrefix[] = "report.";

}  // namespace

HtmlWords::HtmlWords(const v1::Report& report, absl::string_view language)
    : report_(report), say_(WordsOf(report.scores(), language)), lines_(LinesOf(report.scores().rules())) {}

int HtmlWords::points() const { return std::clamp(rules().points(), 2, 10); }

Json HtmlWords::Labels() const {
  Json labels = Json::object();
  for (const auto& [key, sentence] : sentences::SentenceCatalogue().items()) {
    if (!absl::StartsWith(key, kPrefix)) continue;
    if (absl::StrContains(sentence.at(language()).get_ref<const std::string&>(), '{')) continue;
    labels[key.substr(sizeof(kPrefix) - 1)] = say_.Say(key);
  }
  return labels;
}

Json HtmlWords::Plain(absl::string_view text) const { return {{"text", Clean(text)}, {"lang", ""}}; }

Json HtmlWords::English(absl::string_view text) const {
  return {{"text", Clean(text)}, {"lang", language() == kEnglish ? "" : kEnglish}};
}

Json HtmlWords::Localized(const v1::LocalizedText& text, absl::string_view otherwise) const {
  const auto& values = text.values();
  for (const std::string& tag : {language(), std::string(kEnglish)}) {
    const auto found = values.find(tag);
    if (found != values.end() && !Clean(found->second).empty()) {
      return {{"text", Clean(found->second)}, {"lang", tag == language() ? "" : tag}};
    }
  }
  if (!Clean(otherwise).empty() || values.empty()) return English(otherwise);
  // No order of a map of messages may decide what is shown.
  const auto first = std::min_element(values.begin(), values.end(),
                                      [](const auto& a, const auto& b) { return a.first < b.first; });
  return {{"text", Clean(first->second)}, {"lang", Clean(first->first)}};
}

Json HtmlWords::GroupTitle(const v1::GroupSummary& group) const {
  if (group.titles().values().empty() && group.code() == "other_raters") return Plain(say_.Say("report.other_raters"));
  return Localized(group.titles(), group.title().empty() ? group.code() : group.title());
}

Json HtmlWords::GroupTitle(const std::string& code) const {
  const v1::GroupSummary* group = FindGroup(report_, code);
  return group == nullptr ? Plain(code) : GroupTitle(*group);
}

Json HtmlWords::UnitName(const v1::UnitScore& unit) const {
  return {{"code", Clean(unit.code())}, {"title", English(unit.title())}};
}

std::string HtmlWords::PlainName(const v1::UnitScore& unit) {
  return Clean(absl::StrCat(unit.code(), " ", unit.title()));
}

std::string HtmlWords::NotShown(v1::WithheldReason reason, int minimum) const {
  const std::string why = ReasonWords(reason, minimum, say_);
  return why.empty() ? say_.Say("figure.not_shown") : say_.Say("report.not_shown_because", {{"why", why}});
}

Json HtmlWords::Measured(const v1::GroupScore& score) const {
  if (score.withheld_reason() == v1::WITHHELD_REASON_NO_DATA && score.items_total() == 0) {
    return {{"figure", "–"}, {"range", ""}, {"why", say_.Say("report.not_asked_here")}};
  }
  if (!IsShown(score)) {
    return {{"figure", ""}, {"range", ""}, {"why", NotShown(score.withheld_reason(), MinimumOf(score, rules()))}};
  }
  Json measured = {{"figure", LongFigure(score, lines_, say_)}, {"range", ""}, {"why", ""}};
  if (score.state() != v1::FIGURE_STATE_EXACT) {
    measured["why"] = say_.Say("report.only_limits");
  } else if (score.has_interval()) {
    measured["range"] = IntervalText(score, say_);
  } else {
    measured["why"] = say_.Say("report.no_range");
  }
  return measured;
}

Json HtmlWords::Measured(const v1::PersonScore& score) const {
  return {{"figure", PersonFigure(score, lines_)}, {"range", ""}, {"why", ""}};
}

Json HtmlWords::RatersOf(const v1::UnitScore& unit) const {
  Json titles = Json::array();
  const auto& used = unit.all_raters().groups_used();
  const std::vector<int> shown = ShownGroups(report_, /*parts=*/false);
  for (int g : shown) {
    const v1::GroupSummary& group = report_.scores().groups(g);
    if (std::find(used.begin(), used.end(), group.code()) != used.end()) titles.push_back(GroupTitle(group));
  }
  if (titles.empty() || titles.size() == shown.size()) return Plain(say_.Say("report.all_raters"));
  return Plain(say_.Say("report.alone_here", {{"groups", JoinTexts(titles, ", ")}}));
}

std::vector<std::string> ScaleLabels(const HtmlWords& words) {
  const auto& languages = words.report().scale().labels();
  auto labels = languages.find(words.language());
  if (labels == languages.end()) labels = languages.find(kEnglish);
  if (labels == languages.end()) {
    labels = std::min_element(languages.begin(), languages.end(),
                              [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  std::vector<std::string> clean;
  if (labels == languages.end()) return clean;
  for (const std::string& label : labels->second.labels()) clean.push_back(Clean(label));
  return clean;
}

std::string JoinTexts(const Json& texts, absl::string_view between) {
  std::vector<std::string> all;
  for (const Json& text : texts) all.push_back(text.at("text").get<std::string>());
  return absl::StrJoin(all, between);
}

}  // namespace candor::report
