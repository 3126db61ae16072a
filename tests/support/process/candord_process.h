// A real candord in a process of its own, on loopback.

#ifndef CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_
#define CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace candor::testing {

// A folder under the system's temporary one, removed with all it holds when the object goes.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One data folder and one address through many starts.
class CandordProcess {
 public:
  // Chooses a free port. Starts nothing. `program`: its name among the built ones.
  explicit CandordProcess(std::string data_folder, std::vector<std::string> more_arguments = {},
                          std::string program = "candord");
  // Kills what still runs.
  ~CandordProcess();
  CandordProcess(const CandordProcess&) = delete;
  CandordProcess& operator=(const CandordProcess&) = delete;

  // Starts the program and waits, at most 30 seconds, until it accepts connections. UNAVAILABLE: it does not; the
  // message has the end of its log.
  absl::Status Start();
  // SIGKILL, and waits until it is gone.
  void Kill();
  // SIGTERM, and waits for the exit; gives the exit code, or -1 when a signal ended it.
  int Stop();

  bool running() const { return process_ > 0; }
  pid_t process() const { return process_; }  // -1: not running
  const std::string& address() const { return address_; }
  const std::string& data_folder() const { return data_folder_; }
  std::string admin_key_file() const { return data_folder_ + "/admin.key"; }
  std::string log_file() const { return log_file_; }

 private:
  const std::string data_folder_;
  const std::vector<std::string> more_arguments_;
  const std::string program_;
  std::string log_file_;
  int port_ = 0;
  std::string address_;
  pid_t process_ = -1;
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_
