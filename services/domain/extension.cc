#include "services/domain/extension.h"

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.extension.v1";
constexpr int64_t kLatestSecond = 253402300799;  // the end of the year 9999

absl::Status Refused(absl::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kMANIFEST_REFUSED,
                     absl::StrCat("do not answer this survey: its extension ", what, "; tell whoever invited you"),
                     "extension");
}

}  // namespace

std::string EncodeExtension(const ExtensionNotice& notice) {
  return base::CanonicalJson({{"format", kFormat},
                              {"survey", notice.survey.value()},
                              {"manifest_hash", notice.manifest_hash},
                              {"close_time", absl::ToUnixSeconds(notice.close_time)}});
}

absl::StatusOr<ExtensionNotice> DecodeExtension(absl::string_view bytes) {
  const auto document = base::ParseJson(bytes);
  if (!document.ok()) {
    return base::Error(absl::StatusCode::kInvalidArgument, reasons::kMANIFEST_INVALID, document.status().message());
  }
  JsonFault fault(absl::StatusCode::kInvalidArgument, reasons::kMANIFEST_INVALID);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", absl::StrCat("must be \"", kFormat, "\""));
  ExtensionNotice notice;
  notice.survey = SurveyId(object.Text("survey"));
  if (SurveyIdBytes(notice.survey).empty()) fault.Set("survey", "must be a survey's id of 26 characters");
  notice.manifest_hash = base::HexEncode(object.Bytes("manifest_hash", 32));
  notice.close_time = absl::FromUnixSeconds(object.Whole("close_time", 0, kLatestSecond));
  object.Finish();
  if (fault.ok() && EncodeExtension(notice) != bytes) {
    fault.Set("", "is not in canonical form; use the bytes as they were handed out");
  }
  CANDOR_RETURN_IF_ERROR(fault.status());
  return notice;
}

absl::Status CheckExtension(const ExtensionNotice& notice, const Manifest& manifest, absl::string_view manifest_hash) {
  if (notice.survey != manifest.survey || notice.manifest_hash != manifest_hash) return Refused("is another survey's");
  if (notice.close_time <= manifest.close_time) return Refused("makes the time to answer no longer");
  if (notice.close_time > manifest.latest_close_time) return Refused("goes beyond the latest time that was announced");
  return absl::OkStatus();
}

}  // namespace candor::domain
