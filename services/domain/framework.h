// A leadership framework: domains, competencies, indicators, the themes that cut across them, and guidance for growth.

#ifndef CANDOR_SERVICES_DOMAIN_FRAMEWORK_H_
#define CANDOR_SERVICES_DOMAIN_FRAMEWORK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/json.h"
#include "services/domain/json_reader.h"
#include "services/domain/localized_text.h"

namespace candor::domain {

inline constexpr char kFrameworkFormat[] = "candor.framework.v1";
inline constexpr size_t kLongestFrameworkText = 1000;  // bytes
inline constexpr size_t kMostIndicators = 2000;
// Questions of a domain, next steps of a competency, priority areas.
inline constexpr size_t kMostGuidance = 20;

// Codes of a framework's parts are 1 to 63 characters of [A-Za-z0-9._/-] or underscore. A code stands once among the
// themes, once among the guiding questions, once among the priority areas, and once among domains, competencies and
// indicators together. A localized text has 1 to 20 languages, each with one line of 1 to 1,000 bytes.
struct Theme {
  std::string code;   // unique among themes, for instance "EI"
  std::string title;
};

struct Indicator {
  std::string code;   // unique in the framework, for instance "I.1.a"
  std::string title;
  std::vector<std::string> themes;  // codes of themes, each once; may be empty
};

struct Competency {
  std::string code;
  std::string title;
  std::vector<Indicator> indicators;  // at least one
  std::vector<LocalizedText> next_steps;  // at most 20: what a leader can do within weeks to grow in it; may be empty
};

// What a leadership team asks itself about a domain.
struct GuidingQuestion {
  std::string code;  // unique among the questions, for instance "I.Q1"
  LocalizedText text;
};

struct Domain {
  std::string code;
  std::string title;
  std::vector<Competency> competencies;  // at least one
  std::vector<GuidingQuestion> questions;  // at most 20; may be empty
};

// A concern that recurs in several domains, by which focus areas can be sorted. A competency may belong to several.
struct PriorityArea {
  std::string code;  // unique among the areas, for instance "P1"
  LocalizedText title;
  std::vector<std::string> competencies;  // at least one code, each once
};

struct Framework {
  std::string code;         // 1 to 63 characters of [a-z0-9-]
  std::string title;
  std::string version;
  std::string attribution;  // shown wherever the framework's text is shown; may be empty
  std::string license;
  std::string license_url;
  std::vector<Theme> themes;
  std::vector<Domain> domains;  // at least one
  std::vector<PriorityArea> priority_areas;  // at most 20; may be empty
};

// Where one indicator stands in its framework; pointers into that framework.
struct IndicatorPlace {
  const Domain* domain = nullptr;
  const Competency* competency = nullptr;
  const Indicator* indicator = nullptr;
};

// Reads a framework in our own file format ("candor.framework.v1", described in deploy/demo/README.md).
// INVALID_ARGUMENT: JSON_MALFORMED (with line and column) or FRAMEWORK_INVALID (names the path of the fault: a missing
// or empty member, a code that stands twice, an unknown theme or competency, a language that is no tag, a text of more
// than 1,000 bytes, more than 2,000 indicators, a list of guidance with more than 20). Unknown members are refused, so
// that a typo is not lost in silence. Title, version and domains must stand; attribution, license, license_url, themes,
// an indicator's themes, and all guidance (questions, next steps, priority areas) may be left out.
absl::StatusOr<Framework> ParseFramework(absl::string_view json_text);

// The rules that ParseFramework applies to what it has read, for a framework that comes by another way.
// INVALID_ARGUMENT, FRAMEWORK_INVALID, with the path of the first fault as field.
absl::Status CheckFramework(const Framework& framework);

// Reads the members of the format from `value`, which stands at `path` of a larger document. Members and types alone
// are checked here; a fault goes to `fault`.
Framework ReadFramework(const base::Json& value, const std::string& path, JsonFault* fault);

// The same format, as a document; ParseFramework(CanonicalJson(FrameworkToJson(f))) gives f again. Guidance that is
// empty is not written, so that a framework without it keeps the document and hash that it had before there was any.
base::Json FrameworkToJson(const Framework& framework);

// The place of the indicator with `code`; all members null when there is none.
IndicatorPlace FindIndicator(const Framework& framework, absl::string_view code);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_FRAMEWORK_H_
