// Attacks on single atoms of cells (planned-missing forms): by exhaustion, and, where there are too many ways to answer,
// by exhausting the sums.

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/domain/disclosure.h"
#include "tests/domain/atom_attack.h"
#include "tests/domain/disclosure_attacker.h"

namespace candor::domain {
namespace {

DisclosureRules Rules(int points, int insiders) { return {points, 5, insiders, 10}; }

Promise PromiseFor(int64_t n, bool pooled = false) {
  return n < kFewestForHalves || pooled ? Promise::kEveryValue : Promise::kEitherHalf;
}

Values ValuesOf(int rated, int points) {
  return {static_cast<int>(CellValues(rated, points)), static_cast<int>(LowCellValues(rated, points))};
}

Cell CellOf(int rated) {
  Cell cell{"C", {}, rated};
  for (int i = 0; i < rated; ++i) cell.items.push_back(i);
  return cell;
}

// All that is printed of a cell.
std::string TextOf(const CellAtom& atom) {
  return absl::StrCat("kind ", static_cast<int>(atom.kind), " n ", atom.n, " sum ", atom.sum, " bound ",
                      atom.bound_numerator, " counts ", absl::StrJoin(atom.counts, ","), " half ",
                      static_cast<int>(atom.half));
}

Printer OurRule(int rated, const DisclosureRules& rules, bool pooled = false) {
  return [=, cell = CellOf(rated)](const Counts& counts) {
    return TextOf(MakeCellAtom(cell, {counts, 0}, rules, pooled));
  };
}

// Rules 4 and 5 on values, written a second time with their constants left open.
struct RuleConstants {
  int known = 1;        // answers beyond the insiders' that the bounds of rule 4 allow for
  int half_margin = 2;  // answers beyond t that each half needs for the distribution
};

Printer RuleWith(const RuleConstants& constants, int rated, int points, int t) {
  return [=](const Counts& counts) -> std::string {
    const int64_t n = std::accumulate(counts.begin(), counts.end(), int64_t{0});
    const int64_t low =
        std::accumulate(counts.begin(), counts.begin() + LowCellValues(rated, points), int64_t{0});
    int64_t above = 0;  // of the sum, over everybody at the lowest value
    for (size_t i = 0; i < counts.size(); ++i) above += static_cast<int64_t>(i) * counts[i];
    const int64_t width = rated * (points - 1), reach = (constants.known + t) * width;
    if (n <= 2 * (1 + t)) return "withheld";
    const int margin = t + constants.half_margin;
    if (n >= 10 && low >= margin && n - low >= margin) {
      return absl::StrCat("distribution ", absl::StrJoin(counts, ","));
    }
    std::string text = absl::StrCat("sum ", above);
    if (above <= reach) text = "at most";
    if (above >= n * width - reach) text = "at least";
    if (n >= 10) absl::StrAppend(&text, low < margin ? ", few low" : ", few high");
    return text;
  };
}

// Whether `count` raters, `low` of them in the lower half, can have values that lie `above` steps over the lowest on the
// whole: each half has every value from one end to the other, so every sum between the extremes can be had.
bool Reachable(const Values& values, int64_t count, int64_t low, int64_t above) {
  if (low < 0 || low > count) return false;
  const int64_t high = count - low;
  return above >= high * values.low && above <= low * (values.low - 1) + high * (values.number - 1);
}

// Counts that are so.
Counts Example(const Values& values, int64_t count, int64_t low, int64_t above) {
  Counts counts(values.number);
  above -= (count - low) * values.low;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = i < low ? 0 : values.low, last = i < low ? values.low - 1 : values.number - 1;
    const int64_t step = std::min(last - first, above);
    ++counts[first + step];
    above -= step;
  }
  return counts;
}

// FindExposures for rules that look at counts only through their number, how many lie in the lower half, and their sum,
// but where they print the distribution ("counts" or "distribution" in the text): all of these are exhausted, and of
// insiders all answers that they may have.
std::vector<std::string> ExposuresBySums(const Values& values, int64_t n, int insiders, Promise promise,
                                             const Printer& print) {
  std::map<std::string, std::vector<std::pair<int64_t, int64_t>>> outcomes;  // text -> (low, above)
  std::vector<std::string> exposures;
  for (int64_t low = 0; low <= n; ++low) {
    for (int64_t above = 0; above <= n * (values.number - 1); ++above) {
      if (!Reachable(values, n, low, above)) continue;
      const Counts counts = Example(values, n, low, above);
      const std::string text = print(counts);
      if (text.find(absl::StrJoin(counts, ",")) == std::string::npos) {
        outcomes[text].push_back({low, above});
      } else if (low <= insiders || n - low <= insiders) {
        // Who is who in a distribution stays open; insiders may be all of one half.
        exposures.push_back(text);
      }
    }
  }
  for (const auto& [text, all] : outcomes) {
    ForEachCounts(values.number, insiders, [&](const Counts& known) {
      int64_t known_low = 0, known_above = 0;
      for (int value = 0; value < values.number; ++value) {
        if (value < values.low) known_low += known[value];
        known_above += value * known[value];
      }
      int possible = 0;
      bool low_half = false, high_half = false;
      for (int value = 0; value < values.number; ++value) {
        for (const auto& [low, above] : all) {
          if (!Reachable(values, n - insiders - 1, low - known_low - (value < values.low ? 1 : 0),
                         above - known_above - value)) {
            continue;
          }
          ++possible;
          (value < values.low ? low_half : high_half) = true;
          break;
        }
      }
      if (possible == 0) return;  // no insiders gave these answers
      if (promise == Promise::kEveryValue ? possible < values.number : !low_half || !high_half) {
        exposures.push_back(absl::StrCat(text, " known ", absl::StrJoin(known, " ")));
      }
    });
  }
  return exposures;
}

// How far exhaustion of all counts goes: up to how many raters, by items of a form and points.
struct Range {
  int rated, points;
  int64_t most;
};
constexpr Range kExhausted[] = {{1, 4, 18}, {1, 5, 14}, {2, 4, 11}, {2, 5, 10}, {3, 4, 9}, {3, 5, 7}, {4, 4, 7}};

class CellAttack : public AtomAttack {
 protected:
  CellAttack() : AtomAttack("cell-atoms") {}
  std::vector<std::string> FindExposuresBySums(const Values& values, int64_t n, int insiders, Promise promise,
                                               const Printer& print) {
    return Counted(ExposuresBySums(values, n, insiders, promise, print));
  }
};
using CellAttackTest = CellAttack;
using CellAttackPowerTest = CellAttack;

TEST_F(CellAttackTest, NoAtomOfACellRulesOutAnAnswerOfAnybodyElse) {
  int attacked = 0;
  for (const Range& range : kExhausted) {
    for (int insiders = 0; insiders <= 2; ++insiders) {
      for (int64_t n = 5; n <= range.most; ++n) {
        for (const bool pooled : {false, true}) {
          if (pooled && n > 8) continue;
          const auto exposures =
              FindExposures(ValuesOf(range.rated, range.points), n, insiders, PromiseFor(n, pooled),
                            OurRule(range.rated, Rules(range.points, insiders), pooled));
          EXPECT_TRUE(exposures.empty())
              << "q " << range.rated << " t " << insiders << (pooled ? " pool " : " ") << exposures[0];
          ++attacked;
        }
      }
    }
  }
  EXPECT_GT(attacked, 150);
}

TEST_F(CellAttackTest, NorDoAllSumsOfFiveToEighteenRaters) {
  for (int rated = 1; rated <= 6; ++rated) {
    for (const int points : {4, 5}) {
      for (int insiders = 0; insiders <= 2; ++insiders) {
        for (int64_t n = 5; n <= 18; ++n) {
          const auto exposures = FindExposuresBySums(ValuesOf(rated, points), n, insiders, PromiseFor(n),
                                                     OurRule(rated, Rules(points, insiders)));
          EXPECT_TRUE(exposures.empty()) << "q " << rated << " 1-" << points << " n " << n << " t " << insiders << " "
                                         << exposures[0];
        }
      }
    }
  }
}

TEST_F(CellAttackTest, BothWaysOfExhaustionAgree) {
  // On rules that are safe, and on rules that are not.
  for (const RuleConstants& constants : {RuleConstants{}, RuleConstants{.known = 0}, RuleConstants{.half_margin = 1}}) {
    for (const Range& range : {Range{1, 5, 11}, Range{2, 4, 10}, Range{3, 4, 8}}) {
      for (int insiders = 0; insiders <= 1; ++insiders) {
        for (int64_t n = 5; n <= range.most; ++n) {
          const Values values = ValuesOf(range.rated, range.points);
          const Printer print = RuleWith(constants, range.rated, range.points, insiders);
          EXPECT_EQ(FindExposures(values, n, insiders, PromiseFor(n), print).empty(),
                    FindExposuresBySums(values, n, insiders, PromiseFor(n), print).empty())
              << "q " << range.rated << " n " << n << " t " << insiders << " known " << constants.known << " margin "
              << constants.half_margin;
        }
      }
    }
  }
}

TEST_F(CellAttackTest, TheRulesWrittenTwiceAgree) {
  for (const Range& range : {Range{1, 5, 11}, Range{2, 4, 10}, Range{3, 4, 8}}) {
    for (int insiders = 0; insiders <= 2; ++insiders) {
      for (int64_t n = 5; n <= range.most; ++n) {
        const Printer first = OurRule(range.rated, Rules(range.points, insiders));
        const Printer second = RuleWith({}, range.rated, range.points, insiders);
        std::map<std::string, std::string> by_first, by_second;
        ForEachCounts(ValuesOf(range.rated, range.points).number, n, [&](const Counts& counts) {
          const std::string ours = first(counts), theirs = second(counts);
          EXPECT_EQ(by_first.emplace(ours, theirs).first->second, theirs);
          EXPECT_EQ(by_second.emplace(theirs, ours).first->second, ours);
        });
      }
    }
  }
}

// --- The attack has power.

TEST_F(CellAttackPowerTest, CatchesOneTooFewInEachHalf) {
  for (int rated = 1; rated <= 4; ++rated) {
    for (const int points : {4, 5}) {
      for (int insiders = 0; insiders <= 2; ++insiders) {
        for (int64_t n = 10; n <= 18; ++n) {
          EXPECT_FALSE(FindExposuresBySums(ValuesOf(rated, points), n, insiders, PromiseFor(n),
                                           RuleWith({.half_margin = 1}, rated, points, insiders))
                           .empty())
              << "q " << rated << " 1-" << points << " n " << n << " t " << insiders;
        }
      }
    }
  }
}

TEST_F(CellAttackPowerTest, CatchesBoundsThatForgetThePersonThemself) {
  for (int rated = 1; rated <= 4; ++rated) {
    for (const int points : {4, 5}) {
      for (int insiders = 0; insiders <= 2; ++insiders) {
        for (int64_t n = 7; n <= 9; ++n) {
          EXPECT_FALSE(FindExposuresBySums(ValuesOf(rated, points), n, insiders, PromiseFor(n),
                                           RuleWith({.known = 0}, rated, points, insiders))
                           .empty())
              << "q " << rated << " 1-" << points << " n " << n << " t " << insiders;
        }
      }
    }
  }
}

TEST_F(CellAttackPowerTest, CatchesAnExactMean) {
  const Printer exact = [](const Counts& counts) {
    int64_t above = 0;
    for (size_t i = 0; i < counts.size(); ++i) above += static_cast<int64_t>(i) * counts[i];
    return absl::StrCat("sum ", above);
  };
  for (int64_t n = 5; n <= 18; ++n) {
    EXPECT_FALSE(FindExposuresBySums(ValuesOf(3, 5), n, 1, PromiseFor(n), exact).empty()) << n;
  }
}

}  // namespace
}  // namespace candor::domain
