// What the attack suites found, written where a release can take it from.

#ifndef CANDOR_TESTS_PRIVACY_RESULTS_H_
#define CANDOR_TESTS_PRIVACY_RESULTS_H_

#include <string>

#include "services/base/json.h"

namespace candor::privacy {

// The record of one suite, NAME.json in the folder of results, in place of an earlier one. Written when the object is made,
// as of a suite that has not come to its end, and again when it goes: however a test ends, by a failure, a crash or a time
// limit, its record is there and says `passed` only where everything was found and nothing has failed. One for each
// test, made before anything that can fail; used by one thread at a time.
//
// Added are `suite` (NAME), `versions` (of candor, the commit, SQLite, gRPC, libsodium and OpenSSL), `passed`, and `run`:
// the environment variables CANDOR_COMMIT and CANDOR_PRIVACY_RUN, by which tests/run tells what it attacked, and the
// records of this run from those of others; "unknown" and "" where they are unset. The folder is that of
// CANDOR_PRIVACY_RESULTS, else privacy-results beside the built tests; it is made where missing. A record that cannot be
// written is a failure of the test.
class SuiteRecord {
 public:
  // `known`: a JSON object, what is to be told even where nothing more is found.
  explicit SuiteRecord(std::string name, base::Json known = base::Json::object());
  ~SuiteRecord();
  SuiteRecord(const SuiteRecord&) = delete;
  SuiteRecord& operator=(const SuiteRecord&) = delete;

  // The suite has come to its end and found this, a JSON object.
  void Found(const base::Json& found);

 private:
  void Write(bool passed);

  const std::string name_;
  base::Json record_;
  bool whole_ = false;
};

// A positive whole number from the environment, `otherwise` where it is unset or no such number.
int NumberFromEnvironment(const char* variable, int otherwise);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_RESULTS_H_
