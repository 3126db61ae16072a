// Times of files that say nothing.
//
// A file's time of change is that of the last answer, and whoever copies the folder again and again (a backup that keeps
// times) would have a series of such moments. So the files of open surveys bear one fixed time.

#ifndef CANDOR_STORAGE_SQLITE_STILL_TIMES_H_
#define CANDOR_STORAGE_SQLITE_STILL_TIMES_H_

#include <ctime>
#include <string>
#include <vector>

namespace candor::storage::sqlite {

// 2000-01-01T00:00:00Z, in seconds of Unix.
inline constexpr std::time_t kStillTime = 946'684'800;

// Sets the times of last access and change of the file or folder at `path` to kStillTime. Does nothing when there is no
// such file, or when the file system refuses. Works by path: opening and closing a database's file would take SQLite's
// locks away.
void StillTimesOf(const std::string& path);

// The times of one open survey's file at `path`, its log and index, and the folder that they lie in.
class StillTimes {
 public:
  explicit StillTimes(const std::string& path);

  // Of the three files; one system call each.
  void Files() const;
  // Of the folder too: after a file was made or removed there.
  void FilesAndFolder() const;

 private:
  std::string database_;
  std::string log_;
  std::string index_;
  std::string folder_;
};

// The times of last access and change of one database's file, log and index as they are when this is made, to be set back after a
// write that must leave no time. Works by path, as StillTimesOf.
class KeptTimes {
 public:
  explicit KeptTimes(const std::string& path);
  // A file that was not there before bears kStillTime.
  void SetBack() const;

 private:
  struct File {
    std::string path;
    std::timespec times[2];
  };
  std::vector<File> files_;
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_STILL_TIMES_H_
