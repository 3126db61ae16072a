#include "services/wire/error_status.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "candor/v1/errors.pb.h"
#include "services/base/error.h"

namespace candor::wire {

absl::Status FromErrorStatus(absl::StatusCode code, absl::string_view message, absl::string_view details) {
  std::string reason, field;
  absl::Duration retry_after = absl::ZeroDuration();
  candor::v1::ErrorStatus status;
  if (!details.empty() && status.ParseFromArray(details.data(), static_cast<int>(details.size()))) {
    for (const candor::v1::ErrorDetail& detail : status.details()) {
      if (absl::EndsWith(detail.type_url(), "/google.rpc.ErrorInfo")) {
        candor::v1::ErrorInfo info;
        if (info.ParseFromString(detail.value()) && info.domain() == "candor") reason = info.reason();
      } else if (absl::EndsWith(detail.type_url(), "/google.rpc.BadRequest")) {
        candor::v1::BadRequest bad;
        if (bad.ParseFromString(detail.value()) && bad.field_violations_size() > 0) {
          field = bad.field_violations(0).field();
        }
      } else if (absl::EndsWith(detail.type_url(), "/google.rpc.RetryInfo")) {
        candor::v1::RetryInfo retry;
        if (retry.ParseFromString(detail.value())) retry_after = absl::Seconds(retry.retry_delay().seconds());
      }
    }
  }
  if (reason.empty()) return absl::Status(code, message);
  absl::Status error = base::Error(code, reason, message, field);
  return retry_after > absl::ZeroDuration() ? base::WithRetry(std::move(error), retry_after) : error;
}

}  // namespace candor::wire
