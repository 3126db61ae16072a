// A program that runs while the test goes on.

#ifndef CANDOR_TESTS_E2E_RUNNING_PROGRAM_H_
#define CANDOR_TESTS_E2E_RUNNING_PROGRAM_H_

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"

namespace candor::e2e {

// A program that runs beside the test, with its output in a file.
class Running {
 public:
  static constexpr uid_t kNobody = 65534;

  // `input` stays open, with nothing in it: who reads it waits. As root the program becomes somebody else, so that it
  // can be seen whose its memory is.
  Running(std::vector<std::string> arguments, const std::string& output) : output_(output) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (pipe2(input_, O_CLOEXEC) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      dup2(input_[0], STDIN_FILENO);
      dup2(out, STDOUT_FILENO);
      dup2(out, STDERR_FILENO);
      if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) _exit(126);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Running() {
    if (!ended_) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    close(input_[0]);
    close(input_[1]);
  }

  // Adds lines to its input, each ended by a line feed.
  void Type(const std::string& lines) {
    if (write(input_[1], lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) std::abort();
  }
  // Waits, at most half a minute, until its output has `text`.
  bool AwaitOutput(const std::string& text) {
    return Await([&] { return Output().find(text) != std::string::npos; });
  }
  // Waits, at most half a minute, for the program's end; gives the exit code, or -1 when it runs on or a signal ended
  // it.
  int AwaitExit() {
    Await([] { return false; });
    return ended_ && WIFEXITED(exit_) ? WEXITSTATUS(exit_) : -1;
  }

  // Waits, at most half a minute, while the program runs.
  bool Await(const std::function<bool()>& condition) {
    for (int attempt = 0; attempt < 3000; ++attempt) {
      if (condition()) return true;
      ended_ = ended_ || waitpid(process_, &exit_, WNOHANG) == process_;
      if (ended_) return condition();
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  std::string Output() const {
    std::ifstream file(output_);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::string Proc(const std::string& name) const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/" + name);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  // Whose the process's secrets in /proc are; root's, if no other process of its user may read its memory.
  uid_t OwnerInProc() const {
    struct stat info {};
    return stat(("/proc/" + std::to_string(process_) + "/mem").c_str(), &info) == 0 ? info.st_uid : static_cast<uid_t>(-1);
  }
  bool MayWriteCoreFiles() const {
    const std::string limits = Proc("limits");
    const size_t at = limits.find("Max core file size");
    if (at == std::string::npos) return true;
    std::istringstream line(limits.substr(at + 18, limits.find('\n', at) - at - 18));
    std::string soft, hard;
    line >> soft >> hard;
    return soft != "0" || hard != "0";
  }

 private:
  const std::string output_;
  int input_[2];
  pid_t process_ = -1;
  bool ended_ = false;
  int exit_ = 0;
};

}  // namespace candor::e2e

#endif  // CANDOR_TESTS_E2E_RUNNING_PROGRAM_H_
