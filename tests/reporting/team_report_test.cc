// Reports about leadership teams: the members' own rating, computed by hand, in figures and in words; who reads them.

#include <array>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/csv_report.h"
#include "clients/report/html_report.h"
#include "clients/report/text_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "services/reporting/growth_plans.h"
#include "tests/reporting/html_page.h"
#include "tests/reporting/report_builders.h"
#include "tests/reporting/reports_fixture.h"

namespace candor::reporting {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint8_t N = domain::kNotObserved;
constexpr double kTolerance = 1e-9;

// Twelve staff: 3.25 on i1, 3.5 on i2 (turned), 4 on i3, 2 on i4.
RawGroup Staff() {
  RawGroup staff{"staff", {}, 12, 0, {}};
  for (int r = 0; r < 12; ++r) {
    staff.forms.push_back({static_cast<uint8_t>(r < 3 ? 4 : 3), static_cast<uint8_t>(r < 6 ? 2 : 3),
                           static_cast<uint8_t>(r % 3 + 3), static_cast<uint8_t>(r % 3 + 1)});
  }
  return staff;
}

// A team of four with these members' ratings, as they were marked.
ReportInput TeamInput(const std::vector<std::vector<uint8_t>>& forms, int members = 4) {
  domain::Contract contract = SampleContract();
  contract.team_members = members;
  const domain::InstrumentVersion version = SmallVersion(5);
  ReportInput input = InputOf(version, contract, CloseGroups(version, contract, {Staff()}));
  for (const auto& form : forms) input.team.push_back(Ratings(form));
  return input;
}

v1::Report ReportOf(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

void ExpectOwn(const v1::Scores& scores, const std::string& unit, double mean, int items) {
  const v1::PersonScore& own = UnitOf(scores, unit).self();
  EXPECT_NEAR(own.mean(), mean, kTolerance) << unit;
  EXPECT_EQ(own.items_used(), items) << unit;
  EXPECT_EQ(own.withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED) << unit;
}

void ExpectNone(const v1::Scores& scores, const std::string& unit, v1::WithheldReason reason) {
  const v1::UnitScore& score = UnitOf(scores, unit);
  EXPECT_FALSE(score.self().has_mean()) << unit;
  EXPECT_EQ(score.self().withheld_reason(), reason) << unit;
  EXPECT_FALSE(score.gap().has_value() || score.gap().has_lower()) << unit;
  EXPECT_EQ(score.gap().category(), v1::GAP_CATEGORY_UNSPECIFIED) << unit;
  EXPECT_EQ(score.gap().quadrant(), v1::QUADRANT_UNSPECIFIED) << unit;
}

std::string AllNotes(const v1::Report& report, const std::string& language = "en") {
  std::string all;
  const auto& notes = language == "en" ? report.notes() : report.translated_notes().at(language).notes();
  for (const std::string& note : notes) absl::StrAppend(&all, note, "\n");
  return all;
}

const std::vector<std::vector<uint8_t>> kFour = {{4, 1, N, 2}, {5, 2, 4, 0}, {3, 0, 5, N}, {2, 1, 4, 5}};

TEST(TeamReportTest, ItsOwnRatingIsTheMeanOfTheMembersWhoRatedAnItemFromThreeOn) {
  const v1::Scores scores = ReportOf(TeamInput(kFour)).scores();
  EXPECT_EQ(scores.team().members(), 4);
  EXPECT_EQ(scores.team().rated(), 4);
  EXPECT_EQ(scores.team().withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  ExpectOwn(scores, "i1", 14.0 / 4, 1);
  ExpectOwn(scores, "i2", 14.0 / 3, 1);  // marked 1, 2, 1 on a reversed item
  ExpectOwn(scores, "i3", 13.0 / 3, 1);
  ExpectNone(scores, "i4", v1::WITHHELD_REASON_TOO_FEW_MEMBERS);  // two rated it
  ExpectNone(scores, "C3", v1::WITHHELD_REASON_TOO_FEW_MEMBERS);
  ExpectOwn(scores, "C1", (14.0 / 4 + 14.0 / 3) / 2, 2);
  ExpectOwn(scores, "ALL", (14.0 / 4 + 14.0 / 3 + 13.0 / 3) / 3, 3);

  // What uses it: 3.5 against 3.25 is agreement, and on the strength line, below which the raters are.
  const v1::Gap& item = UnitOf(scores, "i1").gap();
  EXPECT_NEAR(item.value(), 0.25, kTolerance);
  EXPECT_EQ(item.category(), v1::GAP_CATEGORY_AGREE_POOR);
  EXPECT_EQ(item.quadrant(), v1::QUADRANT_BLIND_SPOT);
  const v1::Gap& competency = UnitOf(scores, "C1").gap();
  EXPECT_NEAR(competency.value(), (0.25 + (14.0 / 3 - 3.5)) / 2, kTolerance);
  EXPECT_EQ(competency.items_common(), 2);
  EXPECT_EQ(competency.category(), v1::GAP_CATEGORY_OVER);
}

TEST(TeamReportTest, OfThreeWithBlanksOnlyWhatAllThreeRatedIsShownAndAScaleOfItOnlyFromHalfItsItems) {
  const v1::Scores scores = ReportOf(TeamInput({kFour[0], kFour[1], kFour[2]})).scores();
  EXPECT_EQ(scores.team().rated(), 3);
  ExpectOwn(scores, "i1", 4, 1);
  for (const char* unit : {"i2", "i3", "i4", "C2", "C3"}) ExpectNone(scores, unit, v1::WITHHELD_REASON_TOO_FEW_MEMBERS);
  ExpectOwn(scores, "C1", 4, 1);
  EXPECT_NEAR(UnitOf(scores, "C1").gap().value(), 0.75, kTolerance) << "over the one item that both sides rated";
  EXPECT_FALSE(UnitOf(scores, "D1").self().has_mean());
  EXPECT_EQ(UnitOf(scores, "D1").self().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ITEMS);
  EXPECT_EQ(UnitOf(scores, "ALL").self().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ITEMS);
}

TEST(TeamReportTest, OfTwoNothingIsShownAndTheReportSaysWhy) {
  // A third has opened the form and rated nothing.
  const v1::Report report = ReportOf(TeamInput({kFour[0], kFour[1], {N, 0, 0, N}}));
  EXPECT_EQ(report.scores().team().rated(), 2);
  EXPECT_EQ(report.scores().team().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_MEMBERS);
  for (const v1::UnitScore& unit : report.scores().units()) {
    ExpectNone(report.scores(), unit.code(), v1::WITHHELD_REASON_TOO_FEW_MEMBERS);
  }
  EXPECT_EQ(report.brief().gaps_size(), 0);
  EXPECT_THAT(AllNotes(report), HasSubstr("Fewer than 3 members rated themselves (2 of 4)"));
  EXPECT_THAT(AllNotes(report, "es"), HasSubstr("Valoraron menos de 3 integrantes (2 de 4)"));
}

TEST(TeamReportTest, NothingOfTheReportDependsOnMoreThanTheSumOfWhatIsShown) {
  // Three members: whatever splits a sum the same way gives the same bytes, and what is not shown changes nothing.
  std::set<std::string> reports;
  for (const auto& [a, b, c] : std::vector<std::array<uint8_t, 3>>{{1, 5, 3}, {3, 3, 3}, {2, 4, 3}, {5, 3, 1}, {4, 4, 1}}) {
    for (const uint8_t hidden : {1, 3, 5}) {
      reports.insert(SerializeReport(ReportOf(TeamInput({{a, hidden, 4, 2}, {b, 2, 4, 0}, {c, N, 4, 0}}, 3))));
    }
  }
  EXPECT_EQ(reports.size(), 1u);
  // And the order of members is none that a report could tell.
  EXPECT_EQ(SerializeReport(ReportOf(TeamInput({kFour[3], kFour[1], kFour[0], kFour[2]}))),
            SerializeReport(ReportOf(TeamInput(kFour))));
}

TEST(TeamReportTest, APersonsReportHasNothingOfATeam) {
  ReportInput input = InputOf(SmallVersion(5), {Staff()});
  input.self = Ratings({4, 2, 4, 4});
  const v1::Report report = ReportOf(input);
  EXPECT_FALSE(report.scores().has_team());
  for (const v1::UnitScore& unit : report.scores().units()) {
    EXPECT_EQ(unit.self().withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  }
}

TEST(TeamReportTest, RatingsThatFitNoContractAreDamage) {
  ReportInput too_many = TeamInput(kFour, 3), lone = TeamInput(kFour), none = InputOf(SmallVersion(5), {Staff()});
  lone.self = Ratings({4, 2, 4, 4});
  none.team = {Ratings({4, 2, 4, 4})};
  for (const ReportInput& input : {too_many, lone, none}) {
    EXPECT_EQ(BuildReport(input).status().code(), absl::StatusCode::kDataLoss);
  }
  ReportInput off = TeamInput(kFour);
  off.team[2].ratings[0] = 6;
  EXPECT_EQ(BuildReport(off).status().code(), absl::StatusCode::kDataLoss);
}

TEST(TeamReportTest, ItsNotesSpeakOfTheTeam) {
  const v1::Report report = ReportOf(TeamInput(kFour));
  EXPECT_THAT(AllNotes(report), AllOf(HasSubstr("a leadership team of 4, of whom 4 rated their team"),
                                      HasSubstr("for the team's own development"), HasSubstr("the team's own rating minus"),
                                      HasSubstr("The team's own rating is never part of it"), Not(HasSubstr("leader's"))));
  EXPECT_THAT(AllNotes(report, "es"), AllOf(HasSubstr("equipo directivo de 4 integrantes"),
                                            HasSubstr("desarrollo profesional del equipo"), Not(HasSubstr("utovaloración"))));
  EXPECT_EQ(report.notes_size(), report.translated_notes().at("es").notes_size());
}

TEST(TeamReportTest, TextAndTableSpeakOfTheTeam) {
  ReportInput input = TeamInput(kFour);
  input.contract.evaluative_use_forbidden = true;
  v1::Report report = ReportOf(input);
  const std::string text = report::RenderText(report, {});
  EXPECT_THAT(text, AllOf(HasSubstr("for the team's own development"), HasSubstr("4 of 4 members rated their team."),
                          HasSubstr("3 of 4 statements, each by at least 3"), HasSubstr("Team itself"),
                          HasSubstr("team higher"), HasSubstr("not shown: fewer than 3 members rated"),
                          HasSubstr("may not be used to judge the team or its members"), Not(HasSubstr("self higher")),
                          Not(HasSubstr("the leader"))));
  const std::string table = report::RenderCsv(report);
  EXPECT_THAT(table, AllOf(HasSubstr("self,Team itself,exact,,"), HasSubstr("self,Team itself,missing,too_few_members,")));
  // Nothing of the team's own: said, and no gaps.
  const std::string without = report::RenderText(ReportOf(TeamInput({kFour[0], kFour[1]})), {});
  EXPECT_THAT(without,
              AllOf(HasSubstr("2 of 4 members rated their team."), HasSubstr("fewer than 3 members rated themselves")));
}

TEST(TeamReportTest, ThePageSpeaksOfTheTeamInEachLanguage) {
  v1::Report report = ReportOf(TeamInput(kFour));
  report.set_leader_display_name("Leadership team");
  report::HtmlOptions options;
  const Page english(report::RenderHtml(report, options));
  EXPECT_THAT(english.Text(), AllOf(HasSubstr("Leadership team"), HasSubstr("Team itself"),
                                    HasSubstr("4 of 4 members rated their team."), HasSubstr("the team's own development"),
                                    HasSubstr("not shown: fewer than 3 members rated"), Not(HasSubstr("Self"))));
  options.language = "es";
  const Page spanish(report::RenderHtml(report, options));
  EXPECT_THAT(spanish.Text(), AllOf(HasSubstr("El propio equipo"), HasSubstr("Valoraron a su equipo 4 de 4 integrantes."),
                                    HasSubstr("valoraron menos de 3 integrantes"), Not(HasSubstr("Autovaloración"))));
  options.language = "en";
  const Page without(report::RenderHtml(ReportOf(TeamInput({kFour[0], kFour[1]})), options));
  EXPECT_THAT(without.Text(), AllOf(HasSubstr("2 of 4 members rated their team."),
                                    HasSubstr("What the team thinks: fewer than 3 members rated themselves")));
}

// A released report about the team "crew", whose members were ada, ben and cyd at opening; dan came afterwards, and ben has
// left.
class TeamReadersTest : public ReportsTest {
 protected:
  void SetUp() override {
    StoreCampaign();
    Write([&](storage::WriteTransaction& transaction) -> absl::Status {
      for (const char* id : {"ada", "ben", "cyd", "dan"}) {
        storage::PersonRow person;
        person.district = kDistrict;
        person.id = domain::PersonId(id);
        person.roles.leader = true;
        CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(person));
      }
      storage::PersonRow crew;
      crew.district = kDistrict;
      crew.id = kCrew;
      crew.roles.leader = true;
      crew.supervisors = {kSupervisor.person};
      crew.team = true;
      crew.team_members = {domain::PersonId("ada"), domain::PersonId("cyd"), domain::PersonId("dan")};
      return transaction.InsertPerson(crew);
    });
    contract_.team_members = 3;
    input_.self.reset();
    line_ = storage::LeaderLine{
        kCrew, {kSupervisor.person}, true, {domain::PersonId("ada"), domain::PersonId("ben"), domain::PersonId("cyd")}};
    StoreSurvey(kSurvey, kCrew);
  }

  static Reader Member(const std::string& id) { return {.person = domain::PersonId(id), .leader = true}; }
  absl::Status Reads(const Reader& reader) { return reports_->Get(kDistrict, kCampaign, kSurvey, reader).status(); }

  const domain::PersonId kCrew{"crew"};
};

TEST_F(TeamReadersTest, TheMembersOfThenReadItAndOneOfThemIsTheFirstReader) {
  ExpectReason(Reads(kSupervisor), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  for (const Reader& other : {Member("dan"), Member("crew"), kStranger, kLeader}) {
    ExpectReason(Reads(other), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  }
  Reader without_role = Member("ada");
  without_role.leader = false;
  ExpectReason(Reads(without_role), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_TRUE(Reads(Member("ben")).ok()) << "who was a member at opening";
  EXPECT_TRUE(Reads(kSupervisor).ok()) << "the first reader has read it";
  EXPECT_TRUE(Reads(Member("ada")).ok());
  EXPECT_EQ(reports_->List(kDistrict, kCampaign, Member("cyd"), "", 10)->reports.size(), 1u);
  EXPECT_TRUE(reports_->List(kDistrict, kCampaign, Member("dan"), "", 10)->reports.empty());
}

TEST_F(TeamReadersTest, OnceNoMemberOfThenIsLeftTheOthersReadFirst) {
  Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    for (const char* id : {"ada", "ben"}) CANDOR_RETURN_IF_ERROR(transaction.DeletePerson(kDistrict, domain::PersonId(id)));
    return absl::OkStatus();
  });
  ExpectReason(Reads(kSupervisor), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  Write([&](storage::WriteTransaction& t) { return t.DeletePerson(kDistrict, domain::PersonId("cyd")); });
  EXPECT_TRUE(Reads(kSupervisor).ok());
}

TEST_F(TeamReadersTest, ThePlanIsTheTeamsAndEveryMemberOfThenWritesIt) {
  GrowthPlans plans(store_.get(), reports_.get());
  domain::GrowthPlan plan;
  plan.goals.push_back({.unit = "C1", .goal = "Listen first"});
  const auto put = [&](const Reader& reader, int64_t revision) {
    return plans.Put(kDistrict, kCampaign, kSurvey, reader, plan, revision,
                     [](storage::WriteTransaction&) { return absl::OkStatus(); });
  };
  const auto first = put(Member("ada"), 0);
  ASSERT_TRUE(first.ok()) << first.status();
  plan.goals[0].goal = "Listen, then act";
  EXPECT_TRUE(put(Member("ben"), first->revision).ok());
  EXPECT_EQ(plans.Get(kDistrict, kCampaign, kSurvey, Member("cyd"))->plan.goals[0].goal, "Listen, then act");
  ASSERT_TRUE(Reads(Member("ada")).ok());
  for (const Reader& other : {Member("dan"), kSupervisor}) {
    ExpectReason(put(other, 0).status(), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
    ExpectReason(plans.Get(kDistrict, kCampaign, kSurvey, other).status(), absl::StatusCode::kPermissionDenied,
                 domain::reasons::kCALLER_NOT_ALLOWED);
  }
}

}  // namespace
}  // namespace candor::reporting
