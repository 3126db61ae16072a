// Moments as people read them.

#ifndef CANDOR_CLIENTS_CPP_MOMENT_H_
#define CANDOR_CLIENTS_CPP_MOMENT_H_

#include <string>

#include "absl/time/time.h"

namespace candor::client {

// "2026-09-01 08:00 UTC".
std::string MomentText(absl::Time time);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_MOMENT_H_
