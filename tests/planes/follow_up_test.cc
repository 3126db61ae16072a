// Questions back to comments through a server of the response plane: orders as the identity plane's server gives them, and the
// client library on both other sides.

#include "clients/cpp/follow_up.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/moderation.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/base/random.h"
#include "services/crypto/hash.h"
#include "services/crypto/seal_between.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "services/rpc/remote_response_plane.h"
#include "services/server/plane_key_file.h"
#include "services/server/server.h"
#include "tests/collection/collection_fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/plane_proxy.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kSpan = absl::Hours(24 * 10);
constexpr int kWriters = 11;

class FollowUpClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.planes = rpc::Planes::kResponses;
    config_.data_folder = folder_.File("responses");
    config_.listen = "127.0.0.1:0";
    config_.plane_key = folder_.File("plane.key");
    config_.log_level = base::LogLevel::kError;
    base::SetLogLevel(config_.log_level);
    ASSERT_EQ(server::WritePlaneKeyFile(config_.plane_key), absl::OkStatus());
    StartServer();
    rpc::RemoteResponsePlane::Options options;
    options.address = address();
    options.retry.attempts = 1;
    plane_ = std::make_unique<rpc::RemoteResponsePlane>(options, nullptr, *server::ReadPlaneKeyFile(config_.plane_key));
    ReleaseSurvey();
  }

  void StartServer() {
    server_.reset();
    auto server = server::Server::Create(config_, &clock_);
    ASSERT_EQ(server.status(), absl::OkStatus());
    server_ = *std::move(server);
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

  std::shared_ptr<client::Connection> Connect() const { return ConnectTo(address()); }
  static std::shared_ptr<client::Connection> ConnectTo(const std::string& address) {
    client::ConnectionOptions options;
    options.address = address;
    auto connection = client::Connection::Make(options);
    EXPECT_EQ(connection.status(), absl::OkStatus());
    return *connection;
  }

  void Submit(int writer) {
    const collection::Token token = survey_->NewToken(0);
    v1::SubmitResponseRequest request;
    request.set_survey(survey_->id().value());
    request.set_group(0);
    request.set_token_message(token.input_msg);
    request.set_token_signature(token.signature);
    request.set_version(1);
    request.set_submission_id(base::RandomBytes(16));
    request.set_ratings(std::string({3, 3, 3, 0}));
    request.add_comments(absl::StrCat("staff ", writer));
    request.add_comments("");
    const crypto::SigningKey key = crypto::SigningKey::Generate();
    request.add_reply_keys(key.public_key());
    request.add_reply_keys(std::string(32, '\0'));
    const auto connection = Connect();
    const auto stub = v1::ResponseService::NewStub(connection->channel());
    ASSERT_EQ(connection->Call(*stub, &v1::ResponseService::Stub::SubmitResponse, request).status(), absl::OkStatus());
    const domain::OpenOrder order = survey_->Order();
    client::ReplyKeys keys;
    keys.survey = survey_->id().value();
    keys.seeds = {std::string(key.seed().view()), ""};
    keys.manifest_hash = crypto::Sha256(order.manifest);
    devices_.push_back(keys);
  }

  // A survey of which all eleven comments are released, with two moderators.
  void ReleaseSurvey() {
    survey_ = std::make_unique<collection::TestSurvey>(
        collection::MakeTestSurvey(*plane_->ReceiptPublicKey(), clock_.Now() + absl::Hours(24), 2));
    survey_->contract.follow_up_days = 10;
    ASSERT_EQ(plane_->OpenSurvey(survey_->Order()), absl::OkStatus());
    for (int writer = 0; writer < kWriters; ++writer) Submit(writer);
    ASSERT_EQ(plane_->StopAccepting(survey_->id()), absl::OkStatus());
    ASSERT_EQ(plane_->CloseSurvey(survey_->Closing("order")).status(), absl::OkStatus());
    const auto session = Session(0);
    const auto comments = client::ReadComments(*session);
    ASSERT_EQ(comments.status(), absl::OkStatus());
    ASSERT_THAT(comments->comments, SizeIs(kWriters));
    for (const client::OpenedComment& comment : comments->comments) {
      ids_[comment.text] = comment.id;
      v1::CommentDecision approve;
      approve.set_kind(v1::DECISION_KIND_APPROVE);
      approve.set_text(comment.text);
      ASSERT_EQ(client::Decide(*session, comment, approve), absl::OkStatus());
    }
    ASSERT_EQ(plane_->ReleaseSurvey({survey_->id(), false, clock_.Now()}).status(), absl::OkStatus());
    released_ = clock_.Now();
  }

  std::unique_ptr<client::KeySession> Session(size_t moderator) {
    auto key = crypto::ClosingKeyPair::FromSecretKey(survey_->moderators[moderator].secret_key.view());
    auto session = client::KeySession::Open(Connect(), survey_->id(), v1::KEY_HOLDER_ROLE_MODERATOR, *std::move(key));
    EXPECT_EQ(session.status(), absl::OkStatus());
    return *std::move(session);
  }

  // Moderator 1 approves the question, and the identity plane puts it.
  void Ask(int writer, const std::string& question) {
    const auto session = Session(1);
    const auto keys = client::ReadReplyKeys(*session);
    ASSERT_EQ(keys.status(), absl::OkStatus());
    const std::string& comment = ids_.at(absl::StrCat("staff ", writer));
    const auto sealed = client::SealQuestion(*session, keys->at(comment), comment, question);
    ASSERT_EQ(sealed.status(), absl::OkStatus());
    ASSERT_EQ(plane_->PutQuestion({survey_->id(), comment, *sealed}), absl::OkStatus());
  }

  client::ReceivedQuestions Received(int writer) {
    const auto received = client::FetchQuestions(*Connect(), devices_[static_cast<size_t>(writer)]);
    EXPECT_EQ(received.status(), absl::OkStatus());
    return received.ok() ? *received : client::ReceivedQuestions();
  }

  absl::Status Answer(int writer, const std::string& text) {
    const client::ReceivedQuestions received = Received(writer);
    if (received.questions.empty()) return absl::NotFoundError("no question");
    return client::AnswerQuestion(*Connect(), devices_[static_cast<size_t>(writer)], received, received.questions[0], text);
  }

  TempFolder folder_;
  FakeClock clock_;
  server::ServerConfig config_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<rpc::RemoteResponsePlane> plane_;
  std::unique_ptr<collection::TestSurvey> survey_;
  std::vector<client::ReplyKeys> devices_;  // of each writer
  std::map<std::string, std::string> ids_;  // of comments, by their text
  absl::Time released_;
};

TEST_F(FollowUpClientTest, AQuestionGoesToItsWriterAndTheAnswerBackToTheModerators) {
  EXPECT_THAT(Received(3).questions, IsEmpty());
  Ask(3, "Which of the two?");
  Ask(4, "Since when?");
  const client::ReceivedQuestions received = Received(3);
  ASSERT_THAT(received.questions, SizeIs(1));
  EXPECT_EQ(received.questions[0].comment, ids_.at("staff 3"));
  EXPECT_EQ(received.questions[0].text, "Which of the two?");
  EXPECT_EQ(received.questions[0].moderator, "moderator 1");
  EXPECT_EQ(received.questions[0].prompt, 0u);
  EXPECT_EQ(received.questions[0].answer_until, released_ + 2 * kSpan);
  EXPECT_THAT(Received(5).questions, IsEmpty());
  ASSERT_EQ(Answer(3, "The second, of course"), absl::OkStatus());

  const auto session = Session(0);
  auto answers = client::ReadAnswers(*session);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  EXPECT_FALSE(answers->answering_over);
  EXPECT_THAT(answers->answers, IsEmpty());
  EXPECT_EQ(answers->decide_until, released_ + 3 * kSpan);
  clock_.Advance(2 * kSpan);
  answers = client::ReadAnswers(*session);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  EXPECT_TRUE(answers->answering_over);
  ASSERT_THAT(answers->answers, SizeIs(2));
  EXPECT_EQ(*client::DecideAll(*session, *answers, {}), 1);
  answers = client::ReadAnswers(*session);
  EXPECT_EQ(ReasonOf(plane_->FinishFollowUps(survey_->id()).status()), reasons::kWAITING_FOR_MODERATORS);
  for (const client::OpenedAnswer& answer : answers->answers) {
    EXPECT_FALSE(answer.decision.has_value()) << "what is none is decided with the last of the others";
    EXPECT_EQ(answer.text, answer.comment == ids_.at("staff 3") ? std::optional<std::string>("The second, of course")
                                                                 : std::nullopt);
  }
  v1::CommentDecision redact;
  redact.set_kind(v1::DECISION_KIND_REDACT);
  redact.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
  redact.set_text("The third[...]");
  EXPECT_EQ(client::DecideAll(*session, *answers, {{ids_.at("staff 3"), redact}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  redact.set_text("The second[...]");
  EXPECT_EQ(*client::DecideAll(*session, *answers, {{ids_.at("staff 3"), redact}}), 0);
  answers = client::ReadAnswers(*session);
  for (const client::OpenedAnswer& answer : answers->answers) EXPECT_EQ(answer.decided_by, "moderator 0");
  const auto document = plane_->FinishFollowUps(survey_->id());
  ASSERT_EQ(document.status(), absl::OkStatus());
  const auto handed_over = domain::DecodeFollowUpAnswers(*document);
  ASSERT_THAT(handed_over->answers, SizeIs(1));
  EXPECT_EQ(handed_over->answers[0].comment, ids_.at("staff 3"));
  EXPECT_EQ(handed_over->answers[0].text, "The second[...]");
  EXPECT_TRUE(handed_over->answers[0].redacted);
  EXPECT_EQ(*plane_->FinishFollowUps(survey_->id()), *document);
  EXPECT_THAT(Received(3).questions, IsEmpty());
}

TEST_F(FollowUpClientTest, BytesThatAreNoAnswerKeepNoOtherFromBeingRead) {
  Ask(3, "Which?");
  Ask(4, "Which?");
  ASSERT_EQ(Answer(3, "the first"), absl::OkStatus());
  ASSERT_EQ(Answer(4, "the second"), absl::OkStatus());
  // Of the right length, and signed with the comment's key.
  const std::string& comment = ids_.at("staff 4");
  v1::AnswerQuestionRequest request;
  request.set_survey(survey_->id().value());
  request.set_comment(comment);
  request.set_sealed_answer(base::RandomBytes(crypto::SealedToKeysBytes(2, domain::AnswerRecordBytes())));
  const auto connection = Connect();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  v1::ListQuestionsRequest list;
  list.set_survey(survey_->id().value());
  request.set_challenge(connection->Call(*stub, &v1::ResponseService::Stub::ListQuestions, list)->challenge());
  request.set_signature(crypto::SigningKey::FromSeed(devices_[4].seeds[0])
                            ->Sign(domain::FollowUpSignedBytes(domain::SurveyIdBytes(survey_->id()), comment,
                                                               request.challenge(), request.sealed_answer())));
  ASSERT_EQ(connection->Call(*stub, &v1::ResponseService::Stub::AnswerQuestion, request).status(), absl::OkStatus());
  clock_.Advance(2 * kSpan);
  const auto session = Session(0);
  const auto answers = client::ReadAnswers(*session);
  ASSERT_EQ(answers.status(), absl::OkStatus());
  ASSERT_THAT(answers->answers, SizeIs(2));
  for (const client::OpenedAnswer& answer : answers->answers) {
    EXPECT_EQ(answer.unreadable, answer.comment == comment);
    EXPECT_EQ(answer.text, answer.comment == comment ? std::nullopt : std::optional<std::string>("the first"));
    v1::CommentDecision decision;
    decision.set_kind(answer.unreadable ? v1::DECISION_KIND_REJECT : v1::DECISION_KIND_APPROVE);
    if (!answer.unreadable) decision.set_text("the first");
    EXPECT_EQ(client::Decide(*session, answer, decision), absl::OkStatus());
  }
  EXPECT_EQ(plane_->FinishFollowUps(survey_->id()).status(), absl::OkStatus());
}

TEST_F(FollowUpClientTest, AModeratorDecidesNothingThatWasNotWritten) {
  const client::OpenedAnswer answer{"c", "all of it", std::nullopt, ""}, none{"c", std::nullopt, std::nullopt, ""};
  v1::CommentDecision decision;
  decision.set_kind(v1::DECISION_KIND_APPROVE);
  decision.set_text("all of it");
  EXPECT_EQ(client::CheckDecision(answer, decision), absl::OkStatus());
  EXPECT_EQ(client::CheckDecision(none, decision).code(), absl::StatusCode::kInvalidArgument);
  decision.set_text("all of it and more");
  EXPECT_EQ(client::CheckDecision(answer, decision).code(), absl::StatusCode::kInvalidArgument);
  decision.set_kind(v1::DECISION_KIND_REDACT);
  EXPECT_EQ(client::CheckDecision(answer, decision).code(), absl::StatusCode::kInvalidArgument);
  decision.set_text("[...] of it");
  EXPECT_EQ(client::CheckDecision(answer, decision), absl::OkStatus());
  decision.set_kind(v1::DECISION_KIND_SUMMARY);
  EXPECT_EQ(client::CheckDecision(answer, decision).code(), absl::StatusCode::kInvalidArgument);
  decision.set_kind(v1::DECISION_KIND_REJECT);
  EXPECT_EQ(client::CheckDecision(none, decision), absl::OkStatus());
}

TEST_F(FollowUpClientTest, ARejectedAnswerAndOneThatThereIsNotAreDecidedInTheSameWords) {
  Ask(3, "Which?");
  Ask(4, "Which?");
  ASSERT_EQ(Answer(3, "an insult"), absl::OkStatus());
  clock_.Advance(2 * kSpan);
  const auto session = Session(0);
  auto answers = client::ReadAnswers(*session);
  v1::CommentDecision reject;
  reject.set_kind(v1::DECISION_KIND_REJECT);
  reject.set_reason(v1::MODERATION_REASON_INSULT);
  reject.set_note("an insult");
  ASSERT_EQ(*client::DecideAll(*session, *answers, {{ids_.at("staff 3"), reject}}), 0);
  const auto read = client::ReadAnswers(*session);
  ASSERT_THAT(read->answers, SizeIs(2));
  EXPECT_EQ(read->answers[0].decision->SerializeAsString(), read->answers[1].decision->SerializeAsString());
}

TEST_F(FollowUpClientTest, AnAnswerIsCheckedBeforeItIsSentAndMayBeTooLate) {
  Ask(3, "Which?");
  for (const std::string& text :
       {std::string(), std::string(domain::kLongestAnswer + 1, 'a'), std::string("a\0b", 3), std::string("\xff")}) {
    EXPECT_EQ(ReasonOf(Answer(3, text)), reasons::kFIELD_INVALID);
  }
  EXPECT_EQ(Answer(3, std::string(domain::kLongestAnswer, 'a')), absl::OkStatus());
  const client::ReceivedQuestions received = Received(3);
  EXPECT_EQ(client::AnswerQuestion(*Connect(), devices_[4], received, received.questions[0], "mine").code(),
            absl::StatusCode::kInvalidArgument)
      << "another device's key";
  clock_.Advance(2 * kSpan);
  EXPECT_EQ(ReasonOf(Answer(3, "late")), reasons::kFOLLOW_UP_OVER);
}

constexpr char kAnswer[] = "candor.v1.ResponseService.AnswerQuestion";

// Whoever stands between device and server has kept what was sent.
TEST_F(FollowUpClientTest, WhatWasOverheardCannotBeSentOverANewerAnswer) {
  Ask(3, "Which?");
  PlaneProxy proxy;
  proxy.PassOnTo(address());
  bool lost = false;
  proxy.set_fate([&lost](const std::string& method, const std::string&) {
    return method == kAnswer && !std::exchange(lost, true) ? Fate::kLoseReply : Fate::kPass;
  });
  const client::ReceivedQuestions received = Received(3);
  for (const char* text : {"the first", "the second"}) {
    ASSERT_EQ(client::AnswerQuestion(*ConnectTo(proxy.address()), devices_[3], received, received.questions[0], text),
              absl::OkStatus());
  }
  EXPECT_TRUE(lost) << "the first went over twice, and was stored once";
  const auto connection = Connect();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  std::vector<std::string> outcomes;
  for (const CrossingCall& call : proxy.calls()) {
    if (call.method != kAnswer) continue;
    v1::AnswerQuestionRequest again;
    ASSERT_TRUE(again.ParseFromString(call.request));
    outcomes.push_back(ReasonOf(connection->Call(*stub, &v1::ResponseService::Stub::AnswerQuestion, again).status()));
  }
  EXPECT_EQ(outcomes, (std::vector<std::string>{reasons::kCHALLENGE_STALE, reasons::kCHALLENGE_STALE, ""}));
  clock_.Advance(2 * kSpan);
  const auto answers = client::ReadAnswers(*Session(0));
  ASSERT_THAT(answers->answers, SizeIs(1));
  EXPECT_EQ(answers->answers[0].text, "the second");
}

TEST_F(FollowUpClientTest, AServerThatStartsWhileSomebodyAnswersIsAskedForAnotherChallenge) {
  Ask(3, "Which?");
  const client::ReceivedQuestions received = Received(3);
  PlaneProxy proxy;
  proxy.PassOnTo(address());
  bool started = false;
  proxy.set_fate([&](const std::string& method, const std::string&) {
    if (method == kAnswer && !std::exchange(started, true)) {
      config_.listen = address();  // where the proxy looks for it
      StartServer();
    }
    return Fate::kPass;
  });
  EXPECT_EQ(client::AnswerQuestion(*ConnectTo(proxy.address()), devices_[3], received, received.questions[0], "mine"),
            absl::OkStatus());
  EXPECT_TRUE(started);
  clock_.Advance(2 * kSpan);
  EXPECT_EQ(client::ReadAnswers(*Session(0))->answers[0].text, "mine");
}

// What reaches the server has one size, whatever is answered.
TEST_F(FollowUpClientTest, RequestsToAnswerAreOfOneSize) {
  const std::string survey_id = domain::SurveyIdBytes(survey_->id());
  std::vector<std::string> keys;
  for (const domain::ModeratorKey& moderator : survey_->manifest.moderators) keys.push_back(moderator.public_key);
  const auto size_of = [&](const std::string& text) {
    const std::string sealed =
        *crypto::SealToKeys(keys, domain::EncodeAnswerRecord(survey_id, {ids_.at("staff 3"), text}));
    v1::AnswerQuestionRequest request;
    request.set_survey(survey_->id().value());
    request.set_comment(ids_.at("staff 3"));
    request.set_sealed_answer(sealed);
    request.set_challenge(std::string(domain::kAnswerChallengeBytes, 'h'));
    request.set_signature(std::string(64, 's'));
    return request.ByteSizeLong();
  };
  EXPECT_EQ(size_of("x"), size_of(std::string(domain::kLongestAnswer, 'x')));
}

TEST_F(FollowUpClientTest, AnotherManifestThanTheOneAnsweredUnderIsRefused) {
  Ask(3, "Which?");
  client::ReplyKeys keys = devices_[3];
  keys.manifest_hash = std::string(32, 'm');
  EXPECT_EQ(ReasonOf(client::FetchQuestions(*Connect(), keys).status()), reasons::kMANIFEST_REFUSED);
}

TEST_F(FollowUpClientTest, WhoIsNoModeratorOfTheManifestAsksNothing) {
  const std::string& comment = ids_.at("staff 3");
  const auto keys = client::ReadReplyKeys(*Session(0));
  const crypto::ClosingKeyPair stranger = crypto::ClosingKeyPair::Generate();
  const auto sealed = crypto::SealBetween(
      stranger.secret_key, keys->at(comment),
      domain::EncodeQuestionRecord(domain::SurveyIdBytes(survey_->id()), {comment, "Who are you?"}));
  ASSERT_EQ(plane_->PutQuestion({survey_->id(), comment, *sealed}), absl::OkStatus());
  EXPECT_THAT(Received(3).questions, IsEmpty());
}

TEST_F(FollowUpClientTest, AQuestionThatIsNoPlainTextIsNotShown) {
  const std::string& comment = ids_.at("staff 3");
  const auto keys = client::ReadReplyKeys(*Session(0));
  const auto sealed = crypto::SealBetween(
      survey_->moderators[0].secret_key, keys->at(comment),
      domain::EncodeQuestionRecord(domain::SurveyIdBytes(survey_->id()), {comment, "\x1b[31mclick"}));
  ASSERT_EQ(plane_->PutQuestion({survey_->id(), comment, *sealed}), absl::OkStatus());
  EXPECT_THAT(Received(3).questions, IsEmpty());
  EXPECT_EQ(ReasonOf(client::SealQuestion(*Session(0), keys->at(comment), comment, "\x1b[31mclick").status()),
            reasons::kFIELD_INVALID);
  EXPECT_EQ(ReasonOf(client::SealQuestion(*Session(0), keys->at(comment), comment,
                                          std::string(domain::kLongestQuestion + 1, 'q')).status()),
            reasons::kFIELD_INVALID);
}

// Neither who asks for the list nor who answers makes a line, whatever comes of it.
TEST_F(FollowUpClientTest, ListingAndAnsweringLeaveNoLineInTheLog) {
  Ask(3, "Which?");
  const std::string path = folder_.File("log");
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  base::SetLogOutput(file);
  base::SetLogLevel(base::LogLevel::kDebug);
  EXPECT_EQ(Answer(3, "one"), absl::OkStatus());
  v1::AnswerQuestionRequest bad;
  bad.set_survey(survey_->id().value());
  const auto connection = Connect();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  EXPECT_EQ(ReasonOf(connection->Call(*stub, &v1::ResponseService::Stub::AnswerQuestion, bad).status()),
            reasons::kFIELD_INVALID);
  v1::ListQuestionsRequest unknown;
  unknown.set_survey("nobody's");
  EXPECT_EQ(ReasonOf(connection->Call(*stub, &v1::ResponseService::Stub::ListQuestions, unknown).status()),
            reasons::kSURVEY_UNKNOWN);
  EXPECT_THAT(*base::ReadFile(path), IsEmpty());
  base::SetLogLevel(base::LogLevel::kError);
  base::SetLogOutput(STDERR_FILENO);
  close(file);
}

}  // namespace
}  // namespace candor::testing
