// What is kept of people only for a time: when it goes, and the deleting itself, for the clock and for an administrator
// who asks alike.

#ifndef CANDOR_SERVICES_IDENTITY_RETENTION_H_
#define CANDOR_SERVICES_IDENTITY_RETENTION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// Something that a campaign holds for a time.
enum class PersonalData {
  kCodes,     // invitations: hashes of codes and of what was signed with them, with the survey's keys; go at closing
  kAnswers,   // sealed answers, on the response plane; destroyed at closing
  kComments,  // sealed comments, on the response plane; what is not approved is destroyed at release
  kFollowUps,  // questions back, answers and the keys that comments came with, on the response plane; destroyed once
               // answers are handed over
  kNotices,   // sealed reports of pressure, on the response plane; destroyed by the auditor, or with the retention
  kRaters,    // names and addresses; go retention_days after release (after closing, where nobody has released)
};

struct DueItem {
  domain::CampaignId campaign;
  PersonalData data = PersonalData::kRaters;
  // kCodes: people invited. kRaters: raters with or without a name. kAnswers, kComments, kFollowUps, kNotices: surveys that
  // may hold some; how many is not known on this plane.
  int64_t count = 0;
  // When it goes by itself; not known before the step that it follows (unset).
  std::optional<absl::Time> due_time;
  bool deleted = false;  // by the call that gave this item
};

// The end of the campaign's retention; unset while it cannot be known yet.
std::optional<absl::Time> RetentionEnd(const storage::CampaignRow& campaign);

// May be called from many threads at once.
class Retention {
 public:
  Retention(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  // What the district's campaigns past their draft hold, in the order of their ids. Changes nothing.
  // NOT_FOUND, RESOURCE_NOT_FOUND: no such district.
  absl::StatusOr<std::vector<DueItem>> List(const domain::DistrictId& district);

  // Deletes the campaign's raters, with the district's stored answers to request ids, which may name them, and clears
  // the freed pages; `caller` stands in the audit trail. Where no rater is left it does, writes and notes nothing and
  // gives false. The caller has seen that the retention is over.
  absl::StatusOr<bool> DeleteRaters(const Caller& caller, const domain::DistrictId& district,
                                    const domain::CampaignId& campaign);

  // Deletes the stored answers to request ids that are older than kRequestRetention, of all districts.
  absl::Status DeleteOldRequests();

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_RETENTION_H_
