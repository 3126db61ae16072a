// The server is killed without warning, 220 times: what was acknowledged is counted exactly once, what was not can be
// sent again. Where the planes are two processes, one or the other or both, less often.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/respondent.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/domain/contract.h"
#include "tests/support/process/candord_process.h"
#include "tests/support/process/small_campaign.h"

namespace candor {
namespace {

using testing::CandordProcess;
using testing::kSmallCampaignItems;
using testing::kSmallCampaignPoints;
using testing::ScratchFolder;
using testing::SmallDistrict;

std::shared_ptr<client::Connection> ConnectTo(const std::string& address, const std::string& access_key) {
  client::ConnectionOptions options;
  options.address = address;
  options.timeout = absl::Seconds(20);
  options.access_key = access_key;
  auto connection = client::Connection::Make(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return *connection;
}

std::shared_ptr<client::Connection> Connect(const CandordProcess& server, bool administrator) {
  std::string key;
  if (administrator) {
    key = *base::ReadFile(server.admin_key_file());
    while (!key.empty() && key.back() == '\n') key.pop_back();
  }
  return ConnectTo(server.address(), key);
}

// One rater, through every start of the server. What it knows survives in the state store, as it would on a device.
struct Rater {
  std::string code;
  domain::Answers wanted;   // sent, perhaps not acknowledged
  bool pending = false;     // `wanted` is not acknowledged yet
  bool answered = false;    // something was acknowledged
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() : random_(20260901), server_(folder_.path() + "/data") {}

  void StartServer() {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  domain::Answers RandomAnswers(std::mt19937& random) {
    domain::Answers answers;
    for (int i = 0; i < kSmallCampaignItems; ++i) {
      const int draw = std::uniform_int_distribution<int>(0, kSmallCampaignPoints + 1)(random);
      answers.ratings.push_back(draw == kSmallCampaignPoints + 1 ? domain::kNotObserved : static_cast<uint8_t>(draw));
    }
    return answers;
  }

  // Sends what is pending; with `fresh`, new answers first. One attempt: a killed server is an ordinary fault here.
  absl::Status Answer(Rater& rater, std::mt19937& random, bool fresh) {
    if (fresh && !rater.pending) {
      rater.wanted = RandomAnswers(random);
      rater.pending = true;
    }
    client::RespondentOptions options;
    options.identity = [this] { return Connect(server_, false); };
    options.response = [this](const std::string& told) { return ConnectTo(told.empty() ? server_.address() : told, ""); };
    options.store = &store_;
    options.retry.attempts = 1;
    options.cache = &cache_;
    auto respondent = client::Respondent::Open(options, rater.code);
    if (!respondent.ok()) return respondent.status();
    const absl::Status sent = (*respondent)->Submit(rater.wanted);
    if (sent.ok()) {
      rater.pending = false;
      rater.answered = true;
    }
    return sent;
  }

  // Kills the server at a random moment within `most`; of two, either or both.
  void KillSoon(absl::Duration most) {
    absl::SleepFor(most * std::uniform_real_distribution<double>(0, 1)(random_));
    const int which = std::uniform_int_distribution<int>(0, 2)(random_);
    if (which != 1) server_.KillIdentity();
    if (which != 0) server_.KillResponses();
    ++kills_;
  }

  // How often to kill: a second process, which waits before it tries again, makes each time a longer one.
  int KillsOf(int one_process, int two_processes) const {
    return server_.two_processes() ? two_processes : one_process;
  }

  // Kills the server again and again, until the campaign is in `state`, to which `order` brings it from `before`.
  void KillUntil(const std::string& campaign, candor::v1::CampaignState before, candor::v1::CampaignState state,
                 absl::Status (SmallDistrict::*order)(const std::string&), int kills) {
    for (int attempt = 0; attempt < 6 && kills_ < kills; ++attempt) {
      StartServer();
      auto district = SmallDistrict::Make(Connect(server_, true));
      ASSERT_TRUE(district.ok()) << district.status();
      const auto now = (*district)->State(campaign);
      ASSERT_TRUE(now.ok()) << now.status();
      if (*now == state) break;
      // The order may itself be lost with the server; once it is durable, the work goes on by itself after a start.
      std::thread ordering([&, again = *now == before] {
        if (again) (void)((**district).*order)(campaign);
      });
      KillSoon(absl::Milliseconds(40));
      ordering.join();
    }
    StartServer();
    auto district = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(district.ok()) << district.status();
    if (*(*district)->State(campaign) == before) (void)((**district).*order)(campaign);
    const absl::Status reached = (*district)->AwaitState(campaign, state);
    ASSERT_TRUE(reached.ok()) << reached;
  }

  // The report's distributions are those of the acknowledged answers, and the ledger has a leaf for each rater.
  void CheckCounts(SmallDistrict& district, const SmallDistrict::SmallSurvey& survey, const std::vector<Rater>& raters) {
    const auto report = district.GetReport(survey.name);
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->scores().groups_size(), 1);
    EXPECT_EQ(report->scores().groups(0).counted(), static_cast<int64_t>(raters.size()));
    int distributions = 0, exact = 0;
    for (const auto& unit : report->scores().units()) {
      if (unit.kind() != candor::v1::UNIT_KIND_INDICATOR) continue;
      const int item = unit.code().back() - 'a';
      std::vector<int64_t> counts(kSmallCampaignPoints, 0);
      int64_t n = 0, sum = 0;
      for (const Rater& rater : raters) {
        const uint8_t rating = rater.wanted.ratings[static_cast<size_t>(item)];
        if (rating == domain::kBlank || rating == domain::kNotObserved) continue;
        ++counts[rating - 1];
        ++n;
        sum += rating;
      }
      const auto& group = unit.groups(0);
      if (group.state() == candor::v1::FIGURE_STATE_WITHHELD) {
        EXPECT_LT(n, 5) << unit.code();
        continue;
      }
      EXPECT_EQ(group.n(), n) << unit.code();
      if (group.state() == candor::v1::FIGURE_STATE_EXACT) {
        ++exact;
        EXPECT_NEAR(group.mean(), static_cast<double>(sum) / static_cast<double>(n), 1e-12) << unit.code();
      }
      if (group.has_distribution()) {
        ++distributions;
        EXPECT_EQ(std::vector<int64_t>(group.distribution().counts().begin(), group.distribution().counts().end()),
                  counts)
            << unit.code();
      }
    }
    exact_ += exact;
    distributions_ += distributions;
  }

  // Everybody of the campaign answers; the raters of each survey.
  std::vector<std::vector<Rater>> AnswerAll(const SmallDistrict::SmallCampaign& campaign) {
    std::vector<std::vector<Rater>> raters(campaign.surveys.size());
    for (size_t leader = 0; leader < campaign.surveys.size(); ++leader) {
      for (const std::string& code : campaign.surveys[leader].codes) {
        raters[leader].push_back({code, {}, false, false});
        const absl::Status sent = Answer(raters[leader].back(), random_, true);
        EXPECT_TRUE(sent.ok()) << sent;
      }
    }
    return raters;
  }

  void CheckAllCounts(SmallDistrict& district, const SmallDistrict::SmallCampaign& campaign,
                      const std::vector<std::vector<Rater>>& raters) {
    for (size_t leader = 0; leader < raters.size(); ++leader) {
      CheckCounts(district, campaign.surveys[leader], raters[leader]);
    }
  }

  std::mt19937 random_;
  ScratchFolder folder_;
  CandordProcess server_;
  client::MemoryStateStore store_;
  client::DocumentCache cache_;
  int kills_ = 0;
  int exact_ = 0;
  int distributions_ = 0;
};

TEST_F(KillTest, EveryAcknowledgedAnswerIsCountedOnceThroughKillsDuringSubmission) {
  constexpr int kRaters = 90, kThreads = 3;
  const int kills = KillsOf(140, 40);
  StartServer();
  auto district = SmallDistrict::Make(Connect(server_, true));
  ASSERT_TRUE(district.ok()) << district.status();
  auto campaign = (*district)->Open(1, kRaters);
  ASSERT_TRUE(campaign.ok()) << campaign.status();
  std::vector<Rater> raters;
  for (const std::string& code : campaign->surveys[0].codes) raters.push_back({code, {}, false, false});
  ASSERT_EQ(raters.size(), static_cast<size_t>(kRaters));

  std::atomic<int> acknowledged{0}, interrupted{0};
  for (int round = 0; round < kills; ++round) {
    if (!server_.running()) StartServer();
    std::atomic<bool> go_on{true};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      // Each thread has raters of its own, so that one rater's submissions follow each other.
      threads.emplace_back([&, t, seed = random_()] {
        std::mt19937 random(seed);
        for (int step = 0; step < 1000 && go_on; ++step) {
          const int share = kRaters / kThreads;
          Rater& rater = raters[static_cast<size_t>(t * share + std::uniform_int_distribution<int>(0, share - 1)(random))];
          const absl::Status sent = Answer(rater, random, true);
          if (sent.ok()) {
            ++acknowledged;
          } else if (client::IsTransient(sent)) {
            ++interrupted;
            absl::SleepFor(absl::Milliseconds(1));
          } else {
            ADD_FAILURE() << sent;
            return;
          }
        }
      });
    }
    KillSoon(absl::Milliseconds(120));
    go_on = false;
    for (std::thread& thread : threads) thread.join();
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_EQ(kills_, kills);
  EXPECT_GT(acknowledged, kills) << "the kills came too early to mean anything";
  EXPECT_GT(interrupted, kills / 4) << "the kills came too late to mean anything";

  StartServer();
  for (Rater& rater : raters) {
    const absl::Status sent = Answer(rater, random_, !rater.answered);
    ASSERT_TRUE(sent.ok()) << sent;
  }
  auto restarted = SmallDistrict::Make(Connect(server_, true));
  ASSERT_TRUE(restarted.ok()) << restarted.status();
  ASSERT_TRUE((*restarted)->OrderClosing(campaign->name).ok());
  const absl::Status closed = (*restarted)->AwaitState(campaign->name, candor::v1::CAMPAIGN_STATE_CLOSED);
  ASSERT_TRUE(closed.ok()) << closed;
  const absl::Status released = (*restarted)->Release(campaign->name);
  ASSERT_TRUE(released.ok()) << released;
  CheckCounts(**restarted, campaign->surveys[0], raters);
  EXPECT_EQ(distributions_, kSmallCampaignItems);
  EXPECT_EQ(server_.Stop(), 0);
}

TEST_F(KillTest, ClosingGivesTheSameCountsThroughKills) {
  constexpr int kRaters = 12, kMostCampaigns = 150;
  const int kills = KillsOf(60, 20);
  for (int number = 0; number < kMostCampaigns && kills_ < kills; ++number) {
    // Some are large enough to have figures pooled.
    const int leaders = number % 4 == 1 ? domain::kFewestPooledLeaders : 2;
    StartServer();
    auto district = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(district.ok()) << district.status();
    auto campaign = (*district)->Open(leaders, kRaters);
    ASSERT_TRUE(campaign.ok()) << campaign.status();
    const auto raters = AnswerAll(*campaign);
    ASSERT_FALSE(HasFailure());
    KillUntil(campaign->name, candor::v1::CAMPAIGN_STATE_OPEN, candor::v1::CAMPAIGN_STATE_CLOSED,
              &SmallDistrict::OrderClosing, kills);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
    auto last = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(last.ok()) << last.status();
    const absl::Status released = (*last)->Release(campaign->name);
    ASSERT_TRUE(released.ok()) << released;
    CheckAllCounts(**last, *campaign, raters);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
  }
  EXPECT_EQ(kills_, kills);
  EXPECT_GT(exact_, 0);
  EXPECT_EQ(server_.Stop(), 0);
}

TEST_F(KillTest, ACampaignGoesItsWholeWayThroughKillsAtEachStep) {
  constexpr int kRaters = 12, kMostCampaigns = 20;
  const int kills = KillsOf(20, 20);
  for (int number = 0; number < kMostCampaigns && kills_ < kills; ++number) {
    const int leaders = number % 2 == 0 ? domain::kFewestPooledLeaders : 2;
    StartServer();
    auto district = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(district.ok()) << district.status();
    auto campaign = (*district)->Draft(leaders, kRaters);
    ASSERT_TRUE(campaign.ok()) << campaign.status();
    KillUntil(campaign->name, candor::v1::CAMPAIGN_STATE_DRAFT, candor::v1::CAMPAIGN_STATE_OPEN,
              &SmallDistrict::OrderOpening, kills);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
    auto opened = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(opened.ok()) << opened.status();
    const absl::Status codes = (*opened)->FetchCodes(*campaign);
    ASSERT_TRUE(codes.ok()) << codes;
    const auto raters = AnswerAll(*campaign);
    ASSERT_FALSE(HasFailure());
    KillUntil(campaign->name, candor::v1::CAMPAIGN_STATE_OPEN, candor::v1::CAMPAIGN_STATE_CLOSED,
              &SmallDistrict::OrderClosing, kills);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
    KillUntil(campaign->name, candor::v1::CAMPAIGN_STATE_CLOSED, candor::v1::CAMPAIGN_STATE_RELEASED,
              &SmallDistrict::OrderReleasing, kills);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
    auto last = SmallDistrict::Make(Connect(server_, true));
    ASSERT_TRUE(last.ok()) << last.status();
    CheckAllCounts(**last, *campaign, raters);
    ASSERT_FALSE(HasFailure()) << "campaign " << number;
  }
  EXPECT_EQ(kills_, kills);
  EXPECT_GT(exact_, 0);
  EXPECT_EQ(server_.Stop(), 0);
}

}  // namespace
}  // namespace candor
