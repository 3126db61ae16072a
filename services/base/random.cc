#include "services/base/random.h"

#include <sodium.h>

#include "services/base/encoding.h"
#include "services/base/status.h"

namespace candor::base {
namespace {
void InitOnce() {
  static const int result = sodium_init();
  CANDOR_CHECK(result >= 0);
}
}  // namespace

std::string RandomBytes(size_t count) {
  InitOnce();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

uint32_t RandomBelow(uint32_t bound) {
  InitOnce();
  return randombytes_uniform(bound);
}

std::string RandomId() { return Base32Encode(RandomBytes(12)); }

}  // namespace candor::base
