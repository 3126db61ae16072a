#include "services/collection/answer_seal.h"

#include "services/base/private_memory.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kTag = "candor-answer-v1";

std::string Bind(const AnswerPlace& place) {
  std::string bound;
  bound.reserve(kTag.size() + place.survey_id.size() + 2 + place.token_hash.size() + 4);
  bound.append(kTag.data(), kTag.size());
  bound.append(place.survey_id.data(), place.survey_id.size());
  for (int shift = 8; shift >= 0; shift -= 8) bound.push_back(static_cast<char>(place.group >> shift & 0xff));
  bound.append(place.token_hash.data(), place.token_hash.size());
  for (int shift = 24; shift >= 0; shift -= 8) bound.push_back(static_cast<char>(place.version >> shift & 0xff));
  return bound;
}

}  // namespace

std::string SealAnswer(const crypto::SecretBytes& data_key, const AnswerPlace& place, const domain::Answers& answers,
                       const domain::AnswerShape& shape) {
  std::string record = domain::EncodeAnswers(answers, shape);
  std::string sealed = crypto::SealRecord(data_key, record, Bind(place));
  base::Wipe(record);
  return sealed;
}

std::string SealedDigest(absl::string_view sealed) { return crypto::Sha256(sealed); }

std::optional<std::string> AnswerOpener::Open(absl::string_view sealed, const AnswerPlace& place) {
  const std::string bound = Bind(place);
  for (size_t i = 0; i < data_keys_.size(); ++i) {
    const size_t tried = (last_ + i) % data_keys_.size();
    std::optional<std::string> record = crypto::OpenRecord(data_keys_[tried], sealed, bound);
    if (record.has_value()) {
      last_ = tried;
      return record;
    }
  }
  return std::nullopt;
}

}  // namespace candor::collection
