#include "tests/privacy/results.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <sqlite3.h>

#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/server/config.h"

namespace candor::privacy {

namespace {

std::string FromEnvironment(const char* variable, const char* otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr && *text != '\0' ? text : otherwise;
}

absl::Status WriteToFolder(const std::string& name, const base::Json& record) {
  const std::string folder = FromEnvironment("CANDOR_PRIVACY_RESULTS", CANDOR_PRIVACY_RESULTS_FOLDER);
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(folder, 0755));
  return base::WriteFileAtomically(absl::StrCat(folder, "/", name, ".json"), record.dump(2) + "\n", 0644);
}

}  // namespace

SuiteRecord::SuiteRecord(std::string name, base::Json known) : name_(std::move(name)), record_(std::move(known)) {
  record_["suite"] = name_;
  record_["run"] = FromEnvironment("CANDOR_PRIVACY_RUN", "");
  record_["versions"] = {{"candor", server::kVersion},
                         {"commit", FromEnvironment("CANDOR_COMMIT", "unknown")},
                         {"sqlite", sqlite3_libversion()},
                         {"grpc", grpc::Version()},
                         {"libsodium", sodium_version_string()},
                         {"openssl", OpenSSL_version(OPENSSL_VERSION)}};
  Write(false);
}

SuiteRecord::~SuiteRecord() { Write(whole_ && !testing::Test::HasFailure()); }

void SuiteRecord::Found(const base::Json& found) {
  record_.update(found);
  whole_ = true;
}

void SuiteRecord::Write(bool passed) {
  record_["passed"] = passed;
  record_["came_to_its_end"] = whole_;
  const absl::Status written = WriteToFolder(name_, record_);
  EXPECT_TRUE(written.ok()) << "the record " << name_ << ": " << written;
}

int NumberFromEnvironment(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  int number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) && number > 0 ? number : otherwise;
}

}  // namespace candor::privacy
