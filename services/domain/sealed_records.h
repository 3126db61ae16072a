// What lies sealed between closing and whoever holds the key: a comment for the moderators, a notice for the auditor. The
// records are of fixed length, so that no length says anything; they hold no token and no rating, and nothing that ties
// one to another of the same person.
//
//   comment: reply key (32, zero where its writer cannot be asked) || length (2, big-endian) || text, padded with zero bytes
//     to the longest prompt's cap; sealed with XChaCha20-Poly1305 (crypto::SealRecord) under the survey's comment key, which
//     is random and itself sealed to each moderator's key in the manifest; bound to CommentBinding
//   notice: "candor-notice-v1" || survey id (16) || length (2, big-endian) || text, padded with zero bytes to 500; sealed
//     to the auditor's key in the manifest (crypto::SealToKey)

#ifndef CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_
#define CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

struct CommentRecord {
  std::string reply_key;  // kReplyKeyBytes, or empty
  std::string text;
};

// `cap`: the most bytes that any prompt of the instrument allows; the text has no more.
std::string EncodeCommentRecord(const CommentRecord& comment, size_t cap);
// DATA_LOSS, STORE_CORRUPT: not such a record.
absl::StatusOr<CommentRecord> DecodeCommentRecord(absl::string_view record);

// "candor-comment-v2" || survey id (16 bytes) || place (2, big-endian: index in the survey's list of places).
std::string CommentBinding(absl::string_view survey_id, int place);

// `text`: at most kLongestPressureNotice bytes.
std::string EncodeNoticeRecord(absl::string_view survey_id, absl::string_view text);
// The text. DATA_LOSS, STORE_CORRUPT: not such a record, or another survey's.
absl::StatusOr<std::string> DecodeNoticeRecord(absl::string_view record, absl::string_view survey_id);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_SEALED_RECORDS_H_
