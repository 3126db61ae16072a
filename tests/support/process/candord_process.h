// A real candord in a process of its own, or one for each plane, on loopback.

#ifndef CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_
#define CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/arrangement.h"

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

// A port of loopback that no other test that runs at the same time gets, in this process or another, as long as the object
// lives: also between two starts of the program that listens on it.
class PortLease {
 public:
  PortLease();
  ~PortLease();
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;
  int port() const { return port_; }

 private:
  int port_ = 0;
  int lock_ = -1;  // an open file, locked; which port it stands for says its name
};

// One process through many starts, on one port.
class Program {
 public:
  // Chooses a free port unless one is given. `log_file`: what it writes is added there. `program`: its name among the
  // built ones. Starts nothing.
  explicit Program(std::string log_file, int port = 0, std::string program = "candord");
  // Kills what still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Starts the program with the arguments, --listen and --ready-file, unless it runs, and waits, at most 30 seconds, until
  // it says that it takes calls: whoever else may listen on the port. UNAVAILABLE: it does not; the message has the end of its log.
  absl::Status Start(std::vector<std::string> arguments);
  // SIGKILL, and waits until it is gone.
  void Kill();
  // SIGTERM, and waits for the exit; gives the exit code, or -1 when a signal ended it.
  int Stop();

  pid_t process() const { return process_; }  // -1: not running
  int port() const { return port_; }
  const std::string& address() const { return address_; }
  const std::string& log_file() const { return log_file_; }
  std::string ready_file() const { return log_file_ + ".ready"; }

 private:
  const std::string log_file_;
  const std::string program_;
  std::unique_ptr<const PortLease> lease_;  // null: the port was given
  int port_ = 0;
  std::string address_;
  pid_t process_ = -1;
};

// One data folder and one address for both planes through many starts; or those of each plane, with a key between them.
class CandordProcess {
 public:
  // Starts nothing. Of two processes the identity plane has `data_folder` and `more_arguments`, the response plane a folder
  // beside it. `program`: of the one process, or of both; its name among the built ones.
  explicit CandordProcess(std::string data_folder, std::vector<std::string> more_arguments = {},
                          Arrangement arrangement = ArrangementOfThisRun(), std::string program = "candord");

  // In the place of `other`, which no longer runs: arranged as it was, at its addresses, with another data folder.
  CandordProcess(std::string data_folder, const CandordProcess& other);

  // Starts what does not run. UNAVAILABLE: as Program::Start.
  absl::Status Start();
  // SIGKILL to all, and waits until they are gone.
  void Kill();
  // The same to the process of one plane, which is the only one where there are not two.
  void KillIdentity() { identity_.Kill(); }
  void KillResponses() { (two_processes() ? responses_ : identity_).Kill(); }
  // SIGTERM, and waits for the exit; gives the exit code, or -1 when a signal ended it. Of two the worse.
  int Stop();

  bool two_processes() const { return arrangement_ == Arrangement::kTwoServers; }
  // Whether all that there should be run.
  bool running() const { return identity_.process() > 0 && (!two_processes() || responses_.process() > 0); }
  pid_t process() const { return identity_.process(); }  // -1: not running
  const std::string& address() const { return identity_.address(); }
  const std::string& response_address() const { return (two_processes() ? responses_ : identity_).address(); }
  const std::string& data_folder() const { return data_folder_; }
  std::string response_folder() const { return two_processes() ? data_folder_ + "-responses" : data_folder_; }
  std::string admin_key_file() const { return data_folder_ + "/admin.key"; }
  const std::string& log_file() const { return identity_.log_file(); }

 private:
  const Arrangement arrangement_;
  const std::string data_folder_;
  const std::vector<std::string> more_arguments_;
  Program responses_, identity_;
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_PROCESS_CANDORD_PROCESS_H_
