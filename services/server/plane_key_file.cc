#include "services/server/plane_key_file.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/private_memory.h"

namespace candor::server {
namespace {

constexpr size_t kLongestKeyFile = 1000;  // bytes

}  // namespace

absl::StatusOr<rpc::PlaneKey> ReadPlaneKeyFile(const std::string& path) {
  absl::StatusOr<std::string> text = base::ReadFile(path, kLongestKeyFile);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read: ", text.status().message()));
  }
  absl::StatusOr<rpc::PlaneKey> key = rpc::PlaneKey::Parse(*text);
  base::Wipe(*text);
  if (!key.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " ", key.status().message(),
                                                   "; make one with candord plane-key --out FILE"));
  }
  struct stat about;
  if (stat(path.c_str(), &about) != 0 || (about.st_mode & 077) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("others than its owner may read ", path, "; run: chmod 600 ", path));
  }
  return key;
}

absl::Status WritePlaneKeyFile(const std::string& path) {
  if (base::FileExists(path)) {
    return absl::AlreadyExistsError(absl::StrCat(path, " is there already and may be in use; give another file, or remove "
                                                       "it first"));
  }
  std::string text = rpc::PlaneKey::Make().Text();
  const absl::Status written = base::WriteFileAtomically(path, text, 0600);
  base::Wipe(text);
  return written;
}

}  // namespace candor::server
