// Questions back to comments on the identity plane: asking, deciding, what the response plane is told, and what comes of it.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "services/crypto/seal_between.h"
#include "services/domain/comments.h"
#include "services/domain/follow_up.h"
#include "services/identity/audit.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using domain::ModerationReason;
using storage::SurveyDocument;

constexpr auto kNone = ModerationReason::kNone;
constexpr int kDays = 5;
constexpr absl::Duration kSpan = absl::Hours(24 * kDays);

class FollowUpTest : public IdentityTest {
 protected:
  void SetUp() override {
    IdentityTest::SetUp();
    leader_.district = kim_.district = district_;
    leader_.person = domain::PersonId("leader-1");
    kim_.person = domain::PersonId("kim");
    plane_.released_ids = {"c1", "c2", "c3"};
  }

  // A released campaign.
  void MakeReleased(int leaders = 1, int follow_up_days = kDays) {
    campaign_ = MakeModerated(leaders, follow_up_days);
    Close(campaign_);
    Release(campaign_);
    survey_ = OneSurvey(campaign_).id;
  }

  absl::StatusOr<FollowUp> Ask(const std::string& comment, const std::string& question = "Which meeting?") {
    return lifecycle_->follow_ups().Ask(leader_, district_, campaign_, survey_, comment, question);
  }
  absl::StatusOr<FollowUp> Approve(const std::string& comment, char filler = 's') {
    return lifecycle_->DecideQuestion(kim_, district_, campaign_, survey_, comment, Sealed(filler), kNone);
  }
  absl::StatusOr<FollowUp> Reject(const std::string& comment, ModerationReason reason = ModerationReason::kInsult) {
    return lifecycle_->DecideQuestion(kim_, district_, campaign_, survey_, comment, "", reason);
  }
  std::vector<FollowUp> All() {
    const auto list = lifecycle_->follow_ups().List(district_, campaign_, survey_);
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? list->follow_ups : std::vector<FollowUp>();
  }
  FollowUpState StateOf(const std::string& comment) {
    for (const FollowUp& each : All()) {
      if (each.comment == comment) return each.state;
    }
    ADD_FAILURE() << "no question to " << comment;
    return FollowUpState::kAsked;
  }
  // As time goes on, the server looks at the clock.
  void After(absl::Duration span) {
    clock_.Advance(span);
    lifecycle_->Tick();
    lifecycle_->RunPending();
  }
  static std::string Sealed(char filler) {
    return std::string(domain::QuestionRecordBytes() + crypto::kBetweenOverheadBytes, filler);
  }
  static absl::Status Waiting() {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWAITING_FOR_MODERATORS, "waiting");
  }

  Caller leader_, kim_;
  domain::CampaignId campaign_;
  domain::SurveyId survey_;
};

TEST_F(FollowUpTest, AQuestionGoesFromTheLeaderOverAModeratorToTheResponsePlaneAndItsAnswerComesBack) {
  MakeReleased();
  const auto asked = Ask("c2");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state, FollowUpState::kAsked);
  lifecycle_->RunPending();
  EXPECT_THAT(plane_.questions, IsEmpty()) << "nobody has approved it";
  const auto approved = Approve("c2");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state, FollowUpState::kApproved);
  lifecycle_->RunPending();
  EXPECT_THAT(plane_.questions[survey_], ElementsAre(std::pair<const std::string, std::string>("c2", Sealed('s'))));

  plane_.answers[survey_] = {{"c2", "The one in [...]", true}};
  After(2 * kSpan - absl::Seconds(1));
  EXPECT_EQ(plane_.finish_orders, 0) << "writers can still answer";
  EXPECT_EQ(StateOf("c2"), FollowUpState::kApproved);
  const int forgets = plane_.forgets;
  After(absl::Seconds(1));
  EXPECT_EQ(plane_.forgets, forgets + 1);
  ASSERT_THAT(All(), ::testing::SizeIs(1));
  EXPECT_EQ(All()[0].state, FollowUpState::kAnswered);
  EXPECT_EQ(All()[0].question, "Which meeting?");
  EXPECT_EQ(All()[0].comment_text, "Words");
  EXPECT_EQ(All()[0].answer, "The one in [...]");
  EXPECT_TRUE(All()[0].redacted);
  After(absl::Hours(24) * 40);
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.finish_orders, 1) << "once it is here nobody asks for it again";
}

TEST_F(FollowUpTest, WhatBecameOfEachQuestionIsShown) {
  MakeReleased();
  for (const char* comment : {"c1", "c2", "c3"}) ASSERT_TRUE(Ask(comment).ok());
  const auto rejected = Reject("c1");
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_EQ(rejected->state, FollowUpState::kRejected);
  EXPECT_EQ(rejected->reason, ModerationReason::kInsult);
  ASSERT_TRUE(Approve("c2").ok());
  EXPECT_EQ(StateOf("c3"), FollowUpState::kAsked);
  After(kSpan);
  EXPECT_EQ(StateOf("c3"), FollowUpState::kUnanswered) << "nobody decided in time";
  EXPECT_EQ(StateOf("c2"), FollowUpState::kApproved);
  After(kSpan);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kRejected);
  EXPECT_EQ(StateOf("c2"), FollowUpState::kUnanswered);
  EXPECT_EQ(StateOf("c3"), FollowUpState::kUnanswered);
}

TEST_F(FollowUpTest, OneQuestionIsAskedOfACommentThatStandsThere) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  EXPECT_TRUE(Ask("c1").ok()) << "the same again, as after a lost reply";
  EXPECT_EQ(CountAudit("AskQuestion"), 1);
  const absl::Status other = Ask("c1", "Another?").status();
  EXPECT_EQ(other.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(other), reasons::kRESOURCE_EXISTS);
  for (const char* comment : {"c9", "", "c1 "}) {
    EXPECT_EQ(Reason(Ask(comment).status()), reasons::kRESOURCE_NOT_FOUND) << comment;
  }
  for (const std::string& question : {std::string(), std::string(domain::kLongestQuestion + 1, 'q'), std::string("a\x01"),
                                      std::string("\xff")}) {
    const absl::Status status = Ask("c2", question).status();
    EXPECT_EQ(Reason(status), reasons::kFIELD_INVALID) << question;
    EXPECT_EQ(base::GetErrorDetail(status).field, "question");
  }
  EXPECT_TRUE(Ask("c2", std::string(domain::kLongestQuestion, 'q')).ok());
  EXPECT_TRUE(Ask("c3", "Which?\nAnd when?").ok());
}

TEST_F(FollowUpTest, WhatWasDecidedStays) {
  MakeReleased();
  for (const char* comment : {"c1", "c2"}) ASSERT_TRUE(Ask(comment).ok());
  ASSERT_TRUE(Approve("c1").ok());
  EXPECT_TRUE(Approve("c1", 't').ok()) << "sealed anew, as after a lost reply";
  lifecycle_->RunPending();
  EXPECT_TRUE(Approve("c1", 't').ok());
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.questions[survey_]["c1"], Sealed('s'));
  EXPECT_EQ(Reason(Reject("c1").status()), reasons::kWRONG_STATE);
  ASSERT_TRUE(Reject("c2").ok());
  EXPECT_TRUE(Reject("c2").ok());
  EXPECT_EQ(Reason(Reject("c2", ModerationReason::kOther).status()), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(Approve("c2").status()), reasons::kWRONG_STATE);
  EXPECT_EQ(Reason(Approve("c3").status()), reasons::kRESOURCE_NOT_FOUND);
  EXPECT_EQ(CountAudit("ApproveQuestion"), 1);
  EXPECT_EQ(CountAudit("RejectQuestion"), 1);
}

TEST_F(FollowUpTest, ADecisionIsEitherASealedQuestionOrAReason) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  const auto field_of = [&](const std::string& sealed, ModerationReason reason) {
    const absl::Status status =
        lifecycle_->DecideQuestion(kim_, district_, campaign_, survey_, "c1", sealed, reason).status();
    EXPECT_EQ(Reason(status), reasons::kFIELD_INVALID);
    return base::GetErrorDetail(status).field;
  };
  EXPECT_EQ(field_of("", kNone), "reason");
  EXPECT_EQ(field_of(Sealed('s'), ModerationReason::kOther), "reason");
  EXPECT_EQ(field_of(Sealed('s') + "s", kNone), "sealed_question");
  EXPECT_EQ(StateOf("c1"), FollowUpState::kAsked);
}

TEST_F(FollowUpTest, AfterItsTimeNothingIsAskedOrDecidedAnyMore) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  ASSERT_TRUE(Ask("c2").ok());
  ASSERT_TRUE(Approve("c2").ok());
  After(kSpan - absl::Seconds(1));
  ASSERT_TRUE(Ask("c3").ok());
  After(absl::Seconds(1));
  const absl::Status late = Ask("c1", "Another?").status();
  EXPECT_EQ(Reason(late), reasons::kFOLLOW_UP_OVER);
  EXPECT_THAT(std::string(late.message()), HasSubstr("2027-01-20 08:00 UTC"));
  EXPECT_THAT(std::string(late.message()), HasSubstr("never moves"));
  EXPECT_TRUE(Ask("c1").ok()) << "the same again";
  EXPECT_EQ(Reason(Approve("c1").status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(Reason(Reject("c1").status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_TRUE(Approve("c2").ok()) << "the same again";
}

TEST_F(FollowUpTest, BeforeReleaseAndWhereTheContractAllowsNoneNothingIsAsked) {
  campaign_ = MakeModerated(1, /*follow_up_days=*/0);
  survey_ = OneSurvey(campaign_).id;
  EXPECT_EQ(Reason(Ask("c1").status()), reasons::kREPORT_NOT_RELEASED);
  Close(campaign_);
  EXPECT_EQ(Reason(Ask("c1").status()), reasons::kREPORT_NOT_RELEASED);
  Release(campaign_);
  EXPECT_EQ(Reason(Ask("c1").status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(Reason(Approve("c1").status()), reasons::kFOLLOW_UP_OVER);
  EXPECT_EQ(Reason(lifecycle_->follow_ups().List(district_, campaign_, survey_).status()), reasons::kFOLLOW_UP_OVER);
  After(absl::Hours(24) * 40);
  EXPECT_EQ(plane_.finish_orders, 0);
  EXPECT_EQ(Reason(lifecycle_->follow_ups()
                       .List(district_, domain::CampaignId("another"), survey_)
                       .status()),
            reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(FollowUpTest, WhatTheResponsePlaneDoesNotTakeIsGivenToItAgain) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  plane_.put_fault = absl::UnavailableError("the response plane does not answer");
  ASSERT_TRUE(Approve("c1").ok());
  lifecycle_->RunPending();
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
  Restart();
  lifecycle_->RunPending();
  plane_.put_fault = absl::OkStatus();
  TryAgain();
  EXPECT_EQ(plane_.questions[survey_]["c1"], Sealed('s'));
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
}

TEST_F(FollowUpTest, AQuestionThatComesTooLateKeepsNothingFromBeingFinished) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  plane_.put_fault = absl::UnavailableError("the response plane does not answer");
  ASSERT_TRUE(Approve("c1").ok());
  lifecycle_->RunPending();
  plane_.put_fault = base::Error(absl::StatusCode::kFailedPrecondition, reasons::kFOLLOW_UP_OVER, "over");
  After(2 * kSpan);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kUnanswered);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
  std::optional<storage::QuestionRow> row;
  ASSERT_TRUE(sqlite_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindQuestion(district_, survey_, "c1"));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(row->sealed_question, "") << "what was sealed is kept for no longer than it is of use";
}

TEST_F(FollowUpTest, ModeratorsAreWaitedForAndLookedAfterEveryMinute) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  ASSERT_TRUE(Approve("c1").ok());
  plane_.finish_fault = Waiting();
  After(2 * kSpan);
  EXPECT_EQ(plane_.finish_orders, 1);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "") << "it is no fault";
  After(absl::Seconds(30));
  EXPECT_EQ(plane_.finish_orders, 1);
  After(absl::Seconds(30));
  EXPECT_EQ(plane_.finish_orders, 2);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kApproved);
  plane_.finish_fault = absl::OkStatus();
  plane_.answers[survey_] = {{"c1", "The one in May", false}};
  After(absl::Minutes(1));
  EXPECT_EQ(StateOf("c1"), FollowUpState::kAnswered);
  After(absl::Minutes(1));
  EXPECT_EQ(plane_.finish_orders, 3);
}

TEST_F(FollowUpTest, AResponsePlaneThatHasLostTheSurveyIsAskedUntilTheLastDay) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  ASSERT_TRUE(Approve("c1").ok());
  lifecycle_->RunPending();
  plane_.finish_fault = domain::errors::SurveyUnknown();
  After(2 * kSpan);
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
  EXPECT_EQ(StateOf("c1"), FollowUpState::kApproved);
  After(kSpan);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kUnanswered);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
}

TEST_F(FollowUpTest, AnswersThatCannotBeReadAreAFaultThatIsShownUntilTheyCan) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1").ok());
  ASSERT_TRUE(Approve("c1").ok());
  lifecycle_->RunPending();
  plane_.answers[survey_] = {{"c1", "The one in May", false}};
  plane_.unreadable_answers = R"({"format":"candor.follow_up_answers.v2"})";
  After(2 * kSpan);
  const std::string fault = lifecycle_->ProgressOf(district_, campaign_)->last_fault;
  EXPECT_THAT(fault, HasSubstr(survey_.value()));
  EXPECT_THAT(fault, HasSubstr("one version"));
  After(kSpan);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kApproved) << "they are there, and not given up";
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, fault);
  plane_.unreadable_answers.clear();
  TryAgain();
  EXPECT_EQ(StateOf("c1"), FollowUpState::kAnswered);
  EXPECT_EQ(lifecycle_->ProgressOf(district_, campaign_)->last_fault, "");
}

TEST_F(FollowUpTest, TheTimeRunsFromTheReleaseThatCameToPass) {
  campaign_ = MakeModerated(1, kDays);
  survey_ = OneSurvey(campaign_).id;
  Close(campaign_);
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign_).ok());
  plane_.undecided[survey_] = 1;  // a moderator took a decision back
  lifecycle_->RunPending();
  EXPECT_EQ(OneSurvey(campaign_).release_time, std::nullopt);
  clock_.Advance(absl::Hours(20));
  const absl::Time later = clock_.Now();
  plane_.undecided[survey_] = 0;
  TryAgain();
  EXPECT_EQ(plane_.release_times.at(survey_), later + absl::Seconds(10));
  EXPECT_EQ(OneSurvey(campaign_).release_time, plane_.release_times.at(survey_));
  const auto list = lifecycle_->follow_ups().List(district_, campaign_, survey_);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->times.ask_until, later + absl::Seconds(10) + kSpan);
  EXPECT_EQ(list->times.hand_over_until, later + absl::Seconds(10) + 3 * kSpan);
}

TEST_F(FollowUpTest, ATimeOfReleaseThatTheOtherPlaneRefusesIsNotKept) {
  campaign_ = MakeModerated(1, kDays);
  survey_ = OneSurvey(campaign_).id;
  Close(campaign_);
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign_).ok());
  const absl::Time right = clock_.Now();
  clock_.Set(right + absl::Hours(24 * 30));  // a clock that is wrong
  plane_.release_fault = base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH, "set the clocks right");
  lifecycle_->RunPending();
  EXPECT_THAT(lifecycle_->ProgressOf(district_, campaign_)->last_fault, HasSubstr("set the clocks right"));
  EXPECT_EQ(OneSurvey(campaign_).release_time, std::nullopt);
  clock_.Set(right);
  plane_.release_fault = absl::OkStatus();
  TryAgain();
  EXPECT_EQ(plane_.release_times.at(survey_), right + absl::Seconds(10));
}

TEST_F(FollowUpTest, BothPlanesCountFromTheSameTimeWhateverStopsOnTheWay) {
  campaign_ = MakeModerated(2, kDays);
  Close(campaign_);
  for (int passages = 0; passages < 40; ++passages) {
    gate_.ShutAfter(passages);
    (void)lifecycle_->Release(admin_, district_, campaign_);
    lifecycle_->RunPending();
    gate_.Open();
    clock_.Advance(absl::Minutes(1));
    Restart();
  }
  lifecycle_->RunPending();
  ASSERT_EQ(IdentityTest::StateOf(campaign_), domain::CampaignState::kReleased);
  for (const storage::SurveyRow& survey : Surveys(campaign_)) {
    EXPECT_EQ(survey.release_time, plane_.release_times.at(survey.id));
  }
}

TEST_F(FollowUpTest, PlacingAndFinishingGoOnAfterACrashAtAnyMoment) {
  MakeReleased();
  for (const char* comment : {"c1", "c2"}) ASSERT_TRUE(Ask(comment).ok());
  for (int passages = 0; passages < 12; ++passages) {
    gate_.ShutAfter(passages);
    (void)Approve("c1");
    (void)Approve("c2", 't');
    lifecycle_->RunPending();
    gate_.Open();
    Restart();
  }
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.questions[survey_]["c1"], Sealed('s'));
  EXPECT_EQ(plane_.questions[survey_]["c2"], Sealed('t'));
  plane_.answers[survey_] = {{"c1", "The one in May", false}};
  clock_.Advance(2 * kSpan);
  for (int passages = 0; passages < 12; ++passages) {
    gate_.ShutAfter(passages);
    lifecycle_->Tick();
    lifecycle_->RunPending();
    gate_.Open();
    // What was handed over first is what counts.
    if (plane_.handed_over_answers.contains(survey_)) plane_.answers[survey_] = {{"c1", "Another", false}};
    Restart();
  }
  lifecycle_->RunPending();
  ASSERT_EQ(All()[0].state, FollowUpState::kAnswered);
  EXPECT_EQ(All()[0].answer, "The one in May");
  EXPECT_EQ(StateOf("c2"), FollowUpState::kUnanswered);
}

TEST_F(FollowUpTest, ASurveyThatCannotBeReleasedKeepsNoOtherFromBeingAskedAbout) {
  campaign_ = MakeModerated(2, kDays);
  Close(campaign_);
  survey_ = Surveys(campaign_)[1].id;
  unbuildable_[Surveys(campaign_)[0].id] = absl::DataLossError("it cannot be built");
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign_).ok());
  lifecycle_->RunPending();
  ASSERT_TRUE(Ask("c1").ok());
  ASSERT_TRUE(Approve("c1").ok());
  lifecycle_->RunPending();
  EXPECT_EQ(plane_.questions[survey_]["c1"], Sealed('s'));
  After(2 * kSpan);
  EXPECT_EQ(StateOf("c1"), FollowUpState::kUnanswered);
}

TEST_F(FollowUpTest, TheAuditTrailSaysWhoAskedAndDecidedAndNotWhat) {
  MakeReleased();
  ASSERT_TRUE(Ask("c1", "Which unheard-of meeting?").ok());
  ASSERT_TRUE(Approve("c1").ok());
  const auto rows = ListAudit(*sqlite_, district_, 0, 1000);
  ASSERT_TRUE(rows.ok());
  std::vector<std::string> noted;
  for (const storage::AuditRow& row : *rows) {
    if (row.action.find("Question") == std::string::npos) continue;
    noted.push_back(absl::StrCat(row.caller, " ", row.action, " ", row.resource));
  }
  const std::string comment = absl::StrCat("districts/d1/campaigns/c1/surveys/", survey_.value(), "/comments/c1");
  EXPECT_THAT(noted, ElementsAre(absl::StrCat("districts/d1/people/leader-1 AskQuestion ", comment),
                                 absl::StrCat("districts/d1/people/kim ApproveQuestion ", comment)));
}

TEST_F(FollowUpTest, WhatIsKeptForItIsListedUntilAnswersAreHandedOver) {
  MakeReleased(2);
  const auto item = [&]() -> std::optional<DueItem> {
    const auto items = lifecycle_->Purge(admin_, district_, /*dry_run=*/true);
    EXPECT_TRUE(items.ok()) << items.status();
    for (const DueItem& each : *items) {
      if (each.data == PersonalData::kFollowUps) return each;
    }
    return std::nullopt;
  };
  ASSERT_TRUE(item().has_value());
  EXPECT_EQ(item()->count, 2);
  EXPECT_EQ(item()->due_time, *OneSurvey(campaign_).release_time + 3 * kSpan);
  After(2 * kSpan);
  EXPECT_FALSE(item().has_value());
}

}  // namespace
}  // namespace candor::identity
