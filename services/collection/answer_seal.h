// How an answer is sealed: what it is bound to, and the turning of keys at closing.

#ifndef CANDOR_SERVICES_COLLECTION_ANSWER_SEAL_H_
#define CANDOR_SERVICES_COLLECTION_ANSWER_SEAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/crypto/hash.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/answer.h"

namespace candor::collection {

// What a sealed answer belongs to. It is authenticated with the answer, so that nobody who can write to the store moves
// an answer to another token, group or survey.
struct AnswerPlace {
  absl::string_view survey_id;   // 16 bytes
  int group = 0;                 // index in the manifest
  absl::string_view token_hash;  // 32 bytes
  uint32_t version = 0;
};

// The answers have passed domain::CheckAnswers.
std::string SealAnswer(const crypto::SecretBytes& data_key, const AnswerPlace& place, const domain::Answers& answers,
                       const domain::AnswerShape& shape);

// What leaf and receipt say of a sealed answer: its SHA-256. Nothing of what was answered, since no two seals
// of the same answers are alike.
crypto::Hash SealedDigest(absl::string_view sealed);

// Opens answers that were sealed under the keys of several runs of the server; which of them is not said anywhere.
class AnswerOpener {
 public:
  explicit AnswerOpener(std::vector<crypto::SecretBytes> data_keys) : data_keys_(std::move(data_keys)) {}

  // Puts the record as domain::EncodeAnswers made it into `record`, which may be used again; false, and nothing in it, when
  // no key opens it. The key that opened the last one is tried first, since runs are long.
  bool Open(absl::string_view sealed, const AnswerPlace& place, std::string& record);

 private:
  std::vector<crypto::SecretBytes> data_keys_;
  size_t last_ = 0;
  std::string bound_;  // what the last answer was bound to
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_ANSWER_SEAL_H_
