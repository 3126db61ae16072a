// What in a draft could tell who wrote it, or whom it is about, before it is sent.
//
//   for (const Finding& finding : CheckComment(draft, "es", &surnames)) ...
//
// Pure functions: nothing here reads or writes a file, a connection, a clock or a log, so the draft stays where it is. A
// guard helps and does not promise: it misses what no list and no phrase foresees, and marks what is harmless at times. How
// often is measured by tests/guard.

#ifndef CANDOR_CLIENTS_GUARD_COMMENT_GUARD_H_
#define CANDOR_CLIENTS_GUARD_COMMENT_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/crypto/salted_filter.h"

namespace candor::guard {

enum class FindingKind {
  kName,     // of a person
  kDate,     // a day, a month, a year, a time of day
  kContact,  // an address, a number, an account, a room
  kRole,     // one that few people hold
  kFact,     // something that happened to few
};

struct Finding {
  size_t begin = 0, end = 0;  // bytes of the draft; both on a character's boundary, begin < end
  FindingKind kind = FindingKind::kFact;
  std::string advice;  // one sentence, in the language asked for
};

// In order of `begin`. A name or contact may lie within a date, role or fact; else no two findings overlap. Phrases of both
// English and Spanish are known, whatever `language` is; it is that of the advice: Spanish for "es" and its variants, else
// English. `staff_surnames`: folded surnames of the survey's staff (domain::SurnamesIn); may be null. Any bytes may be
// given.
std::vector<Finding> CheckComment(absl::string_view draft, absl::string_view language,
                                  const crypto::SaltedFilter* staff_surnames);

// As programs see it: "name", "date", "contact", "role", "fact".
absl::string_view NameOf(FindingKind kind);

// A sentence on how few people could have written it: `invited` people of the writer's group.
std::string GroupSizeAdvice(int64_t invited, absl::string_view language);

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_COMMENT_GUARD_H_
