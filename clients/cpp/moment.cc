#include "clients/cpp/moment.h"

namespace candor::client {

std::string MomentText(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone()); }

}  // namespace candor::client
