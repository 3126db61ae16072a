// Sealing: what only the holder of a key can open. Every function may be called from many threads at once.

#ifndef CANDOR_SERVICES_CRYPTO_SEALING_H_
#define CANDOR_SERVICES_CRYPTO_SEALING_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"

namespace candor::crypto {

inline constexpr size_t kClosingKeyBytes = 32;     // X25519, either half
inline constexpr size_t kSealOverheadBytes = 48;   // ephemeral public key (32) and tag (16)
inline constexpr size_t kDataKeyBytes = 32;        // XChaCha20-Poly1305
inline constexpr size_t kRecordOverheadBytes = 40; // nonce (24) and tag (16)

// A pair for sealed boxes: closing keys and moderators' keys.
struct ClosingKeyPair {
  std::string public_key;  // 32 bytes
  SecretBytes secret_key;  // 32 bytes

  static ClosingKeyPair Generate();
  // The pair that `secret_key` belongs to; compare `public_key` to tell a wrong key before anything is opened.
  // INVALID_ARGUMENT: not 32 bytes.
  static absl::StatusOr<ClosingKeyPair> FromSecretKey(absl::string_view secret_key);
};

// Seals `bytes` (X25519, XSalsa20-Poly1305: crypto_box_seal of libsodium) so that not even the sealer can open them
// again; size + kSealOverheadBytes long. Two seals of the same bytes share nothing.
// INVALID_ARGUMENT: `public_key` is not 32 bytes or not a usable point.
absl::StatusOr<std::string> SealToKey(absl::string_view public_key, absl::string_view bytes);

// The bytes that SealToKey sealed.
// INVALID_ARGUMENT: a key of a wrong length, another pair, or altered bytes: these cannot be told apart.
absl::StatusOr<SecretBytes> OpenSealed(absl::string_view public_key, const SecretBytes& secret_key,
                                       absl::string_view sealed);

// A new random data key.
inline SecretBytes NewDataKey() { return SecretBytes::Random(kDataKeyBytes); }

// nonce (24, random) || XChaCha20-Poly1305 ciphertext: size + kRecordOverheadBytes long, bound to `aad`, which is not
// in it. The result names no key. `data_key` is 32 bytes, an invariant of the caller.
std::string SealRecord(const SecretBytes& data_key, absl::string_view plaintext, absl::string_view aad);

// The plaintext; empty under another key, with another `aad`, or when altered or cut: these cannot be told apart. Not
// an error in itself, as closing tries the key of each run in turn. `data_key` is 32 bytes, an invariant of the caller.
std::optional<std::string> OpenRecord(const SecretBytes& data_key, absl::string_view record, absl::string_view aad);
// The same into a string that is used again; false instead of empty, and the string is then wiped.
bool OpenRecordTo(const SecretBytes& data_key, absl::string_view record, absl::string_view aad, std::string& plaintext);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SEALING_H_
