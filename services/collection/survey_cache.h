// The surveys whose documents are in memory: a bounded number, the least recently used go first.

#ifndef CANDOR_SERVICES_COLLECTION_SURVEY_CACHE_H_
#define CANDOR_SERVICES_COLLECTION_SURVEY_CACHE_H_

#include <list>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/collection/survey.h"
#include "storage/response_store.h"

namespace candor::collection {

// May be used from many threads at once. There is never more than one Survey object of a survey: one that somebody else
// still holds is not dropped, so the bound may be passed by those in use.
class SurveyCache {
 public:
  // `store` outlives the object. `limit` >= 1.
  SurveyCache(storage::ResponseStore* store, size_t limit) : store_(store), limit_(limit) {}

  // The survey, if it is in memory; else null. Never waits for the disk.
  std::shared_ptr<Survey> Find(const domain::SurveyId& id);

  // Reads it where it is not in memory. NOT_FOUND, SURVEY_UNKNOWN, also for an id of another form; DATA_LOSS; the codes of
  // the store.
  absl::StatusOr<std::shared_ptr<Survey>> Get(const domain::SurveyId& id);

 private:
  struct Entry {
    std::shared_ptr<Survey> survey;
    std::list<domain::SurveyId>::iterator place;
  };

  std::shared_ptr<const std::string> Share(const std::string& hash, std::string bytes);
  void Shrink() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  storage::ResponseStore* const store_;
  const size_t limit_;
  absl::Mutex mutex_;
  absl::flat_hash_map<domain::SurveyId, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::list<domain::SurveyId> order_ ABSL_GUARDED_BY(mutex_);  // the most recently used first
  // By hash: the surveys of a campaign have contract and instrument in common.
  absl::flat_hash_map<std::string, std::weak_ptr<const std::string>> documents_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_SURVEY_CACHE_H_
