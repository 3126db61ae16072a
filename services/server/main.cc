// candord: reads the command line, starts the server, waits for a signal.

#include <signal.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "absl/synchronization/mutex.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/private_memory.h"
#include "services/server/command_line.h"
#include "services/server/plane_key_file.h"
#include "services/server/server.h"

namespace candor::server {
namespace {

constexpr int kFailed = 1;

int Fail(const absl::Status& status) {
  base::Log(base::LogLevel::kError, "candord cannot go on",
            {{"reason", base::GetErrorDetail(status).reason}, {"detail", std::string(status.message())}});
  return kFailed;
}

int Serve(const ServerConfig& config, const sigset_t& signals) {
  base::Log(base::LogLevel::kInfo, "starting", {{"version", std::string(kVersion)}, {"data", config.data_folder}});
  const auto server = Server::Create(config);
  if (!server.ok()) return Fail(server.status());
  int signal = 0;
  sigwait(&signals, &signal);
  base::Log(base::LogLevel::kInfo, "stopping", {{"signal", std::string(signal == SIGINT ? "INT" : "TERM")}});
  (*server)->Shutdown();
  base::Log(base::LogLevel::kInfo, "stopped");
  return 0;
}

int MakePlaneKey(const std::string& file) {
  if (const absl::Status written = WritePlaneKeyFile(file); !written.ok()) {
    std::fprintf(stderr, "candord: %s\n", std::string(written.message()).c_str());
    return kFailed;
  }
  std::printf("the planes' key is in %s; give it to both servers with --plane-key, and take the copy over a way that nobody "
              "reads\n",
              file.c_str());
  return 0;
}

int Main(int argc, char** argv) {
  const ParsedCommandLine parsed = ParseCommandLine(argc, argv);
  if (!parsed.command) {
    std::fputs(parsed.output.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  // Nobody else reads what is made here, whatever the caller's umask; nor the answers and keys in memory.
  umask(0077);
  if (const absl::Status isolated = base::KeepMemoryPrivate(); !isolated.ok()) return Fail(isolated);
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  // Blocked before any thread is made, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  base::SetLogLevel(parsed.command->config.log_level);
  if (parsed.command->task == Task::kServe) return Serve(parsed.command->config, signals);
  if (parsed.command->task == Task::kMakePlaneKey) return MakePlaneKey(parsed.command->out);
  const auto file = ResetAdminKey(parsed.command->config);
  if (!file.ok()) {
    std::fprintf(stderr, "candord: %s\n", std::string(file.status().message()).c_str());
    return kFailed;
  }
  std::printf("a new administrator's key is in %s; all before it have stopped working\n", file->c_str());
  return 0;
}

}  // namespace
}  // namespace candor::server

int main(int argc, char** argv) { return candor::server::Main(argc, argv); }
