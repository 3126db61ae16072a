// A report's figures as a table for programs and spreadsheets.

#ifndef CANDOR_CLIENTS_REPORT_CSV_REPORT_H_
#define CANDOR_CLIENTS_REPORT_CSV_REPORT_H_

#include <string>

#include "candor/v1/report.pb.h"

namespace candor::report {

// Comma-separated values (RFC 4180): UTF-8 without a byte-order mark, lines ended by CR LF, a header first. One row for each
// unit and each of its groups, parts, all raters, self and supervisor, in the report's order; README.md names the columns.
// Numbers have a decimal point and at most four decimals: means rounded to the nearest, limits outwards. What does not apply
// is empty. A pure function of its input; works with any message, whatever is missing in it.
std::string RenderCsv(const candor::v1::Report& report);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_CSV_REPORT_H_
