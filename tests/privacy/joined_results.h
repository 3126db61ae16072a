// The records of all attack suites as one document, which says at its top whether the whole of it held.

#ifndef CANDOR_TESTS_PRIVACY_JOINED_RESULTS_H_
#define CANDOR_TESTS_PRIVACY_JOINED_RESULTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/json.h"

namespace candor::privacy {

// Which run of tests/run the records are of, and what it attacked.
struct RunOfSuites {
  std::string run;     // as CANDOR_PRIVACY_RUN, not empty
  std::string commit;  // as CANDOR_COMMIT
};

// The names in a list of expected records, one a line; blank lines, and what follows a #, are passed over.
std::vector<std::string> ExpectedRecords(absl::string_view list);

// Joins the records (SuiteRecord) of this run that lie in `folder`: a JSON object with `format`, `run`, `commit`,
// `suites` (the records, by name), and by their names
// - `missing`: expected, but there is no record of this run: the suite did not run;
// - `failed`: their `passed` is not true, or the file holds no JSON object;
// - `unexpected`: of this run, but not in the list, which therefore no longer says what must be there.
// `passed` is true where all three are empty. Records of other runs are passed over. NOT_FOUND and others of
// base::ListFolder and base::ReadFile.
absl::StatusOr<base::Json> JoinResults(const std::string& folder, const std::vector<std::string>& expected,
                                       const RunOfSuites& run);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_JOINED_RESULTS_H_
