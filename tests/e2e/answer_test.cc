// A respondent at a terminal: what is shown before anything is sent, what stays on the device, what others on the machine
// and the server's connections can see.

#include <filesystem>
#include <fstream>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candor_shell.h"
#include "tests/e2e/running_program.h"
#include "tests/e2e/without_room.h"
#include "tests/support/process/candord_process.h"
#include "tests/support/process/small_campaign.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
              AllOf(HasSubstr("\"Ms. Vance\""), HasSubstr("8 people were invited in your group"), HasSubstr("are stored"),
                    HasSubstr("They are sent now, as they are"), Not(HasSubstr("stop the program"))));
}

TEST_F(AnswerTest, AFileIsCheckedInItsOwnTermsAndABlankOneNeedsAYes) {
  const auto send = [&](const std::string& answers, std::vector<std::string> more) {
    std::ofstream(Path("some.json")) << answers;
    more.insert(more.begin(),
                {"answer", "--code", codes_[0], "--file", Path("some.json"), "--state-dir", Path("device")});
    return respondent_.Run(more);
  };
  EXPECT_THAT(send(R"({"D.1.b": 7})", {"--yes"}).err, HasSubstr("some.json: D.1.b: 1 to 5, or \"N\""));
  const std::string board = respondent_.Json({"answer", "--code", codes_[1], "--file", Path("answers.json"), "--yes",
                                              "--shared-device"})["manifest_code"];
  const cli::ProgramResult blank = send("{}", {"--expect-manifest", board, "--within-hours", "0"});
  EXPECT_EQ(blank.exit_code, 2);
  EXPECT_THAT(blank.err, HasSubstr("nothing is answered; give --yes"));
  EXPECT_THAT(send("{}", {"--yes"}).out, AllOf(HasSubstr("Nothing is answered"), HasSubstr("are stored")));
}

TEST_F(AnswerTest, AReceiptIsPromisedOnlyWhereItCanBeWrittenAndNoneIsWrittenOver) {
  std::ofstream(Path("somebody's")) << "somebody's receipt";
  const auto answer = [&](const std::string& receipt) {
    return respondent_.Run({"answer", "--code", codes_[0], "--file", Path("answers.json"), "--yes", "--shared-device",
                            "--receipt", receipt});
  };
  for (const std::string& receipt : {Path("somebody's"), Path("no such folder/receipt")}) {
    const cli::ProgramResult refused = answer(receipt);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.out + refused.err, AllOf(HasSubstr(receipt), Not(HasSubstr("Comparison code"))));
  }
  EXPECT_EQ(*base::ReadFile(Path("somebody's")), "somebody's receipt");
  // Nothing was sent, so the code is good for the one whose receipt is written.
  EXPECT_EQ(answer(Path("mine")).exit_code, 0);
  EXPECT_TRUE(base::FileExists(Path("mine")));

  // The disk is full when it comes to it: the answers are stored, and the receipt is not lost.
  const std::string full = WithoutRoom({"--server", server_.address(), "answer", "--code", codes_[1], "--file",
                                        Path("answers.json"), "--yes", "--shared-device", "--receipt", Path("late")});
  EXPECT_THAT(full, AllOf(HasSubstr("The receipt could not be written"), HasSubstr("Your answers are stored, sealed"),
                          HasSubstr("Your receipt:\n{\"format\":\"candor.receipt.v1\""), HasSubstr("exit 0\n")));
  EXPECT_FALSE(base::FileExists(Path("late")));
}

TEST_F(AnswerTest, WhatItsFileHasToSayToAnAuditorWhoIsNotThereIsNamedAsInTheFile) {
  std::ofstream(Path("pressed.json")) << R"({"D.1.a": 4, "pressed": true})";
  const cli::ProgramResult refused = respondent_.Run(
      {"answer", "--code", codes_[0], "--file", Path("pressed.json"), "--yes", "--state-dir", Path("device")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("pressed.json, pressed: this survey has no auditor"),
                                 Not(HasSubstr("pressure_notice"))));
}

TEST_F(AnswerTest, WhoeverAllowsMoreThanTheSurveyHasIsSentBeforeItsCloseAndToldSo) {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  std::filesystem::permissions(Path("answers.json"), std::filesystem::perms::all);
  Running waiting({CANDOR_BIN_DIR "/candor", "--server", server_.address(), "answer", "--code", codes_[0], "--file",
                   Path("answers.json"), "--yes", "--within-hours", "168", "--state-dir", Path("waiting")},
                  Path("waiting.log"));
  // It takes answers for 48 hours, and an hour is left: 47 as long as it is the second of the opening, then 46 and minutes.
  ASSERT_TRUE(waiting.AwaitOutput("within 4")) << waiting.Output();
  EXPECT_THAT(waiting.Output(), AnyOf(HasSubstr("within 46h"), HasSubstr("within 47h")));
  EXPECT_THAT(waiting.Output(), AllOf(HasSubstr("only, so this program waits less long"),
                                      HasSubstr("An administrator may close the survey before")));
}

TEST_F(AnswerTest, WithYesOnlyTheItemsAreAsked) {
  const std::string said = respondent_.Text({"answer", "--code", codes_[0], "--yes", "--state-dir", Path("device")},
                                            "4\n4\n4\n4\n\n");
  EXPECT_THAT(said, AllOf(HasSubstr("comparison"), HasSubstr("4 of 4"), HasSubstr("are stored"),
                          Not(HasSubstr("Is this what you want to say?"))));
}

TEST_F(AnswerTest, WhatWasTypedOutlivesAServerThatIsAwayAndIsSentWhenThePersonSaysSo) {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  const auto start = [&](const std::string& log) {
    return std::make_unique<Running>(
        std::vector<std::string>{CANDOR_BIN_DIR "/candor", "--server", server_.address(), "answer", "--code", codes_[0],
                                 "--state-dir", Path("mine")},
        Path(log));
  };
  const auto sitting = start("sitting.log");
  sitting->Type("y\n");
  ASSERT_TRUE(sitting->AwaitOutput("1 of 4")) << sitting->Output();
  server_.Kill();
  sitting->Type("4\n2\nn\n3\n\ny\n0\n");
  ASSERT_TRUE(sitting->AwaitOutput("Nothing is stored.")) << sitting->Output();
  ASSERT_TRUE(sitting->AwaitOutput("Enter tries again, q gives up.")) << sitting->Output();
  ASSERT_TRUE(server_.Start().ok());
  sitting->Type("\n");
  ASSERT_TRUE(sitting->AwaitOutput("Your answers are stored")) << sitting->Output();
  EXPECT_EQ(sitting->AwaitExit(), 0);

  // A change that is given up; whoever comes back need not answer anew.
  const auto changing = start("changing.log");
  changing->Type("y\n1\n1\n1\n1\n\ny\n");
  ASSERT_TRUE(changing->AwaitOutput("within how many hours")) << changing->Output();
  server_.Kill();
  changing->Type("0\n");
  ASSERT_TRUE(changing->AwaitOutput("Enter tries again, q gives up.")) << changing->Output();
  changing->Type("q\n");
  EXPECT_EQ(changing->AwaitExit(), 1);
  EXPECT_THAT(changing->Output(),
              AllOf(HasSubstr("Given up: nothing was stored."), HasSubstr("Enter keeps each answer")));
  ASSERT_TRUE(server_.Start().ok());
  const auto back = start("back.log");
  back->Type("y\n\n\n\n\n\ny\n0\n");
  EXPECT_EQ(back->AwaitExit(), 0) << back->Output();
  EXPECT_THAT(back->Output(), AllOf(HasSubstr("[1] "), HasSubstr("Your answers are stored")));
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
                   Path("answers.json"), "--expect-manifest", board, "--within-hours", "40", "--state-dir",
                   Path("waiting")},
                  Path("waiting.log"));
  ASSERT_TRUE(waiting.Await([&] { return waiting.Output().find("within 40h") != std::string::npos; }))
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
    ASSERT_EQ(chown(data.c_str(), Running::kNobody, Running::kNobody), 0);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    // What a program is without taking care.
    Running careless({"/bin/cat"}, folder.path() + "/cat.log");
    ASSERT_TRUE(careless.Await([&] { return careless.OwnerInProc() == Running::kNobody; }));
  }
  Running server({CANDOR_BIN_DIR "/candord", "--data", data, "--listen", "unix:" + folder.path() + "/socket"},
                 folder.path() + "/log");
  ASSERT_TRUE(server.Await([&] { return base::FileExists(data + "/admin.key"); })) << server.Output();
  EXPECT_FALSE(server.MayWriteCoreFiles());
  EXPECT_EQ(server.OwnerInProc(), 0u);
}

}  // namespace
}  // namespace candor::e2e
