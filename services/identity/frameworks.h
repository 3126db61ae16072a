// Frameworks of a district: imported whole, never changed.

#ifndef CANDOR_SERVICES_IDENTITY_FRAMEWORKS_H_
#define CANDOR_SERVICES_IDENTITY_FRAMEWORKS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/clock.h"
#include "services/domain/framework.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

struct StoredFramework {
  storage::FrameworkRow row;
  domain::Framework framework;
};

// May be called from many threads at once.
class Frameworks {
 public:
  Frameworks(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  // Reads and keeps a document of our own format; its code becomes its id. The same contents again: OK. `validate_only`:
  // nothing is stored. As domain::ParseFramework; ALREADY_EXISTS, RESOURCE_EXISTS: the code stands for other contents;
  // NOT_FOUND, RESOURCE_NOT_FOUND: no such district.
  absl::StatusOr<StoredFramework> Import(const Caller& caller, const domain::DistrictId& district,
                                         absl::string_view document, bool validate_only = false);
  // NOT_FOUND, RESOURCE_NOT_FOUND.
  absl::StatusOr<StoredFramework> Get(const domain::DistrictId& district, const domain::FrameworkId& id);
  absl::StatusOr<std::vector<StoredFramework>> List(const domain::DistrictId& district, const storage::Page& page);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_FRAMEWORKS_H_
