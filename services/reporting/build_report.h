// The report of one leader: a pure function of what closing let out, and of ratings that people gave under their own
// name. No clock, no store, no randomness: the same input gives the same bytes, on every machine.

#ifndef CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_
#define CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/report.pb.h"
#include "services/reporting/report_input.h"

namespace candor::reporting {

// Computes the report as scoring.md 16 says: every figure from printed atoms, a bounded mean carried through as a
// range, withheld blocks in place with their reason. All raters are the printed anonymous blocks, each with equal
// weight; the supervisors' ratings stand in a column apart and enter nothing else.
//
// Errors: those of CheckReportInput.
absl::StatusOr<candor::v1::Report> BuildReport(const ReportInput& input);

// The report's bytes: equal messages give equal bytes, maps being written in the order of their keys.
std::string SerializeReport(const candor::v1::Report& report);

// DATA_LOSS, STORE_CORRUPT: not a report.
absl::StatusOr<candor::v1::Report> ParseReport(absl::string_view bytes);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_
