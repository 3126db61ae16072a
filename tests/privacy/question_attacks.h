// What somebody with copies of everything tries on questions back to comments: to find out who wrote a comment and
// answered about it, with which record of the ledger it came, and whether a question was answered at all.

#ifndef CANDOR_TESTS_PRIVACY_QUESTION_ATTACKS_H_
#define CANDOR_TESTS_PRIVACY_QUESTION_ATTACKS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/crypto/sealing.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/questions.h"
#include "tests/privacy/scorers.h"

namespace candor::privacy {

// Who wrote which comment: by every place, row and column in which the comment's id or its reply key stands, at each stage
// from closing to the end, with the key folder too; beside the orders in which people took tokens and answered, and those
// of the records of their ratings (places in the open survey's file, hashes of tokens, leaves of the ledger, submissions'
// ids). `only`: instead of all stages that one copy, of when all have answered; here and below.
Scores ScoreWriters(const QuestionTrial& played, const Copy* only = nullptr);

// Who of those that answered a question gave which answer, by the ids of the comments and the stored answers, once all
// have answered; beside the order in which they did. The attacker is told whose comments these are, but not which is whose.
Scores ScoreAnswerers(const QuestionTrial& played, const Copy* only = nullptr);
// The same of somebody who copies everything after each answer, and so sees which one changes.
Scores ScoreAnswerersByEachCopy(const QuestionTrial& played);

const std::vector<std::string>& WriterScorerFamilies();
const std::vector<std::string>& AnswererScorerFamilies();

// Whether a question was answered, in one copy of when all have answered: by all that stands where the comment's id
// stands.
ParticipationScores ScoreAnswered(const QuestionTrial& played, const Copy* only = nullptr);
// Adds to it what the key folder of then opens.
absl::Status ScoreOpenedAnswers(const QuestionTrial& played, const crypto::ClosingKeyPair& moderator,
                                ParticipationScores& scores);
// The same of questions of which no answer was let out, once moderators have decided, and after the end. With the key
// folder decisions open: `opened` counts them.
absl::StatusOr<ParticipationScores> ScoreAnsweredOfRejected(const QuestionTrial& played, int* opened);
// The same by a copy from before the first answer and one from after the last, between which answers change.
ParticipationScores ScoreAnsweredByTwoCopies(const QuestionTrial& played);

// Files of the response plane whose times differ between a copy from before the first answer and one from after the
// last.
std::vector<std::string> FilesWithTimesChangedByAnswers(const QuestionTrial& played);

// What stands in clear where it may not: one sentence for each kind.
std::vector<std::string> MisplacedWords(const QuestionTrial& played);

// Installations that keep more than ours does: positive controls.
struct NaiveQuestions {
  std::string name;    // for the results
  std::string family;  // the scorers that must catch it
};
// Caught by ScoreWriters, the first, by ScoreAnswerers, and by ScoreAnswered.
extern const NaiveQuestions kCommentsInOrder, kLeavesBesideComments, kAnswersInOrder, kMarkedAsAnswered;
// The copy of when all have answered, with what `control` keeps in it.
absl::StatusOr<Copy> KeepNaively(const QuestionTrial& played, const NaiveQuestions& control);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_QUESTION_ATTACKS_H_
