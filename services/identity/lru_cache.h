// A bounded map from keys to shared values that forgets what was least recently used.

#ifndef CANDOR_SERVICES_IDENTITY_LRU_CACHE_H_
#define CANDOR_SERVICES_IDENTITY_LRU_CACHE_H_

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace candor::identity {

// May be called from many threads at once. A value lives on while somebody holds it.
template <typename Key, typename Value>
class LruCache {
 public:
  // Keeps at most `capacity` (>= 1) values.
  explicit LruCache(size_t capacity) : capacity_(capacity) {}

  // Null when there is none.
  std::shared_ptr<const Value> Find(const Key& key) {
    absl::MutexLock lock(&mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void Insert(const Key& key, std::shared_ptr<const Value> value) {
    absl::MutexLock lock(&mutex_);
    if (const auto found = places_.find(key); found != places_.end()) {
      entries_.erase(found->second);
      places_.erase(found);
    }
    entries_.emplace_front(key, std::move(value));
    places_[key] = entries_.begin();
    if (entries_.size() > capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
  }

  // Forgets the values whose keys `matches`.
  void EraseIf(const std::function<bool(const Key&)>& matches) {
    absl::MutexLock lock(&mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      if (matches(entry->first)) {
        places_.erase(entry->first);
        entry = entries_.erase(entry);
      } else {
        ++entry;
      }
    }
  }

 private:
  using Entries = std::list<std::pair<Key, std::shared_ptr<const Value>>>;

  const size_t capacity_;
  absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // the most recently used first
  std::map<Key, typename Entries::iterator> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_LRU_CACHE_H_
