// A respondent at a terminal: what is shown before anything is sent, what stays on the device, what others on the machine
// and the server's connections can see.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candor_shell.h"
#include "tests/support/process/candord_process.h"
#include "tests/support/process/small_campaign.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uid_t kNobody = 65534;

// A program that runs beside the test, with its output in a file.
class Running {
 public:
  // `input` stays open, with nothing in it: who reads it waits. As root the program becomes somebody else, so that it can
  // be seen whose its memory is.
  Running(std::vector<std::string> arguments, const std::string& output) : output_(output) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (pipe2(input_, O_CLOEXEC) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      dup2(input_[0], STDIN_FILENO);
      dup2(out, STDOUT_FILENO);
      dup2(out, STDERR_FILENO);
      if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(126);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Running() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    close(input_[0]);
    close(input_[1]);
  }

  // Waits, at most half a minute, while the program runs.
  bool Await(const std::function<bool()>& condition) {
    for (int attempt = 0; attempt < 3000; ++attempt) {
      if (condition()) return true;
      if (waitpid(process_, nullptr, WNOHANG) == process_) return condition();
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  std::string Output() const {
    std::ifstream file(output_);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::string Proc(const std::string& name) const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/" + name);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  // Whose the process's secrets in /proc are; root's, if no other process of its user may read its memory.
  uid_t OwnerInProc() const {
    struct stat info {};
    return stat(("/proc/" + std::to_string(process_) + "/mem").c_str(), &info) == 0 ? info.st_uid : static_cast<uid_t>(-1);
  }
  bool MayWriteCoreFiles() const {
    const std::string limits = Proc("limits");
    const size_t at = limits.find("Max core file size");
    if (at == std::string::npos) return true;
    std::istringstream line(limits.substr(at + 18, limits.find('\n', at) - at - 18));
    std::string soft, hard;
    line >> soft >> hard;
    return soft != "0" || hard != "0";
  }

 private:
  const std::string output_;
  int input_[2];
  pid_t process_ = -1;
};

class AnswerTest : public ::testing::Test {
 protected:
  AnswerTest() : server_(folder_.path() + "/data"), respondent_(server_.address(), "", folder_.path()) {}

  void SetUp() override {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
    client::ConnectionOptions options;
    options.address = server_.address();
    options.access_key = *base::ReadFile(server_.admin_key_file());
    while (options.access_key.back() == '\n') options.access_key.pop_back();
    const auto administrator = client::Connection::Make(options);
    ASSERT_TRUE(administrator.ok()) << administrator.status();
    testing::SmallInstrument instrument;
    instrument.prompts = 1;
    const auto district = testing::SmallDistrict::Make(*administrator, instrument);
    ASSERT_TRUE(district.ok()) << district.status();
    auto campaign = (*district)->Open(1, 8);
    ASSERT_TRUE(campaign.ok()) << campaign.status();
    codes_ = campaign->surveys[0].codes;
    std::ofstream(Path("answers.json")) << R"({"D.1.a": 4, "D.1.b": 2, "D.1.c": "N"})";
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  // All that stands in the files of `folder`.
  static std::string EverythingIn(const std::string& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) all += *base::ReadFile(entry.path());
    }
    return all;
  }

  testing::ScratchFolder folder_;
  testing::CandordProcess server_;
  CandorShell respondent_;
  std::vector<std::string> codes_;
};

TEST_F(AnswerTest, ShowsTheRulesBeforeSendingAFileAndLeavesNoAnswersOnTheDevice) {
  const std::string said =
      respondent_.Text({"answer", "--code", "-", "--file", Path("answers.json"), "--yes", "--state-dir", Path("device")},
                       codes_[0] + "\n");
  EXPECT_THAT(said, HasSubstr("Comparison code of this survey"));
  EXPECT_LT(said.find("Comparison code of this survey"), said.find("Your answers are stored"));
  EXPECT_THAT(said, AllOf(HasSubstr("open question"), HasSubstr("in words can be read by"), HasSubstr("at the latest")));
  EXPECT_THAT(said, AllOf(HasSubstr("Kept on this device"), HasSubstr(Path("device") + "/"), HasSubstr("--forget")));
  EXPECT_THAT(EverythingIn(Path("device")), AllOf(Not(IsEmpty()), Not(HasSubstr("ratings"))));

  // They can still be changed; and kept by who wants it.
  EXPECT_THAT(respondent_.Text({"answer", "--code", codes_[0], "--file", Path("answers.json"), "--yes", "--keep-answers",
                                "--state-dir", Path("device")}),
              HasSubstr("You have answered already"));
  EXPECT_THAT(EverythingIn(Path("device")), HasSubstr("ratings"));

  respondent_.Text({"answer", "--code", codes_[1], "--file", Path("answers.json"), "--yes", "--state-dir", Path("device")});
  EXPECT_EQ(base::ListFolder(Path("device"))->size(), 4u);
  respondent_.Text({"answer", "--forget", "--code", "-", "--state-dir", Path("device")}, codes_[0] + "\n");
  EXPECT_EQ(base::ListFolder(Path("device"))->size(), 2u);
  EXPECT_THAT(EverythingIn(Path("device")), Not(HasSubstr("ratings")));
  respondent_.Text({"answer", "--forget", "--yes", "--state-dir", Path("device")});
  EXPECT_TRUE(base::ListFolder(Path("device"))->empty());
}

TEST_F(AnswerTest, WarnsOfWhatACommentGivesAwayAndSendsItAllTheSame) {
  std::ofstream(Path("comment.json")) << R"({"D.1.a": 4, "comments": {"prompt1": "Ms. Vance shouted on March 3rd."}})";
  const auto result = respondent_.Json({"answer", "--code", codes_[0], "--file", Path("comment.json"), "--yes", "--state-dir",
                                        Path("device")});
  ASSERT_EQ(result["comment_marks"].size(), 2u);
  EXPECT_EQ(result["comment_marks"][0]["kind"], "name");
  EXPECT_EQ(result["comment_marks"][1]["kind"], "date");
  EXPECT_EQ(result["acknowledged"], true);
  EXPECT_THAT(respondent_.Text({"answer", "--code", codes_[1], "--file", Path("comment.json"), "--yes", "--state-dir",
                                Path("device")}),
              AllOf(HasSubstr("\"Ms. Vance\""), HasSubstr("8 people were invited in your group"), HasSubstr("are stored")));
}

TEST_F(AnswerTest, WhileItWaitsNobodyOnTheMachineReadsItsCodeOrItsMemory) {
  const std::string board = respondent_.Json({"answer", "--code", codes_[0], "--file", Path("answers.json"), "--yes",
                                              "--shared-device"})["manifest_code"];
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  std::filesystem::permissions(Path("answers.json"), std::filesystem::perms::all);
  // A file waits as the dialog does, unless it is told otherwise.
  {
    Running usual({CANDOR_BIN_DIR "/candor", "--server", server_.address(), "answer", "--code", codes_[1], "--file",
                   Path("answers.json"), "--expect-manifest", board, "--state-dir", Path("usual")},
                  Path("usual.log"));
    EXPECT_TRUE(usual.Await([&] { return usual.Output().find("within 1h") != std::string::npos; })) << usual.Output();
  }
  Running waiting({CANDOR_BIN_DIR "/candor", "--server", server_.address(), "answer", "--code", codes_[2], "--file",
                   Path("answers.json"), "--expect-manifest", board, "--within-hours", "100", "--state-dir",
                   Path("waiting")},
                  Path("waiting.log"));
  ASSERT_TRUE(waiting.Await([&] { return waiting.Output().find("within 100h") != std::string::npos; }))
      << waiting.Output();
  EXPECT_THAT(waiting.Proc("cmdline"), AllOf(HasSubstr("--code"), Not(HasSubstr(codes_[2]))));
  EXPECT_FALSE(waiting.MayWriteCoreFiles());
  EXPECT_EQ(waiting.OwnerInProc(), 0u);
  // While it waits no answers are on the disk.
  EXPECT_THAT(EverythingIn(Path("waiting")), AllOf(Not(IsEmpty()), Not(HasSubstr("ratings"))));
}

TEST(PrivateMemoryTest, TheServerWritesNoCoreFileAndItsMemoryIsNobodys) {
  testing::ScratchFolder folder;
  const std::string data = folder.path() + "/data";
  ASSERT_EQ(mkdir(data.c_str(), 0700), 0);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(data.c_str(), kNobody, kNobody), 0);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    // What a program is without taking care.
    Running careless({"/bin/cat"}, folder.path() + "/cat.log");
    ASSERT_TRUE(careless.Await([&] { return careless.OwnerInProc() == kNobody; }));
  }
  Running server({CANDOR_BIN_DIR "/candord", "--data", data, "--listen", "unix:" + folder.path() + "/socket"},
                 folder.path() + "/log");
  ASSERT_TRUE(server.Await([&] { return base::FileExists(data + "/admin.key"); })) << server.Output();
  EXPECT_FALSE(server.MayWriteCoreFiles());
  EXPECT_EQ(server.OwnerInProc(), 0u);
}

}  // namespace
}  // namespace candor::e2e
