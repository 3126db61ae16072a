// kill -9 at random moments, while answers come in and while surveys are closed and pooled: every acknowledged answer is counted
// exactly once.
//
// A child process runs the plane on a folder and writes what it was acknowledged to a pipe; the parent kills it at a
// moment that depends on how much it has read and on chance, and starts the next one. Tokens and answers are made
// before, so that every child has the same ones.

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/receipt.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/child_process.h"
#include "tests/collection/collection_fixture.h"

namespace candor::collection {
namespace {

constexpr int kKillsWhileSubmitting = 40;
constexpr int kKillsWhileClosing = 20;

// What a child reports; smaller than PIPE_BUF, so it is written whole or not at all.
struct Report {
  enum Kind : uint32_t { kAcknowledged, kClosing, kClosed };
  uint32_t kind;
  uint32_t token;    // kAcknowledged: which
  uint32_t version;  // kAcknowledged
  char leaf[32];     // kAcknowledged
};

void Send(int pipe_end, const Report& report) {
  CANDOR_CHECK(write(pipe_end, &report, sizeof(report)) == sizeof(report));
}

// Some moment within `most`, so that a kill falls anywhere between two reports.
void PassSomeTime(absl::Duration most) {
  const absl::Time end = absl::Now() + most * (base::RandomBelow(1000) / 1000.0);
  while (absl::Now() < end) std::this_thread::yield();
}

class KillTest : public CollectionTest {
 protected:
  static constexpr size_t kTokens = 60;
  static constexpr uint32_t kVersions = 3;

  // What a token sends as its version; every version of every token is different enough to be told by the tally.
  static domain::Answers AnswersOf(size_t token, uint32_t version) {
    return Ratings(1 + static_cast<int>(token + version) % 5, 1 + static_cast<int>(token / 5) % 5,
                   1 + static_cast<int>(version) % 5);
  }

  void Prepare() {
    survey_ = std::make_unique<TestSurvey>(MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose));
    survey_->manifest.groups[0].invited = kTokens;
    ASSERT_TRUE(collection_->OpenSurvey(survey_->Order()).ok());
    submissions_.resize(kTokens);
    for (size_t i = 0; i < kTokens; ++i) {
      const Token token = survey_->NewToken(0);
      hashes_.push_back(token.hash());
      for (uint32_t version = 1; version <= kVersions; ++version) {
        submissions_[i].push_back(MakeSubmission(survey_->id(), token, version, AnswersOf(i, version)));
      }
    }
    Shut();
  }

  // A plane in this (child) process; the process ends without any farewell.
  std::unique_ptr<Collection> StartHere() {
    auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
    CANDOR_CHECK(store.ok());
    auto started = Collection::Start(*std::move(store), &clock_, options_);
    CANDOR_CHECK(started.ok());
    return *std::move(started);
  }

  // Sends every token's versions, some at once, in an order of its own, and reports what is acknowledged.
  void SubmitEverything(int pipe_end) {
    const std::unique_ptr<Collection> collection = StartHere();
    std::vector<size_t> order(kTokens);
    for (size_t i = 0; i < kTokens; ++i) order[i] = i;
    base::Shuffle(order);
    absl::Mutex mutex;
    size_t open = 0;
    for (uint32_t round = 1; round <= kVersions; ++round) {
      for (const size_t token : order) {
        // Versions rise by token at different speeds, and old ones are sent again after a restart.
        const uint32_t version = 1 + base::RandomBelow(round);
        {
          absl::MutexLock lock(&mutex);
          ++open;
        }
        collection->Submit(submissions_[token][version - 1], [&, token, version](absl::StatusOr<std::string> receipt) {
          if (receipt.ok()) {
            Report report{Report::kAcknowledged, static_cast<uint32_t>(token), version, {}};
            // The leaf stands behind format, version and slot.
            std::memcpy(report.leaf, receipt->data() + 7, sizeof(report.leaf));
            Send(pipe_end, report);
          } else {
            CANDOR_CHECK(receipt.status().code() == absl::StatusCode::kFailedPrecondition);  // a lower version
          }
          absl::MutexLock lock(&mutex);
          --open;
        });
        const auto few_open = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex) { return open < 8; };
        absl::MutexLock lock(&mutex);
        mutex.Await(absl::Condition(&few_open));
      }
    }
    const auto none_open = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex) { return open == 0; };
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&none_open));
  }

  std::unique_ptr<TestSurvey> survey_;
  std::vector<std::string> hashes_;
  std::vector<std::vector<Submission>> submissions_;  // by token, then version - 1
};

TEST_F(KillTest, EveryAcknowledgedAnswerIsCountedExactlyOnceAfterKillsWhileSubmitting) {
  Prepare();
  std::map<uint32_t, std::map<uint32_t, std::string>> acknowledged;  // token -> version -> leaf
  int kills = 0;
  for (int run = 0; run < 3 * kKillsWhileSubmitting && kills < kKillsWhileSubmitting; ++run) {
    Child child([this](int pipe_end) { SubmitEverything(pipe_end); });
    const auto note = [&](const Report& report) {
      const std::string leaf(report.leaf, sizeof(report.leaf));
      const auto [known, first] = acknowledged[report.token].try_emplace(report.version, leaf);
      // A replay, in whatever run, is the answer that was acknowledged before.
      EXPECT_EQ(known->second, leaf) << "token " << report.token << " version " << report.version;
    };
    Report report;
    const uint32_t reports = base::RandomBelow(40);
    for (uint32_t i = 0; i < reports && child.Read(report); ++i) note(report);
    PassSomeTime(absl::Milliseconds(3));
    kills += child.Kill() ? 1 : 0;
    while (child.Read(report)) note(report);  // written before the kill, so it counts
  }
  EXPECT_EQ(kills, kKillsWhileSubmitting);
  ASSERT_GT(acknowledged.size(), kTokens / 2);

  // Whoever heard nothing asks again while the survey is open; then each token stands at its last version.
  Restart();
  std::set<crypto::Hash> leaves;
  std::vector<std::vector<int64_t>> counts(3, std::vector<int64_t>(5));
  for (size_t token = 0; token < kTokens; ++token) {
    const auto receipt = SubmitAndWait(*collection_, submissions_[token][kVersions - 1]);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    const auto read = crypto::VerifyReceiptForToken(*receipt, domain::SurveyIdBytes(survey_->id()), hashes_[token],
                                                    survey_->manifest.receipt_public_key);
    ASSERT_TRUE(read.ok()) << read.status();
    leaves.insert(read->leaf);
    if (const auto before = acknowledged[token].find(kVersions); before != acknowledged[token].end()) {
      EXPECT_EQ(read->leaf, before->second);
    }
    const domain::Answers answers = AnswersOf(token, kVersions);
    for (size_t item = 0; item < 3; ++item) {
      const int rating = answers.ratings[item];
      ++counts[item][static_cast<size_t>((item == 2 ? 6 - rating : rating) - 1)];
    }
  }
  const Closed closed = Close(*survey_, survey_->Closing("order"));
  EXPECT_EQ(std::set<crypto::Hash>(closed.ledger.leaves.begin(), closed.ledger.leaves.end()), leaves);
  EXPECT_EQ(closed.ledger.groups[0].counted, static_cast<int64_t>(kTokens));
  ASSERT_EQ(closed.result.blocks[0].atoms.size(), 3u);
  for (size_t item = 0; item < 2; ++item) EXPECT_EQ(closed.result.blocks[0].atoms[item].counts, counts[item]);
}

// Without the final round of repeats: what was acknowledged and never changed later is in the ledger as it was.
TEST_F(KillTest, WhatWasAcknowledgedBeforeTheLastKillIsInTheLedger) {
  Prepare();
  for (std::vector<Submission>& versions : submissions_) versions.resize(1);
  std::map<uint32_t, std::string> acknowledged;
  for (int run = 0; run < 5; ++run) {
    Child child([this](int pipe_end) {
      const std::unique_ptr<Collection> collection = StartHere();
      for (size_t i = 0; i < kTokens; ++i) {
        const uint32_t token = base::RandomBelow(kTokens);
        const auto receipt = SubmitAndWait(*collection, submissions_[token][0]);
        CANDOR_CHECK(receipt.ok());
        Report report{Report::kAcknowledged, token, 1, {}};
        std::memcpy(report.leaf, receipt->data() + 7, sizeof(report.leaf));
        Send(pipe_end, report);
      }
    });
    Report report;
    const uint32_t reports = 1 + base::RandomBelow(20);
    for (uint32_t i = 0; i < reports && child.Read(report); ++i) {
      acknowledged[report.token] = std::string(report.leaf, sizeof(report.leaf));
    }
    PassSomeTime(absl::Milliseconds(2));
    child.Kill();
    while (child.Read(report)) acknowledged[report.token] = std::string(report.leaf, sizeof(report.leaf));
  }
  Restart();
  const Closed closed = Close(*survey_, survey_->Closing("order"));
  for (const auto& [token, leaf] : acknowledged) {
    EXPECT_TRUE(crypto::FindLeaf(closed.ledger, leaf)) << "token " << token;
  }
  // At most what the last moment of each run left unheard is counted beyond that.
  EXPECT_GE(closed.ledger.leaves.size(), acknowledged.size());
  EXPECT_LE(closed.ledger.leaves.size(), acknowledged.size() + 5);
}

TEST_F(KillTest, AClosingThatIsKilledAnywhereEndsInTheSameResult) {
  int kills = 0;
  for (int survey_number = 0; survey_number < kKillsWhileClosing && kills < kKillsWhileClosing; ++survey_number) {
    if (collection_ == nullptr) Restart();
    const crypto::ClosingKeyPair pooling_key = crypto::ClosingKeyPair::Generate();
    const domain::PoolOrder pool_order{pooling_key.public_key, std::string(pooling_key.secret_key.view())};
    const TestSurvey survey = OpenSurvey(/*moderators=*/1, pooling_key.public_key);
    std::set<crypto::Hash> leaves;
    for (int i = 0; i < 11; ++i) {
      domain::Answers answers = Ratings(1 + i % 5, 2, 3);
      answers.comments[0] = "a comment";
      const Token token = survey.NewToken(0);
      leaves.insert(LeafOf(survey, token, Submit(survey, token, 1, answers)));
    }
    Shut();
    const domain::CloseOrder order = survey.Closing("order");
    absl::Duration longest = absl::Milliseconds(1);
    bool closed_once = false;
    for (int run = 0; run < 8 && !closed_once; ++run) {
      Child child([&](int pipe_end) {
        const std::unique_ptr<Collection> collection = StartHere();
        Send(pipe_end, {Report::kClosing, 0, 0, {}});
        CANDOR_CHECK(collection->CloseSurvey(order).ok());
        Send(pipe_end, {Report::kClosed, 0, 0, {}});
        CANDOR_CHECK(collection->PoolCampaign(pool_order).ok());
        CANDOR_CHECK(collection->Forget().ok());
      });
      Report report;
      ASSERT_TRUE(child.Read(report));
      PassSomeTime(longest);
      kills += child.Kill() ? 1 : 0;
      while (child.Read(report)) closed_once = closed_once || report.kind == Report::kClosed;
      longest *= 2;  // so that at last one comes through, whatever the machine's speed
    }
    Restart();
    const Closed closed = Close(survey, order);
    EXPECT_EQ(std::set<crypto::Hash>(closed.ledger.leaves.begin(), closed.ledger.leaves.end()), leaves);
    EXPECT_EQ(closed.ledger.groups[0].counted, 11);
    EXPECT_TRUE(collection_->PoolCampaign(pool_order).ok());
    ASSERT_TRUE(collection_->Forget().ok());
    EXPECT_EQ(folder_.FileWith("a comment"), "");
    EXPECT_FALSE(std::filesystem::exists(open_path(survey.id())));
    Shut();
    auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ((*store)->GetComments(survey.id())->comments.size(), 11u);
    EXPECT_TRUE((*store)->GetPool(pooling_key.public_key)->figures.has_value());
    EXPECT_EQ(*(*store)->GetContribution(survey.id()), "");
  }
  EXPECT_GE(kills, kKillsWhileClosing);
}

TEST_F(KillTest, AnOpeningThatIsKilledLeavesASurveyOrNone) {
  for (int run = 0; run < 8; ++run) {
    if (collection_ == nullptr) Restart();
    TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose);
    survey.manifest.groups[0].invited = 500;
    const domain::OpenOrder order = survey.Order();
    Shut();
    {
      Child child([&](int pipe_end) {
        const std::unique_ptr<Collection> collection = StartHere();
        Send(pipe_end, {Report::kClosing, 0, 0, {}});
        CANDOR_CHECK(collection->OpenSurvey(order).ok());
      });
      Report report;
      ASSERT_TRUE(child.Read(report));
      PassSomeTime(absl::Milliseconds(20));
      child.Kill();
    }
    Restart();
    const bool known = collection_->GetDocuments(survey.id()).ok();
    EXPECT_EQ(std::filesystem::exists(open_path(survey.id())), known);
    ASSERT_TRUE(collection_->OpenSurvey(order).ok());
    ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)).ok());
    EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 1);
    Shut();
  }
}

}  // namespace
}  // namespace candor::collection
