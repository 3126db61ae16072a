#include "services/collection/comment_record.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kTag = "candor-comment-v1";
constexpr size_t kReplyKeyAt = 4;
constexpr size_t kLengthAt = kReplyKeyAt + domain::kReplyKeyBytes;
constexpr size_t kTextAt = kLengthAt + 2;

void AppendShort(size_t value, std::string& out) {
  CANDOR_CHECK(value <= 0xffff);
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xff));
}

int ReadShort(absl::string_view bytes, size_t at) {
  return static_cast<uint8_t>(bytes[at]) << 8 | static_cast<uint8_t>(bytes[at + 1]);
}

}  // namespace

std::string SealComment(const crypto::SecretBytes& comment_key, absl::string_view survey_id, const Comment& comment,
                        size_t cap) {
  CANDOR_CHECK(comment.text.size() <= cap);
  CANDOR_CHECK(comment.reply_key.empty() || comment.reply_key.size() == domain::kReplyKeyBytes);
  std::string record;
  record.reserve(kTextAt + cap);
  AppendShort(static_cast<size_t>(comment.group), record);
  AppendShort(static_cast<size_t>(comment.prompt), record);
  record += comment.reply_key;
  record.resize(kLengthAt, '\0');
  AppendShort(comment.text.size(), record);
  record += comment.text;
  record.resize(kTextAt + cap, '\0');
  std::string sealed = crypto::SealRecord(comment_key, record, absl::StrCat(kTag, survey_id));
  base::Wipe(record);
  return sealed;
}

absl::StatusOr<Comment> OpenComment(const crypto::SecretBytes& comment_key, absl::string_view survey_id,
                                    absl::string_view sealed) {
  std::optional<std::string> record =
      crypto::OpenRecord(comment_key, sealed, absl::StrCat(kTag, survey_id));
  if (!record.has_value()) return absl::InvalidArgumentError("this key does not open the comment");
  if (record->size() < kTextAt) return domain::errors::StoreCorrupt("a comment's record is cut");
  const size_t length = static_cast<size_t>(ReadShort(*record, kLengthAt));
  if (length > record->size() - kTextAt) return domain::errors::StoreCorrupt("a comment's record is cut");
  Comment comment{ReadShort(*record, 0), ReadShort(*record, 2), record->substr(kTextAt, length), ""};
  const std::string reply_key = record->substr(kReplyKeyAt, domain::kReplyKeyBytes);
  if (reply_key.find_first_not_of('\0') != std::string::npos) comment.reply_key = reply_key;
  base::Wipe(*record);
  return comment;
}

}  // namespace candor::collection
