// Closing keys that stewards have sent, for as long as they are needed.

#ifndef CANDOR_SERVICES_COLLECTION_STEWARD_KEYS_H_
#define CANDOR_SERVICES_COLLECTION_STEWARD_KEYS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/crypto/secret_bytes.h"

namespace candor::collection {

// In locked memory and nowhere else: what is here is gone with the process, and must be sent again. May be used from many
// threads at once. A key is overwritten when the last who uses it lets go.
class StewardKeys {
 public:
  using Key = std::shared_ptr<const crypto::SecretBytes>;

  void Put(const std::string& public_key, crypto::SecretBytes secret_key) {
    auto key = std::make_shared<const crypto::SecretBytes>(std::move(secret_key));
    absl::MutexLock lock(&mutex_);
    keys_[public_key] = std::move(key);
  }
  // Null: it is not here.
  Key Find(const std::string& public_key) {
    absl::MutexLock lock(&mutex_);
    const auto found = keys_.find(public_key);
    return found == keys_.end() ? nullptr : found->second;
  }
  void Drop(const std::string& public_key) {
    absl::MutexLock lock(&mutex_);
    keys_.erase(public_key);
  }
  void DropAll() {
    absl::MutexLock lock(&mutex_);
    keys_.clear();
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, Key> keys_ ABSL_GUARDED_BY(mutex_);  // by public half
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_STEWARD_KEYS_H_
