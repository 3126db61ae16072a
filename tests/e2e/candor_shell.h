// A person at a terminal: runs `candor` against one server, or the two of the planes, and reads what it prints.

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
    std::vector<std::string> variables;
    if (!response_server_.empty()) variables.push_back("CANDOR_RESPONSE_SERVER=" + response_server_);
    return cli::RunCandor(arguments, input, home_, variables);
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

  CandorShell WithKey(std::string key_file) const {
    CandorShell other = *this;
    other.key_file_ = std::move(key_file);
    return other;
  }
  CandorShell WithoutKey() const { return WithKey(""); }
  // Who knows the response plane's address beforehand, as one must who has neither a code nor a receipt.
  CandorShell WithResponseServer(std::string address) const {
    CandorShell other = *this;
    if (address != server_) other.response_server_ = std::move(address);
    return other;
  }

 private:
  std::string server_, key_file_, home_;
  std::string response_server_;  // empty: what the documents say, or the same
};

}  // namespace candor::e2e

#endif  // CANDOR_TESTS_E2E_CANDOR_SHELL_H_
