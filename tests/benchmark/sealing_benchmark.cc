// What sealing, receipts and the ledger's leaves cost at submission: candord against candord_plain, the same sources
// with tests/benchmark/plain in place of those seams.
//
//   sealing_benchmark [answers per round, default 1000] [rounds, default 7]
//
// Both servers run all the time, and are loaded in turn with the same kind of requests (40 ratings, two comments, 128
// in flight). Medians over the rounds; one JSON line each. Nearly all of the time goes into the tokens: each answer needs
// one of its own, two for the two servers, and a token is a private-key operation.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/load_generator.h"
#include "tests/benchmark/open_survey.h"
#include "tests/support/process/candord_process.h"

namespace candor::benchmark {
namespace {

constexpr int kItems = 40, kPrompts = 2, kInFlight = 128;
constexpr char kSubmit[] = "/candor.v1.ResponseService/SubmitResponse";

// One of the two servers, with the answers that it is to be sent.
struct Side {
  Side(const std::string& folder, const std::string& program)
      : name(program), candord(folder, {}, testing::Arrangement::kOneServer, program) {}

  std::string name;
  testing::CandordProcess candord;
  clockid_t processor{};
  uint16_t port = 0;
  std::vector<std::string> submissions;
  std::vector<double> rates, processor_us;
};

void Prepare(Side& side, size_t total) {
  Must(side.candord.Start());
  const OpenSurvey survey = OpenSurveyFor(side.candord, total, kItems, kPrompts);
  side.port = survey.port;
  std::vector<std::string> signatures;
  IssueTokens(side.port, survey.issue_requests, &signatures);
  side.submissions = SubmissionsFor(survey, signatures, kItems, kPrompts);
  if (clock_getcpuclockid(side.candord.process(), &side.processor) != 0) std::abort();
}

void Load(Side& side, size_t from, size_t count) {
  const double before = CpuSeconds(side.processor);
  const LoadResult result = RunWhole(side.port, kSubmit, kInFlight, Part(side.submissions, from, count));
  side.rates.push_back(result.rate());
  side.processor_us.push_back((CpuSeconds(side.processor) - before) / static_cast<double>(count) * 1e6);
  std::fprintf(stderr, "  %s: %.0f answers/s, %.1f us of the server's processor time each\n", side.name.c_str(),
               side.rates.back(), side.processor_us.back());
}

int Measure(int per_round, int rounds) {
  const size_t round_size = static_cast<size_t>(per_round), total = round_size * static_cast<size_t>(rounds);
  const testing::ScratchFolder folder;
  Side sealed(folder.path() + "/sealed", "candord"), plain(folder.path() + "/plain", "candord_plain");
  for (Side* side : {&sealed, &plain}) Prepare(*side, total);
  for (const Side* side : {&sealed, &plain}) AwaitRest(side->processor);
  for (int round = 0; round < rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    // Neither is always the first.
    const bool sealed_first = round % 2 == 0;
    for (Side* side : {sealed_first ? &sealed : &plain, sealed_first ? &plain : &sealed}) {
      Load(*side, static_cast<size_t>(round) * round_size, round_size);
    }
  }
  PrintResult("sealing: durable answers against the same without sealing and receipts, 128 in flight",
              Median(sealed.rates), Median(plain.rates), "1/s", 0.85, false);
  // What waits for the disk and what other programs do moves the rate; this is the work itself.
  PrintResult("sealing: the server's processor time an answer against the same without", Median(sealed.processor_us),
              Median(plain.processor_us), "us", 1 / 0.85, true);
  const int stopped = sealed.candord.Stop();
  return plain.candord.Stop() + stopped;
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  const int per_round = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  if (per_round < 100 || per_round > 20000 || rounds < 1 || rounds > 20) {
    std::fprintf(stderr, "usage: sealing_benchmark [answers per round, 100 to 20000] [rounds, 1 to 20]\n");
    return 2;
  }
  return candor::benchmark::Measure(per_round, rounds);
}
