// What Collection is made of. For collection.cc and collection_words.cc alone.

#ifndef CANDOR_SERVICES_COLLECTION_COLLECTION_PARTS_H_
#define CANDOR_SERVICES_COLLECTION_COLLECTION_PARTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/executor.h"
#include "services/collection/abandon_watch.h"
#include "services/collection/closing_moments.h"
#include "services/collection/collection.h"
#include "services/collection/follow_ups.h"
#include "services/collection/key_sessions.h"
#include "services/collection/keyed_lock.h"
#include "services/collection/latest_clock.h"
#include "services/collection/moderation.h"
#include "services/collection/steward_keys.h"
#include "services/collection/survey.h"
#include "services/collection/survey_cache.h"
#include "services/collection/writer.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

// How long after what the clock has ended could not be destroyed it is tried again.
inline constexpr absl::Duration kAbandonRetry = absl::Minutes(1);

// FAILED_PRECONDITION, SURVEY_ABANDONED.
absl::Status Abandoned();

struct Collection::Parts {
  Parts(std::unique_ptr<storage::ResponseStore> store, base::Clock* clock, crypto::SigningKey receipt_key,
        const CollectionOptions& options);

  Writer& WriterOf(const domain::SurveyId& survey) { return *writers[absl::HashOf(survey) % writers.size()]; }
  // Respondents were told this moment. The watch may not have come by yet; what it will destroy is nobody's to count.
  bool IsPastCounting(const Survey& survey) {
    return clock.Now() >= domain::CountingEndTime(survey.manifest().abandon_time);
  }
  bool SignsFor(const Survey& survey) const {
    return survey.manifest().receipt_public_key == receipt_key.public_key();
  }
  absl::Status StopOverdueAndWatchTheRest();
  absl::Status CheckStewardsKeyIsFresh(const domain::Manifest& manifest);
  absl::Status EndIfOver(const domain::SurveyId& survey, bool named);
  absl::Status Abandon(const domain::SurveyId& survey);
  std::optional<absl::Time> AbandonIfDue(const domain::SurveyId& survey, absl::Time now);
  std::optional<absl::Time> EndClosed(const domain::SurveyId& survey, absl::Time now);
  static absl::StatusOr<absl::Time> EndOfWords(const Survey& survey);
  absl::StatusOr<std::optional<absl::Time>> DestroyWordsIfDue(const Survey& survey, absl::Time now);
  absl::StatusOr<std::optional<absl::Time>> EndFollowUpsIfDue(const Survey& survey, absl::Time now);
  absl::Status CheckAuditor(absl::string_view session, const domain::SurveyId& survey);
  void DropKeyIfUsed(const Survey& survey);
  absl::StatusOr<domain::CloseOutcome> FinishClosing(const domain::CloseOrder& order, storage::StoredOutcome outcome);
  absl::StatusOr<storage::StoredOutcome> CountAndStore(const domain::CloseOrder& order, absl::string_view closing_secret_key);
  void LookUpAndTake(Submission submission, SubmitCallback done);
  void Take(const std::shared_ptr<Survey>& survey, Submission submission, SubmitCallback done);

  const std::unique_ptr<storage::ResponseStore> store;
  LatestClock clock;
  const crypto::SigningKey receipt_key;
  const int64_t lookup_bytes_limit;
  SurveyCache cache;
  KeySessions sessions;
  Moderation moderation;
  FollowUps follow_ups;
  ClosingMoments closing_moments;
  StewardKeys steward_keys;
  std::atomic<bool> stopping = false;
  std::atomic<int64_t> lookup_bytes = 0;  // of the answers in `lookups`
  base::Executor lookups;
  KeyedLock orders;  // one order at a time for a survey
  KeyedLock pools;   // and for a pool; taken after that of the survey
  // One at a time for a steward's key: what opens a survey under it, and what brings its secret half here. Whoever opens
  // holds the order of a survey that is not there yet, so that the other never waits for it.
  KeyedLock steward_key_uses;
  base::Executor acknowledger;
  std::vector<std::unique_ptr<Writer>> writers;
  AbandonWatch abandon_watch;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_COLLECTION_PARTS_H_
