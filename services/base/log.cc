#include "services/base/log.h"

#include <unistd.h>

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace candor::base {
namespace {

std::atomic<int> output{STDERR_FILENO};
std::atomic<LogLevel> lowest_level{LogLevel::kInfo};

const char* NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace

void SetLogOutput(int descriptor) { output = descriptor; }
void SetLogLevel(LogLevel lowest) { lowest_level = lowest; }

void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields) {
  if (level < lowest_level.load()) return;
  nlohmann::ordered_json line;
  line["ts"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = NameOf(level);
  line["msg"] = std::string(message);
  for (const auto& [name, value] : fields) {
    std::visit([&line, name = name](const auto& held) { line[name] = held; }, value);
  }
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  [[maybe_unused]] const ssize_t written = write(output.load(), text.data(), text.size());
}

}  // namespace candor::base
