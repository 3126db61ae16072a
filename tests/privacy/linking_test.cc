// Whoever has copies of everything and knows who did what in which order is at chance about who said what, about which
// row here belongs to which row there, and about who of those with a token has answered at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/naive_stores.h"
#include "tests/privacy/opened_by_moderator.h"
#include "tests/privacy/opened_with_keys.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/plane_strings.h"
#include "tests/privacy/results.h"
#include "tests/privacy/scorers.h"
#include "tests/privacy/tally.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {
namespace {

constexpr int kUsualTrials = 100;
constexpr int kUsualTrialsOfTwo = 25;  // of two processes, which hold the same code in other folders
constexpr int kTrialsOfOneServer = 10;
constexpr int kControlTrials = 25;
constexpr int kThreads = 2;
// People, answers and orders are drawn from it, so that a run can be had again; tokens, ids and keys are not.
constexpr uint32_t kSeed = 20261130;

struct Findings {
  // By kind of copy: a, b, c, d.
  std::map<char, Tally> answers;
  std::map<char, int> recovered;
  // Who was linked to a record (a token's hash or a leaf of the ledger), which tells nothing of the answer in it.
  std::map<char, Tally> records;
  int opened_with_keys = 0;
  // Comments after closing, opened with the moderator's key: who wrote which.
  Tally moderated;
  int moderated_comments = 0;
  Tally participation_open, participation_closed;
  int identity_plane_changed = 0;
  std::set<std::string> misplaced, common;
  int lost_replies = 0, changes = 0, repeats = 0;
  // Positive controls.
  int token_hash_caught = 0;
  Tally completed_flag;
};

std::map<char, std::vector<const Copy*>> Kinds(const std::vector<Copy>& during, const std::vector<const Copy*>& after) {
  std::map<char, std::vector<const Copy*>> kinds;
  kinds['a'] = {&during.back()};
  kinds['b'] = after;
  kinds['c'] = {&during.back()};
  for (const Copy& copy : during) kinds['d'].push_back(&copy);
  for (const char kind : {'c', 'd'}) kinds[kind].insert(kinds[kind].end(), after.begin(), after.end());
  return kinds;
}

class LinkingTest : public ::testing::TestWithParam<int> {
 protected:
  int answering() const { return GetParam(); }
  int idle() const { return std::max(2, answering() / 4); }
  static int trials() {
    const bool two = testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers;
    return NumberFromEnvironment("CANDOR_PRIVACY_TRIALS", two ? kUsualTrialsOfTwo : kUsualTrials);
  }
  Scene SceneOf(int trial) const {
    return Scene(kSeed + static_cast<uint32_t>(1000 * trial + answering()), answering(), idle());
  }

  void Attack(const Trial& trial, const crypto::ClosingKeyPair& moderator, Findings& findings) {
    const Scene& scene = trial.scene;
    const KnownOrders known = KnownOrdersOf(trial);
    Finder answers, records;
    for (int person = 0; person < scene.answering; ++person) {
      const auto at = static_cast<size_t>(person);
      answers.AddAnswers(person, scene.first[at]);
      answers.AddAnswers(person, scene.last[at]);
      for (const std::string& key : trial.secrets[at].reply_keys) answers.AddEncoded(person, key);
      records.AddEncoded(person, trial.secrets[at].token_hash);
      records.AddEncoded(person, trial.secrets[at].leaf);
    }
    std::map<char, Scores> answer_scores, record_scores;
    for (const auto& [kind, copies] : Kinds(trial.during, {&trial.closed, &trial.released})) {
      Scores& scores = answer_scores[kind] = ScoreCopies(copies, answers, known);
      Sizes sizes{&trial.opened, copies.front(), {}};
      if (kind == 'd') {
        sizes.last = &trial.during.back();
        for (const Copy& copy : trial.during) sizes.during.push_back(&copy);
      }
      ScoreSizes(sizes, scene, known, scores);
      record_scores[kind] = ScoreCopies(copies, records, known);
    }
    const auto opened = CountOpened(trial, trial.during.back());
    EXPECT_TRUE(opened.ok()) << opened.status();
    const auto comments = OpenedByModerator(trial, trial.closed, moderator);
    EXPECT_TRUE(comments.ok()) << comments.status();
    const Scores moderated = ScoreCopies({&*comments}, answers, known);

    // Half of them have answered; then all who ever do.
    size_t middle = 0;
    const auto most = static_cast<size_t>(scene.people() + 1) / 2;
    while (trial.before[middle].size() < most && middle + 1 < trial.before.size()) {
      ++middle;
    }
    std::vector<int> blind(static_cast<size_t>(scene.people()));
    std::iota(blind.begin(), blind.end(), 0);
    std::mt19937 random = scene.random;
    std::shuffle(blind.begin(), blind.end(), random);
    const std::set<int> half(trial.before[middle].begin(), trial.before[middle].end());
    const std::set<int> all(trial.before.back().begin(), trial.before.back().end());
    const auto open = ScoreParticipation(trial.during[0], trial.during[middle], trial.secrets, half, blind);
    const auto closed = ScoreParticipation(trial.during[0], trial.released, trial.secrets, all, blind);
    const auto marked = WithCompletedFlags(trial.during[middle], trial.secrets, half);
    EXPECT_TRUE(marked.ok()) << marked.status();
    const auto flagged = ScoreParticipation(trial.during[0], *marked, trial.secrets, half, blind);

    std::set<std::string> misplaced, common;
    const std::vector<std::string> crossing = CrossingDocuments(trial.released);
    for (const Copy* copy : {&trial.during.back(), &trial.released}) {
      for (const std::string& found : MisplacedSecrets(*copy, trial.secrets)) misplaced.insert(found);
      for (const std::string& found : CommonStrings(*copy, excused_, crossing)) common.insert(found);
    }
    const auto hashed = WithTokenHashes(trial.during.back(), trial.secrets);
    EXPECT_TRUE(hashed.ok()) << hashed.status();
    const bool caught = !MisplacedSecrets(*hashed, trial.secrets).empty() &&
                        CommonStrings(*hashed, excused_, crossing).size() >= static_cast<size_t>(scene.answering);

    absl::MutexLock lock(&mutex_);
    for (const auto& [kind, scores] : answer_scores) {
      findings.answers[kind].Add(scores.correct, scores.blind, 1, 1);
      findings.recovered[kind] += scores.recovered;
    }
    for (const auto& [kind, scores] : record_scores) findings.records[kind].Add(scores.correct, scores.blind, 1, 1);
    findings.opened_with_keys += *opened;
    findings.moderated.Add(moderated.correct, moderated.blind, 1, 1);
    findings.moderated_comments += moderated.recovered;
    findings.participation_open.Add(open.correct, open.blind, open.expected, open.variance);
    findings.participation_closed.Add(closed.correct, closed.blind, closed.expected, closed.variance);
    findings.completed_flag.Add(flagged.correct, flagged.blind, flagged.expected, flagged.variance);
    findings.identity_plane_changed += SameIdentityPlane(trial.during.front(), trial.during.back()) ? 0 : 1;
    findings.misplaced.insert(misplaced.begin(), misplaced.end());
    findings.common.insert(common.begin(), common.end());
    findings.token_hash_caught += caught ? 1 : 0;
    for (const auto& [person, act] : scene.acts) {
      findings.changes += act == Scene::Act::kChange ? 1 : 0;
      findings.repeats += act == Scene::Act::kRepeat ? 1 : 0;
    }
  }

  // What every installation has in common is learnt from another one.
  void LearnFromAnother() {
    const FastFolder folder;
    auto stage = Stage::Set(folder.path(), 2, kSeed);
    ASSERT_TRUE(stage.ok()) << stage.status();
    const auto trial = (*stage)->Play(Scene(kSeed, answering(), idle()));
    ASSERT_TRUE(trial.ok()) << trial.status();
    for (const Copy& copy : trial->during) excused_.Learn(copy);
    for (const Copy* copy : {&trial->opened, &trial->closed, &trial->released}) excused_.Learn(*copy);
    excused_.Sort();
  }

  Findings RunTrials(int count) {
    Findings findings;
    std::atomic<int> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int first; (first = next.fetch_add(kTrialsOfOneServer)) < count;) {
          const int last = std::min(count, first + kTrialsOfOneServer);
          const FastFolder folder;
          auto stage = Stage::Set(folder.path(), last - first + 1, kSeed + static_cast<uint32_t>(first));
          ASSERT_TRUE(stage.ok()) << stage.status();
          for (int number = first; number < last; ++number) {
            const auto trial = (*stage)->Play(SceneOf(number));
            ASSERT_TRUE(trial.ok()) << "trial " << number << ": " << trial.status();
            Attack(*trial, (*stage)->moderator_key(), findings);
            if (HasFailure()) return;
          }
          absl::MutexLock lock(&mutex_);
          findings.lost_replies += (*stage)->lost_replies();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return findings;
  }

  // Every naive store must be caught by the scorers that are made for its leak.
  base::Json RunControls(int count) {
    base::Json caught = base::Json::array();
    for (const NaiveStore& store : NaiveStores()) {
      Tally tally;
      for (int number = 0; number < count; ++number) {
        const Scene scene = SceneOf(number);
        std::vector<int> invitations = scene.answer_order;
        std::shuffle(invitations.begin(), invitations.end(), std::mt19937(kSeed));
        const FastFolder folder;
        const auto trial = PlayNaively(store.name, scene, invitations, folder.path());
        EXPECT_TRUE(trial.ok()) << trial.status();
        if (!trial.ok()) return caught;
        Finder finder;
        for (int person = 0; person < scene.answering; ++person) {
          finder.AddAnswers(person, scene.first[static_cast<size_t>(person)]);
          finder.AddAnswers(person, scene.last[static_cast<size_t>(person)]);
        }
        const KnownOrders known{scene.answer_order, scene.newest_order, scene.answer_order, invitations, scene.blind};
        const auto copies = Kinds(trial->during, {&trial->closed}).at(store.kind);
        Scores scores = ScoreCopies(copies, finder, known);
        Sizes sizes{&trial->opened, &trial->during.back(), {}};
        if (store.kind == 'd') {
          for (const Copy& copy : trial->during) sizes.during.push_back(&copy);
        }
        ScoreSizes(sizes, scene, known, scores);
        tally.Add(scores.correct, scores.blind, 1, 1);
      }
      const Tally::Line best = tally.BestOf(store.family);
      EXPECT_GT(best.correct, tally.threshold()) << "no scorer catches: " << store.name << " (" << store.family << ")";
      caught.push_back({{"control", store.name},
                        {"copies", std::string(1, store.kind)},
                        {"scorer", store.family},
                        {"trials", tally.trials()},
                        {"expected", tally.expected()},
                        {"threshold", tally.threshold()},
                        {"scored", best.correct},
                        {"most_possible", count * answering()},
                        {"caught", best.correct > tally.threshold()}});
    }
    return caught;
  }

  absl::Mutex mutex_;
  Excused excused_;
};

std::string Describe(const std::vector<Tally::Line>& lines) {
  return absl::StrJoin(lines, "\n", [](std::string* out, const Tally::Line& line) {
    absl::StrAppend(out, "  ", line.correct, " right: ", line.scorer, " (something to go by in ", line.informed, ")");
  });
}

base::Json LinesToJson(const std::vector<std::string>& families, const std::map<char, Tally>& tallies) {
  base::Json json = base::Json::object();
  for (const auto& [kind, tally] : tallies) json[std::string(1, kind)] = tally.ToJson(families);
  return json;
}

TEST_P(LinkingTest, CopiesOfEverythingTellNobodysAnswer) {
  ASSERT_NO_FATAL_FAILURE(LearnFromAnother());
  const Findings f = RunTrials(trials());
  ASSERT_FALSE(HasFailure());
  const base::Json controls = RunControls(std::min(trials(), kControlTrials));

  // First: who said what.
  for (const auto& [kind, tally] : f.answers) {
    EXPECT_EQ(tally.trials(), trials());
    EXPECT_TRUE(tally.Above().empty()) << "copies (" << kind << "), threshold " << tally.threshold() << ":\n"
                                       << Describe(tally.Above());
    EXPECT_EQ(f.recovered.at(kind), 0) << "answers in clear in copies (" << kind << ")";
  }
  // After closing not even a leaf of the ledger can be told to be somebody's.
  EXPECT_TRUE(f.records.at('b').Above().empty()) << Describe(f.records.at('b').Above());
  // With the key folder all is open: what the other kinds hold back is not lost on the way.
  EXPECT_EQ(f.opened_with_keys, trials() * answering());
  EXPECT_GT(f.records.at('d').Lines().front().correct, f.records.at('d').threshold());
  // A moderator reads all comments (where few answered, to write a summary), in an order that tells nothing.
  EXPECT_TRUE(f.moderated.Above().empty()) << Describe(f.moderated.Above());
  EXPECT_EQ(f.moderated_comments, trials() * answering());
  EXPECT_GT(f.lost_replies, 0);
  EXPECT_GT(f.changes, 0);
  EXPECT_GT(f.repeats, 0);

  // Second: nothing ties rows of one plane to rows of the other.
  EXPECT_TRUE(f.misplaced.empty()) << absl::StrJoin(f.misplaced, "\n");
  std::vector<std::string> common;
  for (const std::string& string : f.common) common.push_back(base::Json(base::HexEncode(string)).dump());
  EXPECT_TRUE(f.common.empty()) << absl::StrJoin(common, "\n");
  EXPECT_EQ(f.token_hash_caught, trials());

  // Third: the identity plane does not know who has answered.
  EXPECT_EQ(f.identity_plane_changed, 0);
  EXPECT_TRUE(f.participation_open.Above().empty()) << Describe(f.participation_open.Above());
  EXPECT_TRUE(f.participation_closed.Above().empty()) << Describe(f.participation_closed.Above());
  EXPECT_FALSE(f.completed_flag.Above().empty());

  const base::Json record = {
      {"attack", "linking"},
      {"arrangement", ArrangementInWords()},
      {"people", answering()},
      {"with_a_token_but_no_answer", idle()},
      {"trials", trials()},
      {"replies_lost", f.lost_replies},
      {"answers_changed", f.changes},
      {"answers_repeated", f.repeats},
      {"answers", LinesToJson(ScorerFamilies(), f.answers)},
      {"records_not_failed", LinesToJson(ScorerFamilies(), f.records)},
      {"with_the_key_folder",
       {{"answers_opened", f.opened_with_keys},
        {"of", trials() * answering()},
        {"linked_by_copies_a", f.records.at('a').Lines().front().correct},
        {"linked_by_copies_d", f.records.at('d').Lines().front().correct}}},
      {"with_the_moderators_key",
       {{"comments_opened", f.moderated_comments}, {"by", f.moderated.ToJson(ScorerFamilies())}}},
      {"strings_on_both_planes", {{"found", f.common.size() + f.misplaced.size()}}},
      {"who_has_answered",
       {{"open", f.participation_open.ToJson(ParticipationFamilies())},
        {"closed", f.participation_closed.ToJson(ParticipationFamilies())},
        {"identity_plane_changed_by_answers", f.identity_plane_changed}}},
      {"controls", controls},
      {"control_token_hash_with_invitation", {{"caught", f.token_hash_caught}, {"of", trials()}}},
      {"control_completed_flag", f.completed_flag.ToJson(ParticipationFamilies())},
      {"passed", !HasFailure()}};
  const absl::Status written = WriteRecord(RecordName(absl::StrCat("linking-", answering())), record);
  EXPECT_TRUE(written.ok()) << written;
}

INSTANTIATE_TEST_SUITE_P(People, LinkingTest, ::testing::Values(5, 12, 40),
                         [](const auto& info) { return absl::StrCat("Of", info.param); });

}  // namespace
}  // namespace candor::privacy
