// Codes that people type: invitation codes, and the short form of a manifest's hash.
//
// An invitation code is 16 characters of Crockford base32 (80 bits) and one check character:
//   base32(HMAC-SHA-256(code key, invitation id || generation (4, big-endian)))[0:16] || check
// so that letters and reminders can be made again while nothing but the code key is stored.
//
// The check character is over GF(32) = GF(2)[x]/(x^5 + x^2 + 1), each character standing for the element whose bits
// are its value: with a = x, which has order 31, the sum of a^i * c_i over the places i = 0 (the check character) to 16
// (the first character) is zero. One wrong character at place i changes the sum by a^i * e with e != 0; exchanging the
// characters at places i and j changes it by (a^i + a^j) * e, which is not zero either, as a^0 .. a^16 are all
// different. So every wrong single character and every exchange of two characters, adjacent or not, is found.

#ifndef CANDOR_SERVICES_CRYPTO_ACCESS_CODE_H_
#define CANDOR_SERVICES_CRYPTO_ACCESS_CODE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::crypto {

inline constexpr size_t kCodeCharacters = 17;  // with the check character, without hyphens
inline constexpr size_t kCodeKeyBytes = 32;

// The normal form: 17 characters, lower case, no hyphens. A higher generation is an unrelated code.
std::string MakeCode(absl::string_view code_key, absl::string_view invitation_id, uint32_t generation);

// For people: "abcd-efgh-jkmn-pqrs-t". `code` is of the normal form.
std::string FormatCode(absl::string_view code);

// The normal form of what a person typed: in either case, with hyphens, dashes and spaces of any kind; i and l count as
// 1, o as 0.
// INVALID_ARGUMENT, CODE_MALFORMED: a wrong number of characters, a character that codes do not have, or a wrong check
// character. The message says which and what to do; it never repeats the code.
absl::StatusOr<std::string> NormalizeCode(absl::string_view typed);

// SHA-256("candor-code" || code), 32 bytes: what is stored and looked up. `code` is of the normal form.
std::string CodeHash(absl::string_view code);

// The short form of a manifest's hash for letters, notice boards and pages: the first 26 characters (130 bits) of
// base32(hash[0:17]) in groups of 4. `hash` is a SHA-256, 32 bytes. 130 bits: 80 could be collided by the operator.
std::string ManifestCode(absl::string_view hash);

// The same form for a steward's closing key, which its holders publish and respondents compare: of
// SHA-256("candor-closing-key" || `public_key`), so that no manifest has it.
std::string ClosingKeyCode(absl::string_view public_key);

// The same form for the key of a moderator or auditor, which its holder publishes and respondents compare: of
// SHA-256("candor-holder-key" || `public_key`).
std::string HolderKeyCode(absl::string_view public_key);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_ACCESS_CODE_H_
