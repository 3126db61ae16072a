// How the planes are arranged in a run of the tests: as one server or as two.
//
// The environment says it, so that the same tests run in both: CTest knows each of them twice (candor_test, BOTH_ARRANGEMENTS).

#ifndef CANDOR_TESTS_SUPPORT_ARRANGEMENT_H_
#define CANDOR_TESTS_SUPPORT_ARRANGEMENT_H_

#include <cstdlib>
#include <string>

namespace candor::testing {

enum class Arrangement { kOneServer, kTwoServers };

inline Arrangement ArrangementOfThisRun() {
  const char* const planes = std::getenv("CANDOR_TEST_PLANES");
  return planes != nullptr && std::string(planes) == "two" ? Arrangement::kTwoServers : Arrangement::kOneServer;
}

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_ARRANGEMENT_H_
