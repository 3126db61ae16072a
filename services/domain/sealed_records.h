// What lies sealed between closing and whoever holds the key: a comment for the moderators, a notice for the auditor. The
// records are of fixed length, so that no length says anything; they hold no token and no rating, and nothing that ties
// one to another of the same person.
//
//   comment: length (2, big-endian) || text, padded with zero bytes to the longest prompt's cap; sealed with
//     XChaCha20-Poly1305 (crypto::SealRecord) under the survey's comment key, which is random and itself sealed to each
//     moderator's key in the manifest; bound to CommentBinding. The key by which its writer can be asked back (follow_up.h)
//     lies beside it, with no difference between comments with such a key and without
//   notice: "candor-notice-v2" || survey id (16) || how many were given in the survey (4, big-endian) || 1 if this is one of
//     them, else 0 || length (2, big-endian) || text, padded with zero bytes to 500; sealed to the auditor's key in the
//     manifest (crypto::SealToKey). There is one for every answer, given or not, up to kMostNotices, so that not even their
//     number tells anybody but the auditor whether there are any

#ifndef CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_
#define CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"

namespace candor::domain {

// `cap`: the most bytes that any prompt of the instrument allows; the text has no more.
std::string EncodeCommentRecord(absl::string_view text, size_t cap);
// The text. DATA_LOSS, STORE_CORRUPT: not such a record.
absl::StatusOr<std::string> DecodeCommentRecord(absl::string_view record);

// "candor-comment-v3" || survey id (16 bytes) || place (2, big-endian: index in the survey's list of places).
std::string CommentBinding(absl::string_view survey_id, int place);

inline constexpr size_t kMostNotices = 2000;

struct NoticeRecord {
  uint32_t given_in_all = 0;  // of the survey, also those beyond kMostNotices, whose words are not kept
  PressureNotice notice;      // nothing given: it only fills the list up
};

// The text has at most kLongestPressureNotice bytes.
std::string EncodeNoticeRecord(absl::string_view survey_id, const NoticeRecord& record);
// DATA_LOSS, STORE_CORRUPT: not such a record, or another survey's.
absl::StatusOr<NoticeRecord> DecodeNoticeRecord(absl::string_view record, absl::string_view survey_id);

// Until when notices and comments are kept at the longest: retention_days after the abandon time, by when every survey is
// closed or abandoned.
absl::Time NoticesEndTime(const Contract& contract);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_
