#include "services/domain/text.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace candor::domain {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// Reads one code point at `at` and moves `at` behind it; false when there is no well-formed one.
bool ReadCodePoint(absl::string_view text, size_t& at, uint32_t& code_point) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(at);
  if (first < 0x80) {
    code_point = first;
    ++at;
    return true;
  }
  size_t length = 0;
  uint32_t least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, least = 0x80, code_point = first & 0x1F;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, least = 0x800, code_point = first & 0x0F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, least = 0x10000, code_point = first & 0x07;
  } else {
    return false;
  }
  if (text.size() - at < length) return false;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return false;
    code_point = code_point << 6 | (byte(at + i) & 0x3F);
  }
  at += length;
  return code_point >= least && code_point <= 0x10FFFF &&
         !(code_point >= 0xD800 && code_point <= 0xDFFF);
}

}  // namespace

bool IsPlainText(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    uint32_t code_point = 0;
    if (!ReadCodePoint(text, at, code_point)) return false;
    if (code_point < 0x20 && code_point != '\n' && code_point != '\t') return false;
    if (code_point >= 0x7F && code_point <= 0x9F) return false;
  }
  return true;
}

bool IsOneLine(absl::string_view text) {
  return IsPlainText(text) && text.find_first_of("\n\t") == absl::string_view::npos;
}

bool IsCode(absl::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlnum(c) || c == '.' || c == '_' || c == '/' || c == '-';
  });
}

bool IsResourceId(absl::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLower(c) || IsDigit(c) || c == '-';
  });
}

bool IsGroupCode(absl::string_view text) {
  return !text.empty() && text.size() <= 31 && IsLower(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLower(c) || IsDigit(c) || c == '_'; });
}

bool IsLanguageTag(absl::string_view text) {
  if (text.size() > 35) return false;
  bool first = true;
  for (const absl::string_view part : absl::StrSplit(text, '-')) {
    if (first) {
      if (part.size() < 2 || part.size() > 3 || !std::all_of(part.begin(), part.end(), IsLower))
        return false;
    } else if (part.size() < 2 || part.size() > 8 ||
               !std::all_of(part.begin(), part.end(), IsAlnum)) {
      return false;
    }
    first = false;
  }
  return true;
}

bool IsHttpsUrl(absl::string_view text) {
  constexpr absl::string_view kScheme = "https://";
  if (text.size() > 300 || !absl::ConsumePrefix(&text, kScheme)) return false;
  const size_t slash = text.find('/');
  const absl::string_view authority = text.substr(0, slash);
  const size_t colon = authority.find(':');
  const absl::string_view host = authority.substr(0, colon);
  for (const absl::string_view label : absl::StrSplit(host, '.')) {
    if (label.empty() || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; })) {
      return false;
    }
  }
  if (colon != absl::string_view::npos) {
    const absl::string_view port = authority.substr(colon + 1);
    int number = 0;
    if (port.empty() || port.size() > 5 || port.front() == '0' || !std::all_of(port.begin(), port.end(), IsDigit) ||
        !absl::SimpleAtoi(port, &number) || number > 65535) {
      return false;
    }
  }
  if (slash == absl::string_view::npos) return true;
  for (const absl::string_view segment : absl::StrSplit(text.substr(slash + 1), '/')) {
    if (segment.empty() || segment == "." || segment == ".." ||
        !std::all_of(segment.begin(), segment.end(),
                     [](char c) { return IsAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; })) {
      return false;
    }
  }
  return true;
}

bool IsHostAndPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (text.size() > 255 || colon == absl::string_view::npos) return false;
  absl::string_view host = text.substr(0, colon);
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  if (port.empty() || port[0] == '0' || !std::all_of(port.begin(), port.end(), IsDigit) ||
      !absl::SimpleAtoi(port, &number) || number > 65535) {
    return false;
  }
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  return !host.empty() && std::all_of(host.begin(), host.end(), [bracketed](char c) {
    return IsAlnum(c) || c == '.' || (bracketed ? c == ':' : c == '-');
  });
}

bool IsHex(absl::string_view text, size_t length) {
  return text.size() == 2 * length && std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'f');
         });
}

}  // namespace candor::domain
