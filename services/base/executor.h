// A fixed pool of threads with a bounded queue, for work that may block (disk, private-key operations).

#ifndef CANDOR_SERVICES_BASE_EXECUTOR_H_
#define CANDOR_SERVICES_BASE_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace candor::base {

class Executor {
 public:
  // Starts `threads` (>= 1) threads. At most `queue_limit` tasks wait.
  Executor(int threads, size_t queue_limit);
  // Runs what is queued, then joins.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Queues `task`. False, and the task is dropped, when the queue is full or Stop was called.
  [[nodiscard]] bool TryRun(std::function<void()> task);

  // Refuses new tasks, runs those queued, joins the threads. May be called again; not from a task.
  void Stop();

 private:
  void Work();

  const size_t queue_limit_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_EXECUTOR_H_
