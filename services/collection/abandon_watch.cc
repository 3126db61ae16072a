#include "services/collection/abandon_watch.h"

#include <utility>
#include <vector>

namespace candor::collection {

AbandonWatch::AbandonWatch(base::Clock* clock, absl::Duration interval, Due due)
    : clock_(clock), interval_(interval), due_(std::move(due)) {}

AbandonWatch::~AbandonWatch() { Stop(); }

void AbandonWatch::Add(const domain::SurveyId& survey, absl::Time time) {
  absl::MutexLock lock(&mutex_);
  times_.emplace(time, survey);
}

void AbandonWatch::Start() {
  thread_ = std::thread([this] { Work(); });
}

void AbandonWatch::Stop() {
  {
    const std::lock_guard<std::mutex> lock(pause_mutex_);
    stopping_ = true;
  }
  pause_ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AbandonWatch::Work() {
  const auto pause = absl::ToChronoNanoseconds(interval_);
  while (true) {
    Sweep();
    std::unique_lock<std::mutex> lock(pause_mutex_);
    if (pause_ended_.wait_for(lock, pause, [this] { return stopping_; })) return;
  }
}

void AbandonWatch::Sweep() {
  const absl::Time now = clock_->Now();
  std::vector<domain::SurveyId> due;
  {
    absl::MutexLock lock(&mutex_);
    const auto end = times_.upper_bound(now);
    for (auto at = times_.begin(); at != end; ++at) due.push_back(at->second);
    times_.erase(times_.begin(), end);
  }
  for (const domain::SurveyId& survey : due) {
    const std::optional<absl::Time> again = due_(survey, now);
    if (again.has_value()) Add(survey, *again);
  }
}

}  // namespace candor::collection
