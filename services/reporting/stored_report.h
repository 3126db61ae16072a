// The step between the identity plane's documents and a report's frozen bytes.

#ifndef CANDOR_SERVICES_REPORTING_STORED_REPORT_H_
#define CANDOR_SERVICES_REPORTING_STORED_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/answer.h"
#include "services/domain/campaign.h"
#include "storage/identity_store.h"

namespace candor::reporting {

// The same leader's survey in the round before.
struct StoredRoundBefore {
  std::string contract;
  std::string instrument_version;
  std::string closed_result;
  std::optional<std::string> pooled_figures;
};

// Documents as the exact bytes that were stored; the figures pooled over the campaign's leaders, and their benchmark, are in
// its row.
struct StoredReportInput {
  storage::CampaignRow campaign;
  storage::SurveyRow survey;
  std::string contract;            // domain::EncodeContract
  std::string instrument_version;  // domain::EncodeInstrumentVersion
  std::string closed_result;       // domain::EncodeClosedResult
  std::optional<domain::Answers> self;
  std::vector<domain::Answers> team;  // instead, where the contract has team_members: those of the members who rated
  std::vector<domain::Answers> supervisors;
  domain::Comparison comparison = domain::Comparison::kNone;
  std::optional<StoredRoundBefore> before;  // set exactly when compared
};

// The bytes to freeze: a pure function of the input. They name nobody; who the report is about is kept beside them.
//
// DATA_LOSS, STORE_CORRUPT: a document cannot be read, is not the one that another refers to by its hash, or belongs to
// another survey.
absl::StatusOr<std::string> BuildStoredReport(const StoredReportInput& input);

// All of one campaign that has a result.
struct StoredBenchmarkInput {
  std::string contract;  // of one of them: what figures depend on is the same in all
  std::string instrument_version;
  std::vector<std::string> closed_results;  // one for each leader with a result, by survey id
};

// The benchmark to freeze (candor.v1.Benchmark): a pure function of what the closed results print. Errors: as above.
absl::StatusOr<std::string> BuildStoredBenchmark(const StoredBenchmarkInput& input);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_STORED_REPORT_H_
