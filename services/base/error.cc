#include "services/base/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace candor::base {
namespace {
constexpr char kReasonUrl[] = "candor/reason";
constexpr char kFieldUrl[] = "candor/field";
}  // namespace

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   absl::string_view field) {
  absl::Status status(code, message);
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  if (!field.empty()) status.SetPayload(kFieldUrl, absl::Cord(field));
  return status;
}

ErrorDetail GetErrorDetail(const absl::Status& status) {
  ErrorDetail detail;
  if (auto reason = status.GetPayload(kReasonUrl)) detail.reason = std::string(*reason);
  if (auto field = status.GetPayload(kFieldUrl)) detail.field = std::string(*field);
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
