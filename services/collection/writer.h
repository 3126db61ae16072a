// The thread that commits the answers of its surveys, and alone touches their storage while they are open.
//
// Group commit that forms itself: the thread takes all that is queued and writes one transaction for each survey; what
// comes in meanwhile is the next round. Nothing is acknowledged before its transaction is durable.

#ifndef CANDOR_SERVICES_COLLECTION_WRITER_H_
#define CANDOR_SERVICES_COLLECTION_WRITER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/executor.h"
#include "services/collection/latest_clock.h"
#include "services/collection/loaded_survey.h"
#include "services/crypto/signing.h"

namespace candor::collection {

struct WriterOptions {
  size_t queue_limit = 4096;
  size_t open_files = 64;
  size_t loaded_surveys = 2048;
  int64_t log_limit_bytes = int64_t{256} << 20;
  absl::Duration idle_delay = absl::Milliseconds(100);
};

// All methods may be called from any thread but the writer's own (from a callback of an answer: TryEnqueue alone).
class Writer {
 public:
  // All pointers outlive the object. `acknowledger` runs what need not hold up the next commit.
  Writer(storage::ResponseStore* store, const crypto::SigningKey* receipt_key, LatestClock* clock,
         base::Executor* acknowledger, const WriterOptions& options);
  // Stops, if Stop was not called.
  ~Writer();

  // Queues an answer, whose `done` is called once. False: the queue is full or Stop was called; `answer` is untouched.
  [[nodiscard]] bool TryEnqueue(PendingAnswer& answer);
  bool stopping();

  // After all answers queued before: takes no more for `survey`, durable when this returns. NOT_FOUND,
  // SURVEY_UNKNOWN. OK also when the survey is closed or abandoned.
  absl::Status StopAccepting(const domain::SurveyId& survey);

  // Sees to it that `survey` is stopped, durably, once the clock shows `close_time`, whether or not it is in memory then.
  void Watch(const domain::SurveyId& survey, absl::Time close_time);

  // Stores the notice and takes answers until `close_time`, durably. FAILED_PRECONDITION, SURVEY_CLOSED: the survey has
  // stopped, or its time is over at this moment and it stops now.
  absl::Status Extend(const std::shared_ptr<Survey>& survey, const domain::ExtendOrder& order, absl::Time close_time);

  // Answers stored, for each issuing group. FAILED_PRECONDITION, SURVEY_CLOSED: the survey is let go of, closed or
  // abandoned.
  absl::StatusOr<std::vector<int64_t>> Counts(const std::shared_ptr<Survey>& survey);

  // Lets go of the survey's storage, so that the caller has it alone until Readmit; answers to it are refused as
  // SURVEY_CLOSED.
  void LetGo(const domain::SurveyId& survey);
  void Readmit(const domain::SurveyId& survey);

  // Refuses new answers, commits what is queued, ends the thread. May be called again.
  void Stop();

 private:
  using Task = std::function<void()>;
  using Entry = std::variant<PendingAnswer, Task>;
  using LoadedList = std::list<std::unique_ptr<LoadedSurvey>>;

  void Work();
  absl::Duration WaitTime() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Runs `task` on the thread after all that is queued, and waits for it. False: the thread has ended.
  bool RunAndWait(absl::FunctionRef<void()> task);

  void CommitAll(std::vector<PendingAnswer> answers);
  void CommitSome(const std::shared_ptr<Survey>& survey, std::vector<PendingAnswer> answers);
  void Acknowledge(const std::shared_ptr<Survey>& survey, std::vector<PendingAnswer> answers,
                   std::vector<Verdict> verdicts);
  absl::StatusOr<LoadedSurvey*> Load(const std::shared_ptr<Survey>& survey);
  void CloseOldestFile();
  void StopOverdue();
  void StopWatched(absl::Time now);
  absl::Status ExtendNow(Survey& survey, const domain::ExtendOrder& order, absl::Time close_time);
  // On the thread.
  absl::Status StopNow(const domain::SurveyId& survey);
  void Tidy();

  storage::ResponseStore* const store_;
  const crypto::SigningKey* const receipt_key_;
  LatestClock* const clock_;
  base::Executor* const acknowledger_;
  const WriterOptions options_;

  absl::Mutex mutex_;
  std::vector<Entry> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_answers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  // The close times of surveys that may be accepting; what is stopped otherwise stays until its time.
  std::multimap<absl::Time, domain::SurveyId> watched_ ABSL_GUARDED_BY(mutex_);

  // The thread's own.
  LoadedList loaded_;  // the most recently used first
  absl::flat_hash_map<domain::SurveyId, LoadedList::iterator> place_;
  size_t files_open_ = 0;
  absl::flat_hash_set<domain::SurveyId> let_go_;
  bool untidy_ = false;
  absl::Duration next_sweep_ = -absl::InfiniteDuration();  // by the clock's steady time

  absl::Mutex join_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(join_mutex_);
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_WRITER_H_
