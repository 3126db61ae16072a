#include "clients/report/html_comparisons.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/html_units.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

// Domains, each followed by its competencies.
std::vector<const v1::UnitScore*> Tree(const v1::Report& report) {
  std::vector<const v1::UnitScore*> units;
  for (const Branch& branch : BranchesOf(report, v1::UNIT_KIND_DOMAIN, v1::UNIT_KIND_COMPETENCY)) {
    if (branch.top != nullptr) units.push_back(branch.top);
    units.insert(units.end(), branch.units.begin(), branch.units.end());
  }
  return units;
}

Json NameOf(const v1::UnitScore& unit, const HtmlWords& words) {
  Json name = words.UnitName(unit);
  name["top"] = unit.kind() == v1::UNIT_KIND_DOMAIN;
  return name;
}

std::string WhyNotCompared(const v1::Report& report, const Sentences& say) {
  switch (report.scores().compared_round().state()) {
    case v1::COMPARISON_STATE_NO_REPORT_BEFORE: return say.Say("report.not_compared_no_report");
    case v1::COMPARISON_STATE_OTHER_READERS: return say.Say("report.not_compared_readers");
    case v1::COMPARISON_STATE_NOTHING_IN_COMMON: return say.Say("report.not_compared_common");
    default: return "";
  }
}

Json ChangeCell(const v1::GroupScore& score, const Sentences& say) {
  if (!score.has_change() || !IsShown(score)) return {{"figure", "–"}, {"range", ""}, {"why", ""}};
  return {{"figure", ChangeValue(score.change(), say)},
          {"range", ChangeLimits(score.change(), say)},
          {"why", ChangeWords(score.change().word(), say)}};
}

// "Staff: higher by +0.32 (between +0.05 and +0.60)".
void AddSentence(const Json& who, const v1::GroupScore& score, const HtmlWords& words, Json& sentences) {
  if (!score.has_change() || !IsShown(score)) return;
  const v1::Change& change = score.change();
  if (change.word() != v1::CHANGE_WORD_HIGHER && change.word() != v1::CHANGE_WORD_LOWER) return;
  sentences.push_back({{"who", who},
                       {"word", ChangeWords(change.word(), words.say())},
                       {"measured", {{"figure", ChangeValue(change, words.say())},
                                     {"range", ChangeLimits(change, words.say())}, {"why", ""}}}});
}

Json ChangesData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  const std::string why = WhyNotCompared(report, words.say());
  const std::vector<int> groups = ChangedGroups(report);
  if (groups.empty()) return why.empty() ? Json(false) : Json{{"why", why}};
  // Of one group alone the change of all raters is the group's.
  const bool all = groups.size() > 1;
  const Json all_raters = words.Plain(words.say().Say("report.all_raters"));
  Json columns = Json::array(), rows = Json::array(), clear = Json::array();
  for (int g : groups) columns.push_back(words.GroupTitle(report.scores().groups(g)));
  if (all) columns.push_back(all_raters);
  for (const v1::UnitScore* unit : Tree(report)) {
    Json row = NameOf(*unit, words), found = NameOf(*unit, words);
    row["cells"] = Json::array();
    found["sentences"] = Json::array();
    for (int g : groups) {
      row["cells"].push_back(ChangeCell(ScoreAt(*unit, g), words.say()));
      AddSentence(words.GroupTitle(report.scores().groups(g)), ScoreAt(*unit, g), words, found["sentences"]);
    }
    if (all) {
      row["cells"].push_back(ChangeCell(unit->all_raters(), words.say()));
      AddSentence(all_raters, unit->all_raters(), words, found["sentences"]);
    }
    rows.push_back(row);
    if (!found["sentences"].empty()) clear.push_back(found);
  }
  std::string until;
  if (report.scores().compared_round().has_close_time()) {
    until = words.say().Say("report.changes_until",
                            {{"date", DateText(report.scores().compared_round().close_time(), words.say())}});
  }
  return {{"why", why}, {"until", until}, {"clear", clear}, {"columns", columns}, {"rows", rows}};
}

Json BenchmarkData(const HtmlWords& words) {
  Json rows = Json::array();
  for (const v1::UnitScore* unit : Tree(words.report())) {
    const v1::GroupScore& score = unit->all_raters();
    if (!score.has_benchmark() || !IsShown(score)) continue;
    Json row = NameOf(*unit, words);
    row["here"] = words.Measured(score);
    row["round"] = BenchmarkFigure(score);
    row["leaders"] = absl::StrCat(score.benchmark().leaders());
    row["spread"] = score.benchmark().has_standard_deviation() ? MeanText(score.benchmark().standard_deviation()) : "–";
    rows.push_back(row);
  }
  return rows.empty() ? Json(false) : Json{{"rows", rows}};
}

// Of each group that is shown by part: the group beside its parts.
Json PartsData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  Json parts = Json::array();
  for (int g : ShownGroups(report, /*parts=*/false)) {
    const v1::GroupSummary& group = report.scores().groups(g);
    if (!group.from_parts()) continue;
    std::vector<int> columns = {g};
    for (int p : ShownGroups(report, /*parts=*/true)) {
      if (report.scores().groups(p).part_of() == group.code()) columns.push_back(p);
    }
    if (columns.size() < 2) continue;
    const Json title = {{"code", ""}, {"title", words.GroupTitle(group)}};
    Json table = GroupTable(words, absl::StrCat("parts-", parts.size() + 1), title, Tree(report), columns, false);
    table["kind"] = words.say().Say("report.by_part");
    parts.push_back(table);
  }
  return parts;
}

}  // namespace

Json ComparisonsData(const HtmlWords& words) {
  return {{"changes", ChangesData(words)}, {"benchmark", BenchmarkData(words)}, {"parts", PartsData(words)}};
}

}  // namespace candor::report
