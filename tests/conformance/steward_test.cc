// Campaigns that only a steward can close, extended ones, and what nobody can change, through stubs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/crypto/ledger.h"
#include "services/crypto/sealing.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"
#include "services/rpc/convert_campaign.h"
#include "storage/sqlite/response_store.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = candor::domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;

class StewardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }
  ApiCaller Admin() const { return As("administrator"); }

  // An open campaign with one leader and eight of the staff, with these settings in place of the usual ones.
  void Open(v1::Campaign settings, const std::vector<std::string>& fields) {
    const auto made = district_.MakeCampaign(Admin(), server_.clock().Now(), {{"leader1", {{"staff", 8}}}});
    ASSERT_EQ(made.status(), absl::OkStatus());
    campaign_ = made->name;
    survey_ = made->surveys[0];
    id_ = survey_.substr(survey_.rfind('/') + 1);
    v1::UpdateCampaignRequest update;
    *update.mutable_campaign() = std::move(settings);
    update.mutable_campaign()->set_name(campaign_);
    for (const std::string& field : fields) update.mutable_update_mask()->add_paths(field);
    ASSERT_EQ(Admin().Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
    ASSERT_EQ(OpenAndWait(Admin(), campaign_), absl::OkStatus());
  }
  void OpenStewarded() {
    v1::Campaign settings;
    settings.mutable_steward()->set_title("Works council");
    settings.mutable_steward()->set_shares(3);
    settings.mutable_steward()->set_threshold(2);
    settings.mutable_steward()->set_public_key(steward_.public_key);
    Open(settings, {"steward"});
  }
  void AnswerAll() {
    const auto codes = CodesOf(Admin(), survey_);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (const auto& [group, code] : *codes) {
      ASSERT_EQ(AnswerWith(server_.Nobody(), code, 4).status(), absl::OkStatus());
    }
  }
  absl::StatusOr<v1::Campaign> Campaign() const {
    v1::GetCampaignRequest request;
    request.set_name(campaign_);
    return Admin().Call(&v1::CampaignService::Stub::GetCampaign, request);
  }
  absl::StatusOr<v1::Campaign> OrderClose() const {
    v1::CloseCampaignRequest request;
    request.set_name(campaign_);
    return Admin().Call(&v1::CampaignService::Stub::CloseCampaign, request);
  }
  absl::StatusOr<v1::Campaign> Extend(const ApiCaller& caller, absl::Time time) const {
    v1::ExtendCampaignRequest request;
    request.set_name(campaign_);
    request.mutable_close_time()->set_seconds(absl::ToUnixSeconds(time));
    return caller.Call(&v1::CampaignService::Stub::ExtendCampaign, request);
  }
  absl::StatusOr<v1::ProvideClosingKeyResponse> Provide(absl::string_view key) const {
    v1::ProvideClosingKeyRequest request;
    request.set_survey(id_);
    request.set_closing_secret_key(std::string(key));
    return server_.Nobody().Call(&v1::ResponseService::Stub::ProvideClosingKey, request);
  }
  absl::StatusOr<v1::GetManifestResponse> Documents() const {
    v1::GetManifestRequest request;
    request.set_survey(id_);
    return server_.Nobody().Call(&v1::ResponseService::Stub::GetManifest, request);
  }
  absl::StatusOr<v1::GetLedgerResponse> Ledger() const {
    v1::GetLedgerRequest request;
    request.set_survey(id_);
    return server_.Nobody().Call(&v1::ResponseService::Stub::GetLedger, request);
  }
  bool Waits() const {
    const auto campaign = Campaign();
    return campaign.ok() && campaign->surveys_waiting_for_steward() == 1;
  }

  const crypto::ClosingKeyPair steward_ = crypto::ClosingKeyPair::Generate();
  TestServer server_;
  SampleDistrict district_;
  std::string campaign_, survey_, id_;
};

TEST_F(StewardTest, OnlyTheStewardsKeyClosesAndARestartForgetsIt) {
  OpenStewarded();
  const auto documents = Documents();
  ASSERT_EQ(documents.status(), absl::OkStatus());
  EXPECT_EQ(domain::DecodeManifest(documents->manifest())->closing_public_key, steward_.public_key);
  EXPECT_EQ(domain::DecodeContract(documents->contract())->steward->title, "Works council");
  AnswerAll();
  const absl::Status early = Provide(steward_.secret_key.view()).status();
  EXPECT_EQ(ReasonOf(early), reasons::kWRONG_STATE);
  EXPECT_THAT(std::string(early.message()), HasSubstr("answers are still taken, until "));

  ASSERT_EQ(OrderClose().status(), absl::OkStatus());
  ASSERT_TRUE(Eventually([&] { return Waits(); }));
  EXPECT_EQ(Campaign()->state(), v1::CAMPAIGN_STATE_CLOSING);
  EXPECT_EQ(Campaign()->last_fault(), "");
  v1::GetSurveyRequest get;
  get.set_name(survey_);
  const auto survey = Admin().Call(&v1::CampaignService::Stub::GetSurvey, get);
  ASSERT_EQ(survey.status(), absl::OkStatus());
  EXPECT_EQ(survey->state(), v1::SURVEY_STATE_CLOSING);
  EXPECT_TRUE(survey->waiting_for_steward());
  EXPECT_EQ(ReasonOf(Ledger().status()), reasons::kWRONG_STATE);

  EXPECT_EQ(ReasonOf(Provide(std::string(32, 'x')).status()), reasons::kWRONG_CLOSING_KEY);
  EXPECT_EQ(ReasonOf(Provide("short").status()), reasons::kFIELD_INVALID);
  // The key is there, and gone with the process before the order came again.
  server_.clock().Advance(absl::Hours(1));
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_TRUE(Eventually([&] { return Waits(); }));
  const auto provided = Provide(steward_.secret_key.view());
  ASSERT_EQ(provided.status(), absl::OkStatus());
  EXPECT_EQ(provided->unclosed_surveys(), 1);
  // The next attempt is at most a few seconds of the server's steady time away.
  ASSERT_TRUE(Eventually([&] {
    server_.clock().AdvanceSteady(absl::Seconds(1));
    return Campaign()->state() == v1::CAMPAIGN_STATE_CLOSED;
  }));
  EXPECT_EQ(Campaign()->surveys_waiting_for_steward(), 0);
  EXPECT_EQ(Ledger().status(), absl::OkStatus());
  EXPECT_EQ(Provide(steward_.secret_key.view())->unclosed_surveys(), 0);
  EXPECT_EQ(ReleaseAndWait(Admin(), campaign_), absl::OkStatus());
}

// Whoever copies every folder of the service, with every key of it, has none that opens what was answered.
TEST_F(StewardTest, NoKeyThatTheServerHoldsOpensAnOpenSurvey) {
  OpenStewarded();
  AnswerAll();
  ASSERT_EQ(OrderClose().status(), absl::OkStatus());
  ASSERT_TRUE(Eventually([&] { return Waits(); }));
  server_.Stop();
  auto store = storage::sqlite::SqliteResponseStore::Open(server_.response_folder());
  ASSERT_EQ(store.status(), absl::OkStatus());
  auto answers = (*store)->OpenAnswers(domain::SurveyId(id_));
  ASSERT_EQ(answers.status(), absl::OkStatus());
  const auto sealed_keys = (*answers)->RunKeys();
  ASSERT_EQ(sealed_keys.status(), absl::OkStatus());
  ASSERT_EQ(sealed_keys->size(), 1u);
  // The control: the steward's key does open.
  EXPECT_TRUE(crypto::OpenSealed(steward_.public_key, steward_.secret_key, sealed_keys->front()).ok());
  int files = 0, tried = 0;
  for (const std::string& folder : std::set<std::string>{server_.data_folder(), server_.response_folder()}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto bytes = base::ReadFile(entry.path().string());
      ASSERT_EQ(bytes.status(), absl::OkStatus());
      EXPECT_EQ(bytes->find(std::string(steward_.secret_key.view())), std::string::npos) << entry.path();
      if (entry.path().string().find("/keys/") == std::string::npos) continue;
      // Every 32 bytes of every key file, whatever they are meant for.
      ++files;
      for (size_t at = 0; at + 32 <= bytes->size(); ++at, ++tried) {
        const auto pair = crypto::ClosingKeyPair::FromSecretKey(bytes->substr(at, 32));
        ASSERT_EQ(pair.status(), absl::OkStatus());
        EXPECT_FALSE(crypto::OpenSealed(steward_.public_key, pair->secret_key, sealed_keys->front()).ok()) << entry.path();
      }
    }
  }
  EXPECT_GE(files, 3) << "signing key, receipt key, issuing key at least";
  EXPECT_GE(tried, files);
}

TEST_F(StewardTest, WithoutTheKeyTheSurveyIsAbandonedOnBothPlanes) {
  OpenStewarded();
  AnswerAll();
  ASSERT_EQ(OrderClose().status(), absl::OkStatus());
  ASSERT_TRUE(Eventually([&] { return Waits(); }));
  server_.clock().Advance(absl::FromUnixSeconds(Campaign()->abandon_time().seconds()) - server_.clock().Now());
  ASSERT_TRUE(Eventually([&] { return ReasonOf(Ledger().status()) == reasons::kSURVEY_ABANDONED; }));
  ASSERT_TRUE(Eventually([&] {
    server_.clock().AdvanceSteady(absl::Seconds(1));
    return Campaign()->state() == v1::CAMPAIGN_STATE_CLOSED;
  }));
  v1::GetSurveyRequest get;
  get.set_name(survey_);
  EXPECT_EQ(Admin().Call(&v1::CampaignService::Stub::GetSurvey, get)->state(), v1::SURVEY_STATE_ABANDONED);
  EXPECT_EQ(ReasonOf(Provide(steward_.secret_key.view()).status()), reasons::kSURVEY_ABANDONED);
}

TEST_F(StewardTest, AnExtensionIsShownByBothPlanesAndAnswersAreTaken) {
  const absl::Time close = server_.clock().Now() + absl::Hours(24 * 14);
  v1::Campaign settings;
  settings.mutable_latest_close_time()->set_seconds(absl::ToUnixSeconds(close + absl::Hours(72)));
  Open(settings, {"latest_close_time"});
  const auto codes = CodesOf(Admin(), survey_);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  const auto before = Documents();
  EXPECT_EQ(before->extension(), "");

  EXPECT_EQ(ReasonOf(Extend(As("boss"), close + absl::Hours(24)).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Extend(As("leader1"), close + absl::Hours(24)).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Extend(Admin(), close + absl::Hours(100)).status()), reasons::kFIELD_INVALID);
  const auto extended = Extend(Admin(), close + absl::Hours(24));
  ASSERT_EQ(extended.status(), absl::OkStatus());
  EXPECT_EQ(extended->close_time().seconds(), absl::ToUnixSeconds(close));
  EXPECT_EQ(extended->extended_close_time().seconds(), absl::ToUnixSeconds(close + absl::Hours(24)));

  const auto after = Documents();
  ASSERT_EQ(after.status(), absl::OkStatus());
  EXPECT_EQ(after->contract(), before->contract());
  EXPECT_EQ(after->manifest(), before->manifest());
  EXPECT_EQ(after->manifest_signature(), before->manifest_signature());
  const auto notice = domain::DecodeExtension(after->extension());
  ASSERT_EQ(notice.status(), absl::OkStatus());
  EXPECT_EQ(notice->close_time, close + absl::Hours(24));
  v1::OpenInvitationRequest open;
  open.set_code(codes->front().second);
  const auto opened = server_.Nobody().Call(&v1::InvitationService::Stub::OpenInvitation, open);
  ASSERT_EQ(opened.status(), absl::OkStatus());
  EXPECT_EQ(opened->extension(), after->extension());
  EXPECT_EQ(opened->extension_signature(), after->extension_signature());

  server_.clock().Advance(close + absl::Hours(23) - server_.clock().Now());
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  EXPECT_EQ(AnswerWith(server_.Nobody(), codes->front().second, 4).status(), absl::OkStatus());
  server_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(ReasonOf(AnswerWith(server_.Nobody(), codes->back().second, 4).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(AwaitState(Admin(), campaign_, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
}

// Every call that could change what raters were told, and a server that is started with other flags.
TEST_F(StewardTest, NoCallAndNoFlagChangesAnOpenSurvey) {
  OpenStewarded();
  const auto before = Documents();
  ASSERT_EQ(before.status(), absl::OkStatus());
  ASSERT_GE(rpc::ChangeableCampaignFields().size(), 21u);
  for (const std::string& field : rpc::ChangeableCampaignFields()) {
    v1::UpdateCampaignRequest update;
    update.mutable_campaign()->set_name(campaign_);
    update.mutable_campaign()->set_title("Another");
    update.mutable_campaign()->set_instrument_version(district_.instrument_version());
    update.mutable_campaign()->set_minimum_group_size(9);
    update.mutable_update_mask()->add_paths(field);
    EXPECT_EQ(ReasonOf(Admin().Call(&v1::CampaignService::Stub::UpdateCampaign, update).status()), reasons::kWRONG_STATE)
        << field;
  }
  v1::DeleteCampaignRequest delete_campaign;
  delete_campaign.set_name(campaign_);
  EXPECT_EQ(ReasonOf(Admin().Call(&v1::CampaignService::Stub::DeleteCampaign, delete_campaign).status()),
            reasons::kWRONG_STATE);
  v1::DeleteSurveyRequest delete_survey;
  delete_survey.set_name(survey_);
  EXPECT_EQ(ReasonOf(Admin().Call(&v1::CampaignService::Stub::DeleteSurvey, delete_survey).status()), reasons::kWRONG_STATE);
  v1::CreateSurveyRequest create_survey;
  create_survey.set_parent(campaign_);
  create_survey.mutable_survey()->set_leader(district_.person("leader2").name);
  EXPECT_EQ(ReasonOf(Admin().Call(&v1::CampaignService::Stub::CreateSurvey, create_survey).status()), reasons::kWRONG_STATE);
  v1::CreatePaperRatersRequest paper;
  paper.set_parent(survey_);
  paper.set_group("staff");
  paper.set_count(1);
  EXPECT_EQ(ReasonOf(Admin().Call(&v1::CampaignService::Stub::CreatePaperRaters, paper).status()), reasons::kWRONG_STATE);
  server_.Stop();
  server_.config().modulus_bits = 3072;
  ASSERT_EQ(server_.Start(), absl::OkStatus());
  const auto after = Documents();
  ASSERT_EQ(after.status(), absl::OkStatus());
  EXPECT_EQ(after->contract(), before->contract());
  EXPECT_EQ(after->instrument_version(), before->instrument_version());
  EXPECT_EQ(after->manifest(), before->manifest());
  EXPECT_EQ(after->manifest_signature(), before->manifest_signature());
  AnswerAll();
}

TEST_F(StewardTest, SettingsOfStewardsMirrorsAndPurposeComeBackAsTheyWereSet) {
  v1::CreateCampaignRequest request = district_.CampaignRequest(server_.clock().Now());
  v1::Campaign& campaign = *request.mutable_campaign();
  campaign.mutable_steward()->set_title("Works council");
  campaign.mutable_steward()->set_shares(5);
  campaign.mutable_steward()->set_threshold(3);
  campaign.mutable_steward()->set_public_key(steward_.public_key);
  campaign.add_mirrors("https://union.example/candor");
  const auto made = Admin().Call(&v1::CampaignService::Stub::CreateCampaign, request);
  ASSERT_EQ(made.status(), absl::OkStatus());
  EXPECT_EQ(made->steward().SerializeAsString(), campaign.steward().SerializeAsString());
  EXPECT_THAT(made->mirrors(), ::testing::ElementsAre("https://union.example/candor"));
  EXPECT_EQ(made->purpose(), "developmental");
  campaign.mutable_steward()->set_threshold(6);
  EXPECT_EQ(FieldOf(Admin().Call(&v1::CampaignService::Stub::CreateCampaign, request).status()),
            "campaign.steward.threshold");
  campaign.mutable_steward()->set_threshold(3);
  campaign.set_mirrors(0, "http://union.example");
  EXPECT_EQ(FieldOf(Admin().Call(&v1::CampaignService::Stub::CreateCampaign, request).status()), "campaign.mirrors[0]");
}

}  // namespace
}  // namespace candor::testing
