// Errors with a machine-readable reason.
//
// Every error that a caller may want to tell from another carries a reason (UPPER_SNAKE_CASE, a value of
// candor.v1.ErrorReason without its prefix), and where one field is at fault that field's path. The message is for
// people: it says what to do, and may change. Messages never carry a token, a rating, a comment or who rated whom.

#ifndef CANDOR_SERVICES_BASE_ERROR_H_
#define CANDOR_SERVICES_BASE_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::base {

struct ErrorDetail {
  std::string reason;  // empty: none was given
  std::string field;   // path of the request's field at fault; empty: no single field
};

// A status with `code` and `message` that carries `reason` and `field`.
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   absl::string_view field = "");

// The detail that Error() attached; both members are empty for any other status.
ErrorDetail GetErrorDetail(const absl::Status& status);

// The same code, reason and field, with `context` and ": " put before the message.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_ERROR_H_
