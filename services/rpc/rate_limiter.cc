#include "services/rpc/rate_limiter.h"

#include <algorithm>
#include <cstring>

#include "services/base/random.h"
#include "services/crypto/hash.h"
#include "services/rpc/hour.h"

namespace candor::rpc {

RateLimiter::RateLimiter(base::Clock* clock, const Options& options) : clock_(*clock), options_(options) {}

std::optional<absl::Duration> RateLimiter::RefusedFor(const std::function<std::string()>& network) {
  if (!watching_.load(std::memory_order_acquire)) return std::nullopt;
  const std::string of_caller = network();
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  Roll(now);
  if (counts_.empty()) return std::nullopt;
  const Places places = PlacesOf(of_caller);
  const uint32_t count = **std::min_element(places.begin(), places.end(), [](auto* a, auto* b) { return *a < *b; });
  if (count < Limit()) return std::nullopt;
  return hour_ + absl::Hours(1) - now;
}

void RateLimiter::NoteFailure(absl::string_view network) {
  if (options_.failures_per_peer == 0) return;
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  Roll(now);
  if (counts_.empty()) {
    hour_ = HourOf(now);
    key_ = base::RandomBytes(crypto::kSha256Bytes);
    counts_.assign(kRows * options_.columns, 0);
  }
  const Places places = PlacesOf(network);
  // The lowest of a network's counts is the one nearest to the truth, and never below it; only those that are as low need
  // to grow for that.
  const uint32_t lowest = **std::min_element(places.begin(), places.end(), [](auto* a, auto* b) { return *a < *b; });
  for (uint32_t* const place : places) {
    if (*place == lowest && lowest < UINT32_MAX) ++*place;
  }
  ++in_all_;
  highest_ = std::max<int64_t>(highest_, int64_t{lowest} + 1);
  watching_.store(highest_ >= Limit(), std::memory_order_release);
}

void RateLimiter::DropEnded() {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  Roll(now);
}

void RateLimiter::Roll(absl::Time now) {
  if (counts_.empty() || HourOf(now) == hour_) return;
  hour_ = absl::InfinitePast();
  key_.clear();
  counts_.clear();
  counts_.shrink_to_fit();
  in_all_ = 0;
  highest_ = 0;
  watching_.store(false, std::memory_order_release);
}

RateLimiter::Places RateLimiter::PlacesOf(absl::string_view network) {
  const std::string mac = crypto::HmacSha256(key_, network);
  Places places;
  for (size_t row = 0; row < kRows; ++row) {
    uint64_t part = 0;
    std::memcpy(&part, mac.data() + row * sizeof(part), sizeof(part));
    places[row] = &counts_[row * options_.columns + part % options_.columns];
  }
  return places;
}

int64_t RateLimiter::Limit() const {
  const int64_t limit = options_.failures_per_peer;
  return in_all_ < kPeersInAll * limit ? limit : std::max<int64_t>(1, limit / kShareWhenMany);
}

}  // namespace candor::rpc
