// The calls below are on OpenSSL's list of those to go, in favour of contexts that are looked up and allocated. That costs
// as much as two fifths of hashing a node of a tree, and trees have millions.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "services/crypto/hash.h"

#include <openssl/sha.h>

#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {

void Digest(std::initializer_list<absl::string_view> parts, char* out) {
  SHA256_CTX state;
  SHA256_Init(&state);
  for (const absl::string_view part : parts) SHA256_Update(&state, part.data(), part.size());
  SHA256_Final(reinterpret_cast<uint8_t*>(out), &state);
}

}  // namespace

std::string Sha256(absl::string_view bytes) { return Sha256({bytes}); }

std::string Sha256(std::initializer_list<absl::string_view> parts) {
  std::string digest(kSha256Bytes, '\0');
  Digest(parts, digest.data());
  return digest;
}

Hash HashOf(std::initializer_list<absl::string_view> parts) {
  Hash hash;
  Digest(parts, hash.data());
  return hash;
}

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  EnsureSodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, AsBytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, AsBytes(message), message.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, AsBytes(mac));
  sodium_memzero(&state, sizeof(state));
  return mac;
}

bool ConstantTimeEqual(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace candor::crypto
