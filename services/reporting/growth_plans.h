// What leaders make of their reports, and who reads it.

#ifndef CANDOR_SERVICES_REPORTING_GROWTH_PLANS_H_
#define CANDOR_SERVICES_REPORTING_GROWTH_PLANS_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/growth_plan.pb.h"
#include "services/domain/growth_plan.h"
#include "services/domain/ids.h"
#include "services/reporting/reports.h"
#include "storage/identity_store.h"

namespace candor::reporting {

struct StoredGrowthPlan {
  domain::GrowthPlan plan;
  int64_t revision = 0;  // 0: none is stored, and the plan is empty
};

// The plans beside reports. A plan can be written and read by its leader as soon as they may read the report, and read by the
// supervisors of the frozen line who may read the report, once the leader shares it. Nobody else reads it: being an
// administrator counts for nothing here, whatever the contract says.
//
// May be called from many threads at once.
class GrowthPlans {
 public:
  // Notes a write, in its transaction.
  using Note = std::function<absl::Status(storage::WriteTransaction& transaction)>;

  // Both outlive this object.
  GrowthPlans(storage::IdentityStore* store, Reports* reports) : store_(*store), reports_(*reports) {}

  // It is no reading of the report. The codes of Reports::Get; PERMISSION_DENIED, CALLER_NOT_ALLOWED also to a supervisor
  // whom the plan is not shared with, whether or not there is one. DATA_LOSS, STORE_CORRUPT: the stored plan cannot be read.
  absl::StatusOr<StoredGrowthPlan> Get(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                       const domain::SurveyId& survey, const Reader& reader);

  // Puts `plan` in the place of the one with this revision (0: of none) and gives what is stored then; a plan without goals
  // deletes it, and whom it was shared with goes too. The same plan again changes nothing, whatever the revision, so that a
  // repeated call does no harm. `note` is called if something changes.
  //
  // INVALID_ARGUMENT, FIELD_INVALID: as domain::CheckGrowthPlan, or a competency that the report does not have. The codes
  // of Reports::Get; PERMISSION_DENIED, CALLER_NOT_ALLOWED also to everybody but the leader. ABORTED, ETAG_MISMATCH: another
  // revision is stored. Nothing is stored unless OK.
  absl::StatusOr<StoredGrowthPlan> Put(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                       const domain::SurveyId& survey, const Reader& reader,
                                       const domain::GrowthPlan& plan, int64_t revision, const Note& note);

 private:
  storage::IdentityStore& store_;
  Reports& reports_;
};

// The reader without their rights as an administrator.
Reader AsPerson(Reader reader);

// The plan beside the report of `survey`, as far as `person` may read it, who may read the report by being its leader or a
// supervisor; unset where there is none for them. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<std::optional<domain::GrowthPlan>> FindReadablePlan(storage::ReadTransaction& transaction,
                                                                   const storage::SurveyRow& survey,
                                                                   const domain::PersonId& person);

// Without name and etag.
candor::v1::GrowthPlan ToProto(const domain::GrowthPlan& plan);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_GROWTH_PLANS_H_
