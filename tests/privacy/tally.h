// Adds up what scorers guessed over many trials, and says who was better than chance.

#ifndef CANDOR_TESTS_PRIVACY_TALLY_H_
#define CANDOR_TESTS_PRIVACY_TALLY_H_

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

// A scorer above the threshold is tried again on as many new campaigns, and is right only if it is above it there too:
// of the many that have something to go by, one in ten thousand is above it by chance.
ScorersAbove AboveInBoth(const ScorersAbove& first, const ScorersAbove& second);

// A line for each, for failures and records.
std::string Describe(const std::vector<Tally::Line>& lines);

// For the record: how a positive control was caught by the scorers of `family`. `most_possible`: right guesses of whoever
// knows.
base::Json ControlToJson(const std::string& name, const std::string& family, const Tally& tally, int most_possible);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_TALLY_H_
