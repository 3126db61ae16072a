#include "tests/privacy/deployment.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/crypto/blind_signature.h"

namespace candor::privacy {
namespace {

// Fewer would make every survey's key nearly the same as the next one's; each takes a quarter of a second.
constexpr int kDistinctKeys = 6;
constexpr uintmax_t kEnoughMemory = uintmax_t{2} << 30;

std::string NewFolder() {
  std::error_code error;
  const auto memory = std::filesystem::space("/dev/shm", error);
  const std::string parent =
      !error && memory.available > kEnoughMemory ? "/dev/shm" : std::filesystem::temp_directory_path().string();
  std::string pattern = parent + "/candor-privacy-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

std::optional<std::string> ReadAll(int file, off_t size) {
  std::string bytes(static_cast<size_t>(size), '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = pread(file, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

int64_t Nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

// In one data folder the names tell whose a file is; of two processes each has its own.
Plane PlaneOf(absl::string_view name, bool two_processes) {
  if (absl::StartsWith(name, "data-responses")) return Plane::kResponse;
  if (two_processes || absl::StartsWith(name, "data/identity.db")) return Plane::kIdentity;
  if (absl::StartsWith(name, "data/responses.") || absl::StartsWith(name, "data/open/")) return Plane::kResponse;
  return Plane::kBoth;
}

bool IsSecretKey(absl::string_view name) {
  return absl::StrContains(name, "/keys/") || absl::EndsWith(name, "-plane.key");
}

}  // namespace

Copy Together(const Copy& a, const Copy& b) {
  Copy both = a;
  both.files.insert(both.files.end(), b.files.begin(), b.files.end());
  return both;
}

FastFolder::FastFolder() : path_(NewFolder()) {}
FastFolder::~FastFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void CopyFolder(const std::string& folder, const std::string& prefix, Plane plane, const Copy* before, Copy& copy) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code vanished;
    if (entry->is_regular_file(vanished)) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME);
    if (file < 0) continue;
    struct stat status {};
    std::optional<std::string> bytes;
    if (fstat(file, &status) == 0) bytes = ReadAll(file, status.st_size);
    close(file);
    if (!bytes.has_value()) continue;
    CopiedFile copied{plane, prefix + path.substr(folder.size() + 1), nullptr, Nanoseconds(status.st_mtim),
                      Nanoseconds(status.st_ctim), status.st_ino};
    if (before != nullptr) {
      const auto same = std::find_if(before->files.begin(), before->files.end(), [&](const CopiedFile& old) {
        return old.name == copied.name && *old.bytes == *bytes;
      });
      if (same != before->files.end()) copied.bytes = same->bytes;
    }
    if (copied.bytes == nullptr) copied.bytes = std::make_shared<const std::string>(*std::move(bytes));
    copy.files.push_back(std::move(copied));
  }
}

const char* ArrangementInWords() {
  return testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers ? "two processes" : "one process";
}

std::string RecordName(const std::string& suite) {
  return testing::ArrangementOfThisRun() == testing::Arrangement::kTwoServers ? suite + "-two-processes" : suite;
}

Deployment::Deployment(const std::string& folder, int ready_keys, ClockOf clock)
    : folder_(folder), clock_file_(folder + "/clock") {
  for (const char* part : {"", "/keys", "/tmp", "/one"}) {
    if (!base::MakeFolder(folder_ + part, 0700).ok()) std::abort();
  }
  for (int i = 0; i < ready_keys; ++i) {
    static const auto* const keys = new std::vector<std::string>([] {
      std::vector<std::string> made;
      for (int k = 0; k < kDistinctKeys; ++k) {
        made.emplace_back(crypto::BlindSigningKey::Generate(2048)->ToDer()->view());
      }
      return made;
    }());
    const std::string file = absl::StrCat(keys_folder(), "/pool.2048.copy", i, ".key");
    if (!base::WriteFileAtomically(file, (*keys)[static_cast<size_t>(i) % keys->size()], 0600).ok()) std::abort();
  }
  process_ = std::make_unique<testing::CandordProcess>(
      folder_ + "/one/data", std::vector<std::string>{"--keys", keys_folder()}, testing::ArrangementOfThisRun(),
      clock == ClockOf::kTest ? "candord_test_clock" : "candord");
}

absl::Status Deployment::Start() {
  // The processes inherit what is set here.
  static absl::Mutex mutex(absl::kConstInit);
  absl::MutexLock lock(&mutex);
  // gRPC reads its variables when this process first uses it too, and is to trace nothing here.
  static const auto* const used = new auto(client::Connection::Make({}));
  if (!used->ok()) return used->status();
  setenv("TMPDIR", (folder_ + "/tmp").c_str(), 1);
  setenv("CANDOR_TEST_CLOCK", clock_file_.c_str(), 1);
  // As an operator would who looks for a fault, or for people.
  setenv("CANDOR_LOG_LEVEL", "debug", 1);
  setenv("GRPC_VERBOSITY", "debug", 1);
  setenv("GRPC_TRACE", "all", 1);
  const absl::Status started = process_->Start();
  for (const char* variable : {"TMPDIR", "CANDOR_TEST_CLOCK", "CANDOR_LOG_LEVEL", "GRPC_VERBOSITY", "GRPC_TRACE"}) {
    unsetenv(variable);
  }
  return started;
}

absl::Status Deployment::Advance(absl::Duration by) {
  advanced_ += by;
  return base::WriteFileAtomically(clock_file_, absl::StrCat(absl::ToInt64Seconds(advanced_)), 0600);
}

void Deployment::Kill() { process_->Kill(); }
void Deployment::Pause() { kill(process_->process(), SIGSTOP); }
void Deployment::Continue() { kill(process_->process(), SIGCONT); }
int Deployment::Stop() { return process_->Stop(); }

const std::string& Deployment::identity_address() const { return process_->address(); }
const std::string& Deployment::response_address() const { return process_->response_address(); }

absl::StatusOr<std::shared_ptr<client::Connection>> Deployment::Administrator() const {
  client::ConnectionOptions options;
  options.address = identity_address();
  CANDOR_ASSIGN_OR_RETURN(const std::string key, base::ReadFile(process_->admin_key_file()));
  options.access_key = std::string(absl::StripSuffix(key, "\n"));
  return client::Connection::Make(options);
}

Copy Deployment::TakeCopy(const Copy* before) const {
  Copy copy;
  CopyFolder(folder_ + "/one", "", Plane::kBoth, before, copy);
  std::erase_if(copy.files, [](const CopiedFile& file) { return IsSecretKey(file.name); });
  for (CopiedFile& file : copy.files) file.plane = PlaneOf(file.name, process_->two_processes());
  CopyFolder(folder_ + "/tmp", "tmp/", Plane::kBoth, before, copy);
  return copy;
}

Copy Deployment::TakeKeys() const {
  Copy copy;
  CopyFolder(folder_ + "/one", "", Plane::kBoth, nullptr, copy);
  std::erase_if(copy.files, [](const CopiedFile& file) { return !IsSecretKey(file.name); });
  CopyFolder(keys_folder(), "keys/", Plane::kIdentity, nullptr, copy);
  std::erase_if(copy.files, [](const CopiedFile& file) { return absl::StrContains(file.name, "/pool."); });
  return copy;
}

std::string Deployment::Logs() const {
  std::string logs;
  for (const char* file : {"data.log", "data-responses.log"}) {
    const auto log = base::ReadFile(absl::StrCat(folder_, "/one/", file));
    if (log.ok()) logs += *log;
  }
  return logs;
}

}  // namespace candor::privacy
