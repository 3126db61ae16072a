// Makes issuing keys ahead of time, in threads of low priority, so that opening does not wait for them.

#ifndef CANDOR_SERVICES_IDENTITY_KEY_POOL_H_
#define CANDOR_SERVICES_IDENTITY_KEY_POOL_H_

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/identity/key_store.h"

namespace candor::identity {

// May be called from many threads at once.
class KeyPool {
 public:
  struct Options {
    int bits = 2048;    // of every new issuing key: 2048 or 3072
    int threads = 1;    // 0: keys are made only when they are needed
    int reserve = 4;    // ready keys kept beyond those that drafts need
    int most = 20'000;  // ready keys at the most
  };

  KeyPool(KeyStore* keys, const Options& options);
  // Waits for the keys in making.
  ~KeyPool();
  KeyPool(const KeyPool&) = delete;
  KeyPool& operator=(const KeyPool&) = delete;

  int bits() const { return options_.bits; }

  // So many more keys (fewer, when negative) are needed by drafts.
  void AddDemand(int keys);

  // Keys still to be made for the drafts there are.
  int Missing();

 private:
  void Work();
  bool ShouldMake() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  KeyStore& keys_;
  const Options options_;
  absl::Mutex mutex_;
  int demand_ ABSL_GUARDED_BY(mutex_) = 0;
  int making_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;  // the folder could not be written: wait for the next demand
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_KEY_POOL_H_
