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

inline constexpr size_t kReplyKeyBytes = 32;           // Ed25519, public half
inline constexpr size_t kLongestPressureNotice = 500;  // bytes of its text

// What a respondent says about being pressed to answer in some way; for the auditor alone.
struct PressureNotice {
  bool given = false;
  std::string text = {};  // UTF-8, may be empty; empty where nothing is given
};

// Ratings in the order of the instrument's items, one byte each: kBlank, 1..points as the respondent marked them (not
// yet reversed), or kNotObserved. Comments in the order of the instrument's prompts, UTF-8, empty where none.
struct Answers {
  std::vector<uint8_t> ratings;
  std::vector<std::string> comments;
  // The public half of a key pair made for that comment alone, with which its writer can be asked back and answer: in the
  // order of the prompts, empty where there is no comment or its writer cannot be asked. No entry at all: no key.
  std::vector<std::string> reply_keys = {};
  PressureNotice notice = {};
};

// Overwrites everything, so that it does not lie in freed memory; leaves no ratings, only empty comments and keys, and no
// notice.
void Wipe(Answers& answers);

// What one issuing group may answer.
struct AnswerShape {
  int points = 5;
  std::vector<bool> items_asked;     // one entry for each item of the instrument
  std::vector<bool> prompts_asked;   // one entry for each prompt of the instrument
  std::vector<int> prompt_max_bytes; // likewise
  bool notice_asked = false;         // whether the survey has an auditor, to whom a notice would go
  // Bytes of the record: items + sum over prompts of (2 + max_bytes + kReplyKeyBytes), and
  // 3 + kLongestPressureNotice where a notice is asked for.
  size_t record_size() const;
};

// INVALID_ARGUMENT, with the index at fault in the field ("ratings[3]"), never its value: ANSWER_COUNT_WRONG (not one
// entry for each item and prompt), RATING_OFF_SCALE, ITEM_NOT_ASKED (an item or prompt of another audience is not
// blank; a notice where none is asked for), COMMENT_TOO_LONG, COMMENT_NOT_TEXT (no UTF-8, or a control character other than
// line feed and tab), both of notices too; FIELD_INVALID (a reply key that is not kReplyKeyBytes long, is all zero, stands
// without a comment, or belongs to two comments, which it would tie to each other; a text of a notice that is not given).
absl::Status CheckAnswers(const Answers& answers, const AnswerShape& shape);

// The fixed-length record: the rating bytes, then for each prompt a two-byte big-endian length, the comment padded with
// zero bytes to the prompt's cap, and its reply key, zero where there is none; where a notice is asked for, last, a byte
// that says whether one is given, a two-byte big-endian length and its text, padded. The answers have passed CheckAnswers.
std::string EncodeAnswers(const Answers& answers, const AnswerShape& shape);
// DATA_LOSS: not a record of this shape.
absl::StatusOr<Answers> DecodeAnswers(absl::string_view record, const AnswerShape& shape);
// The same into answers that are used again for one record after the other. Wipe them in between, also after an error: what
// they hold may move as they grow.
absl::Status DecodeAnswersTo(absl::string_view record, const AnswerShape& shape, Answers& answers);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_ANSWER_H_
