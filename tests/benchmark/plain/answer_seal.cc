// The seams of sealing without any of it, for candord_plain alone: answers stand in clear in a record of the same
// length, and have no digest. No product contains this.

#include "services/collection/answer_seal.h"

#include "services/base/private_memory.h"
#include "services/crypto/sealing.h"

namespace candor::collection {

std::string SealAnswer(const crypto::SecretBytes&, const AnswerPlace&, const domain::Answers& answers,
                       const domain::AnswerShape& shape) {
  std::string record = domain::EncodeAnswers(answers, shape);
  std::string plain = record + std::string(crypto::kRecordOverheadBytes, '\0');
  base::Wipe(record);
  return plain;
}

crypto::Hash SealedDigest(absl::string_view) { return {}; }

bool AnswerOpener::Open(absl::string_view sealed, const AnswerPlace&, std::string& record) {
  record = std::string(sealed.substr(0, sealed.size() - crypto::kRecordOverheadBytes));
  return true;
}

}  // namespace candor::collection
