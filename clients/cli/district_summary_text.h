// A district's summary of one campaign as text.

#ifndef CANDOR_CLIENTS_CLI_DISTRICT_SUMMARY_TEXT_H_
#define CANDOR_CLIENTS_CLI_DISTRICT_SUMMARY_TEXT_H_

#include <string>

#include "candor/v1/rounds.pb.h"

namespace candor::cli {

// English; every line ends with a line feed. Sections without a figure are left out.
std::string DistrictSummaryText(const candor::v1::DistrictSummary& summary);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_DISTRICT_SUMMARY_TEXT_H_
