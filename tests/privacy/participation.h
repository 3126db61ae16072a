// Third attack: who of those who took a token has answered, told from the identity plane alone.

#ifndef CANDOR_TESTS_PRIVACY_PARTICIPATION_H_
#define CANDOR_TESTS_PRIVACY_PARTICIPATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/tables.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// What names each person's row among the invitations: texts and blobs that stand in no other one. Empty for people
// whose row is not there (any more).
std::vector<std::vector<std::string>> IdentifiersOf(const std::vector<Table>& tables,
                                                    const std::vector<PersonSecrets>& people);

struct ParticipationScores {
  std::map<std::string, int> correct;  // by scorer: how many of its guesses have answered
  int blind = 0;
  double expected = 0, variance = 0;   // of a blind guess
};

// What somebody reaches who knows nothing: the others are for scorers to be added.
ParticipationScores BlindGuess(const std::set<int>& answered, const std::vector<int>& blind);

// Each scorer names as many people as have answered. They go by any value in any row that belongs to a person, by how
// many rows do, and by whether these have changed since `tokens_out`. `later` is what is known now. `blind`: all
// people, in an order that says nothing.
ParticipationScores ScoreParticipation(const Copy& tokens_out, const Copy& later,
                                       const std::vector<PersonSecrets>& people, const std::set<int>& answered,
                                       const std::vector<int>& blind);

// The same by rows that hold one of somebody's `identifiers`, and nobody else's, on all planes but at most one; between
// any two copies.
ParticipationScores ScoreIdentified(const Copy& before, const Copy& later,
                                    const std::vector<std::vector<std::string>>& identifiers,
                                    std::optional<Plane> passed_over,
                                    const std::set<int>& answered, const std::vector<int>& blind);

// Adds one more way to go by: those with the highest values, and those with the lowest. `values`: by person.
void ScoreValues(const std::string& where, const std::vector<int64_t>& values, const std::set<int>& answered,
                 const std::vector<int>& blind, ParticipationScores& scores);

// The kinds of scorers, in the words that the results use.
const std::vector<std::string>& ParticipationFamilies();

// Whether the identity plane's databases and their logs are the same, byte for byte.
bool SameIdentityPlane(const Copy& a, const Copy& b);

// The copy of an installation that marks who has answered, as nearly all do: positive control.
absl::StatusOr<Copy> WithCompletedFlags(const Copy& copy, const std::vector<PersonSecrets>& people,
                                        const std::set<int>& answered);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_PARTICIPATION_H_
