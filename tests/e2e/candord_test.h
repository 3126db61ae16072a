// What most of these tests begin with: a running server with an empty data folder, and its administrator at a terminal.

#ifndef CANDOR_TESTS_E2E_CANDORD_TEST_H_
#define CANDOR_TESTS_E2E_CANDORD_TEST_H_

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "tests/e2e/candor_shell.h"
#include "tests/support/process/candord_process.h"

namespace candor::e2e {

class CandordTest : public ::testing::Test {
 protected:
  CandordTest()
      : server_(folder_.path() + "/data"), admin_(server_.address(), server_.admin_key_file(), folder_.path()) {}

  void SetUp() override {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // A file beside the data folder.
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  // A file of the demonstration.
  static std::string Demo(const std::string& name) { return std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/" + name; }

  testing::ScratchFolder folder_;
  testing::CandordProcess server_;
  CandorShell admin_;
};

// The administrator also says where the response plane is, as moderators and readers of ledgers do.
class BothPlanesTest : public CandordTest {
 protected:
  BothPlanesTest() { admin_ = admin_.WithResponseServer(server_.response_address()); }

  // The demonstration's instrument with one more prompt, "keep", to staff: 200 bytes.
  std::string WriteInstrumentWithPrompt() const {
    base::Json instrument = *base::ParseJson(*base::ReadFile(Demo("instrument.json")));
    base::Json question;
    for (const base::Json& language : instrument["languages"]) {
      question[language.get<std::string>()] = "What should this person keep doing?";
    }
    instrument["prompts"] = {{{"code", "keep"}, {"max_bytes", 200}, {"texts", {{"staff", question}}}}};
    return Write("instrument.json", instrument.dump());
  }
};

}  // namespace candor::e2e

#endif  // CANDOR_TESTS_E2E_CANDORD_TEST_H_
