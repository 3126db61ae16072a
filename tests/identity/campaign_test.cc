// Drafts, raters, previews, and opening with its restarts.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/signing.h"
#include "services/identity/opening.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;

class CampaignTest : public IdentityTest {};

TEST_F(CampaignTest, FaultySettingsAreRefused) {
  MakeDistrict();
  domain::CampaignSettings settings = Settings();
  settings.minimum_group_size = 2;
  EXPECT_EQ(Reason(campaigns_->Create(admin_, district_, {}, settings).status()), reasons::kCAMPAIGN_INVALID);
  settings = Settings();
  settings.instrument_version = 2;
  EXPECT_EQ(Reason(campaigns_->Create(admin_, district_, {}, settings).status()), reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(CampaignTest, ALeaderHasOneSurveyInACampaignAndMustHaveTheRole) {
  const domain::CampaignId campaign = MakeDraft();
  EXPECT_EQ(Reason(campaigns_->AddSurvey(admin_, district_, campaign, domain::PersonId("leader-1")).status()),
            reasons::kRESOURCE_EXISTS);
  EXPECT_EQ(campaigns_->AddSurvey(admin_, district_, campaign, boss_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(campaigns_->Get(district_, campaign)->survey_count, 1);
}

TEST_F(CampaignTest, RatersNeedAKnownGroupAndANameOrAddress) {
  const domain::CampaignId campaign = MakeDraft();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto field = [&](NewRater rater) {
    return base::GetErrorDetail(
               raters_->Add(admin_, district_, survey, {{"staff", "Fine", "", false}, std::move(rater)}).status())
        .field;
  };
  EXPECT_EQ(field({"janitor", "Name", "", false}), "raters[1].group");
  EXPECT_EQ(field({"self", "Name", "", false}), "raters[1].group");
  EXPECT_EQ(field({"staff", "", "", false}), "raters[1]");
  EXPECT_EQ(field({"staff", std::string(201, 'x'), "", false}), "raters[1].display_name");
  EXPECT_EQ(raters_->List(district_, survey, {"", 1000})->size(), 13u) << "all or none";
  EXPECT_EQ(Reason(raters_->Add(admin_, district_, survey, {}).status()), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(raters_->AddPaper(admin_, district_, survey, "staff", kMostRatersAtOnce + 1).status()),
            reasons::kFIELD_INVALID);
}

TEST_F(CampaignTest, NobodyIsAskedTwiceInASurvey) {
  const domain::CampaignId campaign = MakeDraft({}, 2);
  const domain::SurveyId survey = Surveys(campaign)[0].id, other_survey = Surveys(campaign)[1].id;
  const auto add = [&](const std::vector<NewRater>& raters) {
    return raters_->Add(admin_, district_, survey, raters).status();
  };
  const auto field = [](const absl::Status& status) { return base::GetErrorDetail(status).field; };

  // Within the request: both are named.
  absl::Status refused = add({{"staff", "Ann", "ann@example.org", false},
                              {"staff", "Bea", "bea@example.org", false},
                              {"student", "A.", "  ANN@Example.org ", false}});
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(refused), reasons::kFIELD_INVALID);
  EXPECT_EQ(field(refused), "raters[2].address");
  EXPECT_NE(std::string(refused.message()).find("raters[0]"), std::string::npos) << refused;
  EXPECT_TRUE(raters_->List(district_, survey, {})->empty()) << "all or none";

  // Within the survey, over all requests and groups, opted out or not.
  ASSERT_TRUE(add({{"staff", "Ann", "ann@example.org", true}}).ok());
  refused = add({{"staff", "Bea", "bea@example.org", false}, {"student", "", "Ann@example.org", false}});
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(refused), reasons::kRESOURCE_EXISTS);
  EXPECT_EQ(field(refused), "raters[1].address");
  EXPECT_EQ(std::string(refused.message()).find("example.org"), std::string::npos) << refused;
  EXPECT_TRUE(raters_->Add(admin_, district_, other_survey, {{"staff", "Ann", "ann@example.org", false}}).ok())
      << "another leader's survey";

  // Equal names in one group need an address each.
  refused = add({{"staff", "Cy Li", "", false}, {"staff", " cy  li", "", false}});
  EXPECT_EQ(Reason(refused), reasons::kFIELD_INVALID);
  EXPECT_EQ(field(refused), "raters[1].display_name");
  EXPECT_NE(std::string(refused.message()).find("give both an address"), std::string::npos) << refused;
  EXPECT_EQ(field(add({{"staff", "Cy Li", "", false}, {"staff", "Cy Li", "cy@example.org", false}})),
            "raters[1].display_name");
  EXPECT_EQ(field(add({{"staff", "Cy Li", "cy@example.org", false}, {"staff", "Cy Li", "", false}})),
            "raters[1].display_name");
  EXPECT_TRUE(add({{"staff", "Cy Li", "cy@example.org", false},
                   {"staff", "Cy Li", "cy2@example.org", false},
                   {"student", "Cy Li", "", false},
                   {"staff", "", "dee@example.org", false},
                   {"staff", "", "eve@example.org", false}})
                  .ok());
  EXPECT_EQ(Reason(add({{"student", "cy li", "", false}})), reasons::kRESOURCE_EXISTS);

  // A change makes nobody a second person either, and leaves the same person as they are.
  const domain::RaterId zoe = raters_->Add(admin_, district_, survey, {{"staff", "Zoe", "", false}})->at(0).id;
  const auto change = [&](const std::string& name, const std::string& address) {
    return raters_
        ->Update(admin_, district_, survey, zoe,
                 [&](storage::RaterRow& rater) {
                   rater.display_name = name;
                   rater.address = address;
                   return absl::OkStatus();
                 })
        .status();
  };
  EXPECT_EQ(field(change("Zoe", "ANN@example.org")), "rater.address");
  EXPECT_EQ(field(change("Cy Li", "")), "rater.display_name");
  EXPECT_TRUE(change("Zoe", "").ok());
  EXPECT_TRUE(change("Zoe", "zoe@example.org").ok());
}

TEST_F(CampaignTest, TheLeadersLineIsNotAmongTheAnonymousRaters) {
  const domain::SurveyId survey = OneSurvey(MakeDraft({})).id;
  for (const std::string person : {"leader-1", "boss"}) {
    ASSERT_TRUE(directory_
                    ->UpdatePerson(root_, district_, domain::PersonId(person), std::nullopt,
                                   [&](storage::PersonRow& row) {
                                     row.email = person + "@example.org";
                                     return absl::OkStatus();
                                   })
                    .ok());
    const absl::Status refused =
        raters_->Add(admin_, district_, survey, {{"staff", "A colleague", person + "@EXAMPLE.org", false}}).status();
    EXPECT_EQ(Reason(refused), reasons::kFIELD_INVALID) << person;
    EXPECT_EQ(base::GetErrorDetail(refused).field, "raters[0].address");
  }
  EXPECT_TRUE(raters_->Add(admin_, district_, survey, {{"staff", "A colleague", "c@example.org", false}}).ok());
}

TEST_F(CampaignTest, WhoJoinedTheLeadersLineAfterwardsKeepsTheCampaignFromOpeningUntilTheyAreOut) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 8}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto added = raters_->Add(admin_, district_, survey, {{"staff", "The boss", "aunt@example.org", false}});
  ASSERT_TRUE(added.ok()) << added.status();
  ASSERT_TRUE(directory_
                  ->UpdatePerson(root_, district_, domain::PersonId("boss"), std::nullopt,
                                 [](storage::PersonRow& row) {
                                   row.email = "Aunt@example.org";
                                   return absl::OkStatus();
                                 })
                  .ok());
  const auto preview = campaigns_->Preview(district_, campaign);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_EQ(preview->surveys.size(), 1u);
  ASSERT_EQ(preview->surveys[0].faults.size(), 1u);
  EXPECT_NE(preview->surveys[0].faults[0].find(added->at(0).id.value()), std::string::npos);
  EXPECT_EQ(Reason(lifecycle_->Open(admin_, district_, campaign, std::nullopt).status()), reasons::kCAMPAIGN_INVALID);

  const auto out = raters_->Update(admin_, district_, survey, added->at(0).id, [](storage::RaterRow& rater) {
    rater.opted_out = true;
    return absl::OkStatus();
  });
  EXPECT_TRUE(out.ok()) << out.status();
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(CampaignTest, APaperSlipBearsNoName) {
  const domain::CampaignId campaign = MakeDraft();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto slips = raters_->AddPaper(admin_, district_, survey, "parent", 5);
  ASSERT_TRUE(slips.ok()) << slips.status();
  ASSERT_EQ(slips->size(), 5u);
  EXPECT_TRUE(slips->at(0).paper);
  const absl::Status named = raters_
                                 ->Update(admin_, district_, survey, slips->at(0).id,
                                          [](storage::RaterRow& rater) {
                                            rater.display_name = "A name";
                                            return absl::OkStatus();
                                          })
                                 .status();
  EXPECT_EQ(Reason(named), reasons::kFIELD_INVALID);
  EXPECT_TRUE(raters_->Remove(admin_, district_, survey, slips->at(0).id).ok());
  EXPECT_EQ(Reason(raters_->Remove(admin_, district_, survey, slips->at(0).id)), reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(CampaignTest, ThePreviewSaysWhichGroupsWouldBeJoined) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 12}, {"student", 20}, {"parent", 3}});
  const auto preview = campaigns_->Preview(district_, campaign);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_TRUE(preview->faults.empty());
  ASSERT_EQ(preview->surveys.size(), 1u);
  const SurveyPreview& survey = preview->surveys[0];
  EXPECT_EQ(survey.leader_display_name, "Name of leader-1");
  EXPECT_TRUE(survey.faults.empty());
  ASSERT_EQ(survey.groups.size(), 2u);
  EXPECT_EQ(survey.groups[0].code, "student");
  EXPECT_EQ(survey.groups[1].code, domain::kOtherRaters);
  EXPECT_EQ(survey.groups[1].members, (std::vector<std::string>{"parent", "staff"}));
  EXPECT_EQ(survey.groups[1].invited, 15);
  ASSERT_FALSE(survey.warnings.empty());
  EXPECT_NE(survey.warnings[0].find("parent, staff"), std::string::npos) << survey.warnings[0];
  EXPECT_EQ(StateOf(campaign), CampaignState::kDraft) << "a preview changes nothing";
}

TEST_F(CampaignTest, ThePreviewWarnsOfALanguageThatTheRulesCannotBeToldIn) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  EXPECT_TRUE(campaigns_->Preview(district_, campaign)->warnings.empty());
  const auto french = domain::ParseInstrument(absl::StrReplaceAll(DemoFile("instrument.json"), {{"\"es\"", "\"fr\""}}));
  ASSERT_TRUE(french.ok()) << french.status();
  const domain::InstrumentId pulse("pulse");
  ASSERT_TRUE(instruments_->Update(admin_, district_, pulse, std::nullopt, [&](domain::Instrument& instrument) {
                            instrument = *french;
                            return absl::OkStatus();
                          }).ok());
  ASSERT_TRUE(instruments_->Publish(admin_, district_, pulse, std::nullopt).ok());
  ASSERT_TRUE(campaigns_->Update(admin_, district_, campaign, std::nullopt, [](domain::CampaignSettings& settings) {
                          settings.instrument_version = 2;
                          return absl::OkStatus();
                        }).ok());
  const auto preview = campaigns_->Preview(district_, campaign);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_EQ(preview->warnings.size(), 1u);
  EXPECT_NE(preview->warnings[0].find("no sentences for the rules in: fr."), std::string::npos) << preview->warnings[0];
  EXPECT_NE(preview->warnings[0].find("can be told in: en, es"), std::string::npos) << preview->warnings[0];
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok()) << "it opens all the same";
}

TEST_F(CampaignTest, ThePreviewSaysWhatStandsInTheWay) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 2}, {"parent", 2}});
  const auto preview = campaigns_->Preview(district_, campaign);
  ASSERT_EQ(preview->surveys.size(), 1u);
  ASSERT_EQ(preview->surveys[0].faults.size(), 1u);
  EXPECT_NE(preview->surveys[0].faults[0].find("invite at least 5"), std::string::npos);
}

TEST_F(CampaignTest, WhereTheSupervisorReadsFirstEveryLeaderNeedsOneWithTheRole) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 2);
  ASSERT_TRUE(campaigns_
                  ->Update(admin_, district_, campaign, std::nullopt,
                           [](domain::CampaignSettings& settings) {
                             settings.first_reader = domain::FirstReader::kSupervisor;
                             return absl::OkStatus();
                           })
                  .ok());
  EXPECT_TRUE(campaigns_->Preview(district_, campaign)->surveys[0].faults.empty());
  const auto change = [&](const domain::PersonId& person, const std::function<void(storage::PersonRow&)>& edit) {
    ASSERT_TRUE(directory_
                    ->UpdatePerson(root_, district_, person, std::nullopt,
                                   [&](storage::PersonRow& row) {
                                     edit(row);
                                     return absl::OkStatus();
                                   })
                    .ok());
  };
  const domain::SurveyId first = Surveys(campaign)[0].id;
  const domain::PersonId leader = Surveys(campaign)[0].leader;
  const auto faults = [&] {
    int found = 0;
    const auto preview = campaigns_->Preview(district_, campaign);
    for (const SurveyPreview& survey : preview->surveys) {
      for (const std::string& fault : survey.faults) {
        EXPECT_NE(fault.find("supervisor"), std::string::npos) << fault;
        ++found;
      }
    }
    return found;
  };
  change(leader, [](storage::PersonRow& row) { row.supervisors.clear(); });
  EXPECT_EQ(faults(), 1);
  const absl::Status refused = lifecycle_->Open(admin_, district_, campaign, std::nullopt).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(refused), reasons::kCAMPAIGN_INVALID);
  EXPECT_NE(refused.message().find("1 of 2 surveys"), std::string::npos) << refused.message();
  EXPECT_FALSE(Document(first, storage::SurveyDocument::kContract).has_value());
  change(leader, [&](storage::PersonRow& row) { row.supervisors = {boss_}; });
  change(boss_, [](storage::PersonRow& row) { row.roles.supervisor = false; });
  EXPECT_EQ(faults(), 2) << "a supervisor without the role cannot read";
  change(boss_, [](storage::PersonRow& row) { row.roles.supervisor = true; });
  EXPECT_EQ(faults(), 0);
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(CampaignTest, OpeningIsRefusedForAllSurveysIfOneHasTooFewRaters) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 2);
  const domain::SurveyId second = Surveys(campaign)[1].id;
  const auto raters = raters_->List(district_, second, {"", 100});
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(raters_->Remove(admin_, district_, second, raters->at(i).id).ok());
  const absl::Status refused = lifecycle_->Open(admin_, district_, campaign, std::nullopt).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(refused), reasons::kTOO_FEW_INVITED);
  EXPECT_NE(refused.message().find("1 of 2 surveys"), std::string::npos) << refused.message();
  EXPECT_EQ(StateOf(campaign), CampaignState::kDraft);
  EXPECT_FALSE(Document(second, storage::SurveyDocument::kContract).has_value());
  EXPECT_TRUE(plane_.opened.empty());
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(CampaignTest, KeysAreMadeAheadOnlyForSurveysThatWereStored) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 2);
  const domain::PersonId leader = Surveys(campaign)[0].leader;
  ASSERT_TRUE(campaigns_->RemoveSurvey(admin_, district_, Surveys(campaign)[0].id).ok());
  pool_->AddDemand(100);
  const int before = pool_->Missing();
  ASSERT_GT(before, 0);
  // As a request id does it: the use case joins a transaction that fails in the end.
  const auto add = [&](const absl::Status& end) {
    return store_->Write([&](storage::WriteTransaction&) -> absl::Status {
      const auto added = campaigns_->AddSurvey(admin_, district_, campaign, leader);
      EXPECT_TRUE(added.ok()) << added.status();
      EXPECT_EQ(pool_->Missing(), before) << "nothing is stored yet";
      return end;
    });
  };
  EXPECT_FALSE(add(absl::CancelledError("no")).ok());
  EXPECT_EQ(pool_->Missing(), before);
  EXPECT_TRUE(add(absl::OkStatus()).ok());
  EXPECT_GT(pool_->Missing(), before);
}

TEST_F(CampaignTest, ACampaignWithoutALeaderOrWithPassedDatesDoesNotOpen) {
  const domain::CampaignId campaign = MakeDraft();
  clock_.Advance(absl::Hours(30));
  EXPECT_EQ(Reason(lifecycle_->Open(admin_, district_, campaign, std::nullopt).status()), reasons::kCAMPAIGN_INVALID);
  ASSERT_TRUE(campaigns_
                  ->Update(admin_, district_, campaign, std::nullopt,
                           [&](domain::CampaignSettings& settings) {
                             settings = Settings();
                             return absl::OkStatus();
                           })
                  .ok());
  ASSERT_TRUE(campaigns_->RemoveSurvey(admin_, district_, OneSurvey(campaign).id).ok());
  EXPECT_EQ(Reason(lifecycle_->Open(admin_, district_, campaign, std::nullopt).status()), reasons::kCAMPAIGN_INVALID);
  EXPECT_EQ(Reason(lifecycle_->Open(admin_, district_, campaign, 1).status()), reasons::kETAG_MISMATCH);
}

TEST_F(CampaignTest, OptedOutRatersGetNoCodeAndDoNotCountAsInvited) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}, {"student", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto raters = raters_->List(district_, survey, {"", 100});
  domain::RaterId out;
  for (const storage::RaterRow& rater : *raters) {
    if (rater.group == "student") out = rater.id;
  }
  ASSERT_TRUE(raters_
                  ->Update(admin_, district_, survey, out,
                           [](storage::RaterRow& rater) {
                             rater.opted_out = true;
                             return absl::OkStatus();
                           })
                  .ok());
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  const domain::Manifest manifest = ManifestOf(survey);
  ASSERT_EQ(manifest.groups.size(), 2u);
  EXPECT_EQ(manifest.groups[1].code, "student");
  EXPECT_EQ(manifest.groups[1].invited, 5);
  for (const RaterCode& code : AllCodes(survey)) EXPECT_NE(code.rater.id, out);
  EXPECT_EQ(AllCodes(survey).size(), 11u);
  EXPECT_EQ(Reason(codes_->Reissue(admin_, district_, survey, out, std::nullopt).status()), reasons::kWRONG_STATE);
}

TEST_F(CampaignTest, TheManifestIsSignedAndHoldsTheHashesOfWhatWasFrozen) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}, {"student", 7}, {"parent", 2}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const domain::OpenOrder& order = plane_.opened.at(survey);
  const domain::Manifest manifest = *domain::DecodeManifest(order.manifest);
  EXPECT_EQ(manifest.survey, survey);
  EXPECT_EQ(manifest.contract_hash, base::HexEncode(crypto::Sha256(order.contract)));
  EXPECT_EQ(manifest.instrument_hash, base::HexEncode(crypto::Sha256(order.instrument_version)));
  EXPECT_EQ(manifest.receipt_public_key, *plane_.ReceiptPublicKey());
  EXPECT_EQ(manifest.response_address, "answers.example.org:443");
  EXPECT_TRUE(crypto::VerifySignature(manifest.signing_public_key, absl::StrCat(kManifestTag, order.manifest),
                                      order.manifest_signature));
  EXPECT_TRUE(domain::CheckManifest(manifest, manifest.contract_hash, manifest.instrument_hash).ok());
  ASSERT_EQ(manifest.groups.size(), 2u);
  EXPECT_EQ(manifest.groups[1].code, domain::kOtherRaters);
  EXPECT_EQ(manifest.groups[1].members, (std::vector<std::string>{"parent", "staff"}));
  EXPECT_NE(manifest.groups[0].verifying_key, manifest.groups[1].verifying_key);
  EXPECT_EQ(order.manifest.find("leader-1"), std::string::npos);
  EXPECT_EQ(order.contract.find("leader-1"), std::string::npos);
  const auto stored = campaigns_->GetSurvey(district_, survey);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->contract_hash, manifest.contract_hash);
  EXPECT_EQ(stored->manifest_hash, base::HexEncode(crypto::Sha256(order.manifest)));
  EXPECT_EQ(stored->manifest_code, crypto::ManifestCode(crypto::Sha256(order.manifest)));
  EXPECT_EQ(stored->groups.size(), 2u);
}

TEST_F(CampaignTest, NothingChangesOnceACampaignIsPastItsDraft) {
  const domain::CampaignId campaign = MakeOpen();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto rater = raters_->List(district_, survey, {"", 1})->at(0).id;
  const auto nothing = [](auto&) { return absl::OkStatus(); };
  const absl::Status refused[] = {
      campaigns_->Update(admin_, district_, campaign, std::nullopt, nothing).status(),
      campaigns_->Delete(admin_, district_, campaign),
      campaigns_->AddSurvey(admin_, district_, campaign, domain::PersonId("leader-1")).status(),
      campaigns_->RemoveSurvey(admin_, district_, survey),
      raters_->Add(admin_, district_, survey, {{"staff", "Late", "", false}}).status(),
      raters_->AddPaper(admin_, district_, survey, "staff", 1).status(),
      raters_->Update(admin_, district_, survey, rater, nothing).status(),
      raters_->Remove(admin_, district_, survey, rater),
      campaigns_->Preview(district_, campaign).status(),
      lifecycle_->Open(admin_, district_, campaign, std::nullopt).status(),
      lifecycle_->Release(admin_, district_, campaign).status(),
  };
  for (const absl::Status& status : refused) EXPECT_EQ(Reason(status), reasons::kWRONG_STATE) << status;
}

TEST_F(CampaignTest, OpeningGoesOnAfterACrashAtAnyMoment) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}, {"student", 7}}, 2);
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  int crashes = 0;
  for (bool finished = false; !finished && crashes < 100; ++crashes) {
    // Attempts of different lengths, each followed by a restart, until one comes to the end.
    gate_.ShutAfter(1 + crashes % 9);
    lifecycle_->RunPending();
    gate_.Open();
    finished = StateOf(campaign) == CampaignState::kOpen;
    EXPECT_TRUE(finished || !lifecycle_->ProgressOf(district_, campaign)->last_fault.empty());
    Restart();
  }
  EXPECT_GT(crashes, 5);
  ASSERT_EQ(StateOf(campaign), CampaignState::kOpen);
  EXPECT_EQ(plane_.opened.size(), 2u);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  for (const storage::SurveyRow& survey : Surveys(campaign)) {
    EXPECT_EQ(survey.state, domain::SurveyState::kOpen);
    EXPECT_EQ(plane_.opened.at(survey.id).manifest, Document(survey.id, storage::SurveyDocument::kManifest));
    const std::vector<RaterCode> codes = AllCodes(survey.id);
    EXPECT_EQ(codes.size(), 13u);
    for (const RaterCode& code : codes) EXPECT_TRUE(invitations_->Open(code.code).ok());
    // The keys that lie in the folder are those of the manifest.
    const domain::Manifest manifest = ManifestOf(survey.id);
    for (size_t i = 0; i < manifest.groups.size(); ++i) {
      const auto key = keys_->LoadIssuingKey(survey.id, static_cast<int>(i));
      ASSERT_TRUE(key.ok()) << key.status();
      EXPECT_EQ(key->verifying_key().ToSpkiDer(), manifest.groups[i].verifying_key);
    }
    EXPECT_EQ(keys_->LoadClosingKey(survey.id)->public_key, manifest.closing_public_key);
  }
}

TEST_F(CampaignTest, EverySingleGapOfOpeningIsSurvived) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_.reset();
  const std::map<std::string, std::string> files = folder_.Files();
  for (int passages = 0; passages < 60; ++passages) {
    Restart();
    plane_.opened.clear();
    gate_.ShutAfter(passages);
    lifecycle_->RunPending();
    const bool crashed = gate_.shut();
    gate_.Open();
    Restart();
    lifecycle_->RunPending();
    EXPECT_EQ(StateOf(campaign), CampaignState::kOpen) << passages;
    const domain::SurveyId survey = OneSurvey(campaign).id;
    EXPECT_EQ(plane_.opened.at(survey).manifest, Document(survey, storage::SurveyDocument::kManifest)) << passages;
    EXPECT_EQ(AllCodes(survey).size(), 6u) << passages;
    if (!crashed) return;  // every gap has had its crash
    // Back to the moment after the order.
    lifecycle_.reset();
    invitations_.reset();
    store_.reset();
    sqlite_.reset();
    for (const auto& [path, bytes] : folder_.Files()) ASSERT_EQ(unlink(path.c_str()), 0);
    for (const auto& [path, bytes] : files) ASSERT_TRUE(base::WriteFileAtomically(path, bytes, 0600).ok());
  }
  FAIL() << "opening never came to its end";
}

TEST_F(CampaignTest, AFaultOfTheResponsePlaneIsShownAndTriedAgain) {
  const domain::CampaignId campaign = MakeDraft();
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  gate_.ShutAfter(0);
  lifecycle_->RunPending();
  gate_.Open();
  auto progress = lifecycle_->ProgressOf(district_, campaign);
  EXPECT_EQ(progress->surveys, 1);
  EXPECT_EQ(progress->surveys_done, 0);
  EXPECT_NE(progress->last_fault.find("does not answer"), std::string::npos);
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  progress = lifecycle_->ProgressOf(district_, campaign);
  EXPECT_EQ(progress->surveys_done, 1);
  EXPECT_EQ(progress->last_fault, "");
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
}

TEST_F(CampaignTest, ItsOwnThreadsOpenACampaign) {
  const domain::CampaignId campaign = MakeDraft();
  lifecycle_->Start(absl::Milliseconds(5));
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  for (int i = 0; i < 2000 && StateOf(campaign) != CampaignState::kOpen; ++i) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(StateOf(campaign), CampaignState::kOpen);
  lifecycle_->Stop();
}

class RatingsTest : public IdentityTest {
 protected:
  static constexpr storage::IdentifiedAudience kSelf = storage::IdentifiedAudience::kSelf;
  static constexpr storage::IdentifiedAudience kSupervisor = storage::IdentifiedAudience::kSupervisor;
  const domain::PersonId leader_{"leader-1"};

  domain::Answers AnswersFor(const domain::SurveyId& survey, const domain::PersonId& person,
                             storage::IdentifiedAudience audience, uint8_t rating) {
    const auto form = ratings_->Get(district_, survey, person, audience);
    EXPECT_TRUE(form.ok()) << form.status();
    domain::Answers answers;
    for (const bool asked : form->shape.items_asked) answers.ratings.push_back(asked ? rating : domain::kBlank);
    answers.comments.resize(form->shape.prompts_asked.size());
    return answers;
  }
};

TEST_F(RatingsTest, ARatingReplacesTheOneBeforeAndIsReadBack) {
  const domain::SurveyId survey = OneSurvey(MakeOpen()).id;
  EXPECT_FALSE(ratings_->Get(district_, survey, leader_, kSelf)->answers.has_value());
  for (const uint8_t rating : {uint8_t{3}, uint8_t{5}}) {
    const auto put =
        ratings_->Put(district_, survey, leader_, kSelf, AnswersFor(survey, leader_, kSelf, rating));
    ASSERT_TRUE(put.ok()) << put.status();
  }
  EXPECT_EQ(ratings_->Get(district_, survey, leader_, kSelf)->answers->ratings[0], 5);
  ASSERT_TRUE(
      ratings_->Put(district_, survey, boss_, kSupervisor, AnswersFor(survey, boss_, kSupervisor, 2)).ok());
  const auto stored = campaigns_->GetSurvey(district_, survey);
  EXPECT_TRUE(stored->self_rated);
  EXPECT_TRUE(stored->supervisor_rated);
}

TEST_F(RatingsTest, OnlyTheLeaderAndTheirSupervisorsRate) {
  const domain::SurveyId survey = OneSurvey(MakeOpen()).id;
  EXPECT_EQ(Reason(ratings_->Get(district_, survey, boss_, kSelf).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(Reason(ratings_->Get(district_, survey, leader_, kSupervisor).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(Reason(ratings_->Get(district_, survey, domain::PersonId("admin"), kSupervisor).status()),
            reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(RatingsTest, ARatingOffTheScaleIsRefused) {
  const domain::SurveyId survey = OneSurvey(MakeOpen()).id;
  domain::Answers answers = AnswersFor(survey, leader_, kSelf, 3);
  answers.ratings[1] = 6;
  EXPECT_EQ(Reason(ratings_->Put(district_, survey, leader_, kSelf, answers).status()), reasons::kRATING_OFF_SCALE);
  answers.ratings.pop_back();
  EXPECT_EQ(Reason(ratings_->Put(district_, survey, leader_, kSelf, answers).status()),
            reasons::kANSWER_COUNT_WRONG);
}

TEST_F(RatingsTest, RatingsBeginWithOpeningAndEndWithClosing) {
  const domain::CampaignId campaign = MakeDraft();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const domain::Answers answers = AnswersFor(survey, leader_, kSelf, 3);
  EXPECT_EQ(Reason(ratings_->Put(district_, survey, leader_, kSelf, answers).status()), reasons::kWRONG_STATE);
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  EXPECT_TRUE(ratings_->Put(district_, survey, leader_, kSelf, answers).ok()) << "while it is opening";
  lifecycle_->RunPending();
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  EXPECT_EQ(Reason(ratings_->Put(district_, survey, leader_, kSelf, answers).status()), reasons::kWRONG_STATE);
}

}  // namespace
}  // namespace candor::identity
