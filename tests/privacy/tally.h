// Adds up what scorers guessed over many trials, and says who was better than chance.

#ifndef CANDOR_TESTS_PRIVACY_TALLY_H_
#define CANDOR_TESTS_PRIVACY_TALLY_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "services/base/json.h"

namespace candor::privacy {

// One kind of attack. Trials are added in any order, by one thread at a time.
class Tally {
 public:
  // What one trial gave. `correct`: by scorer; who is not in it guessed blindly, `blind` rightly. `expected` and
  // `variance`: of a blind guess.
  void Add(const std::map<std::string, int>& correct, int blind, double expected, double variance);

  int trials() const { return trials_; }
  double expected() const { return expected_; }
  // Four standard deviations above chance: with an expectation and variance of 1 a trial, T + 4 * sqrt(T).
  double threshold() const;

  struct Line {
    std::string scorer;
    int correct = 0;
    int informed = 0;  // trials in which it had something to go by
  };
  // Every scorer that ever had something to go by, the best first; last of all "blind", which never had.
  std::vector<Line> Lines() const;
  // Those above the threshold.
  std::vector<Line> Above() const;
  // Of the scorers whose names begin with `family`; with no informed one, the blind guess.
  Line BestOf(const std::string& family) const;

  // For the record: trials, expected, threshold, and for each family its best scorer.
  base::Json ToJson(const std::vector<std::string>& families) const;

 private:
  struct Sum {
    int correct = 0, blind = 0, informed = 0;  // blind: what a blind guess had in those trials
  };
  std::map<std::string, Sum> sums_;
  int trials_ = 0, blind_ = 0;
  double expected_ = 0, variance_ = 0;
};

// Of each attack, the scorers above the threshold; attacks that have none are not in it.
using ScorersAbove = std::map<std::string, std::vector<Tally::Line>>;
ScorersAbove AboveOf(const std::map<std::string, Tally>& attacks);

// A scorer above the threshold is tried again on this many times as many new campaigns, and what it reaches there alone
// decides. Of a blind one, chance puts one in ten thousand above the threshold, in either sample, so that both happen to
// one in a hundred million; hundreds of scorers are tried in a run. What is really there grows with the number of
// campaigns, the threshold's distance from chance only with its square root: a leak that just reaches the threshold (1.4
// right guesses a campaign, of 100) lies over three standard deviations above it in the second sample, and is missed there
// once in a thousand times.
inline constexpr int kTimesAsManyAgain = 4;

struct Judgement {
  ScorersAbove above;         // in both samples, with what they reached in the second: leaks
  base::Json tried_again;     // for the record: what was above in the first, [{attack, scorers}]
  std::map<std::string, double> thresholds;  // of the second sample, by attack; empty where nothing was tried again
};
// `again` plays so many new campaigns, and is called at most once.
Judgement JudgeAtChance(const std::map<std::string, Tally>& attacks, int trials,
                        const std::function<std::map<std::string, Tally>(int trials)>& again);
// A failure of the test for each attack with a leak.
void ExpectNoLeak(const Judgement& judgement);

// A line for each, for failures and records.
std::string Describe(const std::vector<Tally::Line>& lines);

// For the record: how a positive control was caught by the scorers of `family`. `most_possible`: right guesses of whoever
// knows.
base::Json ControlToJson(const std::string& name, const std::string& family, const Tally& tally, int most_possible);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_TALLY_H_
