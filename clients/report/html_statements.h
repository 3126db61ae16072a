// Single statements of an HTML report.

#ifndef CANDOR_CLIENTS_REPORT_HTML_STATEMENTS_H_
#define CANDOR_CLIENTS_REPORT_HTML_STATEMENTS_H_

#include "clients/report/html_words.h"

namespace candor::report {

// Everything of statements.mustache: every indicator under its competency, with the figures of each group and part, in
// words where they are withheld, and how the answers spread where that is printed.
base::Json StatementsData(const HtmlWords& words);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_STATEMENTS_H_
