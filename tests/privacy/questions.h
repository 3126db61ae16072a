// One campaign whose comments are asked back about: from opening until the answers to the questions are handed over,
// with copies of everything at each stage. Who answered a question when is known, as it is to whoever watches the network.

#ifndef CANDOR_TESTS_PRIVACY_QUESTIONS_H_
#define CANDOR_TESTS_PRIVACY_QUESTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

struct QuestionTrial {
  Trial trial;  // until release
  // By person, of those who answered the survey. Empty: the comment was not asked about, or nobody answered.
  std::vector<std::string> comments;  // ids of their released comments
  std::vector<std::string> questions, answers;
  std::vector<int> asked;         // about whose comments, in the order in which a moderator approved it
  std::vector<int> answer_order;  // who answered their question, by the first answer
  std::vector<int> newest_order;  // the same by what they sent last
  std::vector<int> let_out;       // whose answers a moderator let out, in no order
  Copy put;                       // all questions are there, no answer
  std::vector<Copy> during;       // one after each answer; the last is of when all have answered
  Copy keys;                      // every key folder then
  // Decisions are there about all answers but one; all are handed over.
  Copy decided, decided_keys, over;
  // As a moderator was shown the answers, and as whoever asked was shown the list of sealed questions.
  std::vector<int> listed, published;
};

// Plays a scene on a stage whose clock can be set forward.
absl::StatusOr<QuestionTrial> PlayQuestions(Stage& stage, Scene scene);

// Of the answer that a person's question has in a copy, as it is stored. NOT_FOUND: the copy has none.
absl::StatusOr<std::string> StoredAnswer(const Copy& copy, const std::string& comment);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_QUESTIONS_H_
