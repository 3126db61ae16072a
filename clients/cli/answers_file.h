// Answers in a file: what somebody marked, by the indicators' codes.

#ifndef CANDOR_CLIENTS_CLI_ANSWERS_FILE_H_
#define CANDOR_CLIENTS_CLI_ANSWERS_FILE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/answer.h"
#include "services/domain/instrument.h"

namespace candor::cli {

struct MarkedAnswers {
  std::map<std::string, uint8_t> ratings;  // indicator -> 1..10, or domain::kNotObserved; blanks are not there
  std::map<std::string, std::string> comments;  // prompt -> text
  domain::PressureNotice notice;
};

// Reads {"INDICATOR": 4, "INDICATOR": "N", ...}; null and "" mean blank. Comments stand in a member "comments" that is an
// object: {"PROMPT": "text"}. A member "pressed" that is true, or an object {"text": "what happened"}, is a notice to the
// auditor. `file`: what errors call the text.
// INVALID_ARGUMENT: JSON_MALFORMED with line and column, or ANSWERS_INVALID: the message names the code at fault, never
// its answer.
absl::StatusOr<MarkedAnswers> ParseAnswers(absl::string_view text, absl::string_view file);

// The answers in the instrument's order. INVALID_ARGUMENT, ANSWERS_INVALID: a code that the instrument does not have;
// RATING_OFF_SCALE, with the indicator.
// Whether they may be given is domain::CheckAnswers' part.
absl::StatusOr<domain::Answers> InOrder(const MarkedAnswers& marked, const domain::Instrument& instrument);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_ANSWERS_FILE_H_
