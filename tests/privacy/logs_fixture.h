// A campaign with people who have names and addresses, watched through its logs: what must not be found there, and what
// its people, its leader and its moderator do, rightly and wrongly.

#ifndef CANDOR_TESTS_PRIVACY_LOGS_FIXTURE_H_
#define CANDOR_TESTS_PRIVACY_LOGS_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "candor/v1/response.pb.h"
#include "clients/cpp/connection.h"
#include "grpcpp/grpcpp.h"
#include "services/domain/answer.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/noting_store.h"
#include "tests/privacy/question_roles.h"
#include "tests/privacy/results.h"
#include "tests/support/process/small_campaign.h"

namespace candor::privacy {

inline constexpr int kPeople = 14;
inline constexpr int kAnswering = 12;
inline constexpr int kFollowUpDays = 1;
// Of those who answered. All but the last of them answer their question, too; the first changes that answer.
inline constexpr size_t kAsked = 4;
// Whose comments go out in part, and not at all; neither is asked back.
inline constexpr size_t kRedacted = 5, kRejected = 6;
static_assert(kRedacted >= kAsked && kRejected < kAnswering);

struct Person {
  std::string name, address;
  std::string code;  // as it stands in the letter
  PersonSecrets secrets;
  std::vector<domain::Answers> answers;  // all that they sent
  // Of those whose comment does not go out as it is: what the moderator wrote.
  std::vector<std::string> moderated;
  // Of those whose comment is asked back about: what went over the line, in words and sealed.
  std::string comment;  // its id
  std::vector<std::string> questions, question_answers, challenges, signatures, decisions;
};

// What must not be found, by kind: each finder knows the people by their number.
class Secrets {
 public:
  // `identified`: ratings that are not anonymous, the leader's own and the supervisor's. `planned`: words of the leader's plan.
  Secrets(const std::vector<Person>& people, const std::vector<std::vector<uint8_t>>& identified,
          const std::vector<std::string>& planned);

  // The kinds of which something stands in `text`.
  std::vector<std::string> FoundIn(absl::string_view text) const;
  size_t kinds() const { return finders_.size(); }

 private:
  std::map<std::string, Finder> finders_;
};

class LogsTest : public ::testing::Test {
 protected:
  LogsTest() : deployment_(folder_.path(), 4, ClockOf::kTest), random_(20261130) {}

  // Adds what a client was told to `errors_` and `reasons_`.
  void Note(const absl::Status& status);
  void Note(const grpc::Status& status);

  std::shared_ptr<client::Connection> Nobody() const;

  // A second campaign like `like`, with people who have names and addresses.
  void OpenForPeople(client::Connection& administrator, const std::string& like);

  // Opens by code, takes a token, answers; changes the answers `changes` times.
  void Answer(size_t number, int changes);

  // One person's submission as it goes over the line.
  candor::v1::SubmitResponseRequest SubmissionOf(const Person& person) const;

  void Submit(const candor::v1::SubmitResponseRequest& request);

  void OpenInvitation(const std::string& code);

  // Bytes that are no message, sent as one.
  void SendGarbage(const std::string& address, const std::string& method, const std::string& bytes);

  // Bytes that are not even HTTP/2.
  void SendRaw(const std::string& server, const std::string& bytes);

  // What servers refuse to answer a survey with.
  void ProvokeRefusals();

  // More calls at once than the server takes: gives how many were refused for that.
  int Overload();

  // While the survey is open: the leader rates themself, and their supervisor rates them.
  void RateIdentified();

  // After closing: one comment goes out in part, one not at all, all others as they are; with a note to each decision that
  // is not to approve.
  void Moderate();

  // The auditor reads the reports of pressure, wrongly and rightly, and destroys them.
  void ReadNotices();

  // After release: the leader writes a growth plan, wrongly and rightly, and deletes it.
  void PlanGrowth();

  // After release: a leader's questions, put and approved.
  void AskBack();

  // On the device of somebody who looks whether there is a question, and answers it so often.
  void AnswerBack(Person& person, int answers);

  // As it is stored, and as it was signed.
  void NoteSealed(Person& person);

  // The same of answers to questions.
  void ProvokeRefusalsOfAnswers();
  void SendAnswer(const candor::v1::AnswerQuestionRequest& request);

  // Once the time to answer is over: one answer goes out, one in part, one not, and none where there is none.
  void DecideAboutAnswers();

  SuiteRecord record_{RecordName("logs"),
                      {{"attack", "logs"}, {"arrangement", ArrangementInWords()}, {"respondents", kAnswering}}};
  FastFolder folder_;
  Deployment deployment_;
  std::mt19937 random_;
  std::unique_ptr<testing::SmallDistrict> district_;
  std::string campaign_, survey_, leader_, supervisor_;
  std::vector<std::vector<uint8_t>> identified_;
  std::vector<std::string> planned_;
  std::string closed_survey_, closed_code_;
  std::vector<Person> people_;
  std::vector<std::unique_ptr<NotingStore>> stores_;
  std::unique_ptr<QuestionRoles> roles_;
  std::string errors_;  // all that clients were told
  std::set<std::string> reasons_;
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_LOGS_FIXTURE_H_
