// `deploy/run` as a person starts it, but for the compiling: the programs are those of this build.

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/process/candord_process.h"

namespace candor::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class DeployRunTest : public ::testing::Test {
 protected:
  // A checkout with the scripts of this one, whose build is done.
  DeployRunTest() : root_(folder_.path() + "/checkout") {
    const fs::path source = CANDOR_SOURCE_DIR;
    fs::create_directories(root_ / "deploy");
    fs::create_directories(root_ / "build/bin");
    fs::create_directories(root_ / "tools");
    for (const char* script : {"run", "install.sh"}) fs::copy_file(source / "deploy" / script, root_ / "deploy" / script);
    fs::create_symlink(source / "deploy/demo", root_ / "deploy/demo");
    for (const char* program : {"candord", "candor"}) {
      fs::create_symlink(fs::path(CANDOR_BIN_DIR) / program, root_ / "build/bin" / program);
    }
    std::ofstream(root_ / "tools/cmake") << "#!/bin/sh\nexit 0\n";
    fs::permissions(root_ / "tools/cmake", fs::perms::owner_all);
  }

  struct Result {
    int exit_code = -1;
    std::string text;  // both outputs
  };
  Result Run(const std::string& arguments) const {
    const std::string command = absl::StrCat("PATH='", (root_ / "tools").string(), "':\"$PATH\" timeout 120 sh '",
                                             (root_ / "deploy/run").string(), "' ", arguments, " 2>&1 </dev/null");
    Result result;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    char buffer[4096];
    while (const size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) result.text.append(buffer, count);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
  }

  testing::ScratchFolder folder_;
  const fs::path root_;
};

TEST_F(DeployRunTest, ASecondRunSaysThatTheFirstHasTheDataAndRunsNothingOnItsServer) {
  testing::CandordProcess first(folder_.path() + "/data", {}, testing::Arrangement::kOneServer);
  const absl::Status started = first.Start();
  ASSERT_TRUE(started.ok()) << started;
  const std::string port = first.address().substr(first.address().rfind(':') + 1);
  const Result second = Run(absl::StrCat("--data '", first.data_folder(), "' --port ", port));
  EXPECT_EQ(second.exit_code, 1) << second.text;
  EXPECT_THAT(second.text, HasSubstr(absl::StrCat("another candord (process ", first.process(), ") is using the data folder")));
  EXPECT_THAT(second.text, HasSubstr("deploy/run --data DIR --port PORT"));
  EXPECT_THAT(second.text, Not(HasSubstr("the server is running")));
  EXPECT_THAT(second.text, Not(HasSubstr("demonstration")));
  EXPECT_EQ(first.Stop(), 0);
}

TEST_F(DeployRunTest, AFolderThatIsOpenToOthersIsRefusedAndStaysAsItIs) {
  const fs::path shared = folder_.path() + "/shared";
  fs::create_directory(shared);
  fs::permissions(shared, fs::perms(0777) | fs::perms::sticky_bit);
  const Result result = Run(absl::StrCat("--data '", shared.string(), "'"));
  EXPECT_EQ(result.exit_code, 2) << result.text;
  EXPECT_THAT(result.text, HasSubstr("is open to others"));
  EXPECT_THAT(result.text, HasSubstr("chmod 700 " + shared.string()));
  EXPECT_THAT(result.text, Not(HasSubstr("packages"))) << "before anything else";
  EXPECT_EQ(fs::status(shared).permissions(), fs::perms(0777) | fs::perms::sticky_bit);
  EXPECT_TRUE(fs::is_empty(shared));
}

TEST_F(DeployRunTest, ATakenPortIsTheCauseThatIsSaid) {
  testing::CandordProcess first(folder_.path() + "/data", {}, testing::Arrangement::kOneServer);
  const absl::Status started = first.Start();
  ASSERT_TRUE(started.ok()) << started;
  const std::string port = first.address().substr(first.address().rfind(':') + 1);
  const Result second = Run(absl::StrCat("--data '", folder_.path(), "/other' --port ", port));
  EXPECT_EQ(second.exit_code, 1) << second.text;
  EXPECT_THAT(second.text, HasSubstr("cannot listen on 127.0.0.1:" + port));
  EXPECT_THAT(second.text, HasSubstr("deploy/run --port PORT"));
  EXPECT_THAT(second.text, Not(HasSubstr("the server is running")));
  EXPECT_EQ(first.Stop(), 0);
}

}  // namespace
}  // namespace candor::e2e
