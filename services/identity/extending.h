// Extending a campaign: answers are taken until a later moment, up to the latest that its contract names.

#ifndef CANDOR_SERVICES_IDENTITY_EXTENDING_H_
#define CANDOR_SERVICES_IDENTITY_EXTENDING_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "services/identity/key_store.h"
#include "storage/identity_store.h"

namespace candor::identity {

class Extending {
 public:
  Extending(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys, domain::ResponsePlane* plane)
      : store_(*store), clock_(*clock), keys_(*keys), plane_(*plane) {}

  // Signs a notice for each survey, has the response plane take it, and then moves this plane's own close time. Contract,
  // manifest and their hashes stay as they are. Should it stop halfway, some surveys of the response plane would take
  // answers for longer while this plane closes at the time as it was: no harm, and the same call again goes on. As
  // Lifecycle::Extend.
  absl::StatusOr<storage::CampaignRow> Extend(const Caller& caller, const domain::DistrictId& district,
                                              const domain::CampaignId& campaign, absl::Time close_time,
                                              std::optional<int64_t> revision);

 private:
  absl::StatusOr<domain::ExtendOrder> MakeOrder(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                                absl::Time close_time);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyStore& keys_;
  domain::ResponsePlane& plane_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_EXTENDING_H_
