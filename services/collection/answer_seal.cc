#include "services/collection/answer_seal.h"

#include "services/base/private_memory.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kTag = "candor-answer-v1";

void Bind(const AnswerPlace& place, std::string& bound) {
  bound.clear();
  bound.reserve(kTag.size() + place.survey_id.size() + 2 + place.token_hash.size() + 4);
  bound.append(kTag.data(), kTag.size());
  bound.append(place.survey_id.data(), place.survey_id.size());
  for (int shift = 8; shift >= 0; shift -= 8) bound.push_back(static_cast<char>(place.group >> shift & 0xff));
  bound.append(place.token_hash.data(), place.token_hash.size());
  for (int shift = 24; shift >= 0; shift -= 8) bound.push_back(static_cast<char>(place.version >> shift & 0xff));
}

}  // namespace

std::string SealAnswer(const crypto::SecretBytes& data_key, const AnswerPlace& place, const domain::Answers& answers,
                       const domain::AnswerShape& shape) {
  std::string record = domain::EncodeAnswers(answers, shape);
  std::string bound;
  Bind(place, bound);
  std::string sealed = crypto::SealRecord(data_key, record, bound);
  base::Wipe(record);
  return sealed;
}

crypto::Hash SealedDigest(absl::string_view sealed) { return crypto::HashOf({sealed}); }

bool AnswerOpener::Open(absl::string_view sealed, const AnswerPlace& place, std::string& record) {
  Bind(place, bound_);
  for (size_t i = 0; i < data_keys_.size(); ++i) {
    const size_t tried = (last_ + i) % data_keys_.size();
    if (crypto::OpenRecordTo(data_keys_[tried], sealed, bound_, record)) {
      last_ = tried;
      return true;
    }
  }
  base::Wipe(record);
  return false;
}

}  // namespace candor::collection
