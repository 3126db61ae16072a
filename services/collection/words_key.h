// The words that moderators let out, until they are handed over: sealed under a key of the survey's in the key folder, so
// that no copy of the database and no backup holds a word.

#ifndef CANDOR_SERVICES_COLLECTION_WORDS_KEY_H_
#define CANDOR_SERVICES_COLLECTION_WORDS_KEY_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/ids.h"

namespace candor::collection {

// <keys folder>/<survey>.<name>.key. Used by one thread at a time for a survey; the folder exists.
class WordsKeyFile {
 public:
  WordsKeyFile(absl::string_view keys_folder, const domain::SurveyId& survey, absl::string_view name);

  // Empty: there is none, or it is damaged.
  absl::StatusOr<crypto::SecretBytes> Find() const;
  // Makes one where there is none.
  absl::StatusOr<crypto::SecretBytes> Ensure() const;
  // Harmless when there is none.
  absl::Status Destroy() const;

 private:
  const std::string path_;
};

struct Words {
  std::string text;  // what goes out; may be empty
  std::string note;  // for other moderators, at most domain::kLongestModerationNote; may be empty
};

// How long sealed words are.
size_t SealedWordsBytes(size_t longest_text);

// Of SealedWordsBytes, whatever the words are. `text` has at most `longest_text` bytes.
std::string SealWords(const crypto::SecretBytes& key, const Words& words, size_t longest_text, absl::string_view binding);
// Empty: sealed under another key or binding, or altered.
std::optional<Words> OpenWords(const crypto::SecretBytes& key, absl::string_view sealed, absl::string_view binding);

// INVALID_ARGUMENT, FIELD_INVALID: longer than `cap` bytes, or not plain text.
absl::Status CheckWords(absl::string_view text, size_t cap, absl::string_view field);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_WORDS_KEY_H_
