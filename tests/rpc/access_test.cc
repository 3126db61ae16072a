#include "services/rpc/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.pb.h"
#include "candor/v1/directory.pb.h"
#include "candor/v1/follow_up.pb.h"
#include "candor/v1/growth_plan.pb.h"
#include "candor/v1/report.pb.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/rpc/grpc_services.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A directory with one survey: leader "lee", whom "sue" supervises.
class FakeRelations : public Relations {
 public:
  absl::StatusOr<std::vector<domain::PersonId>> SupervisorsOf(const domain::DistrictId&,
                                                              const domain::PersonId& person) override {
    if (person.value() == "lee") return std::vector<domain::PersonId>{domain::PersonId("sue")};
    return std::vector<domain::PersonId>();
  }
  absl::StatusOr<std::optional<SurveyParties>> PartiesOf(const domain::DistrictId&,
                                                         const domain::SurveyId& survey) override {
    if (survey.value() != "s") return std::optional<SurveyParties>();
    SurveyParties parties;
    parties.campaign = domain::CampaignId("c");
    parties.leaders = leaders;
    parties.leaders_now = leaders_now;
    parties.supervisors = supervisors;
    parties.supervisors_at_opening = {domain::PersonId("sue")};
    parties.supervisors_read = supervisors_read;
    parties.barred = {domain::PersonId("bea")};
    return std::optional<SurveyParties>(std::move(parties));
  }
  absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(const domain::DistrictId&,
                                                             const domain::SurveyId& survey) override {
    if (survey.value() != "s") return std::vector<domain::PersonId>();
    return std::vector<domain::PersonId>{domain::PersonId("mo")};
  }
  absl::StatusOr<std::vector<domain::PersonId>> MembersOf(const domain::DistrictId&, const domain::PersonId& team) override {
    if (team.value() == "team") return leaders_now;
    return std::vector<domain::PersonId>();
  }
  bool supervisors_read = false;
  std::vector<domain::PersonId> leaders = {domain::PersonId("lee")};
  std::vector<domain::PersonId> leaders_now = {domain::PersonId("lee")};
  std::vector<domain::PersonId> supervisors = {domain::PersonId("sue")};  // of the leader, now
};

identity::Caller Person(const std::string& id, storage::Roles roles) {
  identity::Caller caller;
  caller.district = domain::DistrictId("d");
  caller.person = domain::PersonId(id);
  caller.roles = roles;
  return caller;
}

class AccessTest : public ::testing::Test {
 protected:
  FakeRelations relations_;
  Access access_{AccessRows(), &relations_};
};

TEST_F(AccessTest, EveryMethodOfEveryServiceHasARow) {
  EXPECT_EQ(access_.CheckComplete(GrpcServices::Names()), absl::OkStatus());
}

TEST_F(AccessTest, AMethodWithoutARowStopsTheServerByItsName) {
  std::vector<AccessRow> rows(AccessRows().begin(), AccessRows().end());
  std::erase_if(rows, [](const AccessRow& row) {
    return std::string(row.method) == "candor.v1.CampaignService.OpenCampaign";
  });
  const Access incomplete(rows, &relations_);
  const MethodSet methods;
  for (const Planes planes : {Planes::kBoth, Planes::kIdentity, Planes::kResponses}) {
    const absl::Status refused = GrpcServices::Create(planes, &methods, &incomplete, nullptr).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(base::GetErrorDetail(refused).reason, domain::reasons::kCONFIGURATION_INVALID);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("candor.v1.CampaignService.OpenCampaign"));
  }

  v1::OpenCampaignRequest request;
  request.set_name("districts/d/campaigns/c");
  identity::Caller root;
  root.installation_administrator = true;
  EXPECT_EQ(incomplete.Check("candor.v1.CampaignService.OpenCampaign", root, request).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(AccessTest, ARowWithoutAMethodOrWithAWrongScopeIsAFaultToo) {
  std::vector<AccessRow> rows(AccessRows().begin(), AccessRows().end());
  rows.push_back({"candor.v1.CampaignService.GuessNames", Audience::kEveryone, "", ""});
  for (AccessRow& row : rows) {
    if (std::string(row.method) == "candor.v1.DirectoryService.GetPerson") row.scope = "person.name";
  }
  const absl::Status faults = Access(rows, &relations_).CheckComplete(GrpcServices::Names());
  EXPECT_THAT(std::string(faults.message()), HasSubstr("GuessNames has no method"));
  EXPECT_THAT(std::string(faults.message()), HasSubstr("the scope person.name"));
}

TEST_F(AccessTest, EachServiceIsOfOnePlaneAndThePlanesOwnOnlyWhereTheyAreTwoServers) {
  EXPECT_THAT(GrpcServices::Names(Planes::kResponses),
              ElementsAre("candor.v1.ResponseService", "candor.v1.KeySessionService", "candor.v1.ModerationService",
                          "candor.v1.AuditorService", "candor.v1.PlaneService"));
  EXPECT_THAT(GrpcServices::Names(Planes::kIdentity), Not(Contains("candor.v1.ResponseService")));
  EXPECT_THAT(GrpcServices::Names(Planes::kBoth), Not(Contains("candor.v1.PlaneService")));
  EXPECT_EQ(GrpcServices::Names(Planes::kBoth).size() + 1, GrpcServices::Names().size());
}

TEST_F(AccessTest, NoPersonCallsTheMethodsOfThePlanes) {
  identity::Caller root;
  root.installation_administrator = true;
  EXPECT_TRUE(access_.IsForPlane("candor.v1.PlaneService.CloseSurvey"));
  EXPECT_FALSE(access_.IsForEveryone("candor.v1.PlaneService.CloseSurvey"));
  EXPECT_EQ(access_.Check("candor.v1.PlaneService.CloseSurvey", root, v1::GetSurveyRequest()).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(AccessTest, WithoutADirectoryNobodyIsLetInByIt) {
  const Access of_responses(AccessRows(), nullptr);
  v1::GetSurveyRequest request;
  request.set_name("districts/d/campaigns/c/surveys/s");
  EXPECT_EQ(of_responses.Check("candor.v1.CampaignService.GetSurvey", Person("lee", {.leader = true}), request).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(AccessTest, TheLeaderAloneAsksTheSurveysModeratorsAloneDecideAndNoAdministratorDoesEither) {
  identity::Caller root;
  root.installation_administrator = true;
  const identity::Caller leader = Person("lee", {.leader = true}), moderator = Person("mo", {.moderator = true});
  const std::vector<identity::Caller> others = {root,
                                                Person("ada", {.administrator = true}),
                                                Person("ann", {.leader = true}),
                                                Person("lee", {.supervisor = true}),
                                                Person("sue", {.supervisor = true}),
                                                Person("mia", {.moderator = true}),
                                                Person("mo", {.leader = true}),
                                                Person("", {.leader = true, .moderator = true})};
  const auto may = [&](const char* method, const identity::Caller& caller, const google::protobuf::Message& request) {
    return access_.Check(std::string("candor.v1.FollowUpService.") + method, caller, request).ok();
  };
  v1::AskQuestionRequest ask;
  v1::DecideQuestionRequest decide;
  v1::ListFollowUpsRequest list;
  const std::string survey = "districts/d/campaigns/c/surveys/s";
  ask.set_survey(survey), decide.set_survey(survey), list.set_parent(survey);
  EXPECT_TRUE(may("AskQuestion", leader, ask));
  EXPECT_TRUE(may("DecideQuestion", moderator, decide));
  EXPECT_FALSE(may("AskQuestion", moderator, ask));
  EXPECT_FALSE(may("DecideQuestion", leader, decide));
  for (const identity::Caller& other : others) {
    EXPECT_FALSE(may("AskQuestion", other, ask)) << other.name();
    EXPECT_FALSE(may("DecideQuestion", other, decide)) << other.name();
  }
  EXPECT_TRUE(may("ListFollowUps", leader, list));
  EXPECT_TRUE(may("ListFollowUps", moderator, list));
  EXPECT_TRUE(may("ListFollowUps", root, list)) << "reporting turns them away unless the contract names them";
  EXPECT_FALSE(may("ListFollowUps", Person("mia", {.moderator = true}), list));
  EXPECT_FALSE(may("ListFollowUps", Person("sue", {.supervisor = true}), list));
  relations_.supervisors_read = true;
  EXPECT_TRUE(may("ListFollowUps", Person("sue", {.supervisor = true}), list));
  const std::string other_campaign = "districts/d/campaigns/b/surveys/s", nothing = "districts/d/campaigns/c/surveys/t";
  for (const std::string& name : {other_campaign, nothing}) {
    ask.set_survey(name), decide.set_survey(name);
    EXPECT_FALSE(may("AskQuestion", leader, ask));
    EXPECT_FALSE(may("DecideQuestion", moderator, decide));
  }
}

TEST_F(AccessTest, ThePlanIsForTheLeaderAndThoseWhoReadTheReportAsSupervisorsAlone) {
  identity::Caller root;
  root.installation_administrator = true;
  relations_.supervisors_read = true;
  v1::GetGrowthPlanRequest get;
  get.set_name("districts/d/campaigns/c/surveys/s/growthPlan");
  v1::UpdateGrowthPlanRequest update;
  update.mutable_growth_plan()->set_name(get.name());
  const char* const kGet = "candor.v1.ReportService.GetGrowthPlan";
  const char* const kUpdate = "candor.v1.ReportService.UpdateGrowthPlan";
  EXPECT_TRUE(access_.Check(kGet, Person("lee", {.leader = true}), get).ok());
  EXPECT_TRUE(access_.Check(kUpdate, Person("lee", {.leader = true}), update).ok());
  EXPECT_TRUE(access_.Check(kGet, Person("sue", {.supervisor = true}), get).ok()) << "reporting asks whether it is shared";
  EXPECT_FALSE(access_.Check(kUpdate, Person("sue", {.supervisor = true}), update).ok());
  for (const identity::Caller& other :
       {root, Person("ada", {.administrator = true}), Person("ann", {.leader = true}), Person("mo", {.moderator = true}),
        Person("lee", {.supervisor = true}), Person("sue", {.administrator = true})}) {
    EXPECT_FALSE(access_.Check(kGet, other, get).ok()) << other.name();
    EXPECT_FALSE(access_.Check(kUpdate, other, update).ok()) << other.name();
  }
  relations_.supervisors_read = false;
  EXPECT_FALSE(access_.Check(kGet, Person("sue", {.supervisor = true}), get).ok());
}

// Of team "team": ada, ben and cyd at opening; dan has come since, and ben has left.
class TeamAccessTest : public AccessTest {
 protected:
  TeamAccessTest() {
    const domain::PersonId ada("ada"), ben("ben"), cyd("cyd"), dan("dan");
    relations_.leaders = {ada, ben, cyd};
    relations_.leaders_now = {ada, cyd, dan};
  }
  // Of ada, ben, cyd, dan, sue the supervisor and ann another leader: who may.
  template <typename Request>
  std::string Who(const std::string& method, const Request& request) {
    std::string who;
    for (const char* id : {"ada", "ben", "cyd", "dan", "ann", "team"}) {
      if (access_.Check(method, Person(id, {.leader = true}), request).ok()) absl::StrAppend(&who, id, " ");
    }
    EXPECT_FALSE(access_.Check(method, Person("ada", {}), request).ok()) << "without the role of a leader";
    if (access_.Check(method, Person("sue", {.supervisor = true}), request).ok()) who += "sue ";
    return who;
  }
};

TEST_F(TeamAccessTest, WhatIsTheLeadersIsEveryMembersOfThen) {
  v1::GetSurveyRequest survey;
  survey.set_name("districts/d/campaigns/c/surveys/s");
  EXPECT_EQ(Who("candor.v1.CampaignService.GetSurvey", survey), "ada ben cyd sue ");
  EXPECT_EQ(Who("candor.v1.ScoringService.GetScores", survey), "ada ben cyd ");
  v1::GetReportRequest report;
  report.set_name("districts/d/campaigns/c/surveys/s/report");
  EXPECT_EQ(Who("candor.v1.ReportService.GetReport", report), "ada ben cyd ");
  v1::GetIdentifiedRatingRequest self, supervisor;
  self.set_name("districts/d/campaigns/c/surveys/s/ratings/self");
  EXPECT_EQ(Who("candor.v1.CampaignService.GetIdentifiedRating", self), "ada ben cyd ");
  supervisor.set_name("districts/d/campaigns/c/surveys/s/ratings/supervisor");
  EXPECT_EQ(Who("candor.v1.CampaignService.GetIdentifiedRating", supervisor), "sue ");
  v1::AskQuestionRequest ask;
  ask.set_survey(survey.name());
  EXPECT_EQ(Who("candor.v1.FollowUpService.AskQuestion", ask), "ada ben cyd ");
  v1::ListFollowUpsRequest list;
  list.set_parent(survey.name());
  EXPECT_EQ(Who("candor.v1.FollowUpService.ListFollowUps", list), "ada ben cyd ");
  v1::GetGrowthPlanRequest plan;
  plan.set_name("districts/d/campaigns/c/surveys/s/growthPlan");
  EXPECT_EQ(Who("candor.v1.ReportService.GetGrowthPlan", plan), "ada ben cyd ");
  v1::UpdateGrowthPlanRequest update;
  update.mutable_growth_plan()->set_name(plan.name());
  EXPECT_EQ(Who("candor.v1.ReportService.UpdateGrowthPlan", update), "ada ben cyd ");
}

TEST_F(TeamAccessTest, CodesAreForNoAdministratorWhoIsOrWasAMember) {
  v1::ListCodesRequest codes;
  codes.set_parent("districts/d/campaigns/c/surveys/s");
  for (const char* member : {"ada", "ben", "cyd", "dan", "sue"}) {
    EXPECT_FALSE(access_.Check("candor.v1.CampaignService.ListCodes", Person(member, {.administrator = true}), codes).ok())
        << member;
  }
  EXPECT_TRUE(access_.Check("candor.v1.CampaignService.ListCodes", Person("ann", {.administrator = true}), codes).ok());
}

TEST_F(TeamAccessTest, MembersOfNowReadTheirTeamsEntry) {
  v1::GetPersonRequest get;
  get.set_name("districts/d/people/team");
  for (const char* member : {"ada", "cyd", "dan"}) {
    EXPECT_TRUE(access_.Check("candor.v1.DirectoryService.GetPerson", Person(member, {.leader = true}), get).ok()) << member;
  }
  for (const char* other : {"ben", "ann"}) {
    EXPECT_FALSE(access_.Check("candor.v1.DirectoryService.GetPerson", Person(other, {.leader = true}), get).ok()) << other;
  }
  get.set_name("districts/d/people/ada");
  EXPECT_FALSE(access_.Check("candor.v1.DirectoryService.GetPerson", Person("cyd", {.leader = true}), get).ok());
}

TEST_F(AccessTest, SupervisorsReadReportsOnlyWhereTheContractLetsThem) {
  v1::GetSurveyRequest survey;
  survey.set_name("districts/d/campaigns/c/surveys/s");
  const identity::Caller supervisor = Person("sue", {.supervisor = true});
  const char* const kGetScores = "candor.v1.ScoringService.GetScores";
  EXPECT_FALSE(access_.Check(kGetScores, supervisor, survey).ok());
  relations_.supervisors_read = true;
  EXPECT_TRUE(access_.Check(kGetScores, supervisor, survey).ok());
  EXPECT_FALSE(access_.Check(kGetScores, Person("sue", {.leader = true}), survey).ok()) << "no longer a supervisor";
  relations_.supervisors = {domain::PersonId("tom")};
  EXPECT_TRUE(access_.Check(kGetScores, supervisor, survey).ok()) << "the line of the moment of opening reads";
  EXPECT_FALSE(access_.Check(kGetScores, Person("tom", {.supervisor = true}), survey).ok());
}

TEST_F(AccessTest, ASurveyNamedUnderAnotherCampaignIsNobodysOwn) {
  v1::GetSurveyRequest survey;
  survey.set_name("districts/d/campaigns/other/surveys/s");
  EXPECT_FALSE(access_.Check("candor.v1.CampaignService.GetSurvey", Person("lee", {.leader = true}), survey).ok());
}

TEST_F(AccessTest, WhoIsInTheLeadersLineNeverSeesCodesWhateverTheirRolesAre) {
  v1::ListCodesRequest request;
  request.set_parent("districts/d/campaigns/c/surveys/s");
  const char* const kListCodes = "candor.v1.CampaignService.ListCodes";
  EXPECT_TRUE(access_.Check(kListCodes, Person("ann", {.administrator = true}), request).ok());
  EXPECT_FALSE(access_.Check(kListCodes, Person("sue", {.administrator = true}), request).ok());
  EXPECT_FALSE(access_.Check(kListCodes, Person("lee", {.administrator = true}), request).ok());
  EXPECT_FALSE(access_.Check(kListCodes, Person("bea", {.administrator = true}), request).ok()) << "supervises a member";
  EXPECT_FALSE(access_.Check(kListCodes, Person("sue", {.supervisor = true}), request).ok());
  relations_.supervisors = {domain::PersonId("tom")};
  EXPECT_FALSE(access_.Check(kListCodes, Person("sue", {.administrator = true}), request).ok()) << "was in it";
  EXPECT_FALSE(access_.Check(kListCodes, Person("tom", {.administrator = true}), request).ok()) << "has joined it";
}

TEST_F(AccessTest, ANameOfAnotherShapeIsBadInputNotAnError) {
  v1::GetPersonRequest request;
  request.set_name("people/lee");
  const absl::Status status =
      access_.Check("candor.v1.DirectoryService.GetPerson", Person("ann", {.administrator = true}), request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::GetErrorDetail(status).field, "name");
}

}  // namespace
}  // namespace candor::rpc
