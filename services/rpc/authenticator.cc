#include "services/rpc/authenticator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

constexpr absl::string_view kBearer = "Bearer ";
constexpr size_t kLongestSecret = 256;

absl::Status NotAuthenticated(absl::string_view message) {
  return base::Error(absl::StatusCode::kUnauthenticated, domain::reasons::kUNAUTHENTICATED_CALLER, message);
}

}  // namespace

Authenticator::Authenticator(Lookup lookup, size_t most_remembered)
    : lookup_(std::move(lookup)), most_remembered_(most_remembered) {}

absl::Status Authenticator::CheckForm(absl::string_view authorization) {
  if (authorization.empty()) {
    return NotAuthenticated("this method needs a key; send it as `authorization: Bearer <key>`");
  }
  const absl::string_view secret = authorization.substr(std::min(kBearer.size(), authorization.size()));
  if (!absl::StartsWithIgnoreCase(authorization, kBearer) || secret.empty() || secret.size() > kLongestSecret) {
    return NotAuthenticated("not a valid key; ask your administrator for a new one");
  }
  return absl::OkStatus();
}

absl::StatusOr<identity::Caller> Authenticator::Authenticate(absl::string_view authorization) {
  CANDOR_RETURN_IF_ERROR(CheckForm(authorization));
  const absl::string_view secret = authorization.substr(kBearer.size());
  const std::string hash = crypto::Sha256(secret);
  uint64_t epoch = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto known = callers_.find(hash); known != callers_.end()) return known->second;
    epoch = epoch_;
  }
  absl::StatusOr<identity::Caller> caller = lookup_(secret);
  absl::MutexLock lock(&mutex_);
  if (absl::IsUnauthenticated(caller.status())) let_in_.erase(hash);
  if (caller.ok() && epoch == epoch_) {
    if (callers_.size() >= most_remembered_) ForgetCallers();
    callers_.insert_or_assign(hash, *caller);
  }
  return caller;
}

std::optional<identity::Caller> Authenticator::FindRemembered(absl::string_view authorization) {
  if (!CheckForm(authorization).ok()) return std::nullopt;
  const std::string hash = crypto::Sha256(authorization.substr(kBearer.size()));
  absl::MutexLock lock(&mutex_);
  const auto known = callers_.find(hash);
  if (known == callers_.end()) return std::nullopt;
  return known->second;
}

bool Authenticator::WasLetIn(absl::string_view authorization) {
  if (!CheckForm(authorization).ok()) return false;
  const std::string hash = crypto::Sha256(authorization.substr(kBearer.size()));
  absl::MutexLock lock(&mutex_);
  return callers_.contains(hash) || let_in_.contains(hash);
}

void Authenticator::Forget() {
  absl::MutexLock lock(&mutex_);
  ++epoch_;
  ForgetCallers();
}

void Authenticator::ForgetCallers() {
  if (let_in_.size() + callers_.size() > most_remembered_) let_in_.clear();
  for (const auto& [hash, caller] : callers_) let_in_.insert(hash);
  callers_.clear();
}

}  // namespace candor::rpc
