#include "tests/support/process/candord_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace candor::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Below the ports that the system hands out by itself, so that only tests compete for them.
constexpr int kFirstPort = 20000, kPorts = 10000;

bool IsFree(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int reuse = 1;  // as the server does, which a connection of before does not keep from its port
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  const sockaddr_in address = Loopback(port);
  const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return bound;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "candor-e2e-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

PortLease::PortLease() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / absl::StrCat("candor-test-ports-", getuid());
  std::error_code exists;
  std::filesystem::create_directory(folder, exists);
  const int first = static_cast<int>(absl::ToUnixNanos(absl::Now()) / 1000 + getpid()) & 0x7fffffff;
  for (int i = 0; i < kPorts; ++i) {
    port_ = kFirstPort + (first + i) % kPorts;
    const std::string file = (folder / absl::StrCat(port_)).string();
    lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) break;
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0 && IsFree(port_)) return;
    close(lock_);
  }
  std::abort();
}

PortLease::~PortLease() { close(lock_); }

Program::Program(std::string log_file, int port, std::string program)
    : log_file_(std::move(log_file)), program_(std::move(program)) {
  if (port == 0) lease_ = std::make_unique<const PortLease>();
  port_ = port > 0 ? port : lease_->port();
  address_ = absl::StrCat("127.0.0.1:", port_);
}

Program::~Program() { Kill(); }

absl::Status Program::Start(std::vector<std::string> arguments) {
  if (process_ > 0) return absl::OkStatus();
  arguments.insert(arguments.begin(), {absl::StrCat(CANDOR_BIN_DIR "/", program_), "--listen", address_, "--ready-file", ready_file()});
  std::error_code absent;
  std::filesystem::remove(ready_file(), absent);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  process_ = fork();
  if (process_ == 0) {
    const int log = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDERR_FILENO);
    dup2(log, STDOUT_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (absl::Now() < deadline) {
    if (std::filesystem::exists(ready_file())) return absl::OkStatus();
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      break;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  Kill();
  std::ifstream log(log_file_);
  const std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  return absl::UnavailableError(
      absl::StrCat("candord did not start: ", text.substr(text.size() > 2000 ? text.size() - 2000 : 0)));
}

void Program::Kill() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

int Program::Stop() {
  if (process_ <= 0) return -1;
  kill(process_, SIGTERM);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

CandordProcess::CandordProcess(std::string data_folder, std::vector<std::string> more_arguments, Arrangement arrangement,
                               std::string program)
    : arrangement_(arrangement),
      data_folder_(std::move(data_folder)),
      more_arguments_(std::move(more_arguments)),
      responses_(data_folder_ + "-responses.log", 0, program),
      identity_(data_folder_ + ".log", 0, std::move(program)) {}

CandordProcess::CandordProcess(std::string data_folder, const CandordProcess& other)
    : arrangement_(other.arrangement_),
      data_folder_(std::move(data_folder)),
      more_arguments_(other.more_arguments_),
      responses_(data_folder_ + "-responses.log", other.responses_.port()),
      identity_(data_folder_ + ".log", other.identity_.port()) {}

absl::Status CandordProcess::Start() {
  std::vector<std::string> arguments = {"--data", data_folder_};
  if (two_processes()) {
    const std::string key = data_folder_ + "-plane.key";
    if (!std::filesystem::exists(key) &&
        std::system(absl::StrCat(CANDOR_BIN_DIR "/candord plane-key --out '", key, "' >/dev/null").c_str()) != 0) {
      return absl::UnavailableError("the planes' key cannot be made");
    }
    const absl::Status started = responses_.Start({"--planes", "response", "--data", response_folder(), "--plane-key", key});
    if (!started.ok()) return started;
    arguments.insert(arguments.end(), {"--planes", "identity", "--plane-key", key, "--response-plane",
                                       responses_.address(), "--response-public-address", responses_.address()});
  }
  arguments.insert(arguments.end(), more_arguments_.begin(), more_arguments_.end());
  return identity_.Start(std::move(arguments));
}

void CandordProcess::Kill() {
  identity_.Kill();
  responses_.Kill();
}

int CandordProcess::Stop() {
  const int identity = identity_.Stop();
  const int responses = two_processes() ? responses_.Stop() : 0;
  return identity != 0 ? identity : responses;
}

}  // namespace candor::testing
