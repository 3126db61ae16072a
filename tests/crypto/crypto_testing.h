// What the tests of this folder share.

#ifndef CANDOR_TESTS_CRYPTO_CRYPTO_TESTING_H_
#define CANDOR_TESTS_CRYPTO_CRYPTO_TESTING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/status.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/hash.h"

namespace candor::crypto {

// The bytes of hexadecimal text that a test wrote itself.
inline std::string Hex(absl::string_view text) {
  auto bytes = base::HexDecode(text);
  CANDOR_CHECK(bytes.ok());
  return *std::move(bytes);
}

// 32 bytes that differ from name to name.
inline std::string Named(absl::string_view name) { return Sha256(name); }

// `bytes` with bit `bit` of byte `at` turned over.
inline std::string Flipped(std::string bytes, size_t at, int bit = 0) {
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
  return bytes;
}

// One 2048-bit key for the whole run: making one takes long.
inline const BlindSigningKey& SharedKey() {
  static const BlindSigningKey* const key = [] {
    auto made = BlindSigningKey::Generate(2048);
    CANDOR_CHECK(made.ok());
    return new BlindSigningKey(*std::move(made));
  }();
  return *key;
}

}  // namespace candor::crypto

#endif  // CANDOR_TESTS_CRYPTO_CRYPTO_TESTING_H_
