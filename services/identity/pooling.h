// A campaign's pool: the key that its surveys' contributions are sealed to, and the figures made of them at closing.

#ifndef CANDOR_SERVICES_IDENTITY_POOLING_H_
#define CANDOR_SERVICES_IDENTITY_POOLING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/domain/response_plane.h"
#include "services/identity/key_store.h"
#include "services/identity/survey_work.h"
#include "storage/identity_store.h"

namespace candor::identity {

// The key that the campaign's manifests name: that of those written already, so that no campaign ever has two; before
// the first is written, the one in the key folder, made where it is missing. Empty where there is no pool: in campaigns
// of fewer than domain::kFewestPooledLeaders surveys, and where manifests were written without a key.
absl::StatusOr<std::string> EnsurePool(storage::IdentityStore& store, KeyStore& keys, const CampaignWork& work);

// What closing does with the pool once every survey that was opened is closed or abandoned: has the figures computed,
// stores them durably, and destroys the key; each step only once the one before is durable, and none is done twice to
// another end. Gives whether there is a pool, whose destroyed contributions the response plane has still to forget.
//
// Nothing about the key keeps a campaign from closing: where it is lost or is not the one that the manifests name, or a
// contribution cannot be opened, the figures are empty, all contributions are destroyed, and the log says so. So also
// after any other fault that does not pass, and after every fault when `overdue`: then the response plane may keep
// contributions, which nobody can open once the key is destroyed. No figure that raters were promised comes from the
// pool, so that waiting would serve nobody.
absl::StatusOr<bool> PoolFigures(storage::IdentityStore& store, KeyStore& keys, domain::ResponsePlane& plane,
                                 const CampaignWork& work, bool overdue);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_POOLING_H_
