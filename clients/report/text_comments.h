// Released comments as text, to stand under a report.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_
#define CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_

#include <string>

#include "candor/v1/report.pb.h"
#include "clients/report/text_report.h"

namespace candor::report {

// Comments by block and question, summaries, and what is withheld and why. Empty where there is nothing to say.
std::string RenderComments(const candor::v1::ReportComments& comments, const TextOptions& options);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_
