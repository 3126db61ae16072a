// Focus areas: from printed atoms against hand-made cases, and their probabilities against a bootstrap of raters.

#include "services/statistics/printed_ranking.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/statistics/reference_set.h"

namespace candor::statistics {
namespace {

using Kind = PrintedAtom::Kind;

const ScoringRules kRules = DefaultRules(5);

PrintedAtom Exact(int64_t n, int64_t sum) { return {Kind::kExact, n, sum, 0, 1, {}}; }

PrintedBlock BlockOf(std::vector<PrintedAtom> atoms) {
  const size_t items = atoms.size();
  return {std::move(atoms), std::vector<bool>(items, true)};
}

TEST(PrintedRankingTest, RanksByTheNeedOfAllRaters) {
  // Groups weigh equally: O is 3.0, 3.5 and 4.5; the target is 4.
  const std::vector<PrintedBlock> blocks = {BlockOf({Exact(5, 20), Exact(5, 15), Exact(5, 20)}),
                                            BlockOf({Exact(8, 16), Exact(8, 32), Exact(8, 40)})};
  const std::vector<std::vector<int>> units = {{0}, {1}, {2}};
  const auto ranked = RankPrinted(blocks, units, kRules, 0.5);
  ASSERT_TRUE(ranked[0].has_value() && ranked[1].has_value() && ranked[2].has_value());
  EXPECT_NEAR(ranked[0]->focus.need, 1.0, 1e-12);
  EXPECT_NEAR(ranked[1]->focus.need, 0.5, 1e-12);
  EXPECT_NEAR(ranked[2]->focus.need, -0.5, 1e-12);
  EXPECT_EQ(ranked[0]->focus.rank, 1);
  EXPECT_EQ(ranked[2]->focus.rank, 3);
  EXPECT_FALSE(ranked[0]->from_range);
  // Single items with the typical uncertainty: V = (s0^2/5 + s0^2/8)/4 on the diagonal, r0 of it beside; r0 cancels.
  const double variance = kRules.prior_variance * (1.0 / 5 + 1.0 / 8) / 4;
  EXPECT_NEAR(ranked[0]->focus.sd, std::sqrt(variance * (1 - kRules.prior_correlation)), 1e-12);
}

TEST(PrintedRankingTest, OfARangeTheNearerEndCountsAndAWideOneIsNotRanked) {
  PrintedAtom narrow{Kind::kAtMost, 12, 0, 1.8, 1, {}};    // 1 to 1.8: the nearest the target is 1.8
  PrintedAtom wide{Kind::kAtLeast, 5, 0, 3.4, 1, {}};      // 3.4 to 5
  PrintedAtom high{Kind::kAtLeast, 12, 0, 4.4, 1, {}};     // 4.4 to 5: above the target
  const std::vector<PrintedBlock> blocks = {BlockOf({narrow, wide, high, {}})};
  const std::vector<std::vector<int>> units = {{0}, {1}, {2}, {3}};
  const auto ranked = RankPrinted(blocks, units, kRules, 0.5);
  ASSERT_TRUE(ranked[0].has_value());
  EXPECT_TRUE(ranked[0]->from_range);
  EXPECT_NEAR(ranked[0]->focus.need, 2.2, 1e-12);
  EXPECT_FALSE(ranked[1].has_value());
  ASSERT_TRUE(ranked[2].has_value());
  EXPECT_NEAR(ranked[2]->focus.need, -0.4, 1e-12);
  EXPECT_EQ(NearestPoint({3.8, 4.3}, 4), 4);
  EXPECT_FALSE(ranked[3].has_value());  // withheld
}

TEST(PrintedRankingTest, AUnitWithLessThanHalfOfItsItemsIsNotRanked) {
  PrintedBlock block = BlockOf({Exact(12, 36), {}, {}, Exact(12, 40)});
  const std::vector<PrintedBlock> blocks = {block};
  const std::vector<std::vector<int>> units = {{0, 1, 2}, {3}};
  const auto ranked = RankPrinted(blocks, units, kRules, 0.5);
  EXPECT_FALSE(ranked[0].has_value());
  EXPECT_TRUE(ranked[1].has_value());
}

TEST(PrintedRankingTest, NothingPrintedIsNothingRanked) {
  const std::vector<std::vector<int>> units = {{0}, {1}};
  for (const auto& unit : RankPrinted({}, units, kRules, 0.5)) EXPECT_FALSE(unit.has_value());
  EXPECT_TRUE(RankPrinted({}, {}, kRules, 0.5).empty());
}

// Ratings of a crowd with a halo: rows of raters.
using Rows = std::vector<std::vector<int>>;

std::vector<double> ItemMeans(const Rows& rows, const std::vector<size_t>& chosen) {
  std::vector<double> means(rows[0].size(), 0);
  for (const size_t r : chosen) {
    for (size_t j = 0; j < means.size(); ++j) means[j] += rows[r][j];
  }
  for (double& mean : means) mean /= static_cast<double>(chosen.size());
  return means;
}

// How often each unit is among the three lowest when raters are drawn anew from the rows.
std::vector<double> BootstrapTop3(const Rows& rows, const std::vector<std::vector<int>>& units, int draws,
                                  std::mt19937& random) {
  std::uniform_int_distribution<size_t> any(0, rows.size() - 1);
  std::vector<double> top(units.size(), 0);
  std::vector<size_t> chosen(rows.size());
  for (int draw = 0; draw < draws; ++draw) {
    for (size_t& r : chosen) r = any(random);
    const std::vector<double> items = ItemMeans(rows, chosen);
    std::vector<double> means;
    for (const std::vector<int>& unit : units) {
      double sum = 0;
      for (const int item : unit) sum += items[static_cast<size_t>(item)];
      means.push_back(sum / static_cast<double>(unit.size()));
    }
    for (size_t u = 0; u < means.size(); ++u) {
      const double below = static_cast<double>(
          std::count_if(means.begin(), means.end(), [&](double m) { return m < means[u] - 1e-12; }));
      const double equal = static_cast<double>(
          std::count_if(means.begin(), means.end(), [&](double m) { return std::fabs(m - means[u]) <= 1e-12; }));
      top[u] += std::clamp((3 - below) / equal, 0.0, 1.0) / draws;  // ties share the places
    }
  }
  return top;
}

struct Difference {
  double mean = 0, most = 0;
};
Difference Compare(const std::vector<double>& a, const std::vector<double>& b) {
  Difference difference;
  for (size_t u = 0; u < a.size(); ++u) {
    difference.mean += std::fabs(a[u] - b[u]) / static_cast<double>(a.size());
    difference.most = std::max(difference.most, std::fabs(a[u] - b[u]));
  }
  return difference;
}

// A report knows printed counts and one correlation, a bootstrap knows every rater: they must tell the same story.
TEST(PrintedRankingTest, ProbabilitiesAreThoseOfABootstrapOfRaters) {
  constexpr int kRaters = 40, kUnits = 12, kItems = 3;
  constexpr double kHalo = 0.45;
  std::mt19937 random(20);
  std::normal_distribution<double> normal;
  std::vector<std::vector<int>> units;
  for (int u = 0; u < kUnits; ++u) units.push_back({kItems * u, kItems * u + 1, kItems * u + 2});
  double mean = 0, most = 0;
  constexpr int kLeaders = 8;
  for (int leader = 0; leader < kLeaders; ++leader) {
    std::vector<double> level;
    for (int u = 0; u < kUnits; ++u) level.push_back(3.5 + 0.3 * normal(random));
    Rows rows(kRaters);
    for (std::vector<int>& row : rows) {
      const double halo = std::sqrt(kHalo) * 0.9 * normal(random);
      for (int j = 0; j < kUnits * kItems; ++j) {
        const double own = std::sqrt(1 - kHalo) * 0.9 * normal(random);
        row.push_back(static_cast<int>(std::lround(std::clamp(level[static_cast<size_t>(j / kItems)] + halo + own, 1.0, 5.0))));
      }
    }
    std::vector<PrintedAtom> atoms;
    for (size_t j = 0; j < rows[0].size(); ++j) {
      PrintedAtom& atom = atoms.emplace_back(Exact(kRaters, 0));
      atom.counts.assign(5, 0);
      for (const std::vector<int>& row : rows) {
        atom.sum += row[j];
        ++atom.counts[static_cast<size_t>(row[j] - 1)];
      }
    }
    const std::vector<PrintedBlock> blocks = {BlockOf(std::move(atoms))};
    std::vector<double> ours;
    for (const auto& unit : RankPrinted(blocks, units, kRules, kHalo)) ours.push_back(unit->focus.top3);
    const Difference difference = Compare(ours, BootstrapTop3(rows, units, 2'000, random));
    mean += difference.mean / kLeaders;
    most = std::max(most, difference.most);
  }
  RecordProperty("mean_difference", std::to_string(mean));
  RecordProperty("largest_difference", std::to_string(most));
  EXPECT_LT(mean, .03);
  EXPECT_LT(most, .15);
}

// The same for the ranking from people's ratings, on real data.
TEST(RankingTest, ProbabilitiesAreThoseOfABootstrapOnTheReferenceSet) {
  const ReferenceSet set = LoadReferenceSet("lq2002");
  const size_t items = set.item_ids.size();
  std::vector<std::vector<int>> units;
  for (size_t j = 0; j < items; ++j) units.push_back({static_cast<int>(j)});
  std::mt19937 random(4);
  double mean = 0, most = 0;
  int leaders = 0;
  for (const std::string& leader : set.leaders) {
    Rows rows;
    for (const ReferenceForm& form : set.forms) {
      if (form.leader != leader || form.group == "self") continue;
      std::vector<int> row(form.ratings.begin(), form.ratings.end());
      const auto missing = [&](int rating) { return rating < 1 || rating > set.rules.points; };
      if (std::none_of(row.begin(), row.end(), missing)) rows.push_back(std::move(row));
    }
    const LeaderScores scores = set.Score(leader);
    // A leader of whom every form is complete: the bootstrap above knows no blanks.
    if (scores.groups.size() != 1 || rows.size() < 30 || static_cast<int64_t>(rows.size()) != scores.groups[0].n_forms ||
        scores.focus.size() != items) {
      continue;
    }
    std::vector<double> ours;
    for (const FocusUnit& unit : scores.focus) ours.push_back(unit.top3);
    const Difference difference = Compare(ours, BootstrapTop3(rows, units, 2'000, random));
    mean += difference.mean;
    most = std::max(most, difference.most);
    if (++leaders == 8) break;
  }
  ASSERT_GE(leaders, 5);
  mean /= leaders;
  RecordProperty("leaders", leaders);
  RecordProperty("mean_difference", std::to_string(mean));
  RecordProperty("largest_difference", std::to_string(most));
  EXPECT_LT(mean, .04);
  EXPECT_LT(most, .15);
}

}  // namespace
}  // namespace candor::statistics
