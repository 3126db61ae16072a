// What attacks on single atoms found, written with the results of the attacks on whole reports.

#ifndef CANDOR_TESTS_DOMAIN_ATOM_ATTACK_H_
#define CANDOR_TESTS_DOMAIN_ATOM_ATTACK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/domain/disclosure_attacker.h"
#include "tests/privacy/results.h"

namespace candor::domain {

// The record is "disclosure-KIND-TEST".
class AtomAttack : public ::testing::Test {
 protected:
  explicit AtomAttack(const std::string& kind)
      : record_(absl::StrCat("disclosure-", kind, "-",
                             ::testing::UnitTest::GetInstance()->current_test_info()->name())) {}
  void TearDown() override { record_.Found({{"atoms_attacked", attacked_}, {"atoms_exposed", exposed_}}); }

  // Counts one kind of atom, with all counts that it can stand for; gives what was found of it.
  std::vector<std::string> Counted(std::vector<std::string> exposures) {
    Count(!exposures.empty());
    return exposures;
  }
  void Count(bool exposed) {
    ++attacked_;
    exposed_ += exposed ? 1 : 0;
  }

  // In the place of the function of that name, and counted.
  std::vector<std::string> FindExposures(const Values& values, int64_t n, int insiders, Promise promise,
                                         const Printer& print) {
    return Counted(domain::FindExposures(values, n, insiders, promise, print));
  }

 private:
  privacy::SuiteRecord record_;
  int64_t attacked_ = 0, exposed_ = 0;
};

}  // namespace candor::domain

#endif  // CANDOR_TESTS_DOMAIN_ATOM_ATTACK_H_
