// Instruments of a district: a draft that changes, and published versions that never do.

#ifndef CANDOR_SERVICES_IDENTITY_INSTRUMENTS_H_
#define CANDOR_SERVICES_IDENTITY_INSTRUMENTS_H_

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

struct StoredInstrument {
  storage::InstrumentRow row;
  domain::Instrument instrument;  // the draft
};

struct StoredInstrumentVersion {
  storage::InstrumentVersionRow row;  // version 0: checked only, not published
  domain::InstrumentVersion version;
};

// May be called from many threads at once. NOT_FOUND, RESOURCE_NOT_FOUND of everything that is named and is not there.
class Instruments {
 public:
  Instruments(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  // Keeps a draft, complete or not. Its framework must be the district's. An empty id is made at random.
  // ALREADY_EXISTS, RESOURCE_EXISTS. INVALID_ARGUMENT, INSTRUMENT_INVALID: not even the form of an instrument (title,
  // scale within its limits).
  absl::StatusOr<StoredInstrument> Create(const Caller& caller, const domain::DistrictId& district,
                                          const domain::InstrumentId& id, const domain::Instrument& draft);
  // Applies `change` to the draft; its framework stays. ABORTED, ETAG_MISMATCH: `revision` is given and is not the
  // stored one.
  absl::StatusOr<StoredInstrument> Update(const Caller& caller, const domain::DistrictId& district,
                                          const domain::InstrumentId& id, std::optional<int64_t> revision,
                                          const std::function<absl::Status(domain::Instrument&)>& change);
  absl::StatusOr<StoredInstrument> Get(const domain::DistrictId& district, const domain::InstrumentId& id);
  absl::StatusOr<std::vector<StoredInstrument>> List(const domain::DistrictId& district, const storage::Page& page);

  // Checks the draft whole (domain::CheckInstrument) and freezes it as the next version; a draft that equals the newest
  // version gives that version. `validate_only`: checks only.
  absl::StatusOr<StoredInstrumentVersion> Publish(const Caller& caller, const domain::DistrictId& district,
                                                  const domain::InstrumentId& id, std::optional<int64_t> revision,
                                                  bool validate_only = false);
  absl::StatusOr<StoredInstrumentVersion> GetVersion(const domain::DistrictId& district,
                                                     const domain::InstrumentId& id, int32_t version);
  // Above version `after`, oldest first, without documents.
  absl::StatusOr<std::vector<storage::InstrumentVersionRow>> ListVersions(const domain::DistrictId& district,
                                                                          const domain::InstrumentId& id,
                                                                          int32_t after, int limit);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_INSTRUMENTS_H_
