// Whoever has copies of everything, from closing until answers to questions about comments are handed over, is at chance
// about who wrote a comment, who answered about it, which record of the ledger it came with, and whether a question was
// answered.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "tests/privacy/question_attacks.h"
#include "tests/privacy/questions.h"
#include "tests/privacy/results.h"
#include "tests/privacy/tally.h"

namespace candor::privacy {
namespace {

// A trial takes as long as several of linking_test.
constexpr int kUsualTrials = 100, kUsualTrialsOfTwo = 25, kOfTheUsual = 10, kFewestTrials = 10;
constexpr int kTrialsOfOneServer = 5;
constexpr int kAnswering = 12, kIdle = 3;
constexpr uint32_t kSeed = 20261201;

constexpr char kWriters[] = "who wrote which comment";
constexpr char kAnswerers[] = "who gave which answer to a question";
constexpr char kAnswered[] = "whether a question was answered";
constexpr char kRejected[] = "whether a question was answered, of those without an answer that was let out";

static_assert(kAnswering >= domain::kFewestRatersForComments, "else there is nothing to ask about");

struct Findings {
  std::map<std::string, Tally> at_chance;
  // What somebody sees who copies everything before and after: the residue, which shows the scorers' power.
  Tally answerers_by_each_copy, answered_by_two_copies;
  std::map<std::string, Tally> controls;
  int comments = 0, with_id = 0, asked = 0, answered = 0, answerers_with_id = 0, decisions = 0, decisions_opened = 0;
  std::vector<std::string> times_changed;  // of these files, by answers
  std::set<std::string> misplaced;
  int lost_replies = 0;
};

class QuestionsLinkingTest : public ::testing::Test {
 protected:
  static int trials() {
    const bool two = testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers;
    const int usual = NumberFromEnvironment("CANDOR_PRIVACY_TRIALS", two ? kUsualTrialsOfTwo : kUsualTrials);
    return std::max(kFewestTrials, usual / kOfTheUsual);
  }

  Findings RunTrials(int from, int count) {
    Findings findings;
    const StagePlan plan{from, count, kTrialsOfOneServer, kTrialsOfOneServer + 1, kSeed, ClockOf::kTest};
    const auto lost = PlayOnStages(plan, [&](Stage& stage, int number) { return PlayOne(stage, number, findings); });
    EXPECT_TRUE(lost.ok()) << lost.status();
    findings.lost_replies = lost.value_or(0);
    return findings;
  }

  absl::Status PlayOne(Stage& stage, int number, Findings& findings) {
    Scene scene(kSeed + static_cast<uint32_t>(1000 * number), kAnswering, kIdle);
    CANDOR_ASSIGN_OR_RETURN(const QuestionTrial played, PlayQuestions(stage, std::move(scene)));
    const Scores writers = ScoreWriters(played), answerers = ScoreAnswerers(played);
    int opened = 0;
    ParticipationScores answered = ScoreAnswered(played);
    CANDOR_RETURN_IF_ERROR(ScoreOpenedAnswers(played, stage.moderator_key(), answered));
    CANDOR_ASSIGN_OR_RETURN(const ParticipationScores rejected, ScoreAnsweredOfRejected(played, &opened));
    const Scores each_copy = ScoreAnswerersByEachCopy(played);
    const ParticipationScores two_copies = ScoreAnsweredByTwoCopies(played);
    std::map<std::string, Scores> controls;
    for (const NaiveQuestions* control : {&kCommentsInOrder, &kLeavesBesideComments, &kAnswersInOrder}) {
      CANDOR_ASSIGN_OR_RETURN(const Copy naive, KeepNaively(played, *control));
      controls[control->name] =
          control == &kAnswersInOrder ? ScoreAnswerers(played, &naive) : ScoreWriters(played, &naive);
    }
    CANDOR_ASSIGN_OR_RETURN(const Copy naive, KeepNaively(played, kMarkedAsAnswered));
    const ParticipationScores marked = ScoreAnswered(played, &naive);
    const std::vector<std::string> misplaced = MisplacedWords(played);
    const std::vector<std::string> times_changed = FilesWithTimesChangedByAnswers(played);

    absl::MutexLock lock(&mutex_);
    findings.at_chance[kWriters].Add(writers.correct, writers.blind, 1, 1);
    findings.at_chance[kAnswerers].Add(answerers.correct, answerers.blind, 1, 1);
    Add(answered, findings.at_chance[kAnswered]);
    Add(rejected, findings.at_chance[kRejected]);
    findings.answerers_by_each_copy.Add(each_copy.correct, each_copy.blind, 1, 1);
    Add(two_copies, findings.answered_by_two_copies);
    for (const auto& [name, scores] : controls) findings.controls[name].Add(scores.correct, scores.blind, 1, 1);
    Add(marked, findings.controls[kMarkedAsAnswered.name]);
    findings.misplaced.insert(misplaced.begin(), misplaced.end());
    findings.times_changed.insert(findings.times_changed.end(), times_changed.begin(), times_changed.end());
    findings.comments += kAnswering;
    findings.with_id += writers.recovered;
    findings.asked += static_cast<int>(played.asked.size());
    findings.answered += static_cast<int>(played.answer_order.size());
    findings.answerers_with_id += answerers.recovered;
    findings.decisions += static_cast<int>(played.asked.size() - played.let_out.size());
    findings.decisions_opened += opened;
    return absl::OkStatus();
  }

  static void Add(const ParticipationScores& scores, Tally& tally) {
    tally.Add(scores.correct, scores.blind, scores.expected, scores.variance);
  }

  base::Json Caught(const Findings& findings, const NaiveQuestions& control, int most_possible) {
    const Tally& tally = findings.controls.at(control.name);
    EXPECT_GT(tally.BestOf(control.family).correct, tally.threshold())
        << "no scorer catches: " << control.name << " (" << control.family << ")";
    return ControlToJson(control.name, control.family, tally, most_possible);
  }

  absl::Mutex mutex_;
};

TEST_F(QuestionsLinkingTest, CopiesOfEverythingTellNeitherWhoWasAskedNorWhoAnswered) {
  SuiteRecord record(RecordName("linking-questions"), {{"attack", "linking"},
                                                       {"arrangement", ArrangementInWords()},
                                                       {"people", kAnswering},
                                                       {"trials", trials()}});
  const Findings f = RunTrials(0, trials());
  ASSERT_FALSE(HasFailure());
  const Judgement judgement = JudgeAtChance(
      f.at_chance, trials(), [&](int count) { return RunTrials(trials(), count).at_chance; });
  ASSERT_FALSE(HasFailure());
  ExpectNoLeak(judgement);
  EXPECT_TRUE(f.misplaced.empty()) << absl::StrJoin(f.misplaced, "\n");
  EXPECT_TRUE(f.times_changed.empty()) << absl::StrJoin(f.times_changed, "\n");
  EXPECT_GT(f.lost_replies, 0);
  // What the attack is about lies open: the ids of all comments, and the decisions to who has the key folder.
  EXPECT_EQ(f.with_id, f.comments);
  EXPECT_EQ(f.answerers_with_id, f.answered);
  EXPECT_EQ(f.decisions_opened, f.decisions);
  // Whoever copies everything before and after an answer sees which one changes, as with answers to a survey.
  EXPECT_FALSE(f.answerers_by_each_copy.Above().empty());
  EXPECT_FALSE(f.answered_by_two_copies.Above().empty());

  const base::Json controls = {Caught(f, kCommentsInOrder, f.comments), Caught(f, kLeavesBesideComments, f.comments),
                               Caught(f, kAnswersInOrder, f.answered), Caught(f, kMarkedAsAnswered, f.answered)};
  record.Found({
      {"replies_lost", f.lost_replies},
      {"questions", f.asked},
      {"questions_answered", f.answered},
      {"above_threshold_and_tried_again", judgement.tried_again},
      {"above_threshold_again", judgement.above.size()},
      {"who_wrote_which_comment", f.at_chance.at(kWriters).ToJson(WriterScorerFamilies())},
      {"who_gave_which_answer", f.at_chance.at(kAnswerers).ToJson(AnswererScorerFamilies())},
      {"whether_answered", f.at_chance.at(kAnswered).ToJson(ParticipationFamilies())},
      {"whether_answered_of_those_not_let_out", f.at_chance.at(kRejected).ToJson(ParticipationFamilies())},
      {"words_and_keys_in_clear", {{"found", f.misplaced.size()}}},
      {"times_of_files_changed_by_answers", f.times_changed.size()},
      {"with_copies_before_and_after_not_failed",
       {{"who_gave_which_answer", f.answerers_by_each_copy.ToJson(AnswererScorerFamilies())},
        {"whether_answered", f.answered_by_two_copies.ToJson(ParticipationFamilies())}}},
      {"controls", controls}});
}

}  // namespace
}  // namespace candor::privacy
