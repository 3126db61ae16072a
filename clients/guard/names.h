// Names of people in a draft.

#ifndef CANDOR_CLIENTS_GUARD_NAMES_H_
#define CANDOR_CLIENTS_GUARD_NAMES_H_

#include <vector>

#include "clients/guard/patterns.h"
#include "clients/guard/words.h"
#include "services/crypto/salted_filter.h"

namespace candor::guard {

// Runs of words that are, or look like, somebody's name, with the title before it: common first names and surnames of both
// languages, surnames in `staff_surnames` (may be null), whatever follows a title or "my daughter", and words with a capital
// letter that stand where a person would. In order, apart from each other.
std::vector<Match> FindNames(const Words& words, const crypto::SaltedFilter* staff_surnames);

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_NAMES_H_
