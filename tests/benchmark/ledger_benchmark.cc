// How long a ledger of 1,000,000 leaves takes to be built, to be verified, and to be checked with a receipt by the
// command `candor verify` in the file that holds all of it, against hashing as many nodes as its tree has, which nobody
// can do without.
//
//   ledger_benchmark [leaves, default 1000000] [rounds, default 5]
//
// Medians; one JSON line each. The goals are ratios of that hashing; the seconds stand in the lines too.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/ledger_file.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/crypto/hash.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/receipt.h"
#include "services/crypto/signing.h"
#include "services/domain/ids.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/closed_survey.h"
#include "tests/benchmark/open_survey.h"
#include "tests/support/temp_folder.h"

namespace candor::benchmark {
namespace {

template <typename F>
double SecondsOf(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Ends this program unless `candor verify` says that the file holds and the receipt's answers are counted.
void RunVerify(const std::string& file, const std::string& receipt) {
  std::string program = absl::StrCat(CANDOR_BIN_DIR, "/candor"), verb = "verify", option = "--receipt";
  std::string file_argument = file, receipt_argument = receipt;
  char* const arguments[] = {program.data(), verb.data(), file_argument.data(), option.data(), receipt_argument.data(),
                             nullptr};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = -1;
  const int fault = posix_spawn(&process, program.c_str(), &quiet, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&quiet);
  int result = -1;
  if (fault != 0 || waitpid(process, &result, 0) != process || result != 0) {
    std::fprintf(stderr, "benchmark: candor verify did not find that the ledger holds\n");
    std::exit(1);
  }
}

int Measure(int64_t leaves, int rounds) {
  const crypto::SigningKey key = crypto::SigningKey::Generate();
  const domain::OpenOrder survey = MakePlainSurvey(leaves, 40, 0, key.public_key()).order;
  crypto::Ledger ledger;
  ledger.survey_id = domain::SurveyIdBytes(survey.survey);
  ledger.groups = {{"staff", leaves, leaves, 0, leaves, 0}};
  for (int64_t i = 0; i < leaves; ++i) ledger.leaves.push_back(base::RandomBytes(crypto::kSha256Bytes));
  const crypto::ReceiptEntry entry{base::RandomBytes(crypto::kSha256Bytes), base::RandomBytes(crypto::kSha256Bytes), 1};
  ledger.leaves[0] = crypto::LeafHash(entry.token_hash, entry.sealed_digest);

  const testing::TempFolder folder;
  const std::string file = folder.path() + "/survey.json", receipt_file = folder.path() + "/receipt.json";
  client::KeptReceipt receipt;
  receipt.survey = survey.survey.value();
  receipt.manifest_hash = crypto::Sha256(survey.manifest);
  receipt.receipt = Must(crypto::BuildReceipts({entry}, ledger.survey_id, key)).front();
  Must(base::WriteFileAtomically(receipt_file, receipt.Serialize(), 0600));
  std::vector<double> hashing, building, verifying, command;
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
    const client::DocumentBytes documents{survey.contract, survey.instrument_version, survey.manifest,
                                          survey.manifest_signature};
    Must(base::WriteFileAtomically(file, client::WriteLedgerFile({documents, document}), 0600));
    command.push_back(SecondsOf([&] { RunVerify(file, receipt_file); }));
    std::fprintf(stderr,
                 "round %d of %d: hashing %.2f s, building %.2f s, verifying %.2f s, candor verify %.2f s, %.0f MB\n",
                 round + 1, rounds, hashing.back(), building.back(), verifying.back(), command.back(),
                 static_cast<double>(document.size()) / 1e6);
  }
  PrintResult("ledger: building against hashing its nodes alone", Median(building), Median(hashing), "s", 10, true);
  PrintResult("ledger: verifying against hashing its nodes alone", Median(verifying), Median(hashing), "s", 10, true);
  PrintResult("ledger: candor verify with a receipt against hashing its nodes alone", Median(command), Median(hashing),
              "s", 10, true);
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
