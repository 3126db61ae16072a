#include "services/domain/follow_up.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/json.h"
#include "services/domain/sealed_records.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

const std::string kSurvey(16, 's');
const std::string kComment(kCommentIdBytes, 'c');

Contract AContract(int follow_up_days) {
  Contract contract;
  contract.abandon_time = absl::FromUnixSeconds(1'800'000'000);
  contract.retention_days = 90;
  contract.follow_up_days = follow_up_days;
  return contract;
}

TEST(FollowUpTest, TheSpansFollowOneAnotherFromRelease) {
  const Contract contract = AContract(10);
  const absl::Time release = contract.abandon_time - absl::Hours(24 * 5);
  const FollowUpTimes times = TimesOfFollowUps(contract, release);
  EXPECT_EQ(times.ask_until, release + absl::Hours(240));
  EXPECT_EQ(times.answer_until, release + absl::Hours(480));
  EXPECT_EQ(times.hand_over_until, release + absl::Hours(720));
}

TEST(FollowUpTest, AReleaseThatComesTooLateForAllSpansAllowsNoQuestions) {
  const Contract contract = AContract(10);
  const absl::Duration day = absl::Hours(24);
  const absl::Time latest = NoticesEndTime(contract) - 31 * day;
  EXPECT_EQ(TimesOfFollowUps(contract, latest).hand_over_until, latest + 30 * day);
  for (const absl::Time late : {latest + absl::Seconds(1), latest + 31 * day, latest + 4000 * day}) {
    const FollowUpTimes times = TimesOfFollowUps(contract, late);
    EXPECT_EQ(times.ask_until, late);
    EXPECT_EQ(times.answer_until, late);
    EXPECT_EQ(times.hand_over_until, late);
  }
}

TEST(FollowUpTest, QuestionsAreOfOneLengthAndReadBack) {
  const std::string record = EncodeQuestionRecord(kSurvey, {kComment, "Which meeting?"});
  EXPECT_EQ(record.size(), QuestionRecordBytes());
  EXPECT_EQ(EncodeQuestionRecord(kSurvey, {kComment, std::string(kLongestQuestion, 'q')}).size(), record.size());
  const auto read = DecodeQuestionRecord(record, kSurvey);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->comment, kComment);
  EXPECT_EQ(read->text, "Which meeting?");
}

TEST(FollowUpTest, AnAnswerAndNoneAreOfOneLengthAndReadBack) {
  const std::string none = EncodeAnswerRecord(kSurvey, {kComment, std::nullopt});
  const std::string some = EncodeAnswerRecord(kSurvey, {kComment, std::string(kLongestAnswer, 'a')});
  EXPECT_EQ(none.size(), AnswerRecordBytes());
  EXPECT_EQ(some.size(), none.size());
  EXPECT_EQ(DecodeAnswerRecord(none, kSurvey)->text, std::nullopt);
  EXPECT_EQ(DecodeAnswerRecord(none, kSurvey)->comment, kComment);
  EXPECT_EQ(DecodeAnswerRecord(some, kSurvey)->text, std::string(kLongestAnswer, 'a'));
}

TEST(FollowUpTest, RecordsOfAnotherSurveyKindOrLengthAreRefused) {
  const std::string question = EncodeQuestionRecord(kSurvey, {kComment, "Which meeting?"});
  const std::string answer = EncodeAnswerRecord(kSurvey, {kComment, "the first"});
  const std::string other(16, 't');
  ExpectError(DecodeQuestionRecord(question, other), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeAnswerRecord(answer, other), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeQuestionRecord(answer, kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeAnswerRecord(question, kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeQuestionRecord(question.substr(1), kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeAnswerRecord(answer + '\0', kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  std::string neither = answer;
  neither[16 + 16 + kCommentIdBytes] = '\2';
  ExpectError(DecodeAnswerRecord(neither, kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  std::string too_long = question;
  too_long[18 + 16 + kCommentIdBytes] = '\x7f';
  ExpectError(DecodeQuestionRecord(too_long, kSurvey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
}

TEST(FollowUpTest, WhatIsSignedNamesSurveyCommentAndChallenge) {
  const std::string challenge(kAnswerChallengeBytes, 'h');
  const std::string bytes = FollowUpSignedBytes(kSurvey, kComment, challenge, "sealed");
  EXPECT_EQ(bytes, absl::StrCat("candor-follow-up-v2", kSurvey, kComment, challenge, "sealed"));
  EXPECT_NE(bytes, FollowUpSignedBytes(std::string(16, 't'), kComment, challenge, "sealed"));
  EXPECT_NE(bytes, FollowUpSignedBytes(kSurvey, std::string(kCommentIdBytes, 'd'), challenge, "sealed"));
  EXPECT_NE(bytes, FollowUpSignedBytes(kSurvey, kComment, std::string(kAnswerChallengeBytes, 'i'), "sealed"));
  EXPECT_NE(bytes, FollowUpSignedBytes(kSurvey, kComment, challenge, "Sealed"));
}

TEST(FollowUpTest, WhatIsHandedOverReadsBackByteForByte) {
  FollowUpAnswers answers;
  answers.survey = RandomSurveyId();
  answers.answers = {{"c1", "the first", false}, {"c2", "[...] second", true}};
  const std::string bytes = EncodeFollowUpAnswers(answers);
  const auto read = DecodeFollowUpAnswers(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeFollowUpAnswers(*read), bytes);
  EXPECT_EQ(read->survey, answers.survey);
  ASSERT_EQ(read->answers.size(), 2u);
  EXPECT_EQ(read->answers[1].comment, "c2");
  EXPECT_EQ(read->answers[1].text, "[...] second");
  EXPECT_TRUE(read->answers[1].redacted);
  std::string spaced = bytes;
  spaced.insert(1, " ");
  for (const std::string& damaged : {std::string(), bytes.substr(1), spaced}) {
    ExpectError(DecodeFollowUpAnswers(damaged), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
  ExpectError(DecodeFollowUpAnswers("{}"), absl::StatusCode::kDataLoss, "STORE_CORRUPT", "format");
  std::swap(answers.answers[0], answers.answers[1]);
  ExpectError(DecodeFollowUpAnswers(EncodeFollowUpAnswers(answers)), absl::StatusCode::kDataLoss, "STORE_CORRUPT",
              "answers[1].comment");
}

}  // namespace
}  // namespace candor::domain
