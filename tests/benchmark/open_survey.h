// An open survey on a real candord with a blinded token for each of its raters: where issuing and submitting are
// measured from.

#ifndef CANDOR_TESTS_BENCHMARK_OPEN_SURVEY_H_
#define CANDOR_TESTS_BENCHMARK_OPEN_SURVEY_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/crypto/blind_signature.h"
#include "tests/benchmark/load_generator.h"
#include "tests/support/process/candord_process.h"

namespace candor::benchmark {

// The value; ends the process with a message when there is none.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "benchmark: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}
inline void Must(const absl::Status& status) {
  Must(status.ok() ? absl::StatusOr<int>(0) : absl::StatusOr<int>(status));
}

// Runs `work(i)` for every i below `count`, on `threads` threads.
template <typename F>
void InParallel(size_t threads, size_t count, F work) {
  std::vector<std::thread> running;
  for (size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (size_t i = t; i < count; i += threads) work(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

struct OpenSurvey {
  uint16_t port = 0;  // of the server, on 127.0.0.1
  std::string id;
  std::string id_bytes;  // domain::SurveyIdBytes
  uint16_t group = 0;    // the one issuing group
  crypto::BlindVerifyingKey key;
  std::vector<crypto::BlindingState> states;  // one for each rater
  std::vector<std::string> issue_requests;    // serialized IssueTokenRequest, in the same order
};

// Opens a survey of `raters` raters, `items` items and `prompts` prompts on `server`, which runs.
OpenSurvey OpenSurveyFor(const testing::CandordProcess& server, size_t raters, int items, int prompts);

// Sends `messages` to IssueToken, 64 in flight, and puts the blind signatures into `signatures` unless null. Ends the
// process with a message when a call fails.
LoadResult IssueTokens(uint16_t port, const std::vector<std::string>& messages,
                       std::vector<std::string>* signatures = nullptr);

// A SubmitResponseRequest for each rater, serialized: ratings that differ, and `prompts` comments of the prompts' full
// length. `signatures`: what IssueTokens gave.
std::vector<std::string> SubmissionsFor(const OpenSurvey& survey, const std::vector<std::string>& signatures, int items,
                                        int prompts);

// RunLoad of `path`, which ends the process with a message when a call fails.
LoadResult RunWhole(uint16_t port, const char* path, int in_flight, const std::vector<std::string>& messages,
                    std::vector<std::string>* replies = nullptr);

// `count` of `all` from `from` on.
std::vector<std::string> Part(const std::vector<std::string>& all, size_t from, size_t count);

}  // namespace candor::benchmark

#endif  // CANDOR_TESTS_BENCHMARK_OPEN_SURVEY_H_
