// A bound on what callers who have shown no key leave lying here by not reading it.

#ifndef CANDOR_SERVICES_RPC_REPLY_BUDGET_H_
#define CANDOR_SERVICES_RPC_REPLY_BUDGET_H_

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace candor::rpc {

// Counts the bytes of replies that are handed to the transport and not sent yet. May be used from many threads at once.
class ReplyBudget {
 public:
  // At most `most` bytes at a time; replies of up to `small` bytes are not counted, since the call itself takes as much.
  ReplyBudget(size_t most, size_t small) : most_(most), small_(small) {}

  // False, and nothing is taken: there is no room. What is taken is given back with the same number.
  [[nodiscard]] bool TryTake(size_t bytes) {
    if (bytes <= small_) return true;
    absl::MutexLock lock(&mutex_);
    if (bytes > most_ - taken_) return false;
    taken_ += bytes;
    return true;
  }
  void GiveBack(size_t bytes) {
    if (bytes <= small_) return;
    absl::MutexLock lock(&mutex_);
    taken_ -= bytes;
  }

 private:
  const size_t most_;
  const size_t small_;
  absl::Mutex mutex_;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;  // never above most_
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_REPLY_BUDGET_H_
