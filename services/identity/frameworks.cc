#include "services/identity/frameworks.h"

#include <optional>
#include <utility>

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;

absl::StatusOr<StoredFramework> Decode(storage::FrameworkRow row) {
  absl::StatusOr<domain::Framework> framework = domain::ParseFramework(row.document);
  if (!framework.ok()) return errors::StoreCorrupt("a stored framework cannot be read");
  return StoredFramework{std::move(row), *std::move(framework)};
}

}  // namespace

absl::StatusOr<StoredFramework> Frameworks::Import(const Caller& caller, const DistrictId& district,
                                                   absl::string_view document, bool validate_only) {
  CANDOR_ASSIGN_OR_RETURN(domain::Framework framework, domain::ParseFramework(document));
  storage::FrameworkRow row;
  row.district = district;
  row.id = domain::FrameworkId(framework.code);
  row.document = base::CanonicalJson(domain::FrameworkToJson(framework));
  row.create_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto known, transaction.FindDistrict(district));
    if (!known.has_value()) return errors::NotFound("district", DistrictName(district));
    CANDOR_ASSIGN_OR_RETURN(const auto stored, transaction.FindFramework(district, row.id));
    if (stored.has_value()) {
      if (stored->document != row.document) return errors::Exists("framework", FrameworkName(district, row.id));
      row = *stored;
      return absl::OkStatus();
    }
    if (validate_only) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(transaction.InsertFramework(row));
    return RecordAudit(transaction, clock_, caller, district, "ImportFramework", FrameworkName(district, row.id));
  }));
  return StoredFramework{std::move(row), std::move(framework)};
}

absl::StatusOr<StoredFramework> Frameworks::Get(const DistrictId& district, const domain::FrameworkId& id) {
  std::optional<storage::FrameworkRow> row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindFramework(district, id));
    return absl::OkStatus();
  }));
  if (!row.has_value()) return errors::NotFound("framework", FrameworkName(district, id));
  return Decode(*std::move(row));
}

absl::StatusOr<std::vector<StoredFramework>> Frameworks::List(const DistrictId& district, const storage::Page& page) {
  std::vector<storage::FrameworkRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListFrameworks(district, page));
    return absl::OkStatus();
  }));
  std::vector<StoredFramework> frameworks;
  for (storage::FrameworkRow& row : rows) {
    CANDOR_ASSIGN_OR_RETURN(StoredFramework framework, Decode(std::move(row)));
    frameworks.push_back(std::move(framework));
  }
  return frameworks;
}

}  // namespace candor::identity
