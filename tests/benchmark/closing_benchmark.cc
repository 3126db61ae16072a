// How near closing comes to what it cannot do without: 1,000,000 sealed answers of 40 items against decrypting them,
// reading their rows, and counting the ratings, each alone.
//
//   closing_benchmark [answers, default 1000000] [rounds, default 5] [bytes of comments, default 0]
//
// Closing is Collection::CloseSurvey on real SQLite: stopping, opening, counting, ledger, result, one durable
// transaction, destroying. Each round closes a survey of its own, laid out and filled before. Medians; one JSON line
// for the ratio by the clock, one for that of processor time (without waiting for the disk and for other programs), one
// for the memory that closing added to the process at most, against the leaves and the ledger, which it must hold.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/clock.h"
#include "services/collection/collection.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/statistics/counting.h"
#include "storage/sqlite/response_store.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/closed_survey.h"
#include "tests/benchmark/open_survey.h"
#include "tests/support/temp_folder.h"

namespace candor::benchmark {
namespace {

constexpr int kItems = 40;

// What some work took, by the clock and of this process's processor time.
struct Taken {
  double clock_s = 0, processor_s = 0;
};

template <typename F>
Taken TimeOf(F work) {
  const auto start = std::chrono::steady_clock::now();
  const double processor = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - processor};
}

// The most memory that the process has had since ResetPeak, in bytes.
double PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) return std::strtod(line.c_str() + 6, nullptr) * 1024;
  }
  return 0;
}
void ResetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// The parts that no closing can do without, on the very answers that lie in the store.
Taken LimitOf(const FilledSurvey& survey, const std::string& data_folder) {
  auto store = Must(storage::sqlite::SqliteResponseStore::Open(data_folder));
  auto answers = Must(store->OpenAnswers(survey.id));
  uint64_t sink = 0;
  const Taken scan = TimeOf([&] {
    Must(answers->ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
      sink += static_cast<uint8_t>(sealed.back()) + static_cast<uint64_t>(slot.group);
      return absl::OkStatus();
    }));
  });
  // Decrypting alone: the same record again and again, in the cache.
  std::string sealed;
  Must(answers->ForEachAnswer([&](const storage::Slot&, absl::string_view record) {
    if (sealed.empty()) sealed = std::string(record);
    return absl::OkStatus();
  }));
  const std::string bound(70, 'b');  // as long as what an answer is bound to
  const std::string record =
      crypto::SealRecord(survey.data_key, std::string(sealed.size() - crypto::kRecordOverheadBytes, 'a'), bound);
  std::string opened;
  const Taken decryption = TimeOf([&] {
    for (int64_t i = 0; i < survey.answers; ++i) sink += crypto::OpenRecordTo(survey.data_key, record, bound, opened);
  });
  std::vector<uint8_t> rows(static_cast<size_t>(survey.answers) * kItems, 3);
  std::vector<int64_t> counts(kItems * (5 + 2));
  bool valid = false;
  const Taken kernel =
      TimeOf([&] { valid = statistics::CountForms(rows, static_cast<size_t>(survey.answers), kItems, 5, counts); });
  if (!valid || sink == 0) std::abort();
  std::fprintf(stderr, "limit: rows %.2f s, decryption %.2f s, kernel %.3f s\n", scan.clock_s, decryption.clock_s,
               kernel.clock_s);
  return {scan.clock_s + decryption.clock_s + kernel.clock_s,
          scan.processor_s + decryption.processor_s + kernel.processor_s};
}

int Measure(int64_t answers, int rounds, int comment_bytes) {
  std::vector<double> ours, limit, ours_processor, limit_processor, memory, needed;
  for (int round = 0; round < rounds; ++round) {
    std::fprintf(stderr, "round %d of %d: filling a survey with %lld answers\n", round + 1, rounds,
                 static_cast<long long>(answers));
    const testing::TempFolder folder;
    const std::string data = folder.path() + "/data";
    const FilledSurvey survey = FillSurvey(data, answers, kItems, comment_bytes);
    const Taken least = LimitOf(survey, data);
    limit.push_back(least.clock_s);
    limit_processor.push_back(least.processor_s);

    base::SystemClock clock;
    collection::CollectionOptions options;
    options.keys_folder = data + "/keys";
    const auto collection =
        Must(collection::Collection::Start(Must(storage::sqlite::SqliteResponseStore::Open(data)), &clock, options));
    ResetPeak();
    const double before = PeakBytes();
    size_t ledger_bytes = 0;
    const Taken closing =
        TimeOf([&] { ledger_bytes = Must(collection->CloseSurvey(survey.close_order)).ledger.size(); });
    ours.push_back(closing.clock_s);
    ours_processor.push_back(closing.processor_s);
    memory.push_back(PeakBytes() - before);
    needed.push_back(static_cast<double>(answers) * crypto::kSha256Bytes + static_cast<double>(ledger_bytes));
    std::fprintf(stderr, "closing: %.2f s (%.2f s of the processor), memory %.0f MB, ledger %.0f MB\n", ours.back(),
                 ours_processor.back(), memory.back() / 1e6, static_cast<double>(ledger_bytes) / 1e6);
  }
  PrintResult("closing: against decryption, row scan and kernel alone", Median(ours), Median(limit), "s", 3, true);
  PrintResult("closing: the same by processor time", Median(ours_processor), Median(limit_processor), "s", 3, true);
  PrintResult("closing: memory added against leaves and ledger", Median(memory), Median(needed), "bytes", 5, true);
  return 0;
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  const int64_t answers = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  const int comment_bytes = argc > 3 ? std::atoi(argv[3]) : 0;
  if (answers < 1000 || answers > 1'000'000 || rounds < 1 || rounds > 20 || comment_bytes < 0 || comment_bytes > 4000) {
    std::fprintf(stderr,
                 "usage: closing_benchmark [answers, 1000 to 1000000] [rounds, 1 to 20] [comments, 0 to 4000 bytes]\n");
    return 2;
  }
  return candor::benchmark::Measure(answers, rounds, comment_bytes);
}
