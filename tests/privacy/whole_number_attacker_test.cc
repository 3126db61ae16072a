#include "tests/privacy/whole_number_attacker.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace candor::privacy {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(WholeNumberAttackerTest, FindsWhatSumsForce) {
  WholeNumberAttacker attacker;
  const int a = attacker.AddNumber(0, 10), b = attacker.AddNumber(0, 10), c = attacker.AddNumber(0, 10);
  attacker.Learn({{a, 1}, {b, 1}, {c, 1}}, 12, 12);
  attacker.Learn({{a, 1}, {b, 1}}, 9, 9);
  const auto range = attacker.Bounds({{c, 1}});
  ASSERT_TRUE(range.has_value());
  EXPECT_NEAR(range->least, 3, 1e-6);
  EXPECT_NEAR(range->most, 3, 1e-6);
  EXPECT_NEAR(attacker.Bounds({{a, 1}})->most, 9, 1e-6);
  attacker.Learn({{b, 1}}, 7, kInfinity);
  EXPECT_NEAR(attacker.Bounds({{a, 1}})->most, 2, 1e-6);
}

TEST(WholeNumberAttackerTest, WholeNumbersSayMoreThanLinearProgramming) {
  // 3 a + 5 b = 14 with whole numbers: a = 3, b = 1 alone.
  WholeNumberAttacker attacker;
  const int a = attacker.AddNumber(0, 10), b = attacker.AddNumber(0, 10);
  attacker.Learn({{a, 3}, {b, 5}}, 14, 14);
  EXPECT_LT(attacker.Bounds({{a, 1}})->least, 0.5);
  const auto whole = attacker.WholeBounds({{a, 1}});
  EXPECT_NEAR(whole->least, 3, 1e-6);
  EXPECT_NEAR(whole->most, 3, 1e-6);
  EXPECT_GT(attacker.searched(), 0);
  const auto found = attacker.Find({{b, 1}});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, (std::vector<int64_t>{3, 1}));
}

TEST(WholeNumberAttackerTest, SaysWhereNothingFits) {
  WholeNumberAttacker attacker;
  const int a = attacker.AddNumber(0, 4), b = attacker.AddNumber(0, 4);
  const int sum = attacker.Learn({{a, 2}, {b, 2}}, 7, 7);
  EXPECT_TRUE(attacker.Bounds({{a, 1}}).has_value()) << "halves would fit";
  EXPECT_FALSE(attacker.WholeBounds({{a, 1}}).has_value());
  EXPECT_FALSE(attacker.Find({}).has_value());
  attacker.SetSumLimits(sum, 6, 7);
  EXPECT_TRUE(attacker.Find({}).has_value());
  attacker.SetLimits(a, 4, 4);
  EXPECT_FALSE(attacker.Bounds({{b, 1}}).has_value());
}

// Against trying everything, on small random problems.
TEST(WholeNumberAttackerTest, AgreesWithTryingEverything) {
  std::mt19937 random(1);
  const auto below = [&](uint32_t bound) { return static_cast<int64_t>(random() % bound); };
  int feasible = 0;
  for (int round = 0; round < 300; ++round) {
    constexpr int kNumbers = 4;
    constexpr int64_t kMost = 4;
    struct Learnt {
      std::vector<int64_t> factors;
      int64_t least, most;
    };
    std::vector<Learnt> sums;
    WholeNumberAttacker attacker;
    for (int i = 0; i < kNumbers; ++i) attacker.AddNumber(0, kMost);
    for (int s = 0; s < 2; ++s) {
      Learnt learnt{{}, below(18), 0};
      learnt.most = learnt.least + below(3);
      Sum sum;
      for (int i = 0; i < kNumbers; ++i) {
        learnt.factors.push_back(below(6));
        if (learnt.factors.back() != 0) sum.push_back({i, static_cast<double>(learnt.factors.back())});
      }
      attacker.Learn(sum, static_cast<double>(learnt.least), static_cast<double>(learnt.most));
      sums.push_back(learnt);
    }
    const auto fits = [&](const std::vector<int64_t>& numbers) {
      for (const Learnt& learnt : sums) {
        int64_t sum = 0;
        for (int i = 0; i < kNumbers; ++i) sum += learnt.factors[i] * numbers[i];
        if (sum < learnt.least || sum > learnt.most) return false;
      }
      return true;
    };
    int64_t least = 1000, most = -1000;
    std::vector<int64_t> numbers(kNumbers);
    const std::function<void(int)> try_all = [&](int i) {
      if (i == kNumbers) {
        if (!fits(numbers)) return;
        const int64_t sum = 2 * numbers[0] - numbers[3];
        least = std::min(least, sum);
        most = std::max(most, sum);
        return;
      }
      for (numbers[i] = 0; numbers[i] <= kMost; ++numbers[i]) try_all(i + 1);
    };
    try_all(0);
    const auto found = attacker.WholeBounds({{0, 2}, {3, -1}});
    ASSERT_EQ(found.has_value(), least <= most) << round;
    const auto example = attacker.Find({{0, 1}});
    ASSERT_EQ(example.has_value(), least <= most) << round;
    if (!found.has_value()) continue;
    ++feasible;
    EXPECT_NEAR(found->least, static_cast<double>(least), 1e-6);
    EXPECT_NEAR(found->most, static_cast<double>(most), 1e-6);
    EXPECT_TRUE(fits(*example));
    const auto linear = attacker.Bounds({{0, 2}, {3, -1}});
    EXPECT_LE(linear->least, found->least + 1e-6);
    EXPECT_GE(linear->most, found->most - 1e-6);
  }
  EXPECT_GT(feasible, 100);
}

}  // namespace
}  // namespace candor::privacy
