#include "clients/report/html_heat_map.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

constexpr int kShades = 5;
constexpr double kEqual = 1e-9;

// The class of a shade: the scale in five equal steps.
std::string ShadeOf(double mean, int points) {
  const double place = (mean - 1) / (points - 1) * kShades;
  return absl::StrCat("shade", std::clamp(static_cast<int>(std::clamp(place, 0.0, 9.0)), 0, kShades - 1));
}

// Where all that the figure might be lies to the strength line.
void PutSign(const Range& range, const HtmlWords& words, Json& cell) {
  const double line = words.rules().strength_cut();
  const bool above = range.lower >= line - kEqual;
  const bool below = range.upper < line - kEqual;
  cell["sign"] = above ? "▲" : below ? "▼" : "≈";
  cell["sign_words"] = words.say().Say(above ? "report.above_line" : below ? "report.below_line" : "report.near_line");
}

Json CellOf(const v1::GroupScore& score, const HtmlWords& words) {
  Json cell = {{"figure", ShortFigure(score, words.lines())}, {"shade", "none"}, {"sign", ""}, {"sign_words", ""}, {"why", ""}};
  const std::optional<Range> range = RangeOf(score, words.points());
  if (!range.has_value()) {
    cell["why"] = words.NotShown(score.withheld_reason(), MinimumOf(score, words.rules()));
    return cell;
  }
  if (score.state() != v1::FIGURE_STATE_EXACT) {
    cell["shade"] = "limits";
    PutSign(*range, words, cell);
    return cell;
  }
  cell["shade"] = ShadeOf(score.mean(), words.points());
  if (score.has_interval()) PutSign({score.interval().lower(), score.interval().upper()}, words, cell);
  return cell;
}

Json CellOf(const v1::PersonScore& score, const HtmlWords& words) {
  return {{"figure", PersonFigure(score, words.lines())},
          {"shade", score.has_mean() ? ShadeOf(score.mean(), words.points()) : "none"},
          {"sign", ""}, {"sign_words", ""}, {"why", ""}};
}

}  // namespace

Json HeatMapData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  const std::vector<int> groups = ShownGroups(report, /*parts=*/false);
  const bool supervisor = HasSupervisor(report);
  Json columns = Json::array(), rows = Json::array();
  columns.push_back(words.Plain(words.say().Say("report.self")));
  if (supervisor) columns.push_back(words.Plain(words.say().Say("report.supervisor")));
  for (int g : groups) columns.push_back(words.GroupTitle(report.scores().groups(g)));
  if (!groups.empty()) columns.push_back(words.Plain(words.say().Say("report.all_raters")));
  for (const v1::UnitScore* unit : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
    Json row = words.UnitName(*unit);
    row["cells"] = Json::array({CellOf(unit->self(), words)});
    if (supervisor) row["cells"].push_back(CellOf(unit->supervisor(), words));
    for (int g : groups) row["cells"].push_back(CellOf(ScoreAt(*unit, g), words));
    if (!groups.empty()) row["cells"].push_back(CellOf(unit->all_raters(), words));
    rows.push_back(row);
  }
  if (rows.empty()) return false;
  const std::string line = MeanText(words.rules().strength_cut());
  return {{"how", words.say().Say("report.overview_how", {{"line", line}})}, {"columns", columns}, {"rows", rows}};
}

}  // namespace candor::report
