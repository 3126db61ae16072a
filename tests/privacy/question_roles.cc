#include "tests/privacy/question_roles.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/follow_up.h"
#include "services/base/status.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;

constexpr int kMostLooks = 600;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);
constexpr int kLooksToAMinute = 10;

}  // namespace

absl::StatusOr<std::unique_ptr<client::KeySession>> ModeratorSession(const Deployment& deployment,
                                                                     const std::string& survey,
                                                                     const crypto::ClosingKeyPair& key) {
  CANDOR_ASSIGN_OR_RETURN(auto connection, ConnectTo{deployment.response_address()}());
  CANDOR_ASSIGN_OR_RETURN(auto copy, crypto::ClosingKeyPair::FromSecretKey(key.secret_key.view()));
  return client::KeySession::Open(std::move(connection), domain::SurveyId(survey), v1::KEY_HOLDER_ROLE_MODERATOR,
                                  std::move(copy));
}

absl::StatusOr<std::unique_ptr<QuestionRoles>> QuestionRoles::Make(Deployment& deployment,
                                                                   testing::SmallDistrict& district,
                                                                   const std::string& survey,
                                                                   const std::string& leader) {
  std::unique_ptr<QuestionRoles> roles(new QuestionRoles(deployment, survey));
  CANDOR_ASSIGN_OR_RETURN(roles->leader_, district.As(leader));
  CANDOR_ASSIGN_OR_RETURN(const std::string moderator, district.Moderator());
  CANDOR_ASSIGN_OR_RETURN(roles->moderator_, district.As(moderator));
  CANDOR_ASSIGN_OR_RETURN(roles->session_, ModeratorSession(deployment, survey.substr(survey.rfind('/') + 1),
                                                            district.moderator_key()));
  return roles;
}

absl::Status QuestionRoles::Ask(const std::string& comment, const std::string& question) {
  const auto stub = v1::FollowUpService::NewStub(leader_->channel());
  v1::AskQuestionRequest request;
  request.set_survey(survey_);
  request.set_comment(comment);
  request.set_question(question);
  return leader_->Call(*stub, &v1::FollowUpService::Stub::AskQuestion, request).status();
}

absl::Status QuestionRoles::Approve(const std::string& comment, const std::string& question) {
  CANDOR_ASSIGN_OR_RETURN(const auto reply_keys, client::ReadReplyKeys(*session_));
  const auto key = reply_keys.find(comment);
  if (key == reply_keys.end()) return absl::InternalError("a released comment without its reply key");
  const auto stub = v1::FollowUpService::NewStub(moderator_->channel());
  v1::DecideQuestionRequest request;
  request.set_survey(survey_);
  request.set_comment(comment);
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_sealed_question(),
                          client::SealQuestion(*session_, key->second, comment, question));
  return moderator_->Call(*stub, &v1::FollowUpService::Stub::DecideQuestion, request).status();
}

absl::StatusOr<std::vector<std::string>> QuestionRoles::AwaitQuestions(size_t count) {
  const auto stub = v1::ResponseService::NewStub(session_->connection()->channel());
  v1::ListQuestionsRequest request;
  request.set_survey(survey_.substr(survey_.rfind('/') + 1));
  for (int look = 0; look < kMostLooks; ++look) {
    CANDOR_ASSIGN_OR_RETURN(const v1::ListQuestionsResponse listed,
                            session_->connection()->Call(*stub, &v1::ResponseService::Stub::ListQuestions, request));
    if (static_cast<size_t>(listed.sealed_questions_size()) == count) {
      // A question is listed from its commit on, and the log is emptied into the database only then. That takes a moment,
      // and times of files that a copy would have from before it. Whatever a moderator reads of this survey comes after it.
      CANDOR_RETURN_IF_ERROR(client::ReadAnswers(*session_).status());
      return std::vector<std::string>(listed.sealed_questions().begin(), listed.sealed_questions().end());
    }
    absl::SleepFor(kBetweenLooks);
  }
  return absl::DeadlineExceededError("questions that were approved are not there");
}

// The server looks at its clock each second, and for moderators' decisions each minute of it.
absl::Status QuestionRoles::AwaitAnswers(size_t count) {
  const auto stub = v1::FollowUpService::NewStub(leader_->channel());
  v1::ListFollowUpsRequest request;
  request.set_parent(survey_);
  for (int look = 0; look < kMostLooks; ++look) {
    if (look % kLooksToAMinute == 0) CANDOR_RETURN_IF_ERROR(deployment_.Advance(absl::Minutes(1)));
    CANDOR_ASSIGN_OR_RETURN(const v1::ListFollowUpsResponse listed,
                            leader_->Call(*stub, &v1::FollowUpService::Stub::ListFollowUps, request));
    const auto answered = std::count_if(listed.follow_ups().begin(), listed.follow_ups().end(), [](const auto& each) {
      return each.state() == v1::FOLLOW_UP_STATE_ANSWERED;
    });
    if (static_cast<size_t>(answered) == count) return absl::OkStatus();
    absl::SleepFor(kBetweenLooks);
  }
  return absl::DeadlineExceededError("answers are not handed over");
}

}  // namespace candor::privacy
