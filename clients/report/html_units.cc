#include "clients/report/html_units.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/html_heat_map.h"
#include "clients/report/html_template.h"
#include "clients/report/report_units.h"
#include "clients/report/svg_unit_charts.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

// Columns of a table that still has room beside its drawing.
constexpr size_t kMostBeside = 4;

using Units = std::vector<const v1::UnitScore*>;

Json NameOf(const v1::UnitScore& unit, const HtmlWords& words) {
  Json name = words.UnitName(unit);
  name["top"] = unit.kind() == v1::UNIT_KIND_DOMAIN;
  return name;
}

// What the rows of a table are.
std::string LabelOf(const Units& units, const HtmlWords& words) {
  const bool themes = !units.empty() && units.front()->kind() == v1::UNIT_KIND_THEME;
  return words.say().Say(themes ? "report.theme" : "report.unit");
}

// Self, all raters with how far their figure might move, and the gap in a figure and in words.
Json SelfTable(const HtmlWords& words, const std::string& id, const Json& title, const Units& units) {
  Json rows = Json::array();
  for (const v1::UnitScore* unit : units) {
    Json row = NameOf(*unit, words);
    row["self"] = PersonFigure(unit->self(), words.lines());
    row["raters"] = words.Measured(unit->all_raters());
    const Json who = words.RatersOf(*unit);
    const bool alone = IsShown(unit->all_raters()) && who != words.Plain(words.say().Say("report.all_raters"));
    row["alone"] = alone ? who : Json(false);
    row["gap"] = LongGap(unit->gap(), words.lines(), words.say());
    row["words"] = GapWords(unit->gap(), words.say());
    rows.push_back(row);
  }
  return {{"id", id}, {"title", title}, {"label", LabelOf(units, words)}, {"rows", rows}};
}

// A domain, or the themes: the two tables.
Json PartOf(const HtmlWords& words, const std::string& id, const Json& name, const Units& units) {
  Json part = {{"id", id}, {"name", name}};
  part["self_table"] = SelfTable(words, id + "-self", name, units);
  PutHtml(part["self_table"], "chart_self", DumbbellChart(words, id + "-dumbbells", id, units));
  const std::vector<int> groups = ShownGroups(words.report(), /*parts=*/false);
  const bool supervisor = HasSupervisor(words.report());
  part["group_table"] = false;
  if (!groups.empty() || supervisor) {
    part["group_table"] = GroupTable(words, id + "-groups", name, units, groups, supervisor);
    part["group_table"]["wide"] = part["group_table"]["columns"].size() > kMostBeside;
    PutHtml(part["group_table"], "chart_groups", GroupDotsChart(words, id + "-dots", id, units, groups, supervisor));
  }
  return part;
}

Json DomainsData(const HtmlWords& words) {
  Json domains = Json::array();
  for (const Branch& branch : BranchesOf(words.report(), v1::UNIT_KIND_DOMAIN, v1::UNIT_KIND_COMPETENCY)) {
    Units units = branch.units;
    Json name = {{"code", ""}, {"title", words.Plain(words.say().Say("report.others"))}};
    if (branch.top != nullptr) {
      units.insert(units.begin(), branch.top);
      name = words.UnitName(*branch.top);
    }
    domains.push_back(PartOf(words, absl::StrCat("domain-", domains.size() + 1), name, units));
  }
  return domains;
}

// Which competencies lie in which quadrant, in words.
Json QuadrantsData(const HtmlWords& words) {
  const struct {
    v1::Quadrant quadrant;
    const char* title;
  } lists[] = {{v1::QUADRANT_BLIND_SPOT, "report.blind_spots"},
               {v1::QUADRANT_HIDDEN_STRENGTH, "report.hidden_strengths"},
               {v1::QUADRANT_SHARED_STRENGTH, "report.shared_strengths"},
               {v1::QUADRANT_SHARED_DEVELOPMENT, "report.shared_development"},
               {v1::QUADRANT_UNDETERMINED, "report.cannot_be_told"}};
  Json quadrants = Json::array();
  bool any = false;
  for (const auto& list : lists) {
    Json units = Json::array();
    for (const v1::UnitScore* unit : UnitsOf(words.report(), v1::UNIT_KIND_COMPETENCY)) {
      if (unit->gap().quadrant() != list.quadrant) continue;
      Json name = words.UnitName(*unit);
      name["close"] = unit->gap().close_to_line() ? words.say().Say("gap.close_to_line") : "";
      units.push_back(name);
    }
    any |= !units.empty();
    if (list.quadrant == v1::QUADRANT_UNDETERMINED && units.empty()) continue;
    quadrants.push_back({{"title", words.say().Say(list.title)}, {"units", units}});
  }
  if (!any) return false;
  const std::string line = MeanText(words.rules().strength_cut());
  return {{"how", words.say().Say("report.quadrants_how", {{"line", line}})}, {"lists", quadrants}};
}

}  // namespace

Json GroupTable(const HtmlWords& words, const std::string& id, const Json& title, const Units& units,
                const std::vector<int>& groups, bool supervisor) {
  Json columns = Json::array(), rows = Json::array();
  if (supervisor) columns.push_back(words.Plain(words.say().Say("report.supervisor")));
  for (int g : groups) columns.push_back(words.GroupTitle(words.report().scores().groups(g)));
  for (const v1::UnitScore* unit : units) {
    Json row = NameOf(*unit, words);
    row["cells"] = Json::array();
    if (supervisor) row["cells"].push_back(words.Measured(unit->supervisor()));
    for (int g : groups) row["cells"].push_back(words.Measured(ScoreAt(*unit, g)));
    rows.push_back(row);
  }
  return {{"id", id},           {"title", title}, {"kind", words.say().Say("report.group_by_group")},
          {"label", LabelOf(units, words)}, {"columns", columns}, {"rows", rows}};
}

Json UnitsData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  Json data = {{"overview", HeatMapData(words)}, {"quadrants", QuadrantsData(words)}, {"domains", DomainsData(words)}};
  const Units themes = UnitsOf(report, v1::UNIT_KIND_THEME);
  const Json name = {{"code", ""}, {"title", words.Plain(words.say().Say("report.themes"))}};
  data["key_how"] = words.say().Say("report.key_how", {{"line", MeanText(words.rules().strength_cut())}});
  data["themes"] = themes.empty() ? Json(false) : PartOf(words, "themes", name, themes);
  return data;
}

}  // namespace candor::report
