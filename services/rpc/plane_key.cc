#include "services/rpc/plane_key.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

constexpr absl::string_view kScheme = "Plane ";

}  // namespace

PlaneKey PlaneKey::Make() { return PlaneKey(crypto::SecretBytes::Random(kBytes)); }

absl::StatusOr<PlaneKey> PlaneKey::Parse(absl::string_view text) {
  absl::StatusOr<std::string> bytes = base::HexDecode(absl::StripAsciiWhitespace(text));
  if (!bytes.ok() || bytes->size() != kBytes) {
    return absl::InvalidArgumentError(absl::StrCat("must hold ", 2 * kBytes, " hexadecimal characters and nothing else"));
  }
  PlaneKey key{crypto::SecretBytes(*bytes)};
  base::Wipe(*bytes);
  return key;
}

std::string PlaneKey::Text() const { return absl::StrCat(base::HexEncode(secret_.view()), "\n"); }

std::string PlaneKey::Authorization() const { return absl::StrCat(kScheme, base::HexEncode(secret_.view())); }

absl::Status PlaneKey::Check(absl::string_view authorization) const {
  std::string right = Authorization();
  // Of hashes, so that the time tells nothing of the length either.
  const bool same = crypto::ConstantTimeEqual(crypto::Sha256(authorization), crypto::Sha256(right));
  base::Wipe(right);
  if (same) return absl::OkStatus();
  return base::Error(absl::StatusCode::kUnauthenticated, domain::reasons::kUNAUTHENTICATED_CALLER,
                     "only the identity plane calls this, with the key that both planes read from --plane-key");
}

}  // namespace candor::rpc
