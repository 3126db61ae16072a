// Methods about campaigns and surveys without a transport: what happens between two looks at the store, and how fields
// of a campaign hang together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.pb.h"
#include "services/base/clock.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/campaigns.h"
#include "services/rpc/convert_campaign.h"
#include "services/rpc/methods.h"
#include "services/rpc/page_token.h"
#include "services/rpc/survey_lookup.h"
#include "storage/sqlite/identity_store.h"
#include "tests/storage/temp_folder.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using ::testing::IsEmpty;

// A store that lets a test act after each of the caller's looks at it.
class WatchedStore : public storage::IdentityStore {
 public:
  explicit WatchedStore(storage::IdentityStore* store) : store_(*store) {}

  absl::Status Read(const std::function<absl::Status(storage::ReadTransaction&)>& body) override {
    ++depth_;
    const absl::Status status = store_.Read(body);
    if (--depth_ == 0 && after_read) after_read();
    return status;
  }
  absl::Status Write(const std::function<absl::Status(storage::WriteTransaction&)>& body) override {
    return store_.Write(body);
  }
  uint64_t revision() const override { return store_.revision(); }
  absl::Status Forget() override { return store_.Forget(); }

  std::function<void()> after_read;

 private:
  storage::IdentityStore& store_;
  int depth_ = 0;
};

// A response plane that answers one question.
class CountingPlane : public domain::ResponsePlane {
 public:
  absl::StatusOr<std::string> ReceiptPublicKey() override { return absl::UnimplementedError(""); }
  absl::Status OpenSurvey(const domain::OpenOrder&) override { return absl::UnimplementedError(""); }
  absl::Status ExtendSurvey(const domain::ExtendOrder&) override { return absl::UnimplementedError(""); }
  absl::Status StopAccepting(const domain::SurveyId&) override { return absl::UnimplementedError(""); }
  absl::StatusOr<domain::CloseOutcome> CloseSurvey(const domain::CloseOrder&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder&) override {
    return absl::UnimplementedError("");
  }
  absl::Status Forget() override { return absl::UnimplementedError(""); }
  absl::Status AbandonSurvey(const domain::SurveyId&) override { return absl::UnimplementedError(""); }
  absl::StatusOr<bool> CommentsWait(const domain::SurveyId&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> ReleaseSurvey(const domain::ReleaseOrder&) override {
    return absl::UnimplementedError("");
  }
  absl::Status PutQuestion(const domain::QuestionOrder&) override { return absl::UnimplementedError(""); }
  absl::StatusOr<std::string> FinishFollowUps(const domain::SurveyId&) override { return absl::UnimplementedError(""); }
  absl::StatusOr<std::vector<int64_t>> LiveCounts(const domain::SurveyId&) override {
    ++asked;
    return live_counts;
  }

  absl::StatusOr<std::vector<int64_t>> live_counts = std::vector<int64_t>{5};
  int asked = 0;
};

class SurveyMethodsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sqlite = storage::sqlite::SqliteIdentityStore::Open(folder_.path() + "/identity.db");
    ASSERT_EQ(sqlite.status(), absl::OkStatus());
    sqlite_ = *std::move(sqlite);
    store_ = std::make_unique<WatchedStore>(sqlite_.get());
    campaigns_ = std::make_unique<identity::Campaigns>(store_.get(), &clock_, nullptr);
    backend_.store = store_.get();
    backend_.clock = &clock_;
    backend_.campaigns = campaigns_.get();
    backend_.plane = &plane_;
    backend_.page_tokens = &page_tokens_;
    AddSurveyMethods(backend_, methods_);
    ASSERT_EQ(sqlite_->Write([&](storage::WriteTransaction& t) { return MakeRows(t); }), absl::OkStatus());
  }

  // Campaign "c" with five surveys, one for each leader whom "sue" supervises.
  absl::Status MakeRows(storage::WriteTransaction& t) {
    CANDOR_RETURN_IF_ERROR(t.InsertDistrict({district_, "District", absl::UnixEpoch()}));
    storage::PersonRow sue;
    sue.district = district_;
    sue.id = domain::PersonId("sue");
    CANDOR_RETURN_IF_ERROR(t.InsertPerson(sue));
    CANDOR_RETURN_IF_ERROR(t.InsertFramework({district_, domain::FrameworkId("f"), "{}", absl::UnixEpoch()}));
    storage::InstrumentRow instrument;
    instrument.district = district_;
    instrument.id = domain::InstrumentId("i");
    instrument.framework = domain::FrameworkId("f");
    CANDOR_RETURN_IF_ERROR(t.InsertInstrument(instrument));
    CANDOR_RETURN_IF_ERROR(t.InsertInstrumentVersion({district_, instrument.id, 1, "hash", "{}", absl::UnixEpoch()}));
    storage::CampaignRow campaign;
    campaign.district = district_;
    campaign.id = domain::CampaignId("c");
    campaign.settings.instrument = instrument.id;
    campaign.settings.instrument_version = 1;
    CANDOR_RETURN_IF_ERROR(t.InsertCampaign(campaign));
    for (int i = 0; i < 5; ++i) {
      storage::PersonRow leader;
      leader.district = district_;
      leader.id = domain::PersonId(absl::StrCat("leader-", i));
      leader.supervisors = {sue.id};
      CANDOR_RETURN_IF_ERROR(t.InsertPerson(leader));
      storage::SurveyRow survey;
      survey.district = district_;
      survey.campaign = campaign.id;
      survey.id = SurveyNumber(i);
      survey.leader = leader.id;
      CANDOR_RETURN_IF_ERROR(t.InsertSurvey(survey));
    }
    return absl::OkStatus();
  }

  static domain::SurveyId SurveyNumber(int i) { return domain::SurveyId(absl::StrCat("0000000000000000000000000", i)); }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const std::string& method, const identity::Caller& caller, const Request& request) {
    const Method* const found = methods_.Find("candor.v1.CampaignService." + method);
    if (found == nullptr) return absl::UnimplementedError(method);
    Response response;
    absl::Status status = absl::UnknownError("not done");
    found->body(caller, request, &response, [&](absl::Status done) { status = std::move(done); });
    if (!status.ok()) return status;
    return response;
  }

  const domain::DistrictId district_{"d"};
  storage::TempFolder folder_;
  base::SystemClock clock_;
  std::unique_ptr<storage::IdentityStore> sqlite_;
  std::unique_ptr<WatchedStore> store_;
  std::unique_ptr<identity::Campaigns> campaigns_;
  CountingPlane plane_;
  const PageTokens page_tokens_{std::string(kPageTokenKeyBytes, 'k')};
  IdentityBackend backend_;
  MethodSet methods_;
};

TEST_F(SurveyMethodsTest, ASurveyThatIsDeletedMeanwhileEndsNoList) {
  identity::Caller supervisor;
  supervisor.district = district_;
  supervisor.person = domain::PersonId("sue");
  supervisor.roles.supervisor = true;
  v1::ListSurveysRequest request;
  request.set_parent("districts/d/campaigns/c");
  request.set_page_size(2);
  // Right after the call's first look at the store, a survey of its first page goes.
  store_->after_read = [&] {
    store_->after_read = nullptr;
    EXPECT_EQ(sqlite_->Write([&](storage::WriteTransaction& t) { return t.DeleteSurvey(district_, SurveyNumber(1)); }),
              absl::OkStatus());
  };
  std::set<std::string> seen;
  for (int page = 0; page < 10; ++page) {
    const auto listed = Call<v1::ListSurveysRequest, v1::ListSurveysResponse>("ListSurveys", supervisor, request);
    ASSERT_EQ(listed.status(), absl::OkStatus());
    for (const v1::Survey& survey : listed->surveys()) seen.insert(survey.leader());
    request.set_page_token(listed->next_page_token());
    if (listed->next_page_token().empty()) break;
  }
  for (const int i : {0, 2, 3, 4}) {
    EXPECT_EQ(seen.count(absl::StrCat("districts/d/people/leader-", i)), 1u) << i;
  }
}

TEST_F(SurveyMethodsTest, ASurveyThatIsBeingCountedHasNoCountsForAMoment) {
  identity::StoredSurvey survey;
  survey.row.district = district_;
  survey.row.id = SurveyNumber(0);
  survey.row.state = domain::SurveyState::kOpen;
  bool plane_answers = true;
  EXPECT_EQ(*AnsweredCounts(backend_, survey, plane_answers), std::vector<int64_t>{5});
  for (const absl::Status& status : {domain::errors::SurveyUnknown(), domain::errors::WrongState("it is closing")}) {
    plane_.live_counts = status;
    const auto counts = AnsweredCounts(backend_, survey, plane_answers);
    ASSERT_EQ(counts.status(), absl::OkStatus()) << status;
    EXPECT_THAT(*counts, IsEmpty());
  }
  EXPECT_TRUE(plane_answers);
  plane_.live_counts = domain::errors::StoreCorrupt("its documents cannot be read");
  EXPECT_EQ(AnsweredCounts(backend_, survey, plane_answers).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SurveyMethodsTest, WhileTheResponsePlaneIsDownSurveysAreToldWithoutCounts) {
  ASSERT_EQ(sqlite_->Write([&](storage::WriteTransaction& t) -> absl::Status {
    for (int i = 0; i < 5; ++i) {
      for (int n = 0; n < 7; ++n) {
        CANDOR_RETURN_IF_ERROR(
            t.InsertRater({district_, SurveyNumber(i), domain::RaterId::Random(), "staff", absl::StrCat("Rater ", n), ""}));
      }
      CANDOR_ASSIGN_OR_RETURN(auto survey, t.FindSurvey(district_, SurveyNumber(i)));
      survey->state = domain::SurveyState::kOpen;
      CANDOR_RETURN_IF_ERROR(t.UpdateSurvey(*survey));
    }
    return absl::OkStatus();
  }), absl::OkStatus());
  identity::Caller administrator;
  administrator.installation_administrator = true;
  v1::GetSurveyRequest one;
  one.set_name(absl::StrCat("districts/d/campaigns/c/surveys/", SurveyNumber(0).value()));
  v1::ListSurveysRequest all;
  all.set_parent("districts/d/campaigns/c");
  const auto survey = [&] { return Call<v1::GetSurveyRequest, v1::Survey>("GetSurvey", administrator, one); };
  ASSERT_EQ(survey().status(), absl::OkStatus());
  EXPECT_EQ(survey()->groups(0).answered(), 5);
  for (const absl::Status& down : {absl::UnavailableError("it does not answer"), absl::DeadlineExceededError("late")}) {
    plane_.live_counts = down;
    const auto told = survey();
    ASSERT_EQ(told.status(), absl::OkStatus());
    EXPECT_EQ(told->state(), v1::SURVEY_STATE_OPEN);
    EXPECT_EQ(told->groups(0).invited(), 7);
    EXPECT_FALSE(told->groups(0).has_answered());
    plane_.asked = 0;
    const auto listed = Call<v1::ListSurveysRequest, v1::ListSurveysResponse>("ListSurveys", administrator, all);
    ASSERT_EQ(listed.status(), absl::OkStatus());
    EXPECT_EQ(listed->surveys_size(), 5);
    EXPECT_EQ(plane_.asked, 1) << "a plane that is down is waited for once";
  }
}

class CampaignFieldsTest : public ::testing::Test {
 protected:
  // Changes these fields of the settings as an update with such a mask does.
  void Update(const v1::Campaign& campaign, const std::set<std::string>& fields) {
    ASSERT_EQ(CopyCampaignFields(campaign, fields, domain::DistrictId("d"), settings_), absl::OkStatus());
  }
  domain::CampaignSettings settings_;
};

TEST_F(CampaignFieldsTest, ASupervisorWhoReadsFirstReadsNoMoreOnceTheLeaderIsFirstAgain) {
  v1::Campaign first;
  first.set_first_reader(v1::FIRST_READER_SUPERVISOR);
  Update(first, {"first_reader"});
  EXPECT_EQ(settings_.readers, (std::vector<std::string>{"leader", "supervisor"}));
  v1::Campaign back;
  back.set_first_reader(v1::FIRST_READER_LEADER);
  Update(back, {"first_reader"});
  EXPECT_EQ(settings_.readers, std::vector<std::string>{"leader"});
}

TEST_F(CampaignFieldsTest, ASupervisorKeepsReadingWhereTheSameUpdateSaysSoOrTheLeaderWasFirstBefore) {
  v1::Campaign campaign;
  campaign.set_first_reader(v1::FIRST_READER_SUPERVISOR);
  Update(campaign, {"first_reader"});
  campaign.set_first_reader(v1::FIRST_READER_LEADER);
  campaign.set_supervisor_reads(true);
  Update(campaign, {"first_reader", "supervisor_reads"});
  EXPECT_EQ(settings_.readers, (std::vector<std::string>{"leader", "supervisor"}));
  Update(campaign, {"first_reader"});
  EXPECT_EQ(settings_.readers, (std::vector<std::string>{"leader", "supervisor"})) << "nothing was changed";
}

}  // namespace
}  // namespace candor::rpc
