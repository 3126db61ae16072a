#include "storage/plain_text.h"

#include "absl/strings/ascii.h"

namespace candor::storage {

std::string PlainText(absl::string_view text) {
  std::string plain(text);
  absl::RemoveExtraAsciiWhitespace(&plain);
  absl::AsciiStrToLower(&plain);
  return plain;
}

}  // namespace candor::storage
