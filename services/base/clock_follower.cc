#include <algorithm>

#include "services/base/clock.h"
#include "services/base/log.h"

namespace candor::base {
namespace {

bool Near(absl::Time one, absl::Time other) {
  return absl::AbsDuration(one - other) <= ClockFollower::kUnsuspicious;
}

}  // namespace

absl::Time ClockFollower::Follow(absl::Time reading, absl::Duration steady) {
  const absl::Time origin = reading - steady;
  if (!believed_.has_value() || Near(origin, *believed_)) {
    believed_ = origin;
    doubted_.reset();
  } else if (!doubted_.has_value() || !Near(origin, *doubted_)) {
    doubted_ = origin;
    doubted_since_ = steady;
    Log(LogLevel::kWarning,
        "the machine's clock was set; it is believed once it has stood for 30 minutes, set it right if it is wrong",
        {{"seconds", absl::ToInt64Seconds(origin - *believed_)}});
  } else if (steady - doubted_since_ >= kSettling) {
    Log(LogLevel::kWarning, "the machine's clock is believed as it was set",
        {{"seconds", absl::ToInt64Seconds(origin - *believed_)}});
    believed_ = origin;
    doubted_.reset();
  }
  latest_ = std::max(latest_, *believed_ + steady);
  return latest_;
}

}  // namespace candor::base
