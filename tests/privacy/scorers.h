// The scorers of the linking attack. Each looks at copies, finds answers in clear, brings them into some order, and
// lays that order beside one that the attacker knows; so it gives, for each person, a guess of that person's answer.

#ifndef CANDOR_TESTS_PRIVACY_SCORERS_H_
#define CANDOR_TESTS_PRIVACY_SCORERS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/privacy/deployment.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// What the attacker knows of who did what when: each a list of the answering people.
struct KnownOrders {
  std::vector<int> answers, newest, issuing, invitations;
  std::vector<int> blind;  // filled in where a scorer knows nothing
  std::vector<std::pair<std::string, std::vector<int>>> more = {};  // others, with their names
};
KnownOrders KnownOrdersOf(const Trial& trial);

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

// Guesses by one order in which answers are seen; `people`: whose they are. Adds to `scores`, under `family`.
void ScoreSeenOrder(const std::string& family, const std::vector<int>& people, const KnownOrders& known,
                    Scores& scores);

// Adds `from` to `scores`, each scorer's family under `prefix`, and with what it was found in.
void AddUnder(const std::string& prefix, const std::string& when, const Scores& from, Scores& scores);

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
