// Of the watched campaign: the questions that come back after release, and what becomes of them.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/follow_up.h"
#include "services/crypto/signing.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "services/domain/follow_up.h"
#include "tests/privacy/logs_fixture.h"
#include "tests/privacy/questions.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

namespace v1 = candor::v1;

void LogsTest::AskBack() {
  auto roles = QuestionRoles::Make(deployment_, *district_, survey_, leader_);
  ASSERT_TRUE(roles.ok()) << roles.status();
  roles_ = *std::move(roles);
  const auto released = district_->GetComments(survey_);
  ASSERT_TRUE(released.ok()) << released.status();
  for (const auto& comment : released->blocks(0).prompts(0).comments()) {
    for (size_t i = 0; i < kAsked; ++i) {
      if (people_[i].answers.back().comments[0] == comment.text()) people_[i].comment = comment.id();
    }
  }
  for (size_t i = 0; i < kAsked; ++i) {
    Person& person = people_[i];
    ASSERT_FALSE(person.comment.empty());
    person.questions.push_back(RandomAnswers(random_).comments[0]);
    ASSERT_EQ(roles_->Ask(person.comment, person.questions[0]), absl::OkStatus());
    ASSERT_EQ(roles_->Approve(person.comment, person.questions[0]), absl::OkStatus());
  }
  ASSERT_TRUE(roles_->AwaitQuestions(kAsked).ok());
}

void LogsTest::AnswerBack(Person& person, int answers) {
  ASSERT_TRUE(person.secrets.device.has_value());
  const auto received = client::FetchQuestions(*Nobody(), *person.secrets.device);
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_EQ(received->questions.size(), 1u);
  for (int i = 0; i < answers; ++i) {
    const std::string answer = RandomAnswers(random_).comments[0];
    ASSERT_EQ(client::AnswerQuestion(*Nobody(), *person.secrets.device, *received, received->questions[0], answer),
              absl::OkStatus());
    person.question_answers.push_back(answer);
    NoteSealed(person);
  }
}

void LogsTest::NoteSealed(Person& person) {
  const auto sealed = StoredAnswer(deployment_.TakeCopy(), person.comment);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  person.question_answers.push_back(*sealed);
  const auto key = crypto::SigningKey::FromSeed(person.secrets.device->seeds.at(0));
  ASSERT_TRUE(key.ok()) << key.status();
  const domain::SurveyId survey(survey_.substr(survey_.rfind('/') + 1));
  // The client keeps the challenge that it has signed to itself: the same answer goes over the line with one that is known here.
  const auto connection = Nobody();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  v1::ListQuestionsRequest list;
  list.set_survey(survey.value());
  const auto listed = connection->Call(*stub, &v1::ResponseService::Stub::ListQuestions, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  person.challenges.push_back(listed->challenge());
  person.signatures.push_back(key->Sign(
      domain::FollowUpSignedBytes(domain::SurveyIdBytes(survey), person.comment, listed->challenge(), *sealed)));
  v1::AnswerQuestionRequest again;
  again.set_survey(survey.value());
  again.set_comment(person.comment);
  again.set_sealed_answer(*sealed);
  again.set_challenge(person.challenges.back());
  again.set_signature(person.signatures.back());
  ASSERT_EQ(connection->Call(*stub, &v1::ResponseService::Stub::AnswerQuestion, again).status(), absl::OkStatus());
}

void LogsTest::ProvokeRefusalsOfAnswers() {
  const Person& person = people_[0];
  const std::string& words = person.question_answers[0];
  v1::AnswerQuestionRequest good;
  good.set_survey(survey_.substr(survey_.rfind('/') + 1));
  good.set_comment(person.comment);
  good.set_sealed_answer(person.question_answers.back());
  good.set_challenge(person.challenges.back());
  good.set_signature(person.signatures.back());
  std::vector<v1::AnswerQuestionRequest> all(5, good);
  all[0].set_survey(words);
  all[1].set_comment(words);
  all[2].set_sealed_answer(words);
  all[3].set_signature(people_[1].signatures[0]);
  all[4].set_comment(people_[1].comment);
  for (const v1::AnswerQuestionRequest& bent : all) SendAnswer(bent);
  for (const char* method : {"AnswerQuestion", "ListQuestions"}) {
    for (const std::string& bytes : {words, good.SerializeAsString() + "\xff\xff"}) {
      SendGarbage(deployment_.response_address(), absl::StrCat("/candor.v1.ResponseService/", method), bytes);
    }
  }
}

void LogsTest::SendAnswer(const v1::AnswerQuestionRequest& request) {
  const auto connection = Nobody();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  grpc::ClientContext context;
  v1::AnswerQuestionResponse response;
  Note(stub->AnswerQuestion(&context, request, &response));
}

void LogsTest::DecideAboutAnswers() {
  ASSERT_EQ(deployment_.Advance(absl::Hours(2 * 24 * kFollowUpDays)), absl::OkStatus());
  v1::AnswerQuestionRequest late;
  late.set_survey(survey_.substr(survey_.rfind('/') + 1));
  late.set_comment(people_[0].comment);
  late.set_sealed_answer(people_[0].question_answers.back());
  late.set_challenge(people_[0].challenges.back());
  late.set_signature(people_[0].signatures.back());
  SendAnswer(late);
  const auto answers = client::ReadAnswers(roles_->session());
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->answers.size(), kAsked);
  client::AnswerDecisions decisions;
  for (const client::OpenedAnswer& answer : answers->answers) {
    const auto person = std::find_if(people_.begin(), people_.end(),
                                     [&](const Person& each) { return each.comment == answer.comment; });
    ASSERT_NE(person, people_.end());
    if (!answer.text.has_value()) continue;
    v1::CommentDecision& decision = decisions[answer.comment];
    decision.set_kind(v1::DECISION_KIND_APPROVE);
    decision.set_text(*answer.text);
    if (person == people_.begin() + 1) {
      decision.set_kind(v1::DECISION_KIND_REDACT);
      decision.set_reason(v1::MODERATION_REASON_NAMES_SOMEBODY);
      decision.set_text(answer.text->substr(0, answer.text->size() / 2) + domain::kCut);
      decision.set_note(RandomAnswers(random_).comments[0]);
      person->decisions = {decision.text(), decision.note()};
      // What no server takes.
      v1::DecideAnswerRequest bent;
      bent.set_comment(decision.note());
      *bent.mutable_decision() = decision;
      bent.mutable_decision()->set_text(*answer.text);
      const auto stub = v1::ModerationService::NewStub(roles_->session().connection()->channel());
      Note(roles_->session().Call(*stub, &v1::ModerationService::Stub::DecideAnswer, bent).status());
    } else if (person == people_.begin() + 2) {
      decision.Clear();
      decision.set_kind(v1::DECISION_KIND_REJECT);
      decision.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
    }
  }
  const auto left = client::DecideAll(roles_->session(), *answers, decisions);
  ASSERT_TRUE(left.ok()) << left.status();
  ASSERT_EQ(*left, 0);
  ASSERT_EQ(roles_->AwaitAnswers(2), absl::OkStatus());
}

}  // namespace candor::privacy
