// A survey on the response plane with questions back to its comments, and everybody who has a part in them.

#ifndef CANDOR_TESTS_COLLECTION_FOLLOW_UP_FIXTURE_H_
#define CANDOR_TESTS_COLLECTION_FOLLOW_UP_FIXTURE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/collection/follow_ups.h"
#include "services/collection/key_sessions.h"
#include "services/collection/moderation.h"
#include "services/crypto/seal_between.h"
#include "services/domain/follow_up.h"
#include "services/domain/sealed_records.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"

namespace candor::collection {

inline constexpr absl::Duration kSpan = absl::Hours(24 * 10);
inline constexpr int kComments = 11;

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
          text == rejected ? CommentDecision{storage::DecisionKind::kReject, domain::ModerationReason::kInsult, "", ""}
                           : CommentDecision{storage::DecisionKind::kApprove, {}, text, ""};
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
  static CommentDecision Approve(const std::string& text) { return {storage::DecisionKind::kApprove, {}, text, ""}; }
  static CommentDecision Reject() { return {storage::DecisionKind::kReject, domain::ModerationReason::kOther, "", ""}; }

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

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_FOLLOW_UP_FIXTURE_H_
