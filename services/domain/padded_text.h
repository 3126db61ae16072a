// Texts within records of fixed length.

#ifndef CANDOR_SERVICES_DOMAIN_PADDED_TEXT_H_
#define CANDOR_SERVICES_DOMAIN_PADDED_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace candor::domain {

inline constexpr size_t kTextLengthBytes = 2;

// Whether all bytes are zero. True where there are none.
bool IsZero(absl::string_view bytes);

// Appends `value`, at most 65,535, as 2 bytes, big-endian.
void AppendShort(size_t value, std::string& out);

// Appends the text's length (2 bytes, big-endian), the text, and zero bytes up to `cap`, which is at least the text's length
// and at most 65,535: kTextLengthBytes + cap bytes.
void AppendPadded(absl::string_view text, size_t cap, std::string& out);

// The text that AppendPadded wrote as all of `bytes`, written in the one way that it writes it. False: it is no such thing.
bool ReadPadded(absl::string_view bytes, std::string& text);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_PADDED_TEXT_H_
