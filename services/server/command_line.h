// Flags and environment of candord.

#ifndef CANDOR_SERVICES_SERVER_COMMAND_LINE_H_
#define CANDOR_SERVICES_SERVER_COMMAND_LINE_H_

#include <optional>
#include <string>

#include "services/server/config.h"

namespace candor::server {

enum class Task { kServe, kResetAdminKey, kMakePlaneKey };

struct Command {
  Task task = Task::kServe;
  ServerConfig config;
  std::string out;  // of kMakePlaneKey: the file to write
};

struct ParsedCommandLine {
  std::optional<Command> command;  // unset: there is nothing to run
  std::string output;              // what to print: help, the version, or all faults in one message
  int exit_code = 0;               // of the process when there is nothing to run: 0, or 2 for wrong use
};

// Reads flags, and where a flag is not given the environment (CANDOR_DATA for --data, and so on).
ParsedCommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_COMMAND_LINE_H_
