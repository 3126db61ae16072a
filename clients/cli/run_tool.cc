#include "clients/cli/run_tool.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using Steady = std::chrono::steady_clock;

absl::Status Fault(absl::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// A file in memory alone, with these contents, at its beginning.
absl::StatusOr<Descriptor> MemoryFile(absl::string_view contents) {
  Descriptor file(memfd_create("candor", MFD_CLOEXEC));
  if (file.number() < 0) return Fault("no file in memory can be made", errno);
  for (size_t at = 0; at < contents.size();) {
    const ssize_t count = write(file.number(), contents.data() + at, contents.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Fault("no file in memory can be written", errno);
    at += static_cast<size_t>(count);
  }
  lseek(file.number(), 0, SEEK_SET);
  return file;
}

absl::StatusOr<std::string> Contents(const Descriptor& file) {
  std::string contents(static_cast<size_t>(std::max<off_t>(lseek(file.number(), 0, SEEK_END), 0)), '\0');
  for (size_t at = 0; at < contents.size();) {
    const ssize_t count = pread(file.number(), contents.data() + at, contents.size() - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Fault("what a program wrote cannot be read", errno);
    at += static_cast<size_t>(count);
  }
  return contents;
}

std::vector<std::string> Environment() {
  std::vector<std::string> variables = {"LC_ALL=C.UTF-8"};
  for (const char* name : {"PATH", "HOME", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) variables.push_back(absl::StrCat(name, "=", value));
  }
  for (const char* proxy : {"http_proxy", "https_proxy", "ftp_proxy"}) {
    variables.push_back(absl::StrCat(proxy, "=http://127.0.0.1:9"));
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

absl::StatusOr<pid_t> Spawn(std::vector<std::string> arguments, const Descriptor& in, const Descriptor& out,
                            const Descriptor& err) {
  std::vector<std::string> environment = Environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.number(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t process = -1;
  const int fault = posix_spawnp(&process, arguments.front().c_str(), &actions, nullptr, Pointers(arguments).data(),
                                 Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (fault == ENOENT) return absl::NotFoundError(absl::StrCat("there is no program ", arguments.front()));
  if (fault != 0) return Fault(absl::StrCat(arguments.front(), " cannot be started"), fault);
  return process;
}

// Whether the process has ended before `until`. It stays to be waited for.
bool EndsBefore(pid_t process, Steady::time_point until) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  while (Steady::now() < until) {
    siginfo_t ended = {};
    if (waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (ended.si_pid == process) return true;
    std::this_thread::sleep_for(kPause);
  }
  return false;
}

}  // namespace

absl::StatusOr<ToolResult> RunTool(const std::vector<std::string>& arguments, absl::string_view input,
                                   absl::Duration limit) {
  CANDOR_ASSIGN_OR_RETURN(const Descriptor in, MemoryFile(input));
  CANDOR_ASSIGN_OR_RETURN(const Descriptor out, MemoryFile(""));
  CANDOR_ASSIGN_OR_RETURN(const Descriptor err, MemoryFile(""));
  const Steady::time_point until = Steady::now() + absl::ToChronoMilliseconds(limit);
  CANDOR_ASSIGN_OR_RETURN(const pid_t process, Spawn(arguments, in, out, err));
  const bool ended = EndsBefore(process, until);
  if (!ended) kill(process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return absl::DeadlineExceededError(
        absl::StrCat(arguments.front(), " was ended, since it took longer than ", absl::FormatDuration(limit)));
  }
  ToolResult result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  CANDOR_ASSIGN_OR_RETURN(result.out, Contents(out));
  CANDOR_ASSIGN_OR_RETURN(result.err, Contents(err));
  return result;
}

}  // namespace candor::cli
