// A point that everything durable passes, and that can be shut after any number of passages: what happens then is what a
// crash at that moment leaves behind.

#ifndef CANDOR_TESTS_IDENTITY_GATE_H_
#define CANDOR_TESTS_IDENTITY_GATE_H_

#include <atomic>
#include <functional>
#include <limits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "storage/identity_store.h"

namespace candor::identity {

class Gate {
 public:
  // Whether the caller may go on.
  bool Pass() { return passed_.fetch_add(1) < limit_; }
  // From now on lets `passages` through, then none.
  void ShutAfter(int passages) {
    passed_ = 0;
    limit_ = passages;
  }
  void Open() { ShutAfter(std::numeric_limits<int>::max()); }
  // Passages tried since it was last opened or told to shut.
  int passed() const { return passed_; }
  bool shut() const { return passed_ > limit_; }

 private:
  std::atomic<int> passed_ = 0;
  std::atomic<int> limit_ = std::numeric_limits<int>::max();
};

// A store whose writes pass a gate before they begin and after they are committed.
class GatedStore : public storage::IdentityStore {
 public:
  GatedStore(storage::IdentityStore* store, Gate* gate) : store_(*store), gate_(*gate) {}

  absl::Status Read(const std::function<absl::Status(storage::ReadTransaction&)>& body) override {
    return store_.Read(body);
  }
  absl::Status Write(const std::function<absl::Status(storage::WriteTransaction&)>& body) override {
    if (!gate_.Pass()) return Gone();
    if (const auto meanwhile = TakeMeanwhile(); meanwhile != nullptr) meanwhile();
    const absl::Status status = store_.Write(body);
    if (!status.ok()) return status;
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }
  uint64_t revision() const override { return store_.revision(); }
  absl::Status Forget() override {
    if (!gate_.Pass() || forgets_left == 0) return Gone();
    --forgets_left;
    return store_.Forget();
  }

  // Runs `meanwhile` once, in the thread that writes next and just before it does: what others do between the moment when
  // something was decided and its commit. It may write, too.
  void BeforeNextWrite(std::function<void()> meanwhile) {
    absl::MutexLock lock(&mutex_);
    meanwhile_ = std::move(meanwhile);
  }

  int forgets_left = 1'000'000;

 private:
  std::function<void()> TakeMeanwhile() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(meanwhile_, nullptr);
  }
  static absl::Status Gone() { return absl::UnavailableError("the store does not answer"); }

  storage::IdentityStore& store_;
  Gate& gate_;
  absl::Mutex mutex_;
  std::function<void()> meanwhile_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::identity

#endif  // CANDOR_TESTS_IDENTITY_GATE_H_
