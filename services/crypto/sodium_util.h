// Inside this folder only: libsodium, set up.

#ifndef CANDOR_SERVICES_CRYPTO_SODIUM_UTIL_H_
#define CANDOR_SERVICES_CRYPTO_SODIUM_UTIL_H_

#include <sodium.h>

#include <string>

#include "absl/strings/string_view.h"
#include "services/base/status.h"

namespace candor::crypto {

// Must run before any other call into libsodium: it chooses implementations and the guard pages' size.
inline void EnsureSodium() {
  static const int result = sodium_init();
  CANDOR_CHECK(result >= 0);
}

inline const uint8_t* AsBytes(absl::string_view bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }
inline uint8_t* AsBytes(std::string& bytes) { return reinterpret_cast<uint8_t*>(bytes.data()); }

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SODIUM_UTIL_H_
