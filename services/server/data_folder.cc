#include "services/server/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::server {
namespace {

constexpr size_t kLongestKeyFile = 1000;  // bytes

absl::Status Unusable(absl::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCONFIGURATION_INVALID, message);
}

// Who holds the lock is for people alone: nothing depends on what the file says.
void WriteHolder(int lock) {
  const std::string process = absl::StrCat(getpid(), "\n");
  if (ftruncate(lock, 0) == 0) (void)!pwrite(lock, process.data(), process.size(), 0);
}

// " (process 123)"; empty: not known.
std::string ReadHolder(int lock) {
  char text[32];
  const ssize_t length = pread(lock, text, sizeof(text), 0);
  int process = 0;
  if (length <= 0 || !absl::SimpleAtoi(absl::string_view(text, static_cast<size_t>(length)), &process)) return "";
  return absl::StrCat(" (process ", process, ")");
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::Open(const std::string& path, absl::string_view when_locked) {
  if (const absl::Status made = base::MakeFolder(path, 0700); !made.ok()) {
    return Unusable(absl::StrCat("the data folder ", path, " cannot be made: ", made.message()));
  }
  struct stat about;
  if (stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    return Unusable(absl::StrCat("the data folder ", path, " is no folder"));
  }
  if ((about.st_mode & 077) != 0) {
    return Unusable(absl::StrCat("others than its owner may enter the data folder ", path, "; run: chmod 700 ", path));
  }
  const std::string lock_file = absl::StrCat(path, "/candord.lock");
  const int lock = open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Unusable(absl::StrCat(lock_file, " cannot be opened: ", std::strerror(errno)));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int fault = errno;
    const std::string holder = ReadHolder(lock);
    close(lock);
    return Unusable(fault == EWOULDBLOCK ? absl::StrCat("another candord", holder, " is using the data folder ", path,
                                                        "; ", when_locked)
                                         : absl::StrCat(lock_file, " cannot be locked: ", std::strerror(fault)));
  }
  WriteHolder(lock);
  return std::unique_ptr<DataFolder>(new DataFolder(path, lock));
}

DataFolder::~DataFolder() { close(lock_); }

std::string DataFolder::identity_database() const { return absl::StrCat(path_, "/identity.db"); }

std::string DataFolder::response_database() const { return absl::StrCat(path_, "/responses.db"); }

absl::Status DataFolder::ClaimFor(rpc::Planes planes) const {
  const std::string file = absl::StrCat(path_, "/planes");
  const std::string wanted = rpc::NameOf(planes);
  std::string found = wanted;
  const absl::StatusOr<std::string> noted = base::ReadFile(file, kLongestKeyFile);
  if (noted.ok()) {
    found = std::string(absl::StripAsciiWhitespace(*noted));
  } else if (!absl::IsNotFound(noted.status())) {
    return Unusable(absl::StrCat(file, " cannot be read: ", noted.status().message()));
  } else {
    // A folder that a backup was restored into has no note.
    const bool identity = base::FileExists(identity_database()), responses = base::FileExists(response_database());
    if (identity != responses) found = rpc::NameOf(identity ? rpc::Planes::kIdentity : rpc::Planes::kResponses);
    if (identity && responses) found = rpc::NameOf(rpc::Planes::kBoth);
  }
  if (found != wanted) {
    return Unusable(absl::StrCat("the data folder ", path_, " is one of --planes=", found, "; start it so, or give --planes=",
                                 wanted, " a folder of its own"));
  }
  if (noted.ok()) return absl::OkStatus();
  const absl::Status written = base::WriteFileAtomically(file, absl::StrCat(wanted, "\n"), 0600);
  return written.ok() ? written : Unusable(absl::StrCat(file, " cannot be written: ", written.message()));
}

std::string DataFolder::admin_key_file() const { return absl::StrCat(path_, "/admin.key"); }

absl::Status DataFolder::WriteAdminKey(absl::string_view secret) const {
  const absl::Status written = base::WriteFileAtomically(admin_key_file(), absl::StrCat(secret, "\n"), 0600);
  if (written.ok()) return absl::OkStatus();
  const std::string fault = absl::StrCat("the administrator's key cannot be written: ", written.message());
  if (absl::IsResourceExhausted(written)) {
    return base::Error(absl::StatusCode::kResourceExhausted, domain::reasons::kSTORE_FULL,
                       absl::StrCat(fault, "; make room there, then start again"));
  }
  return Unusable(absl::StrCat(fault, "; see to it that candord may write files there and that nothing else has that "
                                      "name, then start again"));
}

absl::StatusOr<std::string> DataFolder::ReadAdminKey() const {
  CANDOR_ASSIGN_OR_RETURN(const std::string line, base::ReadFile(admin_key_file(), kLongestKeyFile));
  return std::string(absl::StripAsciiWhitespace(line));
}

}  // namespace candor::server
