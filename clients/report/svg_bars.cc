#include "clients/report/svg_bars.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "clients/report/report_units.h"
#include "clients/report/svg_chart.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

constexpr double kEdge = 1;        // hundredths of the width left free on either side
constexpr double kBar = 17;        // pixels
constexpr double kDigit = 3.5;     // hundredths of the narrowest width that a digit takes
constexpr double kBetween = 8;

// Counts that are none are no answers.
std::vector<double> SharesOf(const v1::Distribution& distribution) {
  std::vector<double> shares(distribution.counts().begin(), distribution.counts().end());
  for (double& share : shares) share = std::max(share, 0.0);
  const double all = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(all > 0)) return {};
  for (double& share : shares) share /= all;
  return shares;
}

// What lies left of the middle of the scale; half of a middle point does.
double LowShare(const std::vector<double>& shares) {
  const size_t half = shares.size() / 2;
  const double low = std::accumulate(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(half), 0.0);
  return shares.size() % 2 == 0 ? low : low + shares[half] / 2;
}

bool IsDrawn(const v1::GroupScore& score) {
  return IsShown(score) && score.has_distribution() && !SharesOf(score.distribution()).empty();
}

void DrawBar(const v1::Distribution& distribution, double middle, double width, double y, SvgChart& chart) {
  const std::vector<double> shares = SharesOf(distribution);
  const int points = static_cast<int>(shares.size());
  double x = middle - LowShare(shares) * width;
  for (int k = 0; k < points; ++k) {
    const double end = x + shares[k] * width;
    const std::string style = absl::StrCat("bar ", PointStyle(k + 1, points));
    if (shares[k] > 0) {
      if (2 * (k + 1) < points + 1) chart.Hatched(x, end, y, kBar, style);
      else chart.Rect(x, end, y, kBar, style);
    }
    const std::string count = absl::StrCat(distribution.counts(k));
    if (end - x >= kDigit * static_cast<double>(count.size())) {
      chart.Text((x + end) / 2, y + kBar + kTextLine - 4, "middle", "small", count);
    }
    x = end;
  }
}

}  // namespace

BarReach BarReachOf(const HtmlWords& words) {
  BarReach reach;
  const std::vector<int> groups = ShownGroups(words.report(), /*parts=*/true);
  for (const v1::UnitScore* unit : UnitsOf(words.report(), v1::UNIT_KIND_INDICATOR)) {
    for (int g : groups) {
      if (!IsDrawn(ScoreAt(*unit, g))) continue;
      const double low = LowShare(SharesOf(ScoreAt(*unit, g).distribution()));
      reach.low = std::max(reach.low, low);
      reach.high = std::max(reach.high, 1 - low);
    }
  }
  return reach;
}

std::string PointStyle(int point, int points) {
  const int from_middle = 2 * point - (points + 1);  // in half points
  if (from_middle == 0) return "middle";
  const bool far = 2 * std::abs(from_middle) > points - 1;
  return absl::StrCat(from_middle < 0 ? "low" : "high", far ? "2" : "1");
}

Html BarsChart(const HtmlWords& words, const BarReach& reach, const std::string& id, const std::string& heading,
               const v1::UnitScore& unit) {
  const double all = reach.low + reach.high;
  if (!(all > 0)) return Html();
  const double width = (100 - 2 * kEdge) / all;
  const double middle = kEdge + reach.low * width;
  SvgChart chart(words, id, heading, words.say().Say("report.chart_bars"));
  double y = 0;
  for (int g : ShownGroups(words.report(), /*parts=*/true)) {
    const v1::GroupScore& score = ScoreAt(unit, g);
    if (!IsDrawn(score)) continue;
    base::Json title = words.GroupTitle(words.report().scores().groups(g));
    if (score.n() > 0) title["text"] = absl::StrCat(title["text"].get<std::string>(), ", n ", score.n());
    y = chart.Lines(y, "small", title) + 5;
    chart.Line(middle, y - 3, middle, y + kBar + 3, "axis");
    DrawBar(score.distribution(), middle, width, y, chart);
    y += kBar + kTextLine + kBetween;
  }
  return y > 0 ? chart.Finish(y) : Html();
}

}  // namespace candor::report
