#include "services/domain/padded_text.h"

#include <cstdint>
#include <cstring>

#include "services/base/status.h"

namespace candor::domain {

// Every byte is as its neighbour, and the first is zero: many times faster than looking at one after the other.
bool IsZero(absl::string_view bytes) {
  return bytes.empty() || (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

void AppendShort(size_t value, std::string& out) {
  CANDOR_CHECK(value <= 0xffff);
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xff));
}

void AppendPadded(absl::string_view text, size_t cap, std::string& out) {
  CANDOR_CHECK(text.size() <= cap && cap <= 0xffff);
  AppendShort(text.size(), out);
  out.append(text.data(), text.size());
  out.append(cap - text.size(), '\0');
}

bool ReadPadded(absl::string_view bytes, std::string& text) {
  if (bytes.size() < kTextLengthBytes) return false;
  const size_t length = static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 | static_cast<uint8_t>(bytes[1]);
  if (length > bytes.size() - kTextLengthBytes || !IsZero(bytes.substr(kTextLengthBytes + length))) return false;
  text.assign(bytes.data() + kTextLengthBytes, length);
  return true;
}

}  // namespace candor::domain
