#include "services/domain/sealed_records.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"

namespace candor::domain {
namespace {

constexpr absl::string_view kCommentTag = "candor-comment-v2";
constexpr absl::string_view kNoticeTag = "candor-notice-v2";

constexpr size_t kNoticeBytes = 4 + 1 + 2 + kLongestPressureNotice;  // without tag and survey

absl::Status DamagedNotice() { return errors::StoreCorrupt("a notice to the auditor cannot be read"); }

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

std::string EncodeNoticeRecord(absl::string_view survey_id, const NoticeRecord& notice) {
  std::string record;
  record.reserve(kNoticeTag.size() + survey_id.size() + kNoticeBytes);
  absl::StrAppend(&record, kNoticeTag, survey_id);
  AppendShort(notice.given_in_all >> 16, record);
  AppendShort(notice.given_in_all & 0xffff, record);
  record.push_back(notice.notice.given ? '\1' : '\0');
  AppendPadded(notice.notice.text, kLongestPressureNotice, record);
  return record;
}

absl::StatusOr<NoticeRecord> DecodeNoticeRecord(absl::string_view record, absl::string_view survey_id) {
  const std::string head = absl::StrCat(kNoticeTag, survey_id);
  NoticeRecord notice;
  if (!absl::StartsWith(record, head) || record.size() != head.size() + kNoticeBytes) return DamagedNotice();
  record.remove_prefix(head.size());
  for (size_t i = 0; i < 4; ++i) notice.given_in_all = notice.given_in_all << 8 | static_cast<uint8_t>(record[i]);
  if (static_cast<uint8_t>(record[4]) > 1) return DamagedNotice();
  notice.notice.given = record[4] == '\1';
  if (!ReadPadded(record.substr(5), notice.notice.text)) return DamagedNotice();
  return notice;
}

absl::Time NoticesEndTime(const Contract& contract) {
  return contract.abandon_time + absl::Hours(24) * contract.retention_days;
}

}  // namespace candor::domain
