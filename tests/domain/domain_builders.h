// Valid values for tests of the domain, to be changed by one member at a time.

#ifndef CANDOR_TESTS_DOMAIN_DOMAIN_BUILDERS_H_
#define CANDOR_TESTS_DOMAIN_DOMAIN_BUILDERS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/domain/contract.h"
#include "services/domain/framework.h"
#include "services/domain/instrument.h"

namespace candor::domain {

// Two domains, three competencies, four indicators, two themes.
Framework SampleFramework();
// Items for the four indicators in English and Spanish; staff and student are asked all but the
// last, parent the first and the last; the third item is reversed. Two prompts, the second for
// staff alone.
Instrument SampleInstrument();
Contract SampleContract();
// The issuing groups staff (12 invited) and other_raters (student and parent, 7 invited).
Manifest SampleManifest();

inline constexpr char kSampleSurvey[] = "00000000000000000000000000";

// That `status` is the error with `code`, `reason` and `field`, and has a message.
void ExpectError(const absl::Status& status, absl::StatusCode code, const std::string& reason,
                 const std::string& field = "");
template <typename T>
void ExpectError(const absl::StatusOr<T>& result, absl::StatusCode code, const std::string& reason,
                 const std::string& field = "") {
  ExpectError(result.status(), code, reason, field);
}

// A change to a JSON document and the path that an error about it must name.
struct JsonCase {
  std::string what;
  std::function<void(base::Json&)> change;
  std::string field;
};

}  // namespace candor::domain

#endif  // CANDOR_TESTS_DOMAIN_DOMAIN_BUILDERS_H_
