#include "services/domain/ids.h"

#include "services/base/encoding.h"

namespace candor::domain {

SurveyId RandomSurveyId() { return SurveyId(base::Base32Encode(base::RandomBytes(16))); }

std::string SurveyIdBytes(const SurveyId& id) {
  const auto bytes = base::Base32Decode(id.value());
  // Base32Decode is lenient about case, hyphens and look-alikes; an id has one form alone.
  if (!bytes.ok() || bytes->size() != 16 || base::Base32Encode(*bytes) != id.value()) return "";
  return *bytes;
}

}  // namespace candor::domain
