// What the key folder adds to a copy that was taken before closing.

#ifndef CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_
#define CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_

#include "absl/status/statusor.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// How many sealed answers of `copy` the closing key in `trial.keys` opens, each being the newest answer of the person
// whose token it lies under.
absl::StatusOr<int> CountOpened(const Trial& trial, const Copy& copy);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_
