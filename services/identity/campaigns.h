// Campaigns as drafts: their settings, their surveys, and what opening would do.

#ifndef CANDOR_SERVICES_IDENTITY_CAMPAIGNS_H_
#define CANDOR_SERVICES_IDENTITY_CAMPAIGNS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/campaign.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "services/identity/key_pool.h"
#include "storage/identity_store.h"

namespace candor::identity {

struct StoredCampaign {
  storage::CampaignRow row;
  int64_t survey_count = 0;
};

// One issuing group, as a survey has it or as opening would make it.
struct GroupView {
  std::string code;
  std::vector<std::string> members;
  int64_t invited = 0;
  std::vector<std::string> parts;  // of the one member; empty: all of it
  int64_t reissued = 0;            // codes made anew so far
  int64_t reissuable = 0;          // the most of them by which the group is not withheld; these two are 0 in a draft
};

struct StoredSurvey {
  storage::SurveyRow row;
  std::string leader_display_name;  // empty when the leader has been deleted
  std::vector<GroupView> groups;    // in a draft: the rater groups, and their parts by which raters were added
  std::string contract_hash;        // hexadecimal; these three are empty in a draft
  std::string manifest_hash;        // hexadecimal
  std::string manifest_code;        // crypto::ManifestCode
  bool self_rated = false;          // by the leader, or by any member of a team
  int team_members = 0;             // of a team: at opening, in a draft now; 0: about one leader
  int team_members_rated = 0;       // of them, who have saved a rating
  bool supervisor_rated = false;
  bool waits_for_steward = false;
};

struct SurveyPreview {
  storage::SurveyRow survey;
  std::string leader_display_name;
  std::vector<GroupView> groups;     // empty when there is a fault
  std::vector<std::string> faults;   // what stands in the way, with what to do
  std::vector<std::string> warnings; // what would happen that the administrator should know
};

struct CampaignPreview {
  std::vector<std::string> faults;     // of the campaign as a whole
  std::vector<std::string> warnings;   // likewise: what the administrator should know
  std::vector<SurveyPreview> surveys;  // by survey id
};

// May be called from many threads at once. NOT_FOUND, RESOURCE_NOT_FOUND of everything that is named and is not there;
// FAILED_PRECONDITION, WRONG_STATE for a change of anything but a draft.
class Campaigns {
 public:
  // `pool` may be null: no keys are made ahead.
  Campaigns(storage::IdentityStore* store, base::Clock* clock, KeyPool* pool)
      : store_(*store), clock_(*clock), pool_(pool) {}

  // An empty id is made at random. INVALID_ARGUMENT, CAMPAIGN_INVALID: as domain::CheckSettings, or a breakdown of a group
  // that the instrument does not have. FAILED_PRECONDITION, PURPOSE_FORBIDDEN: as domain::CheckPurpose. ALREADY_EXISTS,
  // RESOURCE_EXISTS.
  absl::StatusOr<StoredCampaign> Create(const Caller& caller, const domain::DistrictId& district,
                                        const domain::CampaignId& id, const domain::CampaignSettings& settings);
  // Applies `change` to the draft. ABORTED, ETAG_MISMATCH: `revision` is given and is not the stored one. The instrument
  // cannot change to one that lacks a group of a rater already added, nor the breakdowns to ones that lack a rater's part:
  // FAILED_PRECONDITION, RESOURCE_IN_USE.
  absl::StatusOr<StoredCampaign> Update(const Caller& caller, const domain::DistrictId& district,
                                        const domain::CampaignId& id, std::optional<int64_t> revision,
                                        const std::function<absl::Status(domain::CampaignSettings&)>& change);
  // With its surveys and raters, and the district's stored answers to request ids, which may show raters' names.
  absl::Status Delete(const Caller& caller, const domain::DistrictId& district, const domain::CampaignId& id);
  absl::StatusOr<StoredCampaign> Get(const domain::DistrictId& district, const domain::CampaignId& id);
  absl::StatusOr<std::vector<StoredCampaign>> List(const domain::DistrictId& district, const storage::Page& page);

  // Adds a leader. FAILED_PRECONDITION, FIELD_INVALID: the person has not the role of a leader. ALREADY_EXISTS,
  // RESOURCE_EXISTS: they have a survey in the campaign.
  absl::StatusOr<StoredSurvey> AddSurvey(const Caller& caller, const domain::DistrictId& district,
                                         const domain::CampaignId& campaign, const domain::PersonId& leader);
  // With its raters; as Delete.
  absl::Status RemoveSurvey(const Caller& caller, const domain::DistrictId& district, const domain::SurveyId& survey);
  absl::StatusOr<StoredSurvey> GetSurvey(const domain::DistrictId& district, const domain::SurveyId& survey);
  // An empty `campaign` stands for all.
  absl::StatusOr<std::vector<StoredSurvey>> ListSurveys(const domain::DistrictId& district,
                                                        const domain::CampaignId& campaign,
                                                        const storage::Page& page);

  // What opening would do now. Changes nothing. Of a campaign past DRAFT: WRONG_STATE.
  absl::StatusOr<CampaignPreview> Preview(const domain::DistrictId& district, const domain::CampaignId& id);

 private:
  // So many more keys (fewer, when negative) are to be made ahead, once the transaction is committed.
  void NeedKeys(storage::WriteTransaction& transaction, int keys);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyPool* const pool_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_CAMPAIGNS_H_
