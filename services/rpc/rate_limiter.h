// How many attempts that fail one network may make in an hour.
//
// Only failed attempts count, so a whole school behind one address never meets the limit with right codes. What is kept
// is a table of counts of fixed size, at places that an HMAC-SHA-256 of the network under a random key tells; key and
// counts are thrown away when the hour of the clock changes. No address is kept, and while nobody is near a limit no
// address is looked at before an attempt has failed.

#ifndef CANDOR_SERVICES_RPC_RATE_LIMITER_H_
#define CANDOR_SERVICES_RPC_RATE_LIMITER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"

namespace candor::rpc {

// May be called from many threads at once.
class RateLimiter {
 public:
  struct Options {
    // Failed attempts of one network in one hour of the clock before it is refused until the hour ends; 0: no limit.
    int64_t failures_per_peer = 10'000;
    // Of each of the four rows of counts. Networks that share a count in every row are counted together: the chance of
    // that is about (other networks with failures / columns)^4.
    size_t columns = 16'384;
  };
  // Once the failures of all networks together reach this many times the limit of one, ...
  static constexpr int64_t kPeersInAll = 20;
  // ... every network's limit is this part of it (at least 1) until the hour ends: whoever guesses from many addresses is
  // bounded too, and who makes few mistakes is still served.
  static constexpr int64_t kShareWhenMany = 100;

  // `clock` outlives the object.
  RateLimiter(base::Clock* clock, const Options& options);

  // How long the network is refused, above zero and at most an hour; unset: it is not. `network` is called only while
  // some network has reached the limit.
  std::optional<absl::Duration> RefusedFor(const std::function<std::string()>& network);

  // Counts one failed attempt.
  void NoteFailure(absl::string_view network);

  // Throws away key and counts of an hour that has ended. To be called now and then.
  void DropEnded();

  // Bytes that the counts take, whatever happens.
  size_t table_bytes() const { return kRows * options_.columns * sizeof(uint32_t); }

 private:
  static constexpr size_t kRows = 4;
  using Places = std::array<uint32_t*, kRows>;

  // Starts anew when the clock shows another hour than the last time, be it a later or an earlier one.
  void Roll(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Places PlacesOf(absl::string_view network) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What a network may have at present.
  int64_t Limit() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Clock& clock_;
  const Options options_;
  std::atomic<bool> watching_ = false;  // some network has reached the limit
  absl::Mutex mutex_;
  absl::Time hour_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // its start; InfinitePast: nothing is kept
  std::string key_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint32_t> counts_ ABSL_GUARDED_BY(mutex_);  // empty, or kRows * columns
  int64_t in_all_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t highest_ ABSL_GUARDED_BY(mutex_) = 0;  // count of any network
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_RATE_LIMITER_H_
