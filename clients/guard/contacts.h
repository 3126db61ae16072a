// Addresses, numbers and accounts by which somebody is reached, and dates and times in figures.

#ifndef CANDOR_CLIENTS_GUARD_CONTACTS_H_
#define CANDOR_CLIENTS_GUARD_CONTACTS_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/guard/comment_guard.h"
#include "clients/guard/words.h"

namespace candor::guard {

struct Span {
  size_t begin = 0, end = 0;  // bytes of the draft
  FindingKind kind = FindingKind::kContact;
};

// Mail addresses, accounts ("@name"), web addresses, telephone and other long numbers as kContact; dates and times written
// in figures ("3/14/2025", "2025-03-14", "10:45", "6pm") as kDate. `words` are those of `draft`.
std::vector<Span> FindFigures(absl::string_view draft, const Words& words);

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_CONTACTS_H_
