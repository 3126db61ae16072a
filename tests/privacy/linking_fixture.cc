#include "tests/privacy/linking_fixture.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "tests/privacy/naive_stores.h"
#include "tests/privacy/notice_attacks.h"
#include "tests/privacy/opened_by_moderator.h"
#include "tests/privacy/opened_with_keys.h"
#include "tests/privacy/released_comments.h"
#include "tests/privacy/results.h"

namespace candor::privacy {
namespace {

constexpr int kUsualTrials = 100;
// Of two processes, which hold the same code in other folders: README.md says why not as many.
constexpr int kUsualTrialsOfTwo = 50;
constexpr int kTrialsOfOneServer = 10;
constexpr int kTrialsToOneOfSteward = 8;
// People, answers and orders are drawn from it, so that a run can be had again; tokens, ids and keys are not.
constexpr uint32_t kSeed = 20261130, kScenesOfStewards = 500;

std::map<char, std::vector<const Copy*>> Kinds(const std::vector<Copy>& during, const std::vector<const Copy*>& after) {
  std::map<char, std::vector<const Copy*>> kinds;
  kinds['a'] = {&during.back()};
  kinds['b'] = after;
  kinds['c'] = {&during.back()};
  for (const Copy& copy : during) kinds['d'].push_back(&copy);
  for (const char kind : {'c', 'd'}) kinds[kind].insert(kinds[kind].end(), after.begin(), after.end());
  return kinds;
}

// What is at no time published.
Finder RatingsOf(const Scene& scene) {
  Finder finder;
  for (int person = 0; person < scene.answering; ++person) {
    const auto at = static_cast<size_t>(person);
    for (const domain::Answers* answers : {&scene.first[at], &scene.last[at]}) {
      finder.AddAnswers(person, {answers->ratings, {}});
    }
  }
  return finder;
}

}  // namespace

int LinkingTest::trials() {
  const bool two = testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers;
  return NumberFromEnvironment("CANDOR_PRIVACY_TRIALS", two ? kUsualTrialsOfTwo : kUsualTrials);
}

std::string LinkingTest::WhySoMany() {
  if (trials() == kUsualTrials) return absl::StrCat("the usual ", kUsualTrials);
  return absl::StrCat("not the usual ", kUsualTrials, ": ",
                      trials() == kUsualTrialsOfTwo
                          ? "two processes run the same code as one and take a third longer; 1,000 on demand"
                          : "as CANDOR_PRIVACY_TRIALS asked for");
}

Scene LinkingTest::SceneOf(int trial, uint32_t more) const {
  return Scene(kSeed + more + static_cast<uint32_t>(1000 * trial + answering()), answering(), idle());
}

void LinkingTest::Add(const ParticipationScores& scores, Tally& tally) {
  tally.Add(scores.correct, scores.blind, scores.expected, scores.variance);
}

void LinkingTest::Attack(const Trial& trial, const crypto::ClosingKeyPair& moderator, Findings& findings) {
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
  // Until release, when comments are published: these are looked at by themselves.
  for (const auto& [kind, copies] : Kinds(trial.during, {&trial.closed, &trial.moderated})) {
    Scores& scores = answer_scores[kind] = ScoreCopies(copies, answers, known);
    Sizes sizes{&trial.opened, copies.front(), {}};
    if (kind == 'd') {
      sizes.last = &trial.during.back();
      for (const Copy& copy : trial.during) sizes.during.push_back(&copy);
    }
    ScoreSizes(sizes, scene, known, scores);
  }
  for (const auto& [kind, copies] : Kinds(trial.during, {&trial.closed, &trial.moderated, &trial.released})) {
    record_scores[kind] = ScoreCopies(copies, records, known);
  }
  const Scores ratings = ScoreCopies({&trial.released}, RatingsOf(scene), known);
  const Scores released = ScoreComments(CommentsSeenIn(trial), scene, known);
  const auto opened = OpenWithKeys(trial, trial.keys, {&trial.during.back()});
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
    findings.at_chance[AnswersIn(kind)].Add(scores.correct, scores.blind, 1, 1);
    findings.recovered[kind] += scores.recovered;
  }
  findings.ratings_after_release += ratings.recovered;
  for (const auto& [kind, scores] : record_scores) findings.records[kind].Add(scores.correct, scores.blind, 1, 1);
  const Scores& after_closing = record_scores.at('b');
  findings.at_chance[kRecordsAfterClosing].Add(after_closing.correct, after_closing.blind, 1, 1);
  findings.opened_with_keys += opened->newest;
  findings.at_chance[kModerated].Add(moderated.correct, moderated.blind, 1, 1);
  findings.moderated_comments += moderated.recovered;
  findings.at_chance[kReleased].Add(released.correct, released.blind, 1, 1);
  findings.published += static_cast<int>(trial.published.size());
  findings.published_in_clear += released.recovered;
  Add(open, findings.at_chance[kAnsweredWhileOpen]);
  Add(closed, findings.at_chance[kAnsweredAtAll]);
  Add(flagged, findings.completed_flag);
  findings.identity_plane_changed += SameIdentityPlane(trial.during.front(), trial.during.back()) ? 0 : 1;
  findings.misplaced.insert(misplaced.begin(), misplaced.end());
  findings.common.insert(common.begin(), common.end());
  findings.token_hash_caught += caught ? 1 : 0;
  for (const auto& [person, act] : scene.acts) {
    findings.changes += act == Scene::Act::kChange ? 1 : 0;
    findings.repeats += act == Scene::Act::kRepeat ? 1 : 0;
  }
}

void LinkingTest::AttackWithKeys(const Trial& trial, ClosingKey key, Findings& findings) {
  Finder answers;
  for (int person = 0; person < trial.scene.answering; ++person) {
    answers.AddAnswers(person, trial.scene.first[static_cast<size_t>(person)]);
    answers.AddAnswers(person, trial.scene.last[static_cast<size_t>(person)]);
  }
  std::vector<const Copy*> copies;
  for (const Copy& copy : trial.during) copies.push_back(&copy);
  const auto opened = OpenWithKeys(trial, trial.keys, copies);
  EXPECT_TRUE(opened.ok()) << opened.status();
  std::vector<const Copy*> with_keys;
  for (const Copy& copy : opened->copies) with_keys.push_back(&copy);
  with_keys.push_back(&trial.keys);
  const Scores scores = ScoreCopies(with_keys, answers, KnownOrdersOf(trial));
  const Copy last = Together(opened->copies.back(), trial.keys);
  const ParticipationScores pressed = ScorePressed(trial, {{"before closing, with keys", &last}});
  absl::MutexLock lock(&mutex_);
  if (key == ClosingKey::kServer) {
    findings.servers_key.Add(scores.correct, scores.blind, 1, 1);
    return;
  }
  findings.at_chance[kStewardsKey].Add(scores.correct, scores.blind, 1, 1);
  Add(pressed, findings.at_chance[kPressedSteward]);
  findings.of_steward += trial.scene.answering;
  findings.opened_of_steward += std::max(opened->newest, scores.recovered);
}

void LinkingTest::LearnFromAnother() {
  const FastFolder folder;
  auto stage = Stage::Set(folder.path(), 2, kSeed);
  ASSERT_TRUE(stage.ok()) << stage.status();
  const auto trial = (*stage)->Play(Scene(kSeed, answering(), idle()));
  ASSERT_TRUE(trial.ok()) << trial.status();
  for (const Copy& copy : trial->during) excused_.Learn(copy);
  for (const Copy* copy : {&trial->opened, &trial->closed, &trial->moderated, &trial->released}) {
    excused_.Learn(*copy);
  }
  excused_.Sort();
}

Findings LinkingTest::RunTrials(int from, int count) {
  Findings findings;
  const StagePlan plan{from, count, kTrialsOfOneServer, 2 * kTrialsOfOneServer + 1, kSeed};
  const auto lost = PlayOnStages(plan, [&](Stage& stage, int number) { return PlayOne(stage, number, findings); });
  EXPECT_TRUE(lost.ok()) << lost.status();
  findings.lost_replies = lost.value_or(0);
  return findings;
}

absl::Status LinkingTest::PlayOne(Stage& stage, int number, Findings& findings) {
  CANDOR_ASSIGN_OR_RETURN(const Trial trial, stage.Play(SceneOf(number)));
  Attack(trial, stage.moderator_key(), findings);
  CANDOR_RETURN_IF_ERROR(AttackNotices(trial, stage.auditor_key(), findings));
  if (number % kTrialsToOneOfSteward != 0) return absl::OkStatus();
  AttackWithKeys(trial, ClosingKey::kServer, findings);
  // Other people and answers, since those of the first are published by now.
  CANDOR_ASSIGN_OR_RETURN(const Trial of_steward,
                          stage.PlayUntilClosing(SceneOf(number, kScenesOfStewards), ClosingKey::kSteward));
  AttackWithKeys(of_steward, ClosingKey::kSteward, findings);
  return absl::OkStatus();
}

base::Json LinkingTest::RunControls(int count) {
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
    base::Json control = Caught(store.name, store.family, tally, count * answering());
    control["copies"] = std::string(1, store.kind);
    caught.push_back(std::move(control));
  }
  return caught;
}

base::Json LinkingTest::RunReleaseControls(int count) {
  base::Json caught = base::Json::array();
  for (const NaiveRelease& release : NaiveReleases()) {
    Tally tally;
    for (int number = 0; number < count; ++number) {
      const Scene scene = SceneOf(number);
      const auto released = ReleaseNaively(release.name, scene);
      EXPECT_TRUE(released.ok()) << released.status();
      if (!released.ok()) return caught;
      const std::vector<int>& order = scene.answer_order;
      const KnownOrders known{order, scene.newest_order, order, order, scene.blind};
      const Scores scores = ScoreComments(released->seen(), scene, known);
      tally.Add(scores.correct, scores.blind, 1, 1);
    }
    caught.push_back(Caught(release.name, release.family, tally, count * answering()));
  }
  return caught;
}

base::Json LinkingTest::Caught(const std::string& name, const std::string& family, const Tally& tally,
                               int most_possible) {
  EXPECT_GT(tally.BestOf(family).correct, tally.threshold())
      << "no scorer catches: " << name << " (" << family << ")";
  return ControlToJson(name, family, tally, most_possible);
}

}  // namespace candor::privacy
