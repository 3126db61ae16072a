// Reads every message that crosses between two servers in a whole campaign, and searches it for whatever must not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "candor/v1/plane.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/follow_up.h"
#include "clients/cpp/moderation.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/crypto/token.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "tests/planes/crossing_check.h"
#include "tests/support/plane_proxy.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPrefix[] = "candor.v1.PlaneService.";
constexpr int kRaters = 11;  // enough that words of comments are released
constexpr int kItems = 8;

// A run of ratings that stands nowhere by chance.
std::vector<uint8_t> RatingsOf(size_t seed) {
  std::vector<uint8_t> ratings;
  for (int i = 0; i < kItems; ++i) ratings.push_back(static_cast<uint8_t>(1 + (seed * 7 + i * i * (seed % 3 + 1) + i) % 5));
  return ratings;
}

// The same ratings as they might be written.
std::vector<std::string> WaysToWrite(const std::vector<uint8_t>& ratings) {
  return {std::string(ratings.begin(), ratings.end()),
          absl::StrJoin(ratings, ",", [](std::string* out, uint8_t r) { absl::StrAppend(out, static_cast<int>(r)); }),
          absl::StrJoin(ratings, ", ", [](std::string* out, uint8_t r) { absl::StrAppend(out, static_cast<int>(r)); })};
}

// One whole campaign through two servers, with all that crossed and all that must not have.
class CrossingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    calls_ = new std::vector<CrossingCall>;
    forbidden_ = new std::vector<Forbidden>;
    RunCampaign();
  }
  static void TearDownTestSuite() {
    delete calls_;
    delete forbidden_;
  }

  static void Forbid(const std::string& what, const std::string& bytes, Direction direction = Direction::kBoth) {
    ASSERT_GE(bytes.size(), 4u) << what << ": too short to be searched for";
    forbidden_->push_back({{what, bytes}, direction});
  }

  static void Rate(const ApiCaller& person, const std::string& survey, const std::string& kind, size_t seed) {
    v1::GetIdentifiedRatingRequest get;
    get.set_name(absl::StrCat(survey, "/ratings/", kind));
    const auto form = person.Call(&v1::CampaignService::Stub::GetIdentifiedRating, get);
    ASSERT_EQ(form.status(), absl::OkStatus());
    const std::vector<uint8_t> ratings = RatingsOf(seed);
    ASSERT_EQ(form->items_size(), kItems);
    v1::PutIdentifiedRatingRequest put;
    put.mutable_rating()->set_name(form->name());
    for (int i = 0; i < kItems; ++i) {
      v1::Rating* rating = put.mutable_rating()->add_ratings();
      rating->set_indicator(form->items(i).indicator());
      rating->set_value(ratings[static_cast<size_t>(i)]);
    }
    ASSERT_EQ(person.Call(&v1::CampaignService::Stub::PutIdentifiedRating, put).status(), absl::OkStatus());
    for (const std::string& way : WaysToWrite(ratings)) Forbid(kind + "-rating", way);
  }

  static void RunCampaign() {
    PlaneProxy proxy;
    TestServer server(Arrangement::kTwoServers);
    server.set_between([&proxy](const std::string& address) {
      proxy.PassOnTo(address);
      return proxy.address();
    });
    ASSERT_EQ(server.Start(), absl::OkStatus());
    auto made = SampleDistrict::Make(server, "northwestdistrict");
    ASSERT_EQ(made.status(), absl::OkStatus());
    SampleDistrict district = *std::move(made);
    const ApiCaller root = server.Administrator();
    std::vector<SampleDistrict::Invited> invited;
    for (int i = 0; i < domain::kFewestPooledLeaders; ++i) {
      const std::string id = absl::StrCat("leaderperson", i);
      ASSERT_EQ(district.AddPerson(root, id, {v1::ROLE_LEADER}, {"boss"}), absl::OkStatus());
      invited.push_back({id, {}});
      Forbid("a leader's id", id);
      Forbid("a leader's name", "Name of " + id);
      Forbid("a leader's access key", district.person(id).key);
    }
    Forbid("the supervisor's name", "Name of boss");
    Forbid("the supervisor's resource name", "people/boss");
    Forbid("the district's id", "northwestdistrict");
    Forbid("the district's title", "Sample district");
    Forbid("the administrator's access key", root.key());
    const auto campaign = district.MakeCampaign(root, server.clock().Now(), invited);
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    Forbid("the campaign's title", "Sample campaign");
    Forbid("the campaign's id", campaign->name.substr(campaign->name.rfind('/') + 1));

    v1::UpdateCampaignRequest update;
    update.mutable_campaign()->set_name(campaign->name);
    const auto moderator_key = district.AddKeyHolder(root, "moderatingperson", v1::ROLE_MODERATOR);
    ASSERT_EQ(moderator_key.status(), absl::OkStatus());
    Forbid("a moderator's id", "moderatingperson");
    v1::KeyHolder* moderator = update.mutable_campaign()->add_moderators();
    moderator->set_title("Ombudsperson");
    moderator->set_person(district.person("moderatingperson").name);
    (*update.mutable_campaign()->mutable_notice()->mutable_values())["en"] = "Words to those who are invited";
    Forbid("the campaign's notice", "Words to those who are invited");
    update.mutable_campaign()->set_follow_up_days(1);
    update.mutable_campaign()->set_summary_only_below(kRaters);
    const absl::Time close = server.clock().Now() + absl::Hours(24 * 14);
    update.mutable_campaign()->mutable_latest_close_time()->set_seconds(absl::ToUnixSeconds(close + absl::Hours(48)));
    ASSERT_EQ(root.Call(&v1::CampaignService::Stub::UpdateCampaign, update).status(), absl::OkStatus());
    for (size_t s = 0; s < campaign->surveys.size(); ++s) {
      v1::BatchCreateRatersRequest add;
      add.set_parent(campaign->surveys[s]);
      for (int i = 0; i < kRaters; ++i) {
        v1::Rater* rater = add.add_raters();
        rater->set_group("staff");
        rater->set_display_name(absl::StrCat("Rater Number", s, "x", i));
        rater->set_address(absl::StrCat("rater", s, "x", i, "@school.example"));
        Forbid("a rater's name", rater->display_name());
        Forbid("a rater's address", rater->address());
      }
      const auto raters = root.Call(&v1::CampaignService::Stub::BatchCreateRaters, add);
      ASSERT_EQ(raters.status(), absl::OkStatus());
      for (const v1::Rater& rater : raters->raters()) {
        Forbid("a rater's id", rater.name().substr(rater.name().rfind('/') + 1));
      }
    }
    ASSERT_EQ(OpenAndWait(root, campaign->name), absl::OkStatus());
    v1::ExtendCampaignRequest extend;
    extend.set_name(campaign->name);
    extend.mutable_close_time()->set_seconds(absl::ToUnixSeconds(close + absl::Hours(24)));
    ASSERT_EQ(root.Call(&v1::CampaignService::Stub::ExtendCampaign, extend).status(), absl::OkStatus());

    for (size_t s = 0; s < campaign->surveys.size(); ++s) {
      const auto codes = CodesOf(root, campaign->surveys[s]);
      ASSERT_EQ(codes.status(), absl::OkStatus());
      for (size_t i = 0; i < codes->size(); ++i) Answer(server, (*codes)[i].second, s * kRaters + i);
      Rate(server.Nobody().WithKey(district.person(invited[s].leader).key), campaign->surveys[s], "self", 100 + s);
      Rate(server.Nobody().WithKey(district.person("boss").key), campaign->surveys[s], "supervisor", 200 + s);
      v1::GetSurveyRequest get;
      get.set_name(campaign->surveys[s]);
      ASSERT_EQ(root.Call(&v1::CampaignService::Stub::GetSurvey, get).status(), absl::OkStatus()) << "live counts";
    }
    ASSERT_EQ(CloseAndWait(root, campaign->name), absl::OkStatus());
    EXPECT_EQ(ReasonOf(ReleaseAndWait(root, campaign->name)), domain::reasons::kCOMMENTS_UNDECIDED);
    const auto session = SessionOf(server, campaign->surveys[0], *moderator_key);
    ASSERT_NE(session, nullptr);
    LetOutAll(*session);
    ASSERT_EQ(ReleaseAndWait(root, campaign->name, /*discard_comments=*/true), absl::OkStatus());
    v1::GetReportRequest read;
    read.set_name(absl::StrCat(campaign->surveys[0], "/report"));
    const auto report = server.Nobody().WithKey(district.person(invited[0].leader).key)
                            .Call(&v1::ReportService::Stub::GetReport, read);
    ASSERT_EQ(report.status(), absl::OkStatus());
    ASSERT_EQ(report->scores().groups(0).counted(), kRaters);
    AskBack(server, district, *session, campaign->surveys[0], invited[0].leader);
    AbandonOne(server, district);
    server.Stop();
    *calls_ = proxy.calls();
  }

  // One respondent, who changes their answers once, and says something.
  static void Answer(const TestServer& server, const std::string& code, size_t seed) {
    Forbid("a code", code);
    Forbid("a code without hyphens", absl::StrReplaceAll(code, {{"-", ""}}));
    auto respondent = RawRespondent::Open(server.Nobody(), code);
    ASSERT_EQ(respondent.status(), absl::OkStatus());
    ASSERT_EQ(respondent->TakeToken(), absl::OkStatus());
    Forbid("a blinded message", respondent->blinding().blinded);
    for (uint32_t version = 1; version <= 2; ++version) {
      const std::vector<uint8_t> ratings = RatingsOf(1000 * version + seed);
      const std::string comment = absl::StrCat("Respondent ", seed, " has said this in version ", version);
      v1::SubmitResponseRequest request = respondent->RequestFor(ratings, {comment}, version);
      const crypto::SigningKey reply_key = crypto::SigningKey::Generate();
      request.set_reply_keys(0, reply_key.public_key());
      Forbid("a reply key", reply_key.public_key());
      if (seed == 0) first_seed_ = std::string(reply_key.seed().view());
      ASSERT_EQ(respondent->Submit(request).status(), absl::OkStatus());
      for (const std::string& way : WaysToWrite(ratings)) Forbid("an answer", way);
      // What a moderator lets out comes back, once, in the other direction.
      Forbid("a comment", comment, seed < kRaters && version == 2 ? Direction::kOutward : Direction::kBoth);
      Forbid("a token", request.token_message());
      Forbid("a token's nonce", request.token_message().substr(request.token_message().size() - 32));
      Forbid("a token's signature", request.token_signature());
      Forbid("a token's hash", crypto::TokenHash(request.token_message()));
      Forbid("a submission id", request.submission_id());
    }
  }

  static std::unique_ptr<client::KeySession> SessionOf(const TestServer& server, const std::string& survey,
                                                       const crypto::ClosingKeyPair& key) {
    auto pair = crypto::ClosingKeyPair::FromSecretKey(key.secret_key.view());
    EXPECT_EQ(pair.status(), absl::OkStatus());
    auto session = client::KeySession::Open(Connect(server), domain::SurveyId(survey.substr(survey.rfind('/') + 1)),
                                            v1::KEY_HOLDER_ROLE_MODERATOR, *std::move(pair));
    EXPECT_EQ(session.status(), absl::OkStatus());
    return session.ok() ? *std::move(session) : nullptr;
  }

  static std::shared_ptr<client::Connection> Connect(const TestServer& server) {
    client::ConnectionOptions options;
    options.address = server.response_address();
    return *client::Connection::Make(options);
  }

  static void LetOutAll(client::KeySession& session) {
    const auto comments = client::ReadComments(session);
    ASSERT_EQ(comments.status(), absl::OkStatus());
    for (const client::OpenedComment& comment : comments->comments) {
      v1::CommentDecision approve;
      approve.set_kind(v1::DECISION_KIND_APPROVE);
      approve.set_text(comment.text);
      ASSERT_EQ(client::Decide(session, comment, approve), absl::OkStatus());
    }
  }

  // The leader asks the first respondent something, who answers.
  static void AskBack(TestServer& server, const SampleDistrict& district, client::KeySession& session,
                      const std::string& survey, const std::string& leader) {
    const ApiCaller asking = server.Nobody().WithKey(district.person(leader).key);
    v1::GetReportCommentsRequest beside;
    beside.set_name(absl::StrCat(survey, "/report"));
    const auto comments = asking.Call(&v1::ReportService::Stub::GetReportComments, beside);
    ASSERT_EQ(comments.status(), absl::OkStatus());
    v1::AskQuestionRequest ask;
    ask.set_survey(survey);
    ask.set_question("What did Respondent number zero mean by this?");
    Forbid("a question", ask.question());
    for (const auto& comment : comments->blocks(0).prompts(0).comments()) {
      if (absl::StartsWith(comment.text(), "Respondent 0 ")) ask.set_comment(comment.id());
    }
    ASSERT_EQ(asking.Call(&v1::FollowUpService::Stub::AskQuestion, ask).status(), absl::OkStatus());
    const auto reply_keys = client::ReadReplyKeys(session);
    ASSERT_EQ(reply_keys.status(), absl::OkStatus());
    const auto sealed = client::SealQuestion(session, reply_keys->at(ask.comment()), ask.comment(), ask.question());
    ASSERT_EQ(sealed.status(), absl::OkStatus());
    v1::DecideQuestionRequest approve;
    approve.set_survey(survey);
    approve.set_comment(ask.comment());
    approve.set_sealed_question(*sealed);
    const ApiCaller moderating = server.Nobody().WithKey(district.person("moderatingperson").key);
    ASSERT_EQ(moderating.Call(&v1::FollowUpService::Stub::DecideQuestion, approve).status(), absl::OkStatus());

    const std::string id = survey.substr(survey.rfind('/') + 1);
    const client::ReplyKeys device{id, {first_seed_}, session.documents().manifest_hash};
    client::ReceivedQuestions received;
    ASSERT_TRUE(Eventually([&] {
      server.clock().AdvanceSteady(absl::Seconds(5));
      const auto fetched = client::FetchQuestions(*Connect(server), device);
      if (fetched.ok()) received = *fetched;
      return !received.questions.empty();
    }));
    const std::string rejected = "What nobody but the moderator reads";
    Forbid("a rejected answer", rejected);
    ASSERT_EQ(client::AnswerQuestion(*Connect(server), device, received, received.questions[0], rejected), absl::OkStatus());
    server.clock().Advance(absl::Hours(48));
    const auto answers = client::ReadAnswers(session);
    ASSERT_EQ(answers.status(), absl::OkStatus());
    ASSERT_EQ(answers->answers.size(), 1u);
    EXPECT_EQ(answers->answers[0].text, rejected);
    v1::CommentDecision reject;
    reject.set_kind(v1::DECISION_KIND_REJECT);
    ASSERT_EQ(client::Decide(session, answers->answers[0], reject), absl::OkStatus());
    v1::ListFollowUpsRequest list;
    list.set_parent(survey);
    ASSERT_TRUE(Eventually([&] {
      server.clock().AdvanceSteady(absl::Minutes(1));
      const auto shown = asking.Call(&v1::FollowUpService::Stub::ListFollowUps, list);
      return shown.ok() && shown->follow_ups(0).state() == v1::FOLLOW_UP_STATE_UNANSWERED;
    }));
  }

  // A second campaign, which the response plane cannot close: its survey is abandoned.
  static void AbandonOne(TestServer& server, const SampleDistrict& district) {
    const ApiCaller root = server.Administrator();
    const auto campaign = district.MakeCampaign(root, server.clock().Now(), {{"leader2", {{"staff", 6}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    v1::OpenCampaignRequest open;
    open.set_name(campaign->name);
    // Whoever cannot be reached until the close time opens nothing.
    server.StopResponses();
    ASSERT_EQ(root.Call(&v1::CampaignService::Stub::OpenCampaign, open).status(), absl::OkStatus());
    v1::GetCampaignRequest get;
    get.set_name(campaign->name);
    ASSERT_TRUE(Eventually([&] {
      return !root.Call(&v1::CampaignService::Stub::GetCampaign, get)->last_fault().empty();
    }));
    ASSERT_EQ(server.StartResponses(), absl::OkStatus());
    server.clock().Advance(absl::Hours(24 * 15));
    // Whatever still finds the server gone is tried again only after a while of a clock that stands still by itself.
    ASSERT_TRUE(Eventually([&] {
      server.clock().AdvanceSteady(absl::Seconds(5));
      return root.Call(&v1::CampaignService::Stub::GetCampaign, get)->state() == v1::CAMPAIGN_STATE_CLOSED;
    }));
  }

  // The faults of the recorded calls with one of them changed; the first that `chosen` is true of.
  static std::vector<std::string> FaultsAfter(const std::function<bool(const CrossingCall&)>& chosen,
                                              const std::function<void(CrossingCall&)>& change) {
    std::vector<CrossingCall> calls = *calls_;
    for (CrossingCall& call : calls) {
      if (!chosen(call)) continue;
      change(call);
      return CrossingFaults(calls, *forbidden_);
    }
    ADD_FAILURE() << "no such call was made";
    return {};
  }
  static std::function<bool(const CrossingCall&)> Of(const std::string& method) {
    return [method](const CrossingCall& call) { return call.method == kPrefix + method && call.status.ok(); };
  }

  static std::string first_seed_;  // of the reply key of the first respondent's newest comment
  static std::vector<CrossingCall>* calls_;
  static std::vector<Forbidden>* forbidden_;
};

std::string CrossingTest::first_seed_;
std::vector<CrossingCall>* CrossingTest::calls_ = nullptr;
std::vector<Forbidden>* CrossingTest::forbidden_ = nullptr;

TEST(CrossingListTest, TheContractHasWhatMayCrossAndNothingElse) { EXPECT_EQ(WhatTheContractHas(), WhatMayCross()); }

TEST_F(CrossingTest, AWholeCampaignLetsNothingCrossButWhatIsOnTheList) {
  ASSERT_GT(forbidden_->size(), 500u);
  EXPECT_THAT(CrossingFaults(*calls_, *forbidden_), IsEmpty());
  // Everything on the list did cross, so that it was searched.
  std::set<std::string> called;
  for (const CrossingCall& call : *calls_) called.insert(call.method);
  for (const auto& [method, fields] : WhatMayCross()) EXPECT_THAT(called, Contains(method));
}

TEST_F(CrossingTest, WhatIsPlantedIsCaught) {
  // A name in a document's free text: no form is broken, only the search finds it.
  EXPECT_THAT(FaultsAfter(Of("OpenSurvey"),
                          [](CrossingCall& call) {
                            v1::OpenSurveyRequest request;
                            ASSERT_TRUE(request.ParseFromString(call.request));
                            domain::Manifest manifest = *domain::DecodeManifest(request.manifest());
                            manifest.moderators[0].name = "Name of leaderperson0";
                            request.set_manifest(domain::EncodeManifest(manifest));
                            call.request = request.SerializeAsString();
                          }),
              Contains(HasSubstr("a leader's name")));
  const std::string code = (*std::find_if(forbidden_->begin(), forbidden_->end(), [](const Forbidden& each) {
                             return each.secret.what == "a code";
                           })).secret.bytes;
  EXPECT_THAT(FaultsAfter(Of("CloseSurvey"), [&](CrossingCall& call) { call.request_metadata.emplace_back("trace", code); }),
              ::testing::AllOf(Contains(HasSubstr("the header trace")), Contains(HasSubstr("a code"))));
  EXPECT_THAT(FaultsAfter(Of("StopAccepting"),
                          [](CrossingCall& call) {
                            v1::StopAcceptingRequest request;
                            ASSERT_TRUE(request.ParseFromString(call.request));
                            request.GetReflection()->MutableUnknownFields(&request)->AddVarint(99, 1);
                            call.request = request.SerializeAsString();
                          }),
              ElementsAre(HasSubstr("a field that the contract does not have")));
  EXPECT_THAT(FaultsAfter(Of("Forget"), [](CrossingCall& call) { call.method = "candor.v1.CampaignService.GetCampaign"; }),
              Contains(HasSubstr("not on the list")));
}

TEST_F(CrossingTest, AnAnswerThatLeavesTheResponsePlaneIsCaught) {
  for (const char* what : {"an answer", "a comment", "a token", "a token's hash", "self-rating", "a reply key", "a question"}) {
    const Forbidden& secret = *std::find_if(forbidden_->begin(), forbidden_->end(),
                                            [&](const Forbidden& each) { return each.secret.what == what; });
    EXPECT_THAT(FaultsAfter(Of("CloseSurvey"), [&](CrossingCall& call) { call.response += secret.secret.bytes; }),
                Contains(HasSubstr(what)));
  }
}

TEST_F(CrossingTest, AClosingKeyTooSoonOrElsewhereIsCaught) {
  std::string key;
  for (const CrossingCall& call : *calls_) {
    v1::CloseSurveyRequest close;
    if (Of("CloseSurvey")(call) && close.ParseFromString(call.request)) key = close.closing_secret_key();
  }
  ASSERT_EQ(key.size(), 32u);
  EXPECT_THAT(FaultsAfter(Of("OpenSurvey"), [&](CrossingCall& call) { call.request_metadata.emplace_back("grpc-tags", key); }),
              Contains(HasSubstr("the key of CloseSurvey in another place")));
  std::vector<CrossingCall> calls = *calls_;
  std::erase_if(calls, [](const CrossingCall& call) { return call.method == std::string(kPrefix) + "StopAccepting"; });
  EXPECT_THAT(CrossingFaults(calls, {}), Contains(HasSubstr("before its survey has stopped")));
}

}  // namespace
}  // namespace candor::testing
