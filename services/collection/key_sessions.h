// Sessions of those who hold a key that a manifest names: moderators and auditors. They have no account on this plane; they
// show who they are by opening what is sealed to their key.

#ifndef CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_
#define CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"

namespace candor::collection {

inline constexpr absl::Duration kSessionLength = absl::Minutes(30);
inline constexpr size_t kSessionBytes = 32;

enum class KeyRole : int { kModerator = 1, kAuditor = 2 };

// Nothing is kept of a session: its secret says whose it is and when it ends, under a key of this process alone, with which
// all of them end. So however many anybody asks for, they take no memory and push out nobody's. May be called from many
// threads at once.
class KeySessions {
 public:
  // `clock` outlives the object.
  explicit KeySessions(base::Clock* clock) : clock_(*clock), key_(crypto::SecretBytes::Random(kSessionBytes)) {}

  // A new session of the manifest's holder: its secret, sealed to the holder's key. `index`: among the moderators; 0 for the
  // auditor. INVALID_ARGUMENT, FIELD_INVALID: the manifest names no such holder.
  absl::StatusOr<std::string> Start(const domain::Manifest& manifest, KeyRole role, int index);

  // The index of the holder whose session has this secret. UNAUTHENTICATED, SESSION_UNKNOWN: there is none of this role in
  // this survey, or it is over; one message for all.
  absl::StatusOr<int> Check(absl::string_view secret, const domain::SurveyId& survey, KeyRole role);

 private:
  // What makes `claims` a session of this role in this survey.
  std::string Seal(absl::string_view claims, const domain::SurveyId& survey, KeyRole role) const;

  base::Clock& clock_;
  const crypto::SecretBytes key_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_KEY_SESSIONS_H_
