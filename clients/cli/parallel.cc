#include "clients/cli/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace candor::cli {

absl::Status ForEach(size_t count, int threads, const std::function<absl::Status(size_t)>& work) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  absl::Mutex mutex;
  absl::Status first;
  const auto run = [&] {
    while (!failed.load()) {
      const size_t i = next.fetch_add(1);
      if (i >= count) return;
      const absl::Status status = work(i);
      if (!status.ok()) {
        failed.store(true);
        absl::MutexLock lock(&mutex);
        first.Update(status);
      }
    }
  };
  std::vector<std::thread> workers;
  const size_t wanted = std::min(count, static_cast<size_t>(std::max(threads, 1)));
  for (size_t i = 1; i < wanted; ++i) workers.emplace_back(run);
  run();
  for (std::thread& worker : workers) worker.join();
  return first;
}

}  // namespace candor::cli
