// A campaign of five leaders by the verbs of `candor`: staff of one of them shown by part, and the means over all.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candord_test.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PartsTest : public BothPlanesTest {
 protected:
  // Every item that staff are asked, marked alike.
  static std::string AllItems(int mark) {
    const base::Json instrument = *base::ParseJson(*base::ReadFile(Demo("instrument.json")));
    base::Json answers = base::Json::object();
    for (const base::Json& item : instrument["items"]) {
      if (item["texts"].contains("staff")) answers[std::string(item["indicator"])] = mark;
    }
    return answers.dump();
  }
};

TEST_F(PartsTest, StaffByPartAndTheMeansOfARound) {
  admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
  const std::string draft =
      admin_.Json({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"})["name"];
  const std::string version = admin_.Json({"instrument", "publish", draft})["name"];
  const std::string parts = Write("parts.json", R"([{"group": "staff", "parts": [
      {"code": "upper", "title": {"en": "Upper school", "es": "Secundaria"}},
      {"code": "lower", "title": {"en": "Lower school", "es": "Primaria"}}]}])");
  EXPECT_EQ(admin_.Reason({"campaign", "create", "--district", "d", "--id", "bad", "--title", "Bad", "--instrument-version",
                           version, "--close-in", "7d", "--breakdowns", Write("bad.json", R"([{"group": "staff"}])")}),
            "BREAKDOWNS_INVALID");
  EXPECT_THAT(admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring",
                           "--instrument-version", version, "--close-in", "7d", "--breakdowns", parts}),
              HasSubstr("staff: lower, upper"));

  std::vector<std::string> surveys;
  for (int i = 1; i <= 5; ++i) {
    const std::string id = "lee" + std::to_string(i);
    admin_.Text({"person", "create", "--district", "d", "--id", id, "--name", "Lee " + std::to_string(i), "--role", "leader"});
    surveys.push_back(admin_.Json({"campaign", "add-leader", "c", id, "--district", "d"})["name"]);
  }
  admin_.Text({"key", "create", "lee1", "--district", "d", "--out", Path("lee1.key")});

  // Leader 1 has ten staff in each part; of the others' five nobody can be shown by part.
  std::string csv = "group,part,name\n";
  for (int i = 0; i < 10; ++i) csv += "staff,lower,Low " + std::to_string(i) + "\n";
  EXPECT_EQ(admin_.Run({"rater", "add", surveys[0], "--file", Write("bad.csv", "group,part,name\nstaff,attic,X\n")}).exit_code,
            1);
  admin_.Text({"rater", "add", surveys[0], "--file", Write("raters.csv", csv)});
  admin_.Text({"rater", "paper", surveys[0], "--group", "staff", "--part", "upper", "--count", "10"});
  for (int i = 1; i < 5; ++i) admin_.Text({"rater", "paper", surveys[i], "--group", "staff", "--count", "5"});
  EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}), HasSubstr("5 of its 5 raters are of none"));
  for (int i = 1; i < 5; ++i) {
    const base::Json listed = admin_.Json({"rater", "list", surveys[i]});
    for (const base::Json& rater : listed.at("raters")) {
      admin_.Text({"rater", "remove", std::string(rater["name"])});
    }
    admin_.Text({"rater", "paper", surveys[i], "--group", "staff", "--part", "lower", "--count", "5"});
  }
  EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}),
              AllOf(HasSubstr("staff/lower 10"), HasSubstr("the group staff is not shown by part")));
  admin_.Text({"campaign", "open", "c", "--district", "d"});

  const CandorShell respondent = admin_.WithoutKey();
  const std::string fours = Write("fours.json", AllItems(4)), twos = Write("twos.json", AllItems(2));
  for (const std::string& survey : surveys) {
    const std::string board = admin_.Json({"campaign", "show", survey})["manifest_code"];
    const base::Json listed = admin_.Json({"code", "list", survey});
    for (const base::Json& code : listed.at("codes")) {
      const bool upper = code["rater"].value("part", "") == "upper";
      const base::Json done = respondent.Json({"answer", "--code", std::string(code["code"]), "--expect-manifest", board,
                                               "--file", upper ? twos : fours, "--shared-device"});
      ASSERT_EQ(done["acknowledged"], true);
    }
  }
  admin_.Text({"campaign", "close", "c", "--district", "d"});
  EXPECT_THAT(respondent.Text({"ledger", surveys[0]}), AllOf(HasSubstr("staff/lower"), HasSubstr("staff/upper")));
  admin_.Text({"campaign", "release", "c", "--district", "d"});

  const CandorShell leader = admin_.WithKey(Path("lee1.key"));
  const std::string report = leader.Text({"report", "get", surveys[0]});
  EXPECT_THAT(report, AllOf(HasSubstr("Staff by part"), HasSubstr("Lower school"), HasSubstr("Upper school"),
                            HasSubstr("over 5 leaders"), HasSubstr("computed from those of the parts")));
  const base::Json scores = leader.Json({"report", "get", surveys[0]})["scores"];
  EXPECT_EQ(scores["groups"].size(), 3u);
  EXPECT_EQ(scores["groups"][1]["part_of"], "staff");
}

}  // namespace
}  // namespace candor::e2e
