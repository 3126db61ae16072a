// Plans beside reports: who writes them, who reads them, and what a round shows of them; on the real store.

#include "services/reporting/growth_plans.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reporting/reports_fixture.h"

namespace candor::reporting {
namespace {

using domain::GrowthPlan;
using storage::WriteTransaction;
using ::testing::HasSubstr;

constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;

GrowthPlan APlan(const std::string& goal = "Visit each classroom twice a term.") {
  GrowthPlan plan;
  plan.goals.push_back({"C1", goal, {{"Block two hours a week.", false}}, "", "2027-05-14", ""});
  return plan;
}

GrowthPlan Shared(GrowthPlan plan) {
  plan.shared_with_supervisor = true;
  return plan;
}

class GrowthPlansTest : public ReportsTest {
 protected:
  GrowthPlansTest() { plans_ = std::make_unique<GrowthPlans>(store_.get(), reports_.get()); }

  absl::StatusOr<StoredGrowthPlan> Get(const Reader& reader) {
    return plans_->Get(kDistrict, kCampaign, kSurvey, reader);
  }
  absl::StatusOr<StoredGrowthPlan> Put(const Reader& reader, const GrowthPlan& plan, int64_t revision) {
    return plans_->Put(kDistrict, kCampaign, kSurvey, reader, plan, revision, [&](WriteTransaction&) {
      ++noted_;
      return absl::OkStatus();
    });
  }
  void MustPut(const GrowthPlan& plan, int64_t revision) {
    const auto put = Put(kLeader, plan, revision);
    ASSERT_TRUE(put.ok()) << put.status();
  }
  bool IsStored() {
    bool stored = false;
    EXPECT_TRUE(store_->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                        CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindGrowthPlan(kDistrict, kSurvey));
                        stored = row.has_value();
                        return absl::OkStatus();
                      }).ok());
    return stored;
  }

  std::unique_ptr<GrowthPlans> plans_;
  int noted_ = 0;
};

TEST_F(GrowthPlansTest, TheLeaderWritesAndReadsWithoutReadingTheReport) {
  StoreReleased();
  const auto none = Get(kLeader);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->revision, 0);
  EXPECT_TRUE(none->plan.goals.empty());
  const auto put = Put(kLeader, APlan(), 0);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->plan, APlan());
  EXPECT_GT(put->revision, 0);
  EXPECT_EQ(Get(kLeader)->plan, APlan());
  ExpectReason(Read(kSupervisor), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_EQ(noted_, 1);
}

TEST_F(GrowthPlansTest, IsWrittenOverTheVersionThatWasReadAlone) {
  StoreReleased();
  MustPut(APlan(), 0);
  const auto expect_mismatch = [&](const GrowthPlan& plan, int64_t revision) {
    ExpectReason(Put(kLeader, plan, revision).status(), absl::StatusCode::kAborted, domain::reasons::kETAG_MISMATCH);
  };
  const int64_t first = Get(kLeader)->revision;
  expect_mismatch(APlan("Something else."), 0);
  MustPut(APlan("Listen first."), first);
  expect_mismatch(APlan("Something else."), first);
  expect_mismatch(GrowthPlan(), first);
  EXPECT_EQ(Get(kLeader)->plan, APlan("Listen first."));
  EXPECT_EQ(Get(kLeader)->revision, first + 1);
  // Whoever did not hear that it was stored sends the same again.
  const auto again = Put(kLeader, APlan("Listen first."), first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->revision, first + 1);
  EXPECT_EQ(noted_, 2);
}

TEST_F(GrowthPlansTest, WithoutGoalsItIsDeleted) {
  StoreReleased();
  MustPut(Shared(APlan()), 0);
  const int64_t before = Get(kLeader)->revision;
  const auto deleted = Put(kLeader, Shared(GrowthPlan()), before);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->revision, 0);
  EXPECT_FALSE(deleted->plan.shared_with_supervisor);
  EXPECT_FALSE(IsStored());
  EXPECT_TRUE(Put(kLeader, GrowthPlan(), before).ok()) << "said once more";
  EXPECT_EQ(noted_, 2);
  MustPut(APlan(), 0);
  // Whoever read the plan that was deleted does not write over the new one unseen.
  ExpectReason(Put(kLeader, APlan("Something else."), before).status(), absl::StatusCode::kAborted,
               domain::reasons::kETAG_MISMATCH);
}

TEST_F(GrowthPlansTest, SupervisorsReadWhatIsSharedAndNeverWrite) {
  StoreReleased();
  MustPut(APlan(), 0);
  ASSERT_TRUE(Read(kLeader).ok());
  ExpectReason(Get(kSupervisor).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  MustPut(Shared(APlan()), Get(kLeader)->revision);
  ASSERT_TRUE(Get(kSupervisor).ok()) << Get(kSupervisor).status();
  EXPECT_EQ(Get(kSupervisor)->plan.goals, APlan().goals);
  ExpectReason(Put(kSupervisor, APlan("Do as I say."), Get(kLeader)->revision).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  MustPut(APlan(), Get(kLeader)->revision);
  ExpectReason(Get(kSupervisor).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(GrowthPlansTest, NoPlanLooksToASupervisorAsOneThatIsNotShared) {
  StoreReleased();
  ASSERT_TRUE(Read(kLeader).ok());
  const absl::Status none = Get(kSupervisor).status();
  MustPut(APlan(), 0);
  EXPECT_EQ(Get(kSupervisor).status(), none);
}

TEST_F(GrowthPlansTest, SharingOpensNothingThatTheContractKeepsClosed) {
  contract_.readers = {"leader"};
  StoreReleased();
  MustPut(Shared(APlan()), 0);
  ASSERT_TRUE(Read(kLeader).ok());
  ExpectReason(Get(kSupervisor).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(GrowthPlansTest, NoAdministratorReadsOrWritesAlsoWhereTheContractLetsThemReadReports) {
  contract_.readers.push_back("administrator");
  StoreReleased();
  MustPut(Shared(APlan()), 0);
  ASSERT_TRUE(Read(kLeader).ok());
  ASSERT_TRUE(Read(kAdministrator).ok());
  for (const Reader& administrator : {kAdministrator, Reader{kStranger.person, true}}) {
    ExpectReason(Get(administrator).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
    ExpectReason(Put(administrator, APlan("Theirs."), 1).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  }
  ExpectReason(Get(kStranger).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_TRUE(Get(kAdministeringLeader).ok()) << "as the leader";
  EXPECT_TRUE(Get(kAdministeringSupervisor).ok()) << "as a supervisor";
  MustPut(APlan(), Get(kLeader)->revision);
  ExpectReason(Get(kAdministeringSupervisor).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(GrowthPlansTest, WhereSomebodyElseReadsFirstTheLeaderWaits) {
  contract_.first_reader = domain::FirstReader::kSupervisor;
  StoreReleased();
  ExpectReason(Get(kLeader).status(), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  ExpectReason(Put(kLeader, APlan(), 0).status(), absl::StatusCode::kFailedPrecondition,
               domain::reasons::kREPORT_NOT_RELEASED);
  ASSERT_TRUE(Read(kSupervisor).ok());
  MustPut(APlan(), 0);
}

TEST_F(GrowthPlansTest, GoalsAreForCompetenciesOfTheReport) {
  StoreReleased();
  for (const char* unit : {"C9", "i1", "ALL"}) {
    GrowthPlan plan = APlan();
    plan.goals.push_back({unit, "Something.", {}, "", "", ""});
    const absl::Status status = Put(kLeader, plan, 0).status();
    ExpectReason(status, absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_INVALID);
    EXPECT_EQ(base::GetErrorDetail(status).field, "goals[1].unit");
    EXPECT_THAT(std::string(status.message()), HasSubstr("it has C1, C2"));
  }
  ExpectReason(Put(kLeader, APlan("\x1b[2J"), 0).status(), absl::StatusCode::kInvalidArgument,
               domain::reasons::kFIELD_INVALID);
  EXPECT_FALSE(IsStored());
  EXPECT_EQ(noted_, 0);
}

TEST_F(GrowthPlansTest, GoesWithTheLeaderAndIsNotWrittenForOneWhoIsGone) {
  StoreReleased();
  MustPut(Shared(APlan()), 0);
  ASSERT_TRUE(Read(kLeader).ok());
  Write([&](WriteTransaction& transaction) { return transaction.DeletePerson(kDistrict, kLeader.person); });
  EXPECT_FALSE(IsStored());
  EXPECT_TRUE(Read(kSupervisor).ok()) << "the report stays";
  ExpectReason(Get(kSupervisor).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  // A call that was let in just before.
  ExpectReason(Put(kLeader, APlan(), 0).status(), kDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_FALSE(IsStored());
}

TEST_F(GrowthPlansTest, AWriteThatCannotBeNotedIsNone) {
  StoreReleased();
  const auto put = plans_->Put(kDistrict, kCampaign, kSurvey, kLeader, APlan(), 0,
                               [](WriteTransaction&) { return absl::UnavailableError("no"); });
  EXPECT_EQ(put.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(IsStored());
}

TEST_F(GrowthPlansTest, ADamagedPlanIsToldAndNotTakenForNone) {
  StoreReleased();
  Write([&](WriteTransaction& transaction) { return transaction.InsertGrowthPlan({kDistrict, kSurvey, "{}"}); });
  ExpectReason(Get(kLeader).status(), absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
}

TEST_F(GrowthPlansTest, AnUnknownSurveyIsNotFound) {
  StoreReleased();
  ExpectReason(plans_->Get(kDistrict, domain::CampaignId("other"), kSurvey, kLeader).status(),
               absl::StatusCode::kNotFound, domain::reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(GrowthPlansTest, EachRoundShowsItsPlanToWhomItIsFor) {
  contract_.readers.push_back("administrator");
  StoreReleased();
  MustPut(Shared(APlan("Before.")), 0);
  StoreNextRound();
  ASSERT_TRUE(plans_
                  ->Put(kDistrict, kNextCampaign, kNextSurvey, kLeader, APlan("After."), 0,
                        [](WriteTransaction&) { return absl::OkStatus(); })
                  .ok());
  const auto goals_of = [&](const Reader& reader) {
    const auto rounds = reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, reader);
    EXPECT_TRUE(rounds.ok()) << rounds.status();
    EXPECT_EQ(rounds->rounds_size(), 2);
    std::string goals;
    for (const v1::Round& round : rounds->rounds()) {
      absl::StrAppend(&goals, round.has_growth_plan() ? round.growth_plan().goals(0).goal() : "none", " ");
    }
    return goals;
  };
  EXPECT_EQ(goals_of(kLeader), "Before. After. ");
  EXPECT_EQ(goals_of(kSupervisor), "Before. none ");
  EXPECT_EQ(goals_of(kAdministrator), "none none ");
  EXPECT_EQ(goals_of(kAdministeringSupervisor), "Before. none ");
  const v1::GrowthPlan plan = reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kLeader)->rounds(0).growth_plan();
  EXPECT_EQ(plan.name(), absl::StrCat("districts/d/campaigns/c/surveys/", kSurvey.value(), "/growthPlan"));
  EXPECT_TRUE(plan.shared_with_supervisor());
  EXPECT_EQ(plan.goals(0).review_date(), "2027-05-14");
}

}  // namespace
}  // namespace candor::reporting
