// Whoever has copies of everything and knows who did what in which order is at chance about who said what, about which
// row here belongs to which row there, and about who of those with a token has answered at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/naive_stores.h"
#include "tests/privacy/opened_by_moderator.h"
#include "tests/privacy/opened_with_keys.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/plane_strings.h"
#include "tests/privacy/released_comments.h"
#include "tests/privacy/results.h"
#include "tests/privacy/scorers.h"
#include "tests/privacy/tally.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {
namespace {

constexpr int kUsualTrials = 100;
// Of two processes, which hold the same code in other folders: README.md says why not as many.
constexpr int kUsualTrialsOfTwo = 50;
constexpr int kTrialsOfOneServer = 10;
constexpr int kTrialsToOneOfSteward = 8;
constexpr int kControlTrials = 25;
// People, answers and orders are drawn from it, so that a run can be had again; tokens, ids and keys are not.
constexpr uint32_t kSeed = 20261130, kScenesOfStewards = 500;

// Attacks that must be at chance, in the words that a failure uses.
std::string AnswersIn(char kind) { return absl::StrCat("answers, copies ", std::string(1, kind)); }
constexpr char kRecordsAfterClosing[] = "records after closing";
constexpr char kModerated[] = "comments opened by the moderator";
constexpr char kReleased[] = "comments that go out";
constexpr char kStewardsKey[] = "answers, with the key folder, a steward holding the closing key";
constexpr char kAnsweredWhileOpen[] = "who has answered, while open";
constexpr char kAnsweredAtAll[] = "who has answered, after release";

struct Findings {
  std::map<std::string, Tally> at_chance;
  // Answers in clear, by kind of copy: a, b, c, d; ratings in clear after release.
  std::map<char, int> recovered;
  int ratings_after_release = 0;
  // Who was linked to a record (a token's hash or a leaf of the ledger), which tells nothing of the answer in it.
  std::map<char, Tally> records;
  int opened_with_keys = 0;
  // Answers that the key folder opens: of a service that holds the closing key, the residue, which shows the scorers'
  // power.
  Tally servers_key;
  int of_steward = 0, opened_of_steward = 0;
  int moderated_comments = 0;
  // Comments in clear in the report, and in all copies from closing on.
  int published = 0, published_in_clear = 0;
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

class LinkingTest : public ::testing::TestWithParam<int> {
 protected:
  int answering() const { return GetParam(); }
  int idle() const { return std::max(2, answering() / 4); }
  static int trials() {
    const bool two = testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers;
    return NumberFromEnvironment("CANDOR_PRIVACY_TRIALS", two ? kUsualTrialsOfTwo : kUsualTrials);
  }
  // For the record.
  static std::string WhySoMany() {
    if (trials() == kUsualTrials) return absl::StrCat("the usual ", kUsualTrials);
    return absl::StrCat("not the usual ", kUsualTrials, ": ",
                        trials() == kUsualTrialsOfTwo
                            ? "two processes run the same code as one and take a third longer; 1,000 on demand"
                            : "as CANDOR_PRIVACY_TRIALS asked for");
  }
  Scene SceneOf(int trial, uint32_t more = 0) const {
    return Scene(kSeed + more + static_cast<uint32_t>(1000 * trial + answering()), answering(), idle());
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
    const auto opened = OpenWithKeys(trial, {&trial.during.back()});
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
    findings.at_chance[kAnsweredWhileOpen].Add(open.correct, open.blind, open.expected, open.variance);
    findings.at_chance[kAnsweredAtAll].Add(closed.correct, closed.blind, closed.expected, closed.variance);
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

  // Copies after every act, of a survey that is still open, and the key folder with them.
  void AttackWithKeys(const Trial& trial, ClosingKey key, Findings& findings) {
    Finder answers;
    for (int person = 0; person < trial.scene.answering; ++person) {
      answers.AddAnswers(person, trial.scene.first[static_cast<size_t>(person)]);
      answers.AddAnswers(person, trial.scene.last[static_cast<size_t>(person)]);
    }
    std::vector<const Copy*> copies;
    for (const Copy& copy : trial.during) copies.push_back(&copy);
    const auto opened = OpenWithKeys(trial, copies);
    EXPECT_TRUE(opened.ok()) << opened.status();
    std::vector<const Copy*> with_keys;
    for (const Copy& copy : opened->copies) with_keys.push_back(&copy);
    with_keys.push_back(&trial.keys);
    const Scores scores = ScoreCopies(with_keys, answers, KnownOrdersOf(trial));
    absl::MutexLock lock(&mutex_);
    if (key == ClosingKey::kServer) {
      findings.servers_key.Add(scores.correct, scores.blind, 1, 1);
      return;
    }
    findings.at_chance[kStewardsKey].Add(scores.correct, scores.blind, 1, 1);
    findings.of_steward += trial.scene.answering;
    findings.opened_of_steward += std::max(opened->newest, scores.recovered);
  }

  // What every installation has in common is learnt from another one.
  void LearnFromAnother() {
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

  // Trials number `from` and following. Each eighth is also played with a steward, until just before closing.
  Findings RunTrials(int from, int count) {
    Findings findings;
    const StagePlan plan{from, count, kTrialsOfOneServer, 2 * kTrialsOfOneServer + 1, kSeed};
    const auto lost = PlayOnStages(plan, [&](Stage& stage, int number) { return PlayOne(stage, number, findings); });
    EXPECT_TRUE(lost.ok()) << lost.status();
    findings.lost_replies = lost.value_or(0);
    return findings;
  }

  absl::Status PlayOne(Stage& stage, int number, Findings& findings) {
    CANDOR_ASSIGN_OR_RETURN(const Trial trial, stage.Play(SceneOf(number)));
    Attack(trial, stage.moderator_key(), findings);
    if (number % kTrialsToOneOfSteward != 0) return absl::OkStatus();
    AttackWithKeys(trial, ClosingKey::kServer, findings);
    // Other people and answers, since those of the first are published by now.
    CANDOR_ASSIGN_OR_RETURN(const Trial of_steward,
                            stage.PlayUntilClosing(SceneOf(number, kScenesOfStewards), ClosingKey::kSteward));
    AttackWithKeys(of_steward, ClosingKey::kSteward, findings);
    return absl::OkStatus();
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
      base::Json control = Caught(store.name, store.family, tally);
      control["copies"] = std::string(1, store.kind);
      caught.push_back(std::move(control));
    }
    return caught;
  }

  // The same for comments that go out.
  base::Json RunReleaseControls(int count) {
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
      caught.push_back(Caught(release.name, release.family, tally));
    }
    return caught;
  }

  base::Json Caught(const std::string& name, const std::string& family, const Tally& tally) {
    EXPECT_GT(tally.BestOf(family).correct, tally.threshold())
        << "no scorer catches: " << name << " (" << family << ")";
    return ControlToJson(name, family, tally, tally.trials() * answering());
  }

  absl::Mutex mutex_;
  Excused excused_;
};

TEST_P(LinkingTest, CopiesOfEverythingTellNobodysAnswer) {
  SuiteRecord record(RecordName(absl::StrCat("linking-", answering())), {{"attack", "linking"},
                                                                         {"arrangement", ArrangementInWords()},
                                                                         {"people", answering()},
                                                                         {"with_a_token_but_no_answer", idle()},
                                                                         {"trials", trials()},
                                                                         {"why_so_many_trials", WhySoMany()}});
  ASSERT_NO_FATAL_FAILURE(LearnFromAnother());
  const Findings f = RunTrials(0, trials());
  ASSERT_FALSE(HasFailure());
  const Judgement judgement = JudgeAtChance(
      f.at_chance, trials(), [&](int count) { return RunTrials(trials(), count).at_chance; });
  ASSERT_FALSE(HasFailure());
  const base::Json controls = RunControls(std::min(trials(), kControlTrials));
  const base::Json release_controls = RunReleaseControls(std::min(trials(), kControlTrials));

  ExpectNoLeak(judgement);
  // First: who said what.
  for (const auto& [kind, recovered] : f.recovered) {
    EXPECT_EQ(f.at_chance.at(AnswersIn(kind)).trials(), trials());
    EXPECT_EQ(recovered, 0) << "answers in clear in copies (" << kind << ")";
  }
  EXPECT_EQ(f.ratings_after_release, 0);
  // With the key folder all is open: what the other kinds hold back is not lost on the way.
  EXPECT_EQ(f.opened_with_keys, trials() * answering());
  EXPECT_GT(f.records.at('d').Lines().front().correct, f.records.at('d').threshold());
  EXPECT_GT(f.servers_key.Lines().front().correct, f.servers_key.threshold());
  // A steward's key takes that away.
  EXPECT_GT(f.of_steward, 0);
  EXPECT_EQ(f.opened_of_steward, 0);
  // A moderator reads all comments (where few answered, to write a summary), in an order that tells nothing.
  EXPECT_EQ(f.moderated_comments, trials() * answering());
  // All words go out, or none.
  EXPECT_EQ(f.published, answering() < domain::kFewestRatersForComments ? 0 : trials() * answering());
  // One in some thousand lies across two pages of a database, and is in no copy in one piece.
  EXPECT_GE(f.published_in_clear, f.published - f.published / 100);
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
  EXPECT_FALSE(f.completed_flag.Above().empty());

  base::Json answers = base::Json::object(), records = base::Json::object();
  for (const auto& [kind, tally] : f.records) {
    const std::string letter(1, kind);
    answers[letter] = f.at_chance.at(AnswersIn(kind)).ToJson(ScorerFamilies());
    records[letter] = tally.ToJson(ScorerFamilies());
  }
  record.Found({
      {"replies_lost", f.lost_replies},
      {"answers_changed", f.changes},
      {"answers_repeated", f.repeats},
      {"above_threshold_and_tried_again", judgement.tried_again},
      {"above_threshold_again", judgement.above.size()},
      {"answers", answers},
      {"records_not_failed", records},
      {"with_the_key_folder",
       {{"answers_opened", f.opened_with_keys},
        {"of", trials() * answering()},
        {"linked_by_copies_a", f.records.at('a').Lines().front().correct},
        {"linked_by_copies_d", f.records.at('d').Lines().front().correct},
        {"answers_by_copies_d", f.servers_key.ToJson(ScorerFamilies())}}},
      {"with_the_key_folder_and_a_steward",
       {{"answers_opened", f.opened_of_steward},
        {"of", f.of_steward},
        {"answers_by_copies_d", f.at_chance.at(kStewardsKey).ToJson(ScorerFamilies())}}},
      {"with_the_moderators_key",
       {{"comments_opened", f.moderated_comments}, {"by", f.at_chance.at(kModerated).ToJson(ScorerFamilies())}}},
      {"released_comments",
       {{"released", f.published},
        {"of", trials() * answering()},
        {"by", f.at_chance.at(kReleased).ToJson(CommentScorerFamilies())},
        {"controls", release_controls}}},
      {"strings_on_both_planes", {{"found", f.common.size() + f.misplaced.size()}}},
      {"who_has_answered",
       {{"open", f.at_chance.at(kAnsweredWhileOpen).ToJson(ParticipationFamilies())},
        {"closed", f.at_chance.at(kAnsweredAtAll).ToJson(ParticipationFamilies())},
        {"identity_plane_changed_by_answers", f.identity_plane_changed}}},
      {"controls", controls},
      {"control_token_hash_with_invitation", {{"caught", f.token_hash_caught}, {"of", trials()}}},
      {"control_completed_flag", f.completed_flag.ToJson(ParticipationFamilies())}});
}

INSTANTIATE_TEST_SUITE_P(People, LinkingTest, ::testing::Values(5, 12, 40),
                         [](const auto& info) { return absl::StrCat("Of", info.param); });

}  // namespace
}  // namespace candor::privacy
