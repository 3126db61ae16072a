#include "services/identity/audit.h"

#include "services/base/status.h"
#include "services/identity/resource_names.h"

namespace candor::identity {

std::string Caller::name() const {
  if (server) return "server";
  if (installation_administrator) return "administrator";
  return PersonName(district, person);
}

absl::Status RecordAudit(storage::WriteTransaction& transaction, base::Clock& clock, const Caller& caller,
                         const domain::DistrictId& district, absl::string_view action, absl::string_view resource) {
  storage::AuditRow row;
  row.district = district;
  row.time = clock.Now();
  row.caller = caller.name();
  row.action = std::string(action);
  row.resource = std::string(resource);
  return transaction.InsertAudit(row);
}

absl::StatusOr<std::vector<storage::AuditRow>> ListAudit(storage::IdentityStore& store,
                                                         const domain::DistrictId& district, int64_t after,
                                                         int limit) {
  std::vector<storage::AuditRow> rows;
  CANDOR_RETURN_IF_ERROR(store.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListAudit(district, after, limit));
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace candor::identity
