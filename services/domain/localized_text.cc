#include "services/domain/localized_text.h"

namespace candor::domain {

using base::Json;

LocalizedText ReadLocalizedText(const Json& value, const std::string& path, JsonFault* fault) {
  LocalizedText text;
  if (!value.is_object()) {
    fault->Set(path, "must be an object with a text for each language");
    return text;
  }
  for (auto at = value.begin(); at != value.end() && fault->ok(); ++at) {
    text[at.key()] = JsonText(at.value(), JsonPath(path, at.key()), fault);
  }
  return text;
}

LocalizedText ReadLocalizedText(JsonObject& object, absl::string_view key, JsonFault* fault) {
  LocalizedText text;
  object.Map(key, [&](const std::string& language, const Json& value, const std::string& at) {
    text[language] = JsonText(value, at, fault);
  });
  return text;
}

}  // namespace candor::domain
