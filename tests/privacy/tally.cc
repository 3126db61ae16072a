#include "tests/privacy/tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

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

ScorersAbove AboveOf(const std::map<std::string, Tally>& attacks) {
  ScorersAbove above;
  for (const auto& [attack, tally] : attacks) {
    if (auto lines = tally.Above(); !lines.empty()) above[attack] = std::move(lines);
  }
  return above;
}

namespace {

// Those of `first` that are above in `second` too, as they stand there.
ScorersAbove AboveInBoth(const ScorersAbove& first, const ScorersAbove& second) {
  ScorersAbove both;
  for (const auto& [attack, lines] : first) {
    const auto found = second.find(attack);
    if (found == second.end()) continue;
    for (const Tally::Line& line : lines) {
      for (const Tally::Line& other : found->second) {
        if (line.scorer == other.scorer) both[attack].push_back(other);
      }
    }
  }
  return both;
}

}  // namespace

Judgement JudgeAtChance(const std::map<std::string, Tally>& attacks, int trials,
                        const std::function<std::map<std::string, Tally>(int trials)>& again) {
  Judgement judgement;
  judgement.tried_again = base::Json::array();
  const ScorersAbove first = AboveOf(attacks);
  if (first.empty()) return judgement;
  for (const auto& [attack, lines] : first) {
    judgement.tried_again.push_back({{"attack", attack}, {"scorers", Describe(lines)}});
  }
  const std::map<std::string, Tally> second = again(kTimesAsManyAgain * trials);
  for (const auto& [attack, tally] : second) judgement.thresholds[attack] = tally.threshold();
  judgement.above = AboveInBoth(first, AboveOf(second));
  return judgement;
}

void ExpectNoLeak(const Judgement& judgement) {
  for (const auto& [attack, lines] : judgement.above) {
    ADD_FAILURE() << attack << ", tried again, threshold " << judgement.thresholds.at(attack) << ":\n" << Describe(lines);
  }
}

std::string Describe(const std::vector<Tally::Line>& lines) {
  return absl::StrJoin(lines, "\n", [](std::string* out, const Tally::Line& line) {
    absl::StrAppend(out, "  ", line.correct, " right: ", line.scorer, " (something to go by in ", line.informed, ")");
  });
}

base::Json ControlToJson(const std::string& name, const std::string& family, const Tally& tally, int most_possible) {
  const Tally::Line best = tally.BestOf(family);
  return {{"control", name},
          {"scorer", family},
          {"trials", tally.trials()},
          {"expected", tally.expected()},
          {"threshold", tally.threshold()},
          {"scored", best.correct},
          {"most_possible", most_possible},
          {"caught", best.correct > tally.threshold()}};
}

}  // namespace candor::privacy
