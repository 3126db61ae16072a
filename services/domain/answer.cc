#include "services/domain/answer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

absl::Status Fault(const char* reason, absl::string_view message, absl::string_view field) {
  return base::Error(absl::StatusCode::kInvalidArgument, reason, absl::StrCat(field, ": ", message),
                     field);
}

}  // namespace

void Wipe(Answers& answers) {
  base::Wipe(answers.ratings);
  for (std::string& comment : answers.comments) base::Wipe(comment);
}

size_t AnswerShape::record_size() const {
  size_t size = items_asked.size();
  for (const int max_bytes : prompt_max_bytes) size += 2 + static_cast<size_t>(max_bytes);
  return size;
}

absl::Status CheckAnswers(const Answers& answers, const AnswerShape& shape) {
  if (answers.ratings.size() != shape.items_asked.size()) {
    return Fault(reasons::kANSWER_COUNT_WRONG,
                 absl::StrCat("must have ", shape.items_asked.size(),
                              " entries, one for each item; load the survey again"),
                 "ratings");
  }
  if (answers.comments.size() != shape.prompts_asked.size()) {
    return Fault(reasons::kANSWER_COUNT_WRONG,
                 absl::StrCat("must have ", shape.prompts_asked.size(),
                              " entries, one for each prompt; load the survey again"),
                 "comments");
  }
  for (size_t i = 0; i < answers.ratings.size(); ++i) {
    const uint8_t rating = answers.ratings[i];
    if (rating == kBlank) continue;
    const std::string field = absl::StrCat("ratings[", i, "]");
    if (rating != kNotObserved && rating > shape.points) {
      return Fault(
          reasons::kRATING_OFF_SCALE,
          absl::StrCat("must be 0 (blank), 1 to ", shape.points, ", or 255 (not observed)"), field);
    }
    if (!shape.items_asked[i]) {
      return Fault(reasons::kITEM_NOT_ASKED, "this item is not asked of this group; leave it blank",
                   field);
    }
  }
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    const std::string& comment = answers.comments[i];
    if (comment.empty()) continue;
    const std::string field = absl::StrCat("comments[", i, "]");
    if (!shape.prompts_asked[i]) {
      return Fault(reasons::kITEM_NOT_ASKED,
                   "this prompt is not asked of this group; leave it empty", field);
    }
    if (comment.size() > static_cast<size_t>(shape.prompt_max_bytes[i])) {
      return Fault(reasons::kCOMMENT_TOO_LONG,
                   absl::StrCat("has more than ", shape.prompt_max_bytes[i], " bytes; shorten it"),
                   field);
    }
    if (!IsPlainText(comment)) {
      return Fault(reasons::kCOMMENT_NOT_TEXT,
                   "must be UTF-8 text without control characters; line breaks and tabs are fine",
                   field);
    }
  }
  return absl::OkStatus();
}

std::string EncodeAnswers(const Answers& answers, const AnswerShape& shape) {
  CANDOR_CHECK(answers.ratings.size() == shape.items_asked.size());
  CANDOR_CHECK(answers.comments.size() == shape.prompt_max_bytes.size());
  std::string record;
  record.reserve(shape.record_size());
  for (const uint8_t rating : answers.ratings) record.push_back(static_cast<char>(rating));
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    const std::string& comment = answers.comments[i];
    const size_t cap = static_cast<size_t>(shape.prompt_max_bytes[i]);
    CANDOR_CHECK(comment.size() <= cap && cap <= 0xFFFF);
    record.push_back(static_cast<char>(comment.size() >> 8));
    record.push_back(static_cast<char>(comment.size() & 0xFF));
    record.append(comment);
    record.append(cap - comment.size(), '\0');
  }
  return record;
}

absl::StatusOr<Answers> DecodeAnswers(absl::string_view record, const AnswerShape& shape) {
  const absl::Status damaged =
      errors::StoreCorrupt("an answer's record is not of the instrument's shape");
  if (record.size() != shape.record_size() ||
      shape.prompts_asked.size() != shape.prompt_max_bytes.size()) {
    return damaged;
  }
  Answers answers;
  size_t at = shape.items_asked.size();
  for (size_t i = 0; i < at; ++i) answers.ratings.push_back(static_cast<uint8_t>(record[i]));
  for (const int max_bytes : shape.prompt_max_bytes) {
    const size_t cap = static_cast<size_t>(max_bytes);
    const size_t length = static_cast<size_t>(static_cast<uint8_t>(record[at])) << 8 |
                          static_cast<uint8_t>(record[at + 1]);
    if (length > cap) return damaged;
    answers.comments.emplace_back(record.substr(at + 2, length));
    const absl::string_view padding = record.substr(at + 2 + length, cap - length);
    if (!std::all_of(padding.begin(), padding.end(), [](char c) { return c == '\0'; }))
      return damaged;
    at += 2 + cap;
  }
  // The status of the check names a field of one person's answer, so it is not passed on.
  if (!CheckAnswers(answers, shape).ok()) return damaged;
  return answers;
}

}  // namespace candor::domain
