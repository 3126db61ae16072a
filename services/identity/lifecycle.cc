#include "services/identity/lifecycle.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/domain/campaign.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"
#include "services/identity/survey_work.h"

namespace candor::identity {
namespace {

using domain::CampaignId;
using domain::CampaignState;
using domain::DistrictId;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyRow;
using storage::WriteTransaction;

constexpr absl::Duration kRetryInterval = absl::Seconds(5);
constexpr absl::Duration kWaitingInterval = absl::Minutes(1);
constexpr absl::Duration kRequestPurgeInterval = absl::Hours(1);

// Whether the survey is through with what the campaign's state asks for.
bool IsDone(const CampaignRow& campaign, const SurveyRow& survey) {
  switch (campaign.state) {
    case CampaignState::kOpening:
      return survey.state != SurveyState::kDraft;
    case CampaignState::kClosing:
      // What is left then is done for all surveys at once.
      return survey.closing_step >= storage::ClosingStep::kKeysDestroyed;
    case CampaignState::kClosed:
      return !campaign.release_ordered || survey.state != SurveyState::kClosed;
    default:
      return true;
  }
}

}  // namespace

Lifecycle::Lifecycle(Parts parts)
    : store_(*parts.store),
      clock_(*parts.clock),
      pool_(*parts.pool),
      retention_(parts.store, parts.clock),
      opening_(parts.store, parts.clock, parts.keys, parts.pool, parts.plane, std::move(parts.response_address),
               &stopping_work_),
      extending_(parts.store, parts.clock, parts.keys, parts.plane),
      closing_(parts.store, parts.clock, parts.keys, parts.plane, parts.invitations,
               std::move(parts.build_benchmark), &stopping_work_),
      releasing_(parts.store, parts.clock, parts.plane, std::move(parts.build_report), &stopping_work_),
      follow_ups_(parts.store, parts.clock, parts.plane, &stopping_work_) {}

Lifecycle::~Lifecycle() { Stop(); }

absl::Status Lifecycle::Resume() {
  ForgetOrLog(store_);
  return store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    storage::Page districts;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::DistrictRow> rows, transaction.ListDistricts(districts));
      for (const storage::DistrictRow& district : rows) {
        storage::Page page;
        while (true) {
          CANDOR_ASSIGN_OR_RETURN(const std::vector<CampaignRow> campaigns,
                                  transaction.ListCampaigns(district.id, page));
          for (const CampaignRow& campaign : campaigns) {
            CANDOR_RETURN_IF_ERROR(ResumeCampaign(transaction, campaign));
          }
          if (campaigns.size() < static_cast<size_t>(page.limit)) break;
          page.after = campaigns.back().id.value();
        }
      }
      if (rows.size() < static_cast<size_t>(districts.limit)) return absl::OkStatus();
      districts.after = rows.back().id.value();
    }
  });
}

absl::Status Lifecycle::CountKeysToMake(ReadTransaction& transaction, const CampaignRow& campaign) {
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument,
                          GetInstrumentOf(transaction, campaign.district, campaign.settings));
  int drafts = 0;
  CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow& survey) {
    if (survey.state == SurveyState::kDraft) ++drafts;
    return absl::OkStatus();
  }));
  pool_.AddDemand(drafts * domain::MostIssuingGroups(instrument, campaign.settings.breakdowns));
  return absl::OkStatus();
}

absl::Status Lifecycle::ResumeCampaign(ReadTransaction& transaction, const CampaignRow& campaign) {
  const Key key(campaign.district, campaign.id);
  if (campaign.state == CampaignState::kDraft || campaign.state == CampaignState::kOpening) {
    const absl::Status counted = CountKeysToMake(transaction, campaign);
    if (!counted.ok()) {
      base::Log(base::LogLevel::kWarning,
                "a campaign's surveys cannot be read, so no keys are made ahead for it; the others are not touched",
                {{"campaign", CampaignName(campaign.district, campaign.id)},
                 {"detail", std::string(counted.message())}});
    }
  }
  absl::MutexLock lock(&mutex_);
  logged_states_[key] = campaign.state;
  if (const auto end = RetentionEnd(campaign); end.has_value()) retention_ends_[key] = *end;
  switch (campaign.state) {
    case CampaignState::kDraft:
      break;
    case CampaignState::kOpening:
      queue_.insert(key);
      close_times_[key] = storage::CloseTimeOf(campaign);
      break;
    case CampaignState::kOpen:
      close_times_[key] = storage::CloseTimeOf(campaign);
      break;
    case CampaignState::kClosing:
      queue_.insert(key);
      break;
    case CampaignState::kClosed:
      if (campaign.release_ordered) queue_.insert(key);
      break;
    case CampaignState::kReleased:
      if (campaign.settings.follow_up_days > 0) queue_.insert(key);
      break;
  }
  return absl::OkStatus();
}

void Lifecycle::Start(absl::Duration interval) {
  worker_ = std::thread([this] { Work(); });
  watcher_ = std::thread([this, interval] { Watch(interval); });
}

void Lifecycle::StopSoon() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  stopping_work_ = true;
  {
    const std::lock_guard<std::mutex> lock(pause_mutex_);
    watcher_stopping_ = true;
  }
  pause_ended_.notify_all();
}

void Lifecycle::Stop() {
  StopSoon();
  if (worker_.joinable()) worker_.join();
  if (watcher_.joinable()) watcher_.join();
}

absl::StatusOr<CampaignRow> Lifecycle::Open(const Caller& caller, const DistrictId& district,
                                            const CampaignId& campaign, std::optional<int64_t> revision) {
  CANDOR_ASSIGN_OR_RETURN(CampaignRow row, opening_.Order(caller, district, campaign, revision));
  const Key key(district, campaign);
  {
    absl::MutexLock lock(&mutex_);
    close_times_[key] = row.settings.close_time;
  }
  LogState(key);
  Enqueue(key);
  return row;
}

absl::StatusOr<CampaignRow> Lifecycle::Close(const Caller& caller, const DistrictId& district,
                                             const CampaignId& campaign) {
  const Key key(district, campaign);
  bool opening_refused = false;
  {
    absl::MutexLock lock(&mutex_);
    const auto fault = faults_.find(key);
    opening_refused = fault != faults_.end() && !fault->second.passing;
  }
  CANDOR_ASSIGN_OR_RETURN(CampaignRow row, closing_.Order(caller, district, campaign, opening_refused));
  {
    absl::MutexLock lock(&mutex_);
    close_times_.erase(key);
  }
  LogState(key);
  Enqueue(key);
  return row;
}

absl::StatusOr<CampaignRow> Lifecycle::Extend(const Caller& caller, const DistrictId& district,
                                              const CampaignId& campaign, absl::Time close_time,
                                              std::optional<int64_t> revision) {
  CANDOR_ASSIGN_OR_RETURN(CampaignRow row, extending_.Extend(caller, district, campaign, close_time, revision));
  absl::MutexLock lock(&mutex_);
  // Closing has taken the entry out where it was faster.
  if (const auto known = close_times_.find(Key(district, campaign)); known != close_times_.end()) {
    known->second = std::max(known->second, *row.extended_close_time);
  }
  return row;
}

absl::StatusOr<CampaignRow> Lifecycle::Release(const Caller& caller, const DistrictId& district,
                                               const CampaignId& campaign, bool discard_undecided) {
  CANDOR_ASSIGN_OR_RETURN(CampaignRow row, releasing_.Order(caller, district, campaign, discard_undecided));
  if (row.state == CampaignState::kClosed) Enqueue(Key(district, campaign));
  return row;
}

absl::StatusOr<FollowUp> Lifecycle::DecideQuestion(const Caller& caller, const DistrictId& district,
                                                   const CampaignId& campaign, const domain::SurveyId& survey,
                                                   absl::string_view comment, absl::string_view sealed_question,
                                                   domain::ModerationReason reason) {
  CANDOR_ASSIGN_OR_RETURN(
      FollowUp decided, follow_ups_.Decide(caller, district, campaign, survey, comment, sealed_question, reason));
  if (decided.state == FollowUpState::kApproved) Enqueue(Key(district, campaign));
  return decided;
}

absl::StatusOr<Progress> Lifecycle::ProgressOf(const DistrictId& district, const CampaignId& campaign) {
  Progress progress;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, district, campaign));
    return ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) {
      ++progress.surveys;
      if (IsDone(row, survey)) ++progress.surveys_done;
      if (WaitsForSteward(row, survey)) ++progress.surveys_waiting;
      return absl::OkStatus();
    });
  }));
  absl::MutexLock lock(&mutex_);
  if (const auto fault = faults_.find(Key(district, campaign)); fault != faults_.end()) {
    progress.last_fault = fault->second.message;
  }
  return progress;
}

void Lifecycle::Tick() {
  const absl::Time now = clock_.Now();
  const absl::Duration steady = clock_.Steady();
  std::vector<Key> closing, expired;
  bool retry = false, purge = false;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [key, time] : close_times_) {
      if (time <= now) closing.push_back(key);
    }
    for (const auto& [key, time] : retention_ends_) {
      if (time <= now) expired.push_back(key);
    }
    const bool look_at_waiting = steady >= next_look_at_waiting_;
    if (look_at_waiting) next_look_at_waiting_ = steady + kWaitingInterval;
    for (const auto& [key, look] : next_looks_) {
      if (look.time.value_or(absl::InfiniteFuture()) <= now || (look.waiting && look_at_waiting)) queue_.insert(key);
    }
    retry = steady >= next_retry_;
    purge = steady >= next_request_purge_;
    if (purge) next_request_purge_ = steady + kRequestPurgeInterval;
    if (retry) {
      for (const auto& [key, fault] : faults_) queue_.insert(key);
      next_retry_ = steady + kRetryInterval;
    }
  }
  if (retry && store_.forget_owed()) ForgetOrLog(store_);
  if (purge) {
    const absl::Status purged = retention_.DeleteOldRequests();
    if (!purged.ok()) {
      base::Log(base::LogLevel::kWarning, "old answers to request ids could not be deleted; it will be tried again",
                {{"detail", std::string(purged.message())}});
    }
  }
  for (const Key& key : closing) {
    const absl::Status closed = Close(ServerCaller(), key.first, key.second).status();
    if (!closed.ok() && !absl::IsFailedPrecondition(closed)) {
      base::Log(base::LogLevel::kWarning, "a campaign that is due could not be closed; it will be tried again",
                {{"campaign", CampaignName(key.first, key.second)}, {"detail", std::string(closed.message())}});
    }
  }
  for (const Key& key : expired) {
    const absl::Status deleted = DeleteRaters(ServerCaller(), key).status();
    if (!deleted.ok()) {
      base::Log(base::LogLevel::kWarning, "raters whose retention has ended could not be deleted",
                {{"campaign", CampaignName(key.first, key.second)}, {"detail", std::string(deleted.message())}});
    }
  }
}

absl::StatusOr<bool> Lifecycle::DeleteRaters(const Caller& caller, const Key& key) {
  CANDOR_ASSIGN_OR_RETURN(const bool any, retention_.DeleteRaters(caller, key.first, key.second));
  absl::MutexLock lock(&mutex_);
  retention_ends_.erase(key);
  return any;
}

absl::StatusOr<std::vector<DueItem>> Lifecycle::Purge(const Caller& caller, const DistrictId& district, bool dry_run) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<DueItem> items, retention_.List(district));
  if (dry_run) return items;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) {
    return RecordAudit(transaction, clock_, caller, district, "PurgePersonalData", DistrictName(district));
  }));
  const absl::Time now = clock_.Now();
  for (DueItem& item : items) {
    if (item.data != PersonalData::kRaters || !item.due_time.has_value() || *item.due_time > now) continue;
    CANDOR_ASSIGN_OR_RETURN(item.deleted, DeleteRaters(caller, Key(district, item.campaign)));
  }
  CANDOR_RETURN_IF_ERROR(retention_.DeleteOldRequests());
  return items;
}

void Lifecycle::LogState(const Key& key) {
  std::optional<CampaignRow> row;
  int64_t surveys = 0, abandoned = 0;
  const absl::Status read = store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindCampaign(key.first, key.second));
    return ForEachSurvey(transaction, key.first, key.second, [&](const SurveyRow& survey) {
      ++surveys;
      if (survey.state == SurveyState::kAbandoned) ++abandoned;
      return absl::OkStatus();
    });
  });
  if (!read.ok() || !row.has_value()) return;
  {
    absl::MutexLock lock(&mutex_);
    const auto [logged, fresh] = logged_states_.try_emplace(key, row->state);
    if (!fresh && logged->second == row->state) return;
    logged->second = row->state;
  }
  base::Log(base::LogLevel::kInfo, absl::StrCat("a campaign is ", domain::NameOf(row->state)),
            {{"campaign", CampaignName(key.first, key.second)}, {"surveys", surveys}, {"abandoned", abandoned}});
}

void Lifecycle::RunPending() {
  while (RunOne()) {
  }
}

bool Lifecycle::RunOne() {
  Key key;
  {
    absl::MutexLock lock(&mutex_);
    if (queue_.empty() || stopping_) return false;
    key = *queue_.begin();
    queue_.erase(queue_.begin());
  }
  // The fault is kept, and shown with the campaign's progress.
  (void)Advance(key);
  return true;
}

void Lifecycle::Enqueue(const Key& key) {
  absl::MutexLock lock(&mutex_);
  queue_.insert(key);
}

absl::Status Lifecycle::Advance(const Key& key) {
  {
    absl::MutexLock lock(&mutex_);
    const auto free = [this, &key]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !busy_.contains(key); };
    mutex_.Await(absl::Condition(&free));
    busy_.insert(key);
  }
  const absl::Status status = AdvanceLocked(key);
  bool said_before = false;
  {
    absl::MutexLock lock(&mutex_);
    busy_.erase(key);
    if (stopping_work_ && absl::IsCancelled(status)) return status;  // no fault: it goes on after the next start
    if (status.ok()) {
      faults_.erase(key);
    } else {
      const bool waiting = IsWaitingForSteward(status);
      Fault fault{waiting ? "" : std::string(status.message()), waiting || IsPassing(status)};
      const auto [place, fresh] = faults_.try_emplace(key, fault);
      said_before = !fresh && place->second.message == fault.message;
      place->second = std::move(fault);
      next_retry_ = clock_.Steady() + kRetryInterval;
    }
  }
  if (IsWaitingForSteward(status) && !said_before) {
    base::Log(base::LogLevel::kInfo, "a campaign waits for its steward",
              {{"campaign", CampaignName(key.first, key.second)}});
  } else if (!status.ok() && !said_before) {
    base::Log(base::LogLevel::kWarning, "work at a campaign has stopped and will be tried again",
              {{"campaign", CampaignName(key.first, key.second)},
               {"reason", base::GetErrorDetail(status).reason},
               {"detail", std::string(status.message())}});
  }
  return status;
}

absl::Status Lifecycle::AdvanceLocked(const Key& key) {
  const absl::Status worked = WorkAtState(key);
  // Also when releasing has stopped with a fault: retention runs on.
  std::optional<CampaignRow> row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindCampaign(key.first, key.second));
    return absl::OkStatus();
  }));
  const std::optional<absl::Time> end = row.has_value() ? RetentionEnd(*row) : std::nullopt;
  if (end.has_value()) {
    absl::MutexLock lock(&mutex_);
    retention_ends_[key] = *end;
  }
  return worked;
}

absl::Status Lifecycle::WorkAtState(const Key& key) {
  // Each does nothing in a state that is not its own; together they bring the campaign as far as it has been ordered.
  CANDOR_RETURN_IF_ERROR(opening_.Advance(key.first, key.second));
  LogState(key);
  CANDOR_RETURN_IF_ERROR(closing_.Advance(key.first, key.second));
  LogState(key);
  const absl::Status released = releasing_.Advance(key.first, key.second);
  LogState(key);
  // Of the surveys that are released, while others are stuck.
  NextLook look;
  const absl::Status followed = follow_ups_.Advance(key.first, key.second, &look);
  {
    absl::MutexLock lock(&mutex_);
    if (look.time.has_value() || look.waiting) {
      next_looks_[key] = look;
    } else {
      next_looks_.erase(key);
    }
  }
  return released.ok() ? followed : released;
}

void Lifecycle::Work() {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&ready));
      if (stopping_) return;
    }
    (void)RunOne();
  }
}

void Lifecycle::Watch(absl::Duration interval) {
  const auto pause = absl::ToChronoNanoseconds(interval);
  while (true) {
    Tick();
    std::unique_lock<std::mutex> lock(pause_mutex_);
    if (pause_ended_.wait_for(lock, pause, [this] { return watcher_stopping_; })) return;
  }
}

}  // namespace candor::identity
