// Page one of an HTML report, and what there is to work on.

#ifndef CANDOR_CLIENTS_REPORT_HTML_BRIEF_H_
#define CANDOR_CLIENTS_REPORT_HTML_BRIEF_H_

#include "clients/report/html_words.h"

namespace candor::report {

// Who took part, as brief.mustache names it.
base::Json ParticipationData(const HtmlWords& words);

// What stands out. As Report.brief says; where it is unset, as brief.h finds.
base::Json BriefData(const HtmlWords& words);

// What nobody can read out of this report, so that nobody takes silence for agreement: [{"group", "text"}].
base::Json MissingData(const HtmlWords& words);

// Of each proposal all statements, questions and next steps; empty where page one has said all of them.
base::Json WorkingData(const HtmlWords& words);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_BRIEF_H_
