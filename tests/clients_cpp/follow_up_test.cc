// Answering a question back, as far as the client decides by itself.

#include "clients/cpp/follow_up.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/crypto/signing.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::client {
namespace {

namespace reasons = candor::domain::reasons;

class AnsweringTest : public ::testing::Test {
 protected:
  AnsweringTest() : key_(crypto::SigningKey::Generate()) {
    ConnectionOptions options;
    options.address = server_.address();
    connection_ = *Connection::Make(options);
    keys_.survey = server_.survey().manifest.survey.value();
    keys_.seeds = {std::string(key_.seed().view())};
    received_.documents = *CheckDocuments(server_.identity_documents, server_.survey().manifest.survey, "");
    received_.questions.emplace_back().comment = std::string(domain::kCommentIdBytes, 'c');
  }

  absl::Status Answer() { return AnswerQuestion(*connection_, keys_, received_, received_.questions[0], "the words"); }

  FakeServer server_{FakeSurvey()};
  crypto::SigningKey key_;
  std::shared_ptr<Connection> connection_;
  ReplyKeys keys_;
  ReceivedQuestions received_;
};

TEST_F(AnsweringTest, AnAnswerIsSignedAnewWithTheChallengeOfANewListAFewTimes) {
  server_.stale_challenges = 2;
  ASSERT_EQ(Answer(), absl::OkStatus());
  ASSERT_EQ(server_.answers.size(), 3u);
  const std::string survey_id = domain::SurveyIdBytes(server_.survey().manifest.survey);
  for (size_t i = 0; i < server_.answers.size(); ++i) {
    const auto& answer = server_.answers[i];
    EXPECT_EQ(answer.challenge(), std::string(domain::kAnswerChallengeBytes, static_cast<char>('a' + i)));
    EXPECT_TRUE(crypto::VerifySignature(
        key_.public_key(),
        domain::FollowUpSignedBytes(survey_id, answer.comment(), answer.challenge(), answer.sealed_answer()),
        answer.signature()));
    EXPECT_EQ(answer.sealed_answer(), server_.answers[0].sealed_answer());
  }
  EXPECT_EQ(server_.peers_of_response.size(), 1u) << "the challenge comes over the connection that the answer takes";
}

TEST_F(AnsweringTest, AServerThatTakesNoChallengeIsGivenUp) {
  server_.stale_challenges = 100;
  const absl::Status answered = Answer();
  EXPECT_EQ(answered.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::GetErrorDetail(answered).reason, reasons::kCHALLENGE_STALE);
  EXPECT_EQ(server_.answers.size(), 3u);
}

TEST_F(AnsweringTest, WhatCanBeAnsweredNoMoreIsTakenOut) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  std::vector<ReceivedQuestion> questions(3);
  for (int i = 0; i < 3; ++i) {
    questions[static_cast<size_t>(i)].comment = std::string(1, static_cast<char>('a' + i));
    questions[static_cast<size_t>(i)].answer_until = now + absl::Seconds(i - 1);
  }
  KeepAnswerable(questions, now);
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].comment, "c");
}

TEST_F(AnsweringTest, WhereTheListIsEmptyItIsTooLate) {
  server_.questions_over = true;
  EXPECT_EQ(base::GetErrorDetail(Answer()).reason, reasons::kFOLLOW_UP_OVER);
  EXPECT_TRUE(server_.answers.empty());
}

}  // namespace
}  // namespace candor::client
