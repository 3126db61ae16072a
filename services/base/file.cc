#include "services/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::base {
namespace {

absl::Status Fault(absl::string_view what, const std::string& path, int error) {
  const std::string text = absl::StrCat(what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(text);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(text);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    default:
      return absl::UnavailableError(text);
  }
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

int WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return Fault("cannot open", path, errno);
  std::string bytes;
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(file.get(), buffer, sizeof(buffer));
    if (got < 0) {
      if (errno == EINTR) continue;
      return Fault("cannot read", path, errno);
    }
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<size_t>(got) > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat(path, " is longer than ", max_bytes, " bytes"));
    }
    bytes.append(buffer, static_cast<size_t>(got));
  }
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes, int mode) {
  const std::string scratch = absl::StrCat(path, ".", HexEncode(RandomBytes(6)), ".new");
  int error = 0;
  {
    const Descriptor file(open(scratch.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) return Fault("cannot create", scratch, errno);
    error = WriteAll(file.get(), bytes);
    if (error == 0 && fsync(file.get()) != 0) error = errno;
  }
  if (error == 0 && rename(scratch.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(scratch.c_str());
    return Fault("cannot write", path, error);
  }
  return SyncFolder(ParentOf(path));
}

absl::Status MakeFolder(const std::string& path, int mode) {
  if (mkdir(path.c_str(), mode) == 0) return SyncFolder(ParentOf(path));
  if (errno == ENOENT) {
    CANDOR_RETURN_IF_ERROR(MakeFolder(ParentOf(path), mode));
    if (mkdir(path.c_str(), mode) == 0) return SyncFolder(ParentOf(path));
  }
  if (errno == EEXIST && std::filesystem::is_directory(path)) return absl::OkStatus();
  return Fault("cannot create the folder", path, errno);
}

absl::Status SyncFolder(const std::string& folder) {
  const Descriptor handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0) return Fault("cannot open the folder", folder, errno);
  if (fsync(handle.get()) != 0) return Fault("cannot sync the folder", folder, errno);
  return absl::OkStatus();
}

absl::Status DestroyFile(const std::string& path) {
  {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) {
      if (errno == ENOENT) return absl::OkStatus();
      return Fault("cannot open", path, errno);
    }
    struct stat info {};
    if (fstat(file.get(), &info) != 0) return Fault("cannot read", path, errno);
    const std::string zeros(1 << 16, '\0');
    for (off_t left = info.st_size; left > 0;) {
      const size_t part = std::min<size_t>(zeros.size(), static_cast<size_t>(left));
      if (const int error = WriteAll(file.get(), absl::string_view(zeros).substr(0, part)); error != 0) {
        return Fault("cannot overwrite", path, error);
      }
      left -= static_cast<off_t>(part);
    }
    if (fsync(file.get()) != 0) return Fault("cannot sync", path, errno);
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Fault("cannot remove", path, errno);
  return SyncFolder(ParentOf(path));
}

bool FileExists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return Fault("cannot list", folder, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace candor::base
