// SHA-256, HMAC-SHA-256 and comparison in constant time. Every function may be called from many threads at once.

#ifndef CANDOR_SERVICES_CRYPTO_HASH_H_
#define CANDOR_SERVICES_CRYPTO_HASH_H_

#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace candor::crypto {

inline constexpr size_t kSha256Bytes = 32;

// SHA-256 (FIPS 180-4): 32 bytes.
std::string Sha256(absl::string_view bytes);

// SHA-256 of the parts one after another, without copying them together.
std::string Sha256(std::initializer_list<absl::string_view> parts);

// HMAC-SHA-256 (RFC 2104), key of any length: 32 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view message);

// Whether both hold the same bytes; the time taken depends on the lengths only. Different lengths: false.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_HASH_H_
