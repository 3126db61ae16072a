// How near closing comes to what it cannot do without: 1,000,000 sealed answers of 40 items against decrypting them,
// reading their rows, and counting the ratings, each alone.
//
//   closing_benchmark [answers, default 1000000] [rounds, default 5] [bytes of comments, default 0]
//
// Closing is Collection::CloseSurvey on real SQLite: stopping, opening, counting, ledger, result, one durable
// transaction, destroying. Each round closes a survey of its own, laid out and filled before. Medians; one JSON line
// for the ratio, one for the memory that closing added to the process at most, against the leaves and the ledger, which
// it must hold.

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

template <typename F>
double SecondsOf(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
double LimitSeconds(const FilledSurvey& survey, const std::string& data_folder) {
  auto store = Must(storage::sqlite::SqliteResponseStore::Open(data_folder));
  auto answers = Must(store->OpenAnswers(survey.id));
  uint64_t sink = 0;
  const double scan = SecondsOf([&] {
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
  const double decryption = SecondsOf([&] {
    for (int64_t i = 0; i < survey.answers; ++i) sink += crypto::OpenRecord(survey.data_key, record, bound)->size();
  });
  std::vector<uint8_t> rows(static_cast<size_t>(survey.answers) * kItems, 3);
  std::vector<int64_t> counts(kItems * (5 + 2));
  bool valid = false;
  const double kernel =
      SecondsOf([&] { valid = statistics::CountForms(rows, static_cast<size_t>(survey.answers), kItems, 5, counts); });
  if (!valid || sink == 0) std::abort();
  std::fprintf(stderr, "limit: rows %.2f s, decryption %.2f s, kernel %.3f s\n", scan, decryption, kernel);
  return scan + decryption + kernel;
}

int Measure(int64_t answers, int rounds, int comment_bytes) {
  std::vector<double> ours, limit, memory, needed;
  for (int round = 0; round < rounds; ++round) {
    std::fprintf(stderr, "round %d of %d: filling a survey with %lld answers\n", round + 1, rounds,
                 static_cast<long long>(answers));
    const testing::TempFolder folder;
    const std::string data = folder.path() + "/data";
    const FilledSurvey survey = FillSurvey(data, answers, kItems, comment_bytes);
    limit.push_back(LimitSeconds(survey, data));

    base::SystemClock clock;
    collection::CollectionOptions options;
    options.keys_folder = data + "/keys";
    const auto collection =
        Must(collection::Collection::Start(Must(storage::sqlite::SqliteResponseStore::Open(data)), &clock, options));
    ResetPeak();
    const double before = PeakBytes();
    size_t ledger_bytes = 0;
    ours.push_back(SecondsOf([&] { ledger_bytes = Must(collection->CloseSurvey(survey.close_order)).ledger.size(); }));
    memory.push_back(PeakBytes() - before);
    needed.push_back(static_cast<double>(answers) * crypto::kSha256Bytes + static_cast<double>(ledger_bytes));
    std::fprintf(stderr, "closing: %.2f s, memory %.0f MB, ledger %.0f MB\n", ours.back(), memory.back() / 1e6,
                 static_cast<double>(ledger_bytes) / 1e6);
  }
  PrintResult("closing: against decryption, row scan and kernel alone", Median(ours), Median(limit), "s", 3, true);
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
