#include "clients/cpp/error.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/wire/error_status.h"

namespace candor::client {

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  absl::Status error = wire::FromErrorStatus(code, status.error_message(), status.error_details());
  if (!base::GetErrorDetail(error).reason.empty()) return error;
  if (code == absl::StatusCode::kUnavailable) {
    return absl::Status(code, absl::StrCat("the server cannot be reached: ", status.error_message()));
  }
  if (code == absl::StatusCode::kDeadlineExceeded) {
    return absl::Status(code, "the server did not answer in time; try again");
  }
  return error;
}

}  // namespace candor::client
