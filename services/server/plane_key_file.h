// The file with the key that the two planes' servers share.

#ifndef CANDOR_SERVICES_SERVER_PLANE_KEY_FILE_H_
#define CANDOR_SERVICES_SERVER_PLANE_KEY_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/rpc/plane_key.h"

namespace candor::server {

// INVALID_ARGUMENT: the file cannot be read, holds no such key, or others than its owner may read it; one sentence that
// names the file and says what to do.
absl::StatusOr<rpc::PlaneKey> ReadPlaneKeyFile(const std::string& path);

// Makes a new key and writes it to `path`, mode 0600; durable when this returns. ALREADY_EXISTS: there is such a file, which
// may be a key in use. RESOURCE_EXHAUSTED, UNAVAILABLE: it cannot be written.
absl::Status WritePlaneKeyFile(const std::string& path);

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_PLANE_KEY_FILE_H_
