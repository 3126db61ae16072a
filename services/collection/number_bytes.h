// Whole numbers as bytes, the highest first.

#ifndef CANDOR_SERVICES_COLLECTION_NUMBER_BYTES_H_
#define CANDOR_SERVICES_COLLECTION_NUMBER_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace candor::collection {

// The lowest `width` bytes of `number`, at the end of `out`.
inline void AppendNumber(uint64_t number, size_t width, std::string& out) {
  for (size_t i = width; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i) & 0xff));
}

// Of at most 8 bytes.
inline uint64_t NumberOf(absl::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_NUMBER_BYTES_H_
