#include "services/identity/key_pool.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "services/base/log.h"

namespace candor::identity {

KeyPool::KeyPool(KeyStore* keys, const Options& options) : keys_(*keys), options_(options) {
  threads_.reserve(static_cast<size_t>(options_.threads));
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

KeyPool::~KeyPool() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

void KeyPool::AddDemand(int keys) {
  absl::MutexLock lock(&mutex_);
  demand_ = std::max(0, demand_ + keys);
  failed_ = false;
}

int KeyPool::Missing() {
  const int ready = keys_.CountReady(options_.bits);
  absl::MutexLock lock(&mutex_);
  return std::max(0, demand_ - ready);
}

bool KeyPool::ShouldMake() const {
  if (failed_) return false;
  const int wanted = std::min(options_.most, demand_ + options_.reserve);
  return keys_.CountReady(options_.bits) + making_ < wanted;
}

void KeyPool::Work() {
  // Linux gives every thread a priority of its own: whoever answers a call comes first.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 19);
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || ShouldMake(); };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      // Keys are also taken without this object's knowing, so it looks again now and then.
      while (!mutex_.AwaitWithTimeout(absl::Condition(&ready), absl::Milliseconds(500))) {
      }
      if (stopping_) return;
      ++making_;
    }
    const absl::Status status = keys_.AddReady(options_.bits);
    absl::MutexLock lock(&mutex_);
    --making_;
    if (!status.ok()) {
      failed_ = true;
      base::Log(base::LogLevel::kWarning, "a key could not be made ahead", {{"detail", std::string(status.message())}});
    }
  }
}

}  // namespace candor::identity
