// Questions back to comments as text.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_FOLLOW_UPS_H_
#define CANDOR_CLIENTS_REPORT_TEXT_FOLLOW_UPS_H_

#include <string>

#include "candor/v1/follow_up.pb.h"
#include "clients/report/text_page.h"
#include "clients/report/text_report.h"

namespace candor::report {

// `text` line by line, the first after `first` and the others below it.
void WriteText(absl::string_view first, const std::string& text, TextPage& page);

// The question, and what became of it: `indent` stands before both.
void WriteFollowUp(const candor::v1::FollowUp& follow_up, const std::string& indent, TextPage& page);

// Every question under its comment, and until when what can be done.
std::string RenderFollowUps(const candor::v1::ListFollowUpsResponse& follow_ups, const TextOptions& options);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_FOLLOW_UPS_H_
