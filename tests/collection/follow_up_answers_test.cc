// Answers to questions: whose they are, which one counts, and what the files tell of them.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/follow_up_fixture.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class FollowUpAnswersTest : public FollowUpTest {};

TEST_F(FollowUpAnswersTest, NobodyButTheWriterCanAnswer) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  const auto refused = [&](const QuestionAnswer& answer, StatusCode code, const std::string& reason) {
    ExpectReason(collection_->AnswerQuestion(asked.survey.id(), answer), code, reason);
  };
  const QuestionAnswer good = AnswerOf(asked, "staff 3", "mine");
  // Another comment's key, another comment's place, an answer of another survey, another seal under the signature.
  QuestionAnswer changed = good;
  changed.signature = AnswerOf(asked, "staff 4", "mine").signature;
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.comment = asked.ids.at("staff 4");
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.signature = asked.keys.at("staff 3").Sign(
      domain::FollowUpSignedBytes(std::string(16, 's'), good.comment, good.challenge, good.sealed_answer));
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.sealed_answer[0] = static_cast<char>(changed.sealed_answer[0] ^ 1);
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.challenge = AnswerOf(asked, "staff 3", "mine").challenge;
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.challenge.pop_back();
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.sealed_answer.pop_back();
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  changed = good;
  changed.signature.clear();
  refused(changed, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  refused(AnswerOf(asked, "staff 5", "nobody asked"), StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND);
  AdvanceTo(asked.release_time + 2 * kSpan);
  refused(good, StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
  const auto read = ReadAs(asked, 0);
  EXPECT_EQ(read.size(), 2u);
  for (const auto& [comment, text] : read) EXPECT_EQ(text, std::nullopt);
}

TEST_F(FollowUpAnswersTest, TheNewestAnswerCounts) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the first"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the second"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  EXPECT_EQ(ReadAs(asked, 0).at(asked.ids.at("staff 3")), "the second");
}

// Whoever has kept the bytes of an earlier answer on their way sends them once more.
TEST_F(FollowUpAnswersTest, AnOlderAnswerNeverComesBack) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  const QuestionAnswer held_back = AnswerOf(asked, "staff 3", "never arrived");
  const QuestionAnswer first = AnswerOf(asked, "staff 3", "the first");
  const QuestionAnswer second = AnswerOf(asked, "staff 3", "the second");
  const auto send = [&](const QuestionAnswer& answer) { return collection_->AnswerQuestion(asked.survey.id(), answer); };
  ASSERT_EQ(send(first), absl::OkStatus());
  ASSERT_EQ(send(second), absl::OkStatus());
  ExpectReason(send(first), StatusCode::kFailedPrecondition, reasons::kCHALLENGE_STALE);
  ExpectReason(send(held_back), StatusCode::kFailedPrecondition, reasons::kCHALLENGE_STALE);
  EXPECT_EQ(send(second), absl::OkStatus()) << "its reply may have been lost";
  // Nor after a start, which remembers nothing: no challenge from before is good then.
  Restart();
  for (const QuestionAnswer& kept : {held_back, first, second}) {
    ExpectReason(send(kept), StatusCode::kFailedPrecondition, reasons::kCHALLENGE_STALE);
  }
  EXPECT_EQ(Answer(asked, "staff 3", "the third"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  EXPECT_EQ(ReadAs(asked, 0).at(asked.ids.at("staff 3")), "the third");
}

TEST_F(FollowUpAnswersTest, AChallengeIsForOneAnswerInItsOwnSurvey) {
  const Asked asked = ReleasedSurvey(), other = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(other, "staff 3"), absl::OkStatus());
  const auto refused = [&](QuestionAnswer answer) {
    Sign(asked, "staff 3", answer);
    ExpectReason(collection_->AnswerQuestion(asked.survey.id(), answer), StatusCode::kFailedPrecondition,
                 reasons::kCHALLENGE_STALE);
  };
  const QuestionAnswer good = AnswerOf(asked, "staff 3", "good");
  QuestionAnswer changed = good;
  changed.challenge = AnswerOf(other, "staff 3", "").challenge;
  refused(changed);
  for (const size_t at : {size_t{0}, size_t{7}, size_t{8}, domain::kAnswerChallengeBytes - 1}) {
    changed = good;
    changed.challenge[at] = static_cast<char>(changed.challenge[at] ^ 1);
    refused(changed);
  }
  ASSERT_EQ(collection_->AnswerQuestion(asked.survey.id(), good), absl::OkStatus());
  changed = AnswerOf(asked, "staff 3", "another");
  changed.challenge = good.challenge;
  refused(changed);
  // The same challenge for another comment takes nobody's place.
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  changed = AnswerOf(asked, "staff 4", "mine");
  changed.challenge = good.challenge;
  Sign(asked, "staff 4", changed);
  EXPECT_EQ(collection_->AnswerQuestion(asked.survey.id(), changed), absl::OkStatus());
}

TEST_F(FollowUpAnswersTest, AnAnswerThatCouldNotBeStoredCanBeSentAgainAndOlderOnesCannot) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  const QuestionAnswer older = AnswerOf(asked, "staff 3", "older"), newer = AnswerOf(asked, "staff 3", "newer");
  faults_.answer = 1;
  EXPECT_TRUE(absl::IsUnavailable(collection_->AnswerQuestion(asked.survey.id(), newer)));
  ExpectReason(collection_->AnswerQuestion(asked.survey.id(), older), StatusCode::kFailedPrecondition,
               reasons::kCHALLENGE_STALE);
  EXPECT_EQ(collection_->AnswerQuestion(asked.survey.id(), newer), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  EXPECT_EQ(ReadAs(asked, 0).at(asked.ids.at("staff 3")), "newer");
}

TEST_F(FollowUpAnswersTest, NoFileHoldsAChallenge) {
  clock_.AdvanceSteady(absl::Nanoseconds(0x0123456789abcdef));  // so that its bytes are found where they are
  const Asked asked = ReleasedSurvey();
  EXPECT_EQ(collection_->ListQuestions(asked.survey.id())->challenge, "") << "there is nothing to answer";
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  const QuestionAnswer answer = AnswerOf(asked, "staff 3", "the words");
  ASSERT_EQ(collection_->AnswerQuestion(asked.survey.id(), answer), absl::OkStatus());
  EXPECT_NE(folder_.FileWith(answer.sealed_answer.substr(0, 40)), "");
  EXPECT_EQ(folder_.FileWith(answer.challenge.substr(0, 8)), "");
  EXPECT_EQ(folder_.FileWith(answer.challenge.substr(8)), "");
  Shut();
  EXPECT_EQ(folder_.FileWith(answer.challenge.substr(8)), "");
}

// Columns, rows and lengths; then the very bytes: between two copies of the file nothing differs but the answer itself, where it
// stands, and its sealed bytes look random either way.
TEST_F(FollowUpAnswersTest, AnAnsweredQuestionLooksInTheFilesLikeAnUnansweredOne) {
  const Asked asked = ReleasedSurvey();
  for (int i = 0; i < 8; ++i) ASSERT_EQ(Ask(asked, absl::StrCat("staff ", i)), absl::OkStatus());
  ASSERT_TRUE(collection_->Forget().ok());
  const std::string path = data_folder() + "/responses.db";
  const std::string before = *base::ReadFile(path);
  ASSERT_EQ(Answer(asked, "staff 3", std::string(domain::kLongestAnswer, 'a')), absl::OkStatus());
  EXPECT_EQ(*base::ReadFile(path + "-wal"), "") << "the log would tell that somebody has answered";
  const std::string after = *base::ReadFile(path);
  ASSERT_EQ(after.size(), before.size());
  const size_t sealed_bytes = AnswerOf(asked, "staff 3", "x").sealed_answer.size();
  constexpr size_t kHeaderBytes = 100;  // of SQLite: counts of changes
  std::vector<size_t> differing;
  for (size_t i = kHeaderBytes; i < after.size(); ++i) {
    if (after[i] != before[i]) differing.push_back(i);
  }
  ASSERT_FALSE(differing.empty());
  EXPECT_LE(differing.back() - differing.front(), sealed_bytes);
  Shut();
  auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
  ASSERT_TRUE(store.ok()) << store.status();
  const auto stored = (*store)->FindFollowUps(asked.survey.id());
  ASSERT_EQ((*stored)->questions.size(), 8u);
  for (const storage::StoredQuestion& question : (*stored)->questions) {
    EXPECT_EQ(question.sealed_question.size(), (*stored)->questions[0].sealed_question.size());
    EXPECT_EQ(question.sealed_answer.size(), sealed_bytes);
    EXPECT_EQ(question.sealed_decision.size(), (*stored)->questions[0].sealed_decision.size());
  }
}

TEST_F(FollowUpAnswersTest, NoFileTimeTellsWhenAnAnswerCame) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  const std::filesystem::path path = data_folder() + "/responses.db", log = data_folder() + "/responses.db-wal",
                              index = data_folder() + "/responses.db-shm";
  const auto then = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& each : {path, log, index}) std::filesystem::last_write_time(each, then);
  ASSERT_EQ(Answer(asked, "staff 3", "the words"), absl::OkStatus());
  for (const auto& each : {path, log, index}) EXPECT_EQ(std::filesystem::last_write_time(each), then) << each;
}

}  // namespace
}  // namespace candor::collection
