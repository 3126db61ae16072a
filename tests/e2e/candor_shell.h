// A person at a terminal: runs `candor` against one server and reads what it prints.

#ifndef CANDOR_TESTS_E2E_CANDOR_SHELL_H_
#define CANDOR_TESTS_E2E_CANDOR_SHELL_H_

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/json.h"
#include "tests/cli/run_program.h"

namespace candor::e2e {

class CandorShell {
 public:
  // `home`: an existing folder, where respondents' devices keep their state.
  CandorShell(std::string server, std::string key_file, std::string home)
      : server_(std::move(server)), key_file_(std::move(key_file)), home_(std::move(home)) {}

  cli::ProgramResult Run(std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), {"--server", server_});
    if (!key_file_.empty()) arguments.insert(arguments.begin(), {"--key-file", key_file_});
    return cli::RunCandor(arguments, input, home_);
  }

  // Expects success.
  std::string Text(const std::vector<std::string>& arguments, const std::string& input = "") const {
    const cli::ProgramResult result = Run(arguments, input);
    EXPECT_EQ(result.exit_code, 0) << ::testing::PrintToString(arguments) << "\n" << result.err;
    return result.out;
  }

  // Expects success, and JSON.
  base::Json Json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--json");
    const std::string text = Text(arguments);
    auto document = base::ParseJson(text);
    EXPECT_TRUE(document.ok()) << ::testing::PrintToString(arguments) << "\n" << text;
    return document.ok() ? *document : base::Json::object();
  }

  // Expects failure with 1, and gives the reason.
  std::string Reason(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--json", "--quiet"});
    const cli::ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << ::testing::PrintToString(arguments) << "\n" << result.out;
    const auto document = base::ParseJson(result.err);
    if (!document.ok() || !document->contains("error")) return "not JSON: " + result.err;
    return (*document)["error"].value("reason", "none: " + (*document)["error"].value("message", ""));
  }

  CandorShell WithKey(std::string key_file) const { return CandorShell(server_, std::move(key_file), home_); }
  CandorShell WithoutKey() const { return CandorShell(server_, "", home_); }
  CandorShell At(std::string server) const { return CandorShell(std::move(server), key_file_, home_); }

 private:
  std::string server_, key_file_, home_;
};

}  // namespace candor::e2e

#endif  // CANDOR_TESTS_E2E_CANDOR_SHELL_H_
