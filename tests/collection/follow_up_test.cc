// Questions back to comments on the response plane, from release until their answers are handed over.

#include "services/collection/follow_ups.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/key_sessions.h"
#include "services/collection/moderation.h"
#include "services/crypto/seal_between.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "services/domain/sealed_records.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/child_process.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;
using domain::ModerationReason;
using storage::DecisionKind;

constexpr absl::Duration kSpan = absl::Hours(24 * 10);
constexpr int kComments = 11;

class FollowUpTest : public CollectionTest {
 protected:
  void SetUp() override {
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }

  // A survey with eleven comments of staff, "staff 0" to "staff 10", each with a key of its own but the last, whose writer
  // left none.
  struct Asked {
    TestSurvey survey;
    std::map<std::string, crypto::SigningKey> keys;  // by the comment's text
    std::map<std::string, std::string> ids;          // by the comment's text
    absl::Time release_time;

    std::string id_bytes() const { return domain::SurveyIdBytes(survey.id()); }
  };

  Asked ClosedSurvey(int follow_up_days = 10) {
    Asked asked{MakeTestSurvey(*collection_->ReceiptPublicKey(), clock_.Now() + absl::Hours(24 * 5), 2), {}, {}, {}};
    asked.survey.contract.follow_up_days = follow_up_days;
    EXPECT_EQ(collection_->OpenSurvey(asked.survey.Order()), absl::OkStatus());
    for (int i = 0; i < kComments; ++i) {
      domain::Answers answers = Ratings(1, 3, 5);
      answers.comments[0] = absl::StrCat("staff ", i);
      crypto::SigningKey key = crypto::SigningKey::Generate();
      if (i + 1 < kComments) answers.reply_keys = {key.public_key(), ""};
      EXPECT_TRUE(Submit(asked.survey, asked.survey.NewToken(0), 1, answers).ok());
      asked.keys.emplace(answers.comments[0], std::move(key));
    }
    Close(asked.survey, asked.survey.Closing("order"));
    return asked;
  }

  std::string SessionOf(const TestSurvey& survey, size_t moderator = 0) {
    const auto sealed = collection_->StartKeySession(survey.id(), KeyRole::kModerator, static_cast<int>(moderator));
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    const auto secret = crypto::OpenSealed(survey.moderators[moderator].public_key,
                                           survey.moderators[moderator].secret_key, *sealed);
    EXPECT_TRUE(secret.ok()) << secret.status();
    return std::string(secret->view());
  }

  // Approves all but `rejected`, and releases.
  Asked ReleasedSurvey(const std::string& rejected = "", int follow_up_days = 10) {
    Asked asked = ClosedSurvey(follow_up_days);
    const std::string session = SessionOf(asked.survey);
    const auto view = collection_->ReadComments(session, asked.survey.id(), "", 100);
    EXPECT_TRUE(view.ok()) << view.status();
    const auto key = crypto::OpenSealed(asked.survey.moderators[0].public_key, asked.survey.moderators[0].secret_key,
                                        view->sealed_key);
    for (const ModeratedComment& comment : view->comments) {
      const auto record =
          crypto::OpenRecord(*key, comment.sealed, domain::CommentBinding(asked.id_bytes(), comment.place));
      const std::string text = *domain::DecodeCommentRecord(*record);
      asked.ids[text] = comment.id;
      const CommentDecision decision =
          text == rejected ? CommentDecision{DecisionKind::kReject, ModerationReason::kInsult, "", ""}
                           : CommentDecision{DecisionKind::kApprove, {}, text, ""};
      EXPECT_EQ(collection_->DecideComment(session, asked.survey.id(), comment.id, decision), absl::OkStatus());
    }
    asked.release_time = absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now()));
    const auto released = collection_->ReleaseSurvey({asked.survey.id(), false, asked.release_time});
    EXPECT_TRUE(released.ok()) << released.status();
    return asked;
  }

  std::string SealQuestion(const Asked& asked, const std::string& comment, const std::string& question) {
    const auto keys = collection_->ReplyKeys(SessionOf(asked.survey), asked.survey.id());
    EXPECT_TRUE(keys.ok()) << keys.status();
    const std::string& id = asked.ids.at(comment);
    const auto sealed = crypto::SealBetween(asked.survey.moderators[0].secret_key, keys->at(id),
                                            domain::EncodeQuestionRecord(asked.id_bytes(), {id, question}));
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    return *sealed;
  }

  absl::Status Ask(const Asked& asked, const std::string& comment, const std::string& question = "Which one?") {
    return collection_->PutQuestion({asked.survey.id(), asked.ids.at(comment), SealQuestion(asked, comment, question)});
  }

  // What the writer of `comment` can open of the list.
  std::optional<domain::QuestionRecord> Received(const Asked& asked, const std::string& comment) {
    const auto list = collection_->ListQuestions(asked.survey.id());
    EXPECT_TRUE(list.ok()) << list.status();
    for (const std::string& sealed : list->sealed_questions) {
      const auto record =
          crypto::OpenBetween(asked.survey.moderators[0].public_key, asked.keys.at(comment), sealed);
      if (record.has_value()) return *domain::DecodeQuestionRecord(*record, asked.id_bytes());
    }
    return std::nullopt;
  }

  // With the challenge of a new list; where there is no list any more, with one that nobody has made.
  QuestionAnswer AnswerOf(const Asked& asked, const std::string& comment, const std::string& text) {
    QuestionAnswer answer;
    answer.comment = asked.ids.at(comment);
    answer.challenge = collection_->ListQuestions(asked.survey.id())->challenge;
    if (answer.challenge.empty()) answer.challenge = std::string(domain::kAnswerChallengeBytes, 'h');
    std::vector<std::string> keys;
    for (const domain::ModeratorKey& each : asked.survey.manifest.moderators) keys.push_back(each.public_key);
    answer.sealed_answer =
        *crypto::SealToKeys(keys, domain::EncodeAnswerRecord(asked.id_bytes(), {answer.comment, text}));
    Sign(asked, comment, answer);
    return answer;
  }
  static void Sign(const Asked& asked, const std::string& comment, QuestionAnswer& answer) {
    answer.signature = asked.keys.at(comment).Sign(
        domain::FollowUpSignedBytes(asked.id_bytes(), answer.comment, answer.challenge, answer.sealed_answer));
  }

  absl::Status Answer(const Asked& asked, const std::string& comment, const std::string& text) {
    return collection_->AnswerQuestion(asked.survey.id(), AnswerOf(asked, comment, text));
  }

  absl::StatusOr<AnswersView> Answers(const Asked& asked, size_t moderator = 0) {
    return collection_->ReadAnswers(SessionOf(asked.survey, moderator), asked.survey.id());
  }

  // What a moderator reads, by the comment's id; unset: no answer.
  std::map<std::string, std::optional<std::string>> ReadAs(const Asked& asked, size_t moderator) {
    std::map<std::string, std::optional<std::string>> read;
    const auto view = Answers(asked, moderator);
    EXPECT_TRUE(view.ok()) << view.status();
    for (const ModeratedAnswer& answer : view->answers) {
      const auto record = crypto::OpenSealedToKeys(asked.survey.moderators[moderator], moderator, 2, answer.sealed);
      EXPECT_TRUE(record.ok()) << record.status();
      read[answer.comment] = domain::DecodeAnswerRecord(*record, asked.id_bytes())->text;
    }
    return read;
  }

  absl::Status Decide(const Asked& asked, const std::string& comment, const CommentDecision& decision) {
    return collection_->DecideAnswer(SessionOf(asked.survey), asked.survey.id(), asked.ids.at(comment), decision);
  }
  static CommentDecision Approve(const std::string& text) { return {DecisionKind::kApprove, {}, text, ""}; }
  static CommentDecision Reject() { return {DecisionKind::kReject, ModerationReason::kOther, "", ""}; }

  std::vector<std::pair<std::string, std::string>> HandedOver(const absl::StatusOr<std::string>& document) {
    std::vector<std::pair<std::string, std::string>> handed_over;
    EXPECT_TRUE(document.ok()) << document.status();
    if (!document.ok()) return handed_over;
    const auto answers = domain::DecodeFollowUpAnswers(*document);
    EXPECT_TRUE(answers.ok()) << answers.status();
    for (const auto& answer : answers->answers) handed_over.emplace_back(answer.comment, answer.text);
    return handed_over;
  }

  void AdvanceTo(absl::Time time) { clock_.Advance(time - clock_.Now()); }

  StoreFaults faults_;
};

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

TEST_F(FollowUpTest, NobodyButTheWriterCanAnswer) {
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

TEST_F(FollowUpTest, TheNewestAnswerCounts) {
  const Asked asked = ReleasedSurvey();
  ASSERT_EQ(Ask(asked, "staff 3"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the first"), absl::OkStatus());
  ASSERT_EQ(Answer(asked, "staff 3", "the second"), absl::OkStatus());
  AdvanceTo(asked.release_time + 2 * kSpan);
  EXPECT_EQ(ReadAs(asked, 0).at(asked.ids.at("staff 3")), "the second");
}

// Whoever has kept the bytes of an earlier answer on their way sends them once more.
TEST_F(FollowUpTest, AnOlderAnswerNeverComesBack) {
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

TEST_F(FollowUpTest, AChallengeIsForOneAnswerInItsOwnSurvey) {
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

TEST_F(FollowUpTest, AnAnswerThatCouldNotBeStoredCanBeSentAgainAndOlderOnesCannot) {
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

TEST_F(FollowUpTest, NoFileHoldsAChallenge) {
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

TEST_F(FollowUpTest, ModeratorsSeeNoAnswerBeforeTheTimeToAnswerIsOver) {
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

// Columns, rows and lengths; then the very bytes: between two copies of the file nothing differs but the answer itself, where it
// stands, and its sealed bytes look random either way.
TEST_F(FollowUpTest, AnAnsweredQuestionLooksInTheFilesLikeAnUnansweredOne) {
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

TEST_F(FollowUpTest, WhatWasDecidedIsSealedAndOfOneLengthToo) {
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

TEST_F(FollowUpTest, DecisionsAreCheckedAndStandInForOneAnother) {
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

TEST_F(FollowUpTest, NothingIsHandedOverWhileAnAnswerIsUndecided) {
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

TEST_F(FollowUpTest, AModeratorsSessionIsNeeded) {
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

TEST_F(FollowUpTest, AfterHandingOverNoFileHoldsAKeyAQuestionOrAnAnswer) {
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

TEST_F(FollowUpTest, ACrashAroundHandingOverLosesNothingAndTheKeyGoesInTheEnd) {
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
TEST_F(FollowUpTest, AKilledServerHandsOverTheSameAnswersInTheEnd) {
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

TEST_F(FollowUpTest, ThisPlanesClockEndsItWhenNobodyAsks) {
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
TEST_F(FollowUpTest, WhatWasDestroyedIsInNoFileAfterAStopBeforeTheFileIsRebuilt) {
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

TEST_F(FollowUpTest, NoFileTimeTellsWhenAnAnswerCame) {
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
