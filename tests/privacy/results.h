// What the attack suites found, written where a release can take it from.

#ifndef CANDOR_TESTS_PRIVACY_RESULTS_H_
#define CANDOR_TESTS_PRIVACY_RESULTS_H_

#include <string>

#include "absl/status/status.h"
#include "services/base/json.h"

namespace candor::privacy {

// Writes `record`, a JSON object, as NAME.json into the folder of results, in place of an earlier one, with `suite`
// (NAME) and `versions` (of candor, SQLite, gRPC, libsodium and OpenSSL) added. tests/run joins all records of the
// folder into one file. The folder is that of the environment variable CANDOR_PRIVACY_RESULTS, else privacy-results
// beside the built tests; it is made where missing. UNAVAILABLE and others of base::WriteFileAtomically.
absl::Status WriteRecord(const std::string& name, base::Json record);

// The folder that WriteRecord writes to.
std::string ResultsFolder();

// A positive whole number from the environment, `otherwise` where it is unset or no such number.
int NumberFromEnvironment(const char* variable, int otherwise);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_RESULTS_H_
