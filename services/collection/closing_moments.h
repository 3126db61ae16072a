// When this process closed surveys that are not released yet.

#ifndef CANDOR_SERVICES_COLLECTION_CLOSING_MOMENTS_H_
#define CANDOR_SERVICES_COLLECTION_CLOSING_MOMENTS_H_

#include <map>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/domain/ids.h"

namespace candor::collection {

// The database holds no time of closing. May be used from many threads at once.
class ClosingMoments {
 public:
  void Put(const domain::SurveyId& survey, absl::Time closed) {
    absl::MutexLock lock(&mutex_);
    closed_[survey] = closed;
  }
  // Unset: not closed by this process, or dropped.
  std::optional<absl::Time> Find(const domain::SurveyId& survey) {
    absl::MutexLock lock(&mutex_);
    const auto found = closed_.find(survey);
    return found == closed_.end() ? std::nullopt : std::optional<absl::Time>(found->second);
  }
  void Drop(const domain::SurveyId& survey) {
    absl::MutexLock lock(&mutex_);
    closed_.erase(survey);
  }

 private:
  absl::Mutex mutex_;
  std::map<domain::SurveyId, absl::Time> closed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_CLOSING_MOMENTS_H_
