// Inside this folder and its tests only: the parts of a blind signature with their randomness given, as the test
// vectors of RFC 9474 need them. Nothing else may choose a salt or an inverse.

#ifndef CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_INTERNAL_H_
#define CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_INTERNAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/blind_signature.h"

namespace candor::crypto::internal {

// EMSA-PSS-ENCODE of RFC 8017 section 9.1.1 with SHA-384 and MGF1-SHA-384 for a modulus of `modulus_bits`, a multiple
// of 8: modulus_bits / 8 bytes, the highest bit zero.
std::string EmsaPssEncode(absl::string_view message, absl::string_view salt, int modulus_bits);

// Blind of RFC 9474 section 4.2 with `salt` of the variant's length and `inverse` = r^-1 mod n, modulus_bytes() long.
// INVALID_ARGUMENT: a salt or inverse of a wrong length, or an inverse or message that shares a factor with n (found by
// luck alone). INTERNAL: OpenSSL failed.
absl::StatusOr<BlindingState> BlindWith(const BlindVerifyingKey& key, absl::string_view input_msg,
                                        absl::string_view salt, absl::string_view inverse);

// BlindSigningKey::FromDer without the trial signature: gives BlindSign a key whose parts do not belong together.
absl::StatusOr<BlindSigningKey> SigningKeyFromUntriedDer(absl::string_view der, BlindVariant variant);

}  // namespace candor::crypto::internal

#endif  // CANDOR_SERVICES_CRYPTO_BLIND_SIGNATURE_INTERNAL_H_
