// Surveys about a leadership team: its entry in the directory, its members' part in a survey, and what goes when they go.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/domain/contract.h"
#include "services/identity/surname_filter.h"
#include "storage/leader_line.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;
using domain::CampaignState;
using domain::PersonId;
using storage::IdentifiedAudience;
using storage::SurveyDocument;

// A district with leaders 1 to 5, of whom 1 to 3 are the team "crew", supervised by boss.
class TeamTest : public IdentityTest {
 protected:
  void SetUp() override {
    IdentityTest::SetUp();
    MakeDistrict(5);
    const auto made = directory_->CreatePerson(admin_, Crew({1, 2, 3}));
    ASSERT_TRUE(made.ok()) << made.status();
  }

  static PersonId Leader(int i) { return PersonId(absl::StrCat("leader-", i)); }
  storage::PersonRow Crew(const std::vector<int>& members) const {
    storage::PersonRow crew;
    crew.district = district_;
    crew.id = kCrew;
    crew.display_name = "The crew";
    crew.job_title = "Leadership team";
    crew.supervisors = {boss_};
    for (const int i : members) crew.team_members.push_back(Leader(i));
    return crew;
  }
  absl::Status SetMembers(const std::vector<int>& members) {
    return directory_
        ->UpdatePerson(admin_, district_, kCrew, std::nullopt,
                       [&](storage::PersonRow& crew) {
                         crew.team_members = Crew(members).team_members;
                         return absl::OkStatus();
                       })
        .status();
  }

  // A draft about the crew, with six staff.
  domain::CampaignId MakeTeamDraft(const std::string& id = "c1", const std::string& previous = "") {
    domain::CampaignSettings settings = Settings();
    settings.previous = domain::CampaignId(previous);
    EXPECT_TRUE(campaigns_->Create(admin_, district_, domain::CampaignId(id), settings).ok());
    const auto survey = campaigns_->AddSurvey(admin_, district_, domain::CampaignId(id), kCrew);
    EXPECT_TRUE(survey.ok()) << survey.status();
    std::vector<NewRater> raters;
    for (int n = 0; n < 6; ++n) {
      raters.push_back({"staff", absl::StrCat("staff ", n), absl::StrCat("staff", n, "@example.org"), false});
    }
    EXPECT_TRUE(raters_->Add(admin_, district_, survey->row.id, raters).ok());
    return domain::CampaignId(id);
  }
  absl::Status Open(const domain::CampaignId& campaign) {
    const absl::Status ordered = lifecycle_->Open(admin_, district_, campaign, std::nullopt).status();
    if (ordered.ok()) lifecycle_->RunPending();
    return ordered;
  }
  domain::SurveyId OpenTeam(const std::string& id = "c1", const std::string& previous = "") {
    const domain::CampaignId campaign = MakeTeamDraft(id, previous);
    EXPECT_EQ(Open(campaign), absl::OkStatus());
    EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
    return OneSurvey(campaign).id;
  }

  absl::Status Rate(const domain::SurveyId& survey, const PersonId& person, int mark,
                    IdentifiedAudience audience = IdentifiedAudience::kSelf) {
    const auto form = ratings_->Get(district_, survey, person, audience);
    if (!form.ok()) return form.status();
    EXPECT_EQ(form->team_members, audience == IdentifiedAudience::kSelf ? 3 : 0);
    domain::Answers answers;
    for (const bool asked : form->shape.items_asked) answers.ratings.push_back(static_cast<uint8_t>(asked ? mark : 0));
    answers.comments.resize(form->shape.prompts_asked.size());
    return ratings_->Put(district_, survey, person, audience, answers).status();
  }
  std::set<std::string> WhoRated(const domain::SurveyId& survey) {
    std::set<std::string> people;
    EXPECT_TRUE(store_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      const auto ratings = transaction.ListIdentifiedRatings(district_, survey);
                      for (const auto& rating : *ratings) people.insert(rating.person.value());
                      return ratings.status();
                    })
                    .ok());
    return people;
  }
  std::vector<std::string> Faults(const domain::CampaignId& campaign) {
    const auto preview = campaigns_->Preview(district_, campaign);
    EXPECT_TRUE(preview.ok()) << preview.status();
    return preview->surveys.at(0).faults;
  }

  const PersonId kCrew{"crew"};
};

TEST_F(TeamTest, IsAnEntryWithTheRoleOfALeaderAsWhichNobodyCalls) {
  const auto crew = directory_->GetPerson(district_, kCrew);
  ASSERT_TRUE(crew.ok());
  EXPECT_TRUE(crew->team);
  EXPECT_EQ(crew->roles, storage::Roles{.leader = true});
  EXPECT_EQ(crew->team_members, (std::vector<PersonId>{Leader(1), Leader(2), Leader(3)}));
  const absl::Status refused = directory_->CreateAccessKey(root_, district_, kCrew, "").status();
  EXPECT_EQ(Reason(refused), reasons::kWRONG_STATE);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("make a key for each of its members"));
  EXPECT_TRUE(directory_->CreateAccessKey(root_, district_, Leader(1), "").ok());
}

TEST_F(TeamTest, EveryMistakeInATeamIsToldWithWhatToDo) {
  const auto make = [&](const std::function<void(storage::PersonRow&)>& change) {
    storage::PersonRow row = Crew({1, 2, 3});
    row.id = PersonId("other");
    change(row);
    const absl::Status status = directory_->CreatePerson(root_, row).status();
    return absl::StrCat(Reason(status), " ", base::GetErrorDetail(status).field, ": ", std::string(status.message()));
  };
  const std::string members = "FIELD_INVALID person.team_members: ";
  EXPECT_THAT(make([](auto& row) { row.team_members.pop_back(); }), HasSubstr(members));
  EXPECT_THAT(make([](auto& row) { row.team_members[1] = row.team_members[0]; }),
              HasSubstr("3 to 20 members, each named once"));
  EXPECT_THAT(make([](auto& row) {
                for (int i = 4; i <= 21; ++i) row.team_members.push_back(Leader(i));
              }),
              HasSubstr(members));
  EXPECT_THAT(make([](auto& row) { row.team_members[0] = PersonId("crew"); }), HasSubstr("name the people in it instead"));
  EXPECT_THAT(make([](auto& row) { row.team_members[0] = row.id; }), HasSubstr("name the team itself"));
  EXPECT_THAT(make([](auto& row) { row.team_members[0] = PersonId("admin"); }), HasSubstr("is no leader; give them that role"));
  EXPECT_THAT(make([](auto& row) { row.team_members[0] = PersonId("nobody"); }), HasSubstr("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(make([](auto& row) { row.supervisors = {PersonId("leader-2")}; }), HasSubstr("nobody supervises themself"));
  EXPECT_THAT(make([](auto& row) { row.supervisors = {PersonId("crew")}; }), HasSubstr("a supervisor is a person"));
  EXPECT_THAT(make([](auto& row) { row.email = "crew@example.org"; }), HasSubstr("FIELD_INVALID person.email"));
  EXPECT_THAT(make([](auto& row) { row.roles.moderator = true; }), HasSubstr("FIELD_INVALID person.roles"));
  EXPECT_THAT(make([](auto& row) { row.roles.administrator = true; }), HasSubstr("FIELD_INVALID person.roles"));

  EXPECT_EQ(Reason(SetMembers({})), reasons::kFIELD_INVALID) << "a team never becomes a person";
  EXPECT_EQ(Reason(SetMembers({1, 2})), reasons::kFIELD_INVALID);
  EXPECT_EQ(SetMembers({1, 4, 5}), absl::OkStatus());
  const absl::Status to_team = directory_
                                   ->UpdatePerson(admin_, district_, Leader(2), std::nullopt,
                                                  [&](storage::PersonRow& row) {
                                                    row.team_members = {Leader(1), Leader(3), Leader(4)};
                                                    return absl::OkStatus();
                                                  })
                                   .status();
  EXPECT_EQ(Reason(to_team), reasons::kFIELD_INVALID);
  EXPECT_THAT(std::string(to_team.message()), HasSubstr("make a new entry for the team"));
}

TEST_F(TeamTest, OpensWithAContractThatTellsHowManyTheyAreAndFreezesWhoTheyAre) {
  const domain::SurveyId survey = OpenTeam();
  const auto contract = domain::DecodeContract(*Document(survey, SurveyDocument::kContract));
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(contract->team_members, 3);
  const auto line = storage::DecodeLeaderLine(*Document(survey, SurveyDocument::kLeaderLine));
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->Leaders(), (std::vector<PersonId>{Leader(1), Leader(2), Leader(3)}));
  EXPECT_EQ(plane_.opened.at(survey).contract.find("leader-"), std::string::npos) << "nobody's name crosses";

  // Membership of then counts: 4 has come since, 3 has left.
  ASSERT_EQ(SetMembers({1, 2, 4}), absl::OkStatus());
  EXPECT_EQ(Rate(survey, Leader(3), 4), absl::OkStatus());
  for (const PersonId& other : {Leader(4), Leader(5), kCrew, boss_}) {
    EXPECT_EQ(Reason(Rate(survey, other, 4)), reasons::kCALLER_NOT_ALLOWED) << other.value();
  }
  // In its line is who was a member then, and who is one now.
  for (const int i : {1, 2, 3, 4, 5}) {
    Caller caller = admin_;
    caller.person = Leader(i);
    EXPECT_EQ(codes_->List(caller, district_, survey, {}).ok(), i == 5) << i;
    EXPECT_EQ(lifecycle_->Close(caller, district_, domain::CampaignId("c1")).ok(), i == 5) << i;
  }
}

TEST_F(TeamTest, WhoSupervisesAMemberIsInTheLineAndNeitherReadsNorRates) {
  // The boss supervises every leader, and the team's own entry names nobody.
  ASSERT_TRUE(directory_
                  ->UpdatePerson(admin_, district_, kCrew, std::nullopt,
                                 [](storage::PersonRow& crew) {
                                   crew.supervisors.clear();
                                   return absl::OkStatus();
                                 })
                  .ok());
  const domain::SurveyId survey = OpenTeam();
  const auto line = storage::DecodeLeaderLine(*Document(survey, SurveyDocument::kLeaderLine));
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->barred, std::vector<PersonId>{boss_});
  EXPECT_TRUE(line->Contains(boss_));
  EXPECT_FALSE(line->IsSupervisor(boss_) || line->IsLeader(boss_));
  EXPECT_EQ(storage::EncodeLeaderLine(*line), *Document(survey, SurveyDocument::kLeaderLine));
  Caller caller = admin_;
  caller.person = boss_;
  EXPECT_FALSE(codes_->List(caller, district_, survey, {}).ok());
  EXPECT_FALSE(lifecycle_->Close(caller, district_, domain::CampaignId("c1")).ok());
  EXPECT_EQ(Reason(Rate(survey, boss_, 1, IdentifiedAudience::kSupervisor)), reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(TeamTest, ItsNameIsNoSurname) {
  ASSERT_TRUE(store_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    const auto surnames = DirectorySurnames(transaction, district_);
                    if (!surnames.ok()) return surnames.status();
                    EXPECT_THAT(*surnames, ::testing::Not(::testing::Contains("crew")));
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(TeamTest, AFormerMemberNeverRatesAsTheTeamsSupervisor) {
  const domain::SurveyId survey = OpenTeam();
  ASSERT_EQ(Rate(survey, Leader(3), 4), absl::OkStatus());
  ASSERT_TRUE(directory_
                  ->UpdatePerson(admin_, district_, kCrew, std::nullopt,
                                 [&](storage::PersonRow& crew) {
                                   crew.team_members = Crew({1, 2, 4}).team_members;
                                   crew.supervisors = {Leader(3)};
                                   return absl::OkStatus();
                                 })
                  .ok());
  EXPECT_EQ(Reason(Rate(survey, Leader(3), 1, IdentifiedAudience::kSupervisor)), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(ratings_->Get(district_, survey, Leader(3), IdentifiedAudience::kSelf)->answers->ratings[0], 4);
}

TEST_F(TeamTest, EachMemberRatesByThemselfAndNobodyIsToldWho) {
  const domain::SurveyId survey = OpenTeam();
  const auto shown = [&] { return *campaigns_->GetSurvey(district_, survey); };
  EXPECT_EQ(shown().team_members, 3);
  EXPECT_EQ(shown().team_members_rated, 0);
  ASSERT_EQ(Rate(survey, Leader(1), 4), absl::OkStatus());
  ASSERT_EQ(Rate(survey, Leader(2), 2), absl::OkStatus());
  ASSERT_EQ(Rate(survey, Leader(2), 3), absl::OkStatus()) << "changed";
  ASSERT_EQ(Rate(survey, boss_, 1, IdentifiedAudience::kSupervisor), absl::OkStatus());
  EXPECT_TRUE(shown().self_rated);
  EXPECT_TRUE(shown().supervisor_rated);
  EXPECT_EQ(shown().team_members_rated, 2);
  EXPECT_EQ(ratings_->Get(district_, survey, Leader(1), IdentifiedAudience::kSelf)->answers->ratings[0], 4);
  EXPECT_EQ(ratings_->Get(district_, survey, Leader(2), IdentifiedAudience::kSelf)->answers->ratings[0], 3);
  EXPECT_FALSE(ratings_->Get(district_, survey, Leader(3), IdentifiedAudience::kSelf)->answers.has_value());

  // The audit trail has that the team was rated, and no member's name.
  std::vector<std::string> callers;
  EXPECT_TRUE(store_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    const auto entries = transaction.ListAudit(district_, 0, 1000);
                    for (const auto& entry : *entries) {
                      if (entry.action == "PutIdentifiedRating") callers.push_back(entry.caller);
                    }
                    return entries.status();
                  })
                  .ok());
  ASSERT_EQ(callers.size(), 4u);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(callers[i], HasSubstr("people/crew"));
  EXPECT_THAT(callers[3], HasSubstr("people/boss"));

  Close(domain::CampaignId("c1"));
  Release(domain::CampaignId("c1"));
  EXPECT_FALSE(last_report_input_.self.has_value());
  ASSERT_EQ(last_report_input_.team.size(), 2u);
  EXPECT_EQ(last_report_input_.team[0].ratings[0] + last_report_input_.team[1].ratings[0], 7);
  EXPECT_EQ(last_report_input_.supervisors.size(), 1u);
  EXPECT_EQ(DecodeReportSubject(*Document(survey, SurveyDocument::kReportSubject))->display_name, "The crew");
}

TEST_F(TeamTest, AMemberIsNoAnonymousRaterOfTheirTeam) {
  const domain::CampaignId campaign = MakeTeamDraft();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto refused = raters_->Add(admin_, district_, survey, {{"staff", "Two", " Leader-2@example.org", false}});
  EXPECT_EQ(Reason(refused.status()), reasons::kFIELD_INVALID);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("a member of the team"));
  // Who was asked before they joined stands in the way of opening.
  ASSERT_TRUE(raters_->Add(admin_, district_, survey, {{"staff", "Four", "leader-4@example.org", false}}).ok());
  EXPECT_TRUE(Faults(campaign).empty());
  ASSERT_EQ(SetMembers({1, 2, 4}), absl::OkStatus());
  ASSERT_EQ(Faults(campaign).size(), 1u);
  EXPECT_EQ(Reason(Open(campaign)), reasons::kCAMPAIGN_INVALID);
}

TEST_F(TeamTest, TooFewMembersOrOneWithoutTheRoleStandInTheWayOfOpening) {
  const domain::CampaignId campaign = MakeTeamDraft();
  EXPECT_TRUE(Faults(campaign).empty());
  ASSERT_TRUE(directory_->DeletePerson(admin_, district_, Leader(3)).ok());
  ASSERT_EQ(Faults(campaign).size(), 1u);
  EXPECT_THAT(Faults(campaign)[0], HasSubstr("2 members left, and needs 3"));
  const absl::Status refused = Open(campaign);
  EXPECT_EQ(Reason(refused), reasons::kCAMPAIGN_INVALID);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("people/crew"));
  // Its name may be changed all the same.
  EXPECT_TRUE(directory_
                  ->UpdatePerson(admin_, district_, kCrew, std::nullopt,
                                 [](storage::PersonRow& crew) {
                                   crew.display_name = "What is left of the crew";
                                   return absl::OkStatus();
                                 })
                  .ok());
  ASSERT_EQ(SetMembers({1, 2, 4}), absl::OkStatus());
  ASSERT_TRUE(directory_
                  ->UpdatePerson(admin_, district_, Leader(4), std::nullopt,
                                 [](storage::PersonRow& row) {
                                   row.roles = {};
                                   return absl::OkStatus();
                                 })
                  .ok());
  EXPECT_THAT(Faults(campaign).at(0), HasSubstr("without the role of a leader"));
  ASSERT_EQ(SetMembers({1, 2, 5}), absl::OkStatus());
  EXPECT_EQ(Open(campaign), absl::OkStatus());
}

TEST_F(TeamTest, AMembersRatingGoesWithThemAndTheSurveyGoesOn) {
  const domain::SurveyId survey = OpenTeam();
  for (const int i : {1, 2, 3}) ASSERT_EQ(Rate(survey, Leader(i), i), absl::OkStatus());
  ASSERT_TRUE(directory_->DeletePerson(admin_, district_, Leader(3)).ok());
  EXPECT_EQ(WhoRated(survey), (std::set<std::string>{"leader-1", "leader-2"}));
  EXPECT_EQ(campaigns_->GetSurvey(district_, survey)->team_members, 3) << "as the contract says";
  EXPECT_EQ(campaigns_->GetSurvey(district_, survey)->team_members_rated, 2);
  Close(domain::CampaignId("c1"));
  // Between closing and release it stays, without a name, until the report is frozen: as a supervisor's does.
  ASSERT_TRUE(directory_->DeletePerson(admin_, district_, Leader(2)).ok());
  EXPECT_EQ(WhoRated(survey).size(), 2u);
  Release(domain::CampaignId("c1"));
  EXPECT_EQ(StateOf(domain::CampaignId("c1")), CampaignState::kReleased);
  EXPECT_EQ(last_report_input_.team.size(), 2u);
  EXPECT_EQ(WhoRated(survey), std::set<std::string>{"leader-1"});
}

TEST_F(TeamTest, IsDeletedAsALeaderIs) {
  const domain::SurveyId survey = OpenTeam();
  ASSERT_EQ(Rate(survey, Leader(1), 4), absl::OkStatus());
  EXPECT_EQ(Reason(directory_->DeletePerson(admin_, district_, kCrew)), reasons::kRESOURCE_IN_USE);
  Close(domain::CampaignId("c1"));
  Release(domain::CampaignId("c1"));
  ASSERT_EQ(directory_->DeletePerson(admin_, district_, kCrew), absl::OkStatus());
  EXPECT_TRUE(WhoRated(survey).empty());
  EXPECT_FALSE(Document(survey, SurveyDocument::kReportSubject).has_value());
  EXPECT_TRUE(Document(survey, SurveyDocument::kReport).has_value());
  EXPECT_TRUE(directory_->GetPerson(district_, Leader(1)).ok());
  EXPECT_EQ(Reason(directory_->CreatePerson(admin_, Crew({1, 2, 3})).status()), reasons::kRESOURCE_EXISTS);
}

TEST_F(TeamTest, IsComparedWithTheRoundBeforeUnlessAMemberHasComeSince) {
  OpenTeam("c1");
  Close(domain::CampaignId("c1"));
  Release(domain::CampaignId("c1"));
  const auto warnings = [&](const domain::CampaignId& campaign) {
    return absl::StrJoin(campaigns_->Preview(district_, campaign)->surveys.at(0).warnings, "\n");
  };
  // The first reader of then has not read: the members were told to be that, so that nothing is changed by it.
  const domain::CampaignId next = MakeTeamDraft("c2", "c1");
  EXPECT_THAT(warnings(next), Not(HasSubstr("not compared")));
  ASSERT_EQ(SetMembers({1, 2, 4}), absl::OkStatus());
  EXPECT_THAT(warnings(next), HasSubstr("somebody who has joined the team since"));
  ASSERT_EQ(Open(next), absl::OkStatus());
  Close(next);
  Release(next);
  EXPECT_EQ(last_report_input_.comparison, domain::Comparison::kOtherReaders);
  EXPECT_FALSE(last_report_input_.before.has_value());
}

}  // namespace
}  // namespace candor::identity
