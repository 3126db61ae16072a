#include "services/identity/survey_work.h"

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/loading.h"

namespace candor::identity {

absl::StatusOr<CampaignWork> ReadCampaignWork(storage::IdentityStore& store, const domain::DistrictId& district,
                                              const domain::CampaignId& campaign) {
  CampaignWork work;
  CANDOR_RETURN_IF_ERROR(store.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(work.campaign, GetCampaignRow(transaction, district, campaign));
    return ForEachSurvey(transaction, district, campaign, [&](const storage::SurveyRow& survey) {
      work.surveys.push_back(survey);
      return absl::OkStatus();
    });
  }));
  return work;
}

bool IsPassing(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsAborted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
}

bool IsWaitingForSteward(const absl::Status& status) {
  return base::GetErrorDetail(status).reason == domain::reasons::kWAITING_FOR_STEWARD;
}

absl::Status Stopping() {
  return absl::CancelledError("the server is stopping; the work goes on after its next start");
}

absl::Status WorkAtEach(std::vector<storage::SurveyRow>& surveys, const std::atomic<bool>& stopping,
                        const std::function<absl::Status(storage::SurveyRow&)>& work) {
  absl::Status first_fault;
  for (storage::SurveyRow& survey : surveys) {
    if (stopping) return Stopping();
    const absl::Status worked = work(survey);
    if (first_fault.ok()) first_fault = worked;
  }
  return first_fault;
}

}  // namespace candor::identity
