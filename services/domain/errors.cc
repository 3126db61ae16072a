#include "services/domain/errors.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace candor::domain::errors {

using absl::StatusCode;

absl::Status InvalidField(absl::string_view field, absl::string_view message) {
  return base::Error(StatusCode::kInvalidArgument, reasons::kFIELD_INVALID, absl::StrCat(field, ": ", message), field);
}
absl::Status NotFound(absl::string_view kind, absl::string_view name) {
  return base::Error(StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND,
                     absl::StrCat("no ", kind, " ", name, "; list what there is, or check the name"));
}
absl::Status Exists(absl::string_view kind, absl::string_view name) {
  return base::Error(StatusCode::kAlreadyExists, reasons::kRESOURCE_EXISTS,
                     absl::StrCat("there is a ", kind, " ", name, " already; choose another id"));
}
absl::Status WrongState(absl::string_view message) {
  return base::Error(StatusCode::kFailedPrecondition, reasons::kWRONG_STATE, message);
}
absl::Status EtagMismatch(absl::string_view kind, absl::string_view name) {
  return base::Error(StatusCode::kAborted, reasons::kETAG_MISMATCH,
                     absl::StrCat("the ", kind, " ", name, " has changed since you read it; read it again"));
}
absl::Status CodeUnknown() {
  return base::Error(StatusCode::kNotFound, reasons::kCODE_UNKNOWN,
                     "this code opens no survey: it may have a typing mistake, have been replaced by a newer one, or the "
                     "survey may be over; ask whoever invited you");
}
absl::Status SurveyClosed() {
  return base::Error(StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED,
                     "this survey no longer takes answers; thank you for wanting to help");
}
absl::Status SurveyUnknown() {
  return base::Error(StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN, "no such survey; check its name");
}
absl::Status TokenInvalid() {
  return base::Error(StatusCode::kInvalidArgument, reasons::kTOKEN_INVALID,
                     "this token gives no right to answer this survey; open the survey again with your code");
}
absl::Status StoreBusy(absl::string_view detail) {
  return base::Error(StatusCode::kUnavailable, reasons::kSTORE_BUSY,
                     absl::StrCat("the store is busy; nothing was changed, try again (", detail, ")"));
}
absl::Status StoreUnusable(absl::string_view detail) {
  return base::Error(StatusCode::kUnavailable, reasons::kSTORE_BUSY,
                     absl::StrCat("the store cannot use its files; look at the disk and at the files' permissions, then try "
                                  "again (",
                                  detail, ")"));
}
absl::Status StoreFull(absl::string_view detail) {
  return base::Error(StatusCode::kResourceExhausted, reasons::kSTORE_FULL,
                     absl::StrCat("the store has no room left; nothing was changed; free some space and try again (",
                                  detail, ")"));
}
absl::Status StoreCorrupt(absl::string_view detail) {
  return base::Error(StatusCode::kDataLoss, reasons::kSTORE_CORRUPT,
                     absl::StrCat("stored data breaks an invariant; restore a backup (", detail, ")"));
}
absl::Status FollowUpOver(absl::string_view message) {
  return base::Error(StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER, message);
}
absl::Status Overloaded() {
  return base::Error(StatusCode::kResourceExhausted, reasons::kOVERLOADED,
                     "too many requests at once; wait a moment and try again");
}

}  // namespace candor::domain::errors
