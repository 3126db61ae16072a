// One text in several languages, in the members of our own file formats.

#ifndef CANDOR_SERVICES_DOMAIN_LOCALIZED_TEXT_H_
#define CANDOR_SERVICES_DOMAIN_LOCALIZED_TEXT_H_

#include <cstddef>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "services/base/json.h"
#include "services/domain/json_reader.h"

namespace candor::domain {

inline constexpr size_t kMostLanguages = 20;

// Language tag (BCP 47, for instance "en", "es") -> text.
using LocalizedText = std::map<std::string, std::string>;

// Reads an object with a text for each language; a fault goes to `fault`. Only types are checked.
LocalizedText ReadLocalizedText(const base::Json& value, const std::string& path, JsonFault* fault);
// The same of the member `key`, which must stand.
LocalizedText ReadLocalizedText(JsonObject& object, absl::string_view key, JsonFault* fault);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_LOCALIZED_TEXT_H_
