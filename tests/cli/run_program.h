// Runs the built `candor` as a person would.

#ifndef CANDOR_TESTS_CLI_RUN_PROGRAM_H_
#define CANDOR_TESTS_CLI_RUN_PROGRAM_H_

#include <string>
#include <vector>

namespace candor::cli {

struct ProgramResult {
  int exit_code = -1;  // -1: a signal ended it
  std::string out, err;
};

// Runs `candor` with these arguments and `input` on its standard input, in an environment of its own where no CANDOR_
// variable is set and HOME is `home`, and waits for it.
ProgramResult RunCandor(const std::vector<std::string>& arguments, const std::string& input = "",
                        const std::string& home = "/nonexistent");

}  // namespace candor::cli

#endif  // CANDOR_TESTS_CLI_RUN_PROGRAM_H_
