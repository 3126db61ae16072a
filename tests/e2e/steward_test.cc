// A campaign that only its steward can close, by the built programs: keys as files, links, a mirror's file.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candord_test.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class StewardTest : public CandordTest {
 protected:
  // Whoever has no account: stewards, mirrors, respondents. They know where the response plane is.
  CandorShell Outsider() const { return admin_.WithoutKey().WithResponseServer(server_.response_address()); }
  std::string Share(int number) const { return Path("steward/share-" + std::to_string(number) + "-of-3.json"); }

  // An open campaign of one leader with eight of the staff, closed by the steward in Path("steward").
  void OpenCampaign() {
    key_code_ = Outsider().Json({"steward", "keygen", "--out", Path("steward"), "--label", "Spring 2027"})["key_code"];
    EXPECT_EQ(key_code_.size(), 26u + 6u) << "in groups of four";
    admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
    admin_.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader"});
    admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
    admin_.Text({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"});
    admin_.Text({"instrument", "publish", "pulse", "--district", "d"});
    admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version",
                 "pulse/versions/1", "--close-in", "7d", "--steward-key", Path("steward/steward-key.json"),
                 "--steward-title", "Works council"});
    survey_ = admin_.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
    admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "8"});
    EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}),
                HasSubstr("only with 2 of the 3 shares of: Works council"));
    admin_.Text({"campaign", "open", "c", "--district", "d"});
  }

  std::string survey_, key_code_;
};

TEST_F(StewardTest, KeysLinksAndClosingFromTheTerminal) {
  OpenCampaign();
  for (int number = 1; number <= 3; ++number) {
    struct stat info;
    ASSERT_EQ(stat(Share(number).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  EXPECT_EQ(Outsider().Run({"steward", "keygen", "--out", Path("steward")}).exit_code, 2) << "no share is written over";

  // The steward sees that the answers are sealed to the key, and to no other.
  EXPECT_THAT(Outsider().Text({"steward", "check", "--key", Path("steward/steward-key.json"), survey_}),
              AllOf(HasSubstr("sealed to this key"), HasSubstr("of the key " + key_code_)));
  const std::string other = Outsider().Text({"steward", "keygen", "--out", Path("other"), "--label", "Another"});
  EXPECT_THAT(other, AllOf(HasSubstr("Comparison code of the key: "), Not(HasSubstr(key_code_))));
  EXPECT_EQ(Outsider().Reason({"steward", "check", "--key", Path("other/steward-key.json"), survey_}), "WRONG_CLOSING_KEY");
  EXPECT_THAT(Outsider().Run({"steward", "check", "--key", Path("other/steward-key.json"), survey_}).err,
              HasSubstr("are sealed to another key (comparison code " + key_code_ + "), not to \"Another\" ("));
  EXPECT_THAT(Outsider().Run({"steward", "check", "--key", Share(1), survey_}).err, HasSubstr("is a share of the key, a secret"));

  // Links hold the whole hash and the code, behind what a browser sends.
  const std::string hash = admin_.Json({"campaign", "show", survey_})["manifest_hash"];
  const std::string links = admin_.Text({"code", "list", survey_, "--csv", "--link-base", "https://candor.example/answer"});
  std::vector<std::string> link_list;
  for (size_t at = links.find("https://"); at != std::string::npos; at = links.find("https://", at + 1)) {
    link_list.push_back(links.substr(at, links.find_first_of(",\r\n", at) - at));
  }
  ASSERT_EQ(link_list.size(), 8u);
  EXPECT_THAT(link_list[0], StartsWith("https://candor.example/answer#manifest=" + hash + "&code="));
  std::ofstream(Path("answers.json")) << "{\"I.2.a\": 4}";
  const auto answer = [&](std::string link, const std::string& device) {
    return std::vector<std::string>{"answer", "--link", std::move(link), "--file", Path("answers.json"), "--within-hours", "0",
                                    "--state-dir", Path(device)};
  };
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_THAT(Outsider().Text(answer(link_list[i], "device" + std::to_string(i))), HasSubstr("Your answers are stored"));
  }
  // From standard input, so that it stays in no history; and in the respondent's language.
  std::vector<std::string> typed = answer("-", "device6");
  typed.insert(typed.end(), {"--language", "es-MX"});
  const std::string page = Outsider().Text(typed, link_list[6] + "\n");
  EXPECT_THAT(page, AllOf(HasSubstr("no las puede abrir nadie"), HasSubstr("Works council"), Not(HasSubstr("Who reads what"))));
  std::string tampered = link_list[7];
  char& digit = tampered[tampered.find("manifest=") + 9];
  digit = digit == '0' ? '1' : '0';
  EXPECT_EQ(Outsider().Reason(answer(tampered, "device7")), "MANIFEST_REFUSED");
  EXPECT_EQ(Outsider().Run(answer("https://candor.example/answer", "device7")).exit_code, 2);

  // What a mirror serves: the same manifest.
  Outsider().Text({"manifest", "export", survey_, "--out", Path("mirror.json")});
  const base::Json mirror = *base::ParseJson(*base::ReadFile(Path("mirror.json")));
  EXPECT_EQ(mirror["format"], "candor.mirror.v1");
  EXPECT_THAT(std::string(mirror["manifest"]), HasSubstr("closing_public_key"));

  // Too early: neither sent nor taken.
  const std::vector<std::string> close = {"steward", "close", survey_, "--share", Share(1), "--share", Share(3)};
  EXPECT_EQ(Outsider().Reason(close), "WRONG_STATE");
  std::vector<std::string> at_once = close;
  at_once.push_back("--closed-early");
  // The end of answering is the server's own word: without the code from elsewhere the steward is asked, and no is
  // usual.
  const std::string board = admin_.Json({"campaign", "show", survey_})["manifest_code"];
  for (const char* typed : {"", "\n", "n\n"}) {
    const cli::ProgramResult asked = Outsider().Run(at_once, typed);
    EXPECT_EQ(asked.exit_code, 1);
    EXPECT_THAT(asked.err, AllOf(HasSubstr("answers until 20"), HasSubstr(board), HasSubstr("[y/N]"),
                                 HasSubstr("nothing was sent")));
  }
  std::vector<std::string> unasked = at_once;
  unasked.push_back("--yes");
  EXPECT_EQ(Outsider().Run(unasked).exit_code, 2) << "what should it be compared with?";
  EXPECT_THAT(Outsider().Run(at_once, "y\n").err, HasSubstr("WRONG_STATE")) << "the server refuses too";
  unasked.insert(unasked.end(), {"--expect-manifest", board});
  at_once = unasked;
  EXPECT_EQ(Outsider().Reason(at_once), "WRONG_STATE");

  const std::string waiting = admin_.Text({"campaign", "close", "c", "--district", "d", "--wait-limit", "60s"});
  EXPECT_THAT(waiting, HasSubstr("for the steward: 1 survey"));
  EXPECT_THAT(admin_.Text({"campaign", "show", "c", "--district", "d"}), HasSubstr("waiting for the steward"));

  // Shares that are not enough, damaged, or another key's.
  EXPECT_EQ(Outsider().Reason({"steward", "close", survey_, "--closed-early", "--share", Share(1)}), "WRONG_SHARES");
  EXPECT_EQ(Outsider().Reason({"steward", "close", survey_, "--closed-early", "--share", Share(1), "--share",
                             Path("other/share-2-of-3.json")}),
            "WRONG_SHARES");
  EXPECT_THAT(Outsider().Run({"steward", "close", survey_, "--share", Path("steward/steward-key.json")}).err,
              HasSubstr("is the public half of the key, which opens nothing"));
  EXPECT_EQ(Outsider().Reason({"steward", "close", survey_, "--closed-early", "--share", Path("other/share-1-of-3.json"),
                             "--share", Path("other/share-2-of-3.json")}),
            "WRONG_CLOSING_KEY");

  // A restart between: nothing is lost, the key is only needed afterwards.
  server_.Stop();
  const absl::Status started = server_.Start();
  ASSERT_TRUE(started.ok()) << started;
  EXPECT_THAT(Outsider().Text(at_once), HasSubstr("the key is with the server that takes answers"));
  admin_.Text({"campaign", "close", "c", "--district", "d", "--wait-limit", "60s"});
  // The key may have come between two attempts of the server.
  for (int i = 0; i < 120 && admin_.Json({"campaign", "show", "c", "--district", "d"})["state"] != "CAMPAIGN_STATE_CLOSED"; ++i) {
    absl::SleepFor(absl::Milliseconds(500));
  }
  EXPECT_EQ(admin_.Json({"campaign", "show", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_CLOSED");
  EXPECT_THAT(Outsider().Text({"ledger", survey_}), HasSubstr("The ledger holds"));
  EXPECT_THAT(Outsider().Text(at_once), HasSubstr("closed already"));
  admin_.Text({"campaign", "release", "c", "--district", "d"});
  // Nothing of the key was ever written down by the servers.
  const base::Json share = *base::ParseJson(*base::ReadFile(Share(1)));
  for (const std::string& folder : {server_.data_folder(), server_.response_folder()}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_EQ(base::ReadFile(entry.path().string())->find(std::string(share["share"])), std::string::npos) << entry.path();
    }
  }
}

TEST_F(StewardTest, ACampaignIsExtendedFromTheTerminal) {
  admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin_.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader"});
  admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
  admin_.Text({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"});
  admin_.Text({"instrument", "publish", "pulse", "--district", "d"});
  admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version",
               "pulse/versions/1", "--close-time", "2098-01-01", "--latest-close-time", "2098-02-01", "--mirror",
               "https://127.0.0.1:1"});
  survey_ = admin_.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "8"});
  EXPECT_EQ(admin_.Reason({"campaign", "extend", "c", "--district", "d", "--close-time", "2098-01-10"}), "WRONG_STATE");
  admin_.Text({"campaign", "open", "c", "--district", "d"});
  const base::Json before = admin_.Json({"campaign", "show", survey_});
  EXPECT_EQ(admin_.Reason({"campaign", "extend", "c", "--district", "d", "--close-time", "2098-03-01"}), "FIELD_INVALID");
  EXPECT_EQ(admin_.Run({"campaign", "extend", "c", "--district", "d"}).exit_code, 2);
  EXPECT_THAT(admin_.Text({"campaign", "extend", "c", "--district", "d", "--close-time", "2098-01-10"}),
              HasSubstr("2098-01-10 23:59 UTC"));
  const base::Json after = admin_.Json({"campaign", "show", survey_});
  EXPECT_EQ(after["manifest_hash"], before["manifest_hash"]);
  EXPECT_EQ(after["contract_hash"], before["contract_hash"]);
  const std::string code = admin_.Json({"code", "list", survey_})["codes"][0]["code"];
  std::ofstream(Path("answers.json")) << "{\"I.2.a\": 4}";
  EXPECT_THAT(Outsider().Text({"answer", "--code", code, "--yes", "--file", Path("answers.json"), "--state-dir", Path("device")}),
              AllOf(HasSubstr("has been extended from 2098-01-01 23:59 UTC to 2098-01-10 23:59 UTC"),
                    HasSubstr("Could not be compared with https://127.0.0.1:1/")));
  // Whoever wants no mirror to see when they answer.
  EXPECT_THAT(Outsider().Text({"answer", "--code", code, "--yes", "--file", Path("answers.json"), "--state-dir", Path("device"),
                               "--no-mirrors"}),
              AllOf(HasSubstr("at what moment somebody begins to answer"), HasSubstr("Not compared with these places"),
                    Not(HasSubstr("Could not be compared"))));
  EXPECT_THAT(Outsider().Text({"manifest", "export", survey_, "--out", Path("mirror.json")}), HasSubstr("access log off"));
}

}  // namespace
}  // namespace candor::e2e
