#include "services/collection/key_sessions.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/number_bytes.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace {

// A secret: index(2) || end(6, milliseconds of steady time) || random(8) || the first 16 bytes of the seal over these.
constexpr size_t kIndexBytes = 2, kEndBytes = 6, kNonceBytes = 8;
constexpr size_t kClaimBytes = kIndexBytes + kEndBytes + kNonceBytes;
constexpr size_t kSealBytes = kSessionBytes - kClaimBytes;
constexpr absl::string_view kTag = "candor-session-v1";

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
  std::string secret;
  secret.reserve(kSessionBytes);
  AppendNumber(static_cast<uint64_t>(index), kIndexBytes, secret);
  AppendNumber(static_cast<uint64_t>(absl::ToInt64Milliseconds(clock_.Steady() + kSessionLength)), kEndBytes, secret);
  secret += base::RandomBytes(kNonceBytes);
  secret += Seal(secret, manifest.survey, role);
  absl::StatusOr<std::string> sealed = crypto::SealToKey(key->public_key, secret);
  base::Wipe(secret);
  return sealed;
}

absl::StatusOr<int> KeySessions::Check(absl::string_view secret, const domain::SurveyId& survey, KeyRole role) {
  if (secret.size() != kSessionBytes) return Unknown();
  const absl::string_view claims = secret.substr(0, kClaimBytes);
  if (!crypto::ConstantTimeEqual(secret.substr(kClaimBytes), Seal(claims, survey, role))) return Unknown();
  const uint64_t end = NumberOf(claims.substr(kIndexBytes, kEndBytes));
  if (absl::ToInt64Milliseconds(clock_.Steady()) >= static_cast<int64_t>(end)) return Unknown();
  return static_cast<int>(NumberOf(claims.substr(0, kIndexBytes)));
}

std::string KeySessions::Seal(absl::string_view claims, const domain::SurveyId& survey, KeyRole role) const {
  // All but the survey's id is of one length.
  std::string message = absl::StrCat(kTag, claims);
  AppendNumber(static_cast<uint64_t>(role), 1, message);
  absl::StrAppend(&message, survey.value());
  return crypto::HmacSha256(key_.view(), message).substr(0, kSealBytes);
}

}  // namespace candor::collection
