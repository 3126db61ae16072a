// One lock for each name, made when wanted.

#ifndef CANDOR_SERVICES_COLLECTION_KEYED_LOCK_H_
#define CANDOR_SERVICES_COLLECTION_KEYED_LOCK_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"

namespace candor::collection {

// Holders of different names do not wait for each other. May be used from many threads at once; not recursive.
class KeyedLock {
 public:
  class Holder {
   public:
    Holder(KeyedLock* lock, std::string name) : lock_(lock), name_(std::move(name)) { lock_->Acquire(name_); }
    ~Holder() { lock_->Release(name_); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

   private:
    KeyedLock* const lock_;
    const std::string name_;
  };

 private:
  void Acquire(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    const auto free = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !held_.contains(name); };
    mutex_.Await(absl::Condition(&free));
    held_.insert(name);
  }
  void Release(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    held_.erase(name);
  }

  absl::Mutex mutex_;
  absl::flat_hash_set<std::string> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_KEYED_LOCK_H_
