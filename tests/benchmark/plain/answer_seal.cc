// The seams of sealing without any of it, for candord_plain alone: answers stand in clear in a record of the same
// length, and have no digest. No product contains this.

#include "services/collection/answer_seal.h"

#include "services/base/private_memory.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"

namespace candor::collection {

std::string SealAnswer(const crypto::SecretBytes&, const AnswerPlace&, const domain::Answers& answers,
                       const domain::AnswerShape& shape) {
  std::string record = domain::EncodeAnswers(answers, shape);
  std::string plain = record + std::string(crypto::kRecordOverheadBytes, '\0');
  base::Wipe(record);
  return plain;
}

std::string SealedDigest(absl::string_view) { return std::string(crypto::kSha256Bytes, '\0'); }

std::optional<std::string> AnswerOpener::Open(absl::string_view sealed, const AnswerPlace&) {
  return std::string(sealed.substr(0, sealed.size() - crypto::kRecordOverheadBytes));
}

}  // namespace candor::collection
