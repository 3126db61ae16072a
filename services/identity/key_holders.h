// The people who read what is sealed to them: a campaign's moderators, and its auditor. Who they may be, and what of them is
// frozen at opening.

#ifndef CANDOR_SERVICES_IDENTITY_KEY_HOLDERS_H_
#define CANDOR_SERVICES_IDENTITY_KEY_HOLDERS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/domain/campaign.h"
#include "storage/identity_store.h"
#include "storage/key_holders.h"

namespace candor::identity {

// Moderators and auditor as the campaign names them, with the keys that they have registered. FAILED_PRECONDITION,
// KEY_HOLDER_UNFIT: one of them is not in the directory, has not the role, has registered no key, has the key of another
// or of the campaign's steward, or is moderator and auditor at once.
absl::StatusOr<storage::KeyHolders> FindKeyHolders(storage::ReadTransaction& transaction,
                                                   const storage::CampaignRow& campaign);

// Whom the campaign names: the moderators, and the auditor behind them.
std::vector<domain::NamedHolder> HoldersOf(const domain::CampaignSettings& settings);

// FAILED_PRECONDITION, KEY_HOLDER_UNFIT: one of them is the survey's leader or supervises the leader, now or at opening, or
// has registered their key with an access key that such a person made. Respondents write to them because they are neither.
absl::Status CheckHoldersOutsideLine(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign,
                                     const storage::SurveyRow& survey);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_KEY_HOLDERS_H_
