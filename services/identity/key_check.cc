#include "services/identity/key_check.h"

#include <string>
#include <vector>

#include "services/base/log.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

using domain::CampaignState;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyRow;

void WarnUnless(const absl::Status& status, absl::string_view message, const char* field,
                const std::string& of_what) {
  if (status.ok()) return;
  base::Log(base::LogLevel::kWarning, message, {{field, of_what}, {"detail", std::string(status.message())}});
}

void WarnUnlessOfSurvey(const absl::Status& status, const SurveyRow& survey) {
  WarnUnless(status, "a survey stands still until a key file is put back", "survey", survey.id.value());
}

class KeyCheck {
 public:
  KeyCheck(ReadTransaction& transaction, KeyStore& keys) : transaction_(transaction), keys_(keys) {}

  absl::Status CheckDistrict(const domain::DistrictId& district) {
    storage::Page page;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<CampaignRow> campaigns, transaction_.ListCampaigns(district, page));
      for (const CampaignRow& campaign : campaigns) CANDOR_RETURN_IF_ERROR(CheckCampaign(campaign));
      if (campaigns.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
      page.after = campaigns.back().id.value();
    }
  }

 private:
  absl::Status CheckCampaign(const CampaignRow& campaign) {
    if (campaign.state != CampaignState::kOpen) return absl::OkStatus();
    WarnUnless(keys_.LoadCodeKey(campaign.district, campaign.id).status(),
               "no codes of a campaign can be listed or made anew until a key file is put back", "campaign",
               CampaignName(campaign.district, campaign.id));
    return ForEachSurvey(transaction_, campaign.district, campaign.id, [&](const SurveyRow& survey) {
      CheckSurvey(campaign, survey);
      return absl::OkStatus();
    });
  }

  void CheckSurvey(const CampaignRow& campaign, const SurveyRow& survey) {
    // One that is being closed says by itself what it lacks.
    if (survey.state != SurveyState::kOpen) return;
    const absl::StatusOr<domain::Manifest> manifest = GetManifest(transaction_, survey);
    if (!manifest.ok()) return WarnUnlessOfSurvey(manifest.status(), survey);
    if (!campaign.settings.steward.has_value()) {
      WarnUnlessOfSurvey(keys_.CheckClosingKey(survey.id, manifest->closing_public_key), survey);
    }
    for (size_t i = 0; i < manifest->groups.size(); ++i) {
      WarnUnlessOfSurvey(keys_.CheckIssuingKeyFile(survey.id, static_cast<int>(i)), survey);
    }
    if (signs_for_others_) return;
    const absl::Status signs = keys_.CheckSigningKey(manifest->signing_public_key);
    signs_for_others_ = !signs.ok();
    WarnUnless(signs, "open campaigns cannot be extended until a key file is put back", "survey", survey.id.value());
  }

  ReadTransaction& transaction_;
  KeyStore& keys_;
  bool signs_for_others_ = false;  // the signing key is not that of some survey, which has been said
};

}  // namespace

absl::Status WarnOfMissingKeys(storage::IdentityStore& store, KeyStore& keys) {
  return store.Read([&](ReadTransaction& transaction) -> absl::Status {
    KeyCheck check(transaction, keys);
    storage::Page page;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::DistrictRow> districts, transaction.ListDistricts(page));
      for (const storage::DistrictRow& district : districts) {
        CANDOR_RETURN_IF_ERROR(check.CheckDistrict(district.id));
      }
      if (districts.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
      page.after = districts.back().id.value();
    }
  });
}

}  // namespace candor::identity
