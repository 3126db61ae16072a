// A running service as its operator has it: processes, folders, logs; and copies of all of it, as somebody who can read
// the machine's disks would take them.

#ifndef CANDOR_TESTS_PRIVACY_DEPLOYMENT_H_
#define CANDOR_TESTS_PRIVACY_DEPLOYMENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/connection.h"
#include "tests/support/process/candord_process.h"

namespace candor::privacy {

// Whose a file is. In one process the log is both planes'.
enum class Plane { kIdentity, kResponse, kBoth };

struct CopiedFile {
  Plane plane = Plane::kBoth;
  std::string name;  // below the folder that was copied, for instance "data/open/....db"
  std::shared_ptr<const std::string> bytes;
  int64_t modified_ns = 0, changed_ns = 0;  // since 1970: mtime and ctime
  uint64_t inode = 0;
};

// Everything at one moment, in the order of the names.
struct Copy {
  std::vector<CopiedFile> files;
};

// The files of both.
Copy Together(const Copy& a, const Copy& b);

// Copies every file below `folder`, under names that begin with `prefix`. Bytes that are those of `before` are shared
// with it. What vanishes meanwhile is not in the copy, and what is written meanwhile may be torn, as in any copy of a
// running system.
void CopyFolder(const std::string& folder, const std::string& prefix, Plane plane, const Copy* before, Copy& copy);

// A folder for many short files and many waits for the disk: in memory where the machine has enough of it, else with
// the other temporary files. Removed with the object.
class FastFolder {
 public:
  FastFolder();
  ~FastFolder();
  FastFolder(const FastFolder&) = delete;
  FastFolder& operator=(const FastFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// In the words and in the names of records that the results use: how the planes are arranged in this run.
const char* ArrangementInWords();
std::string RecordName(const std::string& suite);

// What the processes take for the time of day.
enum class ClockOf {
  kMachine,
  kTest,  // the machine's, set forward by Deployment::Advance; all else is candord
};

// Real candord processes, one or two (see testing::ArrangementOfThisRun), that log as much as they can.
class Deployment {
 public:
  // Below `folder`. `ready_keys`: issuing keys that lie ready at the start; a few are made and the others are copies of
  // them, since making one takes longer than a whole campaign and who signs is not what is tried here.
  Deployment(const std::string& folder, int ready_keys, ClockOf clock = ClockOf::kMachine);

  absl::Status Start();
  // Of ClockOf::kTest: the time of day, and the time that has passed, of all processes.
  absl::Status Advance(absl::Duration by);
  void Kill();
  // The identity plane's process stands still until it goes on.
  void Pause();
  void Continue();
  // The exit code of the process that failed, else 0.
  int Stop();

  const std::string& identity_address() const;
  const std::string& response_address() const;
  // The identity plane's, outside of all that is copied.
  std::string keys_folder() const { return folder_ + "/keys"; }
  // With the installation administrator's key.
  absl::StatusOr<std::shared_ptr<client::Connection>> Administrator() const;

  // All but secret keys: data folders, logs, temporary files.
  Copy TakeCopy(const Copy* before = nullptr) const;
  // The secret keys, of both planes, but for those that lie ready for surveys to come.
  Copy TakeKeys() const;
  // All lines of all logs.
  std::string Logs() const;

 private:
  const std::string folder_;
  const std::string clock_file_;  // outside of all that is copied
  absl::Duration advanced_ = absl::ZeroDuration();
  std::unique_ptr<testing::CandordProcess> process_;
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_DEPLOYMENT_H_
