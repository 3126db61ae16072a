// The files that people give: raters, answers, the demonstration's district; and how they are shown back.

#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cli/answers_file.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/demo_plan.h"
#include "clients/cli/dialog.h"
#include "clients/cli/instrument_file.h"
#include "clients/cli/output.h"
#include "clients/cli/parallel.h"
#include "clients/cli/raters_file.h"
#include "clients/cli/wire_fault.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"

namespace candor::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReasonOf(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

TEST(RatersFileTest, ReadsColumnsInAnyOrder) {
  const auto raters = ParseRaters(
      "address,group,opted_out,name\n"
      "a@x.example,staff,,\"Doe, Jo\"\n"
      ",student,yes,Sam\r\n"
      "b@x.example,parent,0,\n",
      "r.csv");
  ASSERT_TRUE(raters.ok()) << raters.status();
  ASSERT_EQ(raters->raters.size(), 3u);
  EXPECT_EQ(raters->raters[0].display_name(), "Doe, Jo");
  EXPECT_EQ(raters->raters[0].address(), "a@x.example");
  EXPECT_FALSE(raters->raters[0].opted_out());
  EXPECT_EQ(raters->raters[1].group(), "student");
  EXPECT_TRUE(raters->raters[1].opted_out());
  EXPECT_FALSE(raters->raters[2].opted_out());
  EXPECT_THAT(raters->lines, ElementsAre(2, 3, 4));
}

TEST(RatersFileTest, SaysLineAndColumnOfAFaultAndNeverAName) {
  const struct {
    const char* text;
    const char* reason;
    const char* words;
  } cases[] = {
      {"", "CSV_HEADER_WRONG", "empty"},
      {"group,phone\n", "CSV_HEADER_WRONG", "line 1, column 7"},
      {"group,group,name\n", "CSV_HEADER_WRONG", "twice"},
      {"name\nJo\n", "CSV_HEADER_WRONG", "no column group"},
      {"group\nstaff\n", "CSV_HEADER_WRONG", "neither"},
      {"group,name\n", "RATER_INVALID", "no rater"},
      {"group,name\nstaff,Jo\nstaff\n", "CSV_COLUMNS_WRONG", "line 3"},
      {"group,name\nstaff,Secretname\n,Secretname\n", "RATER_INVALID", "line 3"},
      {"group,name\nstaff,\n", "RATER_INVALID", "line 2"},
      {"group,name,opted_out\nstaff,Secretname,maybe\n", "RATER_INVALID", "line 2, column 18"},
      {"group,name\nstaff,\"Secretname\n", "CSV_MALFORMED", "line"},
  };
  for (const auto& c : cases) {
    const auto raters = ParseRaters(c.text, "r.csv");
    ASSERT_FALSE(raters.ok()) << c.text;
    EXPECT_EQ(ReasonOf(raters.status()), c.reason) << c.text;
    EXPECT_THAT(std::string(raters.status().message()), HasSubstr(c.words)) << c.text;
    EXPECT_THAT(std::string(raters.status().message()), ::testing::Not(HasSubstr("Secretname")));
  }
}

TEST(WireFaultTest, NamesThePlaceInTheFile) {
  const PlaceOfEntry place = [](size_t index, absl::string_view member) {
    return absl::StrCat("f.csv, line ", index + 2, member.empty() ? "" : ", ", member);
  };
  const auto named = [&](const std::string& field, const std::string& message) {
    const absl::Status status =
        NamePlace(base::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", message, field), "raters", 9, place);
    EXPECT_EQ(ReasonOf(status), "FIELD_INVALID");
    return absl::StrCat(status.message(), "|", base::GetErrorDetail(status).field);
  };
  EXPECT_EQ(named("raters[7].group", "raters[7].group: must be known"), "f.csv, line 9, group: must be known|");
  EXPECT_EQ(named("raters[0]", "raters[0]: needs a name"), "f.csv, line 2: needs a name|");
  EXPECT_EQ(named("raters[8].address", "too long"), "f.csv, line 10, address: too long|");
  EXPECT_EQ(named("raters[9].group", "m"), "m|raters[9].group");
  EXPECT_EQ(named("parent", "parent: m"), "parent: m|parent");
  EXPECT_TRUE(NamePlace(absl::OkStatus(), "raters", 9, place).ok());
}

TEST(WireFaultTest, NamesAFieldAsItStandsInTheFile) {
  const absl::Status fault =
      base::Error(absl::StatusCode::kInvalidArgument, "ITEM_NOT_ASKED", "pressure_notice: leave it out", "pressure_notice");
  const absl::Status named = NameField(fault, "pressure_notice", "a.json, pressed");
  EXPECT_EQ(named.message(), "a.json, pressed: leave it out");
  EXPECT_EQ(ReasonOf(named), "ITEM_NOT_ASKED");
  EXPECT_EQ(base::GetErrorDetail(named).field, "");
  EXPECT_EQ(NameField(fault, "ratings", "x"), fault);
  EXPECT_TRUE(NameField(absl::OkStatus(), "pressure_notice", "x").ok());
}

domain::Instrument SmallInstrument() {
  domain::Instrument instrument;
  for (const char* code : {"A.1", "A.2", "A.3"}) instrument.items.push_back({code, false, {}});
  instrument.prompts.push_back({"more", {}, 100});
  return instrument;
}

TEST(AnswersFileTest, PutsAnswersIntoTheInstrumentsOrder) {
  const auto marked = ParseAnswers(R"({"A.3": 5, "A.1": "N", "A.2": null, "comments": {"more": "thanks"}})", "a.json");
  ASSERT_TRUE(marked.ok()) << marked.status();
  const auto answers = InOrder(*marked, SmallInstrument());
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_THAT(answers->ratings, ElementsAre(domain::kNotObserved, domain::kBlank, 5));
  EXPECT_THAT(answers->comments, ElementsAre("thanks"));
}

TEST(AnswersFileTest, RefusesWhatIsNoAnswerAndNeverRepeatsIt) {
  for (const char* text : {R"({"A.1": 0})", R"({"A.1": 11})", R"({"A.1": -1})", R"({"A.1": 2.5})", R"({"A.1": "never"})",
                           R"({"A.1": [1]})", R"({"comments": {"more": 3}})", "[1, 2]"}) {
    const auto marked = ParseAnswers(text, "a.json");
    ASSERT_FALSE(marked.ok()) << text;
    EXPECT_EQ(ReasonOf(marked.status()), "ANSWERS_INVALID") << text;
    EXPECT_THAT(std::string(marked.status().message()), ::testing::Not(HasSubstr("never")));
  }
  const auto broken = ParseAnswers("{\"A.1\": 3,\n}", "a.json");
  EXPECT_EQ(ReasonOf(broken.status()), "JSON_MALFORMED");
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("line 2"));
  for (const char* text : {R"({"B.1": 3})", R"({"comments": {"other": "x"}})"}) {
    EXPECT_EQ(ReasonOf(InOrder(*ParseAnswers(text, "a.json"), SmallInstrument()).status()), "ANSWERS_INVALID") << text;
  }
}

TEST(DialogTest, AsksGoesBackSkipsAndAsksAgainWhatItDoesNotUnderstand) {
  std::istringstream in("4\nb\n5\nn\n9\nx\n2\n");
  std::ostringstream out;
  Dialog dialog(in, out);
  std::vector<uint8_t> marks(3, domain::kBlank);
  ASSERT_TRUE(AskRatings(dialog, {"First.", "Second.", "Third."}, 5, marks).ok());
  EXPECT_THAT(marks, ElementsAre(5, domain::kNotObserved, 2));
  EXPECT_THAT(out.str(), HasSubstr("2 of 3"));
  EXPECT_THAT(out.str(), HasSubstr("Please type 1 to 5"));
}

TEST(DialogTest, EnterSkipsOrKeepsAndSDeletes) {
  std::istringstream in("\n\ns\n");
  std::ostringstream out;
  Dialog dialog(in, out);
  std::vector<uint8_t> marks = {domain::kBlank, 3, 4};
  ASSERT_TRUE(AskRatings(dialog, {"First.", "Second.", "Third."}, 5, marks).ok());
  EXPECT_THAT(marks, ElementsAre(domain::kBlank, 3, domain::kBlank));
}

TEST(DialogTest, SpeaksTheLanguageThatItIsTold) {
  std::istringstream in("quizás\nsí\nx\n2\nn\n");
  std::ostringstream out;
  Dialog dialog(in, out);
  dialog.SetLanguage("es-MX");
  EXPECT_TRUE(*dialog.AskYes("¿Responder?", false));
  std::vector<uint8_t> marks(2, domain::kBlank);
  ASSERT_TRUE(AskRatings(dialog, {"Escucha.", "Explica."}, 4, marks).ok());
  EXPECT_THAT(marks, ElementsAre(2, domain::kNotObserved));
  EXPECT_THAT(out.str(), AllOf(HasSubstr("¿Responder? [s/N] "), HasSubstr("Responda s o n"), HasSubstr("1 de 2"),
                               HasSubstr("Escriba de 1 a 4")));
  EXPECT_THAT(out.str(), Not(HasSubstr("Please")));
}

TEST(DialogTest, EndsWhenTheInputEndsOrNothingIsUnderstood) {
  std::istringstream ended("3\n"), nonsense(std::string(200, '\n'));
  std::ostringstream out;
  std::vector<uint8_t> marks(2, domain::kBlank);
  Dialog first(ended, out);
  EXPECT_EQ(AskRatings(first, {"a", "b"}, 5, marks).code(), absl::StatusCode::kAborted);
  std::string babble;
  for (int i = 0; i < 50; ++i) babble += "hm\n";
  std::istringstream babbling(babble);
  Dialog second(babbling, out);
  EXPECT_EQ(AskRatings(second, {"a", "b"}, 5, marks).code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(second.AskYes("really?", true).ok());
}

TEST(OutputTest, ColumnsStandUnderEachOtherAlsoWithAccents) {
  Table table({"NAME", "X"});
  table.Add({"Tomás", "1"});
  table.Add({"Jo", "2"});
  EXPECT_EQ(table.Text(), "NAME   X\nTomás  1\nJo     2\n");
  EXPECT_EQ(Wrapped("one two three", 7, "  "), "  one two\n  three\n");
}

TEST(OutputTest, NothingFromAServerMovesTheCursorOrTurnsTheText) {
  EXPECT_EQ(Printable("a\x1b[2Jb\rc\nTom\xc3\xa1s \xe2\x80\xae" "d\xc2\x9b" "e\x7f"), "a?[2Jb?c\nTom\xc3\xa1s ?d?e?");
  EXPECT_EQ(Printable("\xe2"), "\xe2");
  std::istringstream in;
  std::ostringstream out;
  Dialog(in, out).Say("x\x1b]0;y\x07z");
  EXPECT_EQ(out.str(), "x?]0;y?z");
}

TEST(TimesTest, MomentsAndSpans) {
  EXPECT_EQ(*ParseMoment("2026-09-01T18:00:00Z"), absl::FromCivil(absl::CivilSecond(2026, 9, 1, 18), absl::UTCTimeZone()));
  EXPECT_EQ(*ParseMoment("2026-09-01"),
            absl::FromCivil(absl::CivilSecond(2026, 9, 1, 23, 59, 59), absl::UTCTimeZone()));
  EXPECT_FALSE(ParseMoment("tomorrow").ok());
  EXPECT_EQ(*ParseSpan("14d"), absl::Hours(14 * 24));
  EXPECT_EQ(*ParseSpan("1.5h"), absl::Minutes(90));
  for (const char* text : {"", "d", "14", "-1d", "0s", "5w", "infd", "nand"}) EXPECT_FALSE(ParseSpan(text).ok()) << text;
}

TEST(ForEachTest, DoesEachOnceAndStopsAtTheFirstFailure) {
  std::vector<std::atomic<int>> seen(1000);
  ASSERT_TRUE(ForEach(seen.size(), 8, [&](size_t i) {
                ++seen[i];
                return absl::OkStatus();
              }).ok());
  for (const auto& count : seen) EXPECT_EQ(count.load(), 1);
  std::atomic<int> calls{0};
  const absl::Status status = ForEach(1000, 1, [&](size_t i) {
    ++calls;
    return i == 3 ? absl::InternalError("three") : absl::OkStatus();
  });
  EXPECT_EQ(status.message(), "three");
  EXPECT_EQ(calls.load(), 4);
  EXPECT_TRUE(ForEach(0, 8, [](size_t) { return absl::InternalError("never"); }).ok());
}

class DemoTest : public ::testing::Test {
 protected:
  static std::string File(const std::string& name) {
    const auto bytes = base::ReadFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/" + name);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return bytes.value_or("");
  }
};

TEST_F(DemoTest, TheDistrictsFilesFitTogether) {
  const auto district = ParseDemo(File("district.json"));
  ASSERT_TRUE(district.ok()) << district.status();
  EXPECT_GE(district->leaders.size(), 3u);
  const auto framework = domain::ParseFramework(File("framework.json"));
  ASSERT_TRUE(framework.ok()) << framework.status();
  const auto instrument = ReadInstrumentFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/instrument.json");
  ASSERT_TRUE(instrument.ok()) << instrument.status();
  ASSERT_TRUE(domain::CheckInstrument(*instrument, *framework).ok());
  int64_t raters = 0;
  for (const DemoLeader& leader : district->leaders) {
    EXPECT_FALSE(leader.raters.empty()) << leader.code;
    for (const auto& [group, count] : leader.raters) {
      raters += count;
      EXPECT_TRUE(leader.response_rate.contains(group)) << leader.code << " " << group;
    }
    for (const domain::Domain& d : framework->domains) {
      EXPECT_TRUE(leader.tendency.contains(d.code) && leader.self.contains(d.code) && leader.supervisor.contains(d.code));
    }
  }
  EXPECT_GE(raters, 200);
}

TEST_F(DemoTest, SimulatedPeopleMarkOnlyWhatTheyAreAskedAndTheSameEveryTime) {
  const auto district = ParseDemo(File("district.json"));
  const auto framework = domain::ParseFramework(File("framework.json"));
  const auto instrument = ReadInstrumentFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/instrument.json");
  ASSERT_TRUE(district.ok() && framework.ok() && instrument.ok());
  const DemoLeader& leader = district->leaders[0];
  Simulation first(1), second(1), other(2);
  const auto marks = SimulateRater(*district, leader, "student", *instrument, *framework, first);
  EXPECT_EQ(marks, SimulateRater(*district, leader, "student", *instrument, *framework, second));
  EXPECT_NE(marks, SimulateRater(*district, leader, "student", *instrument, *framework, other));
  for (size_t i = 0; i < marks.size(); ++i) {
    if (instrument->items[i].texts.contains("student")) {
      EXPECT_NE(marks[i], domain::kBlank);
    } else {
      EXPECT_EQ(marks[i], domain::kBlank);
    }
  }
  double sum = 0;
  for (int i = 0; i < 20000; ++i) sum += first.Normal();
  EXPECT_NEAR(sum / 20000, 0, 0.05);
}

TEST_F(DemoTest, AFaultOfTheDistrictsFileIsNamed) {
  std::string text = File("district.json");
  text.replace(text.find("\"school\": \"oak\""), 15, "\"school\": \"elm\"");
  const auto district = ParseDemo(text);
  EXPECT_EQ(ReasonOf(district.status()), "DEMO_INVALID");
  EXPECT_EQ(base::GetErrorDetail(district.status()).field, "leaders[0].school");
  EXPECT_EQ(ReasonOf(ParseDemo("{").status()), "JSON_MALFORMED");
}

TEST(InstrumentFileTest, AnUpdateReplacesEveryFieldThatAFileCanHave) {
  const std::set<std::string> not_of_a_file = {"name", "etag", "create_time", "update_time"};
  const std::set<std::string> fixed = {"framework"};
  std::set<std::string> wanted;
  const auto* descriptor = candor::v1::Instrument::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string name = descriptor->field(i)->name();
    if (!not_of_a_file.contains(name) && !fixed.contains(name)) wanted.insert(name);
  }
  const std::vector<std::string>& fields = FieldsOfInstrumentFile();
  EXPECT_EQ(std::set<std::string>(fields.begin(), fields.end()), wanted);
}

TEST(InstrumentFileTest, EveryPartArrivesInTheMessage) {
  const auto instrument = ReadInstrumentFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/instrument.json");
  ASSERT_TRUE(instrument.ok()) << instrument.status();
  const candor::v1::Instrument proto = ToProto(*instrument, "districts/d");
  EXPECT_EQ(proto.framework(), "districts/d/frameworks/" + instrument->framework);
  EXPECT_EQ(proto.items_size(), static_cast<int>(instrument->items.size()));
  EXPECT_EQ(proto.items(0).texts().at("staff").values().at("es"), instrument->items[0].texts.at("staff").at("es"));
  EXPECT_EQ(proto.scale().labels().at("en").labels_size(), instrument->scale.points);
  EXPECT_EQ(proto.rater_groups_size(), static_cast<int>(instrument->rater_groups.size()));
  EXPECT_EQ(ReadInstrumentFile("/nonexistent.json").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace candor::cli
