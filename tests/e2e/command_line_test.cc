// A whole campaign by the verbs of `candor`, against a real server in a process of its own; and the drill of a restore.

#include <algorithm>
#include <filesystem>
#include <memory>

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

class CommandLineTest : public CandordTest {
 protected:
  // District d with leader lee, whose supervisor is sue, an administrator ann who supervises nobody, their keys, the
  // demonstration's framework and instrument, and a draft campaign c with a survey for lee.
  void MakeDraft() {
    admin_.Text({"district", "create", "--title", "Testing", "--id", "d"});
    const std::string school = admin_.Json({"school", "create", "--district", "d", "--title", "Elm"})["name"];
    admin_.Text({"person", "create", "--district", "d", "--id", "sue", "--name", "Sue Super", "--role", "supervisor"});
    admin_.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee Lead", "--role", "leader", "--title",
                 "Principal", "--school", school, "--supervisor", "sue"});
    admin_.Text({"person", "create", "--district", "d", "--id", "ann", "--name", "Ann Admin", "--role", "administrator"});
    for (const char* person : {"sue", "lee", "ann"}) {
      admin_.Text({"key", "create", person, "--district", "d", "--out", Path(std::string(person) + ".key")});
    }
    admin_.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
    const std::string draft =
        admin_.Json({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"})["name"];
    version_ = admin_.Json({"instrument", "publish", draft})["name"];
    admin_.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version",
                 version_, "--close-in", "7d", "--notice", "en=Please take part.", "--administrator-reads"});
    survey_ = admin_.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  }

  // Whoever looks at ledgers from outside.
  CandorShell Outsider() const { return admin_.WithoutKey().WithResponseServer(server_.response_address()); }

  // Copies every data folder to a backup of its own, the response plane's first, and says what was said of all.
  std::string BackUp() {
    std::string said;
    for (const std::string& data : DataFolders()) {
      const cli::ProgramResult saved = admin_.Run({"backup", "--data", data, "--to", data + ".backup"});
      EXPECT_EQ(saved.exit_code, 0) << saved.err;
      EXPECT_FALSE(base::FileExists(data + ".backup/keys"));
      EXPECT_FALSE(base::FileExists(data + ".backup/admin.key"));
      said += saved.out;
    }
    return said;
  }

  // After the servers are gone: makes the data folders of a CandordProcess on Path("restored") from the backups and the key
  // folders that survive, and says what was said. `lost`: the folders whose disks failed, where not all; the others are
  // taken as they are.
  std::string Restore(const std::vector<std::string>& lost = {}) {
    std::string said;
    for (const std::string& data : DataFolders()) {
      EXPECT_EQ(admin_.Run({"restore", "--from", data + ".backup", "--data", data}).exit_code, 1) << "not over what is there";
      const std::string restored = Path("restored") + data.substr(server_.data_folder().size());
      if (!lost.empty() && std::find(lost.begin(), lost.end(), data) == lost.end()) {
        std::filesystem::copy(data, restored, std::filesystem::copy_options::recursive);
        std::filesystem::permissions(restored, std::filesystem::perms::owner_all);
        std::filesystem::permissions(restored + "/keys", std::filesystem::perms::owner_all);
        continue;
      }
      std::filesystem::create_directories(restored);
      std::filesystem::copy(data + "/keys", restored + "/keys", std::filesystem::copy_options::recursive);
      std::filesystem::permissions(restored + "/keys", std::filesystem::perms::owner_all);
      const cli::ProgramResult done = admin_.Run({"restore", "--from", data + ".backup", "--data", restored});
      EXPECT_EQ(done.exit_code, 0) << done.err;
      said += done.out;
    }
    return said;
  }

  // The response plane's first; one where it is the only one.
  std::vector<std::string> DataFolders() const {
    if (!server_.two_processes()) return {server_.data_folder()};
    return {server_.response_folder(), server_.data_folder()};
  }

  // Codes of one rater group.
  std::vector<std::string> Codes(const CandorShell& shell, const std::string& group) {
    std::vector<std::string> codes;
    for (const base::Json& code : shell.Json({"code", "list", survey_}).value("codes", base::Json::array())) {
      if (code["rater"]["group"] == group) codes.push_back(code["code"]);
    }
    return codes;
  }

  // After release: the leader makes a plan of the report, which nobody else reads.
  void PlanGrowth(const CandorShell& leader) {
    EXPECT_THAT(leader.Text({"plan", "show", survey_}), HasSubstr("No goal yet"));
    EXPECT_EQ(leader.Reason({"plan", "add", survey_, "--competency", "II.9", "--goal", "Listen first"}), "FIELD_INVALID");
    EXPECT_EQ(leader.Run({"plan", "share", survey_}).exit_code, 2) << "there is nothing to share";
    EXPECT_THAT(leader.Text({"plan", "add", survey_, "--competency", "I.2", "--goal", "Listen first", "--action",
                             "Block two hours", "--action", "Ask what helped", "--by", "2027-05-14"}),
                AllOf(HasSubstr("[ ] 2. Ask what helped"), HasSubstr("Look back: 14 May 2027")));
    EXPECT_THAT(leader.Text({"plan", "done", survey_, "--competency", "I.2", "--action", "2", "--outcome", "It helped"}),
                AllOf(HasSubstr("[ ] 1. Block"), HasSubstr("[x] 2. Ask"), HasSubstr("Outcome:   It helped")));
    EXPECT_EQ(leader.Run({"plan", "done", survey_, "--competency", "I.2", "--action", "7"}).exit_code, 2);
    EXPECT_THAT(leader.Text({"plan", "share", survey_}), HasSubstr("Shared:"));
    EXPECT_THAT(leader.Text({"plan", "unshare", survey_}), HasSubstr("Not shared"));
    EXPECT_THAT(leader.Text({"report", "get", survey_, "--no-color"}),
                AllOf(HasSubstr("Growth plan"), HasSubstr("I.2 Build a trusting school culture"), HasSubstr("Listen first")));
    // On the page it stands if it is asked for, and for whom it is.
    EXPECT_THAT(leader.Text({"report", "get", survey_, "--html", "-", "--with-plan"}), HasSubstr("Listen first"));
    EXPECT_THAT(leader.Text({"report", "get", survey_, "--html", "-"}), Not(HasSubstr("Listen first")));
    EXPECT_THAT(admin_.Text({"report", "get", survey_, "--html", "-", "--with-plan"}), Not(HasSubstr("Listen first")));
    EXPECT_EQ(leader.Run({"report", "get", survey_, "--with-plan"}).exit_code, 2);
    // The administrator reads the report, and not the plan.
    EXPECT_THAT(admin_.Text({"report", "get", survey_}), AllOf(HasSubstr("Lee Lead"), Not(HasSubstr("Growth plan"))));
    EXPECT_EQ(admin_.Reason({"plan", "show", survey_}), "CALLER_NOT_ALLOWED");

    // As a file; what was changed elsewhere meanwhile is not written over.
    base::Json plan = leader.Json({"plan", "show", survey_});
    plan["goals"][0]["goal"] = "Listen, then act";
    const std::string file = Write("plan.json", plan.dump());
    EXPECT_THAT(leader.Text({"plan", "edit", survey_, "--file", file}), HasSubstr("Listen, then act"));
    plan["goals"][0]["goal"] = "Listen less";
    EXPECT_EQ(leader.Reason({"plan", "edit", survey_, "--file", Write("late.json", plan.dump())}), "ETAG_MISMATCH");
    plan.erase("etag");
    EXPECT_THAT(leader.Text({"plan", "edit", survey_, "--file", Write("newest.json", plan.dump())}), HasSubstr("Listen less"));
    EXPECT_EQ(leader.Run({"plan", "remove", survey_}).exit_code, 2) << "of what?";
    EXPECT_THAT(leader.Text({"plan", "remove", survey_, "--competency", "I.2"}), HasSubstr("No goal yet"));
    EXPECT_THAT(admin_.Text({"audit", "list", "--district", "d"}),
                AllOf(HasSubstr("UpdateGrowthPlan"), HasSubstr("DeleteGrowthPlan"), Not(HasSubstr("Listen"))));
  }

  // Every item that a rater group is asked, marked alike.
  static std::string AllItems(int mark, const std::string& group = "staff") {
    const auto text = base::ReadFile(Demo("instrument.json"));
    const base::Json instrument = *base::ParseJson(*text);
    base::Json answers = base::Json::object();
    for (const base::Json& item : instrument["items"]) {
      if (item["texts"].contains(group)) answers[std::string(item["indicator"])] = mark;
    }
    return answers.dump();
  }

  std::string version_, survey_;
};

TEST_F(CommandLineTest, ACampaignFromFrameworkToReport) {
  MakeDraft();
  const CandorShell leader = admin_.WithKey(Path("lee.key")), supervisor = admin_.WithKey(Path("sue.key"));
  const CandorShell respondent = admin_.WithoutKey();

  // Too small to be anonymous: said before opening, with what would happen.
  admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "3"});
  EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}), HasSubstr("cannot be opened"));
  EXPECT_EQ(admin_.Reason({"campaign", "open", "c", "--district", "d"}), "TOO_FEW_INVITED");

  // Raters from a file; one pupil's family opts out.
  std::string csv = "group,name,address,opted_out\n";
  for (int i = 1; i <= 6; ++i) csv += "staff,Staff " + std::to_string(i) + ",s" + std::to_string(i) + "@x.example,\n";
  csv += "staff,=HYPERLINK(1),+49 30 1234567,\nstaff,Staff 8,+1+cmd,\n";
  for (int i = 1; i <= 6; ++i) csv += "student,Pupil " + std::to_string(i) + ",," + (i == 6 ? "yes" : "") + "\n";
  admin_.Text({"rater", "add", survey_, "--file", Write("raters.csv", csv)});
  EXPECT_EQ(admin_.Run({"rater", "add", survey_, "--file", Write("bad.csv", "group,name\nstaff,\"x\n")}).exit_code, 1);
  EXPECT_THAT(admin_.Text({"campaign", "preview", "c", "--district", "d"}), HasSubstr("can be opened"));
  // What the report will be able to show is told while something can still be changed.
  const std::string forecast =
      admin_.Text({"campaign", "forecast", "c", "--district", "d", "--answer", "staff=50", "--answer", "student=100%"});
  EXPECT_THAT(forecast, AllOf(HasSubstr("Lee Lead"), HasSubstr("staff: shown in"), HasSubstr("How long the form takes")));
  EXPECT_EQ(admin_.Json({"campaign", "forecast", "c", "--district", "d"})["surveys"][0]["groups"][0]["group"], "staff");
  EXPECT_THAT(admin_.Run({"campaign", "forecast", "c", "--district", "d", "--answer", "teachers=50"}).err,
              HasSubstr("no rater group \"teachers\"; it has staff, student, parent"));
  EXPECT_THAT(admin_.Run({"campaign", "forecast", "c", "--district", "d", "--seen", "staff=most"}).err,
              HasSubstr("a percentage from 0 to 100"));
  EXPECT_EQ(admin_.Json({"campaign", "open", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_OPEN");
  EXPECT_THAT(admin_.Run({"campaign", "forecast", "c", "--district", "d"}).err, HasSubstr("opened already"));

  const std::vector<std::string> staff = Codes(admin_, "staff"), students = Codes(admin_, "student");
  EXPECT_EQ(staff.size(), 11u);
  EXPECT_EQ(students.size(), 5u);
  EXPECT_EQ(leader.Reason({"code", "list", survey_}), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(supervisor.Reason({"code", "list", survey_}), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(Codes(admin_.WithKey(Path("ann.key")), "staff").size(), 11u);

  // Respondents. The comparison code of the notice board is checked.
  const std::string board = admin_.Json({"campaign", "show", survey_})["manifest_code"];
  const std::string fours = Write("fours.json", AllItems(4)), twos = Write("twos.json", AllItems(2));
  for (size_t i = 0; i < staff.size(); ++i) {
    const base::Json done = respondent.Json({"answer", "--code", staff[i], "--expect-manifest", board, "--file",
                                             i % 3 == 0 ? twos : fours, "--within-hours", "0", "--state-dir", Path("device" + std::to_string(i)),
                                             "--receipt", Path("receipt" + std::to_string(i))});
    EXPECT_EQ(done["acknowledged"], true);
  }
  EXPECT_EQ(respondent.Reason({"answer", "--code", staff[0], "--expect-manifest", "0000-0000-0000-0000-0000-0000-00",
                               "--file", fours, "--state-dir", Path("device0")}),
            "MANIFEST_REFUSED");
  // Somebody changes the answers on the same device; another device is refused.
  respondent.Text({"answer", "--code", staff[0], "--file", fours, "--yes", "--state-dir", Path("device0"),
                   "--receipt", Path("changed")});
  EXPECT_EQ(respondent.Reason({"answer", "--code", staff[0], "--file", fours, "--yes", "--shared-device"}),
            "TOKEN_ALREADY_ISSUED");
  EXPECT_EQ(respondent.Reason({"answer", "--code", "0000-0000-0000-0000-0", "--file", fours, "--yes"}), "CODE_UNKNOWN");
  EXPECT_EQ(respondent.Reason({"answer", "--code", students[0], "--file", fours, "--yes", "--state-dir", Path("pupil")}),
            "ITEM_NOT_ASKED");
  EXPECT_EQ(respondent.Reason({"answer", "--code", students[0], "--file", Write("off.json", "{\"I.2.a\": 6}"),
                               "--yes", "--state-dir", Path("pupil")}),
            "RATING_OFF_SCALE");
  EXPECT_EQ(respondent.Reason({"answer", "--code", students[0], "--file", Write("broken.json", "{\n\"I.2.a\": }"),
                               "--yes", "--state-dir", Path("pupil")}),
            "JSON_MALFORMED");
  // In the terminal: start, skip everything but one item, confirm, send now.
  const std::string typed = respondent.Text({"answer", "--code", students[0], "--state-dir", Path("pupil")},
                                            "y\n5\n" + std::string(16, '\n') + "y\n0\n");
  EXPECT_THAT(typed, HasSubstr(board));
  EXPECT_THAT(typed, HasSubstr("17 of 17"));
  EXPECT_THAT(typed, HasSubstr("Your answers are stored"));

  EXPECT_THAT(typed, AllOf(HasSubstr("You are asked about: Lee Lead"), HasSubstr("Please take part.")));
  // What a spreadsheet would take for a formula is kept from being one; a telephone number stays as it is.
  EXPECT_THAT(admin_.Text({"code", "list", survey_, "--csv"}),
              AllOf(HasSubstr("code,leader,job_title,part,campaign_title,comparison_code\n"),
                    HasSubstr(",Lee Lead,Principal,,Spring," + board + "\n"),
                    HasSubstr("staff,'=HYPERLINK(1),+49 30 1234567,"), HasSubstr("staff,Staff 8,'+1+cmd,")));

  // Identified ratings, each by its own person only.
  leader.Text({"rate", "self", survey_, "--file", Write("self.json", AllItems(5))});
  EXPECT_EQ(leader.Reason({"rate", "supervisor", survey_, "--file", fours}), "CALLER_NOT_ALLOWED");
  supervisor.Text({"rate", "supervisor", survey_, "--file", fours});
  EXPECT_THAT(leader.Text({"rate", "self", survey_, "--show"}), HasSubstr("[5]"));
  EXPECT_EQ(leader.Reason({"rate", "self", survey_, "--file", Write("unknown.json", "{\"X.9\": 3}")}), "ITEM_NOT_ASKED");

  EXPECT_EQ(leader.Reason({"report", "get", survey_}), "REPORT_NOT_RELEASED");
  EXPECT_EQ(Outsider().Reason({"ledger", survey_}), "WRONG_STATE");
  EXPECT_THAT(Outsider().Run({"ledger", survey_}).err, HasSubstr("not yet: this survey takes answers until 20"));
  EXPECT_EQ(admin_.Json({"campaign", "close", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_CLOSED");
  const cli::ProgramResult late =
      respondent.Run({"answer", "--code", staff[1], "--file", twos, "--yes", "--state-dir", Path("device1")});
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_THAT(late.err, HasSubstr("what you answered now was NOT taken"));
  EXPECT_EQ(leader.Reason({"report", "get", survey_}), "REPORT_NOT_RELEASED");

  // The ledger, from outside: the newest receipt is in it, that of the replaced answers is not.
  const base::Json ledger = Outsider().Json({"ledger", survey_, "--expect-manifest", board});
  EXPECT_EQ(ledger["leaves"], 12);
  EXPECT_EQ(ledger["groups"][0]["code"], "staff");
  EXPECT_EQ(ledger["groups"][0]["replaced"], 1);
  EXPECT_EQ(respondent.Json({"ledger", "--receipt", Path("changed")})["receipt_counted"], true);
  EXPECT_EQ(respondent.Run({"ledger", "--receipt", Path("receipt0")}).exit_code, 1);

  // The same as a file, checked where no server can be reached.
  Outsider().Text({"ledger", survey_, "--export", Path("ledger.json")});
  const CandorShell elsewhere("127.0.0.1:1", "", folder_.path());
  const base::Json verified = elsewhere.Json(
      {"verify", Path("ledger.json"), "--expect-manifest", board, "--receipt", Path("changed"), "--receipt", Path("receipt1")});
  EXPECT_EQ(verified["verified"], true);
  EXPECT_EQ(verified["leaves"], 12);
  EXPECT_EQ(verified["manifest_code"], board);
  EXPECT_EQ(verified["root"], ledger["root"]);
  EXPECT_EQ(verified["groups"], ledger["groups"]);
  ASSERT_EQ(verified["receipts"].size(), 2u);
  for (const base::Json& receipt : verified["receipts"]) EXPECT_EQ(receipt["standing"], "counted");
  const cli::ProgramResult old = elsewhere.Run({"--json", "verify", Path("ledger.json"), "--receipt", Path("receipt0")});
  EXPECT_EQ(old.exit_code, 1);
  const base::Json told = *base::ParseJson(old.out);
  EXPECT_EQ(told["verified"], true) << "the file holds; it is the receipt that is not in it";
  EXPECT_EQ(told["receipts"][0]["standing"], "not_counted");
  EXPECT_THAT(std::string(told["receipts"][0]["sentence"]), HasSubstr("If you changed them later"));
  EXPECT_THAT(std::string(told["steps"][1]["sentence"]), HasSubstr("you gave none to compare it with"));
  EXPECT_EQ(told["steps"][1]["compared"], false);
  EXPECT_THAT(elsewhere.Text({"verify", Path("ledger.json")}), HasSubstr("  ?    The manifest's comparison code is"));
  EXPECT_THAT(elsewhere.Text({"verify", Path("ledger.json"), "--expect-manifest", board}),
              AllOf(HasSubstr("  yes  The manifest's comparison code is"), Not(HasSubstr("  ?  "))));
  EXPECT_EQ(elsewhere.Run({"verify", Path("ledger.json"), "--expect-manifest", "0000-0000-0000-0000-0000-0000-00"}).exit_code,
            1);
  EXPECT_EQ(elsewhere.Run({"verify", Path("ledger.json"), "--expect-manifest", "no code"}).exit_code, 1);
  EXPECT_EQ(elsewhere.Run({"verify"}).exit_code, 2);
  std::string forged = *base::ReadFile(Path("ledger.json"));
  const size_t counted = forged.find("\"counted\":11");
  ASSERT_NE(counted, std::string::npos);
  forged[counted + 11] = '2';
  const cli::ProgramResult refused = elsewhere.Run({"--json", "verify", Write("forged.json", forged)});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ((*base::ParseJson(refused.out))["verified"], false);
  EXPECT_EQ((*base::ParseJson(refused.out))["steps"].back()["name"], "ledger");

  // What is kept for a time is shown, and nothing of it is due.
  const base::Json kept = admin_.Json({"purge", "--dry-run", "--district", "d"});
  ASSERT_EQ(kept["items"].size(), 1u) << kept;
  EXPECT_EQ(kept["items"][0]["data"], "PERSONAL_DATA_RATERS");
  EXPECT_EQ(kept["items"][0]["count"], "17");
  EXPECT_THAT(admin_.Text({"purge", "--district", "d"}), HasSubstr("names and addresses, of raters  17"));
  EXPECT_EQ(leader.Reason({"purge", "--dry-run", "--district", "d"}), "CALLER_NOT_ALLOWED");

  admin_.Text({"campaign", "release", "c", "--district", "d"});
  const base::Json report = leader.Json({"report", "get", survey_});
  EXPECT_EQ(report["leader_display_name"], "Lee Lead");
  EXPECT_EQ(report["school_title"], "Elm");
  EXPECT_EQ(report["scores"]["units"][0]["self"]["mean"], 5);
  const std::string text = leader.Text({"report", "get", survey_});
  EXPECT_THAT(text, HasSubstr("Lee Lead"));
  EXPECT_EQ(text, leader.Text({"report", "get", survey_}));
  // Rounds, exports and the district's summary.
  EXPECT_THAT(leader.Text({"report", "rounds", survey_}), HasSubstr("There is one round alone"));
  const std::string exported = Path("exported");
  EXPECT_THAT(leader.Text({"report", "export", "c", "--district", "d", "--folder", exported}), HasSubstr("1 report written"));
  EXPECT_THAT(leader.Text({"report", "export", "c", "--district", "d", "--folder", exported}),
              HasSubstr("0 reports written to " + exported + "; 1 was there before"));
  EXPECT_THAT(admin_.Text({"report", "summary", "c", "--district", "d"}), HasSubstr("Fewer than 5 leaders"));
  EXPECT_EQ(leader.Reason({"report", "summary", "c", "--district", "d"}), "CALLER_NOT_ALLOWED");
  // The same figures as a table, in a file of its reader's own or on standard output.
  const std::string table = Path("figures.csv");
  EXPECT_EQ(leader.Text({"report", "get", survey_, "--csv", table}), "The report is in " + table + ".\n");
  EXPECT_EQ(std::filesystem::status(table).permissions(), std::filesystem::perms(0600));
  EXPECT_THAT(*base::ReadFile(table), AllOf(StartsWith("unit_kind,unit,title,"), HasSubstr(",self,Self,exact,,,5,")));
  EXPECT_EQ(leader.Text({"report", "get", survey_, "--csv", "-"}), *base::ReadFile(table));
  EXPECT_THAT(leader.Run({"report", "get", survey_, "--csv", table}).err, HasSubstr("is there already"));
  EXPECT_EQ(leader.Json({"report", "get", survey_, "--csv", table + "2"})["file"], table + "2");
  EXPECT_EQ(supervisor.Reason({"report", "get", survey_, "--csv", table + "3"}), "CALLER_NOT_ALLOWED");
  EXPECT_FALSE(base::FileExists(table + "3"));
  // The whole of it as a page.
  const std::string html = Path("report.html");
  EXPECT_THAT(leader.Text({"report", "get", survey_, "--html", html, "--language", "es", "--paper", "a4"}),
              HasSubstr("The report is in " + html));
  EXPECT_THAT(*base::ReadFile(html), AllOf(HasSubstr("<html lang=\"es\">"), HasSubstr("Lee Lead"), HasSubstr("size: A4")));
  EXPECT_NE(leader.Run({"report", "get", survey_, "--html", html}).exit_code, 0) << "nothing is written over";
  EXPECT_EQ(leader.Json({"report", "get", survey_, "--html", html + ".json.html"})["file"], html + ".json.html");
  EXPECT_EQ(leader.Run({"report", "get", survey_, "--language", "es"}).exit_code, 2) << "of the page alone";
  // And as PDF, where there is what makes one; tests/cli/pdf_test.cc looks into it.
  const std::string pdf = Path("report.pdf");
  const cli::ProgramResult made = leader.Run({"report", "get", survey_, "--pdf", pdf, "--language", "es", "--paper", "a4"});
  if (base::FileExists("/usr/bin/weasyprint")) {
    EXPECT_EQ(made.out, "The report is in " + pdf + ".\n") << made.err;
    EXPECT_THAT(*base::ReadFile(pdf), StartsWith("%PDF-"));
    EXPECT_EQ(std::filesystem::status(pdf).permissions(), std::filesystem::perms(0600));
  } else {
    EXPECT_THAT(made.err, HasSubstr("is not installed"));
    EXPECT_FALSE(base::FileExists(pdf));
  }
  EXPECT_EQ(supervisor.Reason({"report", "get", survey_}), "CALLER_NOT_ALLOWED");
  EXPECT_THAT(leader.Text({"report", "list", "--district", "d"}), HasSubstr("Lee Lead"));
  EXPECT_THAT(leader.Text({"scores", survey_, "--by", "competency"}), HasSubstr("II.1"));
  ASSERT_NO_FATAL_FAILURE(PlanGrowth(leader));

  // Forgetting a person: the key stops at once, the report stays for administrators.
  admin_.Text({"person", "delete", "sue", "--district", "d"});
  EXPECT_EQ(supervisor.Reason({"person", "get", "sue", "--district", "d"}), "UNAUTHENTICATED_CALLER");
  EXPECT_THAT(admin_.Text({"report", "get", survey_}), HasSubstr("Lee Lead"));
  EXPECT_EQ(server_.Stop(), 0);
}

TEST_F(CommandLineTest, ALongListOfRatersIsAddedWholeOrNotAtAllAndOnce) {
  MakeDraft();
  const auto raters = [&] { return admin_.Json({"rater", "list", survey_}).value("raters", base::Json::array()); };
  const auto add = [&](const std::string& file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--quiet", "rater", "add", survey_, "--file", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return admin_.Run(arguments);
  };
  std::string rows = "group,name\n";
  for (int i = 1; i <= 5003; ++i) rows += "staff,Staff " + std::to_string(i) + "\n";
  // Beyond the first call's 5,000 rows.
  const std::string faulty[] = {"stuff,Jo\n", "staff," + std::string(201, 'x') + "\n"};
  for (const std::string& row : faulty) {
    const cli::ProgramResult refused = add(Write("faulty.csv", rows + row));
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("faulty.csv, line 5005, "));
    EXPECT_THAT(raters(), ::testing::IsEmpty());
  }
  const std::string sound = Write("sound.csv", rows);
  EXPECT_THAT(add(sound).out, HasSubstr("added 5003 raters"));
  EXPECT_THAT(add(sound).out, HasSubstr("added 0 raters, 0 of them opted out; 5003 of the file are there already"));
  EXPECT_EQ(raters().size(), 5003u);
  // As after a run that ended in the middle: what is missing is added, and nothing else.
  const std::string gone = raters()[0]["name"];
  admin_.Text({"rater", "remove", gone});
  EXPECT_THAT(add(sound).out, HasSubstr("added 1 raters"));
  EXPECT_EQ(raters().size(), 5003u);
  // One person twice is no two people.
  cli::ProgramResult twice = add(Write("twins.csv", "group,name,address\nstaff,Jo,jo@x.org\nparent,Joan, JO@x.org\n"));
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("twins.csv, line 3, address: stands in line 2 too"));
  twice = add(Write("twins.csv", "group,name\nstaff,Jo\nstaff,Jo\n"));
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("twins.csv, line 3, "));
  EXPECT_THAT(twice.err, HasSubstr("give both an address"));
  EXPECT_EQ(raters().size(), 5003u);
}

TEST_F(CommandLineTest, FaultsAreToldInTermsOfTheFile) {
  MakeDraft();
  admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "8"});
  admin_.Text({"campaign", "open", "c", "--district", "d", "--quiet"});
  const CandorShell leader = admin_.WithKey(Path("lee.key"));
  cli::ProgramResult result = leader.Run({"rate", "self", survey_, "--file", Write("self.json", "{\"I.2.a\": 6}")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("self.json, I.2.a: "));
  EXPECT_THAT(result.err, Not(HasSubstr("rating.ratings")));
  result = leader.Run({"rate", "self", survey_, "--file",
                       Write("self.json", R"({"I.2.a": 4, "comments": {"keep": "lost"}})")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("self.json: a rating under one's own name has no comments"));
  result = leader.Run({"rate", "self", survey_, "--file", Write("self.json", "{\"X.9\": 3}")});
  EXPECT_THAT(result.err, HasSubstr("self.json, X.9: "));
  result = admin_.Run({"framework", "import", "--district", "d", "--file", Write("framework.json", "{\"format\": 1}")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("framework.json: "));
  result = admin_.Run({"rater", "add", survey_, "--group", "stuff", "--name", "Jo"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, Not(HasSubstr("raters[0]")));
}

TEST_F(CommandLineTest, AnOpenSurveyGoesOnAfterARestoreWithItsKeysAndNoAnswerIsLost) {
  MakeDraft();
  admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "8"});
  admin_.Text({"campaign", "open", "c", "--district", "d", "--quiet"});
  const std::vector<std::string> codes = Codes(admin_, "staff");
  const std::string fours = Write("fours.json", AllItems(4));
  const CandorShell respondent = admin_.WithoutKey();
  const auto answer = [&](const CandorShell& shell, int i) {
    std::filesystem::remove(Path("receipt" + std::to_string(i)));
    shell.Text({"answer", "--code", codes[i], "--file", fours, "--yes", "--state-dir",
                Path("device" + std::to_string(i)), "--receipt", Path("receipt" + std::to_string(i))});
  };
  for (int i = 0; i < 5; ++i) answer(respondent, i);

  // While the server runs.
  EXPECT_THAT(BackUp(), HasSubstr("1 survey is open"));
  EXPECT_TRUE(base::FileExists(server_.response_folder() + "/keys/receipt.key"));
  server_.Kill();
  EXPECT_THAT(Restore(), HasSubstr("key folder"));

  testing::CandordProcess second(Path("restored"), server_);
  const absl::Status started = second.Start();
  ASSERT_TRUE(started.ok()) << started;
  // The administrator's key is the old one: its hash is in the database.
  const CandorShell& admin = admin_;
  const CandorShell again = Outsider();
  answer(again, 5);
  answer(again, 0);  // replaces what is stored
  admin.Text({"campaign", "close", "c", "--district", "d", "--quiet"});
  const base::Json ledger = again.Json({"ledger", survey_});
  EXPECT_EQ(ledger["leaves"], 6);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(again.Json({"ledger", "--receipt", Path("receipt" + std::to_string(i))})["receipt_counted"], true) << i;
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(admin.Json({"campaign", "release", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_RELEASED") << i;
  }
  EXPECT_EQ(admin.Reason({"report", "get", survey_}), "REPORT_NOT_RELEASED") << "the leader reads first";
  const base::Json report = admin.WithKey(Path("lee.key")).Json({"report", "get", survey_});
  EXPECT_EQ(report["scores"]["groups"][0]["counted"], "6");
  EXPECT_EQ(second.Stop(), 0);
}

// Of seven who answered as staff, two did so after the backup; then something is restored.
class RestoreTest : public CommandLineTest {
 protected:
  void MakeAnswersAroundABackup() {
    MakeDraft();
    admin_.Text({"rater", "paper", survey_, "--group", "staff", "--count", "8"});
    admin_.Text({"rater", "paper", survey_, "--group", "student", "--count", "6"});
    admin_.Text({"campaign", "open", "c", "--district", "d", "--quiet"});
    staff_ = Codes(admin_, "staff");
    const std::vector<std::string> students = Codes(admin_, "student");
    for (int i = 0; i < 5; ++i) Answer(staff_[i], "a" + std::to_string(i));
    for (int i = 0; i < 6; ++i) Answer(students[i], "s" + std::to_string(i));
    BackUp();
    Answer(staff_[5], "a5");
    Answer(staff_[6], "a6");
    server_.Kill();
  }

  // What was said, with errors.
  std::string Answer(const std::string& code, const std::string& device) {
    const bool of_staff = std::find(staff_.begin(), staff_.end(), code) != staff_.end();
    const std::string file = Write(of_staff ? "staff.json" : "student.json", AllItems(4, of_staff ? "staff" : "student"));
    std::filesystem::remove(Path("receipt " + device));
    const cli::ProgramResult result =
        admin_.WithoutKey().Run({"answer", "--code", code, "--file", file, "--yes", "--state-dir",
                                 Path("device " + device), "--receipt", Path("receipt " + device)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out + result.err;
  }
  void Confirm(const std::string& code, const std::string& device) {
    EXPECT_THAT(admin_.WithoutKey().Text({"answer", "--code", code, "--after-restore", "--state-dir",
                                          Path("device " + device)}),
                HasSubstr("No answer was sent"));
  }

  // Starts what was restored in the server's place.
  void StartRestored() {
    second_ = std::make_unique<testing::CandordProcess>(Path("restored"), server_);
    const absl::Status started = second_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // Closes, and expects so many answers of staff, all of them shown.
  void ExpectShown(int leaves) {
    admin_.Text({"campaign", "close", "c", "--district", "d", "--quiet"});
    const base::Json ledger = Outsider().Json({"ledger", survey_});
    EXPECT_EQ(ledger["verified"], true);
    EXPECT_EQ(ledger["leaves"], leaves);
    EXPECT_EQ(ledger["findings"].size(), 0u) << ledger["findings"];
    EXPECT_EQ(Outsider().Json({"ledger", "--receipt", Path("receipt a6")})["receipt_counted"], true);
    admin_.Text({"campaign", "release", "c", "--district", "d"});
    const base::Json staff = admin_.WithKey(Path("lee.key")).Json({"report", "get", survey_})["scores"]["groups"][0];
    EXPECT_EQ(staff["code"], "staff");
    EXPECT_EQ(staff["counted"], "7");
    EXPECT_EQ(staff.value("withheld_reason", "WITHHELD_REASON_UNSPECIFIED"), "WITHHELD_REASON_UNSPECIFIED");
    EXPECT_EQ(second_->Stop(), 0);
  }

  std::vector<std::string> staff_;
  std::unique_ptr<testing::CandordProcess> second_;
};

TEST_F(RestoreTest, WhoeverSendsAgainAsAskedIsCountedWithTheirCodeAndTheGroupIsShown) {
  MakeAnswersAroundABackup();
  const std::string restored = Restore();
  EXPECT_THAT(restored, HasSubstr("are lost, though people have receipts for them, unless they are sent again"));
  EXPECT_THAT(restored, HasSubstr("might answer twice"));
  StartRestored();
  Answer(staff_[5], "a5");
  Answer(staff_[6], "a6");
  Confirm(staff_[5], "a5");
  Confirm(staff_[6], "a6");
  // Everybody is asked to in the same words, also whose code was never forgotten.
  Confirm(staff_[0], "a0");
  // Once counted the code is used.
  EXPECT_EQ(admin_.WithoutKey().Reason({"answer", "--code", staff_[6], "--file", Write("twice.json", AllItems(4)),
                                        "--yes", "--shared-device"}),
            "TOKEN_ALREADY_ISSUED");
  ExpectShown(13);
}

TEST_F(RestoreTest, OfTheResponsePlaneAloneWhatIsSentAgainCountsOnce) {
  ASSERT_TRUE(server_.two_processes()) << "elsewhere one folder holds both planes; run with CANDOR_TEST_PLANES=two";
  MakeAnswersAroundABackup();
  EXPECT_THAT(Restore({server_.response_folder()}), Not(HasSubstr("might answer twice")));
  StartRestored();
  Answer(staff_[5], "a5");
  Answer(staff_[6], "a6");
  ExpectShown(13);
}

TEST_F(RestoreTest, OfTheIdentityPlaneAloneCodesAreCountedAgainWithoutAnAnswer) {
  ASSERT_TRUE(server_.two_processes()) << "elsewhere one folder holds both planes; run with CANDOR_TEST_PLANES=two";
  MakeAnswersAroundABackup();
  EXPECT_THAT(Restore({server_.data_folder()}), HasSubstr("candor answer --after-restore"));
  StartRestored();
  Confirm(staff_[5], "a5");
  Confirm(staff_[6], "a6");
  Confirm(staff_[6], "a6");
  ExpectShown(13);
}

TEST_F(RestoreTest, AnswersOfACodeThatWasUsedAgainElsewhereKeepNoCampaignFromClosing) {
  MakeAnswersAroundABackup();
  Restore();
  StartRestored();
  const CandorShell again = Outsider();
  // The code counts as unused until the device that used it sends again.
  Answer(staff_[6], "a6 other");
  Answer(staff_[5], "a5");
  Confirm(staff_[5], "a5");
  Answer(staff_[6], "a6");
  EXPECT_EQ(admin_.WithoutKey().Reason({"answer", "--code", staff_[6], "--after-restore", "--state-dir", Path("device a6")}),
            "TOKEN_ALREADY_ISSUED");
  admin_.Text({"campaign", "close", "c", "--district", "d", "--quiet"});

  const base::Json ledger = again.Json({"ledger", survey_});
  EXPECT_EQ(ledger["verified"], true);
  EXPECT_EQ(ledger["leaves"], 14);
  ASSERT_EQ(ledger["findings"].size(), 1u);
  EXPECT_THAT(std::string(ledger["findings"][0]),
              HasSubstr("in the group staff more answers were counted (8) than tokens were issued (7"));
  EXPECT_THAT(again.Text({"ledger", survey_}), HasSubstr("But: in the group staff more answers"));
  EXPECT_EQ(again.Json({"ledger", "--receipt", Path("receipt a6")})["receipt_counted"], true);
  admin_.Text({"campaign", "release", "c", "--district", "d"});
  EXPECT_EQ(admin_.Reason({"report", "get", survey_}), "REPORT_NOT_RELEASED") << "the leader reads first";
  const base::Json report = admin_.WithKey(Path("lee.key")).Json({"report", "get", survey_});
  EXPECT_EQ(report["scores"]["groups"][0]["code"], "staff");
  EXPECT_EQ(report["scores"]["groups"][0]["withheld_reason"], "WITHHELD_REASON_MORE_ANSWERS_THAN_CODES");
  EXPECT_EQ(report["scores"]["groups"][1]["code"], "student");
  EXPECT_EQ(report["scores"]["groups"][1].value("withheld_reason", "WITHHELD_REASON_UNSPECIFIED"),
            "WITHHELD_REASON_UNSPECIFIED");
  EXPECT_THAT(admin_.Text({"report", "get", survey_}), HasSubstr("more answers than codes were given out"));
  EXPECT_EQ(second_->Stop(), 0);
}

TEST_F(CommandLineTest, TheDemonstrationRunsAndSaysHowToGoOn) {
  const std::string files = std::string(CANDOR_SOURCE_DIR) + "/deploy/demo";
  const cli::ProgramResult demo = admin_.Run({"demo", "--files", files});
  ASSERT_EQ(demo.exit_code, 0) << demo.err;
  EXPECT_THAT(demo.out, HasSubstr("Amara Fernwhistle"));
  EXPECT_THAT(demo.out, HasSubstr("How to go on"));
  EXPECT_THAT(demo.err, HasSubstr("anonymous answers"));
  // Every command that it names works as it stands.
  const size_t at = demo.out.find("candor answer --code ");
  ASSERT_NE(at, std::string::npos);
  std::vector<std::string> words;
  std::istringstream line(demo.out.substr(at, demo.out.find('\n', at) - at));
  for (std::string word; line >> word;) words.push_back(word);
  words.erase(words.begin());
  words.insert(words.end(), {"--file", Write("twos.json", AllItems(2)), "--within-hours", "0"});
  EXPECT_THAT(admin_.WithoutKey().Text(words), HasSubstr("Your answers are stored"));
  // A second run on the same server makes another district.
  EXPECT_EQ(admin_.Run({"demo", "--files", files, "--quiet", "--json"}).exit_code, 0);
}

}  // namespace
}  // namespace candor::e2e
