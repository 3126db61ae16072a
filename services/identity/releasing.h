// Releasing a campaign: every report is built once and frozen.

#ifndef CANDOR_SERVICES_IDENTITY_RELEASING_H_
#define CANDOR_SERVICES_IDENTITY_RELEASING_H_

#include <atomic>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"
#include "services/identity/caller.h"
#include "services/identity/report_builder.h"
#include "storage/identity_store.h"

namespace candor::identity {

// One thread at a time for one campaign.
class Releasing {
 public:
  Releasing(storage::IdentityStore* store, base::Clock* clock, domain::ResponsePlane* plane, ReportBuilder build_report,
            const std::atomic<bool>* stopping)
      : store_(*store),
        clock_(*clock),
        plane_(*plane),
        build_report_(std::move(build_report)),
        stopping_(*stopping) {}

  // Notes that a closed campaign is to be released; as Lifecycle::Release.
  absl::StatusOr<storage::CampaignRow> Order(const Caller& caller, const domain::DistrictId& district,
                                             const domain::CampaignId& campaign, bool discard_undecided);

  // Goes on from wherever the last attempt stopped, until the campaign is RELEASED. A report that is stored is never
  // built again. A fault of one survey, such as a report that cannot be built, keeps the campaign CLOSED, and the others
  // are released: their reports can be read. The first fault is returned once all have been tried. CANCELLED: the server
  // is stopping.
  absl::Status Advance(const domain::DistrictId& district, const domain::CampaignId& campaign);

 private:
  absl::Status ReleaseSurvey(const storage::CampaignRow& campaign, const storage::SurveyRow& survey);
  // FAILED_PRECONDITION, COMMENTS_UNDECIDED: comments of a closed survey wait for a moderator.
  absl::Status CheckComments(const domain::DistrictId& district, const domain::CampaignId& campaign);
  // Asks the response plane for the released comments and keeps them, unless they are here already.
  absl::Status FreezeComments(const storage::CampaignRow& campaign, const storage::SurveyRow& survey);
  // From when on the times of questions back run, the same at every attempt: it is stored before the response plane is told,
  // which keeps what it is told first. Where there are no such questions the order needs none: 1970.
  absl::StatusOr<absl::Time> FixReleaseTime(const storage::CampaignRow& campaign, const storage::SurveyRow& survey);
  absl::Status SetReleaseTime(const storage::SurveyRow& survey, std::optional<absl::Time> time);
  absl::Status FreezeReport(const storage::CampaignRow& campaign, const storage::SurveyRow& survey);

  storage::IdentityStore& store_;
  base::Clock& clock_;
  domain::ResponsePlane& plane_;
  const ReportBuilder build_report_;
  const std::atomic<bool>& stopping_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_RELEASING_H_
