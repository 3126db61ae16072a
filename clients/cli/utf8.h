// Whether bytes are text.

#ifndef CANDOR_CLIENTS_CLI_UTF8_H_
#define CANDOR_CLIENTS_CLI_UTF8_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

// Where the first byte stands that is not part of well-formed UTF-8 (no overlong forms, no surrogates, nothing beyond
// U+10FFFF); npos: there is none.
size_t FindNotUtf8(absl::string_view text);

// OK, or INVALID_ARGUMENT (NOT_UTF8): "FILE, line L, column C: ..." with the first byte that is no UTF-8, the column in
// bytes from 1, a byte-order mark not counted. The message says what to do, and holds nothing of the text.
absl::Status CheckUtf8(absl::string_view text, absl::string_view file);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_UTF8_H_
