// What stands on the command line and is nobody else's business.

#ifndef CANDOR_CLIENTS_CLI_HIDDEN_ARGUMENTS_H_
#define CANDOR_CLIENTS_CLI_HIDDEN_ARGUMENTS_H_

#include "CLI/CLI.hpp"

namespace candor::cli {

// Everybody on the machine can list a program's arguments as long as it runs, and who answers may wait for hours.
// Overwrites, once `app` has read them: codes and links, what somebody writes (--text), and the id of the comment that
// is a respondent's own (`follow-up answer`). "-" stays: it stands for standard input.
void HideArguments(const CLI::App& app, int argc, char** argv);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_HIDDEN_ARGUMENTS_H_
