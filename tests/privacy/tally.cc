#include "tests/privacy/tally.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"

namespace candor::privacy {

void Tally::Add(const std::map<std::string, int>& correct, int blind, double expected, double variance) {
  ++trials_;
  blind_ += blind;
  expected_ += expected;
  variance_ += variance;
  for (const auto& [scorer, right] : correct) {
    Sum& sum = sums_[scorer];
    sum.correct += right;
    sum.blind += blind;
    ++sum.informed;
  }
}

double Tally::threshold() const { return expected_ + 4 * std::sqrt(variance_); }

std::vector<Tally::Line> Tally::Lines() const {
  std::vector<Line> lines;
  for (const auto& [scorer, sum] : sums_) lines.push_back({scorer, sum.correct + blind_ - sum.blind, sum.informed});
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.correct > b.correct; });
  lines.push_back({"blind", blind_, 0});
  return lines;
}

std::vector<Tally::Line> Tally::Above() const {
  std::vector<Line> above;
  for (const Line& line : Lines()) {
    if (line.correct > threshold()) above.push_back(line);
  }
  return above;
}

Tally::Line Tally::BestOf(const std::string& family) const {
  for (const Line& line : Lines()) {
    if (absl::StartsWith(line.scorer, family)) return line;
  }
  return {"blind", blind_, 0};
}

base::Json Tally::ToJson(const std::vector<std::string>& families) const {
  base::Json json = {{"trials", trials_}, {"expected", expected_}, {"threshold", threshold()},
                     {"above_threshold", Above().size()}, {"scorers", base::Json::array()}};
  for (const std::string& family : families) {
    const Line best = BestOf(family);
    json["scorers"].push_back({{"scorer", family}, {"scored", best.correct}, {"best", best.scorer},
                               {"trials_with_something_to_go_by", best.informed}});
  }
  return json;
}

}  // namespace candor::privacy
