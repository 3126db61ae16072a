// The scorers of the linking attack. Each looks at copies, finds answers in clear, brings them into some order, and
// lays that order beside one that the attacker knows; so it gives, for each person, a guess of that person's answer.

#ifndef CANDOR_TESTS_PRIVACY_SCORERS_H_
#define CANDOR_TESTS_PRIVACY_SCORERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/privacy/deployment.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/known_orders.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// The kinds of scorers, in the words that the results use.
const std::vector<std::string>& ScorerFamilies();

// How many people each scorer has guessed rightly. Names are "FAMILY | where | beside which known order"; a scorer that
// finds nothing to go by is not in the map, and counts as blind.
struct Scores {
  std::map<std::string, int> correct;
  int recovered = 0;  // people whose answer was found in clear
  int blind = 0;      // rightly guessed by somebody who knows nothing
};

// `copies`: in the order in which they were taken. `finder` knows what is looked for, by person.
Scores ScoreCopies(const std::vector<const Copy*>& copies, const Finder& finder, const KnownOrders& known);

// Copies in the order in which they were taken, with what they are of.
using Stages = std::vector<std::pair<std::string, const Copy*>>;

// Scores the last copy of each stage but the first, with all before it. Adds to `scores`, families under `prefix`.
void ScoreStages(const std::string& prefix, const Stages& stages, const Finder& finder, const KnownOrders& known,
                 Scores& scores);

// Guesses by one order in which answers are seen; `people`: whose they are. Adds to `scores`, under `family`.
void ScoreSeenOrder(const std::string& family, const std::vector<int>& people, const KnownOrders& known,
                    Scores& scores);

// Adds `from` to `scores`, each scorer's family under `prefix`, and with what it was found in.
void AddUnder(const std::string& prefix, const std::string& when, const Scores& from, Scores& scores);

// How much differs between two copies: bytes more, blocks of 512 bytes changed, bytes changed.
std::vector<int64_t> Growth(const Copy& before, const Copy& after);

// Guesses by size alone, which needs nothing in clear: what grew by how much with which act, and how long the rows are
// that changed since `opened`. Adds to `scores`. `during`: as in Trial; empty: only the last copy was taken.
struct Sizes {
  const Copy* opened = nullptr;
  const Copy* last = nullptr;
  std::vector<const Copy*> during;
};
void ScoreSizes(const Sizes& sizes, const Scene& scene, const KnownOrders& known, Scores& scores);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_SCORERS_H_
