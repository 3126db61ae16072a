#include "services/domain/sealed_records.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"
#include "services/domain/padded_text.h"

namespace candor::domain {
namespace {

constexpr absl::string_view kCommentTag = "candor-comment-v3";
constexpr absl::string_view kNoticeTag = "candor-notice-v2";

constexpr size_t kNoticeBytes = 4 + 1 + 2 + kLongestPressureNotice;  // without tag and survey

absl::Status DamagedNotice() { return errors::StoreCorrupt("a notice to the auditor cannot be read"); }

}  // namespace

std::string EncodeCommentRecord(absl::string_view text, size_t cap) {
  std::string record;
  record.reserve(kTextLengthBytes + cap);
  AppendPadded(text, cap, record);
  return record;
}

absl::StatusOr<std::string> DecodeCommentRecord(absl::string_view record) {
  std::string text;
  if (!ReadPadded(record, text)) return errors::StoreCorrupt("a comment's record is cut");
  return text;
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
