// Somebody is pressed to answer: what they say reaches the auditor by the verbs of `candor`, and nobody else.

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candor_shell.h"
#include "tests/support/process/candord_process.h"

namespace candor::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(AuditorTest, ReadsWhatWasReportedAfterClosingAndNobodyElseLearnsOfIt) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  ASSERT_TRUE(server.Start().ok());
  const CandorShell admin = CandorShell(server.address(), server.admin_key_file(), folder.path())
                                .WithResponseServer(server.response_address());
  const auto path = [&](const std::string& name) { return folder.path() + "/" + name; };
  const std::string demo = std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/";
  admin.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader"});
  admin.Text({"person", "create", "--district", "d", "--id", "kim", "--name", "Kim Neutral", "--role", "auditor"});
  for (const char* person : {"lee", "kim"}) {
    admin.Text({"key", "create", person, "--district", "d", "--out", path(std::string(person) + ".access")});
  }
  const CandorShell kim = admin.WithKey(path("kim.access"));
  const std::string key_code = kim.Json({"auditor", "keygen", "--out", path("kim.key")})["key_code"];
  EXPECT_THAT(kim.Text({"auditor", "register", "kim", "--district", "d", "--key", path("kim.key")}), HasSubstr(key_code));
  admin.Text({"framework", "import", "--district", "d", "--file", demo + "framework.json"});
  const std::string draft =
      admin.Json({"instrument", "create", "--district", "d", "--file", demo + "instrument.json", "--id", "pulse"})["name"];
  const std::string version = admin.Json({"instrument", "publish", draft})["name"];
  admin.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version", version,
              "--close-in", "7d", "--auditor", "Ombudsperson=kim"});
  const std::string survey = admin.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  admin.Text({"rater", "paper", survey, "--group", "staff", "--count", "6"});
  admin.Text({"campaign", "open", "c", "--district", "d"});

  const base::Json codes = admin.Json({"code", "list", survey})["codes"];
  const CandorShell respondent = admin.WithoutKey();
  std::ofstream(path("pressed.json")) << R"({"pressed": {"text": "I was told to mark fours."}})";
  std::ofstream(path("rated.json")) << R"({"I.2.a": 4})";
  for (size_t i = 0; i < codes.size(); ++i) {
    const std::string said = respondent.Text({"answer", "--code", codes[i]["code"], "--file",
                                              path(i == 2 ? "pressed.json" : "rated.json"), "--yes", "--shared-device"});
    EXPECT_THAT(said, HasSubstr("Ombudsperson"));
    EXPECT_THAT(said, HasSubstr(key_code));
  }
  const CandorShell auditor = admin.WithoutKey().WithResponseServer(server.response_address());
  EXPECT_EQ(auditor.Reason({"auditor", "notices", survey, "--key", path("kim.key")}), "WRONG_STATE");
  EXPECT_THAT(auditor.Run({"auditor", "notices", survey, "--key", path("kim.key")}).err,
              HasSubstr("not yet: this survey takes answers until 20"));
  admin.Text({"campaign", "close", "c", "--district", "d"});
  admin.Text({"campaign", "release", "c", "--district", "d"});

  const base::Json notices = auditor.Json({"auditor", "notices", survey, "--key", path("kim.key")});
  EXPECT_EQ(notices["given"], 1);
  EXPECT_EQ(notices["texts"], base::Json({"I was told to mark fours."}));
  kim.Text({"auditor", "keygen", "--out", path("other.key")});
  EXPECT_THAT(auditor.Run({"auditor", "notices", survey, "--key", path("other.key")}).err, HasSubstr("not opened for your key"));

  EXPECT_THAT(admin.Text({"purge", "--dry-run", "--district", "d"}),
              HasSubstr("sealed reports of pressure, if any, of surveys  1")) << "as many whether or not there was one";

  const CandorShell lee = admin.WithKey(path("lee.access"));
  EXPECT_THAT(lee.Text({"report", "get", survey}), Not(HasSubstr("Ombudsperson")));
  EXPECT_THAT(lee.Json({"report", "get", survey}).dump(), Not(HasSubstr("told to mark")));

  auditor.Text({"auditor", "notices", survey, "--key", path("kim.key"), "--done", "--yes"});
  EXPECT_EQ(auditor.Json({"auditor", "notices", survey, "--key", path("kim.key")})["destroyed"], true);
}

}  // namespace
}  // namespace candor::e2e
