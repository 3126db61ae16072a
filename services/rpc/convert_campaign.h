// Conversion of campaigns, surveys, raters, codes and identified ratings.

#ifndef CANDOR_SERVICES_RPC_CONVERT_CAMPAIGN_H_
#define CANDOR_SERVICES_RPC_CONVERT_CAMPAIGN_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/campaign.pb.h"
#include "services/identity/campaigns.h"
#include "services/identity/codes.h"
#include "services/identity/lifecycle.h"
#include "services/identity/raters.h"
#include "services/identity/ratings.h"
#include "services/rpc/resource_names.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// The fields of a campaign that an update may change.
const std::set<std::string>& ChangeableCampaignFields();

// Copies the fields named, all of which are changeable ones, into the settings, with the defaults that campaign.proto
// gives for unset ones. Later dates that stood at their default follow a changed close time.
// INVALID_ARGUMENT, FIELD_INVALID: an instrument version that is badly named or another district's, an unknown reader.
// The rest is domain::CheckSettings' part.
absl::Status CopyCampaignFields(const candor::v1::Campaign& from, const std::set<std::string>& fields,
                                const domain::DistrictId& district, domain::CampaignSettings& settings);

// `progress` counts only while the campaign is being opened or closed, or is being released.
candor::v1::Campaign ToProto(const identity::StoredCampaign& campaign, const identity::Progress& progress);

// `answered`: one number for each of the survey's groups, or empty where there is none to show.
candor::v1::Survey ToProto(const identity::StoredSurvey& survey, const std::vector<int64_t>& answered);

candor::v1::PreviewCampaignResponse ToProto(const identity::CampaignPreview& preview);

candor::v1::Rater ToProto(const storage::RaterRow& rater, const SurveyName& survey);
candor::v1::InvitationCode ToProto(const identity::RaterCode& code, const SurveyName& survey);
const std::set<std::string>& ChangeableRaterFields();
void CopyRaterFields(const candor::v1::Rater& from, const std::set<std::string>& fields, storage::RaterRow& to);

candor::v1::IdentifiedRating ToProto(const identity::IdentifiedForm& form, const RatingName& name);

// The answers in a message, one byte for each item of the form's instrument.
// INVALID_ARGUMENT: FIELD_INVALID (an indicator twice), RATING_OFF_SCALE, ITEM_NOT_ASKED (no such item, or not in this
// form). The field names the entry.
absl::StatusOr<domain::Answers> AnswersOf(const candor::v1::IdentifiedRating& rating,
                                          const identity::IdentifiedForm& form);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_CONVERT_CAMPAIGN_H_
