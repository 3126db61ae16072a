#include "services/collection/words_key.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"
#include "services/domain/comments.h"
#include "services/domain/errors.h"
#include "services/domain/padded_text.h"
#include "services/domain/text.h"

namespace candor::collection {
namespace {

constexpr size_t kNoteBytes = domain::kTextLengthBytes + domain::kLongestModerationNote;

}  // namespace

WordsKeyFile::WordsKeyFile(absl::string_view keys_folder, const domain::SurveyId& survey, absl::string_view name)
    : path_(absl::StrCat(keys_folder, "/", survey.value(), ".", name, ".key")) {}

absl::StatusOr<crypto::SecretBytes> WordsKeyFile::Find() const {
  absl::StatusOr<std::string> bytes = base::ReadFile(path_, /*max_bytes=*/4096);
  if (absl::IsNotFound(bytes.status())) return crypto::SecretBytes();
  CANDOR_RETURN_IF_ERROR(bytes.status());
  crypto::SecretBytes key(*bytes);
  base::Wipe(*bytes);
  if (key.size() != crypto::kDataKeyBytes) return crypto::SecretBytes();
  return key;
}

absl::StatusOr<crypto::SecretBytes> WordsKeyFile::Ensure() const {
  CANDOR_ASSIGN_OR_RETURN(crypto::SecretBytes key, Find());
  if (!key.empty()) return key;
  key = crypto::NewDataKey();
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path_, key.view(), 0600));
  return key;
}

absl::Status WordsKeyFile::Destroy() const { return base::DestroyFile(path_); }

size_t SealedWordsBytes(size_t longest_text) {
  return kNoteBytes + domain::kTextLengthBytes + longest_text + crypto::kRecordOverheadBytes;
}

std::string SealWords(const crypto::SecretBytes& key, const Words& words, size_t longest_text, absl::string_view binding) {
  std::string record;
  record.reserve(kNoteBytes + domain::kTextLengthBytes + longest_text);
  domain::AppendPadded(words.note, domain::kLongestModerationNote, record);
  domain::AppendPadded(words.text, longest_text, record);
  std::string sealed = crypto::SealRecord(key, record, binding);
  base::Wipe(record);
  return sealed;
}

std::optional<Words> OpenWords(const crypto::SecretBytes& key, absl::string_view sealed, absl::string_view binding) {
  std::optional<std::string> record = crypto::OpenRecord(key, sealed, binding);
  if (!record.has_value() || record->size() < kNoteBytes) return std::nullopt;
  Words words;
  const absl::string_view bytes = *record;
  const bool read = domain::ReadPadded(bytes.substr(0, kNoteBytes), words.note) &&
                    domain::ReadPadded(bytes.substr(kNoteBytes), words.text);
  base::Wipe(*record);
  if (!read) return std::nullopt;
  return words;
}

absl::Status CheckWords(absl::string_view text, size_t cap, absl::string_view field) {
  if (text.size() > cap) {
    return domain::errors::InvalidField(field, absl::StrCat("has more than ", cap, " bytes; shorten it"));
  }
  if (!domain::IsPlainText(text)) {
    return domain::errors::InvalidField(field,
                                        "must be UTF-8 text without control characters; line breaks and tabs are fine");
  }
  return absl::OkStatus();
}

}  // namespace candor::collection
