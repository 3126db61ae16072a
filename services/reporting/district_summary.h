// What a district learns of one campaign: from printed figures and pooled ones alone.

#ifndef CANDOR_SERVICES_REPORTING_DISTRICT_SUMMARY_H_
#define CANDOR_SERVICES_REPORTING_DISTRICT_SUMMARY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "candor/v1/rounds.pb.h"
#include "candor/v1/scoring.pb.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/domain/pooled_figures.h"
#include "storage/identity_store.h"

namespace candor::reporting {

struct DistrictSummaryInput {
  std::string campaign;  // districts/{district}/campaigns/{campaign}
  std::string title;
  domain::Contract contract;  // of any of its surveys: what is read of it is the same in all
  domain::InstrumentVersion version;
  std::vector<domain::ClosedResult> results;  // one for each leader with a result
  candor::v1::Benchmark benchmark;            // as it was frozen
  domain::PooledFigures pooled;
  std::vector<candor::v1::Scores> scores;  // of the leaders' reports, by survey id
};

// A pure function: whatever is in it stands in the leaders' reports already, or is pooled over all raters of the campaign. So
// it is the same whenever it is asked for, and no two of them differ by one leader.
candor::v1::DistrictSummary BuildDistrictSummary(const DistrictSummaryInput& input);

// The summary of a campaign in the store. NOT_FOUND, RESOURCE_NOT_FOUND; FAILED_PRECONDITION, REPORT_NOT_RELEASED: the
// campaign is not released, or none of its surveys has a result; DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<candor::v1::DistrictSummary> SummariseDistrict(storage::ReadTransaction& transaction,
                                                              const domain::DistrictId& district,
                                                              const domain::CampaignId& campaign);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_DISTRICT_SUMMARY_H_
