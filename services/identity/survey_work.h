// What opening, closing and releasing share: they read a campaign with its surveys, then work at each survey by itself,
// and stop between two surveys when the server does.

#ifndef CANDOR_SERVICES_IDENTITY_SURVEY_WORK_H_
#define CANDOR_SERVICES_IDENTITY_SURVEY_WORK_H_

#include <atomic>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::identity {

// A campaign as it stands at the beginning of an attempt.
struct CampaignWork {
  storage::CampaignRow campaign;
  std::vector<storage::SurveyRow> surveys;  // by id
};

// All of one moment. NOT_FOUND, RESOURCE_NOT_FOUND.
absl::StatusOr<CampaignWork> ReadCampaignWork(storage::IdentityStore& store, const domain::DistrictId& district,
                                              const domain::CampaignId& campaign);

// Whether the same again may succeed, without anybody doing anything.
bool IsPassing(const absl::Status& status);

// Whether the status says that a survey waits for its steward: no fault.
bool IsWaitingForSteward(const absl::Status& status);

// CANCELLED: what work that ends because the server is stopping gives. It is no fault.
absl::Status Stopping();

// Calls `work` for every survey, in order; one that fails keeps none of the others. Gives the first fault. CANCELLED:
// `stopping` was set before the last survey; what is left is left as it is.
absl::Status WorkAtEach(std::vector<storage::SurveyRow>& surveys, const std::atomic<bool>& stopping,
                        const std::function<absl::Status(storage::SurveyRow&)>& work);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_SURVEY_WORK_H_
