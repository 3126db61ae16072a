#include "clients/cpp/error.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "candor/v1/errors.pb.h"
#include "services/base/error.h"

namespace candor::client {

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  std::string reason, field;
  absl::Duration retry_after = absl::ZeroDuration();
  candor::v1::ErrorStatus details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    for (const candor::v1::ErrorDetail& detail : details.details()) {
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
  if (!reason.empty()) {
    absl::Status error = base::Error(code, reason, status.error_message(), field);
    return retry_after > absl::ZeroDuration() ? base::WithRetry(std::move(error), retry_after) : error;
  }
  if (code == absl::StatusCode::kUnavailable) {
    return absl::Status(code, absl::StrCat("the server cannot be reached: ", status.error_message()));
  }
  if (code == absl::StatusCode::kDeadlineExceeded) {
    return absl::Status(code, "the server did not answer in time; try again");
  }
  return absl::Status(code, status.error_message());
}

}  // namespace candor::client
