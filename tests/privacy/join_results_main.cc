// join_privacy_results FOLDER LIST FILE: joins the attack suites' records in FOLDER, of which LIST names those that are
// expected, into FILE. Which run they are of, and of which commit, stands in CANDOR_PRIVACY_RUN and CANDOR_COMMIT. Exits
// with 0 where all held, 1 where something is missing or failed, which it says, and 2 where nothing could be joined.

#include <cstdlib>
#include <iostream>
#include <string>

#include "services/base/file.h"
#include "services/base/status.h"
#include "tests/privacy/joined_results.h"

namespace candor::privacy {
namespace {

std::string FromEnvironment(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? "" : text;
}

absl::StatusOr<bool> Join(const std::string& folder, const std::string& list, const std::string& file) {
  const RunOfSuites run{FromEnvironment("CANDOR_PRIVACY_RUN"), FromEnvironment("CANDOR_COMMIT")};
  if (run.run.empty()) return absl::InvalidArgumentError("set CANDOR_PRIVACY_RUN to what it was when the suites ran");
  CANDOR_ASSIGN_OR_RETURN(const std::string names, base::ReadFile(list));
  CANDOR_ASSIGN_OR_RETURN(const base::Json joined, JoinResults(folder, ExpectedRecords(names), run));
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(file, joined.dump(2) + "\n", 0644));
  for (const char* fault : {"missing", "failed", "unexpected"}) {
    for (const base::Json& name : joined[fault]) {
      std::cerr << "record of an attack suite " << fault << ": " << name.get<std::string>() << "\n";
    }
  }
  if (!joined["unexpected"].empty()) std::cerr << "a suite that is new must be named in " << list << "\n";
  return joined["passed"] == true;
}

}  // namespace
}  // namespace candor::privacy

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: join_privacy_results FOLDER LIST FILE\n";
    return 2;
  }
  const auto held = candor::privacy::Join(argv[1], argv[2], argv[3]);
  if (held.ok()) return *held ? 0 : 1;
  std::cerr << "the results of the attack suites could not be joined: " << held.status().message() << "\n";
  return 2;
}
