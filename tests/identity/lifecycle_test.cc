// What keeps a campaign from coming to its end, and the ways out; retention; who may choose the moment of closing.

#include <stdio.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/identity/audit.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::SurveyState;
using storage::SurveyDocument;

absl::Status Unavailable() { return absl::UnavailableError("the response plane does not answer"); }
absl::Status Refused() {
  return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH, "the documents do not fit");
}

class WayOutTest : public IdentityTest {
 protected:
  std::string KeyPath(const domain::SurveyId& survey, const std::string& what) {
    return absl::StrCat(folder_.path(), "/keys/survey.", survey.value(), ".", what, ".key");
  }
  // Ordered to open; the response plane opens `opens` surveys and answers the next with `fault`.
  domain::CampaignId MakeStuckOpening(int opens, const absl::Status& fault) {
    const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 3);
    plane_.opens_left = opens;
    plane_.open_fault = fault;
    EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
    lifecycle_->RunPending();
    EXPECT_EQ(StateOf(campaign), CampaignState::kOpening);
    return campaign;
  }
};

TEST_F(WayOutTest, WhateverTheFaultNoSealedAnswerOutlivesTheAbandonTimeByMoreThanADay) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  plane_.broken[survey] = Unavailable();
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  clock_.Advance(absl::Hours(24 * 12 - 1));  // the campaign is abandoned after eleven days
  TryAgain();
  EXPECT_FALSE(plane_.abandoned.contains(survey)) << "a fault that may pass is waited out";
  clock_.Advance(absl::Hours(1));
  TryAgain();
  EXPECT_TRUE(plane_.abandoned.contains(survey));
  EXPECT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(WayOutTest, AClosingKeyLostAfterTheResponsePlaneHasClosedIsNotNeeded) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  // The response plane closes; then the server goes down before it has stored the result, and the key is lost.
  plane_.after_order = [&] { gate_.ShutAfter(0); };
  lifecycle_->RunPending();
  plane_.after_order = nullptr;
  gate_.Open();
  ASSERT_TRUE(plane_.closed.contains(survey));
  ASSERT_EQ(Document(survey, SurveyDocument::kClosedResult), std::nullopt);
  ASSERT_EQ(unlink(KeyPath(survey, "closing").c_str()), 0);
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed) << lifecycle_->ProgressOf(district_, campaign)->last_fault;
  EXPECT_EQ(Document(survey, SurveyDocument::kClosedResult), absl::StrCat("result of ", survey.value()));
}

TEST_F(WayOutTest, AClosingKeyLostBeforeIsSaidByItsFileEvenThoughTheResponsePlaneWasAsked) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  ASSERT_EQ(unlink(KeyPath(survey, "closing").c_str()), 0);
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault.find("closing.key is gone"), std::string::npos);
}

TEST_F(WayOutTest, ClosingDestroysEveryKeyOfASurveyEvenWhereOneIsMissing) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}, {"student", 7}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const std::string other = absl::StrCat(folder_.path(), "/keys/survey.", survey.value(), "0.issuing.0.key");
  ASSERT_TRUE(base::WriteFileAtomically(other, "of another survey", 0600).ok());
  ASSERT_EQ(unlink(KeyPath(survey, "issuing.0").c_str()), 0);
  ASSERT_TRUE(base::FileExists(KeyPath(survey, "issuing.1")));
  Close(campaign);
  EXPECT_FALSE(base::FileExists(KeyPath(survey, "issuing.1")));
  EXPECT_EQ(KeyFiles("survey."), std::vector<std::string>{absl::StrCat("survey.", survey.value(), "0.issuing.0.key")})
      << "what belongs to another survey stays";
}

TEST_F(WayOutTest, ADraftThatCannotBeReadDoesNotKeepTheServerFromStarting) {
  MakeDraft({{"staff", 6}});
  ASSERT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction& transaction) -> absl::Status {
                    storage::InstrumentVersionRow version;
                    version.district = district_;
                    version.instrument = domain::InstrumentId("pulse");
                    version.version = 2;
                    version.hash = std::string(64, '0');
                    version.document = "damaged";
                    version.publish_time = clock_.Now();
                    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrumentVersion(version));
                    storage::CampaignRow row;
                    row.district = district_;
                    row.id = domain::CampaignId("a-damaged-one");
                    row.settings = Settings();
                    row.settings.instrument_version = 2;
                    row.create_time = clock_.Now();
                    return transaction.InsertCampaign(row);
                  })
                  .ok());
  const absl::Status resumed = lifecycle_->Resume();
  EXPECT_TRUE(resumed.ok()) << resumed;
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, domain::CampaignId("c1"), std::nullopt).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(domain::CampaignId("c1")), CampaignState::kOpen) << "the others are not touched";
}

TEST_F(WayOutTest, ACampaignThatIsRefusedForGoodWhileOpeningCanBeClosed) {
  const domain::CampaignId campaign = MakeStuckOpening(1, Refused());
  const auto ordered = lifecycle_->Close(admin_, district_, campaign);
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  EXPECT_EQ(ordered->state, CampaignState::kClosing);
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  int closed = 0, abandoned = 0;
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    closed += survey.state == SurveyState::kClosed ? 1 : 0;
    abandoned += survey.state == SurveyState::kAbandoned ? 1 : 0;
  }
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(abandoned, 2);
  EXPECT_TRUE(KeyFiles("survey.").empty());
  EXPECT_TRUE(KeyFiles("campaign.").empty());
}

TEST_F(WayOutTest, ACampaignWhoseOpeningMayYetSucceedCannot) {
  const domain::CampaignId campaign = MakeStuckOpening(1, Unavailable());
  EXPECT_EQ(Reason(lifecycle_->Close(admin_, district_, campaign).status()), reasons::kWRONG_STATE);
  plane_.open_fault = Refused();
  TryAgain();
  EXPECT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok()) << "the last fault counts";
}

// What was made for a survey before its order is made once. Another key in its place would open a survey whose codes open
// nothing, or whose answers nobody can open.
TEST_F(WayOutTest, AKeyThatIsLostWhileOpeningIsSaidByNameAndNoneIsMadeInItsPlace) {
  const domain::CampaignId campaign = MakeStuckOpening(1, Unavailable());
  domain::SurveyId stuck;
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    const bool made = Document(survey.id, SurveyDocument::kManifest).has_value();
    if (survey.state == SurveyState::kDraft && made) stuck = survey.id;
  }
  plane_.opens_left = 1'000'000;
  const std::string aside = folder_.path() + "/aside.key";
  for (const std::string& name : {absl::StrCat("campaign.d1.", campaign.value(), ".code.key"),
                                  absl::StrCat("survey.", stuck.value(), ".closing.key"),
                                  absl::StrCat("survey.", stuck.value(), ".issuing.0.key")}) {
    const std::string file = folder_.path() + "/keys/" + name;
    ASSERT_EQ(rename(file.c_str(), aside.c_str()), 0) << name;
    TryAgain();
    EXPECT_EQ(StateOf(campaign), CampaignState::kOpening);
    const std::string fault = lifecycle_->ProgressOf(district_, campaign)->last_fault;
    EXPECT_NE(fault.find(name + " is gone"), std::string::npos) << fault;
    EXPECT_FALSE(base::FileExists(file)) << name;
    EXPECT_FALSE(plane_.opened.contains(stuck));
    ASSERT_EQ(rename(aside.c_str(), file.c_str()), 0);
  }
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen) << lifecycle_->ProgressOf(district_, campaign)->last_fault;
}

TEST_F(WayOutTest, AStopWhileSurveysAreOpenedEndsAfterThePresentOneAndTheRestGoesOnLater) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 4);
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  plane_.after_order = [&] { lifecycle_->Stop(); };
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.opened.size(), 1u);
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpening);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->last_fault, "") << "being stopped is no fault";
  plane_.after_order = nullptr;
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.opened.size(), 4u);
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
}

TEST_F(WayOutTest, AStopWhileSurveysAreClosedEndsAfterThePresentOneAndAbandonsNone) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 4);
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  clock_.Advance(absl::Hours(24 * 20));  // past the time when what cannot be closed is abandoned
  plane_.after_order = [&] { lifecycle_->Stop(); };
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.closed.size(), 1u);
  EXPECT_EQ(plane_.forgets, 0) << "rebuilding takes long, and is done after the next start";
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  plane_.after_order = nullptr;
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(plane_.closed.size(), 4u);
  EXPECT_EQ(plane_.forgotten.size(), 4u);
  EXPECT_TRUE(plane_.abandoned.empty());
}

TEST_F(WayOutTest, WhatHasStoppedIsTriedAgainThoughTheTimeOfDayStandsStill) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  plane_.broken[survey] = Unavailable();
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  plane_.broken.clear();
  clock_.AdvanceSteady(absl::Seconds(1));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing) << "not more often than every five seconds";
  clock_.AdvanceSteady(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
}

class RetentionTest : public IdentityTest {
 protected:
  size_t CountRaters(const domain::CampaignId& campaign) {
    size_t count = 0;
    for (const storage::SurveyRow& survey : Surveys(campaign)) count += raters_->List(district_, survey.id, {})->size();
    return count;
  }
};

TEST_F(RetentionTest, IsCarriedOutOnceHoweverOftenTheServerStarts) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  Release(campaign);
  clock_.Advance(absl::Hours(24 * 30));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 0u);
  EXPECT_EQ(CountAudit("DeleteRaters"), 1);
  const auto entries = ListAudit(*sqlite_, district_, 0, 1000)->size();
  storage::RequestRow answered;
  answered.district = district_;
  answered.caller = "caller";
  answered.method = "CreateSchool";
  answered.request_id = "6f0f1b1e-7f5d-4f0e-9f54-0d1f8f6f2a01";
  answered.request_hash = std::string(32, 'h');
  answered.response = "stored answer";
  answered.time = clock_.Now();
  ASSERT_TRUE(
      sqlite_->Write([&](storage::WriteTransaction& transaction) { return transaction.InsertRequest(answered); }).ok());
  for (int i = 0; i < 2; ++i) {
    Restart();
    lifecycle_->Tick();
  }
  EXPECT_EQ(ListAudit(*sqlite_, district_, 0, 1000)->size(), entries) << "nothing was deleted, so nothing is said";
  std::string kept;
  ASSERT_TRUE(sqlite_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(const auto row,
                                            transaction.FindRequest(district_, answered.caller, answered.method,
                                                                    answered.request_id));
                    kept = row.has_value() ? row->response : "no row";
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(kept, "stored answer") << "answers to requests are still there for a retry";
}

TEST_F(RetentionTest, RunsFromClosingWhereOneReportCannotBeBuilt) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 3);
  const domain::SurveyId stuck = Surveys(campaign)[1].id;
  Close(campaign);
  clock_.Advance(absl::Hours(24));
  unbuildable_[stuck] = absl::InternalError("a report cannot be built");
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    EXPECT_EQ(survey.state, survey.id == stuck ? SurveyState::kClosed : SurveyState::kReleased);
  }
  EXPECT_EQ(plane_.forgets, 2) << "what releasing the others destroyed is forgotten";
  TryAgain();
  EXPECT_EQ(plane_.forgets, 2) << "and once is enough";
  Restart();
  clock_.Advance(absl::Hours(24 * 29));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 0u);
  EXPECT_EQ(CountAudit("DeleteRaters"), 1);

  unbuildable_.clear();
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased) << "the report needs no rater's name";
  Restart();
  clock_.Advance(absl::Hours(24 * 31));
  lifecycle_->Tick();
  EXPECT_EQ(CountAudit("DeleteRaters"), 1);
}

TEST_F(RetentionTest, RunsFromClosingWhereNobodyReleases) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  clock_.Advance(absl::Hours(24 * 30 - 1));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 6u);
  clock_.Advance(absl::Hours(1));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 0u);
}

TEST_F(RetentionTest, RunsFromReleaseWhereThatCameInTime) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  clock_.Advance(absl::Hours(24 * 20));
  Release(campaign);
  clock_.Advance(absl::Hours(24 * 20));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 6u);
  clock_.Advance(absl::Hours(24 * 10));
  lifecycle_->Tick();
  EXPECT_EQ(CountRaters(campaign), 0u);
}

TEST_F(RetentionTest, IsCarriedOutAtOnceInTheNameOfWhoAsks) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  clock_.Advance(absl::Hours(24 * 30));
  const auto looked = lifecycle_->Purge(admin_, district_, /*dry_run=*/true);
  ASSERT_TRUE(looked.ok()) << looked.status();
  ASSERT_EQ(looked->size(), 1u);
  EXPECT_EQ(looked->front().data, PersonalData::kRaters);
  EXPECT_EQ(looked->front().due_time, clock_.Now());
  EXPECT_FALSE(looked->front().deleted);
  EXPECT_EQ(CountRaters(campaign), 6u);
  EXPECT_EQ(CountAudit("PurgePersonalData"), 0) << "a look is not noted";
  const auto purged = lifecycle_->Purge(admin_, district_, /*dry_run=*/false);
  ASSERT_TRUE(purged.ok()) << purged.status();
  EXPECT_TRUE(purged->front().deleted);
  EXPECT_EQ(CountRaters(campaign), 0u);
  const auto trail = ListAudit(*sqlite_, district_, 0, 1000);
  ASSERT_TRUE(trail.ok());
  ASSERT_EQ(trail->back().action, "DeleteRaters");
  EXPECT_EQ(trail->back().caller, admin_.name());
  EXPECT_EQ(CountAudit("PurgePersonalData"), 1);
  lifecycle_->Tick();
  EXPECT_EQ(CountAudit("DeleteRaters"), 1) << "the clock finds nothing left to do";
}

class EarlyClosingTest : public IdentityTest {
 protected:
  Caller AdministratorNamed(const std::string& person) {
    Caller caller = admin_;
    caller.person = domain::PersonId(person);
    return caller;
  }
};

TEST_F(EarlyClosingTest, IsNotForAnAdministratorWhoIsInALeadersLine) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  for (const char* const person : {"boss", "leader-2"}) {
    const absl::Status refused = lifecycle_->Close(AdministratorNamed(person), district_, campaign).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << person;
    EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED) << person;
    EXPECT_NE(refused.message().find("another administrator"), std::string::npos);
  }
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_EQ(CountAudit("CloseCampaign"), 0);
  EXPECT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
}

TEST_F(EarlyClosingTest, LeavingTheLineAfterOpeningHelpsNobody) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  ASSERT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(auto leader,
                                            transaction.FindPerson(district_, domain::PersonId("leader-1")));
                    leader->supervisors.clear();
                    return transaction.UpdatePerson(*leader);
                  })
                  .ok());
  EXPECT_EQ(Reason(lifecycle_->Close(AdministratorNamed("boss"), district_, campaign).status()),
            reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(EarlyClosingTest, IsForEverybodyOnceItIsTime) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  EXPECT_EQ(Reason(lifecycle_->Close(AdministratorNamed("boss"), district_, campaign).status()),
            reasons::kCALLER_NOT_ALLOWED);
  clock_.Advance(absl::Hours(24));
  EXPECT_TRUE(lifecycle_->Close(AdministratorNamed("boss"), district_, campaign).ok());
}

TEST_F(EarlyClosingTest, IsForTheInstallationsAdministrator) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  EXPECT_TRUE(lifecycle_->Close(root_, district_, campaign).ok());
}

}  // namespace
}  // namespace candor::identity
