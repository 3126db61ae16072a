// What the key folder adds to copies that were taken before closing.

#ifndef CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_
#define CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

struct OpenedWithKeys {
  // Sealed answers in the last copy that open, each being the newest answer of the person whose token it lies under.
  int newest = 0;
  // The copies, each with what opens of it beside it: one file of the records in the order of their slots.
  std::vector<Copy> copies;
};

// Tries every 32 bytes of every file in `keys`, a key folder of the trial's, as the closing key, whatever they are meant
// for, and every file of 32 bytes as the key that answers are sealed under.
absl::StatusOr<OpenedWithKeys> OpenWithKeys(const Trial& trial, const Copy& keys,
                                            const std::vector<const Copy*>& copies);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_OPENED_WITH_KEYS_H_
