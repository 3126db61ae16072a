// Handing over the answers to questions, and what is left in the files after it, whatever comes in between.

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/child_process.h"
#include "tests/collection/follow_up_fixture.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class FollowUpEndingTest : public FollowUpTest {};

TEST_F(FollowUpEndingTest, NothingIsHandedOverWhileAnAnswerIsUndecided) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  ASSERT_EQ(Decide(asked, "staff 3", Reject()), absl::OkStatus());
  ExpectReason(collection_->FinishFollowUps(asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_MODERATORS);
  ASSERT_EQ(Decide(asked, "staff 4", Reject()), absl::OkStatus());
  EXPECT_TRUE(HandedOver(collection_->FinishFollowUps(asked.survey.id())).empty());
  const std::string session = SessionOf(asked.survey);
  ExpectReason(collection_->ReadAnswers(session, asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kFOLLOW_UP_OVER);
  ExpectReason(Decide(asked, "staff 4", Reject()), StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
  ExpectReason(Answer(asked, "staff 3", "late"), StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(collection_->ListQuestions(asked.survey.id())->answer_until, std::nullopt);
}

TEST_F(FollowUpEndingTest, AfterHandingOverNoFileHoldsAKeyAQuestionOrAnAnswer) {
  const Asked asked = ReleasedSurvey(/*rejected=*/"staff 5");
  std::vector<std::string> traces;
  for (const auto& [text, key] : asked.keys) traces.push_back(key.public_key());
  const std::string unanswered = SealQuestion(asked, "staff 4", "a question");
  ASSERT_EQ(collection_->PutQuestion({asked.survey.id(), asked.ids.at("staff 4"), unanswered}), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  traces.push_back(unanswered);
  const QuestionAnswer first = AnswerOf(asked, "staff 3", "once"), second = AnswerOf(asked, "staff 3", "let out at last");
  ASSERT_EQ(collection_->AnswerQuestion(asked.survey.id(), first), absl::OkStatus());
  ASSERT_EQ(collection_->AnswerQuestion(asked.survey.id(), second), absl::OkStatus());
  EXPECT_EQ(folder_.FileWith(first.sealed_answer.substr(0, 40)), "") << "the answer before leaves no trace";
  AdvanceTo(asked.release_time + 2 * kSpan);
  const auto view = Answers(asked);
  for (const ModeratedAnswer& answer : view->answers) {
    traces.push_back(answer.sealed.substr(0, 40));
    traces.push_back(answer.sealed.substr(answer.sealed.size() - 40));
    // A trace that could not be found while it is there would prove nothing.
    EXPECT_NE(folder_.FileWith(traces.back()), "");
  }
  EXPECT_NE(folder_.FileWith(unanswered), "");
  ASSERT_EQ(Decide(asked, "staff 3", Approve("let out at last")), absl::OkStatus());
  ASSERT_EQ(Decide(asked, "staff 4", Reject()), absl::OkStatus());
  const std::string key_path = absl::StrCat(options_.keys_folder, "/", asked.survey.id().value(), ".answers.key");
  const std::string words_key = *base::ReadFile(key_path);
  ASSERT_TRUE(collection_->FinishFollowUps(asked.survey.id()).ok());
  ASSERT_TRUE(collection_->Forget().ok());
  EXPECT_FALSE(base::FileExists(key_path));
  traces.push_back(words_key);
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
  EXPECT_NE(folder_.FileWith("let out at last"), "") << "what was handed over can be handed over again";
  Shut();
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
}

TEST_F(FollowUpEndingTest, ACrashAroundHandingOverLosesNothingAndTheKeyGoesInTheEnd) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the words"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  ASSERT_EQ(Decide(asked, "staff 3", Approve("the words")), absl::OkStatus());
  const std::string key_path = absl::StrCat(options_.keys_folder, "/", asked.survey.id().value(), ".answers.key");
  faults_.hand_over_before = 1;
  EXPECT_FALSE(collection_->FinishFollowUps(asked.survey.id()).ok());
  Restart();
  EXPECT_EQ(ReadAs(asked, 0).size(), 1u);
  EXPECT_TRUE(base::FileExists(key_path));
  faults_.hand_over_after = 1;
  EXPECT_FALSE(collection_->FinishFollowUps(asked.survey.id()).ok());
  EXPECT_TRUE(base::FileExists(key_path));
  Restart();
  EXPECT_EQ(HandedOver(collection_->FinishFollowUps(asked.survey.id())),
            (std::vector<std::pair<std::string, std::string>>{{asked.ids.at("staff 3"), "the words"}}));
  EXPECT_FALSE(base::FileExists(key_path));
}

// kill -9 at any moment of handing over: the same answers come out in the end, and nothing else stays.
TEST_F(FollowUpEndingTest, AKilledServerHandsOverTheSameAnswersInTheEnd) {
  constexpr int kKills = 12;
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the words"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  ASSERT_EQ(Decide(asked, "staff 3", Approve("the words")), absl::OkStatus());
  ASSERT_EQ(Decide(asked, "staff 4", Reject()), absl::OkStatus());
  Shut();
  for (int i = 0; i < kKills; ++i) {
    const storage::TempFolder copy;
    std::filesystem::copy(folder_.path(), copy.path(), std::filesystem::copy_options::recursive);
    const auto start = [&] {
      CollectionOptions options = options_;
      options.keys_folder = copy.path() + options_.keys_folder.substr(folder_.path().size());
      auto store = storage::sqlite::SqliteResponseStore::Open(copy.path() + data_folder().substr(folder_.path().size()));
      CANDOR_CHECK(store.ok());
      auto collection = Collection::Start(*std::move(store), &clock_, options);
      CANDOR_CHECK(collection.ok());
      return *std::move(collection);
    };
    {
      Child child([&](int pipe_end) {
        const auto collection = start();
        const char ready = 'r';
        CANDOR_CHECK(write(pipe_end, &ready, 1) == 1);
        (void)collection->FinishFollowUps(asked.survey.id());
        (void)collection->Forget();
      });
      char ready = 0;
      ASSERT_TRUE(child.Read(ready));
      absl::SleepFor(absl::Microseconds(base::RandomBelow(15'000)));
      child.Kill();
    }
    const auto collection = start();
    EXPECT_EQ(HandedOver(collection->FinishFollowUps(asked.survey.id())),
              (std::vector<std::pair<std::string, std::string>>{{asked.ids.at("staff 3"), "the words"}}));
    ASSERT_TRUE(collection->Forget().ok());
    for (const auto& [text, key] : asked.keys) EXPECT_EQ(copy.FileWith(key.public_key()), "") << text;
    EXPECT_FALSE(base::FileExists(absl::StrCat(copy.path(), options_.keys_folder.substr(folder_.path().size()), "/",
                                               asked.survey.id().value(), ".answers.key")));
  }
}

TEST_F(FollowUpEndingTest, ThisPlanesClockEndsItWhenNobodyAsks) {
  options_.abandon_interval = absl::Milliseconds(1);
  Restart();
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the words"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  ASSERT_EQ(Decide(asked, "staff 3", Approve("the words")), absl::OkStatus());
  Restart();  // the watch finds it again
  AdvanceTo(asked.release_time + 3 * kSpan);
  const std::string key = asked.keys.at("staff 3").public_key();
  // The watch looks every millisecond; the file is rebuilt after the transaction.
  for (int i = 0; i < 60'000 && !folder_.FileWith(key).empty(); ++i) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(folder_.FileWith(key), "");
  EXPECT_EQ(HandedOver(collection_->FinishFollowUps(asked.survey.id())),
            (std::vector<std::pair<std::string, std::string>>{{asked.ids.at("staff 3"), "the words"}}));
}

// The transaction is committed, and what follows it is not: the machine stops there, or the disk is full.
TEST_F(FollowUpEndingTest, WhatWasDestroyedIsInNoFileAfterAStopBeforeTheFileIsRebuilt) {
  options_.abandon_interval = absl::Milliseconds(1);
  Restart();
  const Asked asked = ReleasedSurvey();
  ASSERT_TRUE(collection_->Forget().ok());
  const std::string question = SealQuestion(asked, "staff 3", "Which?");
  ASSERT_EQ(collection_->PutQuestion({asked.survey.id(), asked.ids.at("staff 3"), question}), absl::OkStatus());
  constexpr int kEver = 1'000'000'000;
  faults_.rebuild = kEver;
  AdvanceTo(asked.release_time + 3 * kSpan);
  for (int i = 0; i < 60'000 && faults_.rebuild == kEver; ++i) absl::SleepFor(absl::Milliseconds(1));
  ASSERT_TRUE(collection_->ListQuestions(asked.survey.id())->sealed_questions.empty());
  std::vector<std::string> traces = {question.substr(60)};
  for (const auto& [text, key] : asked.keys) {
    if (text != "staff 10") traces.push_back(key.public_key());
  }
  const storage::TempFolder stopped;
  std::filesystem::copy(folder_.path(), stopped.path(), std::filesystem::copy_options::recursive);
  for (const std::string& trace : traces) EXPECT_NE(stopped.FileWith(trace), "") << "nothing is tested else";
  {
    CollectionOptions options = options_;
    options.keys_folder = stopped.path() + options_.keys_folder.substr(folder_.path().size());
    auto store = storage::sqlite::SqliteResponseStore::Open(stopped.path() + data_folder().substr(folder_.path().size()));
    ASSERT_TRUE(store.ok()) << store.status();
    const auto collection = Collection::Start(*std::move(store), &clock_, options);
    ASSERT_TRUE(collection.ok()) << collection.status();
    for (const std::string& trace : traces) EXPECT_EQ(stopped.FileWith(trace), "");
  }
  // Without a stop the plane makes up for it by itself.
  faults_.rebuild = 0;
  clock_.Advance(absl::Minutes(1));
  const auto gone = [&] {
    return std::all_of(traces.begin(), traces.end(), [&](const auto& trace) { return folder_.FileWith(trace).empty(); });
  };
  for (int i = 0; i < 60'000 && !gone(); ++i) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_TRUE(gone());
}

}  // namespace
}  // namespace candor::collection
