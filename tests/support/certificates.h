// Certificates for tests, made by the openssl program as an operator would.

#ifndef CANDOR_TESTS_SUPPORT_CERTIFICATES_H_
#define CANDOR_TESTS_SUPPORT_CERTIFICATES_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_folder.h"

namespace candor::testing {

class Certificates {
 public:
  // Makes NAME-ca.pem, and for each of "server" and "client" NAME-server.pem with NAME-server.key and so on.
  static void Make(const TempFolder& folder, const std::string& name) {
    const std::string base = folder.File(name);
    Run(absl::StrCat("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=", name, " authority' -keyout ",
                     base, "-ca.key -out ", base, "-ca.pem"));
    for (const std::string role : {"server", "client"}) {
      const std::string one = absl::StrCat(base, "-", role);
      Run(absl::StrCat("openssl req -newkey rsa:2048 -nodes -subj '/CN=", role, "' -keyout ", one, ".key -out ", one,
                       ".csr"));
      Run(absl::StrCat("printf 'subjectAltName=IP:127.0.0.1' > ", one, ".ext && openssl x509 -req -days 2 -in ", one,
                       ".csr -CA ", base, "-ca.pem -CAkey ", base, "-ca.key -CAcreateserial -extfile ", one,
                       ".ext -out ", one, ".pem"));
    }
  }

 private:
  static void Run(const std::string& command) {
    ASSERT_EQ(std::system(absl::StrCat("(", command, ") >/dev/null 2>&1").c_str()), 0) << command;
  }
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_CERTIFICATES_H_
