// Questions back to comments on the response plane: who is asked what, and from when on.

#include "services/collection/follow_ups.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/crypto/seal_between.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/follow_up_fixture.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;
using domain::ModerationReason;
using storage::DecisionKind;

TEST_F(FollowUpTest, AQuestionReachesItsWriterAloneAndTheAnswerTheModeratorsAlone) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3", "Which of the two?"), absl::OkStatus());
  const auto received = Received(asked, "staff 3");
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->comment, asked.ids.at("staff 3"));
  EXPECT_EQ(received->text, "Which of the two?");
  EXPECT_EQ(Received(asked, "staff 4"), std::nullopt);
  ASSERT_EQ(Answer(asked, "staff 3", "the second"), absl::OkStatus());
  Restart();
  AdvanceTo(asked.release_time + 2 * kSpan);
  for (const size_t moderator : {0u, 1u}) {
    EXPECT_EQ(ReadAs(asked, moderator),
              (std::map<std::string, std::optional<std::string>>{{asked.ids.at("staff 3"), "the second"}}));
  }
  ASSERT_EQ(Decide(asked, "staff 3", {DecisionKind::kRedact, ModerationReason::kNamesSomebody, "[...] second", "a name"}),
            absl::OkStatus());
  const auto view = Answers(asked, 1);
  ASSERT_TRUE(view->answers[0].decision.has_value());
  EXPECT_EQ(view->answers[0].decision->kind, DecisionKind::kRedact);
  EXPECT_EQ(view->answers[0].decision->reason, ModerationReason::kNamesSomebody);
  EXPECT_EQ(view->answers[0].decision->text, "[...] second");
  EXPECT_EQ(view->answers[0].decision->note, "a name");
  EXPECT_EQ(view->answers[0].decided_by, 0);
  const auto document = collection_->FinishFollowUps(asked.survey.id());
  EXPECT_EQ(HandedOver(document),
            (std::vector<std::pair<std::string, std::string>>{{asked.ids.at("staff 3"), "[...] second"}}));
  EXPECT_TRUE(domain::DecodeFollowUpAnswers(*document)->answers[0].redacted);
  Restart();
  EXPECT_EQ(*collection_->FinishFollowUps(asked.survey.id()), *document);
}

TEST_F(FollowUpTest, KeysAreKeptOfReleasedCommentsAlone) {
  const Asked asked = ReleasedSurvey(/*rejected=*/"staff 5");
  const auto keys = collection_->ReplyKeys(SessionOf(asked.survey), asked.survey.id());
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->size(), static_cast<size_t>(kComments - 1));
  for (const auto& [text, key] : asked.keys) {
    if (text == "staff 5") continue;
    // Also the comment that came without a key has one, which nobody can tell from the others.
    ASSERT_TRUE(keys->contains(asked.ids.at(text)));
    EXPECT_TRUE(crypto::CanSealToSigningKey(keys->at(asked.ids.at(text))));
    EXPECT_EQ(keys->at(asked.ids.at(text)) == key.public_key(), text != "staff 10");
  }
  EXPECT_FALSE(keys->contains(asked.ids.at("staff 5")));
  ExpectReason(collection_->PutQuestion({asked.survey.id(), asked.ids.at("staff 5"), SealQuestion(asked, "staff 4", "?")}),
               StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND);
  // The key of the comment that was not released is gone, and those of the others with the last step.
  ASSERT_TRUE(collection_->Forget().ok());
  EXPECT_EQ(folder_.FileWith(asked.keys.at("staff 5").public_key()), "");
  EXPECT_NE(folder_.FileWith(asked.keys.at("staff 4").public_key()), "");
}

TEST_F(FollowUpTest, AKeyThatNothingCanBeSealedToIsReplacedAtClosing) {
  Asked asked{MakeTestSurvey(*collection_->ReceiptPublicKey(), clock_.Now() + absl::Hours(24 * 5), 1), {}, {}, {}};
  asked.survey.contract.follow_up_days = 10;
  ASSERT_EQ(collection_->OpenSurvey(asked.survey.Order()), absl::OkStatus());
  std::string unusable(32, '\0');
  unusable[0] = '\1';
  for (int i = 0; i < kComments; ++i) {
    domain::Answers answers = Ratings(1, 3, 5);
    answers.comments[0] = absl::StrCat("staff ", i);
    answers.reply_keys = {unusable, ""};
    ASSERT_TRUE(Submit(asked.survey, asked.survey.NewToken(0), 1, answers).ok());
  }
  Close(asked.survey, asked.survey.Closing("order"));
  Shut();
  auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
  ASSERT_TRUE(store.ok()) << store.status();
  const auto comments = (*store)->GetComments(asked.survey.id());
  ASSERT_EQ(comments->comments.size(), static_cast<size_t>(kComments));
  storage::FollowUpStart start{kStart, {}};
  for (const auto& comment : comments->comments) start.comments.push_back(comment.id);
  ASSERT_EQ((*store)->ReleaseComments(asked.survey.id(), "released", start), absl::OkStatus());
  std::set<std::string> keys;
  const auto follow_ups = (*store)->FindFollowUps(asked.survey.id());
  for (const auto& [comment, key] : (*follow_ups)->reply_keys) {
    EXPECT_TRUE(crypto::CanSealToSigningKey(key));
    keys.insert(key);
  }
  EXPECT_EQ(keys.size(), static_cast<size_t>(kComments));
}

TEST_F(FollowUpTest, WithoutQuestionsInTheContractNoKeyIsKeptAndNothingCanBeAsked) {
  const Asked asked = ClosedSurvey(/*follow_up_days=*/0);
  ASSERT_TRUE(collection_->Forget().ok());
  for (const auto& [text, key] : asked.keys) EXPECT_EQ(folder_.FileWith(key.public_key()), "") << text;
  ExpectReason(collection_->FinishFollowUps(asked.survey.id()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ASSERT_TRUE(collection_->ReleaseSurvey({asked.survey.id(), true}).ok());
  const std::string session = SessionOf(asked.survey);
  ExpectReason(collection_->PutQuestion({asked.survey.id(), std::string(20, 'c'),
                                         std::string(domain::QuestionRecordBytes() + 40, 'q')}),
               StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
  ExpectReason(collection_->ReplyKeys(session, asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kFOLLOW_UP_OVER);
  ExpectReason(collection_->ReadAnswers(session, asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kFOLLOW_UP_OVER);
  EXPECT_TRUE(HandedOver(collection_->FinishFollowUps(asked.survey.id())).empty());
  EXPECT_TRUE(collection_->ListQuestions(asked.survey.id())->sealed_questions.empty());
}

TEST_F(FollowUpTest, BeforeReleaseThereIsNothingToAsk) {
  const Asked asked = ClosedSurvey();
  const std::string session = SessionOf(asked.survey);
  const std::string question(domain::QuestionRecordBytes() + 40, 'q');
  ExpectReason(collection_->PutQuestion({asked.survey.id(), "c", question}), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  ExpectReason(collection_->FinishFollowUps(asked.survey.id()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ExpectReason(collection_->ReplyKeys(session, asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  ExpectReason(collection_->ReadAnswers(session, asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  EXPECT_TRUE(collection_->ListQuestions(asked.survey.id())->sealed_questions.empty());
  EXPECT_EQ(collection_->ListQuestions(asked.survey.id())->answer_until, std::nullopt);
  const domain::SurveyId unknown = domain::RandomSurveyId();
  ExpectReason(collection_->ListQuestions(unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->AnswerQuestion(unknown, {}), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->AnswerQuestion(domain::SurveyId("x"), {}), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->PutQuestion({unknown, "c", question}), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->FinishFollowUps(unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
}

TEST_F(FollowUpTest, AnOrderToReleaseMustSayWhenTheTimesBegin) {
  const Asked asked = ClosedSurvey();
  ExpectReason(collection_->ReleaseSurvey({asked.survey.id(), true}), StatusCode::kInvalidArgument,
               reasons::kORDER_MISMATCH);
  ASSERT_TRUE(collection_->ReleaseSurvey({asked.survey.id(), true, clock_.Now()}).ok());
  // The first order counts.
  ASSERT_TRUE(collection_->ReleaseSurvey({asked.survey.id(), true, clock_.Now() + absl::Hours(1)}).ok());
  EXPECT_EQ(Answers(asked)->decide_until, clock_.Now() + 3 * kSpan);
}

TEST_F(FollowUpTest, ATimeOfReleaseThatCannotBeIsRefusedAndNothingIsChanged) {
  const Asked asked = ClosedSurvey();
  const absl::Time closed = clock_.Now();
  clock_.Advance(absl::Hours(30));
  const auto release = [&](absl::Time time) { return collection_->ReleaseSurvey({asked.survey.id(), true, time}); };
  for (const absl::Time wrong :
       {clock_.Now() + kClockTolerance + absl::Seconds(1), clock_.Now() + absl::Hours(24 * 400),
        closed - kClockTolerance - absl::Seconds(1), closed - 3 * kSpan + absl::Hours(31)}) {
    ExpectReason(release(wrong), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
    EXPECT_TRUE(*collection_->CommentsWait(asked.survey.id())) << "nothing is released or destroyed";
    ExpectReason(collection_->ReplyKeys(SessionOf(asked.survey), asked.survey.id()), StatusCode::kFailedPrecondition,
                 reasons::kWRONG_STATE);
  }
  EXPECT_TRUE(release(clock_.Now() + kClockTolerance).ok());
  // What is released stays, whatever a repeated order says.
  EXPECT_TRUE(release(clock_.Now() + absl::Hours(24 * 400)).ok());
}

TEST_F(FollowUpTest, AReleaseMayComeLateAndOfASurveyThatIsGivenUpAsOfLongAgo) {
  const Asked late = ClosedSurvey(), restarted = ClosedSurvey(), given_up = ClosedSurvey();
  const absl::Time closed = clock_.Now();
  clock_.Advance(absl::Hours(24 * 4));
  // As when this plane could not be reached: the days to ask have begun long before.
  ASSERT_TRUE(collection_->ReleaseSurvey({late.survey.id(), true, closed - kClockTolerance}).ok());
  EXPECT_EQ(Answers(late)->decide_until, closed - kClockTolerance + 3 * kSpan);
  ASSERT_TRUE(collection_->ReleaseSurvey({given_up.survey.id(), true, absl::UnixEpoch() + absl::Seconds(1)}).ok());
  EXPECT_TRUE(HandedOver(collection_->FinishFollowUps(given_up.survey.id())).empty());
  Restart();
  ASSERT_TRUE(collection_->ReleaseSurvey({restarted.survey.id(), true, closed}).ok());
}

TEST_F(FollowUpTest, AQuestionIsPutOnceAndTheSameAgainIsHarmless) {
  const Asked asked = ReleasedSurvey();
  const domain::QuestionOrder order{asked.survey.id(), asked.ids.at("staff 3"), SealQuestion(asked, "staff 3", "Which?")};
  ASSERT_EQ(collection_->PutQuestion(order), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "that one"), absl::OkStatus());
  Restart();
  EXPECT_EQ(collection_->PutQuestion(order), absl::OkStatus());
  ExpectReason(Ask(asked, "staff 3", "Who?"), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  domain::QuestionOrder cut = order;
  cut.sealed_question.pop_back();
  ExpectReason(collection_->PutQuestion(cut), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  ExpectReason(collection_->PutQuestion({asked.survey.id(), std::string(20, 'c'), order.sealed_question}),
               StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND);
  AdvanceTo(asked.release_time + 2 * kSpan);
  EXPECT_EQ(collection_->PutQuestion(order), absl::OkStatus());
  ExpectReason(Ask(asked, "staff 4"), StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(ReadAs(asked, 0).at(order.comment), "that one") << "repeating an order destroys no answer";
}

TEST_F(FollowUpTest, TheListIsWholeOfOneLengthAndInNoOrder) {
  const Asked asked = ReleasedSurvey();
  for (int i = 0; i < 8; ++i) ASSERT_EQ(Ask(asked, absl::StrCat("staff ", i), std::string(1 + i * 50, 'q')), absl::OkStatus());
  const auto first = collection_->ListQuestions(asked.survey.id());
  ASSERT_EQ(first->sealed_questions.size(), 8u);
  EXPECT_EQ(first->answer_until, asked.release_time + 2 * kSpan);
  for (const std::string& sealed : first->sealed_questions) {
    EXPECT_EQ(sealed.size(), domain::QuestionRecordBytes() + crypto::kBetweenOverheadBytes);
  }
  // Of ten lists at least two differ in order, but for a chance of less than 10^-40.
  std::set<std::vector<std::string>> orders;
  for (int i = 0; i < 10; ++i) orders.insert(collection_->ListQuestions(asked.survey.id())->sealed_questions);
  EXPECT_GT(orders.size(), 1u);
}

}  // namespace
}  // namespace candor::collection
