// Districts, people with their keys, frameworks and instruments, requests, the audit trail.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/leader_line.h"
#include "tests/storage/identity_store_conformance_test.h"

namespace candor::storage {
namespace {

TEST_P(IdentityStoreConformanceTest, DirectoryRowsComeBackAsTheyWereStored) {
  MakeDistrict();
  Reopen();
  const auto district = Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); });
  ASSERT_TRUE(district.has_value());
  EXPECT_EQ(district->title, "Cedar Valley");
  EXPECT_EQ(district->create_time, absl::FromUnixSeconds(1));
  const auto school =
      Read<std::optional<SchoolRow>>([&](auto& t) { return t.FindSchool(district_, domain::SchoolId("oak")); });
  ASSERT_TRUE(school.has_value());
  EXPECT_EQ(school->title, "Oak Hollow");
  const auto leader = Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  ASSERT_TRUE(leader.has_value());
  EXPECT_EQ(leader->display_name, "Name of leader");
  EXPECT_EQ(leader->job_title, "Principal");
  EXPECT_EQ(leader->email, "leader@example.org");
  EXPECT_EQ(leader->school, domain::SchoolId("oak"));
  EXPECT_EQ(leader->roles, (Roles{false, false, true}));
  EXPECT_EQ(leader->supervisors, std::vector<domain::PersonId>{supervisor_});
  EXPECT_EQ(leader->create_time, absl::FromUnixMicros(1'234'567));
  EXPECT_EQ(leader->revision, 1);
  const auto supervised =
      Read<std::vector<PersonRow>>([&](auto& t) { return t.ListSupervised(district_, supervisor_, {}); });
  ASSERT_EQ(supervised.size(), 1u);
  EXPECT_EQ(supervised[0].id, leader_);
  EXPECT_EQ(supervised[0].supervisors, std::vector<domain::PersonId>{supervisor_});
}

TEST_P(IdentityStoreConformanceTest, ATeamHasMembersWhoLeaveItWhenTheyAreDeletedAndNeverBecomesAPerson) {
  MakeDistrict();
  const domain::PersonId crew("crew"), ada("ada"), ben("ben");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(district_, ada)));
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(district_, ben)));
                PersonRow team = APerson(district_, crew);
                team.team = true;
                team.team_members = {ada, ben, leader_};
                team.supervisors = {supervisor_};
                return t.InsertPerson(team);
              }).ok());
  Reopen();
  auto team = Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, crew); });
  ASSERT_TRUE(team.has_value());
  EXPECT_TRUE(team->team);
  EXPECT_EQ(team->team_members, (std::vector<domain::PersonId>{ada, ben, leader_}));
  EXPECT_EQ(team->supervisors, std::vector<domain::PersonId>{supervisor_});
  const auto teams_of = [&](const domain::PersonId& person) {
    return Read<std::vector<PersonRow>>([&](auto& t) { return t.ListTeamsOf(district_, person, {}); });
  };
  ASSERT_EQ(teams_of(ben).size(), 1u);
  EXPECT_EQ(teams_of(ben)[0].id, crew);
  EXPECT_EQ(teams_of(ben)[0].team_members.size(), 3u);
  EXPECT_TRUE(teams_of(crew).empty());
  EXPECT_FALSE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, ben); })->team);

  // Members may change; what it is may not, and nobody calls as it.
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                PersonRow changed = *team;
                changed.team_members = {ada, leader_};
                return t.UpdatePerson(changed);
              }).ok());
  EXPECT_TRUE(teams_of(ben).empty());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, ada); }).ok());
  team = Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, crew); });
  EXPECT_EQ(team->team_members, std::vector<domain::PersonId>{leader_});
  const auto become = [&](const domain::PersonId& id, bool is_team) {
    return Write([&](WriteTransaction& t) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(auto row, t.FindPerson(district_, id));
      row->team = is_team;
      row->team_members.clear();
      return t.UpdatePerson(*row);
    });
  };
  EXPECT_EQ(become(crew, false).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(become(ben, true).code(), absl::StatusCode::kFailedPrecondition);
  const AccessKeyRow key{std::string(32, 'k'), domain::AccessKeyId("k1"), district_, crew, "", absl::UnixEpoch()};
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertAccessKey(key); }).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(IdentityStoreConformanceTest, DeletingATeamDeletesWhatItsMembersSaidOfIt) {
  MakeDistrict();
  const domain::PersonId crew("crew"), ada("ada");
  const domain::SurveyId of_crew("screw");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(district_, ada)));
                PersonRow team = APerson(district_, crew);
                team.team = true;
                team.team_members = {ada, leader_};
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(team));
                CANDOR_RETURN_IF_ERROR(t.InsertSurvey(ASurvey(district_, campaign_, of_crew, crew)));
                for (const auto& [survey, person] :
                     {std::pair(of_crew, ada), std::pair(of_crew, leader_), std::pair(survey_, leader_)}) {
                  CANDOR_RETURN_IF_ERROR(
                      t.InsertIdentifiedRating({district_, survey, person, IdentifiedAudience::kSelf, {}, 1}));
                }
                CANDOR_RETURN_IF_ERROR(
                    t.InsertIdentifiedRating({district_, of_crew, supervisor_, IdentifiedAudience::kSupervisor, {}, 1}));
                return t.DeletePerson(district_, crew);
              }).ok());
  const auto ratings = [&](const domain::SurveyId& survey) {
    return Read<std::vector<IdentifiedRatingRow>>([&](auto& t) { return t.ListIdentifiedRatings(district_, survey); });
  };
  ASSERT_EQ(ratings(of_crew).size(), 1u) << "the supervisor's, as of a leader who is deleted";
  EXPECT_EQ(ratings(of_crew)[0].person, supervisor_);
  EXPECT_EQ(ratings(survey_).size(), 1u) << "of themself";
  EXPECT_TRUE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, ada); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, ALineIsFrozenWithTheMembersOfThenAndLinesOfPeopleReadAsBefore) {
  MakeDistrict();
  const domain::PersonId crew("crew"), ada("ada");
  const auto line_of = [&] {
    return Read<LeaderLine>([&](auto& t) { return LineOf(t, ASurvey(district_, campaign_, survey_, crew)); });
  };
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(district_, ada)));
                PersonRow team = APerson(district_, crew);
                team.team = true;
                team.team_members = {ada};
                return t.InsertPerson(team);
              }).ok());
  EXPECT_TRUE(line_of().IsLeader(ada)) << "as the directory has it";
  const LeaderLine frozen{crew, {supervisor_}, true, {leader_}};
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                return t.InsertSurveyDocument(district_, survey_, SurveyDocument::kLeaderLine, EncodeLeaderLine(frozen),
                                              std::string(32, 'h'));
              }).ok());
  const LeaderLine line = line_of();
  EXPECT_EQ(line.Leaders(), std::vector<domain::PersonId>{leader_});
  EXPECT_FALSE(line.IsLeader(crew) || line.Contains(ada));
  EXPECT_TRUE(line.Contains(leader_) && line.Contains(supervisor_));

  const std::string of_person = R"({"leader":"p","supervisors":["q"]})";
  const auto read = DecodeLeaderLine(of_person);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->team);
  EXPECT_TRUE(read->IsLeader(domain::PersonId("p")));
  EXPECT_FALSE(read->IsLeader(domain::PersonId()));
  EXPECT_EQ(EncodeLeaderLine(*read), of_person);
}

TEST_P(IdentityStoreConformanceTest, FindGivesNothingForWhatIsNotThere) {
  MakeDistrict();
  const domain::DistrictId other("d2");
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(other); }).has_value());
  EXPECT_FALSE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(other, leader_); }).has_value());
  EXPECT_FALSE(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(other, survey_); }).has_value());
  EXPECT_FALSE(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(other, campaign_); }).has_value());
  EXPECT_FALSE(Read<std::optional<InstrumentVersionRow>>([&](auto& t) {
                 return t.FindInstrumentVersion(district_, domain::InstrumentId("i1"), 2);
               }).has_value());
  EXPECT_FALSE(Read<OptionalText>([&](auto& t) {
                 return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReport);
               }).has_value());
}

TEST_P(IdentityStoreConformanceTest, FrameworksAndInstrumentsComeBackAsTheyWereStored) {
  MakeDistrict();
  const auto framework = Read<std::optional<FrameworkRow>>(
      [&](auto& t) { return t.FindFramework(district_, domain::FrameworkId("f1")); });
  ASSERT_TRUE(framework.has_value());
  EXPECT_EQ(framework->document, "{}");
  InstrumentRow changed;
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto row, t.FindInstrument(district_, domain::InstrumentId("i1")));
                row->draft = std::string("with\0zero", 9);
                row->newest_version = 2;
                row->update_time = absl::FromUnixSeconds(9);
                changed = *row;
                CANDOR_RETURN_IF_ERROR(t.UpdateInstrument(*row));
                return t.InsertInstrumentVersion({district_, row->id, 2, "hash2", "document2", absl::UnixEpoch()});
              }).ok());
  const auto instrument = Read<std::optional<InstrumentRow>>(
      [&](auto& t) { return t.FindInstrument(district_, domain::InstrumentId("i1")); });
  ASSERT_TRUE(instrument.has_value());
  EXPECT_EQ(instrument->draft, changed.draft);
  EXPECT_EQ(instrument->newest_version, 2);
  EXPECT_EQ(instrument->update_time, absl::FromUnixSeconds(9));
  EXPECT_EQ(instrument->revision, 2);
  EXPECT_EQ(Read<std::vector<FrameworkRow>>([&](auto& t) { return t.ListFrameworks(district_, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<InstrumentRow>>([&](auto& t) { return t.ListInstruments(district_, {}); }).size(), 1u);
  const auto versions = Read<std::vector<InstrumentVersionRow>>(
      [&](auto& t) { return t.ListInstrumentVersions(district_, domain::InstrumentId("i1"), 1, 10); });
  ASSERT_EQ(versions.size(), 1u);
  EXPECT_EQ(versions[0].version, 2);
  EXPECT_EQ(versions[0].hash, "hash2");
  EXPECT_EQ(versions[0].document, "") << "a list leaves documents out";
}

TEST_P(IdentityStoreConformanceTest, AccessKeysAreFoundByHashAndUnique) {
  MakeDistrict();
  const AccessKeyRow key{std::string(32, 'k'), domain::AccessKeyId("k1"), district_, leader_, "laptop",
                         absl::FromUnixSeconds(5), supervisor_};
  const AccessKeyRow installation{std::string(32, 'i'), domain::AccessKeyId("k0"), {}, {}, "", absl::UnixEpoch()};
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertAccessKey(key));
                return t.InsertAccessKey(installation);
              }).ok());
  AccessKeyRow same_hash = key;
  same_hash.id = domain::AccessKeyId("k2");
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertAccessKey(same_hash); }).code(),
            absl::StatusCode::kAlreadyExists);
  const auto found =
      Read<std::optional<AccessKeyRow>>([&](auto& t) { return t.FindAccessKeyByHash(std::string(32, 'k')); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->person, leader_);
  EXPECT_EQ(found->title, "laptop");
  EXPECT_EQ(found->create_time, absl::FromUnixSeconds(5));
  EXPECT_EQ(found->maker, supervisor_);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteInstallationKeys(); }).ok());
  EXPECT_FALSE(Read<std::optional<AccessKeyRow>>([&](auto& t) {
                 return t.FindAccessKeyByHash(std::string(32, 'i'));
               }).has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteAccessKey(district_, leader_, key.id); }).ok());
  EXPECT_TRUE(Read<std::vector<AccessKeyRow>>([&](auto& t) {
                return t.ListAccessKeys(district_, leader_, {});
              }).empty());
}

TEST_P(IdentityStoreConformanceTest, RequestsAreKeptUntilTheirTimeIsOver) {
  const RequestRow row{district_, "caller", "CreatePerson", "id", std::string(32, 'r'), std::string("a\0b", 3),
                       absl::FromUnixSeconds(100)};
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.InsertRequest(row); }).ok());
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertRequest(row); }).code(), absl::StatusCode::kAlreadyExists);
  const auto find = [&] {
    return Read<std::optional<RequestRow>>(
        [&](auto& t) { return t.FindRequest(district_, "caller", "CreatePerson", "id"); });
  };
  ASSERT_TRUE(find().has_value());
  EXPECT_EQ(find()->response, std::string("a\0b", 3));
  EXPECT_EQ(find()->request_hash, std::string(32, 'r'));
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(100)); }).ok());
  EXPECT_TRUE(find().has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(101)); }).ok());
  EXPECT_FALSE(find().has_value());
}

TEST_P(IdentityStoreConformanceTest, AForgottenRequestKeepsItsIdAndNothingThatWasSaid) {
  const RequestRow row{district_, "caller", "CreatePerson", "id", std::string(32, 'r'), "response",
                       absl::FromUnixSeconds(100)};
  RequestRow elsewhere = row;
  elsewhere.district = domain::DistrictId("d2");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertRequest(row));
                CANDOR_RETURN_IF_ERROR(t.InsertRequest(elsewhere));
                return t.ForgetRequests(district_);
              }).ok());
  const auto find = [&](const domain::DistrictId& district) {
    return Read<std::optional<RequestRow>>(
        [&](auto& t) { return t.FindRequest(district, "caller", "CreatePerson", "id"); });
  };
  ASSERT_TRUE(find(district_).has_value());
  EXPECT_EQ(find(district_)->response, "");
  EXPECT_EQ(find(district_)->request_hash, "");
  EXPECT_EQ(find(district_)->time, absl::FromUnixSeconds(100));
  EXPECT_EQ(find(elsewhere.district)->response, "response");
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(101)); }).ok());
  EXPECT_FALSE(find(district_).has_value());
}

TEST_P(IdentityStoreConformanceTest, TheAuditTrailIsNumberedByDistrict) {
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (const char* district : {"d1", "d2", "d1"}) {
                  AuditRow row{domain::DistrictId(district), 77, absl::FromUnixSeconds(6), "someone", "OpenCampaign",
                               "districts/d1/campaigns/c1"};
                  CANDOR_RETURN_IF_ERROR(t.InsertAudit(row));
                }
                return absl::OkStatus();
              }).ok());
  const auto rows = Read<std::vector<AuditRow>>([&](auto& t) { return t.ListAudit(district_, 0, 10); });
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].sequence, 1);
  EXPECT_EQ(rows[1].sequence, 2);
  EXPECT_EQ(rows[1].action, "OpenCampaign");
  EXPECT_EQ(rows[1].time, absl::FromUnixSeconds(6));
  EXPECT_EQ(Read<std::vector<AuditRow>>([&](auto& t) { return t.ListAudit(district_, 1, 10); }).size(), 1u);
}

TEST_P(IdentityStoreConformanceTest, UpdatingAPersonReplacesTheSupervisors) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto person, t.FindPerson(district_, leader_));
                person->supervisors.clear();
                person->school = domain::SchoolId();
                person->roles = {true, true, false};
                person->public_key = std::string(32, 'p');
                person->key_time = absl::FromUnixSeconds(8);
                person->key_vouched_by = supervisor_;
                return t.UpdatePerson(*person);
              }).ok());
  const auto person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  EXPECT_TRUE(person.supervisors.empty());
  EXPECT_TRUE(person.school.empty());
  EXPECT_EQ(person.roles, (Roles{true, true, false}));
  EXPECT_EQ(person.public_key, std::string(32, 'p'));
  EXPECT_EQ(person.key_time, absl::FromUnixSeconds(8));
  EXPECT_EQ(person.key_vouched_by, supervisor_);
}

TEST_P(IdentityStoreConformanceTest, DeletingAPersonTakesAllThatIsKeptAboutThem) {
  MakeDistrict();
  const domain::SurveyId closed = domain::RandomSurveyId();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertCampaign(ACampaign(district_, domain::CampaignId("c2"))));
                SurveyRow other = ASurvey(district_, domain::CampaignId("c2"), closed, leader_);
                other.state = domain::SurveyState::kClosed;
                CANDOR_RETURN_IF_ERROR(t.InsertSurvey(other));
                for (const domain::SurveyId& survey : {survey_, closed}) {
                  CANDOR_RETURN_IF_ERROR(t.InsertIdentifiedRating(
                      {district_, survey, supervisor_, IdentifiedAudience::kSupervisor, {{1}, {}}, 1}));
                }
                RaterRow rater = ARater(district_, survey_, "r1");
                rater.address = "supervisor@example.org";
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                CANDOR_RETURN_IF_ERROR(t.InsertRater(ARater(district_, survey_, "r2")));
                CANDOR_RETURN_IF_ERROR(t.InsertSurveyDocument(district_, survey_, SurveyDocument::kReportSubject,
                                                              "leader's name", std::string(32, 's')));
                CANDOR_RETURN_IF_ERROR(t.InsertGrowthPlan({district_, survey_, "leader's words"}));
                CANDOR_RETURN_IF_ERROR(t.InsertAccessKey({std::string(32, 'k'), domain::AccessKeyId("k1"), district_,
                                                          supervisor_, "", absl::UnixEpoch()}));
                return t.DeletePerson(district_, supervisor_);
              }).ok());
  EXPECT_FALSE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, supervisor_); }).has_value());
  EXPECT_FALSE(Read<std::optional<AccessKeyRow>>([&](auto& t) {
                 return t.FindAccessKeyByHash(std::string(32, 'k'));
               }).has_value());
  EXPECT_TRUE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); })->supervisors.empty());
  EXPECT_TRUE(Read<std::vector<IdentifiedRatingRow>>([&](auto& t) {
                return t.ListIdentifiedRatings(district_, survey_);
              }).empty());
  EXPECT_EQ(Read<std::vector<IdentifiedRatingRow>>([&](auto& t) {
              return t.ListIdentifiedRatings(district_, closed);
            }).size(),
            1u)
      << "a report not yet frozen needs it";
  const auto raters = Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, {}); });
  ASSERT_EQ(raters.size(), 1u) << "of a draft";
  EXPECT_EQ(raters[0].display_name, "Name r2");
  const auto subject = [&] {
    return Read<OptionalText>(
        [&](auto& t) { return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReportSubject); });
  };
  const auto plan = [&] {
    return Read<std::optional<GrowthPlanRow>>([&](auto& t) { return t.FindGrowthPlan(district_, survey_); });
  };
  EXPECT_TRUE(subject().has_value());
  EXPECT_TRUE(plan().has_value()) << "the supervisor has no words in it";
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, leader_); }).ok());
  EXPECT_FALSE(subject().has_value());
  EXPECT_FALSE(plan().has_value());
  EXPECT_TRUE(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, ADeletedPersonIsNoRaterHoweverTheirAddressWasWritten) {
  MakeDistrict();
  const std::vector<std::string> theirs = {"supervisor@example.org", " SuperVisor@Example.ORG  "};
  const std::vector<std::string> others = {"", "super visor@example.org", "supervisor@example.com", "Supervisor"};
  const domain::SurveyId opened = domain::RandomSurveyId();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                // One whose surveys are not opened yet, and whose raters are fixed.
                CampaignRow opening = ACampaign(district_, domain::CampaignId("c2"));
                opening.state = domain::CampaignState::kOpening;
                CANDOR_RETURN_IF_ERROR(t.InsertCampaign(opening));
                CANDOR_RETURN_IF_ERROR(t.InsertSurvey(ASurvey(district_, opening.id, opened, leader_)));
                for (const domain::SurveyId& survey : {survey_, opened}) {
                  int number = 0;
                  for (const auto* addresses : {&theirs, &others}) {
                    for (const std::string& address : *addresses) {
                      RaterRow rater = ARater(district_, survey, absl::StrCat("r", ++number));
                      rater.address = address;
                      CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                    }
                  }
                }
                return t.DeletePerson(district_, supervisor_);
              }).ok());
  const auto raters = [&](const domain::SurveyId& survey) {
    return Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey, {}); });
  };
  EXPECT_EQ(raters(survey_).size(), others.size()) << "of a draft they are gone";
  for (const RaterRow& rater : raters(survey_)) EXPECT_NE(rater.display_name, "") << rater.address;
  ASSERT_EQ(raters(opened).size(), theirs.size() + others.size()) << "who is counted as invited stays";
  for (const RaterRow& rater : raters(opened)) {
    EXPECT_EQ(rater.display_name.empty(), rater.id.value() <= "r2") << rater.id.value() << rater.address;
  }
}

// Whoever has no address is not everybody without one.
TEST_P(IdentityStoreConformanceTest, ADeletedPersonWithoutAnAddressTakesNoRatersAlong) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto person, t.FindPerson(district_, supervisor_));
                person->email = " ";
                CANDOR_RETURN_IF_ERROR(t.UpdatePerson(*person));
                RaterRow rater = ARater(district_, survey_, "r1");
                rater.address = "";
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                return t.DeletePerson(district_, supervisor_);
              }).ok());
  const auto raters = Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, {}); });
  ASSERT_EQ(raters.size(), 1u);
  EXPECT_NE(raters[0].display_name, "");
}

TEST_P(IdentityStoreConformanceTest, TheIdOfADeletedPersonStaysTakenInItsDistrict) {
  MakeDistrict();
  const auto was = [&](const domain::DistrictId& district, const domain::PersonId& person) {
    return Read<bool>([&](auto& t) { return t.WasPerson(district, person); });
  };
  EXPECT_FALSE(was(district_, supervisor_));
  PersonRow person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, supervisor_); });
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, supervisor_); }).ok());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, domain::PersonId("never was")); }).ok());
  EXPECT_TRUE(was(district_, supervisor_));
  EXPECT_FALSE(was(district_, leader_));
  EXPECT_FALSE(was(district_, domain::PersonId("never was")));
  EXPECT_FALSE(was(domain::DistrictId("elsewhere"), supervisor_));
  const absl::Status refused = Write([&](WriteTransaction& t) { return t.InsertPerson(person); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::GetErrorDetail(refused).reason, domain::reasons::kRESOURCE_EXISTS);
}

}  // namespace
}  // namespace candor::storage
