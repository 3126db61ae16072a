// Stores as they are commonly made, each with one leak: positive controls. An attack that does not catch them proves
// nothing about a store that it does not catch either.

#ifndef CANDOR_TESTS_PRIVACY_NAIVE_STORES_H_
#define CANDOR_TESTS_PRIVACY_NAIVE_STORES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

struct NaiveStore {
  std::string name;    // what it does, for the results
  std::string family;  // the scorers that must catch it
  char kind;           // in which kind of copy: a, b, c or d
};

const std::vector<NaiveStore>& NaiveStores();

struct NaiveTrial {
  Copy opened;
  std::vector<Copy> during;  // as in Trial
  Copy closed;
};
// Plays the scene's answers into the store of that name, in an empty folder.
absl::StatusOr<NaiveTrial> PlayNaively(const std::string& name, const Scene& scene,
                                       const std::vector<int>& invitation_order, const std::string& folder);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_NAIVE_STORES_H_
