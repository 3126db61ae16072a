// A survey about a leadership team by the verbs of `candor`, from the directory to the report.

#include <string>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candord_test.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TeamTest : public BothPlanesTest {
 protected:
  // Every item that an audience is asked, marked alike.
  static base::Json AllItems(const std::string& audience, int mark) {
    const base::Json instrument = *base::ParseJson(*base::ReadFile(Demo("instrument.json")));
    base::Json answers = base::Json::object();
    for (const base::Json& item : instrument["items"]) {
      if (item["texts"].contains(audience)) answers[std::string(item["indicator"])] = mark;
    }
    return answers;
  }

  void MakeDraft() {
    admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
    admin_.Text({"person", "create", "--district", "d", "--id", "sue", "--name", "Sue Super", "--role", "supervisor"});
    for (const char* id : {"ada", "ben", "cyd", "dan"}) {
      admin_.Text({"person", "create", "--district", "d", "--id", id, "--name", id, "--role", "leader", "--email",
                   std::string(id) + "@example.org"});
    }
    for (const char* id : {"sue", "ada", "ben", "cyd", "dan"}) {
      admin_.Text({"key", "create", id, "--district", "d", "--out", Path(std::string(id) + ".key")});
    }
    admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
    const std::string draft =
        admin_.Json({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"})["name"];
    const std::string version = admin_.Json({"instrument", "publish", draft})["name"];
    admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version", version,
                 "--close-in", "7d", "--supervisor-reads"});
  }
  CandorShell As(const std::string& id) const { return admin_.WithKey(Path(id + ".key")); }
};

TEST_F(TeamTest, IsRatedAsOneByItsRatersAndByItsMembersWhoAllReadTheReport) {
  MakeDraft();
  EXPECT_EQ(admin_.Reason({"person", "create", "--district", "d", "--id", "crew", "--name", "The crew", "--member", "ada",
                           "--member", "ben"}),
            "FIELD_INVALID");
  EXPECT_THAT(admin_.Text({"person", "create", "--district", "d", "--id", "crew", "--name", "The crew", "--title",
                           "Leadership team", "--supervisor", "sue", "--member", "ada", "--member", "ben", "--member", "cyd"}),
              AllOf(HasSubstr("3 members"), HasSubstr("people/cyd")));
  EXPECT_THAT(admin_.Text({"person", "list", "--district", "d"}), HasSubstr("team of 3"));
  EXPECT_EQ(admin_.Reason({"key", "create", "crew", "--district", "d", "--out", Path("crew.key")}), "WRONG_STATE");

  const std::string survey = admin_.Json({"campaign", "add-leader", "c", "crew", "--district", "d"})["name"];
  EXPECT_EQ(admin_.Run({"rater", "add", survey, "--file",
                        Write("bad.csv", "group,name,address\nstaff,Ben,ben@example.org\n")})
                .exit_code,
            1)
      << "a member is no anonymous rater of their team";
  admin_.Text({"rater", "paper", survey, "--group", "staff", "--count", "12"});
  admin_.Text({"campaign", "open", "c", "--district", "d"});
  admin_.Text({"person", "update", "crew", "--district", "d", "--member", "ada", "--member", "ben", "--member", "dan"});

  // Respondents are told first.
  const CandorShell respondent = admin_.WithoutKey();
  const base::Json listed = admin_.Json({"code", "list", survey});
  const std::string board = admin_.Json({"campaign", "show", survey})["manifest_code"];
  const std::string first = listed.at("codes")[0]["code"];
  EXPECT_THAT(respondent.Text({"answer", "--code", first, "--expect-manifest", board, "--file",
                               Write("first.json", AllItems("staff", 3).dump()), "--yes", "--shared-device"}),
              AllOf(HasSubstr("You are asked about: The crew (Leadership team)."), HasSubstr("The team has 3 members"),
                    HasSubstr("every member of the team")));
  const std::string threes = Write("threes.json", AllItems("staff", 3).dump());
  for (const base::Json& code : listed.at("codes")) {
    if (code["code"] == first) continue;
    const base::Json done = respondent.Json({"answer", "--code", std::string(code["code"]), "--expect-manifest", board,
                                             "--file", threes, "--shared-device"});
    ASSERT_EQ(done["acknowledged"], true);
  }

  // Members of then rate, each by themself, and are told what the others can learn; who has come since does not.
  const std::string one_item = AllItems("self", 4).begin().key();
  for (const auto& [id, mark, of_one] : {std::tuple("ada", 4, "4"), std::tuple("ben", 4, "\"N\""), std::tuple("cyd", 2, "3")}) {
    base::Json answers = AllItems("self", mark);
    answers[one_item] = *base::ParseJson(of_one);
    EXPECT_THAT(As(id).Text({"rate", "self", survey, "--file", Write("own.json", answers.dump())}),
                AllOf(HasSubstr("as one of its 3 members"), HasSubstr("In a team of three")));
  }
  EXPECT_EQ(As("dan").Reason({"rate", "self", survey, "--file", Write("own.json", AllItems("self", 1).dump())}),
            "CALLER_NOT_ALLOWED");
  EXPECT_THAT(admin_.Text({"campaign", "show", survey}), HasSubstr("rated by 3 of the team's 3 members"));
  EXPECT_THAT(As("ada").Text({"rate", "self", survey, "--show"}), HasSubstr(one_item + "  [4]"));
  EXPECT_THAT(As("ben").Text({"rate", "self", survey, "--show"}), HasSubstr(one_item + "  [not seen]"));
  int ratings = 0;
  const base::Json trail = admin_.Json({"audit", "list", "--district", "d"});
  for (const base::Json& entry : trail.at("audit_entries")) {
    if (entry["action"] != "PutIdentifiedRating") continue;
    ++ratings;
    EXPECT_THAT(std::string(entry["caller"]), HasSubstr("people/crew")) << "and not who of it";
  }
  EXPECT_EQ(ratings, 3);
  // A member is in the team's line, whatever else they are.
  EXPECT_EQ(As("ada").Reason({"code", "list", survey}), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(admin_.Reason({"person", "delete", "crew", "--district", "d"}), "RESOURCE_IN_USE");

  admin_.Text({"campaign", "close", "c", "--district", "d"});
  admin_.Text({"campaign", "release", "c", "--district", "d"});
  EXPECT_EQ(As("sue").Reason({"report", "get", survey}), "REPORT_NOT_RELEASED") << "a member reads first";
  EXPECT_EQ(As("dan").Reason({"report", "get", survey}), "CALLER_NOT_ALLOWED");
  const base::Json report = As("cyd").Json({"report", "get", survey});
  EXPECT_EQ(report["leader_display_name"], "The crew");
  EXPECT_EQ(report["scores"]["team"]["members"], 3);
  EXPECT_EQ(report["scores"]["team"]["rated"], 3);
  int shown = 0;
  for (const base::Json& unit : report["scores"]["units"]) {
    if (unit["kind"] != "UNIT_KIND_INDICATOR") continue;
    if (unit["code"] == one_item) {
      EXPECT_EQ(unit["self"]["withheld_reason"], "WITHHELD_REASON_TOO_FEW_MEMBERS") << "two of three rated it";
      EXPECT_FALSE(unit["self"].contains("mean"));
      EXPECT_FALSE(unit["gap"].contains("value"));
      continue;
    }
    if (!unit["self"].contains("mean")) continue;
    ++shown;
    EXPECT_NEAR(unit["self"]["mean"].get<double>(), 10.0 / 3, 1e-9);
  }
  EXPECT_GT(shown, 5);
  EXPECT_THAT(As("sue").Text({"report", "get", survey}),
              AllOf(HasSubstr("The crew"), HasSubstr("3 of 3 members rated their team."), HasSubstr("Team itself")));
  EXPECT_THAT(As("ben").Text({"plan", "add", survey, "--competency", "I.2", "--goal", "Listen first"}),
              HasSubstr("Not shared"));
  EXPECT_THAT(As("ada").Text({"plan", "show", survey}), HasSubstr("Listen first"));
  EXPECT_EQ(As("dan").Reason({"plan", "show", survey}), "CALLER_NOT_ALLOWED");
  admin_.Text({"person", "delete", "ada", "--district", "d"});
  admin_.Text({"person", "delete", "crew", "--district", "d"});
  EXPECT_THAT(As("ben").Text({"report", "get", survey}), AllOf(HasSubstr("Feedback report"), Not(HasSubstr("The crew"))));
}

}  // namespace
}  // namespace candor::e2e
