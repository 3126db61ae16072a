#include "clients/report/svg_unit_charts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/report/report_units.h"
#include "clients/report/svg_chart.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

constexpr double kLane = 15;       // pixels from one group's mark to the next
constexpr double kBetween = 9;    // pixels between units
constexpr double kKeyMark = 3;     // where the marks of the key stand
constexpr double kKeyWords = 7;    // and what they mean
constexpr double kRaters = 30;     // where the raters' figure stands beside self's
constexpr double kRatersWords = 34;

constexpr Mark kGroupMarks[] = {Mark::kSquare, Mark::kTriangle, Mark::kCircle, Mark::kDropped, Mark::kCross};

std::string StyleOf(size_t group) { return absl::StrCat("group", group % std::size(kGroupMarks)); }

// "III.2 Help teachers ...", in lines.
double Label(const v1::UnitScore& unit, double y, const HtmlWords& words, SvgChart& chart) {
  Json label = words.English(HtmlWords::PlainName(unit));
  return chart.Lines(y, unit.kind() == v1::UNIT_KIND_DOMAIN ? "label strong" : "label", label);
}

// One entry of a key: a mark and what it means.
double KeyEntry(Mark mark, absl::string_view style, const Json& text, double y, SvgChart& chart) {
  chart.Draw(mark, kKeyMark, y + kTextLine - 5, style);
  chart.Text(kKeyWords, y + kTextLine, "start", "small", text);
  return y + kTextLine;
}

std::string FigureWords(const v1::GroupScore& score, const HtmlWords& words) {
  const std::string figure = LongFigure(score, words.lines(), words.say());
  const std::string range = score.state() == v1::FIGURE_STATE_EXACT ? IntervalText(score, words.say()) : "";
  return range.empty() ? figure : absl::StrCat(figure, " (", range, ")");
}

}  // namespace

Html DumbbellChart(const HtmlWords& words, const std::string& id, const std::string& heading,
                   const std::vector<const v1::UnitScore*>& units) {
  const auto drawn = [](const v1::UnitScore* unit) { return unit->self().has_mean() || IsShown(unit->all_raters()); };
  if (std::none_of(units.begin(), units.end(), drawn)) return Html();
  const ChartScale scale(words);
  const std::string points = absl::StrCat(words.points());
  SvgChart chart(words, id, heading, words.say().Say("report.chart_self", {{"points", points}}));
  double y = KeyEntry(Mark::kDiamond, "self", words.Plain(words.say().Say("report.self")), 0, chart);
  y = KeyEntry(Mark::kCircle, "raters", words.Plain(words.say().Say("report.key_raters")), y, chart);
  y += kTextLine + 4;
  scale.Numbers(y, chart);
  for (const v1::UnitScore* unit : units) {
    y = Label(*unit, y + kBetween - 6, words, chart) + kTextLine;
    if (unit->self().has_mean()) {
      chart.Draw(Mark::kDiamond, kKeyMark, y - 5, "self");
      chart.Text(kKeyWords, y, "start", "small", PersonFigure(unit->self(), words.lines()));
    }
    const v1::GroupScore& all = unit->all_raters();
    if (IsShown(all)) chart.Draw(Mark::kCircle, kRaters, y - 5, "raters");
    chart.Text(IsShown(all) ? kRatersWords : kRaters, y, "start", "small", FigureWords(all, words));
    const double middle = y + kLane;
    scale.Track(middle - 9, middle + 9, chart);
    chart.Line(scale.X(1), middle, scale.X(words.points()), middle, "tick");
    if (unit->self().has_mean() && all.state() == v1::FIGURE_STATE_EXACT) {
      chart.Line(scale.X(unit->self().mean()), middle, scale.X(all.mean()), middle, "between");
    }
    scale.Figure(all, Mark::kCircle, middle, "raters", chart);
    if (unit->self().has_mean()) chart.Draw(Mark::kDiamond, scale.X(unit->self().mean()), middle, "self");
    y = middle + 9 + kBetween;
  }
  return chart.Finish(y);
}

Html GroupDotsChart(const HtmlWords& words, const std::string& id, const std::string& heading,
                    const std::vector<const v1::UnitScore*>& units, const std::vector<int>& groups, bool supervisor) {
  const auto drawn = [&](const v1::UnitScore* unit) {
    return (supervisor && unit->supervisor().has_mean()) ||
           std::any_of(groups.begin(), groups.end(), [&](int g) { return IsShown(ScoreAt(*unit, g)); });
  };
  if (std::none_of(units.begin(), units.end(), drawn)) return Html();
  const ChartScale scale(words);
  const std::string points = absl::StrCat(words.points());
  SvgChart chart(words, id, heading, words.say().Say("report.chart_groups", {{"points", points}}));
  double y = 0;
  if (supervisor) y = KeyEntry(Mark::kPlus, "supervisor", words.Plain(words.say().Say("report.supervisor")), y, chart);
  for (size_t i = 0; i < groups.size(); ++i) {
    const Json title = words.GroupTitle(words.report().scores().groups(groups[i]));
    y = KeyEntry(kGroupMarks[i % std::size(kGroupMarks)], StyleOf(i), title, y, chart);
  }
  y += kTextLine + 4;
  scale.Numbers(y, chart);
  for (const v1::UnitScore* unit : units) {
    y = Label(*unit, y + kBetween - 6, words, chart) + 6;
    const double top = y;
    const double lanes = static_cast<double>(groups.size() + (supervisor ? 1 : 0));
    scale.Track(top, top + lanes * kLane, chart);
    double lane = top + kLane / 2;
    if (supervisor) {
      if (unit->supervisor().has_mean()) chart.Draw(Mark::kPlus, scale.X(unit->supervisor().mean()), lane, "supervisor");
      lane += kLane;
    }
    for (size_t i = 0; i < groups.size(); ++i, lane += kLane) {
      scale.Figure(ScoreAt(*unit, groups[i]), kGroupMarks[i % std::size(kGroupMarks)], lane, StyleOf(i), chart);
    }
    y = top + lanes * kLane + kBetween;
  }
  return chart.Finish(y);
}

}  // namespace candor::report
