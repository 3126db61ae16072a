#include "clients/cli/wire_fault.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"

namespace candor::cli {
namespace {

absl::Status Named(const absl::Status& status, const base::ErrorDetail& detail, absl::string_view place) {
  absl::string_view message = status.message();
  // Messages on a field mostly begin with its name.
  if (absl::ConsumePrefix(&message, detail.field)) absl::ConsumePrefix(&message, ":");
  return base::Error(status.code(), detail.reason, absl::StrCat(place, ": ", absl::StripPrefix(message, " ")));
}

}  // namespace

absl::Status NamePlace(const absl::Status& status, absl::string_view list, size_t entries, const PlaceOfEntry& place) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  absl::string_view field = detail.field;
  if (!absl::ConsumePrefix(&field, list) || !absl::ConsumePrefix(&field, "[")) return status;
  const size_t end = field.find(']');
  size_t index = 0;
  if (end == absl::string_view::npos || !absl::SimpleAtoi(field.substr(0, end), &index) || index >= entries) return status;
  absl::string_view member = field.substr(end + 1);
  absl::ConsumePrefix(&member, ".");
  return Named(status, detail, place(index, member));
}

absl::Status NameField(const absl::Status& status, absl::string_view field, absl::string_view place) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  return detail.field == field ? Named(status, detail, place) : status;
}

}  // namespace candor::cli
