// Replies that were encoded once and are given again as they are.
//
// A reply is kept for one caller and one request, and only for as long as nothing at all has been written in the identity
// plane: a report that names somebody is built anew after that person was deleted, and whether the caller may read it is
// decided anew after any change of people, roles or states.

#ifndef CANDOR_SERVICES_RPC_ENCODED_REPLIES_H_
#define CANDOR_SERVICES_RPC_ENCODED_REPLIES_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/identity/caller.h"

namespace candor::rpc {

// May be called from many threads at once. What is given out lives on while somebody holds it.
class EncodedReplies {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  // Longest request that a reply is kept for, in bytes.
  static constexpr size_t kLongestRequest = 1024;

  // Keeps at most `most_bytes` of keys and replies; what was least recently asked for goes first.
  explicit EncodedReplies(size_t most_bytes) : most_bytes_(most_bytes) {}

  // What a reply is kept under: all that the answer depends on beside the store. Callers with other roles are others.
  static std::string KeyOf(absl::string_view method, const identity::Caller& caller, absl::string_view request);

  // Null when there is none from this very revision of the store.
  Bytes Find(const std::string& key, uint64_t revision);

  // `revision`: the store's before anything of the reply was read, the caller's right to it included.
  void Keep(std::string key, uint64_t revision, Bytes reply);

  // Lets go of what no call will be given any more. To be called now and then.
  void DropStale(uint64_t revision);

 private:
  using Entries = std::list<std::pair<std::string, Bytes>>;

  // Forgets all that is of another revision.
  void Roll(uint64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t most_bytes_;
  absl::Mutex mutex_;
  uint64_t revision_ ABSL_GUARDED_BY(mutex_) = 0;  // of all entries
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // the most recently asked for first
  absl::flat_hash_map<std::string, Entries::iterator> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_ENCODED_REPLIES_H_
