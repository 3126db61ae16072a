#include "tests/storage/identity_store_conformance_test.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/identity_documents.h"

namespace candor::storage {
namespace reasons = domain::reasons;

CampaignRow ACampaign(const domain::DistrictId& district, const domain::CampaignId& id) {
  CampaignRow row;
  row.district = district;
  row.id = id;
  row.settings.title = "Autumn round";
  row.settings.instrument = domain::InstrumentId("i1");
  row.settings.instrument_version = 1;
  row.settings.readers = {"leader", "supervisor"};
  row.settings.close_time = absl::FromUnixSeconds(2'000'000);
  row.settings.latest_close_time = absl::FromUnixSeconds(2'000'100);
  row.settings.abandon_time = absl::FromUnixSeconds(2'000'200);
  row.settings.notice = {{"en", "Dear families"}, {"es", "Queridas familias"}};
  row.settings.moderators = {{"Ombudsperson", domain::PersonId("kim")}};
  row.settings.auditor = domain::NamedHolder{"Works council", domain::PersonId("lee")};
  row.settings.summary_only_below = 30;
  row.settings.steward = {"Works council", 3, 2, std::string(32, '\x02')};
  row.settings.mirrors = {"https://union.example/candor"};
  row.settings.breakdowns = {{"staff", {{"lower", {{"en", "Lower school"}}}, {"upper", {{"en", "Upper school"}}}}}};
  row.settings.previous = domain::CampaignId("spring");
  row.settings.follow_up_days = 10;
  row.create_time = absl::FromUnixSeconds(1'000'000);
  return row;
}

SurveyRow ASurvey(const domain::DistrictId& district, const domain::CampaignId& campaign, const domain::SurveyId& id,
                  const domain::PersonId& leader) {
  SurveyRow row;
  row.district = district;
  row.campaign = campaign;
  row.id = id;
  row.leader = leader;
  row.create_time = absl::FromUnixSeconds(1'000'001);
  return row;
}

PersonRow APerson(const domain::DistrictId& district, const domain::PersonId& id) {
  PersonRow row;
  row.district = district;
  row.id = id;
  row.display_name = absl::StrCat("Name of ", id.value());
  row.job_title = "Principal";
  row.email = absl::StrCat(id.value(), "@example.org");
  row.create_time = absl::FromUnixMicros(1'234'567);
  return row;
}

void IdentityStoreConformanceTest::MakeDistrict() {
  const absl::Status status = Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(transaction.InsertDistrict({district_, "Cedar Valley", absl::FromUnixSeconds(1)}));
    CANDOR_RETURN_IF_ERROR(
        transaction.InsertSchool({district_, domain::SchoolId("oak"), "Oak Hollow", absl::FromUnixSeconds(2)}));
    CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(APerson(district_, supervisor_)));
    PersonRow leader = APerson(district_, leader_);
    leader.school = domain::SchoolId("oak");
    leader.roles.leader = true;
    leader.supervisors = {supervisor_};
    CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(leader));
    CANDOR_RETURN_IF_ERROR(
        transaction.InsertFramework({district_, domain::FrameworkId("f1"), "{}", absl::FromUnixSeconds(3)}));
    InstrumentRow instrument;
    instrument.district = district_;
    instrument.id = domain::InstrumentId("i1");
    instrument.framework = domain::FrameworkId("f1");
    instrument.draft = "draft";
    instrument.newest_version = 1;
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrument(instrument));
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrumentVersion(
        {district_, instrument.id, 1, "hash", "document", absl::FromUnixSeconds(4)}));
    CANDOR_RETURN_IF_ERROR(transaction.InsertCampaign(ACampaign(district_, campaign_)));
    return transaction.InsertSurvey(ASurvey(district_, campaign_, survey_, leader_));
  });
  ASSERT_TRUE(status.ok()) << status;
}

namespace {

using OptionalPerson = std::optional<PersonRow>;
using OptionalSurvey = std::optional<SurveyRow>;
using OptionalCampaign = std::optional<CampaignRow>;
using OptionalText = std::optional<std::string>;

std::string Reason(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

RaterRow ARater(const domain::DistrictId& district, const domain::SurveyId& survey, const std::string& id) {
  return {district, survey, domain::RaterId(id), "staff", "Name " + id, id + "@example.org", false, false};
}

InvitationRow AnInvitation(const RaterRow& rater, char code) {
  InvitationRow row;
  row.district = rater.district;
  row.survey = rater.survey;
  row.rater = rater.id;
  row.code_hash = std::string(32, code);
  return row;
}

TEST_P(IdentityStoreConformanceTest, DirectoryRowsComeBackAsTheyWereStored) {
  MakeDistrict();
  Reopen();
  const auto district = Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); });
  ASSERT_TRUE(district.has_value());
  EXPECT_EQ(district->title, "Cedar Valley");
  EXPECT_EQ(district->create_time, absl::FromUnixSeconds(1));
  const auto school =
      Read<std::optional<SchoolRow>>([&](auto& t) { return t.FindSchool(district_, domain::SchoolId("oak")); });
  ASSERT_TRUE(school.has_value());
  EXPECT_EQ(school->title, "Oak Hollow");
  const auto leader = Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  ASSERT_TRUE(leader.has_value());
  EXPECT_EQ(leader->display_name, "Name of leader");
  EXPECT_EQ(leader->job_title, "Principal");
  EXPECT_EQ(leader->email, "leader@example.org");
  EXPECT_EQ(leader->school, domain::SchoolId("oak"));
  EXPECT_EQ(leader->roles, (Roles{false, false, true}));
  EXPECT_EQ(leader->supervisors, std::vector<domain::PersonId>{supervisor_});
  EXPECT_EQ(leader->create_time, absl::FromUnixMicros(1'234'567));
  EXPECT_EQ(leader->revision, 1);
  const auto supervised =
      Read<std::vector<PersonRow>>([&](auto& t) { return t.ListSupervised(district_, supervisor_, {}); });
  ASSERT_EQ(supervised.size(), 1u);
  EXPECT_EQ(supervised[0].id, leader_);
  EXPECT_EQ(supervised[0].supervisors, std::vector<domain::PersonId>{supervisor_});
}

TEST_P(IdentityStoreConformanceTest, FindGivesNothingForWhatIsNotThere) {
  MakeDistrict();
  const domain::DistrictId other("d2");
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(other); }).has_value());
  EXPECT_FALSE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(other, leader_); }).has_value());
  EXPECT_FALSE(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(other, survey_); }).has_value());
  EXPECT_FALSE(Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(other, campaign_); }).has_value());
  EXPECT_FALSE(Read<std::optional<InstrumentVersionRow>>([&](auto& t) {
                 return t.FindInstrumentVersion(district_, domain::InstrumentId("i1"), 2);
               }).has_value());
  EXPECT_FALSE(Read<OptionalText>([&](auto& t) {
                 return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReport);
               }).has_value());
}

TEST_P(IdentityStoreConformanceTest, FrameworksAndInstrumentsComeBackAsTheyWereStored) {
  MakeDistrict();
  const auto framework = Read<std::optional<FrameworkRow>>(
      [&](auto& t) { return t.FindFramework(district_, domain::FrameworkId("f1")); });
  ASSERT_TRUE(framework.has_value());
  EXPECT_EQ(framework->document, "{}");
  InstrumentRow changed;
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto row, t.FindInstrument(district_, domain::InstrumentId("i1")));
                row->draft = std::string("with\0zero", 9);
                row->newest_version = 2;
                row->update_time = absl::FromUnixSeconds(9);
                changed = *row;
                CANDOR_RETURN_IF_ERROR(t.UpdateInstrument(*row));
                return t.InsertInstrumentVersion({district_, row->id, 2, "hash2", "document2", absl::UnixEpoch()});
              }).ok());
  const auto instrument = Read<std::optional<InstrumentRow>>(
      [&](auto& t) { return t.FindInstrument(district_, domain::InstrumentId("i1")); });
  ASSERT_TRUE(instrument.has_value());
  EXPECT_EQ(instrument->draft, changed.draft);
  EXPECT_EQ(instrument->newest_version, 2);
  EXPECT_EQ(instrument->update_time, absl::FromUnixSeconds(9));
  EXPECT_EQ(instrument->revision, 2);
  EXPECT_EQ(Read<std::vector<FrameworkRow>>([&](auto& t) { return t.ListFrameworks(district_, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<InstrumentRow>>([&](auto& t) { return t.ListInstruments(district_, {}); }).size(), 1u);
  const auto versions = Read<std::vector<InstrumentVersionRow>>(
      [&](auto& t) { return t.ListInstrumentVersions(district_, domain::InstrumentId("i1"), 1, 10); });
  ASSERT_EQ(versions.size(), 1u);
  EXPECT_EQ(versions[0].version, 2);
  EXPECT_EQ(versions[0].hash, "hash2");
  EXPECT_EQ(versions[0].document, "") << "a list leaves documents out";
}

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
  EXPECT_EQ(Reason(Write([&](WriteTransaction& t) { return t.UpdateIdentifiedRating(row); })), reasons::kETAG_MISMATCH);
  const auto ratings =
      Read<std::vector<IdentifiedRatingRow>>([&](auto& t) { return t.ListIdentifiedRatings(district_, survey_); });
  ASSERT_EQ(ratings.size(), 1u);
  EXPECT_EQ(ratings[0].answers.ratings, (std::vector<uint8_t>{5, 4, 3}));
  EXPECT_EQ(ratings[0].answers.comments, (std::vector<std::string>{"one", ""}));
  EXPECT_EQ(ratings[0].audience, IdentifiedAudience::kSelf);
  EXPECT_EQ(ratings[0].revision, 2);
}

TEST_P(IdentityStoreConformanceTest, AccessKeysAreFoundByHashAndUnique) {
  MakeDistrict();
  const AccessKeyRow key{std::string(32, 'k'), domain::AccessKeyId("k1"), district_, leader_, "laptop",
                         absl::FromUnixSeconds(5)};
  const AccessKeyRow installation{std::string(32, 'i'), domain::AccessKeyId("k0"), {}, {}, "", absl::UnixEpoch()};
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertAccessKey(key));
                return t.InsertAccessKey(installation);
              }).ok());
  AccessKeyRow same_hash = key;
  same_hash.id = domain::AccessKeyId("k2");
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertAccessKey(same_hash); }).code(),
            absl::StatusCode::kAlreadyExists);
  const auto found =
      Read<std::optional<AccessKeyRow>>([&](auto& t) { return t.FindAccessKeyByHash(std::string(32, 'k')); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->person, leader_);
  EXPECT_EQ(found->title, "laptop");
  EXPECT_EQ(found->create_time, absl::FromUnixSeconds(5));
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteInstallationKeys(); }).ok());
  EXPECT_FALSE(Read<std::optional<AccessKeyRow>>([&](auto& t) {
                 return t.FindAccessKeyByHash(std::string(32, 'i'));
               }).has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteAccessKey(district_, leader_, key.id); }).ok());
  EXPECT_TRUE(Read<std::vector<AccessKeyRow>>([&](auto& t) {
                return t.ListAccessKeys(district_, leader_, {});
              }).empty());
}

TEST_P(IdentityStoreConformanceTest, RequestsAreKeptUntilTheirTimeIsOver) {
  const RequestRow row{district_, "caller", "CreatePerson", "id", std::string(32, 'r'), std::string("a\0b", 3),
                       absl::FromUnixSeconds(100)};
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.InsertRequest(row); }).ok());
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertRequest(row); }).code(), absl::StatusCode::kAlreadyExists);
  const auto find = [&] {
    return Read<std::optional<RequestRow>>(
        [&](auto& t) { return t.FindRequest(district_, "caller", "CreatePerson", "id"); });
  };
  ASSERT_TRUE(find().has_value());
  EXPECT_EQ(find()->response, std::string("a\0b", 3));
  EXPECT_EQ(find()->request_hash, std::string(32, 'r'));
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(100)); }).ok());
  EXPECT_TRUE(find().has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(101)); }).ok());
  EXPECT_FALSE(find().has_value());
}

TEST_P(IdentityStoreConformanceTest, AForgottenRequestKeepsItsIdAndNothingThatWasSaid) {
  const RequestRow row{district_, "caller", "CreatePerson", "id", std::string(32, 'r'), "response",
                       absl::FromUnixSeconds(100)};
  RequestRow elsewhere = row;
  elsewhere.district = domain::DistrictId("d2");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertRequest(row));
                CANDOR_RETURN_IF_ERROR(t.InsertRequest(elsewhere));
                return t.ForgetRequests(district_);
              }).ok());
  const auto find = [&](const domain::DistrictId& district) {
    return Read<std::optional<RequestRow>>(
        [&](auto& t) { return t.FindRequest(district, "caller", "CreatePerson", "id"); });
  };
  ASSERT_TRUE(find(district_).has_value());
  EXPECT_EQ(find(district_)->response, "");
  EXPECT_EQ(find(district_)->request_hash, "");
  EXPECT_EQ(find(district_)->time, absl::FromUnixSeconds(100));
  EXPECT_EQ(find(elsewhere.district)->response, "response");
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeleteRequestsBefore(absl::FromUnixSeconds(101)); }).ok());
  EXPECT_FALSE(find(district_).has_value());
}

TEST_P(IdentityStoreConformanceTest, TheAuditTrailIsNumberedByDistrict) {
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (const char* district : {"d1", "d2", "d1"}) {
                  AuditRow row{domain::DistrictId(district), 77, absl::FromUnixSeconds(6), "someone", "OpenCampaign",
                               "districts/d1/campaigns/c1"};
                  CANDOR_RETURN_IF_ERROR(t.InsertAudit(row));
                }
                return absl::OkStatus();
              }).ok());
  const auto rows = Read<std::vector<AuditRow>>([&](auto& t) { return t.ListAudit(district_, 0, 10); });
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].sequence, 1);
  EXPECT_EQ(rows[1].sequence, 2);
  EXPECT_EQ(rows[1].action, "OpenCampaign");
  EXPECT_EQ(rows[1].time, absl::FromUnixSeconds(6));
  EXPECT_EQ(Read<std::vector<AuditRow>>([&](auto& t) { return t.ListAudit(district_, 1, 10); }).size(), 1u);
}

TEST_P(IdentityStoreConformanceTest, ListsGiveEveryRowOncePageByPage) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (int i = 0; i < 25; ++i) {
                  CANDOR_RETURN_IF_ERROR(t.InsertRater(ARater(district_, survey_, absl::StrCat("r", 100 + i))));
                }
                return absl::OkStatus();
              }).ok());
  std::vector<std::string> seen;
  Page page;
  page.limit = 10;
  for (int i = 0; i < 4; ++i) {
    const auto rows =
        Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, page); });
    EXPECT_EQ(rows.size(), i < 2 ? 10u : i == 2 ? 5u : 0u);
    for (const RaterRow& row : rows) seen.push_back(row.id.value());
    if (!rows.empty()) page.after = rows.back().id.value();
  }
  ASSERT_EQ(seen.size(), 25u);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], absl::StrCat("r", 100 + i));
}

TEST_P(IdentityStoreConformanceTest, ListsStayWithinTheirDistrictAndCampaign) {
  MakeDistrict();
  const domain::DistrictId other("d2");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertDistrict({other, "Other", absl::UnixEpoch()}));
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(other, leader_)));
                CANDOR_RETURN_IF_ERROR(t.InsertCampaign(ACampaign(district_, domain::CampaignId("c2"))));
                return t.InsertSurvey(
                    ASurvey(district_, domain::CampaignId("c2"), domain::RandomSurveyId(), leader_));
              }).ok());
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(other, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<SurveyRow>>([&](auto& t) { return t.ListSurveys(district_, campaign_, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<SurveyRow>>([&](auto& t) { return t.ListSurveys(district_, {}, {}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<CampaignRow>>([&](auto& t) { return t.ListCampaigns(other, {}); }).size(), 0u);
  EXPECT_EQ(Read<std::vector<DistrictRow>>([&](auto& t) { return t.ListDistricts({}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<SchoolRow>>([&](auto& t) { return t.ListSchools(other, {}); }).size(), 0u);
}

TEST_P(IdentityStoreConformanceTest, TakenKeysAndMissingParentsAreRefused) {
  MakeDistrict();
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertPerson(APerson(district_, leader_)); }).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertSurvey(ASurvey(district_, campaign_, domain::RandomSurveyId(), leader_));
            }).code(),
            absl::StatusCode::kAlreadyExists)
      << "one survey a leader and campaign";
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertPerson(APerson(domain::DistrictId("nowhere"), leader_));
            }).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertRater(ARater(district_, domain::RandomSurveyId(), "r"));
            }).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_P(IdentityStoreConformanceTest, AnUpdateOfAnOldRevisionIsRefused) {
  MakeDistrict();
  const auto campaign = *Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); });
  const auto survey = *Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); });
  const auto person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  for (const bool stale : {false, true}) {
    const absl::Status statuses[] = {
        Write([&](WriteTransaction& t) { return t.UpdateCampaign(campaign); }),
        Write([&](WriteTransaction& t) { return t.UpdateSurvey(survey); }),
        Write([&](WriteTransaction& t) { return t.UpdatePerson(person); }),
    };
    for (const absl::Status& status : statuses) {
      EXPECT_EQ(status.code(), stale ? absl::StatusCode::kAborted : absl::StatusCode::kOk) << status;
      EXPECT_EQ(Reason(status), stale ? reasons::kETAG_MISMATCH : "");
    }
  }
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.UpdateCampaign(ACampaign(district_, domain::CampaignId("none")));
            }).code(),
            absl::StatusCode::kNotFound);
}

TEST_P(IdentityStoreConformanceTest, UpdatingAPersonReplacesTheSupervisors) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_ASSIGN_OR_RETURN(auto person, t.FindPerson(district_, leader_));
                person->supervisors.clear();
                person->school = domain::SchoolId();
                person->roles = {true, true, false};
                return t.UpdatePerson(*person);
              }).ok());
  const auto person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  EXPECT_TRUE(person.supervisors.empty());
  EXPECT_TRUE(person.school.empty());
  EXPECT_EQ(person.roles, (Roles{true, true, false}));
}

TEST_P(IdentityStoreConformanceTest, DeletingAPersonTakesAllThatIsKeptAboutThem) {
  MakeDistrict();
  const domain::SurveyId closed = domain::RandomSurveyId();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertCampaign(ACampaign(district_, domain::CampaignId("c2"))));
                SurveyRow other = ASurvey(district_, domain::CampaignId("c2"), closed, leader_);
                other.state = domain::SurveyState::kClosed;
                CANDOR_RETURN_IF_ERROR(t.InsertSurvey(other));
                for (const domain::SurveyId& survey : {survey_, closed}) {
                  CANDOR_RETURN_IF_ERROR(t.InsertIdentifiedRating(
                      {district_, survey, supervisor_, IdentifiedAudience::kSupervisor, {{1}, {}}, 1}));
                }
                RaterRow rater = ARater(district_, survey_, "r1");
                rater.address = "supervisor@example.org";
                CANDOR_RETURN_IF_ERROR(t.InsertRater(rater));
                CANDOR_RETURN_IF_ERROR(t.InsertRater(ARater(district_, survey_, "r2")));
                CANDOR_RETURN_IF_ERROR(t.InsertSurveyDocument(district_, survey_, SurveyDocument::kReportSubject,
                                                              "leader's name", std::string(32, 's')));
                CANDOR_RETURN_IF_ERROR(t.InsertAccessKey({std::string(32, 'k'), domain::AccessKeyId("k1"), district_,
                                                          supervisor_, "", absl::UnixEpoch()}));
                return t.DeletePerson(district_, supervisor_);
              }).ok());
  EXPECT_FALSE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, supervisor_); }).has_value());
  EXPECT_FALSE(Read<std::optional<AccessKeyRow>>([&](auto& t) {
                 return t.FindAccessKeyByHash(std::string(32, 'k'));
               }).has_value());
  EXPECT_TRUE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); })->supervisors.empty());
  EXPECT_TRUE(Read<std::vector<IdentifiedRatingRow>>([&](auto& t) {
                return t.ListIdentifiedRatings(district_, survey_);
              }).empty());
  EXPECT_EQ(Read<std::vector<IdentifiedRatingRow>>([&](auto& t) {
              return t.ListIdentifiedRatings(district_, closed);
            }).size(),
            1u)
      << "a report not yet frozen needs it";
  const auto raters = Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, {}); });
  ASSERT_EQ(raters.size(), 2u);
  EXPECT_EQ(raters[0].display_name, "");
  EXPECT_EQ(raters[0].address, "");
  EXPECT_EQ(raters[1].display_name, "Name r2");
  const auto subject = [&] {
    return Read<OptionalText>(
        [&](auto& t) { return t.FindSurveyDocument(district_, survey_, SurveyDocument::kReportSubject); });
  };
  EXPECT_TRUE(subject().has_value());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, leader_); }).ok());
  EXPECT_FALSE(subject().has_value());
  EXPECT_TRUE(Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, TheIdOfADeletedPersonStaysTakenInItsDistrict) {
  MakeDistrict();
  const auto was = [&](const domain::DistrictId& district, const domain::PersonId& person) {
    return Read<bool>([&](auto& t) { return t.WasPerson(district, person); });
  };
  EXPECT_FALSE(was(district_, supervisor_));
  PersonRow person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, supervisor_); });
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, supervisor_); }).ok());
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.DeletePerson(district_, domain::PersonId("never was")); }).ok());
  EXPECT_TRUE(was(district_, supervisor_));
  EXPECT_FALSE(was(district_, leader_));
  EXPECT_FALSE(was(district_, domain::PersonId("never was")));
  EXPECT_FALSE(was(domain::DistrictId("elsewhere"), supervisor_));
  const absl::Status refused = Write([&](WriteTransaction& t) { return t.InsertPerson(person); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::GetErrorDetail(refused).reason, domain::reasons::kRESOURCE_EXISTS);
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
}

TEST_P(IdentityStoreConformanceTest, AFailedBodyLeavesNothingBehind) {
  const absl::Status status = Write([&](WriteTransaction& t) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(t.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
    return absl::CancelledError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, AWriteInsideAWriteJoinsIt) {
  ASSERT_TRUE(Write([&](WriteTransaction& outer) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(outer.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
                CANDOR_RETURN_IF_ERROR(store_->Write([&](WriteTransaction& inner) {
                  return inner.InsertSchool({district_, domain::SchoolId("oak"), "Oak", absl::UnixEpoch()});
                }));
                return store_->Read([&](ReadTransaction& inner) -> absl::Status {
                  CANDOR_ASSIGN_OR_RETURN(const auto school, inner.FindSchool(district_, domain::SchoolId("oak")));
                  return school.has_value() ? absl::OkStatus() : absl::InternalError("not joined");
                });
              }).ok());
  EXPECT_EQ(Read<std::vector<SchoolRow>>([&](auto& t) { return t.ListSchools(district_, {}); }).size(), 1u);
}

TEST_P(IdentityStoreConformanceTest, AFailedJoinedBodyKeepsTheOuterWriteFromCommitting) {
  const absl::Status status = Write([&](WriteTransaction& outer) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(outer.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
    (void)store_->Write([](WriteTransaction&) { return absl::CancelledError("no"); });
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, WorkForAfterTheCommitIsDoneOnceAndOnlyWhenThereIsOne) {
  std::string done;
  const auto write = [&](const absl::Status& end) {
    return Write([&](WriteTransaction& outer) -> absl::Status {
      outer.AfterCommit([&] {
        done += "a";
        EXPECT_TRUE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
      });
      CANDOR_RETURN_IF_ERROR(store_->Write([&](WriteTransaction& inner) {
        inner.AfterCommit([&] { done += "b"; });
        return inner.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()});
      }));
      EXPECT_EQ(done, "");
      return end;
    });
  };
  EXPECT_FALSE(write(absl::CancelledError("no")).ok());
  EXPECT_EQ(done, "");
  EXPECT_TRUE(write(absl::OkStatus()).ok());
  EXPECT_EQ(done, "ab");
}

TEST_P(IdentityStoreConformanceTest, AWriteInsideAReadIsRefused) {
  const absl::Status status = store_->Read([&](ReadTransaction&) {
    return store_->Write([](WriteTransaction&) { return absl::OkStatus(); });
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(IdentityStoreConformanceTest, AReaderKeepsItsViewWhileAnotherThreadWrites) {
  MakeDistrict();
  const absl::Status status = store_->Read([&](ReadTransaction& t) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto before, t.ListPeople(district_, {}));
    std::thread writer([&] {
      EXPECT_TRUE(Write([&](WriteTransaction& w) {
                    return w.InsertPerson(APerson(district_, domain::PersonId("new")));
                  }).ok());
    });
    writer.join();
    CANDOR_ASSIGN_OR_RETURN(const auto after, t.ListPeople(district_, {}));
    EXPECT_EQ(before.size(), after.size());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {}); }).size(), 3u);
}

TEST_P(IdentityStoreConformanceTest, ManyThreadsReadAndWriteAtOnce) {
  MakeDistrict();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        const domain::PersonId id(absl::StrCat("p-", thread, "-", i));
        const absl::Status written = Write([&](WriteTransaction& t) { return t.InsertPerson(APerson(district_, id)); });
        const absl::Status read = store_->Read([&](ReadTransaction& t) -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(const auto person, t.FindPerson(district_, id));
          return person.has_value() ? absl::OkStatus() : absl::NotFoundError("own write");
        });
        if (!written.ok() || !read.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {"", 1000}); }).size(), 122u);
}

TEST_P(IdentityStoreConformanceTest, ForgettingKeepsWhatIsThere) {
  MakeDistrict();
  ASSERT_TRUE(store_->Forget().ok());
  Reopen();
  EXPECT_TRUE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); }).has_value());
}

}  // namespace
}  // namespace candor::storage
