// A moderator by the verbs of `candor`: key, registration, decisions in the terminal and in a file, and what the leader then
// reads beside the report.

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candord_test.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ModerationTest : public BothPlanesTest {};

TEST_F(ModerationTest, AModeratorDecidesAndTheLeaderReadsWhatIsLetOut) {
  admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin_.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader"});
  admin_.Text({"person", "create", "--district", "d", "--id", "kim", "--name", "Kim Neutral", "--role", "moderator"});
  for (const char* person : {"lee", "kim"}) {
    admin_.Text({"key", "create", person, "--district", "d", "--out", Path(std::string(person) + ".access")});
  }
  admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
  const std::string draft = admin_.Json(
      {"instrument", "create", "--district", "d", "--file", WriteInstrumentWithPrompt(), "--id", "pulse"})["name"];
  const std::string version = admin_.Json({"instrument", "publish", draft})["name"];
  admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version", version,
               "--close-in", "7d", "--moderator", "Ombudsperson=kim"});
  const std::string survey = admin_.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  admin_.Text({"rater", "paper", survey, "--group", "staff", "--count", "20"});
  EXPECT_EQ(admin_.Reason({"campaign", "open", "c", "--district", "d"}), "KEY_HOLDER_UNFIT") << "no key yet";
  EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}), HasSubstr("has registered no key"));

  const CandorShell kim = admin_.WithKey(Path("kim.access")).WithResponseServer(server_.response_address());
  const std::string made = kim.Text({"moderator", "keygen", "--out", Path("kim.key")});
  EXPECT_EQ(kim.Run({"moderator", "keygen", "--out", Path("kim.key")}).exit_code, 1) << "a key is never written over";
  EXPECT_EQ(admin_.Reason({"moderator", "register", "kim", "--district", "d", "--key", Path("kim.key")}),
            "CALLER_NOT_ALLOWED")
      << "nobody registers a key for somebody else";
  // Each time the holder is told the code that raters will see, and to post it.
  const std::string key_code = kim.Json({"moderator", "code", "--key", Path("kim.key")})["key_code"];
  for (const std::string& told : {made, kim.Text({"moderator", "code", "--key", Path("kim.key")}),
                                  kim.Text({"moderator", "register", "kim", "--district", "d", "--key", Path("kim.key")})}) {
    EXPECT_THAT(told, AllOf(HasSubstr(key_code), HasSubstr("Post it yourself where raters look")));
  }
  admin_.Text({"campaign", "open", "c", "--district", "d"});

  const base::Json codes = admin_.Json({"code", "list", survey})["codes"];
  ASSERT_EQ(codes.size(), 20u);
  const CandorShell respondent = admin_.WithoutKey();
  for (size_t i = 0; i < codes.size(); ++i) {
    base::Json answers = {{"I.2.a", 4}};
    if (i < 6) answers["comments"] = {{"keep", "Remark number " + std::to_string(i) + "."}};
    const std::string file = Write("answers.json", answers.dump());
    EXPECT_THAT(respondent.Text({"answer", "--code", codes[i]["code"], "--file", file, "--yes", "--shared-device"}),
                HasSubstr(key_code));
  }
  const CandorShell moderator = admin_.WithoutKey().WithResponseServer(server_.response_address());
  EXPECT_THAT(moderator.Run({"moderate", survey, "--key", Path("kim.key")}).err,
              AllOf(HasSubstr("not yet: this survey takes answers until 20"), HasSubstr("come back once it is closed")));
  admin_.Text({"campaign", "close", "c", "--district", "d"});
  EXPECT_EQ(admin_.Reason({"campaign", "release", "c", "--district", "d"}), "COMMENTS_UNDECIDED");

  kim.Text({"moderator", "keygen", "--out", Path("other.key")});
  EXPECT_THAT(moderator.Run({"moderate", survey, "--key", Path("other.key")}).err, HasSubstr("not opened for your key"));
  EXPECT_THAT(moderator.Text({"moderate", survey, "--key", Path("kim.key"), "--status"}), HasSubstr("6 undecided"));

  // In the terminal: the first is cut, the rest waits.
  const std::string said = moderator.Text({"moderate", survey, "--key", Path("kim.key")},
                                          "r\nRemark\nno such words\n\n1\nq\n");
  EXPECT_THAT(said, AllOf(HasSubstr("Comment 1 of 6"), HasSubstr("[...] number"), HasSubstr("does not stand in the text"),
                          HasSubstr("5 undecided")));

  // In a file, which only its owner reads.
  moderator.Text({"moderate", survey, "--key", Path("kim.key"), "--export", Path("comments.json")});
  const auto permissions = std::filesystem::status(Path("comments.json")).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  base::Json file = *base::ParseJson(*base::ReadFile(Path("comments.json")));
  EXPECT_THAT(moderator.Run({"moderate", survey, "--key", Path("kim.key"), "--export", Path("comments.json")}).err,
              HasSubstr("is there already")) << "decisions may stand in it";
  ASSERT_EQ(file["comments"].size(), 6u);
  int undecided = 0;
  std::string rejected, summed;
  for (base::Json& comment : file["comments"]) {
    if (!comment["decision"].is_null()) continue;
    ++undecided;
    if (undecided == 1) {
      rejected = comment["text"];
      comment["decision"] = {{"kind", "reject"}, {"reason", "insult"}};
    } else if (undecided == 2) {
      summed = comment["text"];
      comment["decision"] = {{"kind", "summary"}};
    } else {
      comment["decision"] = {{"kind", "approve"}};
    }
  }
  EXPECT_EQ(undecided, 5);
  base::Json twisted = file;
  for (base::Json& comment : twisted["comments"]) {
    if (comment["text"] == rejected) comment["decision"] = {{"kind", "redact"}, {"reason", "insult"}, {"text", "Praise [...]"}};
  }
  Write("twisted.json", twisted.dump());
  EXPECT_THAT(moderator.Run({"moderate", survey, "--key", Path("kim.key"), "--import", Path("twisted.json")}).err,
              AllOf(HasSubstr("a redaction only cuts"), Not(HasSubstr("Remark"))));
  file["summaries"] = {{{"block", "staff"}, {"text", "Somebody remarked more."}}};
  Write("comments.json", file.dump());
  EXPECT_THAT(moderator.Text({"moderate", survey, "--key", Path("kim.key"), "--import", Path("comments.json")}),
              HasSubstr("0 undecided, 0 summaries missing"));

  admin_.Text({"campaign", "release", "c", "--district", "d"});
  EXPECT_THAT(moderator.Text({"moderate", survey, "--key", Path("kim.key"), "--status"}), HasSubstr("released"));
  const CandorShell lee = admin_.WithKey(Path("lee.access"));
  const std::string read = lee.Text({"report", "get", survey, "--no-color"});
  EXPECT_THAT(read, AllOf(HasSubstr("Comments (beside the report"), HasSubstr("[...] number"),
                          HasSubstr("Somebody remarked more."), HasSubstr("it insults"), Not(HasSubstr(rejected)),
                          Not(HasSubstr(summed))));
  const base::Json comments = lee.Json({"report", "comments", survey});
  ASSERT_EQ(comments["blocks"].size(), 1u);
  EXPECT_EQ(comments["blocks"][0]["prompts"][0]["comments"].size(), 4u);
}

}  // namespace
}  // namespace candor::e2e
