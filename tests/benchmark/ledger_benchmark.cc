// How long a ledger of 1,000,000 leaves takes to be built, to be verified, and to be checked as a file, against hashing
// as many nodes as its tree has, which nobody can do without.
//
//   ledger_benchmark [leaves, default 1000000] [rounds, default 5]
//
// Medians; one JSON line each. The goals are ratios of that hashing; the seconds stand in the lines too.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "services/base/random.h"
#include "services/crypto/hash.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/signing.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/open_survey.h"

namespace candor::benchmark {
namespace {

template <typename F>
double SecondsOf(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int Measure(int64_t leaves, int rounds) {
  const crypto::SigningKey key = crypto::SigningKey::Generate();
  crypto::Ledger ledger;
  ledger.survey_id = base::RandomBytes(16);
  ledger.groups = {{"staff", leaves, leaves, 0, leaves, 0}};
  for (int64_t i = 0; i < leaves; ++i) ledger.leaves.push_back(base::RandomBytes(crypto::kSha256Bytes));
  std::vector<double> hashing, building, verifying;
  for (int round = 0; round < rounds; ++round) {
    std::string node(crypto::kSha256Bytes, 'n');
    hashing.push_back(SecondsOf([&] {
      for (int64_t i = 1; i < leaves; ++i) node = crypto::Sha256({"\x01", node, node});
    }));
    std::string document;
    building.push_back(SecondsOf([&] { document = Must(crypto::BuildLedger(ledger, key)); }));
    size_t read = 0;
    verifying.push_back(SecondsOf(
        [&] { read = Must(crypto::VerifyLedger(document, ledger.survey_id, key.public_key())).leaves.size(); }));
    if (static_cast<int64_t>(read) != leaves) return 1;
    std::fprintf(stderr, "round %d of %d: hashing %.2f s, building %.2f s, verifying %.2f s, %.0f MB\n", round + 1,
                 rounds, hashing.back(), building.back(), verifying.back(), static_cast<double>(document.size()) / 1e6);
  }
  PrintResult("ledger: building against hashing its nodes alone", Median(building), Median(hashing), "s", 10, true);
  PrintResult("ledger: verifying against hashing its nodes alone", Median(verifying), Median(hashing), "s", 10, true);
  return 0;
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  const int64_t leaves = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (leaves < 1000 || leaves > 1'000'000 || rounds < 1 || rounds > 20) {
    std::fprintf(stderr, "usage: ledger_benchmark [leaves, 1000 to 1000000] [rounds, 1 to 20]\n");
    return 2;
  }
  return candor::benchmark::Measure(leaves, rounds);
}
