#include "services/rpc/quiet_faults.h"

#include <utility>

#include "services/base/log.h"
#include "services/domain/errors.h"
#include "services/rpc/hour.h"

namespace candor::rpc {

void QuietFaults::Note(absl::string_view reason) { Insert(false, reason); }

void QuietFaults::NoteRefused(absl::string_view what) { Insert(true, what); }

void QuietFaults::NoteKeyLost(absl::string_view detail) {
  {
    absl::MutexLock lock(&mutex_);
    if (!lost_keys_.insert(std::string(detail)).second) return;
  }
  base::Log(base::LogLevel::kError, "a key file is gone, damaged or not the right one; surveys stand still",
            {{"reason", domain::reasons::kKEY_LOST}, {"detail", std::string(detail)}});
}

void QuietFaults::Insert(bool refused, absl::string_view what) {
  const absl::Time hour = HourOf(clock_.Now());
  absl::MutexLock lock(&mutex_);
  noted_.insert({hour, refused, std::string(what)});
}

void QuietFaults::Flush(bool also_present) {
  const absl::Time present = HourOf(clock_.Now());
  std::set<Noted> ended;
  {
    absl::MutexLock lock(&mutex_);
    while (!noted_.empty() && (also_present || std::get<0>(*noted_.begin()) < present)) {
      ended.insert(noted_.extract(noted_.begin()));
    }
  }
  for (const auto& [start, refused, what] : ended) {
    const std::string hour = absl::FormatTime("%Y-%m-%dT%H", start, absl::UTCTimeZone());
    if (refused) {
      base::Log(base::LogLevel::kWarning, "callers were refused after too many wrong attempts; see --failed-attempts",
                {{"wrong", what}, {"hour", hour}});
    } else {
      base::Log(base::LogLevel::kError, "faults of the server in respondents' calls",
                {{"reason", what}, {"hour", hour}});
    }
  }
}

}  // namespace candor::rpc
