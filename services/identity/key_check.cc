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

void WarnUnless(const absl::Status& status, const std::string& survey) {
  if (status.ok()) return;
  base::Log(base::LogLevel::kWarning, "a survey stands still until a key file is put back",
            {{"survey", survey}, {"detail", std::string(status.message())}});
}

absl::Status CheckSurvey(ReadTransaction& transaction, KeyStore& keys, const CampaignRow& campaign,
                         const SurveyRow& survey) {
  // One that is being closed says by itself what it lacks.
  if (survey.state != SurveyState::kOpen) return absl::OkStatus();
  const std::string& name = survey.id.value();
  if (!campaign.settings.steward.has_value()) WarnUnless(keys.LoadClosingKey(survey.id).status(), name);
  const auto bytes = GetDocument(transaction, survey, storage::SurveyDocument::kManifest);
  const auto manifest = bytes.ok() ? domain::DecodeManifest(*bytes) : absl::StatusOr<domain::Manifest>(bytes.status());
  if (!manifest.ok()) {
    WarnUnless(manifest.status(), name);
    return absl::OkStatus();
  }
  for (size_t i = 0; i < manifest->groups.size(); ++i) {
    WarnUnless(keys.LoadIssuingKey(survey.id, static_cast<int>(i)).status(), name);
  }
  return absl::OkStatus();
}

absl::Status CheckCampaign(ReadTransaction& transaction, KeyStore& keys, const CampaignRow& campaign) {
  if (campaign.state != CampaignState::kOpen) return absl::OkStatus();
  return ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow& survey) {
    return CheckSurvey(transaction, keys, campaign, survey);
  });
}

absl::Status CheckDistrict(ReadTransaction& transaction, KeyStore& keys, const domain::DistrictId& district) {
  storage::Page page;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<CampaignRow> campaigns, transaction.ListCampaigns(district, page));
    for (const CampaignRow& campaign : campaigns) CANDOR_RETURN_IF_ERROR(CheckCampaign(transaction, keys, campaign));
    if (campaigns.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = campaigns.back().id.value();
  }
}

}  // namespace

absl::Status WarnOfMissingKeys(storage::IdentityStore& store, KeyStore& keys) {
  return store.Read([&](ReadTransaction& transaction) -> absl::Status {
    storage::Page page;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::DistrictRow> districts, transaction.ListDistricts(page));
      for (const storage::DistrictRow& district : districts) {
        CANDOR_RETURN_IF_ERROR(CheckDistrict(transaction, keys, district.id));
      }
      if (districts.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
      page.after = districts.back().id.value();
    }
  });
}

}  // namespace candor::identity
