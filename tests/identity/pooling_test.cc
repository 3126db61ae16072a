// A campaign's pool: its key, from opening on, and its figures at closing.

#include <sqlite3.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/pooled_figures.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::SurveyState;

constexpr int kLeaders = domain::kFewestPooledLeaders;
constexpr char kNoFigures[] = R"({"format":"candor.pooled_figures.v1"})";
constexpr char kKeyFile[] = "campaign.d1.c1.pooling.key";

class PoolingTest : public IdentityTest {
 protected:
  std::string KeyPath() const { return absl::StrCat(folder_.path(), "/keys/", kKeyFile); }
  // What the manifests that are written name.
  std::set<std::string> NamedKeys(const domain::CampaignId& campaign) {
    std::set<std::string> named;
    for (const storage::SurveyRow& survey : Surveys(campaign)) {
      if (!Document(survey.id, storage::SurveyDocument::kManifest).has_value()) continue;
      named.insert(ManifestOf(survey.id).pooling_public_key);
    }
    return named;
  }
  std::optional<std::string> Figures(const domain::CampaignId& campaign) {
    return campaigns_->Get(district_, campaign)->row.pooled_figures;
  }
  void ExpectClosedWith(const domain::CampaignId& campaign, const std::string& figures) {
    EXPECT_EQ(StateOf(campaign), CampaignState::kClosed) << lifecycle_->ProgressOf(district_, campaign)->last_fault;
    EXPECT_EQ(Figures(campaign), figures);
    EXPECT_TRUE(KeyFiles("campaign.").empty());
    EXPECT_TRUE(KeyFiles("survey.").empty());
    EXPECT_EQ(plane_.forgotten_pools.size(), plane_.pools.size()) << "what was contributed must be in no freed page";
  }
  void OrderToClose(const domain::CampaignId& campaign) {
    ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
    lifecycle_->RunPending();
  }
};

TEST_F(PoolingTest, EveryManifestOfALargeCampaignNamesOneKey) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  const std::set<std::string> named = NamedKeys(campaign);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(*named.begin(), keys_->LoadPoolingKey(district_, campaign)->public_key);
  EXPECT_EQ(plane_.opened.size(), static_cast<size_t>(kLeaders));
}

TEST_F(PoolingTest, ASmallerCampaignHasNoPool) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders - 1);
  EXPECT_EQ(NamedKeys(campaign), (std::set<std::string>{""}));
  EXPECT_FALSE(base::FileExists(KeyPath()));
  Close(campaign);
  EXPECT_EQ(plane_.pool_orders, 0);
  EXPECT_EQ(plane_.forgets, 1);
  EXPECT_EQ(Figures(campaign), std::nullopt);
}

TEST_F(PoolingTest, AKeyLostBeforeAnyManifestNamesItIsMadeAnew) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, kLeaders);
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  gate_.ShutAfter(1);  // all but writing
  lifecycle_->RunPending();
  gate_.Open();
  EXPECT_TRUE(NamedKeys(campaign).empty());
  const std::string first = keys_->LoadPoolingKey(district_, campaign)->public_key;
  ASSERT_EQ(unlink(KeyPath().c_str()), 0);
  Restart();
  lifecycle_->RunPending();
  ASSERT_EQ(StateOf(campaign), CampaignState::kOpen);
  const std::set<std::string> named = NamedKeys(campaign);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_NE(*named.begin(), first);
  EXPECT_EQ(*named.begin(), keys_->LoadPoolingKey(district_, campaign)->public_key);
}

TEST_F(PoolingTest, OnceAManifestNamesAKeyTheOthersNameItTooThoughItBeLost) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, kLeaders);
  plane_.opens_left = 1;
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  const std::set<std::string> named = NamedKeys(campaign);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_NE(*named.begin(), "");
  ASSERT_EQ(unlink(KeyPath().c_str()), 0);
  plane_.opens_left = 100;
  Restart();
  lifecycle_->RunPending();
  ASSERT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_EQ(NamedKeys(campaign), named);
  EXPECT_FALSE(base::FileExists(KeyPath()));
  Close(campaign);
  ExpectClosedWith(campaign, kNoFigures);
}

TEST_F(PoolingTest, ClosingStoresTheFiguresThenDestroysTheKeyAndThenForgets) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  const std::string secret(keys_->LoadPoolingKey(district_, campaign)->secret_key.view());
  plane_.forgets_left = 0;
  OrderToClose(campaign);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  EXPECT_EQ(Figures(campaign), domain::EncodePooledFigures({43}));
  EXPECT_EQ(folder_.FileWith(secret), "");
  plane_.forgets_left = 100;
  TryAgain();
  ExpectClosedWith(campaign, domain::EncodePooledFigures({43}));
  EXPECT_EQ(plane_.pool_orders, 1);
  EXPECT_EQ(plane_.forgets, 1);
  Release(campaign);
  EXPECT_EQ(last_report_input_.campaign.pooled_figures, domain::EncodePooledFigures({43}));
}

TEST_F(PoolingTest, EverySingleGapOfPoolingIsSurvived) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 5}}, kLeaders);
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  const auto shut_down = [this] {
    lifecycle_.reset();
    invitations_.reset();
    store_.reset();
    sqlite_.reset();
  };
  shut_down();
  const std::map<std::string, std::string> files = folder_.Files();
  const auto close = [&](int passages) {
    Restart();
    plane_.closed.clear();
    plane_.forgotten.clear();
    plane_.pools.clear();
    plane_.forgotten_pools.clear();
    gate_.ShutAfter(passages);
    lifecycle_->RunPending();
  };
  close(10'000);
  const int all = gate_.passed();
  ASSERT_GT(all, 5 * 9);
  // What is done for single surveys has a test of its own, so only some of its gaps are tried again.
  int tried = 0, while_pooling = 0;
  for (int passages = 0; passages < all; passages += passages + 16 < all ? 6 : 1) {
    // Back to the moment after the order.
    shut_down();
    for (const auto& [path, bytes] : folder_.Files()) ASSERT_EQ(unlink(path.c_str()), 0);
    for (const auto& [path, bytes] : files) ASSERT_TRUE(base::WriteFileAtomically(path, bytes, 0600).ok());
    close(passages);
    EXPECT_TRUE(gate_.shut());
    ++tried;
    if (!plane_.pools.empty()) ++while_pooling;
    gate_.Open();
    Restart();
    lifecycle_->RunPending();
    ExpectClosedWith(campaign, domain::EncodePooledFigures({43}));
    EXPECT_EQ(plane_.pools.size(), 1u);
    for (const storage::SurveyRow& survey : Surveys(campaign)) {
      EXPECT_EQ(survey.state, SurveyState::kClosed);
      EXPECT_TRUE(plane_.forgotten.contains(survey.id));
    }
  }
  EXPECT_GE(tried, 20);
  EXPECT_GE(while_pooling, 6);
}

TEST_F(PoolingTest, ALostKeyKeepsNoCampaignFromClosing) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  ASSERT_EQ(unlink(KeyPath().c_str()), 0);
  Close(campaign);
  ExpectClosedWith(campaign, kNoFigures);
  EXPECT_EQ(plane_.pools.size(), 1u) << "what was contributed is destroyed all the same";
}

TEST_F(PoolingTest, NeitherDoesAnotherOrADamagedKey) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  ASSERT_TRUE(base::WriteFileAtomically(KeyPath(), std::string(32, '\x05'), 0600).ok());
  Close(campaign);
  ExpectClosedWith(campaign, kNoFigures);
}

TEST_F(PoolingTest, NeitherDoesAContributionThatCannotBeOpened) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  plane_.pool_fault = absl::DataLossError("a contribution cannot be opened");
  Close(campaign);
  ExpectClosedWith(campaign, kNoFigures);
  EXPECT_EQ(plane_.pool_orders, 2);
}

TEST_F(PoolingTest, NeitherDoesARefusalThatNeverEnds) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  plane_.pool_fault = domain::errors::WrongState("a survey of the pool is still open there");
  OrderToClose(campaign);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(Figures(campaign), kNoFigures);
  EXPECT_FALSE(base::FileExists(KeyPath())) << "what is left there can be opened by nobody";
}

TEST_F(PoolingTest, NeitherDoesAFaultThatOutlastsTheAbandonTimeByADay) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  plane_.pool_fault = absl::UnavailableError("the response plane does not answer");
  OrderToClose(campaign);
  ASSERT_EQ(StateOf(campaign), CampaignState::kClosing);
  clock_.Advance(campaigns_->Get(district_, campaign)->row.settings.abandon_time + absl::Hours(24) - clock_.Now());
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(Figures(campaign), kNoFigures);
}

TEST_F(PoolingTest, ADamagedManifestKeepsNoCampaignFromClosing) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 1);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(absl::StrCat(folder_.path(), "/identity.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "DROP TRIGGER survey_documents_are_fixed", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "UPDATE survey_document SET bytes = x'00' WHERE kind = 2", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_changes(database), 1);
  sqlite3_close(database);
  Close(campaign);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
}

TEST_F(PoolingTest, AFaultThatMayPassIsWaitedOutWhileTheSurveysAreClosed) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  plane_.pool_fault = absl::UnavailableError("the response plane does not answer");
  OrderToClose(campaign);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  for (const storage::SurveyRow& survey : Surveys(campaign)) EXPECT_EQ(survey.state, SurveyState::kClosed);
  EXPECT_EQ(Figures(campaign), std::nullopt);
  EXPECT_TRUE(base::FileExists(KeyPath())) << "the key is still needed";
  EXPECT_EQ(Reason(lifecycle_->Release(admin_, district_, campaign).status()), reasons::kWRONG_STATE)
      << "no report before the figures are there";
  plane_.pool_fault = absl::OkStatus();
  Restart();
  TryAgain();
  ExpectClosedWith(campaign, domain::EncodePooledFigures({43}));
}

TEST_F(PoolingTest, NothingIsPooledBeforeTheLastSurveyIsClosedOrAbandoned) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, kLeaders);
  const domain::SurveyId stuck = Surveys(campaign)[2].id;
  plane_.broken[stuck] = absl::DataLossError("a sealed answer cannot be opened");
  OrderToClose(campaign);
  EXPECT_EQ(plane_.pool_orders, 0);
  EXPECT_EQ(plane_.forgets, 1) << "the others do not wait";
  EXPECT_TRUE(base::FileExists(KeyPath()));
  clock_.Advance(absl::Hours(24 * 12));
  TryAgain();
  EXPECT_TRUE(plane_.abandoned.contains(stuck));
  ExpectClosedWith(campaign, domain::EncodePooledFigures({43}));
  EXPECT_EQ(plane_.pool_orders, 1);
  EXPECT_EQ(plane_.forgets, 2);
}

TEST_F(PoolingTest, ACampaignOfWhichNothingCameToBeOpenClosesWithoutFigures) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, kLeaders);
  plane_.opens_left = 0;
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(NamedKeys(campaign).size(), 1u);
  clock_.Advance(absl::Hours(25));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  ExpectClosedWith(campaign, kNoFigures);
  for (const storage::SurveyRow& survey : Surveys(campaign)) EXPECT_EQ(survey.state, SurveyState::kAbandoned);
}

}  // namespace
}  // namespace candor::identity
