// Sealing between two people who know each other by their public keys alone, and to several at once. Every function may be
// called from many threads at once.

#ifndef CANDOR_SERVICES_CRYPTO_SEAL_BETWEEN_H_
#define CANDOR_SERVICES_CRYPTO_SEAL_BETWEEN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/sealing.h"
#include "services/crypto/secret_bytes.h"
#include "services/crypto/signing.h"

namespace candor::crypto {

inline constexpr size_t kBetweenOverheadBytes = 40;  // nonce (24) and tag (16)

// Whether something can be sealed to this Ed25519 key: 32 bytes, a point of the curve's main subgroup.
bool CanSealToSigningKey(absl::string_view public_key);

// Seals `bytes` from the holder of an X25519 key to the holder of an Ed25519 key, whose X25519 form is got by the birational
// map: nonce (24, random) || crypto_box_easy of libsodium (X25519, XSalsa20-Poly1305); size + kBetweenOverheadBytes long.
// Both can open it, and whoever can knows that one of the two has sealed it. The result names neither.
// INVALID_ARGUMENT: the public key is none that can be sealed to; the secret key is not 32 bytes.
absl::StatusOr<std::string> SealBetween(const SecretBytes& from_secret_key, absl::string_view to_public_key,
                                        absl::string_view bytes);

// What the holder of `from_public_key` (X25519) has sealed to `to`; empty: it was sealed by or to somebody else, or altered.
std::optional<std::string> OpenBetween(absl::string_view from_public_key, const SigningKey& to, absl::string_view sealed);

// Seals `bytes` so that the holder of each of `public_keys` (X25519) can open it, and nobody else, the sealer included:
// a data key of its own, sealed to each key in turn (SealToKey), then the record under it (SealRecord), bound to all that
// comes before it. Of one length for so many keys and bytes. INVALID_ARGUMENT: a key that cannot be sealed to; no key.
absl::StatusOr<std::string> SealToKeys(const std::vector<std::string>& public_keys, absl::string_view bytes);

// How long that is.
size_t SealedToKeysBytes(size_t keys, size_t bytes);

// The bytes that were sealed to `keys` keys, of which the `index`-th is `pair`'s. INVALID_ARGUMENT: another pair, altered or
// cut: these cannot be told apart.
absl::StatusOr<std::string> OpenSealedToKeys(const ClosingKeyPair& pair, size_t index, size_t keys,
                                             absl::string_view sealed);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SEAL_BETWEEN_H_
