#include "tests/cli/run_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

// A temporary file without a name, at its beginning.
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;
File Temporary(const std::string& contents = "") {
  File file(std::tmpfile(), &std::fclose);
  CANDOR_CHECK(file != nullptr);
  CANDOR_CHECK(std::fwrite(contents.data(), 1, contents.size(), file.get()) == contents.size());
  std::rewind(file.get());
  return file;
}

std::string Contents(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char buffer[4096];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, count);
  return text;
}

// With the descriptor `in` as standard input.
ProgramResult Run(const std::vector<std::string>& arguments, int in, const std::string& home,
                  const std::vector<std::string>& variables) {
  const File out = Temporary(), err = Temporary();
  const std::string program = std::string(CANDOR_BIN_DIR) + "/candor";
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> environment = {"HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  environment.insert(environment.end(), variables.begin(), variables.end());
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> envp;
  for (std::string& variable : environment) envp.push_back(variable.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(err.get()), STDERR_FILENO);
  pid_t process = -1;
  const int spawned = posix_spawn(&process, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  ProgramResult result;
  if (spawned != 0) {
    result.err = program + ": " + std::strerror(spawned);
    return result;
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  result.out = Contents(out.get());
  result.err = Contents(err.get());
  return result;
}

}  // namespace

ProgramResult RunCandor(const std::vector<std::string>& arguments, const std::string& input, const std::string& home,
                        const std::vector<std::string>& variables) {
  const File in = Temporary(input);
  return Run(arguments, fileno(in.get()), home, variables);
}

std::optional<ProgramResult> RunCandorAtTerminal(const std::vector<std::string>& arguments, const std::string& typed) {
  const int keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  const bool ready = keyboard >= 0 && grantpt(keyboard) == 0 && unlockpt(keyboard) == 0;
  const int terminal = ready ? open(ptsname(keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
  if (terminal < 0) {
    if (keyboard >= 0) close(keyboard);
    return std::nullopt;
  }
  CANDOR_CHECK(write(keyboard, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
  const ProgramResult result = Run(arguments, terminal, "/nonexistent", {});
  close(terminal);
  close(keyboard);
  return result;
}

}  // namespace candor::cli
