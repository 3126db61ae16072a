#include "clients/cli/utf8.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace candor::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Bytes of the character at the beginning of `text`, which is not empty; 0: it is none.
size_t LengthOfCharacter(absl::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0), second = byte(1);
  const auto follows = [&](size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && second < 0xa0, surrogate = first == 0xed && second >= 0xa0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && second < 0x90, beyond = first == 0xf4 && second >= 0x90;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

size_t FindNotUtf8(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (size_t at = 0; at < text.size();) {
    // Files of ratings are long and nearly all ASCII: eight bytes at once.
    uint64_t eight = 0;
    if (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & kHighBits) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const size_t length = LengthOfCharacter(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return absl::string_view::npos;
}

absl::Status CheckUtf8(absl::string_view text, absl::string_view file) {
  const size_t at = FindNotUtf8(text);
  if (at == absl::string_view::npos) return absl::OkStatus();
  const absl::string_view before = text.substr(0, at);
  const size_t end = before.rfind('\n');
  size_t line_start = end == absl::string_view::npos ? 0 : end + 1;
  if (line_start == 0 && absl::StartsWith(text, kByteOrderMark)) line_start = kByteOrderMark.size();
  return base::Error(absl::StatusCode::kInvalidArgument, "NOT_UTF8",
                     absl::StrCat(file, ", line ", 1 + std::count(before.begin(), before.end(), '\n'), ", column ",
                                  at - line_start + 1, ": the text is not UTF-8 from here on; save the file as UTF-8 (in a "
                                  "spreadsheet: \"CSV UTF-8\")"));
}

}  // namespace candor::cli
