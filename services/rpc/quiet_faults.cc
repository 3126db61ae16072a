#include "services/rpc/quiet_faults.h"

#include <utility>

#include "services/base/log.h"

namespace candor::rpc {
namespace {

absl::Time HourOf(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), absl::Hours(1));
}

}  // namespace

void QuietFaults::Note(absl::string_view reason) {
  const absl::Time hour = HourOf(clock_.Now());
  absl::MutexLock lock(&mutex_);
  noted_.emplace(hour, std::string(reason));
}

void QuietFaults::Flush(bool also_present) {
  const absl::Time present = HourOf(clock_.Now());
  std::set<std::pair<absl::Time, std::string>> ended;
  {
    absl::MutexLock lock(&mutex_);
    while (!noted_.empty() && (also_present || noted_.begin()->first < present)) {
      ended.insert(noted_.extract(noted_.begin()));
    }
  }
  for (const auto& [hour, reason] : ended) {
    base::Log(base::LogLevel::kError, "faults of the server in respondents' calls",
              {{"reason", reason}, {"hour", absl::FormatTime("%Y-%m-%dT%H", hour, absl::UTCTimeZone())}});
  }
}

}  // namespace candor::rpc
