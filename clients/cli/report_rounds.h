// Verbs of the noun `report` that are about more than one report.

#ifndef CANDOR_CLIENTS_CLI_REPORT_ROUNDS_H_
#define CANDOR_CLIENTS_CLI_REPORT_ROUNDS_H_

#include <string>
#include <vector>

#include "candor/v1/scoring.pb.h"
#include "clients/cli/context.h"

namespace candor::cli {

// `rounds`, `export`, `summary`.
void AddReportRoundVerbs(CLI::App& noun, Context& context);

// What --by takes, and the kind that one of these words stands for.
std::vector<std::string> UnitKinds();
candor::v1::UnitKind UnitKindOf(const std::string& kind);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_REPORT_ROUNDS_H_
