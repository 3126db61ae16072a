#include "services/identity/report_builder.h"

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::identity {

std::string EncodeReportSubject(const ReportSubject& subject) {
  return base::CanonicalJson(base::Json{{"display_name", subject.display_name},
                                        {"job_title", subject.job_title},
                                        {"school_title", subject.school_title}});
}

absl::StatusOr<ReportSubject> DecodeReportSubject(absl::string_view bytes) {
  const absl::StatusOr<base::Json> document = base::ParseJson(bytes);
  if (!document.ok()) return domain::errors::StoreCorrupt("a report's subject is not JSON");
  domain::JsonFault fault(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
  domain::JsonObject object(*document, "", &fault);
  ReportSubject subject;
  subject.display_name = object.Text("display_name");
  subject.job_title = object.Text("job_title");
  subject.school_title = object.Text("school_title");
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return subject;
}

}  // namespace candor::identity
