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
#include "absl/time/time.h"

namespace candor::base {

struct ErrorDetail {
  std::string reason;  // empty: none was given
  std::string field;   // path of the request's field at fault; empty: no single field
  absl::Duration retry_after = absl::ZeroDuration();  // when trying again makes sense, whole seconds; zero: not said
};

// A status with `code` and `message` that carries `reason` and `field`.
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   absl::string_view field = "");

// `status`, not OK, with when to try again: rounded up to whole seconds, at least one.
absl::Status WithRetry(absl::Status status, absl::Duration after);

// The detail that Error() and WithRetry() attached; members that were not given are empty.
ErrorDetail GetErrorDetail(const absl::Status& status);

// The same code and detail, with `context` and ": " put before the message.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_ERROR_H_
