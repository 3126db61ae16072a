// Texts as people compare them.

#ifndef CANDOR_STORAGE_PLAIN_TEXT_H_
#define CANDOR_STORAGE_PLAIN_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace candor::storage {

// So that differences in case (of ASCII letters) and in spaces do not make two people of one: in lower case, without spaces at
// the ends, with one where there are several. Two names or addresses are the same if their plain texts are.
std::string PlainText(absl::string_view text);

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_PLAIN_TEXT_H_
