// Page one of a report for the terminal, and what there is to work on.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_BRIEF_H_
#define CANDOR_CLIENTS_REPORT_TEXT_BRIEF_H_

#include "candor/v1/report.pb.h"
#include "clients/report/text_page.h"

namespace candor::report {

// The same findings in the same words as on page one of the HTML report (html_brief.h), in English.
void WriteBrief(const candor::v1::Report& report, TextPage& page);

// Of each proposal its statements, questions and next steps, as far as page one has not said them all.
void WriteWorking(const candor::v1::Report& report, TextPage& page);

// The framework's priority areas with the competencies that have to do with them, as far as the report has figures of these.
void WritePriorityAreas(const candor::v1::Report& report, TextPage& page);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_BRIEF_H_
