// Released comments as text, to stand under a report.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_
#define CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_

#include <string>

#include "candor/v1/follow_up.pb.h"
#include "candor/v1/report.pb.h"
#include "clients/report/text_report.h"

namespace candor::report {

// Comments by block and question, summaries, and what is withheld and why. Empty where there is nothing to say. With
// `follow_ups` each comment has its id, by which it can be asked about, and under it the question that was put to it.
std::string RenderComments(const candor::v1::ReportComments& comments, const TextOptions& options,
                           const candor::v1::ListFollowUpsResponse* follow_ups = nullptr);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_COMMENTS_H_
