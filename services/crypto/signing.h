// Ed25519 signatures (RFC 8032): manifests, receipts, ledgers.
//
// Everything signed starts with a tag of its own kind ("candor-receipt-v1", ...), so that no signature of one kind can
// pass for another.

#ifndef CANDOR_SERVICES_CRYPTO_SIGNING_H_
#define CANDOR_SERVICES_CRYPTO_SIGNING_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"

namespace candor::crypto {

inline constexpr size_t kSigningSeedBytes = 32;
inline constexpr size_t kSigningPublicKeyBytes = 32;
inline constexpr size_t kSignatureBytes = 64;

// A key pair. Movable, not copyable; const methods may be called from many threads at once.
class SigningKey {
 public:
  static SigningKey Generate();
  // The pair that seed() gave; the seed is what a key file holds.
  // INVALID_ARGUMENT: not 32 bytes.
  static absl::StatusOr<SigningKey> FromSeed(absl::string_view seed);

  const SecretBytes& seed() const { return seed_; }
  const std::string& public_key() const { return public_key_; }

  // 64 bytes; the same for the same message.
  std::string Sign(absl::string_view message) const;

 private:
  explicit SigningKey(SecretBytes seed);

  SecretBytes seed_;
  SecretBytes expanded_;  // seed || public key, as libsodium signs with
  std::string public_key_;
};

// Whether `signature` is `public_key`'s signature of `message`. False for every other input, of whatever length.
bool VerifySignature(absl::string_view public_key, absl::string_view message, absl::string_view signature);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SIGNING_H_
