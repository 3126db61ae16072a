#include "services/domain/sealed_records.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"

namespace candor::domain {
namespace {

constexpr absl::string_view kCommentTag = "candor-comment-v2";
constexpr absl::string_view kNoticeTag = "candor-notice-v1";

void AppendShort(size_t value, std::string& out) {
  CANDOR_CHECK(value <= 0xffff);
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xff));
}

void AppendPadded(absl::string_view text, size_t cap, std::string& out) {
  CANDOR_CHECK(text.size() <= cap);
  AppendShort(text.size(), out);
  out.append(text.data(), text.size());
  out.append(cap - text.size(), '\0');
}

// The text that AppendPadded wrote as all of `bytes`. False: it is no such thing.
bool ReadPadded(absl::string_view bytes, std::string& text) {
  if (bytes.size() < 2) return false;
  const size_t length = static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 | static_cast<uint8_t>(bytes[1]);
  if (length > bytes.size() - 2) return false;
  text.assign(bytes.data() + 2, length);
  return true;
}

}  // namespace

std::string EncodeCommentRecord(const CommentRecord& comment, size_t cap) {
  CANDOR_CHECK(comment.reply_key.empty() || comment.reply_key.size() == kReplyKeyBytes);
  std::string record;
  record.reserve(kReplyKeyBytes + 2 + cap);
  record += comment.reply_key;
  record.resize(kReplyKeyBytes, '\0');
  AppendPadded(comment.text, cap, record);
  return record;
}

absl::StatusOr<CommentRecord> DecodeCommentRecord(absl::string_view record) {
  CommentRecord comment;
  if (record.size() < kReplyKeyBytes || !ReadPadded(record.substr(kReplyKeyBytes), comment.text)) {
    return errors::StoreCorrupt("a comment's record is cut");
  }
  const absl::string_view key = record.substr(0, kReplyKeyBytes);
  if (key.find_first_not_of('\0') != absl::string_view::npos) comment.reply_key = std::string(key);
  return comment;
}

std::string CommentBinding(absl::string_view survey_id, int place) {
  std::string binding = absl::StrCat(kCommentTag, survey_id);
  AppendShort(static_cast<size_t>(place), binding);
  return binding;
}

std::string EncodeNoticeRecord(absl::string_view survey_id, absl::string_view text) {
  std::string record;
  record.reserve(kNoticeTag.size() + survey_id.size() + 2 + kLongestPressureNotice);
  absl::StrAppend(&record, kNoticeTag, survey_id);
  AppendPadded(text, kLongestPressureNotice, record);
  return record;
}

absl::StatusOr<std::string> DecodeNoticeRecord(absl::string_view record, absl::string_view survey_id) {
  const std::string head = absl::StrCat(kNoticeTag, survey_id);
  std::string text;
  if (!absl::StartsWith(record, head) || record.size() != head.size() + 2 + kLongestPressureNotice ||
      !ReadPadded(record.substr(head.size()), text)) {
    return errors::StoreCorrupt("a notice to the auditor cannot be read");
  }
  return text;
}

}  // namespace candor::domain
