#include "services/base/encoding.h"

#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace candor::base {
namespace {

constexpr absl::string_view kBase32 = "0123456789abcdefghjkmnpqrstvwxyz";

constexpr absl::string_view kHex = "0123456789abcdef";

// The value of every character, -1 for those that are not hexadecimal.
constexpr std::array<int8_t, 256> kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (int8_t i = 0; i < 10; ++i) values[static_cast<size_t>('0' + i)] = i;
  for (int8_t i = 0; i < 6; ++i) {
    values[static_cast<size_t>('a' + i)] = values[static_cast<size_t>('A' + i)] = static_cast<int8_t>(10 + i);
  }
  return values;
}();

int HexValue(char c) { return kHexValues[static_cast<uint8_t>(c)]; }

int Base32Value(char c) {
  c = absl::ascii_tolower(static_cast<unsigned char>(c));
  if (c == 'i' || c == 'l') c = '1';
  if (c == 'o') c = '0';
  const size_t at = kBase32.find(c);
  return at == absl::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

char* HexEncodeTo(absl::string_view bytes, char* out) {
  for (const char c : bytes) {
    *out++ = kHex[static_cast<uint8_t>(c) >> 4];
    *out++ = kHex[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

bool HexDecodeTo(absl::string_view text, char* out) {
  if (text.size() % 2 != 0) return false;
  int seen = 0;  // negative once a character was none
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]), low = HexValue(text[i + 1]);
    seen |= high | low;
    *out++ = static_cast<char>(high * 16 + low);
  }
  return seen >= 0;
}

std::string HexEncode(absl::string_view bytes) {
  std::string text(bytes.size() * 2, '\0');
  HexEncodeTo(bytes, text.data());
  return text;
}

absl::StatusOr<std::string> HexDecode(absl::string_view text) {
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError("hexadecimal text needs an even number of characters");
  }
  std::string bytes(text.size() / 2, '\0');
  if (!HexDecodeTo(text, bytes.data())) return absl::InvalidArgumentError("not hexadecimal text");
  return bytes;
}

std::string Base32Encode(absl::string_view bytes) {
  std::string text;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<uint8_t>(c);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kBase32[(buffer >> bits) & 31]);
    }
    buffer &= (1u << bits) - 1;
  }
  if (bits > 0) text.push_back(kBase32[(buffer << (5 - bits)) & 31]);
  return text;
}

absl::StatusOr<std::string> Base32Decode(absl::string_view text) {
  std::string bytes;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const int value = Base32Value(c);
    if (value < 0) return absl::InvalidArgumentError("not base32 text");
    buffer = (buffer << 5) | static_cast<uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((buffer >> bits) & 0xff));
    }
    buffer &= (1u << bits) - 1;
  }
  if (bits >= 5 || buffer != 0) return absl::InvalidArgumentError("base32 text is cut short");
  return bytes;
}

std::string Base64UrlEncode(absl::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(bytes, &text);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes)) return absl::InvalidArgumentError("not base64url text");
  return bytes;
}

}  // namespace candor::base
