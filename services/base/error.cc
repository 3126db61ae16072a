#include "services/base/error.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace candor::base {
namespace {
constexpr char kReasonUrl[] = "candor/reason";
constexpr char kFieldUrl[] = "candor/field";
constexpr char kRetryUrl[] = "candor/retry-seconds";
}  // namespace

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   absl::string_view field) {
  absl::Status status(code, message);
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  if (!field.empty()) status.SetPayload(kFieldUrl, absl::Cord(field));
  return status;
}

absl::Status WithRetry(absl::Status status, absl::Duration after) {
  const int64_t seconds = std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(after, absl::Seconds(1))));
  status.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(seconds)));
  return status;
}

ErrorDetail GetErrorDetail(const absl::Status& status) {
  ErrorDetail detail;
  if (auto reason = status.GetPayload(kReasonUrl)) detail.reason = std::string(*reason);
  if (auto field = status.GetPayload(kFieldUrl)) detail.field = std::string(*field);
  int64_t seconds = 0;
  if (auto retry = status.GetPayload(kRetryUrl); retry && absl::SimpleAtoi(std::string(*retry), &seconds)) {
    detail.retry_after = absl::Seconds(seconds);
  }
  return detail;
}

absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&annotated](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace candor::base
