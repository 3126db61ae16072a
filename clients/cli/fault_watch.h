// Telling a fault that passes from one that does not, by looking at how long it stays.

#ifndef CANDOR_CLIENTS_CLI_FAULT_WATCH_H_
#define CANDOR_CLIENTS_CLI_FAULT_WATCH_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace candor::cli {

// The server tries every few seconds, and says only what the last attempt failed with, not whether trying again can
// mend it.
class FaultWatch {
 public:
  // What has been the same for so long, while nothing got done, is taken not to pass.
  static constexpr absl::Duration kPatience = absl::Minutes(1);

  // To be told again and again. `fault`: of the last attempt; empty: none. `done`: how much of the work is done.
  void See(absl::string_view fault, int64_t done, absl::Time now);

  // Whether the newest fault is one that See was told of for the first time.
  bool is_new() const { return is_new_; }
  // Whether it does not pass.
  bool lasts(absl::Time now) const { return !fault_.empty() && now - since_ >= kPatience; }

 private:
  std::string fault_;
  int64_t done_ = 0;
  absl::Time since_;
  bool is_new_ = false;
};

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_FAULT_WATCH_H_
