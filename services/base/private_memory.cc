#include "services/base/private_memory.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace candor::base {

absl::Status KeepMemoryPrivate() {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) {
    return absl::UnavailableError(absl::StrCat("core files cannot be forbidden: ", std::strerror(errno)));
  }
  // The limit alone does not hold for a system that pipes core files into a program of its own; this does.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return absl::UnavailableError(absl::StrCat("the memory cannot be made private: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

void Wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

void Wipe(std::vector<uint8_t>& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace candor::base
