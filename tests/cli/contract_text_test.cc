// What a person reads before the first item.

#include "clients/cli/contract_text.h"

#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/sentences/sentences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/json.h"
#include "services/crypto/access_code.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// In one line, however it is wrapped.
std::string PageOf(const client::FakeSurvey& survey, const std::string& language = "en",
                   const std::vector<int>& reissued = {}) {
  const auto documents = client::CheckDocuments(survey.Encode(), survey.manifest.survey, "");
  EXPECT_TRUE(documents.ok()) << documents.status();
  if (!documents.ok()) return "";
  std::string line;
  for (const char c : ContractText(**documents, 0, "staff", language, false, reissued)) {
    if (c == '\n') line.push_back(' ');
    else if (c != ' ' || line.empty() || line.back() != ' ') line.push_back(c);
  }
  return line;
}

TEST(ContractTextTest, NamesTheOpenQuestionsWhoReadsThemAndWhatIsLeft) {
  const std::string page = PageOf(client::FakeSurvey());
  EXPECT_THAT(page, HasSubstr("1 open question, to be answered in words or left out: What else?"));
  EXPECT_THAT(page, HasSubstr("What you write in words can be read by: Ombudsperson."));
  EXPECT_THAT(page, HasSubstr("all else is at most summed up by them, and destroyed"));
  EXPECT_THAT(page, HasSubstr("no single person's ratings are left; comments are"));
  EXPECT_THAT(page, Not(HasSubstr("no answer of a single person is left")));
}

TEST(ContractTextTest, NamesLanguagesInTheLanguageShownAndNoFirstOfOneReader) {
  client::FakeSurvey survey;
  survey.contract.readers = {"leader"};
  EXPECT_THAT(PageOf(survey), AllOf(HasSubstr("The report is read by the leader. "), Not(HasSubstr("first by the leader"))));
  const std::string spanish = PageOf(survey, "es");
  EXPECT_THAT(spanish, HasSubstr("Lee el informe: la persona evaluada. "));
  EXPECT_THAT(spanish, AllOf(HasSubstr("Puede responder en: inglés"), Not(HasSubstr("en: en"))));
}

TEST(ContractTextTest, SaysThatASurveyIsAboutATeamAllOfWhoseMembersReadTheReport) {
  client::FakeSurvey survey;
  const std::string of_one = PageOf(survey);
  EXPECT_THAT(of_one, AllOf(HasSubstr("about a leader of your school"), Not(HasSubstr("team"))));
  survey.contract.team_members = 6;
  survey.contract.evaluative_use_forbidden = survey.version.instrument.evaluative_use_forbidden = true;
  survey.manifest.auditor = domain::ModeratorKey{"Works council", std::string(32, 'k')};
  const std::string page = PageOf(survey), spanish = PageOf(survey, "es");
  EXPECT_THAT(page, AllOf(HasSubstr("about the leadership team of your school"),
                          HasSubstr("The team has 6 members, who are rated together"), HasSubstr("Each of them reads the report"), HasSubstr("every member of the team"),
                          HasSubstr("may not be used to judge the team or any of its members"),
                          HasSubstr("not to the team's members, their superiors")));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("the leader, their")), Not(HasSubstr("the leader's own")),
                          Not(HasSubstr("a leader of your school"))));
  EXPECT_THAT(spanish, AllOf(HasSubstr("El equipo tiene 6 integrantes"), HasSubstr("cada integrante del equipo"),
                             HasSubstr("sobre el equipo directivo de su escuela"), Not(HasSubstr("persona evaluada puede"))));
}

TEST(ContractTextTest, SaysToWhomAndWhenAReportOfPressureGoesWhereThereIsAnAuditor) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), Not(HasSubstr("pressed")));
  survey.manifest.auditor = domain::ModeratorKey{"Works council", std::string(32, 'k')};
  EXPECT_THAT(PageOf(survey), HasSubstr("It goes to: Works council, and to nobody else"));
  EXPECT_THAT(PageOf(survey), HasSubstr("only after closing"));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr("Le llega a: Works council, y a nadie más"));
}

TEST(ContractTextTest, SaysOfEachGroupHowManyCodesWereMadeAnew) {
  const client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), Not(HasSubstr("made anew, say"))) << "not told";
  EXPECT_THAT(PageOf(survey, "en", {0, 0}), Not(HasSubstr("made anew, say")));
  EXPECT_THAT(PageOf(survey, "en", {1, 0}), HasSubstr("people; 1 code was made anew, say for a lost device"));
  EXPECT_THAT(PageOf(survey, "es", {0, 3}), HasSubstr("se renovaron 3 códigos"));
}

TEST(ContractTextTest, ShowsTheCodeOfEveryKeyThatWordsAreSealedTo) {
  client::FakeSurvey survey;
  const std::string first(32, 'f'), second(32, 's'), of_auditor(32, 'a');
  survey.manifest.moderators = {{"Ombudsperson", first}, {"Parents' council", second}};
  survey.manifest.auditor = domain::ModeratorKey{"Works council", of_auditor};
  const std::string page = PageOf(survey), spanish = PageOf(survey, "es");
  for (const auto& [title, key] : {std::pair("Ombudsperson", first), std::pair("Parents' council", second),
                                   std::pair("Works council", of_auditor)}) {
    const std::string code = crypto::HolderKeyCode(key);
    EXPECT_THAT(page, HasSubstr(absl::StrCat("sealed for ", title, " has the comparison code ", code)));
    EXPECT_THAT(spanish, HasSubstr(absl::StrCat("se sella para ", title, " tiene el código de comparación ", code)));
  }
  EXPECT_THAT(page, HasSubstr("publishes the same code themselves; if theirs is another"));
  // Another key under the same title is another code: what an administrator registers in somebody's name is seen.
  survey.manifest.moderators[0].public_key = std::string(32, 'x');
  EXPECT_THAT(PageOf(survey), Not(HasSubstr(crypto::HolderKeyCode(first))));
}

TEST(ContractTextTest, SaysWhoMayAskBackHowLongAndWhoReadsTheAnswer) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), Not(HasSubstr("question back")));
  survey.contract.follow_up_days = 10;
  const std::string page = PageOf(survey);
  EXPECT_THAT(page, HasSubstr("For 10 days after release the leader may put one question back to each comment"));
  EXPECT_THAT(page, HasSubstr("It is read first by: Ombudsperson; none is sent without them. Only the device with which you "
                              "wrote the comment can read the question and answer it, for 10 days more"));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr("Solo el dispositivo con el que usted escribió el comentario puede leer la "
                                              "pregunta y responderla, durante 10 días más"));
  survey.contract.follow_up_days = 1;
  EXPECT_THAT(PageOf(survey), HasSubstr("For 1 day after release"));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr("Durante 1 día después de la entrega"));
}

TEST(ContractTextTest, WithoutOpenQuestionsNothingIsSaidOfThem) {
  client::FakeSurvey survey;
  survey.contract.follow_up_days = 7;
  survey.manifest.moderators.clear();
  const std::string page = PageOf(survey);
  EXPECT_THAT(page, HasSubstr("After closing no answer of a single person is left."));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("open question")), Not(HasSubstr("in words can be read"))));
}

TEST(ContractTextTest, SaysTheLatestCloseAndThatItMayComeEarlier) {
  client::FakeSurvey survey;
  survey.contract.close_time = survey.manifest.close_time = absl::FromUnixSeconds(1'900'000'000);
  survey.contract.latest_close_time = survey.manifest.latest_close_time = absl::FromUnixSeconds(1'900'086'400);
  EXPECT_THAT(PageOf(survey), HasSubstr("Answers are taken until 2030-03-18 17:46 UTC at the latest; planned is 2030-03-17 "
                                        "17:46 UTC. An administrator may close earlier."));
  survey.contract.latest_close_time = survey.manifest.latest_close_time = survey.contract.close_time;
  EXPECT_THAT(PageOf(survey),
              HasSubstr("until 2030-03-17 17:46 UTC at the latest. An administrator may close earlier."));
}

TEST(ContractTextTest, EveryMemberOfTheContractIsTold) {
  using Change = std::function<void(client::FakeSurvey&)>;
  const absl::Time time = absl::FromUnixSeconds(4'000'050'000);
  const std::map<std::string, Change> changes = {
      {"purpose", nullptr},  // one value is all there is, and the next test looks for it
      {"minimum_group_size", [](auto& s) { s.contract.minimum_group_size = 7, s.contract.pool_minimum = 8; }},
      {"insiders", [](auto& s) { s.contract.insiders = 2, s.contract.minimum_group_size = 7, s.contract.pool_minimum = 9; }},
      {"pool_minimum", [](auto& s) { s.contract.minimum_group_size = 9, s.contract.pool_minimum = 10; }},
      {"maximum_reissued_percent", [](auto& s) { s.contract.maximum_reissued_percent = 3; }},
      {"first_reader",
       [](auto& s) {
         s.contract.first_reader = domain::FirstReader::kSupervisor;
         s.contract.readers = {"supervisor"};
       }},
      {"readers", [](auto& s) { s.contract.readers = {"leader", "administrator"}; }},
      {"languages", [](auto& s) { s.contract.languages = {"en", "es"}; }},
      {"close_time",
       [&](auto& s) {
         s.contract.close_time = s.manifest.close_time = s.contract.close_time - absl::Hours(24);
       }},
      {"latest_close_time",
       [&](auto& s) { s.contract.latest_close_time = s.manifest.latest_close_time = time; }},
      {"abandon_time", [](auto& s) { s.contract.abandon_time = s.manifest.abandon_time += absl::Hours(24); }},
      {"retention_days", [](auto& s) { s.contract.retention_days = 30; }},
      {"instrument_hash", [](auto& s) { s.version.instrument.items.pop_back(); }},
      {"closing_mode",
       [](auto& s) {
         s.contract.closing_mode = "steward";
         s.contract.steward = {"Works council", 3, 2, s.manifest.closing_public_key};
       }},
      {"steward",
       [](auto& s) {
         s.contract.closing_mode = "steward";
         s.contract.steward = {"Union", 7, 4, s.manifest.closing_public_key};
       }},
      {"comments", [](auto& s) { s.contract.comments.summary_only = {"staff"}; }},
      {"mirrors", [](auto& s) { s.contract.mirrors = {"https://union.example/candor"}; }},
      {"evaluative_use",
       [](auto& s) { s.contract.evaluative_use_forbidden = s.version.instrument.evaluative_use_forbidden = true; }},
      {"breakdowns",
       [](auto& s) {
         s.contract.breakdowns = {{"staff", {{"lower", {{"en", "Lower school"}}}, {"upper", {{"en", "Upper school"}}}}}};
       }},
      {"benchmark", [](auto& s) { s.contract.benchmark = true; }},
      {"follow_up_days", [](auto& s) { s.contract.follow_up_days = 7; }},
      {"compared_with", [](auto& s) { s.contract.compared_with = absl::FromUnixSeconds(1'700'000'000); }},
  };
  const std::set<std::string> not_told = {"format"};  // how the document is written down
  client::FakeSurvey survey;
  survey.contract.follow_up_days = 1;  // a member that is left out where there are none
  const base::Json contract = *base::ParseJson(survey.Encode().contract);
  for (const std::string language : {"en", "es"}) {
    const std::string page = PageOf(survey, language);
    std::set<std::string> texts = {page};
    for (const auto& member : contract.items()) {
      SCOPED_TRACE(member.key() + " in " + language);
      if (not_told.contains(member.key())) continue;
      const auto change = changes.find(member.key());
      ASSERT_NE(change, changes.end()) << "the contract has a member that respondents are not told of";
      if (change->second == nullptr) continue;
      client::FakeSurvey changed = survey;
      change->second(changed);
      std::string text = PageOf(changed, language);
      // The code changes with whatever changes; it alone tells nobody anything.
      const auto documents = client::CheckDocuments(changed.Encode(), changed.manifest.survey, "");
      const auto before = client::CheckDocuments(survey.Encode(), survey.manifest.survey, "");
      ASSERT_TRUE(documents.ok() && before.ok());
      text.replace(text.find((*documents)->manifest_code), (*documents)->manifest_code.size(), (*before)->manifest_code);
      EXPECT_TRUE(texts.insert(text).second);
    }
    EXPECT_EQ(changes.size() + not_told.size(), contract.size());
  }
}

TEST(ContractTextTest, SaysWhatItIsForAndWhatItMayNotBeUsedFor) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), HasSubstr("The answers serve the leader's own development, and nothing else."));
  EXPECT_THAT(PageOf(survey), Not(HasSubstr("may not be used to judge")));
  survey.contract.evaluative_use_forbidden = survey.version.instrument.evaluative_use_forbidden = true;
  EXPECT_THAT(PageOf(survey), HasSubstr("may not be used to judge the leader: not for pay, promotion or dismissal"));
}

TEST(ContractTextTest, SaysWhoCanOpenTheAnswers) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), HasSubstr("opened by the service itself, at closing"));
  EXPECT_THAT(PageOf(survey), Not(HasSubstr("comparison code of that key")));
  survey.contract.closing_mode = "steward";
  survey.contract.steward = {"Works council", 3, 2, survey.manifest.closing_public_key};
  const std::string page = PageOf(survey);
  EXPECT_THAT(page, HasSubstr("can be opened by nobody but: Works council."));
  EXPECT_THAT(page, HasSubstr("It was split into 3 shares, of which 2 together open the answers"));
  const std::string code = crypto::ClosingKeyCode(survey.manifest.closing_public_key);
  EXPECT_THAT(page, HasSubstr("The comparison code of that key: " + code));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr(code));
  EXPECT_THAT(page, HasSubstr("they are destroyed unread, and there is no report"));
  EXPECT_THAT(page, Not(HasSubstr("by the service itself")));
  survey.contract.steward = {"Works council", 2, 1, survey.manifest.closing_public_key};
  EXPECT_THAT(PageOf(survey), HasSubstr("shares, 2 in number, each of which alone opens the answers"));
}

TEST(ContractTextTest, SaysTheLastMomentAtWhichAnswersAreCounted) {
  client::FakeSurvey survey;
  survey.contract.abandon_time = survey.manifest.abandon_time = absl::FromUnixSeconds(4'002'592'000);
  // A day after the abandon time: as long as a fault that may pass is waited for.
  EXPECT_THAT(PageOf(survey), HasSubstr("If the answers have not been counted by 2096-11-02 07:06 UTC, they are destroyed unread"));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr("Si las respuestas no se han contado el 2096-11-02 07:06 UTC, se destruyen"));
}

TEST(ContractTextTest, SaysWhichGroupsAreShownByPartAndWhoIsInWhich) {
  client::FakeSurvey survey;
  survey.contract.breakdowns = {
      {"staff", {{"lower", {{"en", "Lower school"}, {"es", "Primaria"}}}, {"upper", {{"en", "Upper school"}}}}}};
  const std::string declared = PageOf(survey);
  EXPECT_THAT(declared, HasSubstr("also shown by part: Lower school, Upper school. Parts with fewer than 10 people are "
                                  "shown together with the next smallest."));
  const auto key = [](int group) { return client::IssuingKey(group).verifying_key().ToSpkiDer(); };
  survey.manifest.groups = {{"staff/lower", {"staff"}, 12, key(0), {"lower"}},
                            {"staff/upper", {"staff"}, 14, key(1), {"upper"}}};
  const std::string page = PageOf(survey);
  EXPECT_THAT(page, HasSubstr(", Lower school: 12 people (you are one of them)"));
  EXPECT_THAT(page, HasSubstr(", Upper school: 14 people"));
  EXPECT_THAT(PageOf(survey, "es"), HasSubstr(", Primaria: 12 personas (usted es una de ellas)"));
}

TEST(ContractTextTest, SaysWhatTheFiguresAreComparedWith) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey), AllOf(Not(HasSubstr("all leaders of this round")), Not(HasSubstr("planned until"))));
  survey.contract.benchmark = true;
  survey.contract.compared_with = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_THAT(PageOf(survey), AllOf(HasSubstr("the mean over all leaders of this round, where at least 5 of them"),
                                    HasSubstr("with those of the round that was planned until 2023-11-14 22:13 UTC")));
}

TEST(ContractTextTest, NamesTheMirrors) {
  client::FakeSurvey survey;
  survey.contract.mirrors = {"https://union.example/candor", "https://district.example"};
  const std::string id = survey.manifest.survey.value();
  EXPECT_THAT(PageOf(survey), AllOf(HasSubstr("https://union.example/candor/" + id + ".json"),
                                    HasSubstr("https://district.example/" + id + ".json")));
}

TEST(ContractTextTest, IsInSpanishThroughout) {
  client::FakeSurvey survey;
  survey.contract.closing_mode = "steward";
  survey.contract.steward = {"Comit\xC3\xA9", 3, 2, survey.manifest.closing_public_key};
  survey.contract.evaluative_use_forbidden = survey.version.instrument.evaluative_use_forbidden = true;
  survey.contract.readers = {"leader", "supervisor", "administrator"};
  for (const std::string language : {"es", "es-MX"}) {
    const std::string page = PageOf(survey, language);
    EXPECT_THAT(page, AllOf(HasSubstr("Qui\xC3\xA9n lee qu\xC3\xA9"), HasSubstr("se destruyen sin leer"),
                            HasSubstr("no las puede abrir nadie m\xC3\xA1s que: Comit\xC3\xA9"),
                            HasSubstr("C\xC3\xB3""digo de comparaci\xC3\xB3n")));
    for (const auto& [key, sentence] : sentences::SentenceCatalogue().items()) {
      const std::string english = sentence.at("en");
      // Up to the first place; what is shorter says nothing.
      const std::string start = english.substr(0, english.find('{'));
      if (start.size() <= 12) continue;
      EXPECT_THAT(page, Not(HasSubstr(start))) << key;
    }
  }
}

TEST(ContractTextTest, ALanguageWithoutSentencesIsSaidToBeMissing) {
  client::FakeSurvey survey;
  EXPECT_THAT(PageOf(survey, "fr"), AllOf(HasSubstr("not written in the language fr; here they are in English"),
                                          HasSubstr("Who reads what")));
  EXPECT_THAT(PageOf(survey, "en"), Not(HasSubstr("not written in the language")));
  EXPECT_THAT(PageOf(survey, "en-GB"), Not(HasSubstr("not written in the language")));
  EXPECT_THAT(PageOf(survey, "es"), Not(HasSubstr("en el idioma")));
}

}  // namespace
}  // namespace candor::cli
