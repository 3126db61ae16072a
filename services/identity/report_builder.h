// The seam to reporting: what a report is made from, and who it is about.

#ifndef CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_
#define CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/answer.h"
#include "storage/identity_store.h"

namespace candor::identity {

// All that a report follows from; it names nobody. Documents as the exact bytes that were stored. The figures pooled over
// the campaign's leaders are campaign.pooled_figures.
struct ReportInput {
  storage::CampaignRow campaign;
  storage::SurveyRow survey;
  std::string contract;
  std::string instrument_version;
  std::string closed_result;
  std::optional<domain::Answers> self;
  std::vector<domain::Answers> supervisors;  // by person id
};

// The report's bytes: a pure function of the input. Called once for each survey at release; its bytes are frozen.
using ReportBuilder = std::function<absl::StatusOr<std::string>(const ReportInput&)>;

// Who a report is about, as the directory had it at release. Kept beside the report (SurveyDocument::kReportSubject) and
// deleted with the person.
struct ReportSubject {
  std::string display_name;
  std::string job_title;
  std::string school_title;
};
std::string EncodeReportSubject(const ReportSubject& subject);  // canonical JSON
// DATA_LOSS: not such a document.
absl::StatusOr<ReportSubject> DecodeReportSubject(absl::string_view bytes);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_
