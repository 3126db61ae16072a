// When a scorer counts as a leak: judged on scorers whose real strength is known.

#include "tests/privacy/tally.h"

#include <gtest/gtest.h>

#include <random>

namespace candor::privacy {
namespace {

constexpr int kTrials = 100;
constexpr char kAttack[] = "made up";

// A scorer that gets `mean` people right in a campaign, on average.
std::map<std::string, Tally> Played(double mean, int trials, std::mt19937& random) {
  std::poisson_distribution<int> right(mean);
  std::map<std::string, Tally> attacks;
  for (int i = 0; i < trials; ++i) attacks[kAttack].Add({{"scorer", right(random)}}, 1, 1, 1);
  return attacks;
}

// As if the first sample had been just above the threshold.
std::map<std::string, Tally> JustAbove() {
  std::map<std::string, Tally> attacks;
  for (int i = 0; i < kTrials; ++i) attacks[kAttack].Add({{"scorer", i < 41 ? 2 : 1}}, 1, 1, 1);
  return attacks;
}

TEST(JudgeAtChanceTest, TriesNothingAgainThatIsAtChance) {
  std::map<std::string, Tally> attacks;
  for (int i = 0; i < kTrials; ++i) attacks[kAttack].Add({{"scorer", i < 40 ? 2 : 1}}, 1, 1, 1);
  int called = 0;
  const Judgement judgement = JudgeAtChance(attacks, kTrials, [&](int) {
    ++called;
    return attacks;
  });
  EXPECT_EQ(called, 0);
  EXPECT_TRUE(judgement.above.empty());
  EXPECT_TRUE(judgement.tried_again.empty());
}

TEST(JudgeAtChanceTest, ALeakRightAtTheThresholdIsFoundOnceItIsTriedAgain) {
  constexpr int kRuns = 1000;
  std::mt19937 random(20261130);
  int found = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Judgement judgement = JudgeAtChance(JustAbove(), kTrials, [&](int trials) {
      EXPECT_EQ(trials, 4 * kTrials);
      return Played(1.4, trials, random);
    });
    EXPECT_EQ(judgement.tried_again.size(), 1u);
    found += judgement.above.empty() ? 0 : 1;
  }
  EXPECT_GE(found, 990);
}

TEST(JudgeAtChanceTest, AScorerThatWasLuckyOnceIsNoLeak) {
  constexpr int kRuns = 1000;
  std::mt19937 random(20261130);
  for (int run = 0; run < kRuns; ++run) {
    const Judgement judgement =
        JudgeAtChance(JustAbove(), kTrials, [&](int trials) { return Played(1, trials, random); });
    EXPECT_TRUE(judgement.above.empty());
    EXPECT_DOUBLE_EQ(judgement.thresholds.at(kAttack), 480);
  }
}

TEST(JudgeAtChanceTest, AnotherScorerAboveInTheSecondSampleIsNotTheSameLeak) {
  const Judgement judgement = JudgeAtChance(JustAbove(), kTrials, [](int trials) {
    std::map<std::string, Tally> attacks;
    for (int i = 0; i < trials; ++i) attacks[kAttack].Add({{"scorer", 1}, {"another", 3}}, 1, 1, 1);
    return attacks;
  });
  EXPECT_TRUE(judgement.above.empty());
}

}  // namespace
}  // namespace candor::privacy
