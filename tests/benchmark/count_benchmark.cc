// How near counting ratings comes to reading them: 1,000,000 forms of 40 items against one plain read of the same bytes,
// and against the byte-by-byte loop that gives the same integers.
//
//   count_benchmark [forms, default 1000000] [rounds, default 9]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "services/statistics/counting.h"
#include "services/statistics/tally.h"
#include "tests/benchmark/benchmark_util.h"

namespace candor::benchmark {
namespace {

constexpr size_t kItems = 40;
constexpr int kPoints = 5;

template <typename F>
double MillisecondsOf(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Touches every byte, eight at a time in four independent sums, as fast as memory gives them.
uint64_t ReadAll(std::span<const uint8_t> bytes) {
  uint64_t sums[4] = {};
  size_t i = 0;
  for (; i + 32 <= bytes.size(); i += 32) {
    uint64_t words[4];
    std::memcpy(words, bytes.data() + i, 32);
    for (int lane = 0; lane < 4; ++lane) sums[lane] += words[lane];
  }
  for (; i < bytes.size(); ++i) sums[0] += bytes[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

int Measure(size_t forms, int rounds) {
  std::vector<uint8_t> rows(forms * kItems);
  std::mt19937 random(1);
  for (uint8_t& code : rows) {
    const uint32_t draw = random() % 16;
    code = static_cast<uint8_t>(draw == 0 ? statistics::kBlank
                                          : draw == 1 ? statistics::kNotObserved : 1 + draw % kPoints);
  }
  std::vector<int64_t> counts(kItems * (kPoints + 2)), plain_counts(counts.size());
  std::vector<double> kernel, plain, read;
  uint64_t sink = 0;
  for (int round = 0; round < rounds; ++round) {
    counts.assign(counts.size(), 0);
    plain_counts.assign(plain_counts.size(), 0);
    bool valid = true;
    read.push_back(MillisecondsOf([&] { sink += ReadAll(rows); }));
    kernel.push_back(
        MillisecondsOf([&] { valid &= statistics::CountForms(rows, forms, kItems, kPoints, counts); }));
    plain.push_back(
        MillisecondsOf([&] { valid &= statistics::CountFormsPlainly(rows, forms, kItems, kPoints, plain_counts); }));
    if (!valid || counts != plain_counts) {
      std::fprintf(stderr, "count_benchmark: the kernel and the plain loop differ\n");
      return 1;
    }
  }
  PrintResult("count: kernel against a read of the same bytes", Median(kernel), Median(read), "ms", 2, true);
  PrintResult("count: kernel against the plain loop", Median(kernel), Median(plain), "ms", 0.5, true);
  return sink == 0 ? 1 : 0;  // keeps the reads from being left out
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  const long forms = argc > 1 ? std::atol(argv[1]) : 1000000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  if (forms < 1 || forms > 100000000 || rounds < 1 || rounds > 1000) {
    std::fprintf(stderr, "usage: count_benchmark [forms] [rounds]\n");
    return 2;
  }
  return candor::benchmark::Measure(static_cast<size_t>(forms), rounds);
}
