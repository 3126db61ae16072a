// Looks at the clock for surveys that nobody has closed in time, and for words that nobody has destroyed in time.

#ifndef CANDOR_SERVICES_COLLECTION_ABANDON_WATCH_H_
#define CANDOR_SERVICES_COLLECTION_ABANDON_WATCH_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"

namespace candor::collection {

// One thread of its own. May be used from many threads at once, but from `due` only Add.
class AbandonWatch {
 public:
  // Called when the survey's time has come; gives the time to call again, or nothing when the survey needs no more watching.
  using Due = std::function<std::optional<absl::Time>(const domain::SurveyId& survey, absl::Time now)>;

  // `clock` outlives the object. Its times of day decide; it is looked at every `interval` of steady time.
  AbandonWatch(base::Clock* clock, absl::Duration interval, Due due);
  // Stops.
  ~AbandonWatch();

  void Add(const domain::SurveyId& survey, absl::Time time);
  void Start();
  // After what is under way. May be called again.
  void Stop();

 private:
  void Work();
  void Sweep();

  base::Clock* const clock_;
  const absl::Duration interval_;
  const Due due_;
  absl::Mutex mutex_;
  std::multimap<absl::Time, domain::SurveyId> times_ ABSL_GUARDED_BY(mutex_);
  // The pause is in the standard library's steady time: one that ends at a time of day lasts for hours when somebody sets
  // that back.
  std::mutex pause_mutex_;
  std::condition_variable pause_ended_;
  bool stopping_ = false;  // under pause_mutex_
  std::thread thread_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_ABANDON_WATCH_H_
