// The pooled correlation against an independent computation over rows, and against closed forms.

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/pooled.h"
#include "tests/statistics/reference_set.h"

namespace candor::statistics {
namespace {

using Form = std::vector<uint8_t>;  // one code for each item of the whole

struct Block {
  std::vector<int> items;  // asked
  std::vector<Form> forms;
};

bool Rated(uint8_t code) { return code != kBlank && code != kNotObserved; }

std::shared_ptr<const FormLayout> PlainLayout(int points, int items) {
  auto layout = std::make_shared<FormLayout>();
  layout->points = points;
  layout->items = items;
  return layout;
}

void AddBlock(const Block& block, int points, PooledCorrelation& pooled) {
  Tally tally(PlainLayout(points, static_cast<int>(block.items.size())), Tally::kPairSums);
  for (const Form& form : block.forms) {
    Form asked;
    for (int item : block.items) asked.push_back(form[static_cast<size_t>(item)]);
    tally.Add(asked);
  }
  pooled.Add(tally, block.items);
}

// By the definition, with deviations from the mean of each block, in long doubles.
std::optional<double> FromRows(const std::vector<Block>& blocks, int items) {
  struct Pair {
    long double product = 0;
    int64_t ratings = 0, degrees = 0;
  };
  const auto of_pair = [&](int j, int l) {
    Pair pair;
    for (const Block& block : blocks) {
      if (std::count(block.items.begin(), block.items.end(), j) == 0 ||
          std::count(block.items.begin(), block.items.end(), l) == 0) {
        continue;
      }
      std::vector<std::pair<long double, long double>> both;
      for (const Form& form : block.forms) {
        if (Rated(form[static_cast<size_t>(j)]) && Rated(form[static_cast<size_t>(l)])) {
          both.emplace_back(form[static_cast<size_t>(j)], form[static_cast<size_t>(l)]);
        }
      }
      if (both.empty()) continue;
      long double mean_j = 0, mean_l = 0;
      for (const auto& [x, y] : both) mean_j += x, mean_l += y;
      mean_j /= static_cast<long double>(both.size());
      mean_l /= static_cast<long double>(both.size());
      for (const auto& [x, y] : both) pair.product += (x - mean_j) * (y - mean_l);
      pair.ratings += static_cast<int64_t>(both.size());
      pair.degrees += static_cast<int64_t>(both.size()) - 1;
    }
    return pair;
  };
  long double sum = 0;
  int pairs = 0;
  for (int j = 0; j < items; ++j) {
    for (int l = j + 1; l < items; ++l) {
      const Pair pair = of_pair(j, l), one = of_pair(j, j), other = of_pair(l, l);
      if (pair.ratings < 30 || pair.degrees == 0 || one.product < 1e-9L || other.product < 1e-9L) continue;
      sum += pair.product / pair.degrees /
             (std::sqrt(one.product / one.degrees) * std::sqrt(other.product / other.degrees));
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  return static_cast<double>(std::clamp(sum / pairs, 0.0L, 1.0L));
}

std::vector<Block> BlocksOf(const ReferenceSet& set) {
  std::map<std::pair<std::string, std::string>, Block> blocks;
  for (const ReferenceForm& form : set.forms) {
    if (form.group == "self") continue;
    blocks[{form.leader, form.group}].forms.push_back(form.ratings);
  }
  std::vector<Block> all;
  for (auto& [name, block] : blocks) {
    block.items.resize(set.item_ids.size());
    std::iota(block.items.begin(), block.items.end(), 0);
    all.push_back(std::move(block));
  }
  return all;
}

TEST(PooledCorrelationTest, EqualsTheSlowComputationOnTheReferenceSets) {
  for (const char* name : {"lq2002", "lq2002_groups"}) {
    const ReferenceSet set = LoadReferenceSet(name);
    const std::vector<Block> blocks = BlocksOf(set);
    ASSERT_GE(blocks.size(), 40u);
    const int items = static_cast<int>(set.item_ids.size());
    PooledCorrelation pooled(items);
    for (const Block& block : blocks) AddBlock(block, set.rules.points, pooled);
    const std::optional<double> expected = FromRows(blocks, items);
    ASSERT_TRUE(expected.has_value());
    ASSERT_TRUE(pooled.Mean().has_value());
    EXPECT_NEAR(*pooled.Mean(), *expected, 1e-12) << name;
    EXPECT_GT(*pooled.Mean(), 0.2) << name;
    EXPECT_LT(*pooled.Mean(), 0.8) << name;
  }
}

TEST(PooledCorrelationTest, EqualsTheSlowComputationWhoeverIsAskedWhat) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 150; ++trial) {
    const int items = 2 + static_cast<int>(random() % 6);
    const int points = 2 + static_cast<int>(random() % 9);
    std::vector<Block> blocks(1 + random() % 8);
    for (Block& block : blocks) {
      for (int j = 0; j < items; ++j) {
        if (random() % 4 != 0) block.items.push_back(j);
      }
      block.forms.resize(random() % 30);
      for (Form& form : block.forms) {
        const int level = 1 + static_cast<int>(random() % points);
        for (int j = 0; j < items; ++j) {
          const int draw = static_cast<int>(random() % 8);
          const int rating = draw < 4 ? level : 1 + static_cast<int>(random() % points);
          form.push_back(draw == 6 ? kBlank : draw == 7 ? kNotObserved : static_cast<uint8_t>(rating));
        }
      }
    }
    PooledCorrelation pooled(items);
    for (const Block& block : blocks) AddBlock(block, points, pooled);
    const std::optional<double> expected = FromRows(blocks, items);
    ASSERT_EQ(pooled.Mean().has_value(), expected.has_value()) << "trial " << trial;
    if (expected.has_value()) {
      EXPECT_NEAR(*pooled.Mean(), *expected, 1e-12) << "trial " << trial;
    }
  }
}

TEST(PooledCorrelationTest, TheOrderOfBlocksChangesNoBit) {
  const ReferenceSet set = LoadReferenceSet("lq2002_groups");
  std::vector<Block> blocks = BlocksOf(set);
  const int items = static_cast<int>(set.item_ids.size());
  std::optional<double> first;
  std::mt19937 random(2);
  for (int trial = 0; trial < 10; ++trial) {
    PooledCorrelation pooled(items);
    for (const Block& block : blocks) AddBlock(block, set.rules.points, pooled);
    if (!first.has_value()) first = pooled.Mean();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(*pooled.Mean(), *first);
    std::shuffle(blocks.begin(), blocks.end(), random);
  }
}

// Raters who mark both items alike go together perfectly, however far apart the leaders are.
TEST(PooledCorrelationTest, EqualMarksGiveOne) {
  PooledCorrelation pooled(3);
  for (int leader = 0; leader < 4; ++leader) {
    Block block{{0, 1, 2}, {}};
    for (int r = 0; r < 10; ++r) block.forms.push_back(Form(3, static_cast<uint8_t>(1 + leader % 2 + r % 4)));
    AddBlock(block, 5, pooled);
  }
  EXPECT_DOUBLE_EQ(*pooled.Mean(), 1.0);
}

// Differences between leaders alone make no correlation: within each block the items are independent by design.
TEST(PooledCorrelationTest, DifferencesBetweenLeadersAreNotInIt) {
  PooledCorrelation pooled(2);
  for (const uint8_t level : {1, 3}) {
    Block block{{0, 1}, {}};
    for (int r = 0; r < 16; ++r) {
      block.forms.push_back({static_cast<uint8_t>(level + r % 2), static_cast<uint8_t>(level + r / 2 % 2)});
    }
    AddBlock(block, 5, pooled);
  }
  EXPECT_TRUE(pooled.Uses(0, 1));
  EXPECT_EQ(*pooled.Mean(), 0.0);
}

// Of n raters who differ by one point, all marking the items alike but for one in four, who marks the second the other
// way: cov / (s s) = (3/4 - 1/4) = 1/2.
TEST(PooledCorrelationTest, OneInFourTheOtherWayGivesOneHalf) {
  PooledCorrelation pooled(2);
  Block block{{0, 1}, {}};
  for (int r = 0; r < 40; ++r) {
    const uint8_t first = static_cast<uint8_t>(2 + r % 2);
    const uint8_t second = r % 8 < 6 ? first : static_cast<uint8_t>(5 - first);
    block.forms.push_back({first, second});
  }
  AddBlock(block, 5, pooled);
  EXPECT_NEAR(*pooled.Mean(), 0.5, 1e-15);
}

TEST(PooledCorrelationTest, OppositeMarksAreCutToZero) {
  PooledCorrelation pooled(2);
  Block block{{0, 1}, {}};
  for (int r = 0; r < 40; ++r) {
    block.forms.push_back({static_cast<uint8_t>(1 + r % 5), static_cast<uint8_t>(5 - r % 5)});
  }
  AddBlock(block, 5, pooled);
  EXPECT_EQ(*pooled.Mean(), 0.0);
}

TEST(PooledCorrelationTest, APairCountsFromThirtyRatingsOn) {
  for (const int raters : {29, 30}) {
    PooledCorrelation pooled(2);
    Block block{{0, 1}, {}};
    for (int r = 0; r < raters; ++r) block.forms.push_back(Form(2, static_cast<uint8_t>(1 + r % 5)));
    AddBlock(block, 5, pooled);
    EXPECT_EQ(pooled.Uses(0, 1), raters == 30);
    EXPECT_EQ(pooled.Mean().has_value(), raters == 30);
  }
}

TEST(PooledCorrelationTest, AnItemThatNobodyRatesDifferentlyIsInNoPair) {
  PooledCorrelation pooled(3);
  Block block{{0, 1, 2}, {}};
  for (int r = 0; r < 40; ++r) block.forms.push_back({static_cast<uint8_t>(1 + r % 5), 4, static_cast<uint8_t>(1 + r % 5)});
  AddBlock(block, 5, pooled);
  EXPECT_FALSE(pooled.Uses(0, 1));
  EXPECT_TRUE(pooled.Uses(0, 2));
  EXPECT_DOUBLE_EQ(*pooled.Mean(), 1.0);
}

TEST(PooledCorrelationTest, NothingAddedGivesNothing) {
  EXPECT_FALSE(PooledCorrelation(0).Mean().has_value());
  EXPECT_FALSE(PooledCorrelation(1).Mean().has_value());
  EXPECT_FALSE(PooledCorrelation(4).Mean().has_value());
}

}  // namespace
}  // namespace candor::statistics
