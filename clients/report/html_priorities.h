// The framework's priority areas: another way to sort what the report says of competencies.

#ifndef CANDOR_CLIENTS_REPORT_HTML_PRIORITIES_H_
#define CANDOR_CLIENTS_REPORT_HTML_PRIORITIES_H_

#include "clients/report/html_words.h"

namespace candor::report {

// [{"code", "title", "units": [{"code", "title", "facts", "focus"}]}]: of each area the competencies that raters have a figure
// of, in the framework's order; areas without any are left out. "focus": words where the competency is a proposal of page one.
base::Json PriorityAreasData(const HtmlWords& words);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_PRIORITIES_H_
