// The program candord: exit codes, files, log lines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "tests/support/process/candord_process.h"

namespace candor::testing {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int exit_code = -1;
  std::string output;  // both streams
};

Outcome RunCandord(const ScratchFolder& folder, const std::string& arguments) {
  const std::string log = folder.path() + "/output";
  const int status = std::system(absl::StrCat(CANDOR_BIN_DIR "/candord ", arguments, " >", log, " 2>&1").c_str());
  const auto output = base::ReadFile(log);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output.ok() ? *output : ""};
}

TEST(CandordTest, WrongUseExitsWith2AndSaysAllFaults) {
  const ScratchFolder folder;
  const Outcome outcome = RunCandord(folder, "--listen 0.0.0.0:1 --modulus-bits 7");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("--data"));
  EXPECT_THAT(outcome.output, HasSubstr("--listen"));
  EXPECT_THAT(outcome.output, HasSubstr("--modulus-bits"));
  EXPECT_EQ(RunCandord(folder, "--help").exit_code, 0);
  EXPECT_EQ(RunCandord(folder, "--version").exit_code, 0);
  EXPECT_EQ(RunCandord(folder, "--frobnicate").exit_code, 2);
}

TEST(CandordTest, StopsInGoodOrderWithReadableFilesForNobodyElse) {
  const ScratchFolder folder;
  const std::string data = folder.path() + "/data";
  CandordProcess candord(data, {}, Arrangement::kOneServer);
  const mode_t before = umask(0);
  const absl::Status started = candord.Start();
  umask(before);
  ASSERT_EQ(started, absl::OkStatus());

  const Outcome second = RunCandord(folder, absl::StrCat("--data ", data, " --listen 127.0.0.1:0"));
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.output, HasSubstr("is using the data folder"));
  const auto key = base::ReadFile(candord.admin_key_file());
  ASSERT_EQ(key.status(), absl::OkStatus());
  const Outcome reset = RunCandord(folder, absl::StrCat("admin-key --reset --data ", data));
  EXPECT_EQ(reset.exit_code, 1) << "not while it runs";
  EXPECT_EQ(reset.output,
            absl::StrCat("candord: another candord (process ", candord.process(), ") is using the data folder ", data,
                         "; no key was changed. Stop that server (send it SIGTERM, or as your service manager does), run "
                         "this command again, and start the server again\n"));
  EXPECT_EQ(*base::ReadFile(candord.admin_key_file()), *key);

  EXPECT_EQ(candord.Stop(), 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    struct stat about;
    ASSERT_EQ(stat(entry.path().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0077, 0u) << entry.path();
  }
  const auto ready = base::ReadFile(data + ".log.ready");
  ASSERT_EQ(ready.status(), absl::OkStatus());
  EXPECT_EQ(*ready, absl::StrCat(candord.address().substr(candord.address().rfind(':') + 1), "\n"));
  EXPECT_EQ(RunCandord(folder, absl::StrCat("admin-key --reset --data ", data)).exit_code, 0);
  EXPECT_NE(*base::ReadFile(candord.admin_key_file()), *key);

  // One JSON object a line, from start to stop.
  const auto log = base::ReadFile(candord.log_file());
  ASSERT_EQ(log.status(), absl::OkStatus());
  std::vector<std::string> messages;
  for (const absl::string_view line : absl::StrSplit(*log, '\n', absl::SkipEmpty())) {
    const auto json = base::ParseJson(line);
    ASSERT_EQ(json.status(), absl::OkStatus()) << line;
    messages.push_back(json->at("msg"));
  }
  EXPECT_THAT(messages, ::testing::ElementsAre("starting", "the administrator's key was written", "listening",
                                               "stopping", "stopped"));
}

}  // namespace
}  // namespace candor::testing
