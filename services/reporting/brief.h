// Page one of a report: what stands out, how sure that is, and what to talk about.

#ifndef CANDOR_SERVICES_REPORTING_BRIEF_H_
#define CANDOR_SERVICES_REPORTING_BRIEF_H_

#include "candor/v1/brief.pb.h"
#include "candor/v1/scoring.pb.h"
#include "services/reporting/report_input.h"

namespace candor::reporting {

// From the scores that BuildScores made of the same input, and from the printed atoms behind them. A pure function; each
// rule stands in candor/v1/brief.proto.
candor::v1::Brief BuildBrief(const ReportInput& input, const candor::v1::Scores& scores);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_BRIEF_H_
