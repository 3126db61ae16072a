// Hexadecimal, Crockford base32 and base64url.

#ifndef CANDOR_SERVICES_BASE_ENCODING_H_
#define CANDOR_SERVICES_BASE_ENCODING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::base {

// Lower-case hexadecimal, two characters a byte.
std::string HexEncode(absl::string_view bytes);
// INVALID_ARGUMENT: an odd number of characters, or one that is not hexadecimal.
absl::StatusOr<std::string> HexDecode(absl::string_view text);
// The same without memory of their own, for millions. To `out`, which has room for it: what HexEncode gives, and the end of
// what was written; what HexDecode gives, or false where it would refuse.
char* HexEncodeTo(absl::string_view bytes, char* out);
bool HexDecodeTo(absl::string_view text, char* out);

// Crockford's base32 in lower case (0-9 a-z without i, l, o, u), most significant bit first, the last character padded
// with zero bits: ceil(8 n / 5) characters for n bytes.
std::string Base32Encode(absl::string_view bytes);
// Reads what Base32Encode writes, in either case; i and l count as 1, o as 0; hyphens and spaces are passed over.
// INVALID_ARGUMENT: any other character, or padding bits that are not zero.
absl::StatusOr<std::string> Base32Decode(absl::string_view text);

// RFC 4648 section 5, without padding.
std::string Base64UrlEncode(absl::string_view bytes);
absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_ENCODING_H_
