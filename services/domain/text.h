// What counts as plain text, and as a code.

#ifndef CANDOR_SERVICES_DOMAIN_TEXT_H_
#define CANDOR_SERVICES_DOMAIN_TEXT_H_

#include "absl/strings/string_view.h"

namespace candor::domain {

// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms) without control characters
// (C0, DEL, C1) other than line feed and tab.
bool IsPlainText(absl::string_view text);

// Plain text without line feed and tab, as a title or a mail's subject needs it.
bool IsOneLine(absl::string_view text);

// 1 to 63 characters of [A-Za-z0-9._/-] or underscore: a code of a framework's parts.
bool IsCode(absl::string_view text);

// 1 to 63 characters of [a-z0-9-]: the last segment of a resource's name.
bool IsResourceId(absl::string_view text);

// [a-z][a-z0-9_]{0,30}: a rater group's or prompt's code.
bool IsGroupCode(absl::string_view text);

// A language tag in the form that BCP 47 recommends for writing: 2 or 3 small letters, then subtags
// of 2 to 8 letters or digits after hyphens; at most 35 characters.
bool IsLanguageTag(absl::string_view text);

// The address of a place on the web that anybody can read over TLS: "https://", a host of small letters, digits, dots and
// hyphens, perhaps a port, perhaps a path of unreserved characters that does not end in a slash; at most 300 bytes. No
// name and password, no query, no fragment, no dot segments: nothing in it can stand for one reader.
bool IsHttpsUrl(absl::string_view text);
// HOST:PORT, of at most 255 bytes: a name or an IPv4 address of [A-Za-z0-9.-], or an IPv6 address in brackets; a port from
// 1 to 65535 without leading zeros.
bool IsHostAndPort(absl::string_view text);

// `length` bytes in hexadecimal, in lower case.
bool IsHex(absl::string_view text, size_t length);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_TEXT_H_
