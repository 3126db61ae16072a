#include "services/crypto/access_code.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kDataCharacters = kCodeCharacters - 1;
constexpr absl::string_view kHashTag = "candor-code";
constexpr absl::string_view kClosingKeyTag = "candor-closing-key";
constexpr absl::string_view kHolderKeyTag = "candor-holder-key";
constexpr size_t kGroup = 4;
constexpr size_t kManifestCodeBytes = 17;
constexpr size_t kManifestCodeCharacters = 26;

// x * value in GF(2)[x]/(x^5 + x^2 + 1).
constexpr unsigned TimesX(unsigned value) { return (value & 16) != 0 ? (value << 1 & 31) ^ 5 : value << 1; }

// The sum of a^i * c_i over the places of `characters`, the last one at i = 0: Horner's rule. Zero for a whole code.
// `characters` are of the alphabet.
unsigned Syndrome(absl::string_view characters) {
  unsigned sum = 0;
  for (const char c : characters) sum = TimesX(sum) ^ static_cast<unsigned>(kAlphabet.find(c));
  return sum;
}

std::string InGroups(absl::string_view text) {
  std::string grouped;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % kGroup == 0) grouped.push_back('-');
    grouped.push_back(text[i]);
  }
  return grouped;
}

// How many bytes at the start of `text` only separate characters: ASCII white space, hyphens and underscores, and what word
// processors and phones put in their place, in UTF-8: no-break space, soft hyphen, U+2000 to U+2015 (spaces, zero-width
// marks, hyphens and dashes), narrow no-break space, minus, byte-order mark.
size_t SeparatorLength(absl::string_view text) {
  const char c = text[0];
  if (c == '-' || c == '_' || absl::ascii_isspace(static_cast<unsigned char>(c))) return 1;
  for (const absl::string_view other : {"\xc2\xa0", "\xc2\xad", "\xe2\x80\xaf", "\xe2\x88\x92", "\xef\xbb\xbf"}) {
    if (text.substr(0, other.size()) == other) return other.size();
  }
  if (text.size() >= 3 && text.substr(0, 2) == "\xe2\x80" && static_cast<uint8_t>(text[2]) >= 0x80 &&
      static_cast<uint8_t>(text[2]) <= 0x95) {
    return 3;
  }
  return 0;
}

absl::Status Malformed(absl::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, "CODE_MALFORMED", message, "code");
}

}  // namespace

std::string MakeCode(absl::string_view code_key, absl::string_view invitation_id, uint32_t generation) {
  const char number[4] = {static_cast<char>(generation >> 24), static_cast<char>(generation >> 16),
                          static_cast<char>(generation >> 8), static_cast<char>(generation)};
  const std::string mac = HmacSha256(code_key, absl::StrCat(invitation_id, absl::string_view(number, 4)));
  std::string code = base::Base32Encode(mac).substr(0, kDataCharacters);
  // The check character stands at place 0, where it counts once: it must be the sum of all the others.
  code.push_back(kAlphabet[Syndrome(absl::StrCat(code, "0"))]);
  return code;
}

std::string FormatCode(absl::string_view code) {
  CANDOR_CHECK(code.size() == kCodeCharacters);
  return InGroups(code);
}

absl::StatusOr<std::string> NormalizeCode(absl::string_view typed) {
  std::string code;
  while (!typed.empty()) {
    if (const size_t separator = SeparatorLength(typed); separator > 0) {
      typed.remove_prefix(separator);
      continue;
    }
    char c = absl::ascii_tolower(static_cast<unsigned char>(typed[0]));
    if (c == 'i' || c == 'l') c = '1';
    if (c == 'o') c = '0';
    if (kAlphabet.find(c) == absl::string_view::npos) {
      return Malformed(c == 'u' ? "The code has a letter U, which codes never have; it may be a V. Compare it with "
                                  "your letter and type it again."
                                : "The code has a character that codes never have: they are made of letters and "
                                  "digits only. Compare it with your letter and type it again.");
    }
    // One too many is enough to know; what follows may be of any length.
    if (code.size() > kCodeCharacters) break;
    code.push_back(c);
    typed.remove_prefix(1);
  }
  if (code.size() != kCodeCharacters) {
    return Malformed(absl::StrCat("The code has ", code.size() < kCodeCharacters ? "too few" : "too many",
                                  " characters: codes have ", kCodeCharacters,
                                  ", not counting the hyphens. Compare it with your letter and type it again."));
  }
  if (Syndrome(code) != 0) {
    return Malformed(
        "The code has a typing mistake: a wrong character, or two that changed places. Compare it with your letter and "
        "type it again.");
  }
  return code;
}

std::string CodeHash(absl::string_view code) { return Sha256({kHashTag, code}); }

std::string ManifestCode(absl::string_view hash) {
  CANDOR_CHECK(hash.size() == kSha256Bytes);
  return InGroups(base::Base32Encode(hash.substr(0, kManifestCodeBytes)).substr(0, kManifestCodeCharacters));
}

std::string ClosingKeyCode(absl::string_view public_key) { return ManifestCode(Sha256({kClosingKeyTag, public_key})); }

std::string HolderKeyCode(absl::string_view public_key) { return ManifestCode(Sha256({kHolderKeyTag, public_key})); }

}  // namespace candor::crypto
