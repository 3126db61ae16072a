// Drawings that are as wide as the page lets them: places along the scale are shares of the width, heights are pixels, and
// neither letters nor marks are stretched.

#ifndef CANDOR_CLIENTS_REPORT_SVG_CHART_H_
#define CANDOR_CLIENTS_REPORT_SVG_CHART_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "candor/v1/scoring.pb.h"
#include "clients/report/html_template.h"
#include "clients/report/html_words.h"

namespace candor::report {

// Pixels that a line of letters takes.
inline constexpr double kTextLine = 15;
// Characters that fit on a line of the narrowest page, also where a reader spaces letters out.
inline constexpr int kChartCharacters = 40;

// Shapes that differ without colour. Their places on the page are those of the middle.
enum class Mark { kCircle, kDiamond, kSquare, kTriangle, kDropped, kCross, kPlus };

class SvgChart {
 public:
  // `id` is no other's on the page. A screen reader hears what stands under `heading`, an id, then `title`, then that the
  // table that follows says the same.
  SvgChart(const HtmlWords& words, std::string id, std::string heading, std::string title);

  // From left to right 0 to 100, from the top down in pixels. `style`: classes of style.css, each with its paint in
  // svg_chart.cc.
  void Line(double x1, double y1, double x2, double y2, absl::string_view style);
  void Rect(double x1, double x2, double y, double height, absl::string_view style);
  // The same, hatched: only limits are known, or the lower half of the scale.
  void Hatched(double x1, double x2, double y, double height, absl::string_view style);
  void Draw(Mark mark, double x, double y, absl::string_view style);
  // `y` is that of the letters' feet. `anchor`: start, middle or end.
  void Text(double x, double y, absl::string_view anchor, absl::string_view style, const base::Json& text);
  void Text(double x, double y, absl::string_view anchor, absl::string_view style, const std::string& text);
  // Lines of at most kChartCharacters from `y`; returns the feet of the last.
  double Lines(double y, absl::string_view style, const base::Json& text);

  Html Finish(double height);

 private:
  void Add(const char* kind, base::Json shape, absl::string_view style);

  base::Json data_;
  base::Json shapes_ = base::Json::array();
  std::set<Mark> used_;
};

// The scale from 1 to its points across a drawing.
class ChartScale {
 public:
  explicit ChartScale(const HtmlWords& words);

  // Brought onto the scale; its start for what is no number.
  double X(double value) const;
  // The numbers of the points, with their feet at `y`.
  void Numbers(double y, SvgChart& chart) const;
  // The scale itself from `top` to `bottom`: a tick for each point, and the strength line.
  void Track(double top, double bottom, SvgChart& chart) const;
  // What is known of a figure at `y`: a mark with how far it might move, or the part in which it lies. Nothing where it is
  // withheld.
  void Figure(const candor::v1::GroupScore& score, Mark mark, double y, absl::string_view style, SvgChart& chart) const;

 private:
  const HtmlWords& words_;
};

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_SVG_CHART_H_
