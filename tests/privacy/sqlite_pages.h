// Where SQLite's files hold nothing but the engine's own bookkeeping of a page.

#ifndef CANDOR_TESTS_PRIVACY_SQLITE_PAGES_H_
#define CANDOR_TESTS_PRIVACY_SQLITE_PAGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace candor::privacy {

// What is left of a copied file, in its order, without the heads of the b-tree pages in it: a page's type, counts and
// offsets, and the array of pointers to its cells, which follow from how many records of which lengths were stored and in
// which order, and from nothing that is in them. Nor the cells of inner pages of numbered rows, as far as the numbers are
// small: both planes store the same documents, so that these trees can come out alike. Of a database (`name` ends with .db) and its log (-wal); all other files
// are one piece. A page whose head is not sound in itself (a pointer out of the cells' area, two that are the same, an
// array that runs into the cells) stays whole, and so does a file that says no size of pages.
std::vector<absl::string_view> WithoutPageHeads(const std::string& name, absl::string_view bytes);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_SQLITE_PAGES_H_
