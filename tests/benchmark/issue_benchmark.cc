// How near issuing tokens comes to the private-key operations that it cannot do without.
//
//   issue_benchmark [tokens per round, default 2000] [rounds, default 7]
//
// The limit is crypto::BlindSigningKey::BlindSign in this process on as many threads as there are processors, in turn
// with the server: what a program that does nothing else but sign signs. Two readings, one JSON line each, medians over
// the rounds; README.md says which is which.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "services/base/random.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/token.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/load_generator.h"
#include "tests/benchmark/open_survey.h"
#include "tests/support/process/candord_process.h"

namespace candor::benchmark {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr double kGoal = 0.85;

// What one round of `count` operations took.
struct Cost {
  double rate = 0;       // operations a second of wall time
  double cpu_rate = 0;   // operations a second of processor time, of the process that serves
  double client_us = 0;  // processor time of the caller, an operation
};

Cost SignRaw(const crypto::BlindSigningKey& key, const std::vector<crypto::BlindingState>& states, size_t count) {
  const size_t threads = std::max(1u, std::thread::hardware_concurrency());
  const double cpu = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto start = SteadyClock::now();
  InParallel(threads, count, [&](size_t i) { (void)Must(key.BlindSign(states[i % states.size()].blinded)); });
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  const auto n = static_cast<double>(count);
  return {n / seconds, n / (CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu), 0};
}

Cost Issue(const OpenSurvey& survey, clockid_t server, size_t from, size_t count) {
  const std::vector<std::string> requests = Part(survey.issue_requests, from, count);
  const double client_before = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID), server_before = CpuSeconds(server);
  std::vector<std::string> signatures;
  const LoadResult result = IssueTokens(survey.port, requests, &signatures);
  const double server_used = CpuSeconds(server) - server_before;
  const double client_used = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - client_before;
  // One of each round is looked at: a server that answers something else must not look quick.
  (void)Must(crypto::Finalize(survey.key, survey.states[from], signatures[0]));
  const auto n = static_cast<double>(count);
  return {result.rate(), n / server_used, client_used / n * 1e6};
}

int Measure(size_t per_round, size_t rounds) {
  const testing::ScratchFolder folder;
  testing::CandordProcess candord(folder.path() + "/data");
  Must(candord.Start());
  clockid_t server;
  if (clock_getcpuclockid(candord.process(), &server) != 0) std::abort();
  // One round more, that is not counted: it loads keys and fills caches.
  const OpenSurvey survey = OpenSurveyFor(candord, per_round * (rounds + 1), 4, 0);

  const auto own_key = Must(crypto::BlindSigningKey::Generate(survey.key.modulus_bits()));
  std::vector<crypto::BlindingState> own_states;
  const std::string message = Must(crypto::BuildTokenMessage(survey.id_bytes, survey.group, base::RandomBytes(32)));
  for (int i = 0; i < 16; ++i) own_states.push_back(Must(crypto::Blind(own_key.verifying_key(), message)));

  AwaitRest(server);
  std::vector<double> rate, raw_rate, cpu_rate, raw_cpu_rate;
  for (size_t round = 0; round <= rounds; ++round) {
    const Cost raw = SignRaw(own_key, own_states, per_round);
    const Cost ours = Issue(survey, server, round * per_round, per_round);
    if (round == 0) continue;
    std::fprintf(stderr,
                 "round %zu of %zu: %.0f/s against %.0f/s; processor time a token: server %.0f us, raw %.0f us, load "
                 "generator %.0f us\n",
                 round, rounds, ours.rate, raw.rate, 1e6 / ours.cpu_rate, 1e6 / raw.cpu_rate, ours.client_us);
    rate.push_back(ours.rate);
    raw_rate.push_back(raw.rate);
    cpu_rate.push_back(ours.cpu_rate);
    raw_cpu_rate.push_back(raw.cpu_rate);
  }
  PrintResult("issue: tokens against raw private-key operations, by the server's processor time", Median(cpu_rate),
              Median(raw_cpu_rate), "1/cpu-s", kGoal, false);
  PrintResult("issue: tokens against raw private-key operations, by the clock, load generator on the same processors",
              Median(rate), Median(raw_rate), "1/s", kGoal, false);
  return candord.Stop();
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  const int per_round = argc > 1 ? std::atoi(argv[1]) : 2000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  if (per_round < 100 || per_round > 20000 || rounds < 1 || rounds > 20) {
    std::fprintf(stderr, "usage: issue_benchmark [tokens per round, 100 to 20000] [rounds, 1 to 20]\n");
    return 2;
  }
  return candor::benchmark::Measure(static_cast<size_t>(per_round), static_cast<size_t>(rounds));
}
