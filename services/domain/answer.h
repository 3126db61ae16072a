// One respondent's answers: checking, and the fixed-length record that is sealed.

#ifndef CANDOR_SERVICES_DOMAIN_ANSWER_H_
#define CANDOR_SERVICES_DOMAIN_ANSWER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

inline constexpr uint8_t kBlank = 0;          // left unanswered, or not asked of this group
inline constexpr uint8_t kNotObserved = 255;  // "I have not seen this"

// Ratings in the order of the instrument's items, one byte each: kBlank, 1..points as the respondent marked them (not
// yet reversed), or kNotObserved. Comments in the order of the instrument's prompts, UTF-8, empty where none.
struct Answers {
  std::vector<uint8_t> ratings;
  std::vector<std::string> comments;
};

// Overwrites ratings and comments, so that they do not lie in freed memory; leaves no ratings and only empty comments.
void Wipe(Answers& answers);

// What one issuing group may answer.
struct AnswerShape {
  int points = 5;
  std::vector<bool> items_asked;     // one entry for each item of the instrument
  std::vector<bool> prompts_asked;   // one entry for each prompt of the instrument
  std::vector<int> prompt_max_bytes; // likewise
  // Bytes of the record: items + sum over prompts of (2 + max_bytes).
  size_t record_size() const;
};

// INVALID_ARGUMENT, with the index at fault in the field ("ratings[3]"), never its value: ANSWER_COUNT_WRONG (not one
// entry for each item and prompt), RATING_OFF_SCALE, ITEM_NOT_ASKED (an item or prompt of another audience is not
// blank), COMMENT_TOO_LONG, COMMENT_NOT_TEXT (no UTF-8, or a control character other than line feed and tab).
absl::Status CheckAnswers(const Answers& answers, const AnswerShape& shape);

// The fixed-length record: the rating bytes, then for each prompt a two-byte big-endian length and the comment padded
// with zero bytes to the prompt's cap. The answers have passed CheckAnswers.
std::string EncodeAnswers(const Answers& answers, const AnswerShape& shape);
// DATA_LOSS: not a record of this shape.
absl::StatusOr<Answers> DecodeAnswers(absl::string_view record, const AnswerShape& shape);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_ANSWER_H_
