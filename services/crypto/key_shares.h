// A secret key in shares, of which any so many give it back and fewer say nothing about it (Shamir's scheme over GF(256)).

#ifndef CANDOR_SERVICES_CRYPTO_KEY_SHARES_H_
#define CANDOR_SERVICES_CRYPTO_KEY_SHARES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/crypto/secret_bytes.h"

namespace candor::crypto {

inline constexpr int kMostKeyShares = 255;

struct KeyShare {
  int number = 0;     // 1..kMostKeyShares
  SecretBytes bytes;  // as many as the key has
};

// Shares 1 to `shares` of `key`, of which any `threshold` give it back. Other shares come of every call.
// INVALID_ARGUMENT: an empty key, or not 1 <= threshold <= shares <= kMostKeyShares.
absl::StatusOr<std::vector<KeyShare>> SplitKey(const SecretBytes& key, int shares, int threshold);

// What these shares give: the key if they are threshold (or more) shares of one splitting; else bytes that are not it, which
// nothing here can tell. INVALID_ARGUMENT: none, a number twice or out of range, or shares of different lengths.
absl::StatusOr<SecretBytes> CombineShares(absl::Span<const KeyShare* const> shares);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_KEY_SHARES_H_
