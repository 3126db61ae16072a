// Runs the built `candor` as a person would.

#ifndef CANDOR_TESTS_CLI_RUN_PROGRAM_H_
#define CANDOR_TESTS_CLI_RUN_PROGRAM_H_

#include <optional>
#include <string>
#include <vector>

namespace candor::cli {

struct ProgramResult {
  int exit_code = -1;  // -1: a signal ended it
  std::string out, err;
};

// Runs `candor` with these arguments and `input` on its standard input, in an environment of its own where HOME is `home`
// and no CANDOR_ variable is set but those of `variables` ("NAME=VALUE"), and waits for it.
ProgramResult RunCandor(const std::vector<std::string>& arguments, const std::string& input = "",
                        const std::string& home = "/nonexistent", const std::vector<std::string>& variables = {});

// The same with `typed` at a terminal as standard input; unset where the machine has no pseudo-terminals, as a bare chroot.
std::optional<ProgramResult> RunCandorAtTerminal(const std::vector<std::string>& arguments, const std::string& typed);

}  // namespace candor::cli

#endif  // CANDOR_TESTS_CLI_RUN_PROGRAM_H_
