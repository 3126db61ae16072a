// RSA blind signatures (RFC 9474): the signer never sees what it signs, and everybody can verify it.
//
//   client: Blind(key, msg) -> state, keeps it, sends state.blinded
//   signer: BlindSign(blinded) -> blind_sig
//   client: Finalize(key, state, blind_sig) -> sig; shows (state.input_msg, sig)
//   anyone: key.Verify(input_msg, sig)
//
// The signer is deterministic: the same blinded message gets the same answer, so a lost reply is asked for again. What
// unlinks (input_msg, sig) from (blinded, blind_sig) is the client's random inverse alone; it does not rest on RSA.

#ifndef CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_H_
#define CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"

namespace candor::crypto {

// The variants of RFC 9474 section 5, all with SHA-384 and MGF1-SHA-384. A key is used with one of them only. The
// service uses kPssRandomized: a random 32-byte prefix before the message, and a 48-byte salt.
enum class BlindVariant {
  kPssRandomized,
  kPssZeroRandomized,
  kPssDeterministic,
  kPssZeroDeterministic,
};

// The public exponent of every key.
inline constexpr unsigned kBlindExponent = 65537;
// Bytes of the random prefix of a randomized variant.
inline constexpr size_t kBlindPrefixBytes = 32;
// Moduli that keys may have; anything else is refused on reading.
constexpr bool IsBlindModulusBits(int bits) { return bits == 2048 || bits == 3072 || bits == 4096; }

// The public half of a key. A cheap handle: copies share one key. Every method may be called from many threads at once.
class BlindVerifyingKey {
 public:
  // Reads a SubjectPublicKeyInfo in DER with the rsaEncryption identifier.
  // INVALID_ARGUMENT: not exactly such a structure in its one DER form (so that two different encodings are two
  // different keys), another identifier (RSASSA-PSS too), a modulus that is even or not of 2048, 3072 or 4096 bits,
  // an exponent other than 65537.
  static absl::StatusOr<BlindVerifyingKey> FromSpkiDer(absl::string_view der,
                                                       BlindVariant variant = BlindVariant::kPssRandomized);

  // The bytes that FromSpkiDer reads.
  const std::string& ToSpkiDer() const;

  int modulus_bits() const;
  // Length of a blinded message, of a blind signature and of a signature, in bytes.
  size_t modulus_bytes() const;
  BlindVariant variant() const;

  // Whether `sig` is this key's signature of `input_msg`. False for every other input, of whatever length.
  bool Verify(absl::string_view input_msg, absl::string_view sig) const;

  // Whether the private half would sign `blinded`.
  // INVALID_ARGUMENT, BLINDED_MESSAGE_INVALID: it is not of modulus_bytes() bytes, or not above 1 and below n - 1 as a
  // big-endian number.
  absl::Status CheckBlinded(absl::string_view blinded) const;

  struct Rep;  // for blind_signature_internal.h
  explicit BlindVerifyingKey(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}
  const Rep& rep() const { return *rep_; }

 private:
  std::shared_ptr<const Rep> rep_;
};

// The private half of a key. Movable. Const methods may be called from many threads at once. The key's numbers lie in
// OpenSSL's memory, which overwrites them when the object goes.
class BlindSigningKey {
 public:
  // A new key. Takes about 0.1 to 1 second for 2048 bits and several times that for 3072: never on a request's path.
  // INVALID_ARGUMENT: `bits` is not 2048, 3072 or 4096. INTERNAL: OpenSSL failed.
  static absl::StatusOr<BlindSigningKey> Generate(int bits, BlindVariant variant = BlindVariant::kPssRandomized);

  // Reads an unencrypted PKCS #8 structure in DER that ToDer wrote.
  // INVALID_ARGUMENT: not such a structure, not a two-prime RSA key with all its parts, a modulus or an exponent that
  // BlindVerifyingKey refuses, or parts that do not belong together (tried by one signature).
  static absl::StatusOr<BlindSigningKey> FromDer(absl::string_view der,
                                                 BlindVariant variant = BlindVariant::kPssRandomized);
  absl::StatusOr<SecretBytes> ToDer() const;

  BlindSigningKey(BlindSigningKey&&) noexcept;
  BlindSigningKey& operator=(BlindSigningKey&&) noexcept;
  ~BlindSigningKey();

  const BlindVerifyingKey& verifying_key() const;

  // blinded^d mod n, checked before it is returned: an answer that does not check could give the key away.
  // INVALID_ARGUMENT, BLINDED_MESSAGE_INVALID: as BlindVerifyingKey::CheckBlinded. INTERNAL: the result failed the check,
  // or OpenSSL failed.
  absl::StatusOr<std::string> BlindSign(absl::string_view blinded) const;

  struct Rep;  // for blind_signature_internal.h
  explicit BlindSigningKey(std::unique_ptr<const Rep> rep);

 private:
  std::unique_ptr<const Rep> rep_;
};

// What a client keeps between asking and finishing. It must be stored before `blinded` is sent: whoever asks again with
// another blinded message is refused. Secret: `inverse` links the signature to the asker.
struct BlindingState {
  std::string input_msg;  // what will be signed: prefix || msg
  std::string inverse;    // r^-1 mod n, modulus_bytes() long
  std::string blinded;    // what the signer is sent, modulus_bytes() long

  // A self-delimiting form of the three.
  std::string Serialize() const;
  // INVALID_ARGUMENT: not exactly what Serialize writes.
  static absl::StatusOr<BlindingState> Parse(absl::string_view bytes);

  bool operator==(const BlindingState&) const = default;
};

// Prepare and Blind of RFC 9474 (sections 4.1, 4.2) with fresh randomness.
// INTERNAL: OpenSSL failed.
absl::StatusOr<BlindingState> Blind(const BlindVerifyingKey& key, absl::string_view msg);

// Finalize of RFC 9474 (section 4.4): the signature of state.input_msg, modulus_bytes() long, verified.
// INVALID_ARGUMENT: `blind_sig` or `state` is of a wrong length, or the result does not verify: the signer used another
// key, or answered something else.
absl::StatusOr<std::string> Finalize(const BlindVerifyingKey& key, const BlindingState& state,
                                     absl::string_view blind_sig);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_H_
