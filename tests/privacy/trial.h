// One trial: a campaign for one leader, answered by the real client library over connections that lose replies, with
// copies of everything taken before, during and after. What happened in which order is known, as it is to a colleague
// who watched.

#ifndef CANDOR_TESTS_PRIVACY_TRIAL_H_
#define CANDOR_TESTS_PRIVACY_TRIAL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/key_session.h"
#include "services/domain/answer.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/lossy_proxy.h"
#include "tests/privacy/noting_store.h"
#include "tests/support/process/small_campaign.h"

namespace candor::privacy {

inline constexpr int kTrialItems = 12;
inline constexpr int kTrialPoints = testing::kSmallCampaignPoints;

// What the attacker knows beforehand: the people, everybody's answers (but not whose they are), and who did what when.
struct Scene {
  explicit Scene(uint32_t seed, int answering, int idle);

  int answering = 0;  // people 0 to answering - 1 answer
  int idle = 0;       // the others take a token and never use it
  std::mt19937 random;
  // By person. `last` differs from `first` for those who change their answers. Half of all answers report pressure, too.
  std::vector<domain::Answers> first, last;

  // What the answering do after all tokens are taken.
  enum class Act { kAnswer, kChange, kRepeat };
  std::vector<std::pair<int, Act>> acts;
  std::vector<int> issue_order;   // of all
  std::vector<int> answer_order;  // of the answering, by their first answers
  std::vector<int> newest_order;  // of the answering, by what they sent last
  // Somebody who knows nothing: the same for every scorer that finds nothing, so that chance strikes once a trial.
  std::vector<int> blind;

  int people() const { return answering + idle; }
  // Whose answers, as they were counted, report pressure.
  std::set<int> Pressed() const;
  const domain::Answers& AnswersOf(int person, Act act) const {
    return (act == Act::kAnswer ? first : last)[static_cast<size_t>(person)];
  }
};

// Who holds the secret half of the closing key while the survey is open.
enum class ClosingKey { kServer, kSteward };

// A comment as somebody is shown it.
struct SeenComment {
  std::string id, text;
};

struct Trial {
  Scene scene;
  std::string survey;              // id
  std::string survey_name, leader;  // resource names
  std::string closing_public_key;  // as the manifest has it
  std::vector<PersonSecrets> secrets;    // by person
  Copy opened;                           // before anybody came
  std::vector<Copy> during;              // [0]: all tokens are out; then one after each act
  std::vector<std::vector<int>> before;  // by copy of `during`: who has answered so far
  // Every key folder just before closing, and of a trial that goes on after it: only for those who got hold of them too.
  Copy keys, keys_closed, keys_released;
  // Of a trial that goes on to the end. Between closing and release a moderator approved every comment, one after the
  // other as they were listed; where no words may be released, they wrote a summary.
  Copy closed, moderated, released;
  // In the order in which the moderator, and a reader of the report, saw them.
  std::vector<SeenComment> listed, published;
  std::vector<int> invitation_order;     // of the answering, by their invitations
};

// Gives a new connection to one address each time, as clients want it: for either plane, whatever address a manifest
// names.
struct ConnectTo {
  std::string address;
  absl::StatusOr<std::shared_ptr<client::Connection>> operator()() const;
  absl::StatusOr<std::shared_ptr<client::Connection>> operator()(const std::string&) const { return (*this)(); }
};

// Words that nobody else writes, of a length that few others have.
std::string RandomWords(std::mt19937& random);
// A comment in such words, and ratings.
domain::Answers RandomAnswers(std::mt19937& random);

// Approves all comments, one after the other as they are listed; where no words may be released, writes a summary. Adds
// them to `listed`.
absl::Status ApproveComments(client::KeySession& session, std::vector<SeenComment>& listed);

// Plays scenes on one deployment, one after the other.
class Stage {
 public:
  // Starts the deployment. `seed`: of what is lost on the way.
  static absl::StatusOr<std::unique_ptr<Stage>> Set(const std::string& folder, int campaigns, uint32_t seed,
                                                    ClockOf clock = ClockOf::kMachine);

  // From opening to release. The service holds the closing key. `follow_up_days`: as in candor.v1.Campaign.
  absl::StatusOr<Trial> Play(Scene scene, int follow_up_days = 0);
  // Just before closing it ends: the survey stays open.
  absl::StatusOr<Trial> PlayUntilClosing(Scene scene, ClosingKey key);

  Deployment& deployment() { return *deployment_; }
  testing::SmallDistrict& district() { return *district_; }
  // Of the response plane, over a way on which replies are lost.
  const std::string& lossy_response_address() const { return response_->address(); }
  const crypto::ClosingKeyPair& moderator_key() const { return district_->moderator_key(); }
  const crypto::ClosingKeyPair& auditor_key() const { return district_->auditor_key(); }
  int lost_replies() const { return identity_->lost() + response_->lost(); }

 private:
  using Campaign = testing::SmallDistrict::SmallCampaign;

  Stage() = default;

  absl::StatusOr<Trial> PlayUntilClosing(Scene scene, const testing::SmallCampaignRules& rules, Campaign& campaign);
  absl::Status Answer(Trial& trial);

  const crypto::ClosingKeyPair steward_key_ = crypto::ClosingKeyPair::Generate();
  std::unique_ptr<Deployment> deployment_;
  std::unique_ptr<LossyProxy> identity_, response_;
  std::unique_ptr<testing::SmallDistrict> district_;
};

// Trials `from` to `from + count` - 1, on stages of their own for every `of_one` of them.
struct StagePlan {
  int from = 0, count = 0, of_one = 1;
  int campaigns = 1;  // of one stage
  uint32_t seed = 0;
  ClockOf clock = ClockOf::kMachine;
};
// Two stages at a time, by two threads; gives how many replies were lost. Ends with the first fault.
absl::StatusOr<int> PlayOnStages(const StagePlan& plan, const std::function<absl::Status(Stage&, int number)>& play);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_TRIAL_H_
