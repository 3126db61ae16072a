// Sessions of those who hold a key that a manifest names: moderators and auditors. They have no account on this plane; they
// show who they are by opening what is sealed to their key.

#ifndef CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_
#define CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_

#include <deque>
#include <map>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"

namespace candor::collection {

inline constexpr absl::Duration kSessionLength = absl::Minutes(30);
inline constexpr size_t kSessionBytes = 32;
// Of one holder in one survey, at most so many that were used, and as many that were not yet: anybody may ask for one, and
// only whoever has the key can use it, so those who cannot never push out those who can.
inline constexpr size_t kMostSessionsOfHolder = 16;

enum class KeyRole : int { kModerator = 1, kAuditor = 2 };

// They live in memory alone and end with the process. May be called from many threads at once.
class KeySessions {
 public:
  // `clock` outlives the object.
  explicit KeySessions(base::Clock* clock) : clock_(*clock) {}

  // A new session of the manifest's holder: its random secret, sealed to the holder's key. `index`: among the moderators;
  // 0 for the auditor. INVALID_ARGUMENT, FIELD_INVALID: the manifest names no such holder.
  absl::StatusOr<std::string> Start(const domain::Manifest& manifest, KeyRole role, int index);

  // The index of the holder whose session has this secret. UNAUTHENTICATED, SESSION_UNKNOWN: there is none of this role in
  // this survey, or it is over; one message for all.
  absl::StatusOr<int> Check(absl::string_view secret, const domain::SurveyId& survey, KeyRole role);

 private:
  struct Session {
    std::string hash;  // SHA-256 of the secret: the secret itself is only in its holder's hands
    absl::Duration end;
  };
  struct Holder {
    std::deque<Session> fresh, used;  // oldest first
  };
  using Key = std::tuple<std::string, KeyRole, int>;

  void DropEnded(absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Clock& clock_;
  absl::Mutex mutex_;
  std::map<Key, Holder> holders_ ABSL_GUARDED_BY(mutex_);
  absl::Duration swept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_
