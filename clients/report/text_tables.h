// The tables of a text report.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_TABLES_H_
#define CANDOR_CLIENTS_REPORT_TEXT_TABLES_H_

#include "candor/v1/report.pb.h"
#include "clients/report/text_page.h"

namespace candor::report {

// Domains, each with its competencies: self, supervisor, each group that is shown, all raters, gap.
void WriteDomains(const candor::v1::Report& report, TextPage& page);

// Of each group that is shown by part, the same units: the group beside its parts.
void WriteParts(const candor::v1::Report& report, TextPage& page);

// What has changed since the round before, of each domain and competency; nothing where there is no such round.
void WriteChanges(const candor::v1::Report& report, TextPage& page);

// Themes as domains.
void WriteThemes(const candor::v1::Report& report, TextPage& page);

// Single statements under their competency: each figure with its answers, limits, distribution.
void WriteIndicators(const candor::v1::Report& report, TextPage& page);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_TABLES_H_
