#include "clients/report/html_statements.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/html_template.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"
#include "clients/report/svg_bars.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

class StatementList {
 public:
  explicit StatementList(const HtmlWords& words)
      : words_(words), say_(words.say()), report_(words.report()), labels_(ScaleLabels(words)), reach_(BarReachOf(words)) {
    for (const v1::ReportItem& item : report_.items()) items_[item.indicator()] = &item;
    for (const v1::Disagreement& each : report_.brief().disagreements()) differ_.insert({each.indicator(), each.group()});
  }

  Json Of(const v1::UnitScore& unit, const std::string& id) const {
    Json statement = {{"id", id}, {"name", words_.UnitName(unit)}, {"sentence", false}, {"reversed", false}};
    const auto item = items_.find(unit.code());
    if (item != items_.end()) {
      statement["sentence"] = words_.Localized(item->second->text());
      if (statement["sentence"]["text"].get<std::string>().empty()) statement["sentence"] = false;
      statement["reversed"] = item->second->reverse();
    }
    Json rows = Json::array(), not_asked = Json::array();
    AddPerson("report.self", unit.self(), rows);
    AddPerson("report.supervisor", unit.supervisor(), rows);
    for (int g : ShownGroups(report_, /*parts=*/true)) {
      const v1::GroupSummary& group = report_.scores().groups(g);
      const v1::GroupScore& score = ScoreAt(unit, g);
      if (score.withheld_reason() != v1::WITHHELD_REASON_NO_DATA) {
        rows.push_back(RowOf(unit, words_.GroupTitle(group), !group.part_of().empty(), score));
      } else if (group.part_of().empty()) {
        not_asked.push_back(words_.GroupTitle(group));
      }
    }
    // Of one group alone the figure of all raters is the group's, which stands just above.
    const bool alone = unit.all_raters().groups_used_size() == 1;
    if (!alone) rows.push_back(RowOf(unit, words_.Plain(say_.Say("report.all_raters")), false, unit.all_raters()));
    statement["rows"] = rows;
    PutHtml(statement, "chart", BarsChart(words_, reach_, id + "-bars", id, unit));
    statement["remarks"] = Remarks(unit, alone, not_asked);
    return statement;
  }

 private:
  void AddPerson(const char* title, const v1::PersonScore& score, Json& rows) const {
    if (!score.has_mean()) {
      if (score.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED) return;
      rows.push_back({{"who", words_.Plain(say_.Say(title))}, {"part", false}, {"n", ""}, {"details", Json::array()},
                      {"measured", {{"figure", ""}, {"range", ""}, {"why", words_.NotShown(score.withheld_reason(), 0)}}}});
      return;
    }
    const std::string rating = RatingText(score);
    Json details = Json::array();
    const int point = static_cast<int>(score.mean());
    if (rating.size() <= 2 && point >= 1 && point <= static_cast<int>(labels_.size())) {
      details.push_back({{"text", labels_[point - 1]}});
    }
    rows.push_back({{"who", words_.Plain(say_.Say(title))}, {"part", false}, {"n", ""},
                    {"measured", {{"figure", rating}, {"range", ""}, {"why", ""}}}, {"details", details}});
  }

  Json RowOf(const v1::UnitScore& unit, const Json& who, bool part, const v1::GroupScore& score) const {
    Json measured = words_.Measured(score);
    if (score.state() == v1::FIGURE_STATE_EXACT && score.has_interval()) {
      const bool confidence = score.interval().kind() == v1::INTERVAL_KIND_CONFIDENCE;
      measured["why"] = say_.Say(confidence ? "report.confidence" : "report.typical");
    }
    const std::string n = IsShown(score) && score.n() > 0 ? absl::StrCat("n ", score.n()) : "";
    return {{"who", who}, {"part", part}, {"n", n}, {"measured", measured},
            {"details", IsShown(score) ? Details(unit, score) : Json::array()}};
  }

  Json Details(const v1::UnitScore& unit, const v1::GroupScore& score) const {
    Json details = Json::array();
    const auto add = [&](const std::string& text) { details.push_back({{"text", text}}); };
    if (score.has_distribution()) AddDistribution(score.distribution(), details);
    if (differ_.count({unit.code(), score.group()}) != 0) add(say_.Say("report.differ_here"));
    const Sentences::Values half = {{"most", absl::StrCat(words_.rules().insiders() + 1)}, {"count", absl::StrCat(score.n())}};
    if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_LOW) add(say_.Say("report.at_most_low", half));
    if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_HIGH) add(say_.Say("report.at_most_high", half));
    if (score.has_not_observed()) {
      add(say_.SayFor(score.not_observed(), "report.not_observed", {{"count", absl::StrCat(score.not_observed())}}));
    }
    if (score.has_benchmark()) {
      add(say_.Say("report.benchmark_of", {{"figure", BenchmarkFigure(score)},
                                           {"leaders", absl::StrCat(score.benchmark().leaders())}}));
    }
    return details;
  }

  void AddDistribution(const v1::Distribution& distribution, Json& details) const {
    std::vector<std::string> counts;
    for (int k = 0; k < distribution.counts_size(); ++k) {
      const std::string label = k < static_cast<int>(labels_.size()) ? labels_[k] : absl::StrCat(k + 1);
      counts.push_back(absl::StrCat(label, ": ", distribution.counts(k)));
    }
    details.push_back({{"text", absl::StrJoin(counts, ", ")}});
    details.push_back({{"text", say_.Say("report.favourable", {{"share", PercentText(distribution.favourable_share())},
                                                               {"lower", PercentText(distribution.favourable_lower())},
                                                               {"upper", PercentText(distribution.favourable_upper())}})}});
    if (distribution.average_deviation() > 0) {
      details.push_back(
          {{"text", say_.Say("report.deviation", {{"figure", MeanText(distribution.average_deviation())}})}});
    }
  }

  Json Remarks(const v1::UnitScore& unit, bool alone, const Json& not_asked) const {
    Json remarks = Json::array();
    const std::string gap = LongGap(unit.gap(), words_.lines(), say_);
    if (!gap.empty()) {
      const std::string words = say_.Say("report.gap_found", {{"figure", gap}, {"words", GapWords(unit.gap(), say_)}});
      remarks.push_back({{"text", absl::StrCat(words, ".", alone ? absl::StrCat(" ", say_.Say("report.group_alone")) : "")}});
    }
    if (!not_asked.empty()) {
      remarks.push_back({{"text", say_.Say("report.not_asked", {{"groups", JoinTexts(not_asked, ", ")}})}});
    }
    return remarks;
  }

  const HtmlWords& words_;
  const Sentences& say_;
  const v1::Report& report_;
  const std::vector<std::string> labels_;
  const BarReach reach_;
  std::map<std::string, const v1::ReportItem*> items_;
  std::set<std::pair<std::string, std::string>> differ_;  // indicator and group that does not agree within itself
};

// What the parts of bars mean; nothing where there are no bars.
Json KeyData(const HtmlWords& words) {
  const BarReach reach = BarReachOf(words);
  Json key = Json::array();
  if (!(reach.low + reach.high > 0)) return key;
  const std::vector<std::string> labels = ScaleLabels(words);
  for (int k = 1; k <= words.points(); ++k) {
    const std::string label = k <= static_cast<int>(labels.size()) ? labels[k - 1] : "";
    const std::string style = PointStyle(k, words.points());
    const Json text = Clean(absl::StrCat(k, label.empty() ? "" : " ", label));
    // On scales of more than five points neighbours are painted alike: one swatch stands for them.
    if (!key.empty() && key.back()["style"] == style) {
      key.back()["text"] = absl::StrCat(key.back()["text"].get<std::string>(), ", ", text.get<std::string>());
    } else {
      key.push_back({{"style", style}, {"text", text}});
    }
  }
  return key;
}

}  // namespace

Json StatementsData(const HtmlWords& words) {
  const StatementList list(words);
  Json competencies = Json::array();
  int statement = 0;
  for (const Branch& branch : BranchesOf(words.report(), v1::UNIT_KIND_COMPETENCY, v1::UNIT_KIND_INDICATOR)) {
    if (branch.units.empty()) continue;
    const Json name = branch.top != nullptr
                          ? words.UnitName(*branch.top)
                          : Json{{"code", ""}, {"title", words.Plain(words.say().Say("report.others"))}};
    Json statements = Json::array();
    for (const v1::UnitScore* unit : branch.units) {
      statements.push_back(list.Of(*unit, absl::StrCat("statement-", ++statement)));
    }
    competencies.push_back({{"name", name}, {"statements", statements}});
  }
  return {{"competencies", competencies}, {"key", KeyData(words)}};
}

}  // namespace candor::report
