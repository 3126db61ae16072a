// Campaigns that only a steward can close, and campaigns that are extended: the identity plane's part.

#include <stdio.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/extension.h"
#include "services/identity/extending.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::SurveyState;
using storage::SurveyDocument;

class StewardTest : public IdentityTest {
 protected:
  // Open, with the settings changed so before.
  domain::CampaignId OpenWith(const std::function<void(domain::CampaignSettings&)>& change, int leaders = 1) {
    const domain::CampaignId campaign = MakeDraft({{"staff", 6}, {"student", 7}}, leaders);
    const auto updated = campaigns_->Update(admin_, district_, campaign, std::nullopt, [&](auto& settings) {
      change(settings);
      return absl::OkStatus();
    });
    EXPECT_TRUE(updated.ok()) << updated.status();
    EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
    lifecycle_->RunPending();
    EXPECT_EQ(StateOf(campaign), CampaignState::kOpen) << lifecycle_->ProgressOf(district_, campaign)->last_fault;
    return campaign;
  }
  domain::CampaignId OpenStewarded(int leaders = 1) {
    return OpenWith([&](auto& settings) { settings.steward = {"Works council", 3, 2, steward_.public_key}; }, leaders);
  }
  domain::CampaignId OpenExtendable() {
    return OpenWith([](auto& settings) {
      settings.latest_close_time = settings.close_time + absl::Hours(48);
      settings.abandon_time = settings.latest_close_time + absl::Hours(240);
    });
  }
  absl::Status Extend(const domain::CampaignId& campaign, absl::Time time,
                      std::optional<int64_t> revision = std::nullopt) {
    return lifecycle_->Extend(admin_, district_, campaign, time, revision).status();
  }
  absl::Time CloseTime(const domain::CampaignId& campaign) {
    return storage::CloseTimeOf(campaigns_->Get(district_, campaign)->row);
  }
  // All documents of the survey that were frozen at opening.
  std::vector<std::string> Frozen(const domain::SurveyId& survey) {
    std::vector<std::string> documents;
    for (const auto kind : {SurveyDocument::kContract, SurveyDocument::kManifest, SurveyDocument::kManifestSignature,
                            SurveyDocument::kLeaderLine}) {
      documents.push_back(Document(survey, kind).value_or(""));
    }
    return documents;
  }

  const crypto::ClosingKeyPair steward_ = crypto::ClosingKeyPair::Generate();
};

TEST_F(StewardTest, TheManifestNamesTheStewardsKeyAndThisPlaneHasNone) {
  const domain::CampaignId campaign = OpenStewarded(2);
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    EXPECT_EQ(ManifestOf(survey.id).closing_public_key, steward_.public_key);
    const auto contract = domain::DecodeContract(*Document(survey.id, SurveyDocument::kContract));
    ASSERT_TRUE(contract.ok()) << contract.status();
    EXPECT_EQ(contract->closing_mode, "steward");
    EXPECT_EQ(contract->steward->title, "Works council");
    for (const std::string& file : KeyFiles("survey.")) EXPECT_EQ(file.find("closing"), std::string::npos) << file;
  }
  EXPECT_EQ(folder_.FileWith(std::string(steward_.secret_key.view())), "");
}

TEST_F(StewardTest, ClosingWaitsForTheStewardAndGoesOnByItself) {
  const domain::CampaignId campaign = OpenStewarded(2);
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  const auto waiting = lifecycle_->ProgressOf(district_, campaign);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->surveys_waiting, 2);
  EXPECT_EQ(waiting->surveys_done, 0);
  EXPECT_EQ(waiting->last_fault, "") << "nothing is wrong";
  EXPECT_TRUE(campaigns_->GetSurvey(district_, OneSurvey(campaign).id)->waits_for_steward);
  EXPECT_TRUE(plane_.accepting.empty());
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  plane_.steward_came = true;
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->surveys_waiting, 0);
  EXPECT_FALSE(campaigns_->GetSurvey(district_, OneSurvey(campaign).id)->waits_for_steward);
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(StewardTest, AFaultOfOneSurveyIsSaidThoughAnotherWaits) {
  const domain::CampaignId campaign = OpenStewarded(2);
  plane_.broken[Surveys(campaign)[1].id] = absl::UnavailableError("the response plane does not answer");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  plane_.broken.clear();
  TryAgain();
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->surveys_waiting, 2);
}

TEST_F(StewardTest, WithoutTheStewardItIsAbandonedAtTheContractsTime) {
  const domain::CampaignId campaign = OpenStewarded();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  const absl::Time abandon_time = campaigns_->Get(district_, campaign)->row.settings.abandon_time;
  clock_.Advance(abandon_time - clock_.Now() - absl::Seconds(11));
  TryAgain();
  EXPECT_FALSE(plane_.abandoned.contains(survey));
  TryAgain();
  EXPECT_TRUE(plane_.abandoned.contains(survey));
  EXPECT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_FALSE(Document(survey, SurveyDocument::kClosedResult).has_value());
}

TEST_F(StewardTest, WhatTheResponsePlaneHasAbandonedIsAbandonedHereAtOnce) {
  const domain::CampaignId campaign = OpenStewarded();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  ASSERT_TRUE(plane_.AbandonSurvey(survey).ok());
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(StewardTest, APreviewSaysWhoMustCome) {
  const domain::CampaignId campaign = MakeDraft();
  EXPECT_TRUE(campaigns_->Preview(district_, campaign)->warnings.empty());
  ASSERT_TRUE(campaigns_
                  ->Update(admin_, district_, campaign, std::nullopt,
                           [&](auto& settings) {
                             settings.steward = {"Works council", 3, 2, steward_.public_key};
                             return absl::OkStatus();
                           })
                  .ok());
  const auto preview = campaigns_->Preview(district_, campaign);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_EQ(preview->warnings.size(), 1u);
  EXPECT_NE(preview->warnings[0].find("2 of the 3 shares of: Works council"), std::string::npos) << preview->warnings[0];
}

TEST_F(StewardTest, APurposeThatTheInstrumentForbidsIsRefused) {
  const domain::CampaignId campaign = MakeDraft();
  const auto judge = [&] {
    return campaigns_
        ->Update(admin_, district_, campaign, std::nullopt,
                 [](auto& settings) {
                   settings.purpose = "evaluative";
                   return absl::OkStatus();
                 })
        .status();
  };
  EXPECT_EQ(Reason(judge()), reasons::kCAMPAIGN_INVALID);
  const auto draft = instruments_->Get(district_, domain::InstrumentId("pulse"));
  ASSERT_TRUE(draft.ok()) << draft.status();
  ASSERT_TRUE(instruments_
                  ->Update(admin_, district_, domain::InstrumentId("pulse"), std::nullopt,
                           [](domain::Instrument& instrument) {
                             instrument.evaluative_use_forbidden = true;
                             return absl::OkStatus();
                           })
                  .ok());
  ASSERT_TRUE(instruments_->Publish(admin_, district_, domain::InstrumentId("pulse"), std::nullopt).ok());
  ASSERT_TRUE(campaigns_
                  ->Update(admin_, district_, campaign, std::nullopt,
                           [](auto& settings) {
                             settings.instrument_version = 2;
                             return absl::OkStatus();
                           })
                  .ok());
  EXPECT_EQ(Reason(judge()), reasons::kPURPOSE_FORBIDDEN);
  EXPECT_EQ(judge().code(), absl::StatusCode::kFailedPrecondition);
  domain::CampaignSettings settings = Settings();
  settings.instrument_version = 2;
  settings.purpose = "evaluative";
  EXPECT_EQ(Reason(campaigns_->Create(admin_, district_, domain::CampaignId("c2"), settings).status()),
            reasons::kPURPOSE_FORBIDDEN);
}

TEST_F(StewardTest, AnExtensionIsANoticeOnBothPlanesAndChangesNoDocument) {
  const domain::CampaignId campaign = OpenExtendable();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const std::vector<std::string> frozen = Frozen(survey);
  const domain::CampaignSettings settings = campaigns_->Get(district_, campaign)->row.settings;
  const absl::Time later = settings.close_time + absl::Hours(5);
  ASSERT_TRUE(Extend(campaign, later).ok());
  EXPECT_EQ(CloseTime(campaign), later);
  EXPECT_EQ(campaigns_->Get(district_, campaign)->row.settings.close_time, settings.close_time);
  EXPECT_EQ(Frozen(survey), frozen);
  EXPECT_EQ(CountAudit("ExtendCampaign"), 1);
  ASSERT_TRUE(plane_.extended.contains(survey));
  const auto notice = domain::DecodeExtension(plane_.extended[survey].notice);
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_EQ(notice->close_time, later);
  EXPECT_EQ(notice->survey, survey);
  EXPECT_EQ(notice->manifest_hash, base::HexEncode(crypto::Sha256(frozen[1])));
  const domain::Manifest manifest = ManifestOf(survey);
  EXPECT_TRUE(crypto::VerifySignature(manifest.signing_public_key,
                                      absl::StrCat("candor-extension-v1", plane_.extended[survey].notice),
                                      plane_.extended[survey].signature));
}

TEST_F(StewardTest, AnExtendedCampaignGoesOnUntilTheLaterTime) {
  const domain::CampaignId campaign = OpenExtendable();
  const std::vector<RaterCode> codes = AllCodes(OneSurvey(campaign).id);
  const auto before = invitations_->Open(codes[0].code);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(*before->extension, "");
  const absl::Time close_time = CloseTime(campaign);
  ASSERT_TRUE(Extend(campaign, close_time + absl::Hours(5)).ok());
  const auto after = invitations_->Open(codes[0].code);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(*after->extension, plane_.extended.begin()->second.notice) << "what is kept in memory is not given any more";
  EXPECT_EQ(*after->extension_signature, plane_.extended.begin()->second.signature);
  EXPECT_EQ(*after->manifest, *before->manifest);
  clock_.Advance(close_time - clock_.Now() + absl::Hours(1));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_TRUE(invitations_->IssueTokenAndWait(codes[0].code, BlindFor(codes[0].code).blinded).ok());
  Restart();
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_TRUE(invitations_->Open(codes[1].code).ok());
  clock_.Advance(absl::Hours(4));
  EXPECT_EQ(Reason(invitations_->Open(codes[1].code).status()), reasons::kCODE_UNKNOWN);
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
}

// The clock has found the campaign due; before it comes to close it somebody's extension is stored.
TEST_F(StewardTest, AnExtensionThatTheClockHasNotHeardOfCounts) {
  const domain::CampaignId campaign = OpenExtendable();
  const absl::Time close_time = CloseTime(campaign);
  Extending extending(store_.get(), &clock_, keys_.get(), &plane_);
  ASSERT_TRUE(extending.Extend(admin_, district_, campaign, close_time + absl::Hours(5), std::nullopt).ok());
  clock_.Advance(close_time - clock_.Now());
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_EQ(CountAudit("CloseCampaign"), 0);
  EXPECT_EQ(Reason(lifecycle_->Close(ServerCaller(), district_, campaign).status()), reasons::kWRONG_STATE);
  clock_.Advance(absl::Hours(5));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
}

TEST_F(StewardTest, ASigningKeyThatWasMadeAnewExtendsNothing) {
  const domain::CampaignId campaign = OpenExtendable();
  const std::string file = folder_.path() + "/keys/signing.key", aside = folder_.path() + "/signing.key";
  ASSERT_EQ(rename(file.c_str(), aside.c_str()), 0);
  Restart();
  const absl::Time later = CloseTime(campaign) + absl::Hours(5);
  const absl::Status refused = Extend(campaign, later);
  EXPECT_EQ(Reason(refused), reasons::kKEY_LOST) << refused;
  EXPECT_NE(refused.message().find("signing.key is not the one"), absl::string_view::npos) << refused;
  EXPECT_TRUE(plane_.extended.empty());
  ASSERT_EQ(rename(aside.c_str(), file.c_str()), 0);
  Restart();
  EXPECT_TRUE(Extend(campaign, later).ok());
}

TEST_F(StewardTest, AnExtensionOnlyGoesForwardAndNoFurtherThanRatersWereTold) {
  const domain::CampaignId campaign = OpenExtendable();
  const domain::CampaignSettings settings = campaigns_->Get(district_, campaign)->row.settings;
  EXPECT_EQ(Reason(Extend(campaign, settings.close_time)), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(Extend(campaign, settings.close_time - absl::Hours(1))), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(Extend(campaign, settings.close_time + absl::Milliseconds(1'500))), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(Extend(campaign, settings.latest_close_time + absl::Seconds(1))), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(Extend(campaign, settings.latest_close_time, 1)), reasons::kETAG_MISMATCH);
  EXPECT_TRUE(plane_.extended.empty());
  ASSERT_TRUE(Extend(campaign, settings.close_time + absl::Hours(5)).ok());
  EXPECT_EQ(Reason(Extend(campaign, settings.close_time + absl::Hours(4))), reasons::kFIELD_INVALID);
  ASSERT_TRUE(Extend(campaign, settings.latest_close_time).ok());
  EXPECT_EQ(CloseTime(campaign), settings.latest_close_time);
}

TEST_F(StewardTest, OnlyAnOpenCampaignWhoseTimeIsNotOverIsExtended) {
  const domain::CampaignId draft = MakeDraft();
  EXPECT_EQ(Reason(Extend(draft, Settings().close_time + absl::Hours(1))), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(Extend(domain::CampaignId("none"), Settings().close_time)), reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(StewardTest, WhatIsOverIsNotExtended) {
  const domain::CampaignId campaign = OpenExtendable();
  const absl::Time close_time = CloseTime(campaign);
  clock_.Advance(close_time - clock_.Now());
  EXPECT_EQ(Reason(Extend(campaign, close_time + absl::Hours(1))), reasons::kWRONG_STATE);
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(Reason(Extend(campaign, close_time + absl::Hours(1))), reasons::kWRONG_STATE);
}

TEST_F(StewardTest, WhatTheResponsePlaneRefusesIsNotExtendedHere) {
  const domain::CampaignId campaign = OpenExtendable();
  const absl::Time close_time = CloseTime(campaign);
  plane_.extend_fault = domain::errors::SurveyClosed();
  EXPECT_EQ(Reason(Extend(campaign, close_time + absl::Hours(1))), reasons::kSURVEY_CLOSED);
  EXPECT_EQ(CloseTime(campaign), close_time);
  EXPECT_EQ(CountAudit("ExtendCampaign"), 0);
  plane_.extend_fault = absl::OkStatus();
  EXPECT_TRUE(Extend(campaign, close_time + absl::Hours(1)).ok());
}

TEST_F(StewardTest, NobodyInALeadersLineExtends) {
  const domain::CampaignId campaign = OpenExtendable();
  Caller boss = admin_;
  boss.person = boss_;
  const auto extended =
      lifecycle_->Extend(boss, district_, campaign, CloseTime(campaign) + absl::Hours(1), std::nullopt);
  EXPECT_EQ(Reason(extended.status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_TRUE(plane_.extended.empty());
}

// Every path by which somebody could change what raters were told, on a campaign that is open.
TEST_F(StewardTest, NothingChangesWhatAnOpenSurveyPromises) {
  const domain::CampaignId campaign = OpenStewarded();
  const storage::SurveyRow survey = OneSurvey(campaign);
  const std::vector<std::string> frozen = Frozen(survey.id);
  for (const std::string& document : frozen) ASSERT_FALSE(document.empty());
  const auto update = [&](const std::function<void(domain::CampaignSettings&)>& change) {
    const absl::Status status = campaigns_
                                    ->Update(admin_, district_, campaign, std::nullopt,
                                             [&](auto& settings) {
                                               change(settings);
                                               return absl::OkStatus();
                                             })
                                    .status();
    EXPECT_EQ(Reason(status), reasons::kWRONG_STATE) << status;
  };
  update([](auto& s) { s.minimum_group_size = 10; });
  update([](auto& s) { s.steward.reset(); });
  update([](auto& s) { s.steward->public_key = std::string(32, 'x'); });
  update([](auto& s) { s.mirrors = {"https://a.example"}; });
  update([](auto& s) { s.readers.push_back("administrator"); });
  update([](auto& s) { s.latest_close_time += absl::Hours(1); });
  update([](auto& s) { s.title = "Another title"; });
  EXPECT_EQ(Reason(campaigns_->Delete(admin_, district_, campaign)), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(campaigns_->RemoveSurvey(admin_, district_, survey.id)), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(campaigns_->AddSurvey(admin_, district_, campaign, domain::PersonId("leader-1")).status()),
            reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(raters_->Add(admin_, district_, survey.id, {{"staff", "New", "new@example.org", false}}).status()),
            reasons::kWRONG_STATE);
  const storage::RaterRow rater = AllCodes(survey.id)[0].rater;
  EXPECT_EQ(Reason(raters_->Remove(admin_, district_, survey.id, rater.id)), reasons::kWRONG_STATE);
  // The instrument moves on, and the leader gets another supervisor; the survey stays with what it was opened with.
  ASSERT_TRUE(instruments_
                  ->Update(admin_, district_, domain::InstrumentId("pulse"), std::nullopt,
                           [](domain::Instrument& instrument) {
                             instrument.title = "Another";
                             return absl::OkStatus();
                           })
                  .ok());
  ASSERT_TRUE(instruments_->Publish(admin_, district_, domain::InstrumentId("pulse"), std::nullopt).ok());
  ASSERT_TRUE(directory_
                  ->UpdatePerson(admin_, district_, survey.leader, std::nullopt,
                                 [](storage::PersonRow& person) {
                                   person.supervisors.clear();
                                   return absl::OkStatus();
                                 })
                  .ok());
  EXPECT_EQ(Frozen(survey.id), frozen);
  // Another configuration of the server, after a restart: all of it that a manifest depends on.
  response_address_ = "elsewhere.example.org:444";
  modulus_bits_ = 3072;
  Restart();
  ASSERT_EQ(pool_->bits(), 3072);
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(Frozen(survey.id), frozen);
  EXPECT_EQ(ManifestOf(survey.id).response_address, "answers.example.org:443");
  EXPECT_EQ(plane_.opened.at(survey.id).manifest, frozen[1]);
}

}  // namespace
}  // namespace candor::identity
