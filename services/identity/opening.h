// Opening a campaign: freezes the contract, then makes keys, manifest and codes of each survey and hands it to the
// response plane.

#ifndef CANDOR_SERVICES_IDENTITY_OPENING_H_
#define CANDOR_SERVICES_IDENTITY_OPENING_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "services/identity/key_pool.h"
#include "services/identity/key_store.h"
#include "storage/identity_store.h"

namespace candor::identity {

// What a manifest's signature is made over, before its bytes.
inline constexpr char kManifestTag[] = "candor-manifest-v1";

// One thread at a time for one campaign.
class Opening {
 public:
  Opening(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys, KeyPool* pool,
          domain::ResponsePlane* plane, std::string response_address, const std::atomic<bool>* stopping)
      : store_(*store),
        clock_(*clock),
        keys_(*keys),
        pool_(*pool),
        plane_(*plane),
        response_address_(std::move(response_address)),
        stopping_(*stopping) {}

  // DRAFT -> OPENING, with the contract and the leader's line stored for every survey; as Lifecycle::Open.
  absl::StatusOr<storage::CampaignRow> Order(const Caller& caller, const domain::DistrictId& district,
                                             const domain::CampaignId& campaign, std::optional<int64_t> revision);

  // Goes on from wherever the last attempt stopped, until the campaign is OPEN. The first fault of any survey is
  // returned once all have been tried; what is done stays done. Opens nothing more once the close time has come.
  // FAILED_PRECONDITION, KEY_LOST: a key that was made for it is gone, or is another; none is made in its place.
  // CANCELLED: the server is stopping.
  absl::Status Advance(const domain::DistrictId& district, const domain::CampaignId& campaign);

 private:
  struct Material;

  absl::Status OpenSurvey(const Material& material, const storage::SurveyRow& survey);
  // Makes keys and manifest, and stores manifest, issuing groups and invitations in one transaction. Where that is done,
  // looks whether the keys are still there.
  absl::Status Prepare(const Material& material, const storage::SurveyRow& survey);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyStore& keys_;
  KeyPool& pool_;
  domain::ResponsePlane& plane_;
  const std::string response_address_;  // for the manifests
  const std::atomic<bool>& stopping_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_OPENING_H_
