// What a leader makes of a report, through stubs: written, shared, laid beside the next round, and gone with the leader.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "services/domain/errors.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"
#include "tests/support/traces.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::ElementsAre;

constexpr char kWords[] = "Visit each classroom twice a term, Quillonbury included";

class GrowthPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }

  // A released campaign of leader1, and its survey; `previous` is the round before, or empty.
  void Release(const std::string& previous, SampleDistrict::Campaign& campaign) {
    auto made = district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader1", {{"staff", 6}}}});
    ASSERT_EQ(made.status(), absl::OkStatus());
    campaign = *std::move(made);
    v1::UpdateCampaignRequest update;
    update.mutable_campaign()->set_name(campaign.name);
    update.mutable_campaign()->set_previous_campaign(previous);
    update.mutable_update_mask()->add_paths("previous_campaign");
    ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
    ASSERT_EQ(OpenAndWait(As("administrator"), campaign.name), absl::OkStatus());
    const auto codes = CodesOf(As("administrator"), campaign.surveys[0]);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (const auto& [group, code] : *codes) ASSERT_EQ(AnswerWith(server_.Nobody(), code, 4).status(), absl::OkStatus());
    ASSERT_EQ(CloseAndWait(As("administrator"), campaign.name), absl::OkStatus());
    ASSERT_EQ(ReleaseAndWait(As("administrator"), campaign.name), absl::OkStatus());
  }

  absl::StatusOr<v1::GrowthPlan> Get(const std::string& person, const std::string& survey) {
    v1::GetGrowthPlanRequest request;
    request.set_name(absl::StrCat(survey, "/growthPlan"));
    return As(person).Call(&v1::ReportService::Stub::GetGrowthPlan, request);
  }
  absl::StatusOr<v1::GrowthPlan> Update(const std::string& person, const v1::GrowthPlan& plan) {
    v1::UpdateGrowthPlanRequest request;
    *request.mutable_growth_plan() = plan;
    return As(person).Call(&v1::ReportService::Stub::UpdateGrowthPlan, request);
  }
  static v1::GrowthPlan PlanFor(const std::string& survey, const std::string& goal) {
    v1::GrowthPlan plan;
    plan.set_name(absl::StrCat(survey, "/growthPlan"));
    plan.add_goals()->set_unit("A.1");
    plan.mutable_goals(0)->set_goal(goal);
    plan.mutable_goals(0)->add_actions()->set_text("Block two hours a week.");
    plan.mutable_goals(0)->set_review_date("2027-05-14");
    return plan;
  }

  // The actions about plans in the audit trail, which must not tell their words.
  std::vector<std::string> Audited() {
    v1::ListAuditEntriesRequest request;
    request.set_parent(district_.name());
    request.set_page_size(500);
    const auto trail = As("administrator").Call(&v1::DirectoryService::Stub::ListAuditEntries, request);
    EXPECT_EQ(trail.status(), absl::OkStatus());
    std::vector<std::string> actions;
    for (const v1::AuditEntry& entry : trail->audit_entries()) {
      EXPECT_EQ(entry.DebugString().find("classroom"), std::string::npos);
      if (entry.action().find("GrowthPlan") != std::string::npos) actions.push_back(entry.action());
    }
    return actions;
  }

  void ExpectWords(bool found, const std::string& when) {
    ExpectTraces(FilesBelow({server_.data_folder(), server_.response_folder()}), {{"words of a plan", kWords}}, found, when);
  }

  TestServer server_;
  SampleDistrict district_;
};

TEST_F(GrowthPlanTest, IsTheLeadersAndShownToNobodyElseUnlessShared) {
  SampleDistrict::Campaign campaign;
  ASSERT_NO_FATAL_FAILURE(Release("", campaign));
  const std::string& survey = campaign.surveys[0];
  const auto none = Get("leader1", survey);
  ASSERT_EQ(none.status(), absl::OkStatus());
  EXPECT_EQ(none->name(), absl::StrCat(survey, "/growthPlan"));
  EXPECT_EQ(none->goals_size(), 0);
  EXPECT_EQ(none->etag(), "");

  v1::GrowthPlan plan = PlanFor(survey, kWords);
  const auto written = Update("leader1", plan);
  ASSERT_EQ(written.status(), absl::OkStatus());
  EXPECT_NE(written->etag(), "");
  v1::GrowthPlan read = *Get("leader1", survey);
  EXPECT_EQ(read.SerializeAsString(), written->SerializeAsString());
  EXPECT_EQ(Update("leader1", plan).status(), absl::OkStatus()) << "the same, said again";
  plan.mutable_goals(0)->mutable_actions(0)->set_done(true);
  EXPECT_EQ(ReasonOf(Update("leader1", plan).status()), reasons::kETAG_MISMATCH);
  plan.set_etag(written->etag());
  plan.mutable_goals(0)->set_unit("A.9");
  const absl::Status unknown = Update("leader1", plan).status();
  EXPECT_EQ(ReasonOf(unknown), reasons::kFIELD_INVALID);
  EXPECT_EQ(FieldOf(unknown), "growth_plan.goals[0].unit");

  // It is no reading of the report: the supervisor cannot read that before the leader has.
  v1::GetReportRequest report;
  report.set_name(absl::StrCat(survey, "/report"));
  EXPECT_EQ(ReasonOf(As("boss").Call(&v1::ReportService::Stub::GetReport, report).status()), reasons::kREPORT_NOT_RELEASED);
  EXPECT_EQ(ReasonOf(Get("boss", survey).status()), reasons::kREPORT_NOT_RELEASED);
  ASSERT_EQ(As("leader1").Call(&v1::ReportService::Stub::GetReport, report).status(), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Get("boss", survey).status()), reasons::kCALLER_NOT_ALLOWED);
  plan.mutable_goals(0)->set_unit("A.1");
  plan.set_shared_with_supervisor(true);
  ASSERT_EQ(Update("leader1", plan).status(), absl::OkStatus());
  ASSERT_EQ(Get("boss", survey).status(), absl::OkStatus());
  EXPECT_TRUE(Get("boss", survey)->goals(0).actions(0).done());
  EXPECT_EQ(ReasonOf(Update("boss", plan).status()), reasons::kCALLER_NOT_ALLOWED);
  for (const char* person : {"administrator", "leader2"}) {
    EXPECT_EQ(ReasonOf(Get(person, survey).status()), reasons::kCALLER_NOT_ALLOWED) << person;
    EXPECT_EQ(ReasonOf(Update(person, plan).status()), reasons::kCALLER_NOT_ALLOWED) << person;
  }

  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  plan = *Get("leader1", survey);
  EXPECT_EQ(plan.goals(0).goal(), kWords);
  ExpectWords(true, "while there is a plan");
  plan.clear_goals();
  const auto deleted = Update("leader1", plan);
  ASSERT_EQ(deleted.status(), absl::OkStatus());
  EXPECT_EQ(deleted->etag(), "");
  EXPECT_FALSE(deleted->shared_with_supervisor());
  ExpectWords(false, "once the leader has deleted it");
  EXPECT_THAT(Audited(), ElementsAre("UpdateGrowthPlan", "UpdateGrowthPlan", "DeleteGrowthPlan"));
}

TEST_F(GrowthPlanTest, StandsBesideTheNextRoundAndGoesWithTheLeader) {
  SampleDistrict::Campaign before, now;
  ASSERT_NO_FATAL_FAILURE(Release("", before));
  ASSERT_EQ(Update("leader1", PlanFor(before.surveys[0], kWords)).status(), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(Release(before.name, now));
  v1::CompareRoundsRequest compare;
  compare.set_name(now.surveys[0]);
  const auto rounds = As("leader1").Call(&v1::ReportService::Stub::CompareRounds, compare);
  ASSERT_EQ(rounds.status(), absl::OkStatus());
  ASSERT_EQ(rounds->rounds_size(), 2);
  EXPECT_EQ(rounds->rounds(0).growth_plan().goals(0).goal(), kWords);
  EXPECT_EQ(rounds->rounds(0).growth_plan().etag(), "");
  EXPECT_FALSE(rounds->rounds(1).has_growth_plan());
  const auto supervisors = As("boss").Call(&v1::ReportService::Stub::CompareRounds, compare);
  ASSERT_EQ(supervisors.status(), absl::OkStatus());
  ASSERT_EQ(supervisors->rounds_size(), 2);
  EXPECT_FALSE(supervisors->rounds(0).has_growth_plan());

  v1::DeletePersonRequest gone;
  gone.set_name(district_.person("leader1").name);
  ASSERT_EQ(As("administrator").Call(&v1::DirectoryService::Stub::DeletePerson, gone).status(), absl::OkStatus());
  ExpectWords(false, "once the leader has gone");
}

}  // namespace
}  // namespace candor::testing
