// The key of a moderator or auditor: a file that only they hold. What respondents write is sealed to its public half.

#ifndef CANDOR_CLIENTS_CPP_HOLDER_KEY_H_
#define CANDOR_CLIENTS_CPP_HOLDER_KEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/crypto/sealing.h"

namespace candor::client {

// Makes a key pair and writes it to a new file of mode 0600. ALREADY_EXISTS: there is such a file; a key that is written
// over is lost with all that is sealed to it.
absl::StatusOr<crypto::ClosingKeyPair> MakeHolderKey(const std::string& path);

// NOT_FOUND and others of base::ReadFile. INVALID_ARGUMENT: not such a file.
absl::StatusOr<crypto::ClosingKeyPair> ReadHolderKey(const std::string& path);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_HOLDER_KEY_H_
