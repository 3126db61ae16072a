#include "services/collection/key_sessions.h"

#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace {

// Ended sessions are looked for at most so often, and dropped.
constexpr absl::Duration kSweep = absl::Minutes(1);

absl::Status Unknown() {
  return base::Error(absl::StatusCode::kUnauthenticated, domain::reasons::kSESSION_UNKNOWN,
                     "there is no such session, or it is over; start another with your key");
}

}  // namespace

absl::StatusOr<std::string> KeySessions::Start(const domain::Manifest& manifest, KeyRole role, int index) {
  const domain::ModeratorKey* key = nullptr;
  if (role == KeyRole::kModerator && index >= 0 && static_cast<size_t>(index) < manifest.moderators.size()) {
    key = &manifest.moderators[static_cast<size_t>(index)];
  } else if (role == KeyRole::kAuditor && index == 0 && manifest.auditor.has_value()) {
    key = &*manifest.auditor;
  }
  if (key == nullptr) {
    return domain::errors::InvalidField("index", "the survey's manifest names no such moderator or auditor");
  }
  const crypto::SecretBytes secret = crypto::SecretBytes::Random(kSessionBytes);
  CANDOR_ASSIGN_OR_RETURN(std::string sealed, crypto::SealToKey(key->public_key, secret.view()));
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Steady();
  DropEnded(now);
  std::deque<Session>& fresh = holders_[{manifest.survey.value(), role, index}].fresh;
  if (fresh.size() == kMostSessionsOfHolder) fresh.pop_front();
  fresh.push_back({crypto::Sha256(secret.view()), now + kSessionLength});
  return sealed;
}

absl::StatusOr<int> KeySessions::Check(absl::string_view secret, const domain::SurveyId& survey, KeyRole role) {
  if (secret.size() != kSessionBytes) return Unknown();
  // Whoever guesses gains nothing from how long the comparison takes: it is of hashes.
  const std::string hash = crypto::Sha256(secret);
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_.Steady();
  for (auto holder = holders_.lower_bound({survey.value(), role, 0});
       holder != holders_.end() && std::get<0>(holder->first) == survey.value() && std::get<1>(holder->first) == role;
       ++holder) {
    const int index = std::get<2>(holder->first);
    for (const Session& session : holder->second.used) {
      if (session.hash == hash) return now < session.end ? absl::StatusOr<int>(index) : Unknown();
    }
    std::deque<Session>& fresh = holder->second.fresh;
    for (auto session = fresh.begin(); session != fresh.end(); ++session) {
      if (session->hash != hash) continue;
      if (now >= session->end) return Unknown();
      std::deque<Session>& used = holder->second.used;
      if (used.size() == kMostSessionsOfHolder) used.pop_front();
      used.push_back(std::move(*session));
      fresh.erase(session);
      return index;
    }
  }
  return Unknown();
}

void KeySessions::DropEnded(absl::Duration now) {
  if (now < swept_ + kSweep) return;
  swept_ = now;
  for (auto holder = holders_.begin(); holder != holders_.end();) {
    for (std::deque<Session>* sessions : {&holder->second.fresh, &holder->second.used}) {
      std::erase_if(*sessions, [&](const Session& session) { return now >= session.end; });
    }
    const bool empty = holder->second.fresh.empty() && holder->second.used.empty();
    holder = empty ? holders_.erase(holder) : std::next(holder);
  }
}

}  // namespace candor::collection
