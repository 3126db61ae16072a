// The step between the identity plane's documents and a report's frozen bytes.

#ifndef CANDOR_SERVICES_REPORTING_STORED_REPORT_H_
#define CANDOR_SERVICES_REPORTING_STORED_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/answer.h"
#include "storage/identity_store.h"

namespace candor::reporting {

// Documents as the exact bytes that were stored; the figures pooled over the campaign's leaders are in its row.
struct StoredReportInput {
  storage::CampaignRow campaign;
  storage::SurveyRow survey;
  std::string contract;            // domain::EncodeContract
  std::string instrument_version;  // domain::EncodeInstrumentVersion
  std::string closed_result;       // domain::EncodeClosedResult
  std::optional<domain::Answers> self;
  std::vector<domain::Answers> supervisors;
};

// The bytes to freeze: a pure function of the input. They name nobody; who the report is about is kept beside them.
//
// DATA_LOSS, STORE_CORRUPT: a document cannot be read, is not the one that another refers to by its hash, or belongs to
// another survey.
absl::StatusOr<std::string> BuildStoredReport(const StoredReportInput& input);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_STORED_REPORT_H_
