#include "services/collection/writer.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/collection/acknowledge.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace {

// How often surveys whose time has come are looked for.
constexpr absl::Duration kSweepInterval = absl::Seconds(1);

}  // namespace

Writer::Writer(storage::ResponseStore* store, const crypto::SigningKey* receipt_key, LatestClock* clock,
               base::Executor* acknowledger, const WriterOptions& options)
    : store_(store), receipt_key_(receipt_key), clock_(clock), acknowledger_(acknowledger), options_(options) {
  absl::MutexLock lock(&join_mutex_);
  thread_ = std::thread([this] { Work(); });
}

Writer::~Writer() { Stop(); }

bool Writer::TryEnqueue(PendingAnswer& answer) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || queued_answers_ >= options_.queue_limit) return false;
  ++queued_answers_;
  queue_.emplace_back(std::move(answer));
  return true;
}

bool Writer::stopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

bool Writer::RunAndWait(absl::FunctionRef<void()> task) {
  absl::Notification done;
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return false;
    queue_.emplace_back(Task([&] {
      task();
      done.Notify();
    }));
  }
  done.WaitForNotification();
  return true;
}

absl::Status Writer::StopAccepting(const domain::SurveyId& survey) {
  absl::Status status = absl::OkStatus();
  const auto stop = [&] { status = StopNow(survey); };
  if (!RunAndWait(stop)) return errors::StoreBusy("the service is stopping");
  return status;
}

absl::Status Writer::StopNow(const domain::SurveyId& survey) {
  if (const auto found = place_.find(survey); found != place_.end()) return (*found->second)->StopAccepting();
  CANDOR_ASSIGN_OR_RETURN(const storage::SurveyState state, store_->GetState(survey));
  return state == storage::SurveyState::kAccepting ? store_->StopSurvey(survey) : absl::OkStatus();
}

absl::Status Writer::Extend(const std::shared_ptr<Survey>& survey, const domain::ExtendOrder& order,
                            absl::Time close_time) {
  absl::Status status = absl::OkStatus();
  const auto extend = [&] { status = ExtendNow(*survey, order, close_time); };
  if (!RunAndWait(extend)) return errors::StoreBusy("the service is stopping");
  return status;
}

// On the thread, so that nothing stops the survey while it is being extended.
absl::Status Writer::ExtendNow(Survey& survey, const domain::ExtendOrder& order, absl::Time close_time) {
  if (clock_->Now() >= survey.close_time()) {
    // What has ended stays ended, also when nobody has looked at the clock yet.
    CANDOR_RETURN_IF_ERROR(StopNow(survey.id()));
    return errors::SurveyClosed();
  }
  const auto loaded = place_.find(survey.id());
  if (loaded != place_.end() && !(*loaded->second)->accepting()) return errors::SurveyClosed();
  CANDOR_ASSIGN_OR_RETURN(const storage::SurveyState state, store_->GetState(survey.id()));
  if (state != storage::SurveyState::kAccepting) return errors::SurveyClosed();
  if (close_time <= survey.close_time()) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(store_->ExtendSurvey(survey.id(), order.notice, order.signature));
  {
    absl::MutexLock lock(&mutex_);
    const auto [begin, end] = watched_.equal_range(survey.close_time());
    const auto place = std::find_if(begin, end, [&](const auto& entry) { return entry.second == survey.id(); });
    if (place != end) watched_.erase(place);
    watched_.emplace(close_time, survey.id());
  }
  survey.SetExtension(order.notice, order.signature, close_time);
  return absl::OkStatus();
}

void Writer::Watch(const domain::SurveyId& survey, absl::Time close_time) {
  absl::MutexLock lock(&mutex_);
  // A thread with nothing to look for sleeps until it is called.
  if (watched_.empty()) queue_.emplace_back(Task([] {}));
  watched_.emplace(close_time, survey);
}

absl::StatusOr<std::vector<int64_t>> Writer::Counts(const std::shared_ptr<Survey>& survey) {
  absl::StatusOr<std::vector<int64_t>> counts;
  const auto count = [&] {
    const absl::StatusOr<LoadedSurvey*> loaded = Load(survey);
    if (loaded.ok()) {
      counts = (*loaded)->counts();
    } else {
      counts = loaded.status();
    }
  };
  if (!RunAndWait(count)) return errors::StoreBusy("the service is stopping");
  return counts;
}

void Writer::LetGo(const domain::SurveyId& survey) {
  const auto let_go = [&] {
    let_go_.insert(survey);
    const auto found = place_.find(survey);
    if (found == place_.end()) return;
    if ((*found->second)->file_is_open()) --files_open_;
    loaded_.erase(found->second);
    place_.erase(found);
  };
  // An ended thread holds nothing.
  (void)RunAndWait(let_go);
}

void Writer::Readmit(const domain::SurveyId& survey) {
  (void)RunAndWait([&] { let_go_.erase(survey); });
}

void Writer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  absl::MutexLock lock(&join_mutex_);
  if (thread_.joinable()) thread_.join();
}

absl::Duration Writer::WaitTime() const {
  if (untidy_) return options_.idle_delay;
  return loaded_.empty() && watched_.empty() ? absl::InfiniteDuration() : kSweepInterval;
}

void Writer::Work() {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  while (true) {
    std::vector<Entry> entries;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&ready), WaitTime());
      if (queue_.empty() && stopping_) {
        ended_ = true;
        break;
      }
      entries.swap(queue_);
      queued_answers_ = 0;
    }
    if (entries.empty()) Tidy();
    StopOverdue();
    std::vector<PendingAnswer> answers;
    for (Entry& entry : entries) {
      if (PendingAnswer* const answer = std::get_if<PendingAnswer>(&entry)) {
        answers.push_back(std::move(*answer));
        continue;
      }
      CommitAll(std::exchange(answers, {}));
      std::get<Task>(entry)();
    }
    CommitAll(std::move(answers));
  }
  Tidy();
  loaded_.clear();
}

void Writer::CommitAll(std::vector<PendingAnswer> answers) {
  // By survey, each survey's in the order of arrival.
  std::vector<std::pair<std::shared_ptr<Survey>, std::vector<PendingAnswer>>> rounds;
  absl::flat_hash_map<const Survey*, size_t> round_of;
  for (PendingAnswer& answer : answers) {
    const auto [found, first] = round_of.try_emplace(answer.survey.get(), rounds.size());
    if (first) rounds.push_back({answer.survey, {}});
    std::vector<PendingAnswer>& round = rounds[found->second].second;
    round.push_back(std::move(answer));
    if (round.size() == crypto::kMaximumBatch) {
      CommitSome(rounds[found->second].first, std::exchange(round, {}));
    }
  }
  for (auto& [survey, round] : rounds) {
    if (!round.empty()) CommitSome(survey, std::move(round));
  }
}

void Writer::CommitSome(const std::shared_ptr<Survey>& survey, std::vector<PendingAnswer> answers) {
  const absl::StatusOr<LoadedSurvey*> loaded = Load(survey);
  if (!loaded.ok()) {
    Acknowledge(survey, std::move(answers), std::vector<Verdict>(answers.size(), loaded.status()));
    return;
  }
  const bool file_was_open = (*loaded)->file_is_open();
  std::vector<Verdict> verdicts = (*loaded)->Commit(absl::MakeSpan(answers));
  if (!file_was_open && (*loaded)->file_is_open() && ++files_open_ > options_.open_files) CloseOldestFile();
  untidy_ = untidy_ || (*loaded)->untidy_bytes() > 0;
  const bool log_too_long = (*loaded)->untidy_bytes() > options_.log_limit_bytes;
  LoadedSurvey* const tidied = *loaded;
  Acknowledge(survey, std::move(answers), std::move(verdicts));
  if (log_too_long) (void)tidied->Tidy();
}

void Writer::Acknowledge(const std::shared_ptr<Survey>& survey, std::vector<PendingAnswer> answers,
                         std::vector<Verdict> verdicts) {
  bool more_waits;
  {
    absl::MutexLock lock(&mutex_);
    more_waits = !queue_.empty();
  }
  struct Batch {
    std::shared_ptr<Survey> survey;
    std::vector<PendingAnswer> answers;
    std::vector<Verdict> verdicts;
  };
  const auto batch = std::make_shared<Batch>(Batch{survey, std::move(answers), std::move(verdicts)});
  const auto acknowledge = [batch, key = receipt_key_] {
    AcknowledgeAnswers(*batch->survey, *key, batch->answers, batch->verdicts);
  };
  // With nothing else to do it is quicker here; else the next commit, which waits for the disk, runs beside it.
  if (!more_waits || !acknowledger_->TryRun(acknowledge)) acknowledge();
}

absl::StatusOr<LoadedSurvey*> Writer::Load(const std::shared_ptr<Survey>& survey) {
  if (let_go_.contains(survey->id())) return errors::SurveyClosed();
  const auto found = place_.find(survey->id());
  if (found != place_.end()) {
    loaded_.splice(loaded_.begin(), loaded_, found->second);
  } else {
    CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<LoadedSurvey> loaded, LoadedSurvey::Load(store_, survey));
    loaded_.push_front(std::move(loaded));
    place_[survey->id()] = loaded_.begin();
    ++files_open_;
    untidy_ = true;
    if (files_open_ > options_.open_files) CloseOldestFile();
    if (loaded_.size() > options_.loaded_surveys) {
      if (loaded_.back()->file_is_open()) --files_open_;
      place_.erase(loaded_.back()->survey().id());
      loaded_.pop_back();
    }
  }
  LoadedSurvey* const loaded = loaded_.front().get();
  if (loaded->accepting() && clock_->Now() >= survey->close_time()) {
    // In memory it has stopped whatever the store says; StopOverdue tries again.
    (void)loaded->StopAccepting();
  }
  return loaded;
}

void Writer::CloseOldestFile() {
  // The surveys in use lately stand in front; the foremost one is in use now.
  for (auto loaded = loaded_.rbegin(); loaded != std::prev(loaded_.rend()); ++loaded) {
    if (!(*loaded)->file_is_open()) continue;
    (*loaded)->CloseFile();
    --files_open_;
    return;
  }
}

void Writer::StopOverdue() {
  // An interval, so not of the time of day: that stands still for as long as somebody has set it back.
  const absl::Duration steady = clock_->Steady();
  if (steady < next_sweep_) return;
  next_sweep_ = steady + kSweepInterval;
  const absl::Time now = clock_->Now();
  StopWatched(now);
  for (const std::unique_ptr<LoadedSurvey>& loaded : loaded_) {
    const bool overdue = loaded->accepting() && now >= loaded->survey().close_time();
    if (overdue || (!loaded->accepting() && !loaded->stop_is_stored())) {
      if (const absl::Status status = loaded->StopAccepting(); !status.ok()) {
        base::Log(base::LogLevel::kWarning, "a survey whose time is over could not be marked as stopped; trying again",
                  {{"survey", loaded->survey().id().value()}, {"fault", std::string(status.message())}});
      }
    }
  }
}

void Writer::StopWatched(absl::Time now) {
  while (true) {
    std::pair<absl::Time, domain::SurveyId> next;
    {
      absl::MutexLock lock(&mutex_);
      if (watched_.empty() || now < watched_.begin()->first) return;
      next = *watched_.begin();
    }
    const absl::Status stopped = StopNow(next.second);
    // What is never to be stopped (unknown, damaged) is not tried for ever.
    if (absl::IsUnavailable(stopped) || absl::IsResourceExhausted(stopped)) {
      base::Log(base::LogLevel::kWarning, "a survey whose time is over could not be marked as stopped; trying again",
                {{"survey", next.second.value()}, {"fault", std::string(stopped.message())}});
      return;
    }
    absl::MutexLock lock(&mutex_);
    const auto [begin, end] = watched_.equal_range(next.first);
    const auto place = std::find_if(begin, end, [&](const auto& entry) { return entry.second == next.second; });
    if (place != end) watched_.erase(place);
  }
}

void Writer::Tidy() {
  for (const std::unique_ptr<LoadedSurvey>& loaded : loaded_) {
    // What cannot be tidied now lies safely in the log until another time.
    (void)loaded->Tidy();
  }
  untidy_ = false;
}

}  // namespace candor::collection
