// SHA-256, HMAC-SHA-256 and comparison in constant time. Every function may be called from many threads at once.

#ifndef CANDOR_SERVICES_CRYPTO_HASH_H_
#define CANDOR_SERVICES_CRYPTO_HASH_H_

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "services/base/status.h"

namespace candor::crypto {

inline constexpr size_t kSha256Bytes = 32;

// A SHA-256 that lies where it is declared, for those of which there are millions. Ordered by its bytes.
class Hash {
 public:
  Hash() = default;  // zeros
  // From text that is 32 bytes long, an invariant of the caller.
  Hash(absl::string_view bytes) {  // NOLINT: as good as the text
    CANDOR_CHECK(bytes.size() == kSha256Bytes);
    std::memcpy(bytes_.data(), bytes.data(), kSha256Bytes);
  }
  Hash(const std::string& bytes) : Hash(absl::string_view(bytes)) {}  // NOLINT

  absl::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  operator absl::string_view() const { return view(); }  // NOLINT
  char* data() { return bytes_.data(); }

  friend bool operator==(const Hash& a, const Hash& b) { return std::memcmp(&a, &b, kSha256Bytes) == 0; }
  friend std::strong_ordering operator<=>(const Hash& a, const Hash& b) {
    // Nearly always decides, and costs a sorting of many a third of what comparing all bytes does.
    const uint64_t first_of_a = a.First(), first_of_b = b.First();
    return first_of_a != first_of_b ? first_of_a <=> first_of_b : std::memcmp(&a, &b, kSha256Bytes) <=> 0;
  }

 private:
  // The first eight bytes, the first of them in the highest place.
  uint64_t First() const {
    uint64_t number = 0;
    std::memcpy(&number, bytes_.data(), sizeof(number));
    return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
  }

  std::array<char, kSha256Bytes> bytes_{};
};
static_assert(sizeof(Hash) == kSha256Bytes);

// SHA-256 (FIPS 180-4): 32 bytes.
std::string Sha256(absl::string_view bytes);

// SHA-256 of the parts one after another, without copying them together.
std::string Sha256(std::initializer_list<absl::string_view> parts);
Hash HashOf(std::initializer_list<absl::string_view> parts);

// HMAC-SHA-256 (RFC 2104), key of any length: 32 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view message);

// Whether both hold the same bytes; the time taken depends on the lengths only. Different lengths: false.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_HASH_H_
