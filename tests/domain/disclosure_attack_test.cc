// Attacks on single atoms, by exhaustion; and the proof that these attacks have power: each naive
// rule falls to them.

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/domain/contract.h"
#include "services/domain/disclosure.h"
#include "tests/domain/atom_attack.h"
#include "tests/domain/disclosure_attacker.h"

namespace candor::domain {
namespace {

DisclosureRules Rules(int points, int insiders, int minimum_group_size = 5) {
  return {points, minimum_group_size, insiders, 10};
}

Promise PromiseFor(int64_t n, bool pooled) {
  return n < kFewestForHalves || pooled ? Promise::kEveryValue : Promise::kEitherHalf;
}

// All that a closed result says of an atom.
std::string TextOf(const Atom& atom) {
  return absl::StrCat("kind ", static_cast<int>(atom.kind), " n ", atom.n, " sum ", atom.sum,
                      " bound ", atom.bound_numerator, " counts ", absl::StrJoin(atom.counts, ","),
                      " half ", static_cast<int>(atom.half), " not observed ",
                      atom.not_observed.value_or(-1));
}

Printer OurRule(const DisclosureRules& rules, bool pooled) {
  return [=](const Counts& counts) { return TextOf(MakeAtom("I", {counts, 0, 0}, rules, pooled)); };
}

int64_t SumOf(const Counts& counts) {
  int64_t sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) sum += static_cast<int64_t>(i + 1) * counts[i];
  return sum;
}

// Rules 4 and 5 written a second time, with the constants that keep them safe left open.
struct RuleConstants {
  int known = 1;        // answers beyond the insiders' that the bounds of rule 4 allow for
  int half_margin = 2;  // answers beyond t that each half needs for the distribution
  bool withhold_overlap = true;
};

Printer RuleWith(const RuleConstants& constants, int points, int t) {
  return [=](const Counts& counts) -> std::string {
    const int64_t n = std::accumulate(counts.begin(), counts.end(), int64_t{0});
    const int64_t low = std::accumulate(counts.begin(), counts.begin() + points / 2, int64_t{0});
    const int64_t sum = SumOf(counts), reach = (constants.known + t) * (points - 1);
    if (constants.withhold_overlap && n <= 2 * (1 + t)) return "withheld";
    if (n >= 10 && low >= t + constants.half_margin && n - low >= t + constants.half_margin) {
      return absl::StrCat("distribution ", absl::StrJoin(counts, ","));
    }
    std::string text = absl::StrCat("mean ", sum);
    if (sum <= n + reach) text = "at most";
    if (sum >= n * points - reach) text = "at least";
    if (n >= 10)
      absl::StrAppend(&text, low < t + constants.half_margin ? ", few low" : ", few high");
    return text;
  };
}

class DisclosureAttackTest : public AtomAttack {
 protected:
  DisclosureAttackTest() : AtomAttack("atoms") {}
};

TEST_F(DisclosureAttackTest, NoAtomRulesOutAnAnswerOfAnybodyElse) {
  int64_t atoms = 0;
  for (const int points : {4, 5}) {
    for (int insiders = 0; insiders <= 2; ++insiders) {
      for (int64_t n = 5; n <= 18; ++n) {
        for (const bool pooled : {false, true}) {
          // A pool prints less, so twelve answers are enough of it.
          if (pooled && n > 12) continue;
          const auto exposures = FindExposures(ItemValues(points), n, insiders, PromiseFor(n, pooled),
                                               OurRule(Rules(points, insiders), pooled));
          EXPECT_TRUE(exposures.empty())
              << "t = " << insiders << (pooled ? ", pool, " : ", ") << exposures[0];
          ++atoms;
        }
      }
    }
  }
  EXPECT_EQ(atoms, 2 * 3 * (14 + 8));
}

TEST_F(DisclosureAttackTest, NorOnOtherScales) {
  for (const int points : {2, 3, 6, 7}) {
    for (int insiders = 0; insiders <= 2; ++insiders) {
      for (int64_t n = 5; n <= (points <= 3 ? 20 : 11); ++n) {
        const auto exposures = FindExposures(ItemValues(points), n, insiders, PromiseFor(n, false),
                                             OurRule(Rules(points, insiders), false));
        EXPECT_TRUE(exposures.empty()) << "t = " << insiders << ", " << exposures[0];
      }
    }
  }
}

TEST_F(DisclosureAttackTest, NorWithAllTheInsidersThatACampaignMayAllowFor) {
  for (const int points : {2, 3, 4, 5, 10}) {
    for (const int insiders : {3, 4, 7, 10}) {
      const int lowest = LowestMinimumGroupSize(insiders);
      for (int64_t n = lowest; n <= 2 * insiders + 6; ++n) {
        // Few points allow exhaustion; ten points are left to arithmetic, below.
        if (points > 3 && !(points <= 5 && insiders <= 4)) continue;
        const auto exposures = FindExposures(ItemValues(points), n, insiders, PromiseFor(n, false),
                                             OurRule(Rules(points, insiders, lowest), false));
        EXPECT_TRUE(exposures.empty()) << "t = " << insiders << ", " << exposures[0];
      }
    }
  }
}

// Every pair of (answers in the lower half, sum) that n ratings can have, with counts that have it.
void ForEachSum(int points, int64_t n, const std::function<void(const Counts&)>& visit) {
  const int half = LowerHalfEnd(points);
  // Fills `counts` with `m` ratings on first..last whose excess over first is `excess`.
  const auto fill = [](Counts& counts, int first, int last, int64_t m, int64_t excess) {
    const int width = last - first;
    for (int64_t i = 0; i < m; ++i) {
      const int64_t step = std::min<int64_t>(width, excess);
      ++counts[first - 1 + step];
      excess -= step;
    }
  };
  for (int64_t low = 0; low <= n; ++low) {
    const int64_t most_low = low * (half - 1), most_high = (n - low) * (points - half - 1);
    for (int64_t excess = 0; excess <= most_low + most_high; ++excess) {
      Counts counts(points);
      fill(counts, 1, half, low, std::min(excess, most_low));
      fill(counts, half + 1, points, n - low, std::max<int64_t>(0, excess - most_low));
      visit(counts);
    }
  }
}

TEST_F(DisclosureAttackTest, NorOnTenPointsWithTenInsiders) {
  constexpr int kPoints = 10, kInsiders = 10;
  for (const int64_t n : {15, 22, 23, 24, 30}) {
    ForEachSum(kPoints, n, [&](const Counts& counts) {
      const Atom atom = MakeAtom("I", {counts, 0, 0}, Rules(kPoints, kInsiders, 15), false);
      if (atom.kind == AtomKind::kWithheld) {
        EXPECT_LE(n, 2 * (1 + kInsiders));
        return;
      }
      if (!atom.counts.empty())
        return;  // the halves have t + 2 each, and that is all that is promised
      // Insiders at the ends of the scale and on both sides of its middle: the extremes of what
      // they know of the sum and of the halves.
      ForEachCounts(4, kInsiders, [&](const Counts& at) {
        Counts known(kPoints);
        known[0] = at[0], known[4] = at[1], known[5] = at[2], known[9] = at[3];
        bool low = false, high = false;
        for (int value = 1; value <= kPoints; ++value) {
          if (CanHaveGiven(atom, kPoints, kInsiders, known, value))
            (value <= 5 ? low : high) = true;
        }
        Count(low != high);
        // Where insiders with such answers can exist (low || high) neither half is ruled out.
        ASSERT_EQ(low, high) << "n = " << n << " " << TextOf(atom) << " known "
                             << absl::StrJoin(known, " ");
      });
    });
  }
}

TEST_F(DisclosureAttackTest, ArithmeticAndExhaustionAgree) {
  // CanHaveGiven is what larger campaigns are attacked with, so it is held against exhaustion here.
  constexpr int kPoints = 4, kInsiders = 1;
  for (const int64_t n : {5, 7, 10, 12}) {
    std::map<std::string, std::pair<Atom, std::vector<Counts>>> outcomes;
    ForEachCounts(kPoints, n, [&](const Counts& counts) {
      const Atom atom = MakeAtom("I", {counts, 0, 0}, Rules(kPoints, kInsiders), false);
      auto& [kept, all] = outcomes[TextOf(atom)];
      kept = atom;
      all.push_back(counts);
    });
    for (const auto& [text, outcome] : outcomes) {
      for (int own = 1; own <= kPoints; ++own) {
        for (int value = 1; value <= kPoints; ++value) {
          Counts known(kPoints);
          ++known[own - 1];
          const bool possible =
              std::any_of(outcome.second.begin(), outcome.second.end(), [&](const Counts& counts) {
                return own == value ? counts[own - 1] >= 2
                                    : counts[own - 1] >= 1 && counts[value - 1] >= 1;
              });
          EXPECT_EQ(CanHaveGiven(outcome.first, kPoints, kInsiders, known, value), possible)
              << text << " own " << own << " value " << value;
        }
      }
    }
  }
}

TEST_F(DisclosureAttackTest, TheRulesWrittenTwiceAgree) {
  for (const int points : {2, 4, 5}) {
    for (int insiders = 0; insiders <= 4; ++insiders) {
      for (int64_t n = 5; n <= 13; ++n) {
        const Printer second = RuleWith({}, points, insiders);
        std::map<std::string, std::string> by_ours, by_second;
        ForEachCounts(points, n, [&](const Counts& counts) {
          const std::string ours = OurRule(Rules(points, insiders), false)(counts),
                            theirs = second(counts);
          EXPECT_EQ(by_ours.emplace(ours, theirs).first->second, theirs);
          EXPECT_EQ(by_second.emplace(theirs, ours).first->second, ours);
        });
      }
    }
  }
}

// --- The attack has power: what it must catch.

class DisclosureAttackPowerTest : public AtomAttack {
 protected:
  DisclosureAttackPowerTest() : AtomAttack("atoms") {}
  bool Caught(int points, int64_t n, int insiders, const Printer& print) {
    return !FindExposures(ItemValues(points), n, insiders, PromiseFor(n, false), print).empty();
  }
};

TEST_F(DisclosureAttackPowerTest, CatchesAnExactMeanEverywhere) {
  const Printer exact_mean = [](const Counts& counts) {
    return absl::StrCat("mean ", SumOf(counts));
  };
  for (const int points : {4, 5}) {
    for (int64_t n = 5; n <= 18; ++n) {
      for (int insiders = 0; insiders <= 2; ++insiders)
        EXPECT_TRUE(Caught(points, n, insiders, exact_mean)) << n;
    }
  }
}

TEST_F(DisclosureAttackPowerTest, CatchesRoundingAsProtection) {
  const Printer rounded = [](const Counts& counts) {
    const int64_t n = std::accumulate(counts.begin(), counts.end(), int64_t{0});
    return absl::StrFormat("mean %.1f",
                           static_cast<double>(SumOf(counts)) / static_cast<double>(n));
  };
  for (int64_t n = 5; n <= 18; ++n) EXPECT_TRUE(Caught(5, n, 1, rounded)) << n;
}

TEST_F(DisclosureAttackPowerTest, CatchesMeanAndSpreadOfSix) {
  // The bounds of rule 4 keep the mean safe; a standard deviation beside it does not.
  const Printer ours = RuleWith({}, 5, 1);
  const Printer with_spread = [&](const Counts& counts) {
    int64_t squares = 0;
    for (size_t i = 0; i < counts.size(); ++i)
      squares += static_cast<int64_t>((i + 1) * (i + 1)) * counts[i];
    const std::string text = ours(counts);
    return text.starts_with("mean") ? absl::StrCat(text, " squares ", squares) : text;
  };
  EXPECT_FALSE(Caught(5, 6, 1, ours));
  EXPECT_TRUE(Caught(5, 6, 1, with_spread));
}

TEST_F(DisclosureAttackPowerTest, CatchesADistributionOfAnySize) {
  const Printer distribution = [](const Counts& counts) { return absl::StrJoin(counts, ","); };
  for (int64_t n = 5; n <= 18; ++n) EXPECT_TRUE(Caught(4, n, 1, distribution)) << n;
}

TEST_F(DisclosureAttackPowerTest, CatchesOneTooFewInEachHalf) {
  // Rule 5 with t + 1: "at most t of n in the lower half" tells insiders who are those t all about
  // the others.
  for (const int points : {4, 5}) {
    for (int insiders = 0; insiders <= 2; ++insiders) {
      for (int64_t n = 10; n <= 18; ++n) {
        EXPECT_TRUE(Caught(points, n, insiders, RuleWith({.half_margin = 1}, points, insiders)))
            << points << " " << n;
      }
    }
  }
}

TEST_F(DisclosureAttackPowerTest, CatchesBoundsThatForgetThePersonThemself) {
  for (const int points : {4, 5}) {
    for (int insiders = 1; insiders <= 2; ++insiders) {
      for (int64_t n = 7; n <= 9; ++n) {
        EXPECT_TRUE(Caught(points, n, insiders, RuleWith({.known = 0}, points, insiders)))
            << points << " " << n;
      }
    }
  }
}

TEST_F(DisclosureAttackPowerTest, CatchesADirectionWhereTheBoundsMeet) {
  // With n <= 2 (1 + t) the bounds overlap; printing either of them says more than its words.
  for (const int points : {4, 5}) {
    for (const int64_t n : {5, 6}) {
      EXPECT_TRUE(Caught(points, n, 2, RuleWith({.withhold_overlap = false}, points, 2)))
          << points << " " << n;
    }
    EXPECT_FALSE(Caught(points, 7, 2, RuleWith({.withhold_overlap = false}, points, 2)));
    EXPECT_TRUE(Caught(points, 8, 3, RuleWith({.withhold_overlap = false}, points, 3)));
  }
}

TEST_F(DisclosureAttackPowerTest, CatchesTheseRulesReleasedTwiceAsOneMoreAnswers) {
  // An interim report with n - 1 answers and a final one with n: even safe figures differ by one
  // person's answer.
  constexpr int kPoints = 5;
  bool exposed = false;
  ForEachCounts(kPoints, 8, [&](const Counts& before) {
    const Atom first = MakeAtom("I", {before, 0, 0}, Rules(kPoints, 1), false);
    for (int value = 1; value <= kPoints; ++value) {
      Counts after = before;
      ++after[value - 1];
      const Atom second = MakeAtom("I", {after, 0, 0}, Rules(kPoints, 1), false);
      exposed |= first.kind == AtomKind::kExact && second.kind == AtomKind::kExact &&
                 second.sum - first.sum == value;
    }
  });
  EXPECT_TRUE(exposed)
      << "one release is what keeps this safe; see MakeClosedResult's single use at closing";
}

}  // namespace
}  // namespace candor::domain
