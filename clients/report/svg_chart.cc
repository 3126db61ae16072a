#include "clients/report/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/report/layout.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

// Room for marks at the ends of the scale, in hundredths of the width.
constexpr double kEdge = 4;
constexpr double kCap = 4;         // half the height of the ends of a range
constexpr double kLimitsHalf = 5;  // half the height of the part in which a figure lies

std::string Share(double x) { return absl::StrFormat("%.2f%%", std::clamp(std::isfinite(x) ? x : 0.0, 0.0, 100.0)); }
std::string Pixels(double y) { return absl::StrFormat("%.1f", y); }

// What is drawn with where no style of the page reaches: on paper, and in programs that make it. The page's first colours.
struct Paint {
  absl::string_view style;
  absl::string_view attribute;
  absl::string_view value;
};
constexpr Paint kPaints[] = {
    {"label", "fill", "#1a1e23"},      {"label", "font-size", "13"},       {"small", "fill", "#1a1e23"},
    {"small", "font-size", "12"},      {"strong", "font-weight", "600"},   {"tick", "stroke", "#717b86"},
    {"tick", "stroke-width", "1"},     {"axis", "stroke", "#1a1e23"},      {"axis", "stroke-width", "1"},
    {"strength", "stroke", "#1a1e23"}, {"strength", "stroke-width", "1.5"}, {"strength", "stroke-dasharray", "3 3"},
    {"between", "stroke", "#717b86"},  {"between", "stroke-width", "3"},   {"self", "fill", "#fff"},
    {"self", "stroke", "#a33b00"},     {"self", "stroke-width", "2.5"},    {"raters", "fill", "#0b57a4"},
    {"raters", "stroke", "#0b57a4"},   {"raters", "stroke-width", "2"},    {"supervisor", "fill", "none"},
    {"supervisor", "stroke", "#1a1e23"}, {"supervisor", "stroke-width", "3"}, {"group0", "fill", "#0b57a4"},
    {"group0", "stroke", "#0b57a4"},   {"group0", "stroke-width", "2"},    {"group1", "fill", "#a33b00"},
    {"group1", "stroke", "#a33b00"},   {"group1", "stroke-width", "2"},    {"group2", "fill", "#00694a"},
    {"group2", "stroke", "#00694a"},   {"group2", "stroke-width", "2"},    {"group3", "fill", "#7a2d8c"},
    {"group3", "stroke", "#7a2d8c"},   {"group3", "stroke-width", "2"},    {"group4", "fill", "none"},
    {"group4", "stroke", "#8a5300"},   {"group4", "stroke-width", "3"},    {"reach", "stroke-width", "2"},
    {"typical", "stroke-dasharray", "5 3"}, {"part", "fill", "#fff"},      {"part", "stroke-width", "1.5"},
    {"bar", "stroke", "#1a1e23"},      {"bar", "stroke-width", "1"},       {"low2", "fill", "#a0410d"},
    {"low1", "fill", "#f0a35e"},       {"middle", "fill", "#cfd4d9"},      {"high1", "fill", "#7db4e6"},
    {"high2", "fill", "#0b57a4"},
};

// Of a list of styles; the later ones win.
Json PaintOf(absl::string_view styles) {
  std::map<absl::string_view, absl::string_view> attributes;
  for (const absl::string_view style : absl::StrSplit(styles, ' ')) {
    for (const Paint& paint : kPaints) {
      if (paint.style == style) attributes[paint.attribute] = paint.value;
    }
  }
  Json all = Json::array();
  for (const auto& [name, value] : attributes) all.push_back({{"name", std::string(name)}, {"value", std::string(value)}});
  return all;
}

// Around the middle, in pixels.
const char* PathOf(Mark mark) {
  switch (mark) {
    case Mark::kCircle: return "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z";
    case Mark::kDiamond: return "M0 -7L7 0L0 7L-7 0z";
    case Mark::kSquare: return "M-5 -5H5V5H-5z";
    case Mark::kTriangle: return "M0 -6.5L6.5 5H-6.5z";
    case Mark::kDropped: return "M0 6.5L6.5 -5H-6.5z";
    case Mark::kCross: return "M-5 -5L5 5M-5 5L5 -5";
    case Mark::kPlus: return "M-6 0H6M0 -6V6";
  }
  return "";
}

}  // namespace

SvgChart::SvgChart(const HtmlWords& words, std::string id, std::string heading, std::string title) {
  data_ = {{"id", std::move(id)},
           {"heading", std::move(heading)},
           {"title", std::move(title)},
           {"description", words.say().Say("report.chart_table")},
           {"hatched", false}};
}

void SvgChart::Add(const char* kind, Json shape, absl::string_view style) {
  shape["style"] = std::string(style);
  shape["paint"] = PaintOf(style);
  shapes_.push_back({{kind, std::move(shape)}});
}

void SvgChart::Line(double x1, double y1, double x2, double y2, absl::string_view style) {
  Add("line", {{"x1", Share(x1)}, {"y1", Pixels(y1)}, {"x2", Share(x2)}, {"y2", Pixels(y2)}}, style);
}

void SvgChart::Rect(double x1, double x2, double y, double height, absl::string_view style) {
  Add("rect", {{"x", Share(x1)}, {"width", Share(x2 - x1)}, {"y", Pixels(y)}, {"height", Pixels(height)}, {"over", false}},
      style);
}

void SvgChart::Hatched(double x1, double x2, double y, double height, absl::string_view style) {
  Rect(x1, x2, y, height, style);
  shapes_.back()["rect"]["over"] = true;
  data_["hatched"] = true;
}

void SvgChart::Draw(Mark mark, double x, double y, absl::string_view style) {
  used_.insert(mark);
  Add("mark", {{"x", Share(x)}, {"y", Pixels(y)}, {"shape", absl::StrCat(static_cast<int>(mark))}}, style);
}

void SvgChart::Text(double x, double y, absl::string_view anchor, absl::string_view style, const Json& text) {
  Add("words", {{"x", Share(x)}, {"y", Pixels(y)}, {"anchor", std::string(anchor)}, {"text", text.at("text")},
                {"lang", text.at("lang")}}, style);
}

void SvgChart::Text(double x, double y, absl::string_view anchor, absl::string_view style, const std::string& text) {
  Text(x, y, anchor, style, Json{{"text", text}, {"lang", ""}});
}

double SvgChart::Lines(double y, absl::string_view style, const Json& text) {
  double feet = y;
  for (const std::string& line : Wrap(text.at("text").get<std::string>(), kChartCharacters)) {
    feet += kTextLine;
    Text(0, feet, "start", style, Json{{"text", line}, {"lang", text.at("lang")}});
  }
  return feet;
}

Html SvgChart::Finish(double height) {
  data_["marks"] = Json::array();
  for (const Mark mark : used_) {
    data_["marks"].push_back({{"shape", absl::StrCat(static_cast<int>(mark))}, {"path", PathOf(mark)}});
  }
  data_["height"] = Pixels(height);
  data_["shapes"] = std::move(shapes_);
  return Fill(Template::kChart, data_);
}

ChartScale::ChartScale(const HtmlWords& words) : words_(words) {}

double ChartScale::X(double value) const {
  const int points = words_.points();
  const double on = std::isfinite(value) ? std::clamp(value, 1.0, static_cast<double>(points)) : 1;
  return kEdge + (on - 1) / (points - 1) * (100 - 2 * kEdge);
}

void ChartScale::Numbers(double y, SvgChart& chart) const {
  for (int k = 1; k <= words_.points(); ++k) chart.Text(X(k), y, "middle", "small axis-number", absl::StrCat(k));
}

void ChartScale::Track(double top, double bottom, SvgChart& chart) const {
  for (int k = 1; k <= words_.points(); ++k) chart.Line(X(k), top, X(k), bottom, "tick");
  const double line = words_.rules().strength_cut();
  if (line > 1 && line < words_.points()) chart.Line(X(line), top, X(line), bottom, "strength");
}

void ChartScale::Figure(const v1::GroupScore& score, Mark mark, double y, absl::string_view style, SvgChart& chart) const {
  const std::optional<Range> range = RangeOf(score, words_.points());
  if (!range.has_value()) return;
  if (score.state() != v1::FIGURE_STATE_EXACT) {
    // A part that is too narrow to be seen would look like nothing.
    const double middle = (X(range->lower) + X(range->upper)) / 2;
    const double half = std::max((X(range->upper) - X(range->lower)) / 2, 0.5);
    chart.Hatched(middle - half, middle + half, y - kLimitsHalf, 2 * kLimitsHalf, absl::StrCat(style, " part"));
    return;
  }
  if (score.has_interval()) {
    const double lower = X(score.interval().lower()), upper = X(score.interval().upper());
    const std::string typical = score.interval().kind() == v1::INTERVAL_KIND_TYPICAL ? " typical" : "";
    chart.Line(lower, y, upper, y, absl::StrCat(style, " reach", typical));
    chart.Line(lower, y - kCap, lower, y + kCap, absl::StrCat(style, " reach"));
    chart.Line(upper, y - kCap, upper, y + kCap, absl::StrCat(style, " reach"));
  }
  chart.Draw(mark, X(range->lower), y, style);
}

}  // namespace candor::report
