// Finding surveys for a call: by their whole name, and those that a caller may read.

#ifndef CANDOR_SERVICES_RPC_SURVEY_LOOKUP_H_
#define CANDOR_SERVICES_RPC_SURVEY_LOOKUP_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/identity/caller.h"
#include "services/identity/campaigns.h"
#include "services/rpc/methods.h"
#include "services/rpc/resource_names.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// NOT_FOUND, RESOURCE_NOT_FOUND: the district has no such survey in that campaign.
absl::Status CheckSurveyExists(storage::IdentityStore& store, const SurveyName& name);

// Whether `caller` may read everything of `district`.
bool ReadsWholeDistrict(const identity::Caller& caller, const domain::DistrictId& district);

// `caller` as a reader of the district's reports.
reporting::Reader ReaderOf(const identity::Caller& caller, const domain::DistrictId& district);

// NOT_FOUND, RESOURCE_NOT_FOUND, to a caller who reads the whole district: there is no such campaign; of all campaigns, no
// such district. Others are shown what is theirs, so nothing.
absl::Status CheckCampaignsExist(storage::IdentityStore& store, const identity::Caller& caller,
                                 const CampaignName& name);

// The surveys of a campaign (empty: of all) whose leader `caller` is or supervises, by id, within the page. Of teams that they
// are a member of, surveys that were opened without them are left out; those of teams that they have left are not found here.
absl::StatusOr<std::vector<domain::SurveyId>> SurveysOfCaller(storage::IdentityStore& store,
                                                              const identity::Caller& caller,
                                                              const domain::CampaignId& campaign,
                                                              const storage::Page& page);

// Answers of each of the survey's groups: coarse counts while it is open, exact ones once it is closed, nothing in
// between and in a draft. `plane_answers`: false once the response plane could not be reached; then nothing of open surveys,
// and it is not asked again, so that a list of hundreds waits for it once.
absl::StatusOr<std::vector<int64_t>> AnsweredCounts(const IdentityBackend& backend, const identity::StoredSurvey& survey,
                                                    bool& plane_answers);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_SURVEY_LOOKUP_H_
