// Closing a campaign, in steps that are durable one by one (docs: anonymity, closing across two planes).
//
//   1 CLOSING is stored: no more codes, no more tokens        5 closed result and ledger are stored
//   2 the response plane stops accepting                      6 keys, blinded hashes and code hashes are destroyed
//   3 the order crosses, with the closing key                 7 the response plane rebuilds its database
//   4 the response plane counts and forgets the answers       8 CLOSED is stored
//
// 2 to 6 are done for each survey by itself; 7 and 8 once for all that have come so far. Where figures are pooled, it is
// between 6 of the last survey and 7: they are computed there, stored here, and the pooling key is destroyed.

#ifndef CANDOR_SERVICES_IDENTITY_CLOSING_H_
#define CANDOR_SERVICES_IDENTITY_CLOSING_H_

#include <atomic>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "services/identity/invitations.h"
#include "services/identity/key_store.h"
#include "services/identity/report_builder.h"
#include "storage/identity_store.h"

namespace candor::identity {

// One thread at a time for one campaign.
class Closing {
 public:
  Closing(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys, domain::ResponsePlane* plane,
          Invitations* invitations, BenchmarkBuilder build_benchmark, const std::atomic<bool>* stopping)
      : store_(*store),
        clock_(*clock),
        keys_(*keys),
        plane_(*plane),
        invitations_(*invitations),
        build_benchmark_(std::move(build_benchmark)),
        stopping_(*stopping) {}

  // Step 1: OPEN -> CLOSING, and from OPENING too once its close time has come, or where the last attempt at opening it
  // ended with a fault that does not pass (`opening_refused`); as Lifecycle::Close. FAILED_PRECONDITION, WRONG_STATE, to the
  // server by its schedule: the close time has been moved meanwhile.
  absl::StatusOr<storage::CampaignRow> Order(const Caller& caller, const domain::DistrictId& district,
                                             const domain::CampaignId& campaign, bool opening_refused);

  // Goes on from wherever the last attempt stopped, until the campaign is CLOSED. FAILED_PRECONDITION, WAITING_FOR_STEWARD:
  // nothing is wrong, but surveys are left that only their steward can open. A fault of one survey does not keep the
  // others from being closed, but the campaign; the first one is returned. CANCELLED: the server is stopping.
  //
  // A survey that the response plane has abandoned is abandoned here at once, and one whose steward has not come once its
  // abandon time has. A survey that cannot be closed (a lost key, answers that cannot be opened, orders that do not fit:
  // whatever trying again does not mend) is abandoned once its abandon time has come; and at domain::CountingEndTime whatever
  // the fault, since a disk that fails for good looks like one that is busy. One that closing found not yet open is abandoned
  // at once: nobody could answer it. So, at its abandon time, is one that the response plane has closed under another order:
  // it has no report, and what it has there stays unread.
  absl::Status Advance(const domain::DistrictId& district, const domain::CampaignId& campaign);

 private:
  // Steps 2 to 6 of one survey, with a result or without.
  absl::Status EndSurvey(const storage::CampaignRow& campaign, storage::SurveyRow& survey);
  // Steps 2 to 5, as far as they are not done.
  absl::Status StopAndFetch(const storage::CampaignRow& campaign, storage::SurveyRow& survey);
  absl::Status FetchResult(const storage::CampaignRow& campaign, storage::SurveyRow& survey);
  absl::Status DestroyKeys(storage::SurveyRow& survey);
  // To the end of step 6. `why`: for the log.
  absl::Status Abandon(storage::SurveyRow& survey, absl::string_view why);
  // Computes the campaign's benchmark and stores it, if its contract names one and it is not there: from the results of
  // `surveys`, which are all that it has; abandoned ones have none.
  absl::Status StoreBenchmark(const storage::CampaignRow& campaign, const std::vector<storage::SurveyRow>& surveys);
  // Step 8 of these surveys, and if they were the last (`all`) of the campaign.
  absl::Status Finish(const storage::CampaignRow& campaign, const std::vector<storage::SurveyRow>& ready, bool all);
  // Stores the row as it is, and counts up its revision.
  absl::Status Store(storage::SurveyRow& survey);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyStore& keys_;
  domain::ResponsePlane& plane_;
  Invitations& invitations_;
  const BenchmarkBuilder build_benchmark_;
  const std::atomic<bool>& stopping_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_CLOSING_H_
