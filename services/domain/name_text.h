// Names and words in the one spelling that they are compared in: small letters without accents.

#ifndef CANDOR_SERVICES_DOMAIN_NAME_TEXT_H_
#define CANDOR_SERVICES_DOMAIN_NAME_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace candor::domain {

// What stands at one place of a text.
struct Letter {
  enum class Kind { kLetter, kDigit, kMark, kApostrophe, kOther };
  Kind kind = Kind::kOther;
  bool capital = false;
  uint32_t code_point = 0;  // 0xFFFD where the bytes are no UTF-8
  size_t length = 1;        // bytes in the text, at least 1
};

// The letter at `at`, which is before the end of `text`. Bytes that are no UTF-8 are kOther, one at a time. Letters are
// those of every script, though capitals are known of the Latin ones alone; a kMark is an accent that follows its letter.
Letter LetterAt(absl::string_view text, size_t at);

// Appends the letter or digit as it is compared: Latin letters as one of a to z, so that "Peña" and "PENA" are the same;
// others as they are; nothing for every other kind. Never appends more bytes than `letter` has.
void AppendFolded(absl::string_view text, size_t at, const Letter& letter, std::string& folded);

// All letters and digits of `word` as they are compared.
std::string FoldWord(absl::string_view word);

// The surnames in a person's name as people write it, folded, each once, sorted: the words before a comma where there is
// one ("Okafor, Ada"), else every word but the first; the only word where there is just one. Both parts of a name with a
// hyphen stand apart. Titles ("Dr"), initials, particles ("de la", "van") and endings ("Jr") are left out. A second given
// name cannot be told from a surname and counts as one.
std::vector<std::string> SurnamesIn(absl::string_view display_name);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_NAME_TEXT_H_
