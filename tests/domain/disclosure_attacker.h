// Attackers on what a report prints. They know the rules, and everything printed; insiders know
// some answers besides.

#ifndef CANDOR_TESTS_DOMAIN_DISCLOSURE_ATTACKER_H_
#define CANDOR_TESTS_DOMAIN_DISCLOSURE_ATTACKER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "services/domain/closed_result.h"

namespace candor::domain {

using Counts = std::vector<int64_t>;  // ratings for each point of a scale, lowest first

// Calls `visit` with every vector of `points` counts whose sum is n.
void ForEachCounts(int points, int64_t n, const std::function<void(const Counts&)>& visit);

// What a report promises to keep open about each other person's answer.
enum class Promise { kEveryValue, kEitherHalf };

// What a report prints of one item, or of one cell of planned-missing forms, with the given counts.
using Printer = std::function<std::string(const Counts&)>;

// What an answer can be: 1..points for an item; the values of a cell, lowest first.
struct Values {
  int number = 5;
  int low = 2;  // how many of them, from the lowest on, are the lower half
};
Values ItemValues(int points);

// Everything that `insiders` people who know their own answers can find out, by exhaustion: for
// every printed outcome of n ratings all counts that give it, and for all answers that the insiders
// may have, which answers of another person remain possible. Returns what breaks the promise, one
// sentence each, at most `limit`.
std::vector<std::string> FindExposures(const Values& values, int64_t n, int insiders, Promise promise,
                                       const Printer& print, size_t limit = 1);

// The same question for one printed atom of any size, by arithmetic on sums and on how many lie in
// the lower half: with `known` answers (counts) of insiders, can another person have given `value`?
// `atom` has been printed and is not withheld.
bool CanHaveGiven(const Atom& atom, int points, int insiders, const Counts& known, int value);

// Held-back whole numbers and what is printed of their sums; the attacker narrows each number's
// range as far as these sums force it.
class SumAttacker {
 public:
  // Returns the number's index.
  int AddNumber(int64_t least, int64_t most);
  // The sum of `numbers` lies in [least, most].
  void Learn(std::vector<int> numbers, int64_t least, int64_t most);
  // Applies everything learnt until nothing narrows any more.
  void Attack();
  int64_t least(int number) const { return numbers_[number].least; }
  int64_t most(int number) const { return numbers_[number].most; }

 private:
  struct Range {
    int64_t least, most;
  };
  struct Sum {
    std::vector<int> numbers;
    Range range;
  };
  std::vector<Range> numbers_;
  std::vector<Sum> sums_;
};

}  // namespace candor::domain

#endif  // CANDOR_TESTS_DOMAIN_DISCLOSURE_ATTACKER_H_
