// Closing, its schedule and its restarts; housekeeping, and what is logged of a campaign.

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/identity/key_check.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::SurveyState;
using storage::SurveyDocument;

class ClosingTest : public IdentityTest {
 protected:
  bool HasInvitations(const domain::SurveyId& survey) {
    bool found = false;
    EXPECT_TRUE(sqlite_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      CANDOR_ASSIGN_OR_RETURN(const auto rows, transaction.ListInvitations(district_, survey, {}));
                      found = !rows.empty();
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  }
  void ExpectClosed(const domain::CampaignId& campaign) {
    EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
    for (const storage::SurveyRow& survey : Surveys(campaign)) {
      EXPECT_EQ(survey.state, SurveyState::kClosed);
      EXPECT_EQ(Document(survey.id, SurveyDocument::kClosedResult), absl::StrCat("result of ", survey.id.value()));
      EXPECT_EQ(Document(survey.id, SurveyDocument::kLedger), absl::StrCat("ledger of ", survey.id.value()));
      EXPECT_TRUE(plane_.forgotten.contains(survey.id));
      EXPECT_FALSE(HasInvitations(survey.id));
    }
    EXPECT_TRUE(KeyFiles("survey.").empty());
    EXPECT_TRUE(KeyFiles("campaign.").empty());
  }
};

TEST_F(ClosingTest, ClosingStoresTheResultAndDestroysKeysAndCodes) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}, {"student", 7}}, 2);
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const std::string code = AllCodes(survey)[0].code;
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code, BlindFor(code).blinded).ok());
  EXPECT_EQ(KeyFiles("survey.").size(), 2u * 3u);
  EXPECT_EQ(KeyFiles("campaign.").size(), 1u);
  Close(campaign);
  ExpectClosed(campaign);
  const domain::CloseOrder& order = plane_.closed.at(survey);
  ASSERT_EQ(order.issued.size(), 2u);
  EXPECT_EQ(order.issued[0].issued + order.issued[1].issued, 1);
  EXPECT_NE(order.order_id, plane_.closed.at(Surveys(campaign)[1].id).order_id);
}

TEST_F(ClosingTest, EverySingleGapOfClosingIsSurvived) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_.reset();
  invitations_.reset();
  store_.reset();
  sqlite_.reset();
  const std::map<std::string, std::string> files = folder_.Files();
  for (int passages = 0; passages < 60; ++passages) {
    Restart();
    plane_.closed.clear();
    plane_.forgotten.clear();
    plane_.accepting = {survey};
    gate_.ShutAfter(passages);
    lifecycle_->RunPending();
    const bool crashed = gate_.shut();
    const auto first_order = plane_.closed;
    gate_.Open();
    Restart();
    lifecycle_->RunPending();
    ExpectClosed(campaign);
    if (!first_order.empty()) {
      EXPECT_EQ(plane_.closed.at(survey).order_id, first_order.at(survey).order_id);
    }
    if (!crashed) {
      EXPECT_GT(passages, 8);
      return;  // every gap has had its crash
    }
    // Back to the moment after the order.
    lifecycle_.reset();
    invitations_.reset();
    store_.reset();
    sqlite_.reset();
    for (const auto& [path, bytes] : folder_.Files()) ASSERT_EQ(unlink(path.c_str()), 0);
    for (const auto& [path, bytes] : files) ASSERT_TRUE(base::WriteFileAtomically(path, bytes, 0600).ok());
  }
  FAIL() << "closing never came to its end";
}

TEST_F(ClosingTest, OfTwoClosingsAtOnceOneIsOrdered) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  std::atomic<int> ordered = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = lifecycle_->Close(admin_, district_, campaign).status();
      if (status.ok()) ++ordered;
      if (Reason(status) == reasons::kWRONG_STATE) ++refused;
      lifecycle_->RunPending();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ordered, 1);
  EXPECT_EQ(refused, 1);
  ExpectClosed(campaign);
}

TEST_F(ClosingTest, ADueCampaignClosesByItself) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  clock_.Advance(absl::Hours(24));
  lifecycle_->Tick();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  lifecycle_->RunPending();
  ExpectClosed(campaign);
}

TEST_F(ClosingTest, ADueCampaignClosesByItselfAfterARestart) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Restart();
  clock_.Advance(absl::Hours(25));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  ExpectClosed(campaign);
}

TEST_F(ClosingTest, AFaultOfOneSurveyKeepsTheCampaignClosingButNotTheOthers) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 3);
  const domain::SurveyId broken = Surveys(campaign)[0].id;
  plane_.broken[broken] = absl::DataLossError("a sealed answer cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  const auto progress = lifecycle_->ProgressOf(district_, campaign);
  EXPECT_EQ(progress->surveys_done, 2);
  EXPECT_NE(progress->last_fault, "");
  EXPECT_FALSE(KeyFiles(absl::StrCat("survey.", broken.value())).empty()) << "its keys are still needed";
  plane_.broken.clear();
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  ExpectClosed(campaign);
}

TEST_F(ClosingTest, ALostClosingKeyIsSaidAndTheSurveyAbandonedInTheEnd) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  const domain::SurveyId lost = Surveys(campaign)[0].id;
  ASSERT_EQ(unlink(absl::StrCat(folder_.path(), "/keys/survey.", lost.value(), ".closing.key").c_str()), 0);
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault.find("closing.key is gone"), std::string::npos);
  EXPECT_FALSE(plane_.abandoned.contains(lost));
  clock_.Advance(absl::Hours(24 * 12));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_TRUE(plane_.abandoned.contains(lost));
  EXPECT_EQ(Surveys(campaign)[0].state, SurveyState::kAbandoned);
  EXPECT_EQ(Surveys(campaign)[1].state, SurveyState::kClosed);
  EXPECT_TRUE(KeyFiles("survey.").empty());
  Release(campaign);
  EXPECT_EQ(reports_built_, 1);
}

TEST_F(ClosingTest, WhateverCannotBeClosedIsAbandonedInTheEnd) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 4);
  const std::vector<storage::SurveyRow> surveys = Surveys(campaign);
  plane_.broken[surveys[0].id] = absl::DataLossError("a sealed answer cannot be opened");
  plane_.broken[surveys[1].id] = base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH, "no fit");
  plane_.broken[surveys[2].id] =
      base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY, "wrong key");
  plane_.broken[surveys[3].id] = absl::UnavailableError("the response plane does not answer");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_TRUE(plane_.abandoned.empty()) << "not before the time that the contract names";
  clock_.Advance(absl::Hours(24 * 11 + 12));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.abandoned.size(), 3u);
  EXPECT_EQ(Surveys(campaign)[3].state, SurveyState::kClosing) << "a fault that may pass is waited out";
  plane_.broken.erase(surveys[3].id);
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Surveys(campaign)[i].state, SurveyState::kAbandoned);
  EXPECT_EQ(Surveys(campaign)[3].state, SurveyState::kClosed);
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(ClosingTest, AbandoningGoesOnAfterACrashAtAnyMoment) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  plane_.broken[survey] = absl::DataLossError("a sealed answer cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  clock_.Advance(absl::Hours(24 * 12));
  int attempts = 0;
  for (; attempts < 40 && StateOf(campaign) != CampaignState::kClosed; ++attempts) {
    Restart();
    gate_.ShutAfter(1 + attempts % 10);
    lifecycle_->RunPending();
    gate_.Open();
  }
  EXPECT_GT(attempts, 2);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_TRUE(plane_.abandoned.contains(survey));
  EXPECT_TRUE(plane_.forgotten.contains(survey));
  EXPECT_FALSE(HasInvitations(survey));
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(ClosingTest, ACrashAfterDestroyingTheKeysOfWhatHasNoResultEndsAsAbandoned) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  plane_.broken[OneSurvey(campaign).id] = absl::DataLossError("a sealed answer cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  // As the crash leaves it: the response plane has abandoned it, the keys are gone and noted as gone, there is no result.
  ASSERT_TRUE(plane_.AbandonSurvey(OneSurvey(campaign).id).ok());
  ASSERT_TRUE(keys_->DestroySurveyKeys(OneSurvey(campaign).id).ok());
  ASSERT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction& transaction) -> absl::Status {
                    storage::SurveyRow row = OneSurvey(campaign);
                    row.closing_step = storage::ClosingStep::kKeysDestroyed;
                    CANDOR_RETURN_IF_ERROR(transaction.DeleteInvitations(district_, row.id));
                    return transaction.UpdateSurvey(row);
                  })
                  .ok());
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  Release(campaign);
  EXPECT_EQ(reports_built_, 0);
}

TEST_F(ClosingTest, ACampaignWhoseTimeIsOverBeforeItIsOpenClosesWithWhatWasOpen) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 3);
  plane_.opens_left = 1;
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpening);
  EXPECT_EQ(Reason(lifecycle_->Close(admin_, district_, campaign).status()), reasons::kWRONG_STATE)
      << "before its time an opening campaign is not closed";
  plane_.opens_left = 10;
  clock_.Advance(absl::Hours(24));
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.opened.size(), 1u) << "nothing is opened when its time is over";
  lifecycle_->Tick();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  int closed = 0, abandoned = 0;
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    if (survey.state == SurveyState::kClosed) ++closed;
    if (survey.state == SurveyState::kAbandoned) ++abandoned;
    EXPECT_FALSE(HasInvitations(survey.id));
  }
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(abandoned, 2);
  EXPECT_TRUE(KeyFiles("survey.").empty());
  EXPECT_TRUE(KeyFiles("campaign.").empty());
  Release(campaign);
  EXPECT_EQ(reports_built_, 1);
}

TEST_F(ClosingTest, OnlyAnOpenCampaignCanBeClosed) {
  const domain::CampaignId campaign = MakeDraft();
  EXPECT_EQ(Reason(lifecycle_->Close(admin_, district_, campaign).status()), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(lifecycle_->Close(admin_, district_, domain::CampaignId("none")).status()),
            reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(ClosingTest, CodesAndKeysAreInNoFileAfterClosing) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const std::string closing_key(keys_->LoadClosingKey(survey)->secret_key.view());
  const std::string code_key(keys_->LoadCodeKey(district_, campaign)->view());
  const std::string code_hash = crypto::CodeHash(*crypto::NormalizeCode(AllCodes(survey)[0].code));
  EXPECT_NE(folder_.FileWith(closing_key), "");
  EXPECT_NE(folder_.FileWith(code_hash), "");
  Close(campaign);
  EXPECT_EQ(folder_.FileWith(closing_key), "");
  EXPECT_EQ(folder_.FileWith(code_key), "");
  EXPECT_EQ(folder_.FileWith(code_hash), "");
}

TEST_F(ClosingTest, TheResponsePlaneForgetsOnceForAllSurveysThatHaveComeSoFar) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 4);
  const domain::SurveyId late = Surveys(campaign)[1].id;
  plane_.broken[late] = absl::UnavailableError("the response plane does not answer");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.forgets, 1);
  EXPECT_EQ(plane_.forgotten.size(), 3u);
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    EXPECT_EQ(survey.state, survey.id == late ? SurveyState::kClosing : SurveyState::kClosed);
  }
  plane_.broken.clear();
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.forgets, 2);
  ExpectClosed(campaign);
}

TEST_F(ClosingTest, ASurveyCountsAsDoneBeforeWhatIsDoneForAllAtOnce) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  plane_.forgets_left = 0;
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  EXPECT_EQ(Surveys(campaign)[0].state, SurveyState::kClosing);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->surveys_done, 2);
  plane_.forgets_left = 1;
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  ExpectClosed(campaign);
}

// As when this plane's database is put back from a copy that is older than the closing.
TEST_F(ClosingTest, ASurveyThatWasClosedUnderAnotherOrderHasNoReportAndKeepsNoCommentsInTheEnd) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  const domain::SurveyId closed = Surveys(campaign)[0].id;
  plane_.closed[closed].order_id = "of another time";
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing) << "whoever has the right database can still put it back";
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  clock_.Advance(absl::Hours(24 * 12));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(Surveys(campaign)[0].state, SurveyState::kAbandoned);
  EXPECT_EQ(Surveys(campaign)[1].state, SurveyState::kClosed);
  EXPECT_EQ(Document(closed, SurveyDocument::kClosedResult), std::nullopt);
  EXPECT_EQ(plane_.released, (std::set<domain::SurveyId>{closed})) << "its comments are destroyed";
  EXPECT_TRUE(plane_.forgotten.contains(closed));
  EXPECT_TRUE(KeyFiles("survey.").empty());
  Release(campaign);
  EXPECT_EQ(reports_built_, 1);
}

class HousekeepingTest : public IdentityTest {
 protected:
  // As a call with a request id keeps its answer.
  void KeepAnswer(const std::string& response) {
    storage::RequestRow row;
    row.district = district_;
    row.caller = "caller";
    row.method = "BatchCreateRaters";
    row.request_id = absl::StrCat("6f0f1b1e-7f5d-4f0e-9f54-0d1f8f6f2a0", answers_kept_++);
    row.request_hash = std::string(32, 'h');
    row.response = response;
    row.time = clock_.Now();
    ASSERT_TRUE(
        sqlite_->Write([&](storage::WriteTransaction& transaction) { return transaction.InsertRequest(row); }).ok());
  }

  int answers_kept_ = 0;
};

TEST_F(HousekeepingTest, StoredAnswersAreInNoFileOnceTheyAreADayOld) {
  MakeDistrict();
  lifecycle_->Tick();
  KeepAnswer("Robin Reed of Birch Lane");
  clock_.Advance(absl::Hours(23));
  lifecycle_->Tick();
  EXPECT_NE(folder_.FileWith("Robin Reed"), "");
  clock_.Advance(absl::Hours(2));
  lifecycle_->Tick();
  EXPECT_EQ(folder_.FileWith("Robin Reed"), "");
}

TEST_F(HousekeepingTest, WithRatersGoTheStoredAnswersThatShowThem) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 2);
  const auto surveys = Surveys(campaign);
  const auto raters = raters_->List(district_, surveys[0].id, {});
  KeepAnswer("Robin Reed of Birch Lane");
  ASSERT_TRUE(raters_->Remove(admin_, district_, surveys[0].id, raters->at(0).id).ok());
  EXPECT_EQ(folder_.FileWith("Robin Reed"), "");
  KeepAnswer("Robin Reed of Birch Lane");
  ASSERT_TRUE(campaigns_->RemoveSurvey(admin_, district_, surveys[0].id).ok());
  EXPECT_EQ(folder_.FileWith("Robin Reed"), "");
  KeepAnswer("Robin Reed of Birch Lane");
  ASSERT_TRUE(campaigns_->Delete(admin_, district_, campaign).ok());
  EXPECT_EQ(folder_.FileWith("Robin Reed"), "");
}

TEST_F(HousekeepingTest, WhereRetentionEndsTheStoredAnswersEndToo) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  Release(campaign);
  clock_.Advance(absl::Hours(24 * 30));
  KeepAnswer("Robin Reed of Birch Lane");
  lifecycle_->Tick();
  EXPECT_EQ(folder_.FileWith("Robin Reed"), "");
}

TEST_F(HousekeepingTest, ForgettingThatFailedIsDoneAgain) {
  MakeDistrict();
  const domain::PersonId leader("leader-1");
  store_->forgets_left = 0;
  EXPECT_TRUE(directory_->DeletePerson(admin_, district_, leader).ok()) << "the person is gone";
  EXPECT_EQ(Reason(directory_->GetPerson(district_, leader).status()), reasons::kRESOURCE_NOT_FOUND);
  EXPECT_NE(folder_.FileWith("Name of leader-1"), "") << "the log still has it";
  lifecycle_->Tick();
  EXPECT_TRUE(store_->forget_owed());
  store_->forgets_left = 1;
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  EXPECT_FALSE(store_->forget_owed());
  EXPECT_EQ(folder_.FileWith("Name of leader-1"), "");
}

class LogTest : public IdentityTest {
 protected:
  void SetUp() override {
    IdentityTest::SetUp();
    ASSERT_EQ(pipe2(pipe_, O_NONBLOCK), 0);
    base::SetLogOutput(pipe_[1]);
  }
  void TearDown() override {
    base::SetLogOutput(STDERR_FILENO);
    close(pipe_[0]);
    close(pipe_[1]);
  }
  // What was logged since the last call.
  std::vector<base::Json> Lines() {
    std::string text(60'000, '\0');
    const ssize_t size = read(pipe_[0], text.data(), text.size());
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    std::vector<base::Json> lines;
    for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      lines.push_back(*base::ParseJson(line));
    }
    return lines;
  }

  int pipe_[2] = {-1, -1};
};

TEST_F(LogTest, AtStartEachKeyFileThatAnOpenSurveyLacksIsNamed) {
  const domain::SurveyId survey = OneSurvey(MakeOpen({{"staff", 6}})).id;
  Lines();
  ASSERT_TRUE(WarnOfMissingKeys(*store_, *keys_).ok());
  EXPECT_TRUE(Lines().empty());
  const std::string issuing = absl::StrCat("survey.", survey.value(), ".issuing.0.key");
  const std::string closing = absl::StrCat("survey.", survey.value(), ".closing.key");
  ASSERT_EQ(unlink(absl::StrCat(folder_.path(), "/keys/", issuing).c_str()), 0);
  ASSERT_EQ(truncate(absl::StrCat(folder_.path(), "/keys/", closing).c_str(), 5), 0);
  ASSERT_TRUE(WarnOfMissingKeys(*store_, *keys_).ok());
  const std::vector<base::Json> lines = Lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["survey"], survey.value());
  EXPECT_NE(lines[0]["detail"].get<std::string>().find(closing + " is damaged"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1]["detail"].get<std::string>().find(issuing + " is gone"), std::string::npos) << lines[1];
}

TEST_F(LogTest, AtStartAKeyFolderThatIsAnothersIsSaidOnceForEachKey) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  const std::string keys = folder_.path() + "/keys/";
  const std::string code = absl::StrCat("campaign.d1.", campaign.value(), ".code.key");
  const std::string closing = absl::StrCat("survey.", Surveys(campaign)[1].id.value(), ".closing.key");
  ASSERT_EQ(unlink((keys + "signing.key").c_str()), 0);
  ASSERT_EQ(unlink((keys + code).c_str()), 0);
  ASSERT_TRUE(base::WriteFileAtomically(keys + closing, std::string(32, 'x'), 0600).ok());
  Restart();
  Lines();
  ASSERT_TRUE(WarnOfMissingKeys(*store_, *keys_).ok());
  std::string details;
  const std::vector<base::Json> lines = Lines();
  for (const base::Json& line : lines) details += line["detail"].get<std::string>() + "\n";
  EXPECT_EQ(lines.size(), 3u) << details;
  EXPECT_NE(details.find(code + " is gone"), std::string::npos) << details;
  EXPECT_NE(details.find(closing + " is not the one"), std::string::npos) << details;
  EXPECT_NE(details.find("signing.key is not the one"), std::string::npos) << details;
}

TEST_F(LogTest, EachStateOfACampaignIsOneLineWithItsNameAndCountsAndNobodysName) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  Close(campaign);
  Release(campaign);
  const std::vector<base::Json> lines = Lines();
  std::vector<std::string> messages;
  for (const base::Json& line : lines) {
    messages.push_back(line["msg"]);
    EXPECT_EQ(line["level"], "info");
    EXPECT_EQ(line["campaign"], "districts/d1/campaigns/c1");
    EXPECT_EQ(line["surveys"], 2);
    EXPECT_EQ(line["abandoned"], 0);
    EXPECT_EQ(line.dump().find("Name of"), std::string::npos);
  }
  EXPECT_EQ(messages, (std::vector<std::string>{"a campaign is opening", "a campaign is open", "a campaign is closing",
                                                "a campaign is closed", "a campaign is released"}));
}

TEST_F(LogTest, AFaultIsSaidOnceAndAgainWhenItChanges) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  plane_.broken[survey] = absl::DataLossError("a sealed answer cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  Lines();
  const auto try_again = [&] {
    clock_.Advance(absl::Seconds(10));
    lifecycle_->Tick();
    lifecycle_->RunPending();
    return Lines();
  };
  const std::vector<base::Json> first = try_again();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0]["level"], "warning");
  EXPECT_EQ(first[0]["campaign"], "districts/d1/campaigns/c1");
  EXPECT_EQ(first[0]["detail"], "a sealed answer cannot be opened");
  EXPECT_TRUE(try_again().empty());
  plane_.broken[survey] = absl::UnavailableError("the response plane does not answer");
  EXPECT_EQ(try_again().size(), 1u);
  plane_.broken.clear();
  try_again();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
}

TEST_F(LogTest, ALostPoolingKeyIsSaidOnce) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 5);
  ASSERT_EQ(unlink((folder_.path() + "/keys/campaign.d1.c1.pooling.key").c_str()), 0);
  Lines();
  Close(campaign);
  int warnings = 0;
  for (const base::Json& line : Lines()) {
    if (line["level"] != "warning") continue;
    ++warnings;
    EXPECT_EQ(line["campaign"], "districts/d1/campaigns/c1");
    EXPECT_NE(std::string(line["detail"]).find("pooling key is gone"), std::string::npos);
  }
  EXPECT_EQ(warnings, 1);
}

}  // namespace
}  // namespace candor::identity
