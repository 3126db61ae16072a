// The audit trail: who did what to which resource. Respondents' acts are never in it.

#ifndef CANDOR_SERVICES_IDENTITY_AUDIT_H_
#define CANDOR_SERVICES_IDENTITY_AUDIT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// Notes, in the transaction of the act itself, that `caller` did `action` ("OpenCampaign") to `resource`. `district` is
// empty for what is done above districts.
absl::Status RecordAudit(storage::WriteTransaction& transaction, base::Clock& clock, const Caller& caller,
                         const domain::DistrictId& district, absl::string_view action, absl::string_view resource);

// The entries after number `after`, oldest first, at most `limit` (1 to 1,000).
absl::StatusOr<std::vector<storage::AuditRow>> ListAudit(storage::IdentityStore& store,
                                                         const domain::DistrictId& district, int64_t after, int limit);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_AUDIT_H_
