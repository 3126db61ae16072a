// Errors of calls, as this project's statuses.

#ifndef CANDOR_CLIENTS_CPP_ERROR_H_
#define CANDOR_CLIENTS_CPP_ERROR_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"

namespace candor::client {

// The same code and message; reason, field and when to try again (services/base/error.h) from the status's details where
// the server sent any. A call that never reached a server is UNAVAILABLE and says so.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_ERROR_H_
