// The one place where an absl::Status becomes what a caller sees.

#ifndef CANDOR_SERVICES_RPC_STATUS_H_
#define CANDOR_SERVICES_RPC_STATUS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "candor/v1/errors.pb.h"
#include "grpcpp/support/status.h"

namespace candor::rpc {

// Longest message and field path that leave the server, in bytes. Trailers have room for little more.
inline constexpr size_t kLongestErrorMessage = 1024;
inline constexpr size_t kLongestErrorField = 256;

// Whether the status' own message is for the log alone: INTERNAL and UNKNOWN, whose text outside is fixed.
bool IsHidden(const absl::Status& status);

// Whether the status tells of a fault of the server and not of the call: IsHidden, a fault of the store or of a key file
// (by its reason), and what the file system gave (see OutwardOf). Its own message is for the log.
bool IsOurFault(const absl::Status& status);

// What a caller may see of `status`: of a fault of the store, of a key file, or of the file system a fixed message without
// paths or the engine's words, and always a reason. What the file system gives has none of its own: RESOURCE_EXHAUSTED
// becomes STORE_FULL, DATA_LOSS becomes STORE_CORRUPT, and NOT_FOUND, PERMISSION_DENIED and UNAVAILABLE become UNAVAILABLE,
// STORE_BUSY (errors of the product with these codes all have reasons). Any other status as it is.
absl::Status OutwardOf(const absl::Status& status);

// The same for those who answer: they can do nothing about any fault of the server, so all that have a reason have one
// message, but that of a key file, which does not pass and of which they should tell whoever invited them; what IsHidden has
// the fixed text of ToErrorStatus. Reason as OutwardOf.
absl::Status OutwardOfRespondents(const absl::Status& status);

// The error model of errors.proto, of OutwardOf: code, message (fixed when IsHidden; at most kLongestErrorMessage bytes of
// valid UTF-8 without control characters), `ErrorInfo` where the status has a reason, `BadRequest` where it has a field,
// `RetryInfo` where it says when to try again.
// `status` is not OK.
candor::v1::ErrorStatus ToErrorStatus(const absl::Status& status);

// The same as a gRPC status, with the serialized ErrorStatus as its details. OK becomes OK.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_STATUS_H_
