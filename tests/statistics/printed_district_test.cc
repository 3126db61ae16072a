// What many reports tell together: hand-made cases, and simulated campaigns with and without what is looked for.

#include "services/statistics/printed_district.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/distributions.h"
#include "services/statistics/printed_gaps.h"

namespace candor::statistics {
namespace {

using Kind = PrintedAtom::Kind;

const ScoringRules kRules = DefaultRules(5);

PrintedAtom Counted(std::vector<int64_t> counts) {
  PrintedAtom atom{Kind::kExact, 0, 0, 0, 1, counts};
  for (size_t k = 0; k < counts.size(); ++k) {
    atom.n += counts[k];
    atom.sum += counts[k] * static_cast<int64_t>(k + 1);
  }
  return atom;
}
PrintedAtom Exact(int64_t n, int64_t sum) { return {Kind::kExact, n, sum, 0, 1, {}}; }
PrintedBlock BlockOf(std::vector<PrintedAtom> atoms) {
  const size_t items = atoms.size();
  return {std::move(atoms), std::vector<bool>(items, true)};
}

TEST(PrintedDistrictTest, AgreementIsThatOfThePrintedDistributions) {
  // (3 0 0 6 3) has the mean 3.5: squares 3*6.25 + 6*.25 + 3*2.25 = 27, mean deviation (3*2.5 + 6*.5 + 3*1.5) / 12 = 1.25.
  // (0 3 3 3 3) likewise: squares 3*(2.25 + .25 + .25 + 2.25) = 15, mean deviation 3*(1.5 + .5 + .5 + 1.5) / 12 = 1.
  const std::vector<PrintedAtom> atoms = {Counted({3, 0, 0, 6, 3}), Counted({0, 3, 3, 3, 3}), Exact(12, 40), {}};
  const auto agreement = AgreementOf(atoms, kRules);
  ASSERT_TRUE(agreement.has_value());
  EXPECT_EQ(agreement->items, 2);
  EXPECT_NEAR(agreement->average_deviation, 1.125, 1e-12);
  const double ratio = (27.0 / 11 + 15.0 / 11) / 2 / 2;
  EXPECT_NEAR(agreement->rwg, 2 * (1 - ratio) / (2 * (1 - ratio) + ratio), 1e-12);
  // Less than half of the statements, or one alone, tell nothing.
  const std::vector<PrintedAtom> few = {atoms[0], atoms[1], {}, {}, {}};
  EXPECT_FALSE(AgreementOf(few, kRules).has_value());
  EXPECT_FALSE(AgreementOf(std::vector<PrintedAtom>{atoms[0]}, kRules).has_value());
}

TEST(PrintedDistrictTest, AContrastIsWhatGroupsShareOnceEachIsSetAgainstItsOwnMean) {
  // Contrasts of group 0 are .5 and of group 1 -.5 on average; over the leaders they stand -.2 -.1 .1 .2 and -.1 -.3 .3 .1 off.
  const int first[] = {-2, -1, 1, 2}, second[] = {-1, -3, 3, 1};
  std::vector<LeaderBlocks> leaders(5);
  for (size_t l = 0; l < 4; ++l) {
    leaders[l].blocks.push_back({0, BlockOf({Exact(10, 40 + first[l]), Exact(10, 40 + first[l]), Exact(10, 35), Exact(10, 35)})});
    leaders[l].blocks.push_back({1, BlockOf({Exact(10, 30 + second[l]), Exact(10, 30 + second[l]), Exact(10, 35), Exact(10, 35)})});
    // The pool is others each time: in no part of it.
    leaders[l].blocks.push_back({-1, BlockOf({Exact(10, 10), Exact(10, 10), Exact(10, 50), Exact(10, 50)})});
  }
  // Of one group alone nothing can be agreed on: counted in its mean, which stays as it is, and in nothing else.
  leaders[4].blocks.push_back({0, BlockOf({Exact(10, 40), Exact(10, 40), Exact(10, 35), Exact(10, 35)})});
  const std::vector<int> items = {0, 1}, rest = {2, 3};
  const auto check = CheckContrast(leaders, items, rest, 4, kRules);
  ASSERT_TRUE(check.has_value());
  EXPECT_EQ(check->leaders, 4);
  EXPECT_FALSE(check->correlation.has_value()) << "the rest does not differ";
  // Products .02 .03 .03 .02; squares .1 and .2.
  EXPECT_NEAR(check->agreement, .1 / std::sqrt(.1 * .2), 1e-9);
}

TEST(PrintedDistrictTest, TheChanceOfAgreementIsHowManyDealsAgreeAsMuch) {
  const int first[] = {-3, -1, 1, 3}, second[] = {-2, 1, -1, 2};
  std::vector<LeaderBlocks> leaders(4);
  for (size_t l = 0; l < 4; ++l) {
    for (const int group : {0, 1}) {
      const int off = group == 0 ? first[l] : second[l];
      leaders[l].blocks.push_back({group, BlockOf({Exact(10, 35 + off), Exact(10, 35), Exact(10, 35)})});
    }
  }
  const auto check = CheckContrast(leaders, std::vector<int>{0}, std::vector<int>{1, 2}, 4, kRules);
  ASSERT_TRUE(check.has_value());
  EXPECT_NEAR(check->agreement, .1 / std::sqrt(.02), 1e-9);
  // All 24 deals of the second group beside the first, which is all that matters.
  int orders[] = {0, 1, 2, 3}, as_much = 0;
  do {
    int product = 0;
    for (int l = 0; l < 4; ++l) product += first[l] * second[orders[l]];
    as_much += product >= 10;
  } while (std::next_permutation(std::begin(orders), std::end(orders)));
  EXPECT_NEAR(check->chance, as_much / 24.0, .02);
  EXPECT_EQ(CheckContrast(leaders, std::vector<int>{0}, std::vector<int>{1, 2}, 4, kRules)->chance, check->chance);
  EXPECT_FALSE(CheckContrast(leaders, std::vector<int>{0}, std::vector<int>{1, 2}, 5, kRules).has_value());
}

TEST(PrintedDistrictTest, BoundedFiguresAreInNoContrast) {
  std::vector<LeaderBlocks> leaders(4);
  for (LeaderBlocks& leader : leaders) {
    for (const int group : {0, 1}) {
      leader.blocks.push_back({group, BlockOf({{Kind::kAtLeast, 10, 0, 4.2, 1, {}}, Exact(10, 40), Exact(10, 35)})});
    }
  }
  EXPECT_FALSE(CheckContrast(leaders, std::vector<int>{0, 1}, std::vector<int>{2}, 2, kRules).has_value());
}

TEST(PrintedDistrictTest, AnItemIsSetAgainstTheOthers) {
  // Seven items; the groups lie half a point apart on all, on item 2 by 1.5 more.
  std::vector<LeaderBlocks> leaders(3);
  for (size_t l = 0; l < leaders.size(); ++l) {
    std::vector<PrintedAtom> a, b;
    for (int j = 0; j < 7; ++j) {
      a.push_back(Exact(10, 30 + (j == 2 ? 15 : 0) + static_cast<int64_t>(l)));
      b.push_back(Exact(10, 25 + static_cast<int64_t>(l)));
    }
    leaders[l].blocks = {{0, BlockOf(a)}, {1, BlockOf(b)}};
  }
  leaders[0].blocks[1].printed.atoms[6] = {};  // withheld
  const auto contrasts = ContrastItems(leaders, 0, 1, 7, 3);
  ASSERT_EQ(contrasts.size(), 6u) << "item 6 has two leaders";
  EXPECT_EQ(contrasts[2].item, 2);
  EXPECT_EQ(contrasts[2].leaders, 3);
  EXPECT_NEAR(contrasts[2].mean, 1.5, 1e-12);
  EXPECT_NEAR(contrasts[2].standard_error, 0, 1e-12);
  // The one item that stands out leaves the others where they are.
  EXPECT_NEAR(contrasts[0].mean, 0, 1e-12);
  EXPECT_TRUE(ContrastItems(leaders, 0, 2, 7, 2).empty());
  // Too few items in common.
  EXPECT_TRUE(ContrastItems(leaders, 0, 1, 5, 2).empty());
}

// A campaign: every leader has a level of their own, and beside it a level in the theme (items 0..3 of 12); every rater
// a halo, and with `impression` one of the theme alone. Printed as disclosure control prints: a distribution where both halves hold three.
constexpr int kItems = 12;
std::vector<LeaderBlocks> Campaign(std::mt19937_64& random, int leaders, double theme_sd, double bias, double impression = 0) {
  std::normal_distribution<double> normal;
  std::vector<LeaderBlocks> campaign(static_cast<size_t>(leaders));
  for (LeaderBlocks& leader : campaign) {
    const double level = 3.4 + .35 * normal(random), theme = theme_sd * normal(random);
    for (int group = 0; group < 2; ++group) {
      std::vector<std::vector<int64_t>> counts(kItems, std::vector<int64_t>(5, 0));
      for (int rater = 0; rater < 16; ++rater) {
        const double halo = .7 * normal(random), of_theme = impression * normal(random);
        for (int j = 0; j < kItems; ++j) {
          const double shift = (j < 4 ? theme + of_theme : 0) + (group == 1 && j == 7 ? bias : 0);
          const double rating = std::round(level + shift + halo + .7 * normal(random));
          ++counts[static_cast<size_t>(j)][static_cast<size_t>(std::clamp(rating, 1.0, 5.0)) - 1];
        }
      }
      std::vector<PrintedAtom> atoms;
      for (const std::vector<int64_t>& of_item : counts) {
        PrintedAtom atom = Counted(of_item);
        const int64_t low = of_item[0] + of_item[1];
        if (low < 3 || atom.n - low < 3) atom.counts.clear();
        atoms.push_back(std::move(atom));
      }
      leader.blocks.push_back({group, BlockOf(std::move(atoms))});
    }
  }
  return campaign;
}

TEST(PrintedDistrictTest, AThemeThatSaysMoreIsFoundAndOneThatDoesNotIsNot) {
  std::mt19937_64 random(5);
  std::vector<int> items(4), rest(kItems - 4);
  std::iota(items.begin(), items.end(), 0);
  std::iota(rest.begin(), rest.end(), 4);
  constexpr int kDraws = 150;
  int found = 0, false_alarms = 0, of_impressions = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto none = CheckContrast(Campaign(random, 15, 0, 0), items, rest, 10, kRules);
    // What raters of one group have in common in their impression of a theme is no difference of leaders.
    const auto impressions = CheckContrast(Campaign(random, 30, 0, 0, .6), items, rest, 10, kRules);
    const auto some = CheckContrast(Campaign(random, 15, .35, 0, .4), items, rest, 10, kRules);
    ASSERT_TRUE(none.has_value() && impressions.has_value() && some.has_value());
    false_alarms += none->chance < .05;
    of_impressions += impressions->chance < .05;
    found += some->chance < .05;
    EXPECT_GT(*none->correlation, .5);
  }
  // 5 % of 150 are 7.5; 15 or more would come about once in a hundred runs.
  EXPECT_LE(false_alarms, 14);
  EXPECT_LE(of_impressions, 14);
  EXPECT_GE(found, .9 * kDraws);
}

TEST(PrintedDistrictTest, AStatementThatOneGroupReadsOtherwiseIsFoundAndFewOthers) {
  std::mt19937_64 random(6);
  constexpr int kDraws = 300;
  int found = 0, with_others = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto contrasts = ContrastItems(Campaign(random, 12, .2, -.8), 0, 1, kItems, 10);
    ASSERT_EQ(contrasts.size(), static_cast<size_t>(kItems));
    bool other = false;
    for (const ItemContrast& contrast : contrasts) {
      const double limit = StudentQuantile(SimultaneousLevel(kItems), contrast.leaders - 1) * contrast.standard_error;
      const bool differs = std::fabs(contrast.mean) > limit;
      if (contrast.item == 7) {
        found += differs;
        EXPECT_GT(contrast.mean, 0);
      } else {
        other = other || std::fabs(contrast.mean) > limit;
      }
    }
    with_others += other;
  }
  EXPECT_GE(found, .95 * kDraws);
  EXPECT_LE(with_others, .09 * kDraws);
}

}  // namespace
}  // namespace candor::statistics
