// Hours, the coarsest times that anything about respondents is kept under.

#ifndef CANDOR_SERVICES_RPC_HOUR_H_
#define CANDOR_SERVICES_RPC_HOUR_H_

#include "absl/time/time.h"

namespace candor::rpc {

// The beginning of the hour, in UTC, that `time` lies in.
inline absl::Time HourOf(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), absl::Hours(1));
}

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_HOUR_H_
