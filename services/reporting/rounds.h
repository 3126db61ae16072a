// The rounds of one leader side by side. Nothing is computed anew: every figure and every change stands in a report.

#ifndef CANDOR_SERVICES_REPORTING_ROUNDS_H_
#define CANDOR_SERVICES_REPORTING_ROUNDS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "candor/v1/report.pb.h"
#include "candor/v1/rounds.pb.h"
#include "services/domain/growth_plan.h"
#include "storage/identity_store.h"

namespace candor::reporting {

inline constexpr int kMostRounds = 12;

// The survey and the same leader's surveys in the rounds before it, newest first: each campaign names the one before. Ends
// where a campaign names none, or the leader has no released report in it; at most `most`.
absl::StatusOr<std::vector<storage::SurveyRow>> FindRounds(storage::ReadTransaction& transaction,
                                                           const storage::SurveyRow& survey, int most);

// One round as it is compared.
struct RoundReport {
  candor::v1::Report report;
  std::optional<domain::GrowthPlan> plan;  // as far as the reader may read it
};

// `rounds`: oldest first, at least one.
candor::v1::RoundComparison CompareReports(const std::vector<RoundReport>& rounds);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_ROUNDS_H_
