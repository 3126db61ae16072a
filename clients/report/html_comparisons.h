// Comparisons of an HTML report: with the round before, with the campaign's leaders, between parts of a group.

#ifndef CANDOR_CLIENTS_REPORT_HTML_COMPARISONS_H_
#define CANDOR_CLIENTS_REPORT_HTML_COMPARISONS_H_

#include "clients/report/html_words.h"

namespace candor::report {

// Everything of comparisons.mustache. Each part is false where there is nothing to say.
base::Json ComparisonsData(const HtmlWords& words);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_COMPARISONS_H_
