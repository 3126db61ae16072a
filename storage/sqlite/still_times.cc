#include "storage/sqlite/still_times.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace candor::storage::sqlite {

void StillTimesOf(const std::string& path) {
  const timespec still = {kStillTime, 0};
  const timespec times[2] = {still, still};
  // An owner can always do this to a file that can be written at all, and an answer that is stored is not refused for it.
  (void)utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

StillTimes::StillTimes(const std::string& path)
    : database_(path), log_(path + "-wal"), index_(path + "-shm"), folder_(path.substr(0, path.rfind('/'))) {}

void StillTimes::Files() const {
  StillTimesOf(database_);
  StillTimesOf(log_);
  StillTimesOf(index_);
}

void StillTimes::FilesAndFolder() const {
  Files();
  StillTimesOf(folder_);
}

KeptTimes::KeptTimes(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    File& file = files_.emplace_back(File{path + suffix, {{kStillTime, 0}, {kStillTime, 0}}});
    struct stat found {};
    if (stat(file.path.c_str(), &found) != 0) continue;
    file.times[0] = found.st_atim;
    file.times[1] = found.st_mtim;
  }
}

void KeptTimes::SetBack() const {
  for (const File& file : files_) (void)utimensat(AT_FDCWD, file.path.c_str(), file.times, 0);
}

}  // namespace candor::storage::sqlite
