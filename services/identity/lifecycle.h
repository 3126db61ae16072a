// The life of a campaign past its draft: opening, closing, releasing and the questions that are put back afterwards, each in
// steps that may stop at any moment and go on after a restart.

#ifndef CANDOR_SERVICES_IDENTITY_LIFECYCLE_H_
#define CANDOR_SERVICES_IDENTITY_LIFECYCLE_H_

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "services/identity/closing.h"
#include "services/identity/extending.h"
#include "services/identity/follow_ups.h"
#include "services/identity/invitations.h"
#include "services/identity/key_pool.h"
#include "services/identity/key_store.h"
#include "services/identity/opening.h"
#include "services/identity/releasing.h"
#include "services/identity/report_builder.h"
#include "services/identity/retention.h"
#include "storage/identity_store.h"

namespace candor::identity {

// What the server is doing for a campaign in OPENING or CLOSING, or one ordered to be released.
struct Progress {
  int surveys = 0;
  int surveys_done = 0;
  int surveys_waiting = 0;  // while closing: stopped, and to be opened by the steward alone
  std::string last_fault;   // why the last attempt stopped; empty: it did not, or is under way
};

// May be called from many threads at once.
class Lifecycle {
 public:
  struct Parts {
    storage::IdentityStore* store;
    base::Clock* clock;
    KeyStore* keys;
    KeyPool* pool;
    domain::ResponsePlane* plane;
    Invitations* invitations;
    ReportBuilder build_report;
    BenchmarkBuilder build_benchmark;
    std::string response_address = "";  // as in domain::Manifest; of surveys that are opened from now on
  };
  explicit Lifecycle(Parts parts);
  // Stops.
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // Reads every campaign's state, takes up what was under way, and learns when each open campaign closes. Called once,
  // before anything else.
  absl::Status Resume();

  // Starts one thread that does the work, and one that looks at the clock every `interval`.
  void Start(absl::Duration interval = absl::Seconds(1));
  // From now on nothing new is begun, and what fails because of the stop is no fault. Returns at once.
  void StopSoon();
  // Ends both after the survey that is being worked at; the rest goes on after the next Resume.
  void Stop();

  // Each of these notes its order durably and returns the campaign as it then is; the work is done in the background.
  //
  // DRAFT -> OPENING. Nothing is changed unless every survey can open. FAILED_PRECONDITION: WRONG_STATE; CAMPAIGN_INVALID
  // (no survey, or dates that have passed); TOO_FEW_INVITED or NO_COMMON_ITEMS, one message for all surveys at fault.
  // ABORTED, ETAG_MISMATCH.
  absl::StatusOr<storage::CampaignRow> Open(const Caller& caller, const domain::DistrictId& district,
                                            const domain::CampaignId& campaign, std::optional<int64_t> revision);
  // OPEN -> CLOSING; OPENING -> CLOSING once the close time has come, or when the last attempt at opening ended with a
  // fault that trying again does not mend: surveys that are not open yet are abandoned. FAILED_PRECONDITION, WRONG_STATE:
  // neither, so of two closings at once only one succeeds. PERMISSION_DENIED, CALLER_NOT_ALLOWED: it is before the close
  // time, and the caller is in the line of one of the campaign's leaders, now or at opening.
  absl::StatusOr<storage::CampaignRow> Close(const Caller& caller, const domain::DistrictId& district,
                                             const domain::CampaignId& campaign);
  // Moves the close time of an OPEN campaign to `close_time`, with a signed notice for each survey, on both planes; done when
  // this returns. INVALID_ARGUMENT, FIELD_INVALID: not later than the present close time, or beyond the latest one of the
  // contract. FAILED_PRECONDITION: WRONG_STATE (not open, or its time is over), SURVEY_CLOSED (by the response plane's
  // clock), KEY_LOST (the signing key is not that of the manifests).
  // PERMISSION_DENIED, CALLER_NOT_ALLOWED: as Close. ABORTED, ETAG_MISMATCH. What the response plane fails with.
  absl::StatusOr<storage::CampaignRow> Extend(const Caller& caller, const domain::DistrictId& district,
                                              const domain::CampaignId& campaign, absl::Time close_time,
                                              std::optional<int64_t> revision);
  // CLOSED -> RELEASED. Of a released campaign, or one that is being released: OK, nothing changes, but that undecided
  // comments may still be given up. FAILED_PRECONDITION: WRONG_STATE (not closed); COMMENTS_UNDECIDED (comments wait for a
  // moderator, or a summary of them is missing, and they are not to be discarded).
  absl::StatusOr<storage::CampaignRow> Release(const Caller& caller, const domain::DistrictId& district,
                                               const domain::CampaignId& campaign, bool discard_undecided = false);

  // FollowUps::Decide; what is approved goes to the response plane in the background.
  absl::StatusOr<FollowUp> DecideQuestion(const Caller& caller, const domain::DistrictId& district,
                                          const domain::CampaignId& campaign, const domain::SurveyId& survey,
                                          absl::string_view comment, absl::string_view sealed_question,
                                          domain::ModerationReason reason);
  // Asking and listing.
  FollowUps& follow_ups() { return follow_ups_; }

  // Of a campaign that nothing is under way for: all its surveys done.
  absl::StatusOr<Progress> ProgressOf(const domain::DistrictId& district, const domain::CampaignId& campaign);

  // What the district's campaigns hold of people for a time, and when it goes. Unless `dry_run`, deletes at once, in
  // the caller's name, the raters whose retention has ended and stored answers to request ids that are too old; the
  // rest goes with the step that it follows. NOT_FOUND, RESOURCE_NOT_FOUND.
  absl::StatusOr<std::vector<DueItem>> Purge(const Caller& caller, const domain::DistrictId& district, bool dry_run);

  // Closes what is due at the clock's time, deletes raters whose retention has ended, hourly deletes stored answers to
  // request ids that are too old, fetches the answers to questions back once their time is over (every minute, as long as
  // moderators have yet to decide), and takes up again what has stopped with a fault (a Forget that is owed too), at most
  // every 5 seconds. Dates are read from the clock, intervals from its steady time. The thread does this by itself.
  //
  // Retention runs from release; of a campaign that is closed and not released, from closing, so that neither a report
  // that cannot be built nor an administrator who never releases keeps names for ever.
  void Tick();
  // Does all work that is queued, in this thread. For servers without the thread, and for tests.
  void RunPending();

 private:
  using Key = std::pair<domain::DistrictId, domain::CampaignId>;
  // Why the last attempt at a campaign stopped.
  struct Fault {
    std::string message;  // empty: nothing is wrong, a steward is waited for
    bool passing = false;  // the same again may succeed, without anybody doing anything
  };

  void Work();
  void Watch(absl::Duration interval);
  void Enqueue(const Key& key);
  // One attempt at what the campaign's state asks for; only one thread at a time works at a campaign.
  absl::Status Advance(const Key& key);
  absl::Status AdvanceLocked(const Key& key);
  absl::Status WorkAtState(const Key& key);
  // Takes one campaign out of the queue and advances it; false when the queue is empty.
  bool RunOne();
  // Tells the pool which keys the campaign's opening will take.
  absl::Status CountKeysToMake(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign);
  absl::Status ResumeCampaign(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign);
  // As Retention::DeleteRaters, and no more to be looked for.
  absl::StatusOr<bool> DeleteRaters(const Caller& caller, const Key& key);
  // Logs the state that the campaign is in, with counts of its surveys, if it is not the one that was logged last.
  void LogState(const Key& key);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyPool& pool_;
  Retention retention_;
  std::atomic<bool> stopping_work_ = false;  // set with stopping_, for whoever works at a campaign's surveys
  Opening opening_;
  Extending extending_;
  Closing closing_;
  Releasing releasing_;
  FollowUps follow_ups_;

  absl::Mutex mutex_;
  std::set<Key> queue_ ABSL_GUARDED_BY(mutex_);
  std::set<Key> busy_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, Fault> faults_ ABSL_GUARDED_BY(mutex_);  // of campaigns to be tried again
  std::map<Key, absl::Time> close_times_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, absl::Time> retention_ends_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, NextLook> next_looks_ ABSL_GUARDED_BY(mutex_);  // at questions back
  std::map<Key, domain::CampaignState> logged_states_ ABSL_GUARDED_BY(mutex_);
  // By the clock's steady time.
  absl::Duration next_retry_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  absl::Duration next_look_at_waiting_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  absl::Duration next_request_purge_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // The watcher's pause. Of the standard library, since it is measured in steady time there: a pause that ends at a time
  // of day lasts for hours when somebody sets that back.
  std::mutex pause_mutex_;
  std::condition_variable pause_ended_;
  bool watcher_stopping_ = false;  // under pause_mutex_
  std::thread worker_;
  std::thread watcher_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_LIFECYCLE_H_
