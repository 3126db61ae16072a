#include "services/collection/survey_cache.h"

#include <utility>

#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::collection {

std::shared_ptr<Survey> SurveyCache::Find(const domain::SurveyId& id) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.survey;
}

absl::StatusOr<std::shared_ptr<Survey>> SurveyCache::Get(const domain::SurveyId& id) {
  if (std::shared_ptr<Survey> survey = Find(id); survey != nullptr) return survey;
  if (domain::SurveyIdBytes(id).empty()) return domain::errors::SurveyUnknown();
  // Read without the lock, so that a survey that must be fetched holds up no other.
  CANDOR_ASSIGN_OR_RETURN(storage::StoredSurvey stored, store_->GetSurvey(id));
  CANDOR_ASSIGN_OR_RETURN(std::shared_ptr<Survey> survey,
                          Survey::FromStored(std::move(stored), [this](const std::string& hash, std::string bytes) {
                            return Share(hash, std::move(bytes));
                          }));
  absl::MutexLock lock(&mutex_);
  const auto [entry, inserted] = entries_.try_emplace(id);
  if (!inserted) return entry->second.survey;  // somebody else was faster
  order_.push_front(id);
  entry->second = {survey, order_.begin()};
  Shrink();
  return survey;
}

std::shared_ptr<const std::string> SurveyCache::Share(const std::string& hash, std::string bytes) {
  absl::MutexLock lock(&mutex_);
  std::weak_ptr<const std::string>& known = documents_[hash];
  std::shared_ptr<const std::string> document = known.lock();
  if (document == nullptr) {
    document = std::make_shared<const std::string>(std::move(bytes));
    known = document;
  }
  return document;
}

void SurveyCache::Shrink() {
  auto place = order_.end();
  while (entries_.size() > limit_ && place != order_.begin()) {
    --place;
    const auto entry = entries_.find(*place);
    // Copies are made from the entry under the lock alone, so one holder means that nobody can become the second.
    if (entry->second.survey.use_count() > 1) continue;
    entries_.erase(entry);
    place = order_.erase(place);
  }
  if (documents_.size() > 2 * entries_.size() + 16) {
    absl::erase_if(documents_, [](const auto& document) { return document.second.expired(); });
  }
}

}  // namespace candor::collection
