// What moderators see of answers to questions, and decide about them.

#include <string>

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

class FollowUpDecidingTest : public FollowUpTest {};

TEST_F(FollowUpDecidingTest, ModeratorsSeeNoAnswerBeforeTheTimeToAnswerIsOver) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "early"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan - absl::Seconds(1));
  EXPECT_FALSE(Answers(asked)->answering_over);
  EXPECT_TRUE(Answers(asked)->answers.empty());
  ExpectReason(Decide(asked, "staff 3", Approve("early")), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ExpectReason(collection_->FinishFollowUps(asked.survey.id()), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_MODERATORS);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Answers(asked)->answering_over);
  EXPECT_EQ(Answers(asked)->answers.size(), 1u);
}

TEST_F(FollowUpDecidingTest, WhatWasDecidedIsSealedAndOfOneLengthToo) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Ask(asked, "staff 4"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "some telling words"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  ASSERT_EQ(Decide(asked, "staff 3", Approve("some telling words")), absl::OkStatus());
  ASSERT_EQ(Decide(asked, "staff 4", Reject()), absl::OkStatus());
  EXPECT_EQ(folder_.FileWith("some telling words"), "");
  Shut();
  auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
  const auto stored = (*store)->FindFollowUps(asked.survey.id());
  ASSERT_EQ((*stored)->questions.size(), 2u);
  EXPECT_EQ((*stored)->questions[0].sealed_decision.size(), (*stored)->questions[1].sealed_decision.size());
}

TEST_F(FollowUpDecidingTest, DecisionsAreCheckedAndStandInForOneAnother) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  const CommentDecision refused[] = {
      {DecisionKind::kSummary, {}, "", ""},
      {DecisionKind::kApprove, {}, "", ""},
      {DecisionKind::kApprove, ModerationReason::kOther, "words", ""},
      {DecisionKind::kReject, ModerationReason::kNone, "", ""},
      {DecisionKind::kReject, ModerationReason::kOther, "words", ""},
      {DecisionKind::kRedact, ModerationReason::kOther, "no mark of a cut", ""},
      {DecisionKind::kApprove, {}, std::string("\x01", 1), ""},
      {DecisionKind::kApprove, {}, std::string(domain::kLongestReleasedAnswer + 1, 'x'), ""},
      {DecisionKind::kApprove, {}, "words", std::string(domain::kLongestModerationNote + 1, 'n')},
  };
  for (const CommentDecision& decision : refused) {
    ExpectReason(Decide(asked, "staff 3", decision), StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  }
  ExpectReason(Decide(asked, "staff 4", Reject()), StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND);
  ASSERT_EQ(Decide(asked, "staff 3", Reject()), absl::OkStatus());
  ASSERT_EQ(Decide(asked, "staff 3", Approve(std::string(domain::kLongestReleasedAnswer, 'x'))), absl::OkStatus());
  EXPECT_EQ(Answers(asked)->answers[0].decision->kind, DecisionKind::kApprove);
  AdvanceTo(asked.release_time + 3 * kSpan);
  const absl::Status late = Decide(asked, "staff 3", Reject());
  ExpectReason(late, StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER);
}

TEST_F(FollowUpDecidingTest, AModeratorsSessionIsNeeded) {
  const Asked asked = ReleasedSurvey();
  const TestSurvey other = OpenSurvey(/*moderators=*/1);
  for (const std::string& session : {std::string(), std::string(kSessionBytes, 'x'), SessionOf(other)}) {
    ExpectReason(collection_->ReplyKeys(session, asked.survey.id()), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
    ExpectReason(collection_->ReadAnswers(session, asked.survey.id()), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
    ExpectReason(collection_->DecideAnswer(session, asked.survey.id(), "c", Reject()), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
  }
}

}  // namespace
}  // namespace candor::collection
