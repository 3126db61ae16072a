// Who calls: the key in a call's metadata, looked up in the directory.

#ifndef CANDOR_SERVICES_RPC_AUTHENTICATOR_H_
#define CANDOR_SERVICES_RPC_AUTHENTICATOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/identity/caller.h"

namespace candor::rpc {

// Remembers callers by their key's hash until the directory changes. May be called from many threads at once.
class Authenticator {
 public:
  // The directory's answer for a secret (identity::Directory::Authenticate).
  using Lookup = std::function<absl::StatusOr<identity::Caller>(absl::string_view secret)>;

  explicit Authenticator(Lookup lookup, size_t most_remembered = 10'000);

  // Whether `authorization` can be a key at all, without looking it up: the codes of Authenticate.
  static absl::Status CheckForm(absl::string_view authorization);

  // `authorization`: the value of that header, "Bearer <secret>"; the word in any case. UNAUTHENTICATED,
  // UNAUTHENTICATED_CALLER: none, of another kind, or not a valid key; one message for all but the first.
  absl::StatusOr<identity::Caller> Authenticate(absl::string_view authorization);

  // The caller if they are remembered; unset: Authenticate knows. Never waits for the directory.
  std::optional<identity::Caller> FindRemembered(absl::string_view authorization);

  // Whether the key was let in when it was last looked up, also where the caller has been forgotten since: nobody guesses it.
  // It may be void by now, which Authenticate finds. Never waits for the directory.
  bool WasLetIn(absl::string_view authorization);

  // Forgets everybody: to be called after every change of people and keys, before it is acknowledged. A look-up under
  // way at that moment is not remembered. That a key was once let in is kept.
  void Forget();

 private:
  void ForgetCallers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Lookup lookup_;
  const size_t most_remembered_;
  absl::Mutex mutex_;
  uint64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, identity::Caller> callers_ ABSL_GUARDED_BY(mutex_);
  // Hashes of keys that were let in and whose callers have been forgotten since; at most `most_remembered_`.
  absl::flat_hash_set<std::string> let_in_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_AUTHENTICATOR_H_
