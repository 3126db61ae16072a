// The leader who asks back about comments, and the moderator who decides about questions and answers, of one survey whose
// campaign is released.

#ifndef CANDOR_TESTS_PRIVACY_QUESTION_ROLES_H_
#define CANDOR_TESTS_PRIVACY_QUESTION_ROLES_H_

#include <cstddef>
#include <memory>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/key_session.h"
#include "tests/privacy/deployment.h"
#include "tests/support/process/small_campaign.h"

namespace candor::privacy {

class QuestionRoles {
 public:
  // `survey`, `leader`: resource names. `deployment` and `district` outlive the object; the moderator is the district's.
  static absl::StatusOr<std::unique_ptr<QuestionRoles>> Make(Deployment& deployment, testing::SmallDistrict& district,
                                                             const std::string& survey, const std::string& leader);

  // The moderator's, on the response plane.
  client::KeySession& session() { return *session_; }

  // The leader puts a question to a comment.
  absl::Status Ask(const std::string& comment, const std::string& question);
  // The moderator approves it.
  absl::Status Approve(const std::string& comment, const std::string& question);
  // Waits until the response plane shows so many questions, since orders go there in the background; gives them as they
  // are shown, sealed.
  absl::StatusOr<std::vector<std::string>> AwaitQuestions(size_t count);
  // Sets the clock forward by minutes until so many answers are handed over.
  absl::Status AwaitAnswers(size_t count);

 private:
  QuestionRoles(Deployment& deployment, std::string survey) : deployment_(deployment), survey_(std::move(survey)) {}

  Deployment& deployment_;
  const std::string survey_;
  std::shared_ptr<client::Connection> leader_, moderator_;
  std::unique_ptr<client::KeySession> session_;
};

// The moderator's session of a survey, by its id.
absl::StatusOr<std::unique_ptr<client::KeySession>> ModeratorSession(const Deployment& deployment,
                                                                     const std::string& survey,
                                                                     const crypto::ClosingKeyPair& key);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_QUESTION_ROLES_H_
