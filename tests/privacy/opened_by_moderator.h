// What a moderator who works together with the operator sees after closing: comments in clear, in the order in which
// they are stored.

#ifndef CANDOR_TESTS_PRIVACY_OPENED_BY_MODERATOR_H_
#define CANDOR_TESTS_PRIVACY_OPENED_BY_MODERATOR_H_

#include "absl/status/statusor.h"
#include "services/crypto/sealing.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// The survey's sealed comments in `copy`, opened with the moderator's key: one file of them by row, one by id. No files
// where no comments were kept.
absl::StatusOr<Copy> OpenedByModerator(const Trial& trial, const Copy& copy, const crypto::ClosingKeyPair& moderator);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_OPENED_BY_MODERATOR_H_
