// Other programs that do a part of the work.

#ifndef CANDOR_CLIENTS_CLI_RUN_TOOL_H_
#define CANDOR_CLIENTS_CLI_RUN_TOOL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace candor::cli {

struct ToolResult {
  int exit_code = -1;  // -1: a signal ended it
  std::string out, err;
};

// Runs the program arguments[0], looked for in PATH, without a shell, and waits for it. It reads `input`; that and what it
// writes stay in memory, and no file or command line holds any of it. It has no open file of ours and of the environment PATH,
// HOME and TMPDIR alone, and is told of a proxy that does not exist, so that it fetches nothing.
//
// NOT_FOUND: there is no such program. DEADLINE_EXCEEDED: it took longer than `limit`, and was ended. UNAVAILABLE: it could
// not be started.
absl::StatusOr<ToolResult> RunTool(const std::vector<std::string>& arguments, absl::string_view input,
                                   absl::Duration limit);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_RUN_TOOL_H_
