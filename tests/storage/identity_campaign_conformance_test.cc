// Campaigns and surveys with all that is theirs: documents, groups, raters, invitations, ratings, questions.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/identity_documents.h"
#include "tests/storage/identity_store_conformance_test.h"

namespace candor::storage {
namespace {

TEST_P(IdentityStoreConformanceTest, CampaignsAndSurveysComeBackAsTheyWereStored) {
  MakeDistrict();
  EXPECT_EQ(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); })->pooled_figures,
            std::nullopt);
  EXPECT_EQ(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); })->benchmark,
            std::nullopt);
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
                campaign->state = domain::CampaignState::kReleased;
                campaign->release_ordered = true;
                campaign->release_discards = true;
                campaign->open_time = absl::FromUnixSeconds(11);
                campaign->release_time = absl::FromUnixSeconds(13);
                campaign->pooled_figures = std::string("{\"a\":\0}", 7);
                campaign->benchmark = std::string("\0mean", 5);
                CANDOR_RETURN_IF_ERROR(t.UpdateCampaign(*campaign));
                CANDOR_ASSIGN_OR_RETURN(auto survey, t.FindSurvey(district_, survey_));
                survey->state = domain::SurveyState::kAbandoned;
                survey->order_id = "order";
                survey->closing_step = ClosingStep::kKeysDestroyed;
                return t.UpdateSurvey(*survey);
              }).ok());
  Reopen();
  const auto campaign = Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); });
  ASSERT_TRUE(campaign.has_value());
  EXPECT_EQ(EncodeSettings(campaign->settings), EncodeSettings(ACampaign(district_, campaign_).settings));
  EXPECT_EQ(campaign->settings.moderators[0].person.value(), "kim");
  EXPECT_EQ(campaign->settings.auditor->person.value(), "lee");
  EXPECT_EQ(campaign->settings.summary_only_below, 30);
  EXPECT_EQ(campaign->settings.follow_up_days, 10);
  EXPECT_EQ(campaign->settings.notice.at("es"), "Queridas familias");
  EXPECT_EQ(campaign->state, domain::CampaignState::kReleased);
  EXPECT_TRUE(campaign->release_ordered);
  EXPECT_TRUE(campaign->release_discards);
  EXPECT_EQ(campaign->open_time, absl::FromUnixSeconds(11));
  EXPECT_EQ(campaign->closed_time, std::nullopt);
  EXPECT_EQ(campaign->release_time, absl::FromUnixSeconds(13));
  EXPECT_EQ(campaign->pooled_figures, std::string("{\"a\":\0}", 7));
  EXPECT_EQ(campaign->benchmark, std::string("\0mean", 5));
  EXPECT_EQ(campaign->settings.breakdowns[0].parts[1].title.at("en"), "Upper school");
  EXPECT_EQ(campaign->settings.previous, domain::CampaignId("spring"));
  EXPECT_EQ(campaign->revision, 2);
  const auto survey = Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); });
  ASSERT_TRUE(survey.has_value());
  EXPECT_EQ(survey->campaign, campaign_);
  EXPECT_EQ(survey->leader, leader_);
  EXPECT_EQ(survey->state, domain::SurveyState::kAbandoned);
  EXPECT_EQ(survey->order_id, "order");
  EXPECT_EQ(survey->closing_step, ClosingStep::kKeysDestroyed);
  EXPECT_EQ(survey->revision, 2);
  const auto of_leader =
      Read<std::vector<SurveyRow>>([&](auto& t) { return t.ListSurveysOfLeader(district_, leader_, {}); });
  ASSERT_EQ(of_leader.size(), 1u);
  EXPECT_EQ(of_leader[0].id, survey_);
}

TEST_P(IdentityStoreConformanceTest, EveryStateOfCampaignsAndSurveysIsKept) {
  MakeDistrict();
  for (int state = 0; state <= static_cast<int>(domain::CampaignState::kReleased); ++state) {
    ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                  CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
                  campaign->state = static_cast<domain::CampaignState>(state);
                  return t.UpdateCampaign(*campaign);
                }).ok());
    EXPECT_EQ(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); })->state,
              static_cast<domain::CampaignState>(state));
  }
  for (int state = 0; state <= static_cast<int>(domain::SurveyState::kAbandoned); ++state) {
    ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                  CANDOR_ASSIGN_OR_RETURN(auto survey, t.FindSurvey(district_, survey_));
                  survey->state = static_cast<domain::SurveyState>(state);
                  return t.UpdateSurvey(*survey);
                }).ok());
    EXPECT_EQ(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); })->state,
              static_cast<domain::SurveyState>(state));
  }
}

TEST_P(IdentityStoreConformanceTest, ADocumentIsWrittenOnce) {
  MakeDistrict();
  const std::string hash(32, 'h');
  const auto put = [&](absl::string_view bytes) {
    return Write([&](WriteTransaction& t) {
      return t.InsertSurveyDocument(district_, survey_, SurveyDocument::kReport, bytes, hash);
    });
  };
  EXPECT_TRUE(put("first").ok());
  EXPECT_EQ(put("second").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Read<OptionalText>([&](auto& t) {
              return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReport);
            }),
            "first");
  EXPECT_EQ(Read<OptionalText>([&](auto& t) {
              return t.FindSurveyDocumentHash(district_, survey_, SurveyDocument::kReport);
            }),
            hash);
}

TEST_P(IdentityStoreConformanceTest, TheNewestExtensionIsKept) {
  MakeDistrict();
  const auto find = [&] {
    return Read<std::optional<ExtensionRow>>([&](auto& t) { return t.FindExtension(district_, survey_); });
  };
  EXPECT_FALSE(find().has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.PutExtension({district_, survey_, "first", "signature"}));
                CANDOR_RETURN_IF_ERROR(t.PutExtension({district_, survey_, std::string("n\0", 2), std::string("s\0", 2)}));
                CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
                EXPECT_EQ(CloseTimeOf(*campaign), campaign->settings.close_time);
                campaign->extended_close_time = absl::FromUnixSeconds(2'000'050);
                return t.UpdateCampaign(*campaign);
              }).ok());
  Reopen();
  ASSERT_TRUE(find().has_value());
  EXPECT_EQ(find()->notice, std::string("n\0", 2));
  EXPECT_EQ(find()->signature, std::string("s\0", 2));
  const auto campaign = Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); });
  EXPECT_EQ(CloseTimeOf(*campaign), absl::FromUnixSeconds(2'000'050));
  EXPECT_EQ(campaign->settings.close_time, absl::FromUnixSeconds(2'000'000));
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.PutExtension({district_, domain::SurveyId("none"), "notice", "signature"});
            }).code(),
            absl::StatusCode::kFailedPrecondition);
}

// What was frozen at opening never changes, whoever calls the store: settings, documents, groups, leader, surveys.
TEST_P(IdentityStoreConformanceTest, NothingThatAnOpenedCampaignWasOpenedWithCanBeChangedOrDeleted) {
  MakeDistrict();
  const std::string hash(32, 'h');
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (const auto kind : {SurveyDocument::kContract, SurveyDocument::kManifest,
                                        SurveyDocument::kManifestSignature, SurveyDocument::kLeaderLine}) {
                  CANDOR_RETURN_IF_ERROR(t.InsertSurveyDocument(district_, survey_, kind, "as it was opened", hash));
                }
                CANDOR_RETURN_IF_ERROR(t.InsertIssuingGroup({district_, survey_, 0, "staff", 12, 0}));
                CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
                campaign->state = domain::CampaignState::kOpen;
                return t.UpdateCampaign(*campaign);
              }).ok());
  const auto refused = [&](const std::function<absl::Status(WriteTransaction&)>& body) {
    const absl::Status status = Write(body);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(Reason(status), "WRONG_STATE") << status;
  };
  const auto with_settings = [&](const std::function<void(domain::CampaignSettings&)>& change) {
    return [&, change](WriteTransaction& t) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
      change(campaign->settings);
      return t.UpdateCampaign(*campaign);
    };
  };
  refused(with_settings([](auto& s) { s.minimum_group_size = 3; }));
  refused(with_settings([](auto& s) { s.readers.push_back("administrator"); }));
  refused(with_settings([](auto& s) { s.latest_close_time += absl::Hours(1); }));
  refused(with_settings([](auto& s) { s.steward.reset(); }));
  refused(with_settings([](auto& s) { s.mirrors.clear(); }));
  refused(with_settings([](auto& s) { s.follow_up_days = 1; }));
  refused(with_settings([](auto& s) { s.instrument_version = 2; }));
  refused([&](WriteTransaction& t) { return t.DeleteSurvey(district_, survey_); });
  refused([&](WriteTransaction& t) { return t.DeleteCampaign(district_, campaign_); });
  refused([&](WriteTransaction& t) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(auto survey, t.FindSurvey(district_, survey_));
    survey->leader = supervisor_;
    return t.UpdateSurvey(*survey);
  });
  for (const auto kind : {SurveyDocument::kContract, SurveyDocument::kManifest, SurveyDocument::kManifestSignature,
                          SurveyDocument::kLeaderLine}) {
    EXPECT_EQ(Write([&](WriteTransaction& t) {
                return t.InsertSurveyDocument(district_, survey_, kind, "another", hash);
              }).code(),
              absl::StatusCode::kAlreadyExists);
    EXPECT_EQ(Read<OptionalText>([&](auto& t) { return t.FindSurveyDocument(district_, survey_, kind); }),
              "as it was opened");
  }
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertIssuingGroup({district_, survey_, 0, "staff", 3, 0}); }).code(),
            absl::StatusCode::kAlreadyExists);
  // What goes on with a campaign still does: its state, and its end of answering.
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto campaign, t.FindCampaign(district_, campaign_));
                campaign->state = domain::CampaignState::kClosing;
                return t.UpdateCampaign(*campaign);
              }).ok());
  EXPECT_EQ(EncodeSettings(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); })->settings),
            EncodeSettings(ACampaign(district_, campaign_).settings));
}

TEST_P(IdentityStoreConformanceTest, AQuestionIsAskedOnceAndOnlyGoesForwards) {
  MakeDistrict();
  const auto find = [&](const std::string& comment) {
    return Read<std::optional<QuestionRow>>([&](auto& t) { return t.FindQuestion(district_, survey_, comment); });
  };
  const auto put = [&](const QuestionRow& row) {
    return Write([&](WriteTransaction& t) { return t.InsertQuestion(row); });
  };
  const auto become = [&](const std::string& comment, QuestionState state, domain::ModerationReason reason,
                          const std::string& sealed) {
    return Write([&](WriteTransaction& t) {
      return t.UpdateQuestion({district_, survey_, comment, "other words", state, reason, sealed});
    });
  };
  constexpr auto kNone = domain::ModerationReason::kNone, kInsult = domain::ModerationReason::kInsult;
  const std::string sealed("s\0q", 3);
  EXPECT_FALSE(find("b").has_value());
  EXPECT_EQ(become("b", QuestionState::kApproved, kNone, sealed).code(), absl::StatusCode::kNotFound);
  for (const char* comment : {"c", "a", "b"}) ASSERT_TRUE(put({district_, survey_, comment, "Which meeting?"}).ok());
  EXPECT_EQ(put({district_, survey_, "a", "Which other meeting?"}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(put({district_, domain::SurveyId("none"), "a", "Which?"}).code(), absl::StatusCode::kFailedPrecondition);

  EXPECT_EQ(Reason(become("b", QuestionState::kPlaced, kNone, "")), "WRONG_STATE") << "nobody has approved it";
  EXPECT_TRUE(become("b", QuestionState::kApproved, kNone, sealed).ok());
  EXPECT_TRUE(become("c", QuestionState::kRejected, kInsult, "").ok());
  for (const QuestionState state : {QuestionState::kAsked, QuestionState::kRejected, QuestionState::kApproved}) {
    EXPECT_EQ(Reason(become("b", state, kNone, sealed)), "WRONG_STATE");
    EXPECT_EQ(Reason(become("c", state, kInsult, "")), "WRONG_STATE");
  }
  EXPECT_EQ(Reason(become("c", QuestionState::kPlaced, kInsult, "")), "WRONG_STATE");
  EXPECT_EQ(find("b")->sealed_question, sealed);
  EXPECT_TRUE(become("b", QuestionState::kPlaced, kNone, "").ok());
  EXPECT_EQ(Reason(become("b", QuestionState::kApproved, kNone, sealed)), "WRONG_STATE");
  Reopen();
  const auto all = Read<std::vector<QuestionRow>>([&](auto& t) { return t.ListQuestions(district_, survey_); });
  ASSERT_EQ(all.size(), 3u);
  const QuestionState states[] = {QuestionState::kAsked, QuestionState::kPlaced, QuestionState::kRejected};
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].comment, std::string(1, static_cast<char>('a' + i)));
    EXPECT_EQ(all[i].question, "Which meeting?");
    EXPECT_EQ(all[i].state, states[i]);
    EXPECT_EQ(all[i].sealed_question, "");
  }
  EXPECT_EQ(all[2].reason, kInsult);
  EXPECT_TRUE(Read<std::vector<QuestionRow>>([&](auto& t) {
                return t.ListQuestions(domain::DistrictId("other"), survey_);
              }).empty());
}

TEST_P(IdentityStoreConformanceTest, AGrowthPlanIsOneASurveyAndChangesByItsRevision) {
  MakeDistrict();
  const auto find = [&] {
    return Read<std::optional<GrowthPlanRow>>([&](auto& t) { return t.FindGrowthPlan(district_, survey_); });
  };
  const auto insert = [&](const GrowthPlanRow& row) {
    return Write([&](WriteTransaction& t) { return t.InsertGrowthPlan(row); });
  };
  const auto update = [&](const std::string& document, int64_t revision) {
    return Write([&](WriteTransaction& t) { return t.UpdateGrowthPlan({district_, survey_, document, revision}); });
  };
  const auto erase = [&] { return Write([&](WriteTransaction& t) { return t.DeleteGrowthPlan(district_, survey_); }); };
  EXPECT_FALSE(find().has_value());
  EXPECT_EQ(update("a", 1).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(erase().ok()) << "there is none yet";
  ASSERT_TRUE(insert({district_, survey_, std::string("a\0b", 3)}).ok());
  EXPECT_EQ(insert({district_, survey_, "c"}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(insert({district_, domain::SurveyId("none"), "c"}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(find()->document, std::string("a\0b", 3));
  EXPECT_EQ(find()->revision, 1);

  ASSERT_TRUE(update("second", 1).ok());
  const absl::Status late = update("third", 1);
  EXPECT_EQ(late.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(late), "ETAG_MISMATCH");
  Reopen();
  EXPECT_EQ(find()->document, "second");
  EXPECT_EQ(find()->revision, 2);
  EXPECT_FALSE(Read<std::optional<GrowthPlanRow>>([&](auto& t) {
                 return t.FindGrowthPlan(domain::DistrictId("other"), survey_);
               }).has_value());
  ASSERT_TRUE(erase().ok());
  EXPECT_FALSE(find().has_value());
}

TEST_P(IdentityStoreConformanceTest, WhenASurveyWasReleasedIsKeptAndFixed) {
  MakeDistrict();
  const auto set = [&](std::optional<absl::Time> time, domain::SurveyState state) {
    return Write([&](WriteTransaction& t) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(auto survey, t.FindSurvey(district_, survey_));
      survey->release_time = time;
      survey->state = state;
      return t.UpdateSurvey(*survey);
    });
  };
  const auto time = [&] {
    return Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); })->release_time;
  };
  EXPECT_EQ(time(), std::nullopt);
  EXPECT_TRUE(set(absl::FromUnixSeconds(20), domain::SurveyState::kClosed).ok());
  EXPECT_TRUE(set(std::nullopt, domain::SurveyState::kClosed).ok()) << "it was not released after all";
  EXPECT_TRUE(set(absl::FromUnixSeconds(30), domain::SurveyState::kReleased).ok());
  Reopen();
  EXPECT_EQ(time(), absl::FromUnixSeconds(30));
  EXPECT_EQ(Reason(set(absl::FromUnixSeconds(31), domain::SurveyState::kReleased)), "WRONG_STATE");
}

TEST_P(IdentityStoreConformanceTest, OneDocumentGoesAndTheOthersStay) {
  MakeDistrict();
  const std::string hash(32, 'h');
  const auto erase = [&] {
    return Write([&](WriteTransaction& t) {
      return t.DeleteSurveyDocument(district_, survey_, SurveyDocument::kSurnameFilter);
    });
  };
  EXPECT_TRUE(erase().ok()) << "there is none yet";
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(
                    t.InsertSurveyDocument(district_, survey_, SurveyDocument::kSurnameFilter, "filter", hash));
                return t.InsertSurveyDocument(district_, survey_, SurveyDocument::kReport, "report", hash);
              }).ok());
  EXPECT_TRUE(erase().ok());
  EXPECT_FALSE(Read<OptionalText>([&](auto& t) {
                 return t.FindSurveyDocument(district_, survey_, SurveyDocument::kSurnameFilter);
               }).has_value());
  EXPECT_EQ(Read<OptionalText>([&](auto& t) {
              return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReport);
            }),
            "report");
}

TEST_P(IdentityStoreConformanceTest, IssuingGroupsComeInOrderAndCountWhatWasReissued) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertIssuingGroup({district_, survey_, 1, "student", 30, 0}));
                CANDOR_RETURN_IF_ERROR(t.InsertIssuingGroup({district_, survey_, 0, "staff", 20, 0}));
                CANDOR_RETURN_IF_ERROR(t.CountReissued(district_, survey_, 1));
                return t.CountReissued(district_, survey_, 1);
              }).ok());
  const auto groups =
      Read<std::vector<IssuingGroupRow>>([&](auto& t) { return t.ListIssuingGroups(district_, survey_); });
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].code, "staff");
  EXPECT_EQ(groups[0].reissued, 0);
  EXPECT_EQ(groups[1].invited, 30);
  EXPECT_EQ(groups[1].reissued, 2);
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.CountReissued(district_, survey_, 2); }).code(),
            absl::StatusCode::kNotFound);
}

TEST_P(IdentityStoreConformanceTest, RatersOfPartsAreCountedByPart) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (int i = 0; i < 7; ++i) {
                  RaterRow rater = ARater(district_, survey_, absl::StrCat("r", i));
                  rater.group = "staff";
                  rater.part = i < 3 ? "upper" : i < 5 ? "lower" : "";
                  rater.opted_out = i == 0;
                  CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                }
                return absl::OkStatus();
              }).ok());
  const auto counts = Read<std::vector<GroupCount>>([&](auto& t) { return t.CountRaters(district_, survey_); });
  ASSERT_EQ(counts.size(), 3u);
  EXPECT_EQ(counts[0].part, "");
  EXPECT_EQ(counts[0].invited, 2);
  EXPECT_EQ(counts[1].part, "lower");
  EXPECT_EQ(counts[1].invited, 2);
  EXPECT_EQ(counts[2].part, "upper");
  EXPECT_EQ(counts[2].invited, 2);
  EXPECT_EQ(counts[2].opted_out, 1);
  auto rater =
      Read<std::optional<RaterRow>>([&](auto& t) { return t.FindRater(district_, survey_, domain::RaterId("r4")); });
  ASSERT_TRUE(rater.has_value());
  EXPECT_EQ(rater->part, "lower");
  rater->part = "upper";
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateRater(*rater); }).ok());
  EXPECT_EQ(Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, {}); })[4].part, "upper");
}

TEST_P(IdentityStoreConformanceTest, RatersAreCountedByGroupWithoutThoseOptedOut) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (int i = 0; i < 7; ++i) {
                  RaterRow rater = ARater(district_, survey_, absl::StrCat("r", i));
                  rater.group = i < 4 ? "student" : "parent";
                  rater.opted_out = i == 0;
                  rater.paper = i == 6;
                  CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                }
                return absl::OkStatus();
              }).ok());
  const auto counts = Read<std::vector<GroupCount>>([&](auto& t) { return t.CountRaters(district_, survey_); });
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].group, "parent");
  EXPECT_EQ(counts[0].invited, 3);
  EXPECT_EQ(counts[0].opted_out, 0);
  EXPECT_EQ(counts[1].group, "student");
  EXPECT_EQ(counts[1].invited, 3);
  EXPECT_EQ(counts[1].opted_out, 1);
  EXPECT_EQ(counts[1].part, "");
  const auto rater =
      Read<std::optional<RaterRow>>([&](auto& t) { return t.FindRater(district_, survey_, domain::RaterId("r6")); });
  ASSERT_TRUE(rater.has_value());
  EXPECT_EQ(rater->display_name, "Name r6");
  EXPECT_EQ(rater->address, "r6@example.org");
  EXPECT_TRUE(rater->paper);
  EXPECT_FALSE(rater->opted_out);
}

TEST_P(IdentityStoreConformanceTest, WhatIsIssuedIsNotedOnceAndForThePresentCodeAlone) {
  MakeDistrict();
  const RaterRow rater = ARater(district_, survey_, "r1");
  const InvitationRow invitation = AnInvitation(rater, 'a');
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                return t.InsertInvitation(invitation);
              }).ok());
  const auto note = [&](InvitationRow row, char code, char blinded) {
    row.code_hash = std::string(32, code);
    row.blinded_hash = std::string(32, blinded);
    bool noted = false;
    EXPECT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                  CANDOR_ASSIGN_OR_RETURN(noted, t.NoteIssued(row));
                  return absl::OkStatus();
                }).ok());
    return noted;
  };
  const auto stored = [&] {
    return *Read<std::optional<InvitationRow>>([&](auto& t) { return t.FindInvitation(district_, survey_, rater.id); });
  };
  InvitationRow stranger = invitation;
  stranger.rater = domain::RaterId("r2");
  EXPECT_FALSE(note(invitation, 'z', 'b')) << "another code";
  EXPECT_FALSE(note(stranger, 'a', 'b')) << "no such invitation";
  EXPECT_EQ(stored().blinded_hash, std::nullopt);
  EXPECT_TRUE(note(invitation, 'a', 'b'));
  EXPECT_FALSE(note(invitation, 'a', 'c'));
  EXPECT_FALSE(note(invitation, 'a', 'b')) << "nor the same once more: nothing changes";
  EXPECT_EQ(stored().blinded_hash, std::string(32, 'b'));
  EXPECT_EQ(stored().code_hash, std::string(32, 'a'));
  EXPECT_EQ(stored().generation, invitation.generation);
}

TEST_P(IdentityStoreConformanceTest, AnInvitationIsFoundByItsCodeAndCountsAsIssuedOnceItHoldsABlindedHash) {
  MakeDistrict();
  const RaterRow rater = ARater(district_, survey_, "r1");
  InvitationRow invitation = AnInvitation(rater, 'a');
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                return t.InsertInvitation(invitation);
              }).ok());
  auto found = Read<std::optional<InvitationRow>>(
      [&](auto& t) { return t.FindInvitationByCodeHash(std::string(32, 'a')); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->district, district_);
  EXPECT_EQ(found->survey, survey_);
  EXPECT_EQ(found->rater, rater.id);
  EXPECT_EQ(found->blinded_hash, std::nullopt);
  EXPECT_EQ(Read<std::vector<int64_t>>([&](auto& t) { return t.CountIssued(district_, survey_, 2); }),
            (std::vector<int64_t>{0, 0}));

  invitation.blinded_hash = std::string(32, 'b');
  invitation.code_hash = std::string(32, 'c');
  invitation.generation = 1;
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateInvitation(invitation); }).ok());
  EXPECT_FALSE(Read<std::optional<InvitationRow>>([&](auto& t) {
                 return t.FindInvitationByCodeHash(std::string(32, 'a'));
               }).has_value());
  found = Read<std::optional<InvitationRow>>([&](auto& t) { return t.FindInvitation(district_, survey_, rater.id); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->generation, 1);
  EXPECT_EQ(found->blinded_hash, std::string(32, 'b'));
  EXPECT_EQ(Read<std::vector<int64_t>>([&](auto& t) { return t.CountIssued(district_, survey_, 2); }),
            (std::vector<int64_t>{1, 0}));

  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteInvitations(district_, survey_); }).ok());
  EXPECT_TRUE(Read<std::vector<InvitationRow>>([&](auto& t) {
                return t.ListInvitations(district_, survey_, {});
              }).empty());
  EXPECT_TRUE(Read<std::optional<RaterRow>>([&](auto& t) {
                return t.FindRater(district_, survey_, rater.id);
              }).has_value());
}

TEST_P(IdentityStoreConformanceTest, IdentifiedRatingsComeBackAsTheyWereStored) {
  MakeDistrict();
  IdentifiedRatingRow row{district_, survey_, leader_, IdentifiedAudience::kSelf, {{1, 0, 255}, {"one", ""}}, 1};
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.InsertIdentifiedRating(row); }).ok());
  row.answers.ratings = {5, 4, 3};
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateIdentifiedRating(row); }).ok());
  EXPECT_EQ(Reason(Write([&](WriteTransaction& t) { return t.UpdateIdentifiedRating(row); })), domain::reasons::kETAG_MISMATCH);
  const auto ratings =
      Read<std::vector<IdentifiedRatingRow>>([&](auto& t) { return t.ListIdentifiedRatings(district_, survey_); });
  ASSERT_EQ(ratings.size(), 1u);
  EXPECT_EQ(ratings[0].answers.ratings, (std::vector<uint8_t>{5, 4, 3}));
  EXPECT_EQ(ratings[0].answers.comments, (std::vector<std::string>{"one", ""}));
  EXPECT_EQ(ratings[0].audience, IdentifiedAudience::kSelf);
  EXPECT_EQ(ratings[0].revision, 2);
}

TEST_P(IdentityStoreConformanceTest, RatingsOfThoseWhoAreGoneAreDeletedBySurvey) {
  MakeDistrict();
  const domain::PersonId gone("gone");
  const domain::SurveyId other = domain::RandomSurveyId();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertSurvey(ASurvey(district_, campaign_, other, supervisor_)));
                for (const domain::SurveyId& survey : {survey_, other}) {
                  CANDOR_RETURN_IF_ERROR(t.InsertIdentifiedRating(
                      {district_, survey, gone, IdentifiedAudience::kSupervisor, {{1}, {}}, 1}));
                }
                CANDOR_RETURN_IF_ERROR(t.InsertIdentifiedRating(
                    {district_, survey_, leader_, IdentifiedAudience::kSelf, {{1}, {}}, 1}));
                return t.DeleteRatingsOfTheGone(district_, survey_);
              }).ok());
  const auto of = [&](const domain::SurveyId& survey) {
    return Read<std::vector<IdentifiedRatingRow>>([&](auto& t) { return t.ListIdentifiedRatings(district_, survey); });
  };
  ASSERT_EQ(of(survey_).size(), 1u);
  EXPECT_EQ(of(survey_)[0].person, leader_);
  EXPECT_EQ(of(other).size(), 1u) << "another survey's report may still need it";
}

TEST_P(IdentityStoreConformanceTest, DeletingACampaignTakesItsSurveysAndAllThatIsTheirs) {
  MakeDistrict();
  const RaterRow rater = ARater(district_, survey_, "r1");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                CANDOR_RETURN_IF_ERROR(t.InsertInvitation(AnInvitation(rater, 'a')));
                CANDOR_RETURN_IF_ERROR(t.InsertIssuingGroup({district_, survey_, 0, "staff", 1, 0}));
                CANDOR_RETURN_IF_ERROR(t.InsertGrowthPlan({district_, survey_, "plan"}));
                return t.DeleteCampaign(district_, campaign_);
              }).ok());
  EXPECT_FALSE(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); }).has_value());
  EXPECT_TRUE(Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, {}); }).empty());
  EXPECT_FALSE(Read<std::optional<InvitationRow>>([&](auto& t) {
                 return t.FindInvitationByCodeHash(std::string(32, 'a'));
               }).has_value());
  EXPECT_TRUE(Read<std::vector<IssuingGroupRow>>([&](auto& t) {
                return t.ListIssuingGroups(district_, survey_);
              }).empty());
  EXPECT_FALSE(Read<std::optional<GrowthPlanRow>>([&](auto& t) {
                 return t.FindGrowthPlan(district_, survey_);
               }).has_value());
}

}  // namespace
}  // namespace candor::storage
