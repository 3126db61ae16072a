// Questions back to comments, from the anonymity contract to the answer beside the report: the leader, the moderator and
// everybody's device, through the libraries that they use.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/follow_up.h"
#include "clients/cpp/moderation.h"
#include "clients/cpp/respondent.h"
#include "services/base/file.h"
#include "services/crypto/access_code.h"
#include "services/crypto/signing.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "storage/sqlite/response_store.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"
#include "tests/support/traces.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kDays = 5;
constexpr absl::Duration kSpan = absl::Hours(24 * kDays);
constexpr size_t kBeginning = 32;  // of a sealed record, by which it is looked for
constexpr int kDevices = 6;  // who write a comment each, "Remark 0." and so on

// A respondent's device: what it keeps after its owner has answered.
struct Device {
  std::unique_ptr<client::MemoryStateStore> store = std::make_unique<client::MemoryStateStore>();
  std::string name;  // of the state
  client::ReplyKeys Keys() const { return *client::ReplyKeys::Parse(**store->Load(client::ReplyKeysName(name))); }
};

class FollowUpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
    for (const char* person : {"kim", "lou"}) {
      auto key = district_.AddKeyHolder(As("administrator"), person, v1::ROLE_MODERATOR);
      ASSERT_EQ(key.status(), absl::OkStatus());
      keys_.emplace(person, *std::move(key));
    }
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }

  absl::StatusOr<std::shared_ptr<client::Connection>> Connect(const std::string& address) const {
    client::ConnectionOptions options;
    options.address = address;
    return client::Connection::Make(options);
  }

  // An open campaign of leader2 that `moderator` moderates; its survey.
  std::string Open(const std::string& moderator, int follow_up_days) {
    const auto campaign =
        district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader2", {{"staff", 22}}}});
    EXPECT_EQ(campaign.status(), absl::OkStatus());
    v1::UpdateCampaignRequest update;
    update.mutable_campaign()->set_name(campaign->name);
    update.mutable_campaign()->set_follow_up_days(follow_up_days);
    v1::KeyHolder* holder = update.mutable_campaign()->add_moderators();
    holder->set_title("Ombudsperson");
    holder->set_person(district_.person(moderator).name);
    for (const char* field : {"moderators", "follow_up_days"}) update.mutable_update_mask()->add_paths(field);
    const auto updated = As("administrator").Call(&v1::CampaignService::Stub::UpdateCampaign, update);
    EXPECT_EQ(updated.status(), absl::OkStatus());
    EXPECT_EQ(updated->follow_up_days(), follow_up_days);
    EXPECT_EQ(OpenAndWait(As("administrator"), campaign->name), absl::OkStatus());
    return campaign->surveys[0];
  }

  // Answers with `comment` on a device of its own.
  Device AnswerWithDevice(const std::string& code, const std::string& comment) {
    Device device;
    client::RespondentOptions options;
    options.identity = [this] { return Connect(server_.address()); };
    options.response = [this](const std::string&) { return Connect(server_.response_address()); };
    options.store = device.store.get();
    options.make_reply_keys = true;
    device.name = client::StateName(*crypto::NormalizeCode(code));
    const auto respondent = client::Respondent::Open(options, code);
    EXPECT_EQ(respondent.status(), absl::OkStatus());
    contract_days_ = (*respondent)->documents().contract.follow_up_days;
    domain::Answers answers;
    for (const bool asked : (*respondent)->shape().items_asked) answers.ratings.push_back(asked ? 4 : domain::kBlank);
    answers.comments = {comment};
    EXPECT_EQ((*respondent)->Submit(answers), absl::OkStatus());
    return device;
  }

  // Everybody answers, the moderator lets all comments out, and the report is released.
  void RunToRelease(const std::string& moderator = "kim", int follow_up_days = kDays) {
    survey_ = Open(moderator, follow_up_days);
    campaign_ = survey_.substr(0, survey_.find("/surveys/"));
    const auto codes = CodesOf(As("administrator"), survey_);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (const auto& [group, code] : *codes) {
      if (devices_.size() < kDevices) {
        devices_.push_back(AnswerWithDevice(code, absl::StrCat("Remark ", devices_.size(), ".")));
      } else {
        ASSERT_EQ(AnswerWith(server_.Nobody(), code, 4).status(), absl::OkStatus());
      }
    }
    ASSERT_EQ(CloseAndWait(As("administrator"), campaign_), absl::OkStatus());
    const auto session = SessionOf(moderator);
    ASSERT_NE(session, nullptr);
    const auto comments = client::ReadComments(*session);
    ASSERT_EQ(comments.status(), absl::OkStatus());
    ASSERT_THAT(comments->comments, SizeIs(kDevices));
    for (const client::OpenedComment& comment : comments->comments) {
      v1::CommentDecision decision;
      decision.set_kind(v1::DECISION_KIND_APPROVE);
      decision.set_text(comment.text);
      ASSERT_EQ(client::Decide(*session, comment, decision), absl::OkStatus());
    }
    ASSERT_EQ(ReleaseAndWait(As("administrator"), campaign_), absl::OkStatus());
    v1::GetReportCommentsRequest get;
    get.set_name(absl::StrCat(survey_, "/report"));
    const auto beside = As("leader2").Call(&v1::ReportService::Stub::GetReportComments, get);
    ASSERT_EQ(beside.status(), absl::OkStatus());
    for (const auto& comment : beside->blocks(0).prompts(0).comments()) ids_[comment.text()] = comment.id();
    ASSERT_THAT(ids_, SizeIs(kDevices));
  }

  std::unique_ptr<client::KeySession> SessionOf(const std::string& moderator) {
    const auto connection = Connect(server_.response_address());
    EXPECT_EQ(connection.status(), absl::OkStatus());
    const crypto::ClosingKeyPair& key = keys_.at(moderator);
    auto copy = crypto::ClosingKeyPair::FromSecretKey(key.secret_key.view());
    EXPECT_EQ(copy.status(), absl::OkStatus());
    auto session = client::KeySession::Open(*connection, domain::SurveyId(survey_.substr(survey_.rfind('/') + 1)),
                                            v1::KEY_HOLDER_ROLE_MODERATOR, *std::move(copy));
    EXPECT_EQ(session.status(), absl::OkStatus());
    return session.ok() ? *std::move(session) : nullptr;
  }

  std::string IdOf(int device) const { return ids_.at(absl::StrCat("Remark ", device, ".")); }

  absl::StatusOr<v1::FollowUp> Ask(const ApiCaller& by, const std::string& comment, const std::string& question) {
    v1::AskQuestionRequest request;
    request.set_survey(survey_);
    request.set_comment(comment);
    request.set_question(question);
    return by.Call(&v1::FollowUpService::Stub::AskQuestion, request);
  }
  absl::StatusOr<v1::FollowUp> Decide(const ApiCaller& by, const std::string& comment, const std::string& sealed,
                                      v1::ModerationReason reason = v1::MODERATION_REASON_UNSPECIFIED) {
    v1::DecideQuestionRequest request;
    request.set_survey(survey_);
    request.set_comment(comment);
    request.set_sealed_question(sealed);
    request.set_reason(reason);
    return by.Call(&v1::FollowUpService::Stub::DecideQuestion, request);
  }
  // What the moderator's client makes of a question.
  std::string Seal(client::KeySession& session, int device, const std::string& question) {
    const auto reply_keys = client::ReadReplyKeys(session);
    EXPECT_EQ(reply_keys.status(), absl::OkStatus());
    EXPECT_THAT(*reply_keys, SizeIs(kDevices)) << "one for every released comment";
    auto sealed = client::SealQuestion(session, reply_keys->at(IdOf(device)), IdOf(device), question);
    EXPECT_EQ(sealed.status(), absl::OkStatus());
    return sealed.ok() ? *std::move(sealed) : "";
  }

  absl::StatusOr<v1::ListFollowUpsResponse> List(const ApiCaller& by) {
    v1::ListFollowUpsRequest request;
    request.set_parent(survey_);
    return by.Call(&v1::FollowUpService::Stub::ListFollowUps, request);
  }
  v1::FollowUp Shown(int device, const std::string& reader = "leader2") {
    const auto list = List(As(reader));
    EXPECT_EQ(list.status(), absl::OkStatus());
    for (const v1::FollowUp& each : list->follow_ups()) {
      if (each.comment() == IdOf(device)) return each;
    }
    ADD_FAILURE() << "no question to the comment of device " << device;
    return v1::FollowUp();
  }

  client::ReceivedQuestions Received(int device) {
    const auto connection = Connect(server_.response_address());
    auto received = client::FetchQuestions(**connection, devices_[static_cast<size_t>(device)].Keys());
    EXPECT_EQ(received.status(), absl::OkStatus());
    return received.ok() ? *std::move(received) : client::ReceivedQuestions();
  }
  absl::Status Answer(int device, const client::ReceivedQuestions& received, const std::string& answer) {
    const auto connection = Connect(server_.response_address());
    return client::AnswerQuestion(**connection, devices_[static_cast<size_t>(device)].Keys(), received,
                                  received.questions.at(0), answer);
  }

  // Approves what was asked of a device's comment, and waits until it is there.
  void AskAndApprove(client::KeySession& session, int device, const std::string& question) {
    ASSERT_EQ(Ask(As("leader2"), IdOf(device), question).status(), absl::OkStatus());
    const auto approved = Decide(As("kim"), IdOf(device), Seal(session, device, question));
    ASSERT_EQ(approved.status(), absl::OkStatus());
    EXPECT_EQ(approved->state(), v1::FOLLOW_UP_STATE_APPROVED);
    ASSERT_TRUE(Eventually([&] { return !Received(device).questions.empty(); }));
  }

  // Lets the server look whether moderators are done, until the question has left `state`.
  void AwaitOther(int device, v1::FollowUpState state) {
    EXPECT_TRUE(Eventually([&] {
      server_.clock().AdvanceSteady(absl::Minutes(1));
      return Shown(device).state() != state;
    }));
  }

  std::map<std::string, std::string> AllFiles() const {
    return FilesBelow({server_.data_folder(), server_.response_folder()});
  }

  // What the response plane keeps of each question, and the key that decisions lie under; read while the server is stopped.
  std::vector<Trace> StoredTraces() {
    std::vector<Trace> traces;
    server_.Stop();
    const std::string id = survey_.substr(survey_.rfind('/') + 1);
    const auto store = storage::sqlite::SqliteResponseStore::Open(server_.response_folder());
    EXPECT_EQ(store.status(), absl::OkStatus());
    const auto stored = (*store)->FindFollowUps(domain::SurveyId(id));
    EXPECT_EQ(stored.status(), absl::OkStatus());
    for (const storage::StoredQuestion& question : (*stored)->questions) {
      // What is long may lie in two pages; its beginning does not.
      traces.push_back({"a sealed question", question.sealed_question.substr(0, kBeginning)});
      traces.push_back({"a sealed answer", question.sealed_answer.substr(0, kBeginning)});
      traces.push_back({"a sealed decision", question.sealed_decision.substr(0, kBeginning)});
    }
    const auto key = base::ReadFile(absl::StrCat(server_.response_folder(), "/keys/", id, ".answers.key"));
    if (key.ok()) traces.push_back({"the key of decisions", *key});
    return traces;
  }

  TestServer server_;
  SampleDistrict district_;
  std::map<std::string, crypto::ClosingKeyPair> keys_;
  std::string survey_, campaign_;
  std::vector<Device> devices_;
  std::map<std::string, std::string> ids_;  // a comment's words -> its id
  int contract_days_ = 0;                   // as the last respondent was told
};

TEST_F(FollowUpTest, TheWriterAloneReadsAQuestionAndTheLeaderReadsTheAnswerOnceItsTimeIsOver) {
  RunToRelease();
  EXPECT_EQ(contract_days_, kDays) << "everybody was told before the first question";

  // The leader asks; nobody hears of it before a moderator has read it.
  for (const int device : {1, 2, 3}) {
    const auto asked = Ask(As("leader2"), IdOf(device), absl::StrCat("What about ", device, "?"));
    ASSERT_EQ(asked.status(), absl::OkStatus());
    EXPECT_EQ(asked->state(), v1::FOLLOW_UP_STATE_ASKED);
    EXPECT_EQ(asked->comment_text(), absl::StrCat("Remark ", device, "."));
  }
  EXPECT_THAT(Received(1).questions, IsEmpty());
  const auto session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  const auto to_decide = List(As("kim"));
  ASSERT_EQ(to_decide.status(), absl::OkStatus());
  EXPECT_THAT(to_decide->follow_ups(), SizeIs(3));
  for (const int device : {1, 2}) {
    ASSERT_EQ(Decide(As("kim"), IdOf(device), Seal(*session, device, absl::StrCat("What about ", device, "?"))).status(),
              absl::OkStatus());
  }
  const auto rejected = Decide(As("kim"), IdOf(3), "", v1::MODERATION_REASON_IDENTIFIES_WRITER);
  ASSERT_EQ(rejected.status(), absl::OkStatus());
  EXPECT_EQ(rejected->state(), v1::FOLLOW_UP_STATE_REJECTED);

  // Each device opens what was put to its own comment, and nothing else.
  ASSERT_TRUE(Eventually([&] { return Received(1).questions.size() + Received(2).questions.size() == 2; }));
  for (int device = 0; device < kDevices; ++device) {
    const client::ReceivedQuestions received = Received(device);
    ASSERT_THAT(received.questions, SizeIs(device == 1 || device == 2 ? 1 : 0)) << device;
    if (received.questions.empty()) continue;
    EXPECT_EQ(received.questions[0].text, absl::StrCat("What about ", device, "?"));
    EXPECT_EQ(received.questions[0].comment, IdOf(device));
    EXPECT_EQ(received.questions[0].moderator, "Ombudsperson");
    EXPECT_EQ(received.questions[0].answer_until, absl::FromUnixSeconds(to_decide->answer_until().seconds()));
  }
  const client::ReceivedQuestions received = Received(1);
  EXPECT_EQ(Answer(0, received, "I would know nothing of it").code(), absl::StatusCode::kInvalidArgument)
      << "signed with another comment's key";
  EXPECT_EQ(Answer(1, received, "").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Answer(1, received, std::string(domain::kLongestAnswer + 1, 'x')).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(Answer(1, received, "The first version"), absl::OkStatus());
  ASSERT_EQ(Answer(1, received, "The meeting of Jane in May"), absl::OkStatus());

  // Before the time is over nobody sees anything of it, nor whether there is anything.
  const auto early = client::ReadAnswers(*session);
  ASSERT_EQ(early.status(), absl::OkStatus());
  EXPECT_FALSE(early->answering_over);
  EXPECT_THAT(early->answers, IsEmpty());
  server_.clock().Advance(kSpan);
  EXPECT_EQ(Shown(1).state(), v1::FOLLOW_UP_STATE_APPROVED);
  EXPECT_EQ(Shown(2).state(), v1::FOLLOW_UP_STATE_APPROVED);
  EXPECT_EQ(Shown(1).answer(), "");
  ASSERT_EQ(server_.Restart(), absl::OkStatus());

  server_.clock().Advance(kSpan);
  EXPECT_EQ(ReasonOf(Answer(1, received, "Too late")), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(Shown(1).state(), v1::FOLLOW_UP_STATE_APPROVED) << "a moderator reads it first";
  const auto moderating = SessionOf("kim");
  ASSERT_NE(moderating, nullptr);
  auto answers = client::ReadAnswers(*moderating);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  EXPECT_TRUE(answers->answering_over);
  ASSERT_THAT(answers->answers, SizeIs(2)) << "one for every question, answered or not";
  for (const client::OpenedAnswer& answer : answers->answers) {
    EXPECT_EQ(answer.text.has_value(), answer.comment == IdOf(1));
    if (!answer.text.has_value()) continue;
    EXPECT_EQ(*answer.text, "The meeting of Jane in May");
    v1::CommentDecision decision;
    decision.set_kind(v1::DECISION_KIND_REDACT);
    decision.set_reason(v1::MODERATION_REASON_NAMES_SOMEBODY);
    decision.set_text("The party of [...] in May");
    EXPECT_EQ(client::Decide(*moderating, answer, decision).code(), absl::StatusCode::kInvalidArgument)
        << "no word is put into anybody's mouth";
    decision.set_text("The meeting of [...] in May");
    ASSERT_EQ(client::Decide(*moderating, answer, decision), absl::OkStatus());
  }
  answers = client::ReadAnswers(*moderating);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  const auto left = client::DecideAll(*moderating, *answers, {});
  ASSERT_EQ(left.status(), absl::OkStatus());
  EXPECT_EQ(*left, 0);

  AwaitOther(1, v1::FOLLOW_UP_STATE_APPROVED);
  EXPECT_EQ(Shown(1).state(), v1::FOLLOW_UP_STATE_ANSWERED);
  EXPECT_EQ(Shown(1).answer(), "The meeting of [...] in May");
  EXPECT_TRUE(Shown(1).redacted());
  EXPECT_EQ(Shown(2).state(), v1::FOLLOW_UP_STATE_UNANSWERED);
  EXPECT_EQ(Shown(2).answer(), "");
  EXPECT_EQ(Shown(3).state(), v1::FOLLOW_UP_STATE_REJECTED);
  EXPECT_EQ(Shown(3).reason(), v1::MODERATION_REASON_IDENTIFIES_WRITER);
  EXPECT_THAT(Received(1).questions, IsEmpty()) << "it is destroyed";
  EXPECT_EQ(ReasonOf(client::ReadReplyKeys(*moderating).status()), reasons::kFOLLOW_UP_OVER);
  // All of it stands beside the report, never in it.
  v1::GetReportRequest get;
  get.set_name(absl::StrCat(survey_, "/report"));
  const auto report = As("leader2").Call(&v1::ReportService::Stub::GetReport, get);
  ASSERT_EQ(report.status(), absl::OkStatus());
  EXPECT_THAT(report->SerializeAsString(), Not(HasSubstr("What about")));
  EXPECT_THAT(report->SerializeAsString(), Not(HasSubstr("meeting")));
}

TEST_F(FollowUpTest, NothingOfItIsLeftOnceAnswersAreHandedOver) {
  RunToRelease();
  auto session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  std::vector<Trace> until_the_end, never;
  for (const Device& device : devices_) {
    const client::ReplyKeys keys = device.Keys();
    ASSERT_THAT(keys.seeds, SizeIs(1));
    never.push_back({"a secret reply key", keys.seeds[0]});
    const auto key = crypto::SigningKey::FromSeed(keys.seeds[0]);
    ASSERT_EQ(key.status(), absl::OkStatus());
    until_the_end.push_back({"a reply key", key->public_key()});
  }
  const std::string first = "An answer that is written anew", let_out = "An answer that a moderator lets out",
                    rejected = "An answer that no moderator lets out";
  for (const std::string& words : {first, rejected}) never.push_back({"an answer", words});
  for (const int device : {1, 2, 3}) AskAndApprove(*session, device, absl::StrCat("What about remark ", device, "?"));
  const std::vector<Trace> unanswered = StoredTraces();
  ASSERT_THAT(unanswered, SizeIs(9)) << "three of each";
  ExpectTraces(AllFiles(), unanswered, true, "while nobody has answered");
  ASSERT_EQ(server_.Start(), absl::OkStatus());

  ASSERT_EQ(Answer(1, Received(1), first), absl::OkStatus());
  const std::vector<Trace> replaced = StoredTraces();
  ASSERT_EQ(server_.Start(), absl::OkStatus());
  ASSERT_EQ(Answer(1, Received(1), let_out), absl::OkStatus());
  ASSERT_EQ(Answer(2, Received(2), rejected), absl::OkStatus());
  std::vector<Trace> answered = StoredTraces();
  const auto gone_from = [](const std::vector<Trace>& before, const std::vector<Trace>& now) {
    std::vector<Trace> gone;
    for (const Trace& trace : before) {
      const auto same = [&](const Trace& other) { return other.bytes == trace.bytes; };
      if (std::none_of(now.begin(), now.end(), same)) gone.push_back(trace);
    }
    return gone;
  };
  std::vector<Trace> overwritten = gone_from(unanswered, answered);
  EXPECT_THAT(overwritten, SizeIs(2)) << "two answers that said that there is none";
  EXPECT_THAT(gone_from(replaced, answered), SizeIs(2)) << "an answer, and one that said that there is none";
  for (const Trace& trace : gone_from(replaced, answered)) overwritten.push_back(trace);
  ExpectTraces(AllFiles(), overwritten, false, "after another answer");
  ExpectTraces(AllFiles(), until_the_end, true, "while answers are taken");
  never.push_back({"an answer before it is handed over", let_out});
  ExpectTraces(AllFiles(), never, false, "while answers are taken");

  // One decision is left, so that all of it still lies there.
  server_.clock().Advance(2 * kSpan);
  ASSERT_EQ(server_.Start(), absl::OkStatus());
  session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  auto answers = client::ReadAnswers(*session);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  v1::CommentDecision approve, reject;
  approve.set_kind(v1::DECISION_KIND_APPROVE);
  approve.set_text(let_out);
  reject.set_kind(v1::DECISION_KIND_REJECT);
  reject.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
  const auto sitting = client::DecideAll(*session, *answers, {{IdOf(1), approve}});
  ASSERT_EQ(sitting.status(), absl::OkStatus());
  EXPECT_EQ(*sitting, 1);
  const std::vector<Trace> decided = StoredTraces();
  ASSERT_THAT(decided, SizeIs(10)) << "three of each, and the key of decisions";
  ExpectTraces(AllFiles(), gone_from(answered, decided), false, "after a decision");
  until_the_end.insert(until_the_end.end(), decided.begin(), decided.end());
  ExpectTraces(AllFiles(), until_the_end, true, "before answers are handed over");
  ExpectTraces(AllFiles(), never, false, "before answers are handed over");

  ASSERT_EQ(server_.Start(), absl::OkStatus());
  session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  answers = client::ReadAnswers(*session);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  const auto left = client::DecideAll(*session, *answers, {{IdOf(2), reject}});
  ASSERT_EQ(left.status(), absl::OkStatus());
  EXPECT_EQ(*left, 0);
  AwaitOther(1, v1::FOLLOW_UP_STATE_APPROVED);
  EXPECT_EQ(Shown(1).answer(), let_out);
  never.pop_back();  // stands beside the report from now on
  for (const char* when : {"once answers are handed over", "after that, with the server stopped"}) {
    for (const std::vector<Trace>& traces : {until_the_end, unanswered, replaced, answered, overwritten, never}) {
      ExpectTraces(AllFiles(), traces, false, when);
    }
    server_.Stop();
  }
}

TEST_F(FollowUpTest, WhatNoModeratorDecidesAboutIsNeverShown) {
  RunToRelease();
  const auto session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  AskAndApprove(*session, 4, "Since when?");
  ASSERT_EQ(Answer(4, Received(4), "Since the new timetable"), absl::OkStatus());
  server_.clock().Advance(2 * kSpan);
  EXPECT_EQ(Shown(4).state(), v1::FOLLOW_UP_STATE_APPROVED);
  server_.clock().Advance(kSpan);
  AwaitOther(4, v1::FOLLOW_UP_STATE_APPROVED);
  EXPECT_EQ(Shown(4).state(), v1::FOLLOW_UP_STATE_UNANSWERED);
  EXPECT_EQ(Shown(4).answer(), "");
}

TEST_F(FollowUpTest, OnlyWhoMayAsksAndDecidesAndOnlyOnce) {
  Open("lou", kDays);
  RunToRelease();
  const auto session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  const std::string comment = IdOf(0), question = "Which one?";
  for (const char* person : {"administrator", "boss", "leader1", "kim", "lou"}) {
    EXPECT_EQ(ReasonOf(Ask(As(person), comment, question).status()), reasons::kCALLER_NOT_ALLOWED) << person;
  }
  EXPECT_EQ(ReasonOf(Ask(server_.Administrator(), comment, question).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Ask(As("leader2"), "00000000000000000000", question).status()), reasons::kRESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Ask(As("leader2"), comment, "").status()), reasons::kFIELD_INVALID);
  ASSERT_EQ(Ask(As("leader2"), comment, question).status(), absl::OkStatus());
  EXPECT_EQ(Ask(As("leader2"), comment, question).status(), absl::OkStatus()) << "the same again";
  EXPECT_EQ(ReasonOf(Ask(As("leader2"), comment, "Another?").status()), reasons::kRESOURCE_EXISTS);

  const std::string sealed = Seal(*session, 0, question);
  for (const char* person : {"administrator", "boss", "leader2", "lou"}) {
    EXPECT_EQ(ReasonOf(Decide(As(person), comment, sealed).status()), reasons::kCALLER_NOT_ALLOWED)
        << person << " (lou moderates another campaign)";
  }
  EXPECT_EQ(ReasonOf(Decide(As("kim"), IdOf(1), sealed).status()), reasons::kRESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Decide(As("kim"), comment, sealed.substr(1)).status()), reasons::kFIELD_INVALID);
  ASSERT_EQ(Decide(As("kim"), comment, sealed).status(), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Decide(As("kim"), comment, "", v1::MODERATION_REASON_OTHER).status()), reasons::kWRONG_STATE);
  for (const char* person : {"administrator", "leader1", "lou"}) {
    EXPECT_EQ(ReasonOf(List(As(person)).status()), reasons::kCALLER_NOT_ALLOWED) << person;
  }

  ASSERT_EQ(Ask(As("leader2"), IdOf(1), question).status(), absl::OkStatus());
  server_.clock().Advance(kSpan);
  EXPECT_EQ(ReasonOf(Ask(As("leader2"), IdOf(2), question).status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(ReasonOf(Decide(As("kim"), IdOf(1), Seal(*session, 1, question)).status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(Shown(1).state(), v1::FOLLOW_UP_STATE_UNANSWERED);
}

TEST_F(FollowUpTest, WithoutDaysForItNothingIsAsked) {
  RunToRelease("kim", /*follow_up_days=*/0);
  EXPECT_EQ(contract_days_, 0);
  EXPECT_EQ(ReasonOf(Ask(As("leader2"), IdOf(0), "Which one?").status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(ReasonOf(List(As("leader2")).status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(ReasonOf(Decide(As("kim"), IdOf(0), "", v1::MODERATION_REASON_OTHER).status()), reasons::kFOLLOW_UP_OVER);
  const auto session = SessionOf("kim");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(ReasonOf(client::ReadReplyKeys(*session).status()), reasons::kFOLLOW_UP_OVER);
  // Nor does a device keep anything for it.
  EXPECT_EQ(*devices_[0].store->Load(client::ReplyKeysName(devices_[0].name)), std::nullopt);
}

TEST_F(FollowUpTest, DaysForItNeedAModerator) {
  v1::CreateCampaignRequest request = district_.CampaignRequest(server_.clock().Now());
  request.mutable_campaign()->set_follow_up_days(kDays);
  const absl::Status refused = As("administrator").Call(&v1::CampaignService::Stub::CreateCampaign, request).status();
  EXPECT_EQ(ReasonOf(refused), reasons::kCAMPAIGN_INVALID);
  EXPECT_EQ(FieldOf(refused), "campaign.follow_up_days");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("needs a moderator"));
}

}  // namespace
}  // namespace candor::testing
