#include "services/domain/answer.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/padded_text.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

absl::Status Fault(const char* reason, absl::string_view message, absl::string_view field) {
  return base::Error(absl::StatusCode::kInvalidArgument, reason, absl::StrCat(field, ": ", message),
                     field);
}

// "ratings[3]". Made for faults alone: a closing checks millions of ratings.
std::string Element(absl::string_view list, size_t index) { return absl::StrCat(list, "[", index, "]"); }

// `field` gives the name of what `text` stands in.
template <typename Field>
absl::Status CheckText(const std::string& text, size_t max_bytes, Field field) {
  if (text.size() > max_bytes) {
    return Fault(reasons::kCOMMENT_TOO_LONG,
                 absl::StrCat("has more than ", max_bytes, " bytes; shorten it"), field());
  }
  if (!IsPlainText(text)) {
    return Fault(reasons::kCOMMENT_NOT_TEXT,
                 "must be UTF-8 text without control characters; line breaks and tabs are fine", field());
  }
  return absl::OkStatus();
}

absl::Status CheckReplyKeys(const Answers& answers) {
  if (answers.reply_keys.empty()) return absl::OkStatus();
  if (answers.reply_keys.size() != answers.comments.size()) {
    return Fault(reasons::kANSWER_COUNT_WRONG,
                 absl::StrCat("must have ", answers.comments.size(), " entries, one for each prompt, or none"),
                 "reply_keys");
  }
  const std::vector<std::string>& keys = answers.reply_keys;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string& key = keys[i];
    if (key.empty()) continue;
    const auto field = [i] { return Element("reply_keys", i); };
    if (key.size() != kReplyKeyBytes || key.find_first_not_of('\0') == std::string::npos) {
      return Fault(reasons::kFIELD_INVALID, "must be an Ed25519 public key of 32 bytes, or none", field());
    }
    if (answers.comments[i].empty()) {
      return Fault(reasons::kFIELD_INVALID, "belongs to no comment; leave it out", field());
    }
    if (std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), key) !=
        keys.begin() + static_cast<std::ptrdiff_t>(i)) {
      return Fault(reasons::kFIELD_INVALID,
                   "is another comment's key too, which would tie the two together; make one for each", field());
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNotice(const PressureNotice& notice, bool asked) {
  if (!notice.given) {
    if (notice.text.empty()) return absl::OkStatus();
    return Fault(reasons::kFIELD_INVALID, "has a text, but is not given", "pressure_notice");
  }
  if (!asked) {
    return Fault(reasons::kITEM_NOT_ASKED,
                 "this survey has no auditor to whom it could go; leave it out", "pressure_notice");
  }
  return CheckText(notice.text, kLongestPressureNotice, [] { return "pressure_notice"; });
}

// Takes what AppendPadded appended from the front of `record`, which is long enough. False: it is no such thing.
bool TakePadded(size_t cap, absl::string_view& record, std::string& text) {
  if (!ReadPadded(record.substr(0, kTextLengthBytes + cap), text)) return false;
  record.remove_prefix(kTextLengthBytes + cap);
  return true;
}

}  // namespace

void Wipe(Answers& answers) {
  base::Wipe(answers.ratings);
  for (std::string& comment : answers.comments) base::Wipe(comment);
  for (std::string& key : answers.reply_keys) base::Wipe(key);
  base::Wipe(answers.notice.text);
  answers.notice.given = false;
}

size_t AnswerShape::record_size() const {
  size_t size = items_asked.size();
  for (const int max_bytes : prompt_max_bytes) size += 2 + static_cast<size_t>(max_bytes) + kReplyKeyBytes;
  if (notice_asked) size += 3 + kLongestPressureNotice;
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
  const size_t items = answers.ratings.size();
  for (size_t i = 0; i < items; ++i) {
    const uint8_t rating = answers.ratings[i];
    if (rating == kBlank) continue;
    if (rating > shape.points && rating != kNotObserved) {
      return Fault(
          reasons::kRATING_OFF_SCALE,
          absl::StrCat("must be 0 (blank), 1 to ", shape.points, ", or 255 (not observed)"), Element("ratings", i));
    }
    if (!shape.items_asked[i]) {
      return Fault(reasons::kITEM_NOT_ASKED, "this item is not asked of this group; leave it blank",
                   Element("ratings", i));
    }
  }
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    const std::string& comment = answers.comments[i];
    if (comment.empty()) continue;
    const auto field = [i] { return Element("comments", i); };
    if (!shape.prompts_asked[i]) {
      return Fault(reasons::kITEM_NOT_ASKED,
                   "this prompt is not asked of this group; leave it empty", field());
    }
    CANDOR_RETURN_IF_ERROR(CheckText(comment, static_cast<size_t>(shape.prompt_max_bytes[i]), field));
  }
  CANDOR_RETURN_IF_ERROR(CheckReplyKeys(answers));
  return CheckNotice(answers.notice, shape.notice_asked);
}

std::string EncodeAnswers(const Answers& answers, const AnswerShape& shape) {
  CANDOR_CHECK(answers.ratings.size() == shape.items_asked.size());
  CANDOR_CHECK(answers.comments.size() == shape.prompt_max_bytes.size());
  std::string record;
  record.reserve(shape.record_size());
  for (const uint8_t rating : answers.ratings) record.push_back(static_cast<char>(rating));
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    AppendPadded(answers.comments[i], static_cast<size_t>(shape.prompt_max_bytes[i]), record);
    if (i < answers.reply_keys.size()) record.append(answers.reply_keys[i]);
    record.append(i < answers.reply_keys.size() && !answers.reply_keys[i].empty() ? 0 : kReplyKeyBytes, '\0');
  }
  if (shape.notice_asked) {
    record.push_back(answers.notice.given ? '\1' : '\0');
    AppendPadded(answers.notice.text, kLongestPressureNotice, record);
  }
  return record;
}

absl::Status DecodeAnswersTo(absl::string_view record, const AnswerShape& shape, Answers& answers) {
  const auto damaged = [] { return errors::StoreCorrupt("an answer's record is not of the instrument's shape"); };
  if (record.size() != shape.record_size() ||
      shape.prompts_asked.size() != shape.prompt_max_bytes.size()) {
    return damaged();
  }
  const absl::string_view ratings = record.substr(0, shape.items_asked.size());
  record.remove_prefix(ratings.size());
  answers.ratings.assign(ratings.begin(), ratings.end());
  answers.comments.resize(shape.prompt_max_bytes.size());
  answers.reply_keys.resize(shape.prompt_max_bytes.size());
  for (size_t i = 0; i < shape.prompt_max_bytes.size(); ++i) {
    if (!TakePadded(static_cast<size_t>(shape.prompt_max_bytes[i]), record, answers.comments[i])) return damaged();
    const absl::string_view key = record.substr(0, kReplyKeyBytes);
    record.remove_prefix(kReplyKeyBytes);
    answers.reply_keys[i].assign(key.data(), IsZero(key) ? 0 : key.size());
  }
  answers.notice.given = false;
  answers.notice.text.clear();
  if (shape.notice_asked) {
    if (static_cast<uint8_t>(record[0]) > 1) return damaged();
    answers.notice.given = record[0] == '\1';
    record.remove_prefix(1);
    if (!TakePadded(kLongestPressureNotice, record, answers.notice.text)) return damaged();
  }
  // The status of the check names a field of one person's answer, so it is not passed on.
  if (!CheckAnswers(answers, shape).ok()) return damaged();
  return absl::OkStatus();
}

absl::StatusOr<Answers> DecodeAnswers(absl::string_view record, const AnswerShape& shape) {
  Answers answers;
  CANDOR_RETURN_IF_ERROR(DecodeAnswersTo(record, shape, answers));
  return answers;
}

}  // namespace candor::domain
