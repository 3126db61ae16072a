#include "services/crypto/salted_filter.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "services/base/random.h"
#include "services/crypto/hash.h"

namespace candor::crypto {
namespace {

uint64_t ReadNumber(absl::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, 8)) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace

SaltedFilter SaltedFilter::Make(const std::vector<std::string>& words) {
  size_t size = kLeastBytes;
  while (size < kMostBytes && size * 8 < words.size() * kBitsPerWord) size *= 2;
  SaltedFilter filter(base::RandomBytes(kSaltBytes) + std::string(size, '\0'));
  for (const std::string& word : words) {
    if (word.empty()) continue;
    for (const size_t place : filter.PlacesOf(word)) {
      filter.bytes_[kSaltBytes + place / 8] |= static_cast<char>(1 << (place % 8));
    }
  }
  return filter;
}

absl::StatusOr<SaltedFilter> SaltedFilter::Parse(absl::string_view bytes) {
  const size_t size = bytes.size() < kSaltBytes ? 0 : bytes.size() - kSaltBytes;
  if (size < kLeastBytes || size > kMostBytes || (size & (size - 1)) != 0) {
    return absl::InvalidArgumentError("not a filter of words: its length is not one that a filter has");
  }
  return SaltedFilter(std::string(bytes));
}

std::vector<size_t> SaltedFilter::PlacesOf(absl::string_view word) const {
  const absl::string_view salt = absl::string_view(bytes_).substr(0, kSaltBytes);
  const std::string digest = HmacSha256(salt, word);
  const uint64_t first = ReadNumber(digest);
  const uint64_t step = ReadNumber(absl::string_view(digest).substr(8)) | 1;  // odd: no place twice, the number of bits being a power of 2
  const size_t bits = (bytes_.size() - kSaltBytes) * 8;
  std::vector<size_t> places;
  for (int i = 0; i < kProbes; ++i) places.push_back(static_cast<size_t>((first + step * i) % bits));
  return places;
}

bool SaltedFilter::Contains(absl::string_view word) const {
  if (word.empty()) return false;
  const std::vector<size_t> places = PlacesOf(word);
  return std::all_of(places.begin(), places.end(), [this](size_t place) {
    return (static_cast<uint8_t>(bytes_[kSaltBytes + place / 8]) >> (place % 8) & 1) != 0;
  });
}

}  // namespace candor::crypto
