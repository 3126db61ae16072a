#include "services/crypto/hash.h"

#include "services/crypto/openssl_util.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {

std::string Sha256(absl::string_view bytes) { return Sha256({bytes}); }

std::string Sha256(std::initializer_list<absl::string_view> parts) {
  std::string digest(kSha256Bytes, '\0');
  Digest(Sha256Algorithm(), parts, AsBytes(digest));
  return digest;
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
