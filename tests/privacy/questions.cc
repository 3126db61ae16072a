#include "tests/privacy/questions.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "clients/cpp/follow_up.h"
#include "services/base/status.h"
#include "tests/privacy/question_roles.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;

constexpr int kFollowUpDays = 1;
constexpr absl::Duration kSpan = absl::Hours(24 * kFollowUpDays);
constexpr int kNotAsked = 2;  // of the comments; of the questions, one of two is answered
constexpr int kChangingTheirAnswer = 2;

class Player {
 public:
  Player(Stage& stage, QuestionTrial& played) : stage_(stage), played_(played), scene_(played.trial.scene) {}

  absl::Status Play() {
    CANDOR_ASSIGN_OR_RETURN(roles_, QuestionRoles::Make(deployment(), stage_.district(), played_.trial.survey_name,
                                                        played_.trial.leader));
    CANDOR_RETURN_IF_ERROR(FindComments());
    Draw();
    CANDOR_RETURN_IF_ERROR(Ask());
    CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> shown, roles_->AwaitQuestions(played_.asked.size()));
    played_.put = deployment().TakeCopy(&played_.trial.released);
    CANDOR_RETURN_IF_ERROR(FindPublished(shown));
    CANDOR_RETURN_IF_ERROR(Answer());
    played_.keys = deployment().TakeKeys();
    CANDOR_RETURN_IF_ERROR(deployment().Advance(2 * kSpan));
    CANDOR_RETURN_IF_ERROR(Decide());
    CANDOR_RETURN_IF_ERROR(roles_->AwaitAnswers(played_.let_out.size()));
    played_.over = deployment().TakeCopy(&played_.decided);
    return absl::OkStatus();
  }

 private:
  Deployment& deployment() { return stage_.deployment(); }
  std::string& CommentOf(int person) { return played_.comments[static_cast<size_t>(person)]; }
  int WriterOf(const std::string& comment) {
    const auto found = std::find(played_.comments.begin(), played_.comments.end(), comment);
    return static_cast<int>(found - played_.comments.begin());
  }

  absl::Status FindComments() {
    std::map<std::string, std::string> ids;
    for (const SeenComment& comment : played_.trial.published) ids[comment.text] = comment.id;
    for (int person = 0; person < scene_.answering; ++person) {
      const auto found = ids.find(scene_.last[static_cast<size_t>(person)].comments[0]);
      if (found == ids.end()) return absl::InternalError("a comment was not released");
      played_.comments.push_back(found->second);
    }
    return absl::OkStatus();
  }

  // Who is asked, who answers when, and in what words.
  void Draw() {
    std::mt19937& random = scene_.random;
    const auto people = static_cast<size_t>(scene_.answering);
    played_.questions.resize(people);
    played_.answers.resize(people);
    played_.asked = scene_.blind;
    std::shuffle(played_.asked.begin(), played_.asked.end(), random);
    played_.asked.resize(people - kNotAsked);
    for (const int person : played_.asked) {
      played_.questions[static_cast<size_t>(person)] = RandomAnswers(random).comments[0];
    }
    std::vector<int> answering = played_.asked;
    std::shuffle(answering.begin(), answering.end(), random);
    answering.resize(played_.asked.size() / 2);
    played_.answer_order = answering;
    acts_ = answering;
    std::shuffle(answering.begin(), answering.end(), random);
    acts_.insert(acts_.end(), answering.begin(), answering.begin() + kChangingTheirAnswer);
    for (auto act = acts_.rbegin(); act != acts_.rend(); ++act) {
      auto& newest = played_.newest_order;
      if (std::find(newest.begin(), newest.end(), *act) == newest.end()) newest.insert(newest.begin(), *act);
    }
    std::shuffle(answering.begin(), answering.end(), random);
    answering.resize(answering.size() / 2);
    played_.let_out = answering;
  }

  absl::Status Ask() {
    const auto question_to = [&](int person) { return played_.questions[static_cast<size_t>(person)]; };
    for (const int person : played_.asked) {
      CANDOR_RETURN_IF_ERROR(roles_->Ask(CommentOf(person), question_to(person)));
    }
    for (const int person : played_.asked) {
      CANDOR_RETURN_IF_ERROR(roles_->Approve(CommentOf(person), question_to(person)));
    }
    return absl::OkStatus();
  }

  // Whose comments the questions are about, in the order in which they are shown.
  absl::Status FindPublished(const std::vector<std::string>& shown) {
    std::map<std::string, int> writers;
    for (const Table& table : TablesOf(played_.put)) {
      if (!absl::EndsWith(table.name, "responses.db question")) continue;
      for (const Row& row : table.rows) {
        for (const Value& value : row.values) writers[value.bytes] = WriterOf(row.values.at(1).bytes);
      }
    }
    for (const std::string& sealed : shown) {
      const auto writer = writers.find(sealed);
      if (writer == writers.end()) return absl::InternalError("a question is shown that is not stored");
      played_.published.push_back(writer->second);
    }
    return absl::OkStatus();
  }

  // Everybody looks whether they are asked something; some answer, some twice.
  absl::Status Answer() {
    for (int person = 0; person < scene_.answering; ++person) {
      CANDOR_ASSIGN_OR_RETURN(const client::ReceivedQuestions received, Received(person));
      const std::string& question = played_.questions[static_cast<size_t>(person)];
      if (received.questions.size() != (question.empty() ? 0 : 1) ||
          (!question.empty() && received.questions[0].text != question)) {
        return absl::InternalError("a device reads another question than was put to its comment");
      }
    }
    for (const int person : acts_) {
      CANDOR_ASSIGN_OR_RETURN(const client::ReceivedQuestions received, Received(person));
      std::string& answer = played_.answers[static_cast<size_t>(person)];
      answer = RandomAnswers(scene_.random).comments[0];
      CANDOR_ASSIGN_OR_RETURN(const auto connection, ConnectTo{stage_.lossy_response_address()}());
      CANDOR_RETURN_IF_ERROR(
          client::AnswerQuestion(*connection, Device(person), received, received.questions[0], answer, Soon()));
      played_.during.push_back(deployment().TakeCopy(played_.during.empty() ? &played_.put : &played_.during.back()));
    }
    return absl::OkStatus();
  }

  const client::ReplyKeys& Device(int person) { return *played_.trial.secrets[static_cast<size_t>(person)].device; }
  absl::StatusOr<client::ReceivedQuestions> Received(int person) {
    if (!played_.trial.secrets[static_cast<size_t>(person)].device.has_value()) {
      return absl::InternalError("a device has kept nothing to be asked back with");
    }
    CANDOR_ASSIGN_OR_RETURN(const auto connection, ConnectTo{stage_.lossy_response_address()}());
    return client::FetchQuestions(*connection, Device(person), Soon());
  }
  static client::RetryPolicy Soon() {
    client::RetryPolicy retry;
    retry.first_wait = absl::Milliseconds(1);
    return retry;
  }

  // In two sittings, so that the first leaves everything where it lies.
  absl::Status Decide() {
    CANDOR_ASSIGN_OR_RETURN(const client::OpenedAnswers answers, client::ReadAnswers(roles_->session()));
    if (!answers.answering_over || answers.answers.size() != played_.asked.size()) {
      return absl::InternalError("not every question is shown with what was answered");
    }
    std::optional<client::OpenedAnswer> last;
    client::AnswerDecisions decisions;
    for (const client::OpenedAnswer& answer : answers.answers) {
      const int person = WriterOf(answer.comment);
      played_.listed.push_back(person);
      if (answer.text.value_or("") != played_.answers[static_cast<size_t>(person)]) {
        return absl::InternalError("a moderator reads another answer than was given");
      }
      v1::CommentDecision decision;
      decision.set_kind(v1::DECISION_KIND_REJECT);
      decision.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
      if (std::find(played_.let_out.begin(), played_.let_out.end(), person) != played_.let_out.end()) {
        decision.Clear();
        decision.set_kind(v1::DECISION_KIND_APPROVE);
        decision.set_text(*answer.text);
      }
      if (answer.text.has_value()) decisions[answer.comment] = decision;
    }
    client::OpenedAnswers but_one = answers;
    const std::string left = CommentOf(played_.let_out.front());
    std::erase_if(but_one.answers, [&](const client::OpenedAnswer& answer) { return answer.comment == left; });
    CANDOR_RETURN_IF_ERROR(client::DecideAll(roles_->session(), but_one, decisions).status());
    played_.decided = deployment().TakeCopy(&played_.during.back());
    played_.decided_keys = deployment().TakeKeys();
    client::OpenedAnswers the_one = answers;
    std::erase_if(the_one.answers, [&](const client::OpenedAnswer& answer) { return answer.comment != left; });
    return client::DecideAll(roles_->session(), the_one, decisions).status();
  }

  Stage& stage_;
  QuestionTrial& played_;
  Scene& scene_;
  std::vector<int> acts_;
  std::unique_ptr<QuestionRoles> roles_;
};

}  // namespace

absl::StatusOr<QuestionTrial> PlayQuestions(Stage& stage, Scene scene) {
  CANDOR_ASSIGN_OR_RETURN(Trial trial, stage.Play(std::move(scene), kFollowUpDays));
  QuestionTrial played{std::move(trial)};
  CANDOR_RETURN_IF_ERROR(Player(stage, played).Play());
  return played;
}

absl::StatusOr<std::string> StoredAnswer(const Copy& copy, const std::string& comment) {
  for (const Table& table : TablesOf(copy)) {
    if (!absl::EndsWith(table.name, "responses.db answer")) continue;
    const auto place = std::find(table.columns.begin(), table.columns.end(), "sealed") - table.columns.begin();
    for (const Row& row : table.rows) {
      const bool of_comment =
          std::any_of(row.values.begin(), row.values.end(), [&](const Value& v) { return v.bytes == comment; });
      if (of_comment) return row.values.at(static_cast<size_t>(place)).bytes;
    }
  }
  return absl::NotFoundError("no answer to the question to this comment");
}

}  // namespace candor::privacy
