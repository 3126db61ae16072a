#include "tests/privacy/results.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <sqlite3.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/server/config.h"

namespace candor::privacy {

std::string ResultsFolder() {
  const char* const chosen = std::getenv("CANDOR_PRIVACY_RESULTS");
  return chosen != nullptr && *chosen != '\0' ? chosen : CANDOR_PRIVACY_RESULTS_FOLDER;
}

absl::Status WriteRecord(const std::string& name, base::Json record) {
  record["suite"] = name;
  record["versions"] = {{"candor", server::kVersion},
                        {"sqlite", sqlite3_libversion()},
                        {"grpc", grpc::Version()},
                        {"libsodium", sodium_version_string()},
                        {"openssl", OpenSSL_version(OPENSSL_VERSION)}};
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(ResultsFolder(), 0755));
  return base::WriteFileAtomically(absl::StrCat(ResultsFolder(), "/", name, ".json"), record.dump(2) + "\n", 0644);
}

int NumberFromEnvironment(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  int number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) && number > 0 ? number : otherwise;
}

}  // namespace candor::privacy
