// Change since the round before, from what both rounds' closed results print.

#ifndef CANDOR_SERVICES_REPORTING_CHANGE_H_
#define CANDOR_SERVICES_REPORTING_CHANGE_H_

#include <vector>

#include "candor/v1/scoring.pb.h"
#include "services/reporting/groups.h"
#include "services/reporting/report_input.h"

namespace candor::reporting {

// Sets `compared_round`, and the changes of every unit: for each rater group that both rounds print as itself, over the
// statements that it was asked in the same words both times and that have a figure both times; for all raters, over these
// groups. `groups`: PrepareGroups(input). `scores` has its units, with one figure for each of the groups.
void AddChanges(const ReportInput& input, const std::vector<PreparedGroup>& groups, candor::v1::Scores& scores);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_CHANGE_H_
