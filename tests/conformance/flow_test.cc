// The whole life of a campaign through stubs, as clients see it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "candor/v1/scoring.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/key_session.h"
#include "clients/cpp/moderation.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/crypto/ledger.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"
#include "services/reporting/build_report.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Three leaders: one whose students and parents are too few to stand alone, one rated by staff only, one with all.
const std::vector<SampleDistrict::Invited> kThreeLeaders = {
    {"leader1", {{"staff", 12}, {"student", 3}, {"parent", 3}}},
    {"leader2", {{"staff", 8}}},
    {"leader3", {{"staff", 6}, {"student", 6}, {"parent", 6}}},
};

absl::StatusOr<v1::IdentifiedRating> Rate(const ApiCaller& person, const std::string& survey, const std::string& kind,
                                          int value) {
  v1::GetIdentifiedRatingRequest get;
  get.set_name(absl::StrCat(survey, "/ratings/", kind));
  auto form = person.Call(&v1::CampaignService::Stub::GetIdentifiedRating, get);
  if (!form.ok()) return form.status();
  v1::PutIdentifiedRatingRequest put;
  put.mutable_rating()->set_name(form->name());
  for (const v1::FormItem& item : form->items()) {
    v1::Rating* rating = put.mutable_rating()->add_ratings();
    rating->set_indicator(item.indicator());
    rating->set_value(value);
  }
  return person.Call(&v1::CampaignService::Stub::PutIdentifiedRating, put);
}

absl::StatusOr<v1::Report> ReadReport(const ApiCaller& reader, const std::string& survey) {
  v1::GetReportRequest get;
  get.set_name(absl::StrCat(survey, "/report"));
  return reader.Call(&v1::ReportService::Stub::GetReport, get);
}

absl::StatusOr<v1::Survey> ReadSurvey(const ApiCaller& reader, const std::string& survey) {
  v1::GetSurveyRequest get;
  get.set_name(survey);
  return reader.Call(&v1::CampaignService::Stub::GetSurvey, get);
}

std::map<std::string, int64_t> AnsweredOf(const v1::Survey& survey) {
  std::map<std::string, int64_t> answered;
  for (const v1::SurveyGroup& group : survey.groups()) answered[group.code()] = group.answered();
  return answered;
}

const v1::UnitScore* UnitOf(const v1::Scores& scores, const std::string& code) {
  for (const v1::UnitScore& unit : scores.units()) {
    if (unit.code() == code) return &unit;
  }
  return nullptr;
}

class FlowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }

  absl::StatusOr<SampleDistrict::Campaign> Open(const std::vector<SampleDistrict::Invited>& invited) {
    auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), invited);
    if (!campaign.ok()) return campaign;
    if (auto opened = OpenAndWait(As("administrator"), campaign->name); !opened.ok()) return opened;
    return campaign;
  }

  // Every invited rater answers every item with `rating`.
  absl::Status AnswerAll(const std::string& survey, uint8_t rating) {
    auto codes = CodesOf(As("administrator"), survey);
    if (!codes.ok()) return codes.status();
    const ApiCaller nobody = server_.Nobody();
    for (const auto& [group, code] : *codes) {
      if (auto receipt = AnswerWith(nobody, code, rating); !receipt.ok()) return receipt.status();
    }
    return absl::OkStatus();
  }

  absl::Status Release(const std::string& campaign) { return ReleaseAndWait(As("administrator"), campaign); }

  TestServer server_;
  SampleDistrict district_;
};

TEST_F(FlowTest, ThreeLeadersGoFromFrameworkToFrozenReports) {
  const auto campaign = Open(kThreeLeaders);
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  const std::string& first = campaign->surveys[0];

  // Opening has joined the two small groups and told so.
  const auto open = ReadSurvey(As("leader1"), first);
  ASSERT_EQ(open.status(), absl::OkStatus());
  EXPECT_EQ(open->state(), v1::SURVEY_STATE_OPEN);
  ASSERT_THAT(open->groups(), SizeIs(2));
  EXPECT_EQ(open->groups(1).code(), "other_raters");
  EXPECT_THAT(open->groups(1).members(), UnorderedElementsAre("parent", "student"));
  EXPECT_EQ(open->groups(1).invited(), 6);
  EXPECT_THAT(open->contract_hash(), SizeIs(64));
  EXPECT_THAT(open->manifest_hash(), SizeIs(64));
  EXPECT_THAT(AnsweredOf(*open), UnorderedElementsAre(std::pair("staff", 0), std::pair("other_raters", 0)));

  ASSERT_EQ(AnswerAll(campaign->surveys[0], 4), absl::OkStatus());
  ASSERT_EQ(AnswerAll(campaign->surveys[1], 2), absl::OkStatus());
  ASSERT_EQ(AnswerAll(campaign->surveys[2], 3), absl::OkStatus());

  // While open counts are coarse.
  const auto counted = ReadSurvey(As("administrator"), first);
  ASSERT_EQ(counted.status(), absl::OkStatus());
  EXPECT_THAT(AnsweredOf(*counted), UnorderedElementsAre(std::pair("staff", 10), std::pair("other_raters", 5)));

  ASSERT_EQ(Rate(As("leader1"), first, "self", 5).status(), absl::OkStatus());
  ASSERT_EQ(Rate(As("boss"), first, "supervisor", 3).status(), absl::OkStatus());
  ASSERT_EQ(Rate(As("leader2"), campaign->surveys[1], "self", 4).status(), absl::OkStatus());

  EXPECT_EQ(ReasonOf(ReadReport(As("leader1"), first).status()), domain::reasons::kREPORT_NOT_RELEASED);
  ASSERT_EQ(CloseAndWait(As("administrator"), campaign->name), absl::OkStatus());
  const auto closed = ReadSurvey(As("administrator"), first);
  ASSERT_EQ(closed.status(), absl::OkStatus());
  EXPECT_THAT(AnsweredOf(*closed), UnorderedElementsAre(std::pair("staff", 12), std::pair("other_raters", 6)));
  EXPECT_TRUE(closed->self_rated());
  EXPECT_TRUE(closed->supervisor_rated());

  EXPECT_EQ(ReasonOf(ReadReport(As("leader1"), first).status()), domain::reasons::kREPORT_NOT_RELEASED);
  ASSERT_EQ(Release(campaign->name), absl::OkStatus());

  // Leader first, then the supervisor; no administrator, since the contract names none.
  for (const ApiCaller& administrator : {As("administrator"), server_.Administrator()}) {
    EXPECT_EQ(ReasonOf(ReadReport(administrator, first).status()), domain::reasons::kCALLER_NOT_ALLOWED);
  }
  EXPECT_EQ(ReasonOf(ReadReport(As("boss"), first).status()), domain::reasons::kREPORT_NOT_RELEASED);
  const auto report = ReadReport(As("leader1"), first);
  ASSERT_EQ(report.status(), absl::OkStatus());
  EXPECT_EQ(report->leader_display_name(), "Name of leader1");
  const auto again = ReadReport(As("boss"), first);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(reporting::SerializeReport(*again), reporting::SerializeReport(*report));

  // Eight items of 5, of which the reversed one counts as 1.
  const v1::UnitScore* overall = UnitOf(report->scores(), "ALL");
  ASSERT_NE(overall, nullptr);
  EXPECT_DOUBLE_EQ(overall->self().mean(), 4.5);
  const v1::UnitScore* item = UnitOf(report->scores(), "A.1.a");
  ASSERT_NE(item, nullptr);
  EXPECT_DOUBLE_EQ(item->supervisor().mean(), 3);
  ASSERT_THAT(item->groups(), SizeIs(report->scores().groups_size()));
  std::map<std::string, v1::GroupScore> scores;
  for (const v1::GroupScore& group : item->groups()) scores[group.group()] = group;
  // 12 times 4: neither end is near, so the mean is told.
  EXPECT_EQ(scores["staff"].state(), v1::FIGURE_STATE_EXACT);
  EXPECT_EQ(scores["staff"].n(), 12);
  EXPECT_DOUBLE_EQ(scores["staff"].mean(), 4);
  // 6 times 4: 24 >= 6 * 5 - 2 * 4, so a limit of 5 - 8 / 6 is told.
  EXPECT_EQ(scores["other_raters"].state(), v1::FIGURE_STATE_AT_LEAST);
  EXPECT_DOUBLE_EQ(scores["other_raters"].lower(), 5 - 8.0 / 6);
  EXPECT_DOUBLE_EQ(UnitOf(report->scores(), "B.2.b")->groups(0).mean(), 2) << "the reversed item";

  v1::GetScoresRequest get;
  get.set_name(first);
  const auto scores_alone = As("leader1").Call(&v1::ScoringService::Stub::GetScores, get);
  ASSERT_EQ(scores_alone.status(), absl::OkStatus());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*scores_alone, report->scores()));

  // The ledger is public and verifies.
  v1::GetLedgerRequest ledger;
  ledger.set_survey(first.substr(first.rfind('/') + 1));
  const auto published = server_.Nobody().Call(&v1::ResponseService::Stub::GetLedger, ledger);
  ASSERT_EQ(published.status(), absl::OkStatus());
  v1::GetManifestRequest documents;
  documents.set_survey(ledger.survey());
  const auto manifest_bytes = server_.Nobody().Call(&v1::ResponseService::Stub::GetManifest, documents);
  ASSERT_EQ(manifest_bytes.status(), absl::OkStatus());
  const auto manifest = domain::DecodeManifest(manifest_bytes->manifest());
  ASSERT_EQ(manifest.status(), absl::OkStatus());
  const auto verified = crypto::VerifyLedger(published->ledger(), domain::SurveyIdBytes(manifest->survey),
                                             manifest->receipt_public_key);
  ASSERT_EQ(verified.status(), absl::OkStatus());
  EXPECT_THAT(verified->leaves, SizeIs(18));

  // Releasing again changes nothing, and lists hold each reader's own.
  ASSERT_EQ(Release(campaign->name), absl::OkStatus());
  v1::ListReportsRequest list;
  list.set_parent(campaign->name);
  EXPECT_THAT(As("leader2").Call(&v1::ReportService::Stub::ListReports, list)->reports(), SizeIs(1));
  EXPECT_THAT(As("boss").Call(&v1::ReportService::Stub::ListReports, list)->reports(), SizeIs(1))
      << "only what its leader has read";
  EXPECT_THAT(As("administrator").Call(&v1::ReportService::Stub::ListReports, list)->reports(), IsEmpty())
      << "the contract names no administrator";

  // An export gives the same bytes; one round alone has nothing to be set beside; of three leaders a district learns nothing.
  v1::ExportReportsRequest exporting;
  exporting.set_parent(campaign->name);
  const auto exported = As("leader1").Call(&v1::ReportService::Stub::ExportReports, exporting);
  ASSERT_EQ(exported.status(), absl::OkStatus());
  ASSERT_THAT(exported->reports(), SizeIs(1));
  EXPECT_EQ(reporting::SerializeReport(exported->reports(0)), reporting::SerializeReport(*report));
  v1::CompareRoundsRequest rounds;
  rounds.set_name(first);
  const auto compared = As("leader1").Call(&v1::ReportService::Stub::CompareRounds, rounds);
  ASSERT_EQ(compared.status(), absl::OkStatus());
  EXPECT_THAT(compared->rounds(), SizeIs(1));
  EXPECT_THAT(compared->units(), IsEmpty());
  v1::GetDistrictSummaryRequest summary;
  summary.set_name(campaign->name);
  const auto summed = As("administrator").Call(&v1::ReportService::Stub::GetDistrictSummary, summary);
  ASSERT_EQ(summed.status(), absl::OkStatus());
  EXPECT_EQ(summed->leaders(), 3);
  EXPECT_THAT(summed->benchmark(), IsEmpty());
  EXPECT_THAT(summed->notes(), SizeIs(1));
}

TEST_F(FlowTest, ARestartBetweenAllStagesLosesNothing) {
  auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader2", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  const std::string& survey = campaign->surveys[0];
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(As("administrator"), campaign->name), absl::OkStatus());
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  const auto codes = CodesOf(As("administrator"), survey);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  ASSERT_THAT(*codes, SizeIs(6));

  // A token taken before the restart is spent after it; an answer given before it is changed after it.
  auto early = RawRespondent::Open(server_.Nobody(), (*codes)[0].second);
  ASSERT_EQ(early.status(), absl::OkStatus());
  ASSERT_EQ(early->TakeToken(), absl::OkStatus());
  ASSERT_EQ(early->Submit(early->RequestFor(3)).status(), absl::OkStatus());
  auto late = RawRespondent::Open(server_.Nobody(), (*codes)[1].second);
  ASSERT_EQ(late.status(), absl::OkStatus());
  ASSERT_EQ(late->TakeToken(), absl::OkStatus());
  ASSERT_EQ(Rate(As("leader2"), survey, "self", 3).status(), absl::OkStatus());
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_EQ(server_.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, early->RequestFor(4, 2)).status(),
            absl::OkStatus());
  ASSERT_EQ(server_.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, late->RequestFor(4)).status(),
            absl::OkStatus());
  for (size_t i = 2; i < codes->size(); ++i) {
    ASSERT_EQ(AnswerWith(server_.Nobody(), (*codes)[i].second, 4).status(), absl::OkStatus());
  }
  ASSERT_EQ(server_.Restart(), absl::OkStatus());

  // Closing is ordered and the server goes down at once: what is left is done after the start.
  v1::CloseCampaignRequest close;
  close.set_name(campaign->name);
  ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::CloseCampaign, close).status(), absl::OkStatus());
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_EQ(AwaitState(As("administrator"), campaign->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  EXPECT_THAT(AnsweredOf(*ReadSurvey(As("leader2"), survey)), ElementsAre(std::pair("staff", 6)));
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_EQ(Release(campaign->name), absl::OkStatus());
  const auto report = ReadReport(As("leader2"), survey);
  ASSERT_EQ(report.status(), absl::OkStatus());
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  const auto again = ReadReport(As("leader2"), survey);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(reporting::SerializeReport(*again), reporting::SerializeReport(*report));
}

TEST_F(FlowTest, OpeningThatARestartInterruptsGoesOn) {
  auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), kThreeLeaders);
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::OpenCampaignRequest open;
  open.set_name(campaign->name);
  const auto ordered = As("administrator").Call(&v1::CampaignService::Stub::OpenCampaign, open);
  ASSERT_EQ(ordered.status(), absl::OkStatus());
  EXPECT_EQ(ordered->survey_count(), 3);
  ASSERT_EQ(server_.Restart(), absl::OkStatus());
  ASSERT_EQ(AwaitState(As("administrator"), campaign->name, v1::CAMPAIGN_STATE_OPEN), absl::OkStatus());
  for (const std::string& survey : campaign->surveys) {
    EXPECT_THAT(*CodesOf(As("administrator"), survey), Not(IsEmpty()));
  }
  EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::OpenCampaign, open).status()),
            domain::reasons::kWRONG_STATE);
}

TEST_F(FlowTest, OfTwoClosingsAtOnceOnlyOneIsTaken) {
  const auto campaign = Open({{"leader2", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::CloseCampaignRequest close;
  close.set_name(campaign->name);
  const ApiCaller administrator = As("administrator");
  std::vector<absl::Status> results(8);
  std::vector<std::thread> callers;
  for (absl::Status& result : results) {
    callers.emplace_back(
        [&] { result = administrator.Call(&v1::CampaignService::Stub::CloseCampaign, close).status(); });
  }
  for (std::thread& caller : callers) caller.join();
  int taken = 0;
  for (const absl::Status& result : results) {
    if (result.ok()) {
      ++taken;
    } else {
      EXPECT_EQ(result.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(ReasonOf(result), domain::reasons::kWRONG_STATE);
    }
  }
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(AwaitState(administrator, campaign->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
}

TEST_F(FlowTest, ACampaignClosesByItselfWhenItsTimeHasCome) {
  const auto campaign = Open({{"leader2", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  const auto codes = CodesOf(As("administrator"), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  auto respondent = RawRespondent::Open(server_.Nobody(), codes->front().second);
  ASSERT_EQ(respondent.status(), absl::OkStatus());
  ASSERT_EQ(respondent->TakeToken(), absl::OkStatus());

  server_.clock().Advance(absl::Hours(24 * 14));
  ASSERT_EQ(AwaitState(As("administrator"), campaign->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  EXPECT_EQ(ReasonOf(respondent->Submit(respondent->RequestFor(4)).status()), domain::reasons::kSURVEY_CLOSED);
  EXPECT_EQ(ReasonOf(RawRespondent::Open(server_.Nobody(), codes->front().second).status()),
            domain::reasons::kCODE_UNKNOWN);
  EXPECT_EQ(ReasonOf(CodesOf(As("administrator"), campaign->surveys[0]).status()), domain::reasons::kWRONG_STATE);
  EXPECT_EQ(ReasonOf(Rate(As("leader2"), campaign->surveys[0], "self", 3).status()), domain::reasons::kWRONG_STATE);
}

TEST_F(FlowTest, ACampaignWithTooFewRatersSaysSoBeforeAndAtOpening) {
  const auto campaign =
      district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader1", {{"staff", 2}, {"parent", 2}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::PreviewCampaignRequest preview;
  preview.set_name(campaign->name);
  const auto shown = As("administrator").Call(&v1::CampaignService::Stub::PreviewCampaign, preview);
  ASSERT_EQ(shown.status(), absl::OkStatus());
  ASSERT_THAT(shown->surveys(), SizeIs(1));
  EXPECT_THAT(shown->surveys(0).faults(), Not(IsEmpty()));
  v1::OpenCampaignRequest open;
  open.set_name(campaign->name);
  EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::OpenCampaign, open).status()),
            domain::reasons::kTOO_FEW_INVITED);
  EXPECT_EQ(AwaitState(As("administrator"), campaign->name, v1::CAMPAIGN_STATE_DRAFT), absl::OkStatus());
}

TEST_F(FlowTest, CommentsAreTakenWhereAModeratorIsNamed) {
  auto campaign =
      district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader2", {{"staff", 6}, {"parent", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(district_.AddKeyHolder(As("administrator"), "kim", v1::ROLE_MODERATOR).status(), absl::OkStatus());
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(campaign->name);
  v1::KeyHolder* moderator = update.mutable_campaign()->add_moderators();
  moderator->set_title("Ombudsperson");
  moderator->set_person(district_.person("kim").name);
  ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(As("administrator"), campaign->name), absl::OkStatus());
  const auto codes = CodesOf(As("administrator"), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  for (const auto& [group, code] : *codes) {
    auto respondent = RawRespondent::Open(server_.Nobody(), code);
    ASSERT_EQ(respondent.status(), absl::OkStatus());
    ASSERT_EQ(respondent->TakeToken(), absl::OkStatus());
    std::vector<uint8_t> ratings(8, domain::kBlank);
    ratings[0] = domain::kNotObserved;
    const auto reason_of = [&](const std::string& comment) {
      return ReasonOf(respondent->Submit(respondent->RequestFor(ratings, {comment})).status());
    };
    if (group == "parent") {
      EXPECT_EQ(reason_of("kind"), domain::reasons::kITEM_NOT_ASKED) << "the prompt is for staff";
    } else {
      EXPECT_EQ(reason_of(std::string(201, 'x')), domain::reasons::kCOMMENT_TOO_LONG);
      EXPECT_EQ(reason_of("\xFF"), domain::reasons::kCOMMENT_NOT_TEXT);
      EXPECT_EQ(reason_of(std::string("a\0b", 3)), domain::reasons::kCOMMENT_NOT_TEXT);
      EXPECT_EQ(reason_of("Keeps her door open.\nThank you."), "");
    }
  }
  ASSERT_EQ(CloseAndWait(As("administrator"), campaign->name), absl::OkStatus());
  // Six are too few for anything in words under their name: a refusal would tell that one of them wrote.
  EXPECT_EQ(ReleaseAndWait(As("administrator"), campaign->name), absl::OkStatus());
}

TEST_F(FlowTest, WhatAModeratorLetsOutStandsBesideTheReport) {
  auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader2", {{"staff", 22}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  auto key = district_.AddKeyHolder(As("administrator"), "kim", v1::ROLE_MODERATOR);
  ASSERT_EQ(key.status(), absl::OkStatus());
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(campaign->name);
  v1::KeyHolder* moderator = update.mutable_campaign()->add_moderators();
  moderator->set_title("Ombudsperson");
  moderator->set_person(district_.person("kim").name);
  ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(As("administrator"), campaign->name), absl::OkStatus());
  const auto codes = CodesOf(As("administrator"), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  int number = 0;
  for (const auto& [group, code] : *codes) {
    auto respondent = RawRespondent::Open(server_.Nobody(), code);
    ASSERT_EQ(respondent.status(), absl::OkStatus());
    ASSERT_EQ(respondent->TakeToken(), absl::OkStatus());
    ASSERT_EQ(respondent->Submit(respondent->RequestFor(std::vector<uint8_t>(8, 4), {absl::StrCat("Remark ", ++number, ".")}))
                  .status(),
              absl::OkStatus());
  }
  ASSERT_EQ(CloseAndWait(As("administrator"), campaign->name), absl::OkStatus());

  client::ConnectionOptions options;
  options.address = server_.response_address();
  const auto connection = client::Connection::Make(options);
  ASSERT_EQ(connection.status(), absl::OkStatus());
  const domain::SurveyId survey(campaign->surveys[0].substr(campaign->surveys[0].rfind('/') + 1));
  auto another = crypto::ClosingKeyPair::Generate();
  EXPECT_EQ(client::KeySession::Open(*connection, survey, v1::KEY_HOLDER_ROLE_MODERATOR, std::move(another)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto session =
      client::KeySession::Open(*connection, survey, v1::KEY_HOLDER_ROLE_MODERATOR, *std::move(key));
  ASSERT_EQ(session.status(), absl::OkStatus());
  const auto comments = client::ReadComments(**session);
  ASSERT_EQ(comments.status(), absl::OkStatus());
  ASSERT_EQ(comments->comments.size(), 22u);
  EXPECT_EQ(comments->undecided, 22);
  // A session that has run out is begun anew.
  server_.clock().Advance(absl::Minutes(31));
  for (const client::OpenedComment& comment : comments->comments) {
    EXPECT_EQ(comment.place.block, "staff");
    EXPECT_TRUE(comment.place.texts);
    v1::CommentDecision decision;
    if (comment.text == "Remark 7.") {
      decision.set_kind(v1::DECISION_KIND_REDACT);
      decision.set_text("Praise [...].");
      decision.set_reason(v1::MODERATION_REASON_INSULT);
      EXPECT_EQ(client::Decide(**session, comment, decision).code(), absl::StatusCode::kInvalidArgument)
          << "no word is put into anybody's mouth";
      decision.set_text("Remark [...].");
    } else if (comment.text == "Remark 8.") {
      decision.set_kind(v1::DECISION_KIND_REJECT);
      decision.set_reason(v1::MODERATION_REASON_NAMES_SOMEBODY);
    } else if (comment.text == "Remark 9.") {
      decision.set_kind(v1::DECISION_KIND_SUMMARY);
    } else {
      decision.set_kind(v1::DECISION_KIND_APPROVE);
      decision.set_text(comment.text);
    }
    ASSERT_EQ(client::Decide(**session, comment, decision), absl::OkStatus());
  }
  EXPECT_EQ(ReasonOf(Release(campaign->name)), domain::reasons::kCOMMENTS_UNDECIDED) << "the summary is missing";
  ASSERT_EQ(client::WriteSummary(**session, "staff", "One more remark."), absl::OkStatus());
  ASSERT_EQ(Release(campaign->name), absl::OkStatus());

  v1::GetReportCommentsRequest get;
  get.set_name(campaign->surveys[0] + "/report");
  EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::ReportService::Stub::GetReportComments, get).status()),
            domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(As("kim").Call(&v1::ReportService::Stub::GetReportComments, get).status()),
            domain::reasons::kCALLER_NOT_ALLOWED) << "a moderator reads no report";
  const auto beside = As("leader2").Call(&v1::ReportService::Stub::GetReportComments, get);
  ASSERT_EQ(beside.status(), absl::OkStatus());
  ASSERT_EQ(beside->blocks_size(), 1);
  EXPECT_EQ(beside->blocks(0).code(), "staff");
  EXPECT_EQ(beside->blocks(0).summary(), "One more remark.");
  ASSERT_EQ(beside->blocks(0).prompts_size(), 1);
  std::set<std::string> texts;
  for (const auto& comment : beside->blocks(0).prompts(0).comments()) {
    texts.insert(comment.text());
    EXPECT_EQ(comment.redacted(), comment.text() == "Remark [...].");
  }
  EXPECT_EQ(texts.size(), 20u);
  EXPECT_EQ(texts.count("Remark 7.") + texts.count("Remark 8.") + texts.count("Remark 9."), 0u);
  bool said_why = false;
  for (const std::string& note : beside->notes()) said_why = said_why || note.find("it names somebody") != std::string::npos;
  EXPECT_TRUE(said_why);
  // They stand beside the report, never in it.
  const auto report = ReadReport(As("leader2"), campaign->surveys[0]);
  ASSERT_EQ(report.status(), absl::OkStatus());
  EXPECT_EQ(report->SerializeAsString().find("Remark"), std::string::npos);
}

TEST_F(FlowTest, TheSupervisorReadsFirstWhereTheContractSaysSo) {
  v1::CreateCampaignRequest create = district_.CampaignRequest(server_.clock().Now());
  create.mutable_campaign()->set_first_reader(v1::FIRST_READER_SUPERVISOR);
  create.mutable_campaign()->set_supervisor_reads(false);
  const auto campaign = As("administrator").Call(&v1::CampaignService::Stub::CreateCampaign, create);
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  EXPECT_TRUE(campaign->supervisor_reads()) << "who reads first reads";
  EXPECT_FALSE(campaign->administrator_reads()) << "only when it is asked for";
  v1::CreateSurveyRequest add;
  add.set_parent(campaign->name());
  add.mutable_survey()->set_leader(district_.person("leader3").name);
  const auto survey = As("administrator").Call(&v1::CampaignService::Stub::CreateSurvey, add);
  ASSERT_EQ(survey.status(), absl::OkStatus());
  v1::CreatePaperRatersRequest raters;
  raters.set_parent(survey->name());
  raters.set_group("staff");
  raters.set_count(6);
  ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::CreatePaperRaters, raters).status(),
            absl::OkStatus());
  ASSERT_EQ(OpenAndWait(As("administrator"), campaign->name()), absl::OkStatus());
  ASSERT_EQ(AnswerAll(survey->name(), 3), absl::OkStatus());
  ASSERT_EQ(CloseAndWait(As("administrator"), campaign->name()), absl::OkStatus());
  ASSERT_EQ(Release(campaign->name()), absl::OkStatus());
  EXPECT_EQ(ReasonOf(ReadReport(As("leader3"), survey->name()).status()), domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_EQ(ReadReport(As("boss"), survey->name()).status(), absl::OkStatus());
  EXPECT_EQ(ReadReport(As("leader3"), survey->name()).status(), absl::OkStatus());
}

TEST_F(FlowTest, OnlyThoseReadWhomTheContractNames) {
  auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader3", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(campaign->name);
  update.mutable_campaign()->set_administrator_reads(true);
  update.mutable_update_mask()->add_paths("supervisor_reads");
  update.mutable_update_mask()->add_paths("administrator_reads");
  ASSERT_EQ(As("administrator").Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(As("administrator"), campaign->name), absl::OkStatus());
  ASSERT_EQ(CloseAndWait(As("administrator"), campaign->name), absl::OkStatus());
  ASSERT_EQ(Release(campaign->name), absl::OkStatus());
  EXPECT_EQ(ReadReport(As("leader3"), campaign->surveys[0]).status(), absl::OkStatus()) << "nobody answered";
  EXPECT_EQ(ReadReport(As("boss"), campaign->surveys[0]).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadReport(As("administrator"), campaign->surveys[0]).status(), absl::OkStatus());
}

}  // namespace
}  // namespace candor::testing
