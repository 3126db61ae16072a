// Questions back to comments by the verbs of `candor`, as far as a day goes: asking, deciding, reading and answering. What
// comes of it when the time is over is in tests/conformance.

#include <filesystem>
#include <map>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candord_test.h"
#include "tests/e2e/running_program.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class FollowUpTest : public BothPlanesTest {
 protected:
  // The folder that the `number`-th respondent's device keeps its state in.
  std::string Device(size_t number) const { return Path("device-" + std::to_string(number)); }

  // A released survey whose first six raters have written a remark, on devices of their own.
  void MakeReleased() {
    admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
    admin_.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader"});
    admin_.Text({"person", "create", "--district", "d", "--id", "kim", "--name", "Kim Neutral", "--role", "moderator"});
    for (const char* person : {"lee", "kim"}) {
      admin_.Text({"key", "create", person, "--district", "d", "--out", Path(std::string(person) + ".access")});
    }
    admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
    const std::string draft = admin_.Json({"instrument", "create", "--district", "d", "--file",
                                           WriteInstrumentWithPrompt(), "--id", "pulse"})["name"];
    const std::string version = admin_.Json({"instrument", "publish", draft})["name"];
    kim().Text({"moderator", "keygen", "--out", Path("kim.key")});
    kim().Text({"moderator", "register", "kim", "--district", "d", "--key", Path("kim.key")});
    EXPECT_EQ(admin_.Reason({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring",
                             "--instrument-version", version, "--close-in", "7d", "--follow-up-days", "3"}),
              "CAMPAIGN_INVALID")
        << "without a moderator";
    const std::string created =
        admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version",
                     version, "--close-in", "7d", "--moderator", "Ombudsperson=kim", "--follow-up-days", "3"});
    EXPECT_THAT(created, HasSubstr("for 3 days after release"));
    survey_ = admin_.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
    admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "20"});
    admin_.Text({"campaign", "open", "c", "--district", "d"});

    const base::Json codes = admin_.Json({"code", "list", survey_})["codes"];
    ASSERT_EQ(codes.size(), 20u);
    for (size_t i = 0; i < codes.size(); ++i) {
      base::Json answers = {{"I.2.a", 4}};
      std::vector<std::string> arguments = {"answer", "--code", codes[i]["code"], "--yes"};
      if (i < 6) {
        answers["comments"] = {{"keep", "Remark number " + std::to_string(i) + "."}};
        arguments.insert(arguments.end(), {"--state-dir", Device(i)});
      } else {
        arguments.push_back("--shared-device");
      }
      arguments.insert(arguments.end(), {"--file", Write("answers.json", answers.dump())});
      const std::string said = respondent_.Text(arguments);
      EXPECT_THAT(said, HasSubstr("For 3 days after release the leader may put one question back"));
      EXPECT_THAT(said, i < 6 ? HasSubstr("read a question about a comment of yours")
                              : HasSubstr("Nothing is kept here to be asked back with"));
    }
    admin_.Text({"campaign", "close", "c", "--district", "d"});
    respondent_.Text({"moderate", survey_, "--key", Path("kim.key")}, "a\na\na\na\na\na\n");
    admin_.Text({"campaign", "release", "c", "--district", "d"});
    const base::Json beside = lee().Json({"report", "comments", survey_});
    for (const base::Json& comment : beside["blocks"][0]["prompts"][0]["comments"]) {
      ids_[comment["text"].get<std::string>()] = comment["id"].get<std::string>();
    }
    ASSERT_EQ(ids_.size(), 6u);
  }

  CandorShell lee() const { return admin_.WithKey(Path("lee.access")); }
  CandorShell kim() const { return admin_.WithKey(Path("kim.access")); }

  CandorShell respondent_ = admin_.WithoutKey();
  std::string survey_;
  std::map<std::string, std::string> ids_;  // a comment's words -> its id
};

TEST_F(FollowUpTest, AskedDecidedReadAndAnsweredByTheVerbs) {
  ASSERT_NO_FATAL_FAILURE(MakeReleased());
  const std::string id = ids_.at("Remark number 2."), other = ids_.at("Remark number 4.");
  EXPECT_THAT(lee().Text({"report", "get", survey_, "--no-color"}), HasSubstr("[" + id + "]"));
  EXPECT_EQ(admin_.Reason({"follow-up", "ask", survey_, "--comment", id, "--text", "Which?"}), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(lee().Reason({"follow-up", "ask", survey_, "--comment", "none", "--text", "Which?"}), "RESOURCE_NOT_FOUND");
  EXPECT_THAT(lee().Text({"follow-up", "ask", survey_, "--comment", id, "--text", "Which of the two?"}),
              HasSubstr("A moderator reads it first"));
  EXPECT_EQ(lee().Reason({"follow-up", "ask", survey_, "--comment", id, "--text", "And why?"}), "RESOURCE_EXISTS");
  // Asked in the terminal.
  EXPECT_THAT(lee().Text({"follow-up", "ask", survey_, "--comment", other}, "Who are you?\n"),
              HasSubstr("Do not ask who they are"));
  EXPECT_THAT(respondent_.Text({"follow-up", "list", "--state-dir", Device(2)}), HasSubstr("There is no question"));

  EXPECT_THAT(kim().Text({"moderate", "questions", survey_, "--key", Path("kim.key"), "--status"}),
              HasSubstr("2 questions, 2 undecided"));
  // By the order of the comments' ids.
  const std::string said = kim().Text({"moderate", "questions", survey_, "--key", Path("kim.key")},
                                      id < other ? "a\nx\n2\n" : "x\n2\na\n");
  EXPECT_THAT(said, AllOf(HasSubstr("Remark number 2."), HasSubstr("Which of the two?"), HasSubstr("Who are you?"),
                          HasSubstr("2 questions, 0 undecided")));
  const std::string shown = lee().Text({"follow-up", "show", survey_});
  EXPECT_THAT(shown, AllOf(HasSubstr("Which of the two?"), HasSubstr("sent; answers come all together"),
                           HasSubstr("would give the writer away")));

  // The order goes to the other plane in the background.
  base::Json list;
  for (int attempt = 0; attempt < 600 && list["questions"].empty(); ++attempt) {
    if (attempt > 0) absl::SleepFor(absl::Milliseconds(100));
    list = respondent_.Json({"follow-up", "list", "--state-dir", Device(2)});
  }
  ASSERT_EQ(list["questions"].size(), 1u);
  EXPECT_EQ(list["questions"][0]["question"], "Which of the two?");
  EXPECT_EQ(list["questions"][0]["comment"], id);
  EXPECT_EQ(list["questions"][0]["prompt"], "What should this person keep doing?");
  for (const size_t device : {0, 1, 3, 4, 5}) {
    EXPECT_THAT(respondent_.Text({"follow-up", "list", "--state-dir", Device(device)}), HasSubstr("There is no question"))
        << device;
  }
  EXPECT_THAT(respondent_.Text({"follow-up", "list", "--state-dir", Device(2), "--language", "es"}),
              AllOf(HasSubstr("Puede responder hasta el"), HasSubstr("candor follow-up answer " + id)));

  // While it waits nobody on the machine sees whose comment it is, or what is said.
  {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
    std::filesystem::permissions(Device(2), std::filesystem::perms::all);
    for (const auto& file : std::filesystem::directory_iterator(Device(2))) {
      std::filesystem::permissions(file, std::filesystem::perms::all);
    }
    Running waiting({CANDOR_BIN_DIR "/candor", "--server", server_.address(), "follow-up", "answer", id, "--text", "The first one",
                     "--within-hours", "24", "--state-dir", Device(2)},
                    Path("waiting.log"));
    ASSERT_TRUE(waiting.AwaitOutput("within 24h")) << waiting.Output();
    EXPECT_THAT(waiting.Proc("cmdline"), AllOf(HasSubstr("--text"), Not(HasSubstr(id)), Not(HasSubstr("first one"))));
  }

  // The draft goes through the guard, and is written anew.
  const std::string answered = respondent_.Text({"follow-up", "answer", "--state-dir", Device(2), "--yes"},
                                                "Ask Maria Lopez about 3 May 2026\ny\nThe second one\n");
  EXPECT_THAT(answered, AllOf(HasSubstr("Your answer can be read by: Ombudsperson"), HasSubstr("general lists alone"),
                              HasSubstr("nobody but you sees it now"), HasSubstr("Your answer is stored")));
  EXPECT_EQ(respondent_.Json({"follow-up", "answer", id, "--state-dir", Device(2), "--text", "The second one",
                              "--within-hours", "0", "--language", "en"})["acknowledged"],
            true)
      << "in the place of the one before";
  EXPECT_NE(respondent_.Run({"follow-up", "answer", id, "--state-dir", Device(3), "--text", "Not mine"}).exit_code, 0);
  EXPECT_THAT(respondent_.Text({"moderate", "answers", survey_, "--key", Path("kim.key")}),
              HasSubstr("Writers can still answer"));
  EXPECT_THAT(lee().Text({"follow-up", "show", survey_}),
              AllOf(Not(HasSubstr("The second one")), HasSubstr("sent; answers come all together")));
  EXPECT_THAT(admin_.Text({"purge", "--dry-run", "--district", "d"}), HasSubstr("questions back to comments and answers"));
  EXPECT_THAT(admin_.Text({"audit", "list", "--district", "d"}),
              AllOf(HasSubstr("AskQuestion"), HasSubstr("ApproveQuestion"), HasSubstr("RejectQuestion"),
                    Not(HasSubstr("Which of the two"))));

  // What is erased is asked back no more.
  respondent_.Text({"answer", "--forget", "--yes", "--state-dir", Device(2)});
  EXPECT_THAT(respondent_.Text({"follow-up", "list", "--state-dir", Device(2)}), HasSubstr("There is no question"));
}

}  // namespace
}  // namespace candor::e2e
