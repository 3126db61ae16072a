// How answers spread: diverging bars.

#ifndef CANDOR_CLIENTS_REPORT_SVG_BARS_H_
#define CANDOR_CLIENTS_REPORT_SVG_BARS_H_

#include <string>
#include <vector>

#include "clients/report/html_template.h"
#include "clients/report/html_words.h"

namespace candor::report {

// How far bars of a report reach to either side of the middle of the scale, as shares of their answers; so that all of them
// have one middle and one size.
struct BarReach {
  double low = 0;
  double high = 0;
};
BarReach BarReachOf(const HtmlWords& words);

// The class of a point's part of a bar, 1 to `points`: low2, low1, middle, high1, high2.
std::string PointStyle(int point, int points);

// A bar for each group of the unit whose distribution is printed; empty where there is none. The lower half of the scale
// lies left of the middle, hatched, the upper right; a middle point lies astride. Numbers stand under their part where they
// have room.
Html BarsChart(const HtmlWords& words, const BarReach& reach, const std::string& id, const std::string& heading,
               const candor::v1::UnitScore& unit);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_SVG_BARS_H_
