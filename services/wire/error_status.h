// Errors as they came over the wire, as this project's statuses: what every caller does, a client of the service as well
// as one plane that calls the other.

#ifndef CANDOR_SERVICES_WIRE_ERROR_STATUS_H_
#define CANDOR_SERVICES_WIRE_ERROR_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::wire {

// The same code and message; reason, field and when to try again (services/base/error.h) from `details`, a serialized
// ErrorStatus. Without a reason where `details` are none of this service's: then the transport itself has failed, or
// something between the two. `code` is not OK.
absl::Status FromErrorStatus(absl::StatusCode code, absl::string_view message, absl::string_view details);

}  // namespace candor::wire

#endif  // CANDOR_SERVICES_WIRE_ERROR_STATUS_H_
