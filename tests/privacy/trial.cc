#include "tests/privacy/trial.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "clients/cpp/moderation.h"
#include "clients/cpp/respondent.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/receipt.h"
#include "services/domain/contract.h"
#include "tests/privacy/question_roles.h"

namespace candor::privacy {
namespace {

constexpr int kThreads = 2;
constexpr double kLostReplies = 0.1;
constexpr double kChanging = 0.2;
constexpr double kRepeating = 0.1;
constexpr double kPressed = 0.5;
// The server's clock is set forward by days for each such campaign.
constexpr absl::Duration kOpenWithQuestions = absl::Hours(24 * 60);
constexpr int kFewestLetters = 24, kMostLetters = 400;

bool Chance(std::mt19937& random, double share) { return std::uniform_real_distribution<double>(0, 1)(random) < share; }

testing::SmallCampaignRules UsualRules() {
  testing::SmallCampaignRules rules;
  rules.summary_only_below = domain::kFewestRatersForComments;  // as many words go out as ever may
  rules.auditor = true;
  return rules;
}

int Draw(std::mt19937& random, int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); }

// Or without one.
domain::Answers AnswersWithNotice(std::mt19937& random) {
  domain::Answers answers = RandomAnswers(random);
  if (Chance(random, kPressed)) answers.notice = {true, RandomWords(random)};
  return answers;
}

}  // namespace

absl::StatusOr<std::shared_ptr<client::Connection>> ConnectTo::operator()() const {
  client::ConnectionOptions options;
  options.address = address;
  return client::Connection::Make(options);
}

std::string RandomWords(std::mt19937& random) {
  std::string words;
  for (int letters = Draw(random, kFewestLetters, kMostLetters); letters > 0; --letters) {
    words.push_back(letters % 9 == 0 ? ' ' : static_cast<char>('a' + Draw(random, 0, 25)));
  }
  return words;
}

domain::Answers RandomAnswers(std::mt19937& random) {
  domain::Answers answers;
  for (int i = 0; i < kTrialItems; ++i) answers.ratings.push_back(static_cast<uint8_t>(Draw(random, 1, kTrialPoints)));
  answers.comments = {RandomWords(random)};
  return answers;
}

std::set<int> Scene::Pressed() const {
  std::set<int> pressed;
  for (int person = 0; person < answering; ++person) {
    if (last[static_cast<size_t>(person)].notice.given) pressed.insert(person);
  }
  return pressed;
}

Scene::Scene(uint32_t seed, int answering_people, int idle_people)
    : answering(answering_people), idle(idle_people), random(seed) {
  for (int person = 0; person < answering; ++person) {
    first.push_back(AnswersWithNotice(random));
    last.push_back(first.back());
  }
  issue_order.resize(static_cast<size_t>(people()));
  std::iota(issue_order.begin(), issue_order.end(), 0);
  std::shuffle(issue_order.begin(), issue_order.end(), random);
  answer_order.resize(static_cast<size_t>(answering));
  std::iota(answer_order.begin(), answer_order.end(), 0);
  blind = answer_order;
  std::shuffle(answer_order.begin(), answer_order.end(), random);
  std::shuffle(blind.begin(), blind.end(), random);
  for (const int person : answer_order) acts.emplace_back(person, Act::kAnswer);
  // Changes and repeats come at any moment after the first answers.
  for (int person = 0; person < answering; ++person) {
    for (const Act act : {Act::kChange, Act::kRepeat}) {
      if (!Chance(random, act == Act::kChange ? kChanging : kRepeating)) continue;
      if (act == Act::kChange) last[static_cast<size_t>(person)] = AnswersWithNotice(random);
      // A repeat follows what was sent last.
      size_t latest = 0;
      for (size_t i = 0; i < acts.size(); ++i) {
        if (acts[i].first == person) latest = i;
      }
      const int at = Draw(random, static_cast<int>(latest) + 1, static_cast<int>(acts.size()));
      acts.insert(acts.begin() + at, {person, act});
    }
  }
  for (auto act = acts.rbegin(); act != acts.rend(); ++act) {
    if (act->second == Act::kRepeat) continue;
    if (std::find(newest_order.begin(), newest_order.end(), act->first) == newest_order.end()) {
      newest_order.push_back(act->first);
    }
  }
  std::reverse(newest_order.begin(), newest_order.end());
}

absl::StatusOr<std::unique_ptr<Stage>> Stage::Set(const std::string& folder, int campaigns, uint32_t seed,
                                                  ClockOf clock) {
  std::unique_ptr<Stage> stage(new Stage());
  stage->deployment_ = std::make_unique<Deployment>(folder, campaigns, clock);
  CANDOR_RETURN_IF_ERROR(stage->deployment_->Start());
  const auto loses = [seed] {
    struct Luck {
      absl::Mutex mutex;
      std::mt19937 random;
    };
    const auto luck = std::make_shared<Luck>();
    luck->random.seed(seed);
    return [luck] {
      absl::MutexLock lock(&luck->mutex);
      return Chance(luck->random, kLostReplies);
    };
  };
  stage->identity_ = std::make_unique<LossyProxy>(stage->deployment_->identity_address(), loses());
  stage->response_ = std::make_unique<LossyProxy>(stage->deployment_->response_address(), loses());
  CANDOR_ASSIGN_OR_RETURN(auto administrator, stage->deployment_->Administrator());
  testing::SmallInstrument instrument;
  instrument.items = kTrialItems;
  instrument.prompts = 1;
  CANDOR_ASSIGN_OR_RETURN(stage->district_, testing::SmallDistrict::Make(std::move(administrator), instrument));
  return stage;
}

absl::StatusOr<Trial> Stage::PlayUntilClosing(Scene scene, const testing::SmallCampaignRules& rules,
                                              Campaign& campaign) {
  Trial trial{std::move(scene)};
  Scene& s = trial.scene;
  CANDOR_ASSIGN_OR_RETURN(campaign, district_->Open(1, s.people(), rules));
  const auto& survey = campaign.surveys.at(0);
  trial.survey = survey.id;
  trial.survey_name = survey.name;
  trial.leader = survey.leader;
  // Who got which invitation is drawn too: else the order of the letters would be that of the people here.
  std::vector<int> invitations(static_cast<size_t>(s.people()));
  std::iota(invitations.begin(), invitations.end(), 0);
  std::shuffle(invitations.begin(), invitations.end(), s.random);
  trial.secrets.resize(static_cast<size_t>(s.people()));
  std::vector<std::pair<int, int>> by_invitation;
  for (int person = 0; person < s.people(); ++person) {
    PersonSecrets& own = trial.secrets[static_cast<size_t>(person)];
    own.invitation = invitations[static_cast<size_t>(person)];
    CANDOR_ASSIGN_OR_RETURN(own.code, crypto::NormalizeCode(survey.codes[static_cast<size_t>(own.invitation)]));
    own.code_hash = crypto::CodeHash(own.code);
    if (person < s.answering) by_invitation.emplace_back(own.invitation, person);
  }
  std::sort(by_invitation.begin(), by_invitation.end());
  for (const auto& [invitation, person] : by_invitation) trial.invitation_order.push_back(person);
  trial.opened = deployment_->TakeCopy();
  CANDOR_RETURN_IF_ERROR(Answer(trial));
  trial.keys = deployment_->TakeKeys();
  return trial;
}

absl::Status Stage::Answer(Trial& trial) {
  const Scene& s = trial.scene;
  client::DocumentCache cache;
  std::vector<std::unique_ptr<NotingStore>> stores(static_cast<size_t>(s.people()));
  std::vector<std::unique_ptr<client::Respondent>> people(static_cast<size_t>(s.people()));
  for (const int person : s.issue_order) {
    const auto at = static_cast<size_t>(person);
    stores[at] = std::make_unique<NotingStore>(&trial.secrets[at]);
    client::RespondentOptions options;
    options.identity = ConnectTo{identity_->address()};
    options.response = ConnectTo{response_->address()};
    options.store = stores[at].get();
    options.retry.first_wait = absl::Milliseconds(1);
    options.cache = &cache;
    options.make_reply_keys = true;
    options.keep_answers = true;  // so that a repeat is a repeat
    CANDOR_ASSIGN_OR_RETURN(people[at], client::Respondent::Open(options, trial.secrets[at].code));
    CANDOR_RETURN_IF_ERROR(people[at]->TakeToken());
    trial.closing_public_key = people[at]->documents().manifest.closing_public_key;
  }
  trial.during.push_back(deployment_->TakeCopy(&trial.opened));
  trial.before.emplace_back();
  for (const auto& [person, act] : s.acts) {
    const auto at = static_cast<size_t>(person);
    CANDOR_RETURN_IF_ERROR(people[at]->Submit(act == Scene::Act::kRepeat ? domain::Answers(*people[at]->answers())
                                                                         : s.AnswersOf(person, act)));
    trial.during.push_back(deployment_->TakeCopy(&trial.during.back()));
    std::vector<int> so_far = trial.before.back();
    if (act == Scene::Act::kAnswer) so_far.push_back(person);
    trial.before.push_back(std::move(so_far));
    const auto receipt = crypto::VerifyReceiptForToken(people[at]->receipt(),
                                                       domain::SurveyIdBytes(people[at]->survey()),
                                                       trial.secrets[at].token_hash,
                                                       people[at]->documents().manifest.receipt_public_key);
    CANDOR_RETURN_IF_ERROR(receipt.status());
    trial.secrets[at].leaf = receipt->leaf;
  }
  return absl::OkStatus();
}

absl::Status ApproveComments(client::KeySession& session, std::vector<SeenComment>& listed) {
  CANDOR_ASSIGN_OR_RETURN(const client::OpenedComments comments, client::ReadComments(session));
  for (const client::OpenedComment& comment : comments.comments) {
    listed.push_back({comment.id, comment.text});
    candor::v1::CommentDecision decision;
    if (comment.place.texts) {
      decision.set_kind(candor::v1::DECISION_KIND_APPROVE);
      decision.set_text(comment.text);
    } else {
      decision.set_kind(candor::v1::DECISION_KIND_SUMMARY);
      CANDOR_RETURN_IF_ERROR(client::WriteSummary(session, comment.place.block, "A few words about all of them."));
    }
    CANDOR_RETURN_IF_ERROR(client::Decide(session, comment, decision));
  }
  return absl::OkStatus();
}

absl::StatusOr<Trial> Stage::PlayUntilClosing(Scene scene, ClosingKey key) {
  Campaign campaign;
  testing::SmallCampaignRules rules = UsualRules();
  if (key == ClosingKey::kSteward) rules.steward_public_key = steward_key_.public_key;
  return PlayUntilClosing(std::move(scene), rules, campaign);
}

absl::StatusOr<Trial> Stage::Play(Scene scene, int follow_up_days) {
  Campaign campaign;
  testing::SmallCampaignRules rules = UsualRules();
  rules.follow_up_days = follow_up_days;
  if (follow_up_days > 0) rules.open_for = kOpenWithQuestions;
  CANDOR_ASSIGN_OR_RETURN(Trial trial, PlayUntilClosing(std::move(scene), rules, campaign));
  CANDOR_RETURN_IF_ERROR(district_->OrderClosing(campaign.name));
  CANDOR_RETURN_IF_ERROR(district_->AwaitState(campaign.name, candor::v1::CAMPAIGN_STATE_CLOSED));
  trial.closed = deployment_->TakeCopy(&trial.during.back());
  trial.keys_closed = deployment_->TakeKeys();
  CANDOR_ASSIGN_OR_RETURN(const auto session, ModeratorSession(*deployment_, trial.survey, moderator_key()));
  CANDOR_RETURN_IF_ERROR(ApproveComments(*session, trial.listed));
  trial.moderated = deployment_->TakeCopy(&trial.closed);
  CANDOR_RETURN_IF_ERROR(district_->Release(campaign.name));
  trial.released = deployment_->TakeCopy(&trial.moderated);
  trial.keys_released = deployment_->TakeKeys();
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::ReportComments comments, district_->GetComments(campaign.surveys[0].name));
  for (const candor::v1::CommentBlock& block : comments.blocks()) {
    for (const candor::v1::CommentedPrompt& prompt : block.prompts()) {
      for (const auto& comment : prompt.comments()) trial.published.push_back({comment.id(), comment.text()});
    }
  }
  return trial;
}

absl::StatusOr<int> PlayOnStages(const StagePlan& plan, const std::function<absl::Status(Stage&, int number)>& play) {
  std::atomic<int> next{plan.from}, lost{0};
  std::atomic<bool> failed{false};
  const auto play_one_stage = [&](int first) -> absl::Status {
    const FastFolder folder;
    CANDOR_ASSIGN_OR_RETURN(const auto stage, Stage::Set(folder.path(), plan.campaigns,
                                                         plan.seed + static_cast<uint32_t>(first), plan.clock));
    const int end = std::min(plan.from + plan.count, first + plan.of_one);
    for (int number = first; number < end && !failed; ++number) {
      if (const absl::Status played = play(*stage, number); !played.ok()) {
        return absl::Status(played.code(), absl::StrCat("trial ", number, ": ", played.message()));
      }
    }
    lost += stage->lost_replies();
    return absl::OkStatus();
  };
  absl::Status faults[kThreads];
  std::vector<std::thread> threads;
  for (absl::Status& fault : faults) {
    threads.emplace_back([&] {
      for (int first; !failed && (first = next.fetch_add(plan.of_one)) < plan.from + plan.count;) {
        fault = play_one_stage(first);
        if (!fault.ok()) failed = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& fault : faults) CANDOR_RETURN_IF_ERROR(fault);
  return lost.load();
}

}  // namespace candor::privacy
