#include "services/identity/instruments.h"

#include <utility>

#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::InstrumentId;
using storage::ReadTransaction;
using storage::WriteTransaction;

absl::StatusOr<StoredInstrument> Decode(storage::InstrumentRow row) {
  absl::StatusOr<domain::Instrument> instrument = domain::ParseInstrument(row.draft);
  if (!instrument.ok()) return errors::StoreCorrupt("a stored instrument cannot be read");
  return StoredInstrument{std::move(row), *std::move(instrument)};
}

// The draft's document, which is sure to be readable again.
absl::StatusOr<std::string> EncodeDraft(const domain::Instrument& draft) {
  std::string document = base::CanonicalJson(domain::InstrumentToJson(draft));
  CANDOR_RETURN_IF_ERROR(domain::ParseInstrument(document).status());
  return document;
}

absl::StatusOr<storage::InstrumentRow> RequireInstrument(ReadTransaction& transaction, const DistrictId& district,
                                                         const InstrumentId& id) {
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindInstrument(district, id));
  if (!row.has_value()) return errors::NotFound("instrument", InstrumentName(district, id));
  return *std::move(row);
}

absl::StatusOr<domain::Framework> RequireFramework(ReadTransaction& transaction, const DistrictId& district,
                                                   const domain::FrameworkId& id) {
  CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindFramework(district, id));
  if (!row.has_value()) return errors::NotFound("framework", FrameworkName(district, id));
  absl::StatusOr<domain::Framework> framework = domain::ParseFramework(row->document);
  if (!framework.ok()) return errors::StoreCorrupt("a stored framework cannot be read");
  return framework;
}

}  // namespace

absl::StatusOr<StoredInstrument> Instruments::Create(const Caller& caller, const DistrictId& district,
                                                     const InstrumentId& id, const domain::Instrument& draft) {
  storage::InstrumentRow row;
  row.district = district;
  row.id = id.empty() ? InstrumentId::Random() : id;
  CANDOR_RETURN_IF_ERROR(CheckId("instrument_id", row.id.value()));
  row.framework = domain::FrameworkId(draft.framework);
  CANDOR_RETURN_IF_ERROR(CheckText("instrument.title", draft.title, 200, true));
  CANDOR_ASSIGN_OR_RETURN(row.draft, EncodeDraft(draft));
  row.create_time = row.update_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireFramework(transaction, district, row.framework).status());
    CANDOR_ASSIGN_OR_RETURN(const auto taken, transaction.FindInstrument(district, row.id));
    if (taken.has_value()) return errors::Exists("instrument", InstrumentName(district, row.id));
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrument(row));
    return RecordAudit(transaction, clock_, caller, district, "CreateInstrument", InstrumentName(district, row.id));
  }));
  return StoredInstrument{std::move(row), draft};
}

absl::StatusOr<StoredInstrument> Instruments::Update(const Caller& caller, const DistrictId& district,
                                                     const InstrumentId& id, std::optional<int64_t> revision,
                                                     const std::function<absl::Status(domain::Instrument&)>& change) {
  StoredInstrument result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(storage::InstrumentRow row, RequireInstrument(transaction, district, id));
    if (revision.has_value() && *revision != row.revision) {
      return errors::EtagMismatch("instrument", InstrumentName(district, id));
    }
    CANDOR_ASSIGN_OR_RETURN(result, Decode(std::move(row)));
    CANDOR_RETURN_IF_ERROR(change(result.instrument));
    result.instrument.framework = result.row.framework.value();
    CANDOR_RETURN_IF_ERROR(CheckText("instrument.title", result.instrument.title, 200, true));
    CANDOR_ASSIGN_OR_RETURN(result.row.draft, EncodeDraft(result.instrument));
    result.row.update_time = clock_.Now();
    CANDOR_RETURN_IF_ERROR(transaction.UpdateInstrument(result.row));
    ++result.row.revision;
    return RecordAudit(transaction, clock_, caller, district, "UpdateInstrument", InstrumentName(district, id));
  }));
  return result;
}

absl::StatusOr<StoredInstrument> Instruments::Get(const DistrictId& district, const InstrumentId& id) {
  storage::InstrumentRow row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, RequireInstrument(transaction, district, id));
    return absl::OkStatus();
  }));
  return Decode(std::move(row));
}

absl::StatusOr<std::vector<StoredInstrument>> Instruments::List(const DistrictId& district,
                                                                const storage::Page& page) {
  std::vector<storage::InstrumentRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListInstruments(district, page));
    return absl::OkStatus();
  }));
  std::vector<StoredInstrument> instruments;
  for (storage::InstrumentRow& row : rows) {
    CANDOR_ASSIGN_OR_RETURN(StoredInstrument instrument, Decode(std::move(row)));
    instruments.push_back(std::move(instrument));
  }
  return instruments;
}

absl::StatusOr<StoredInstrumentVersion> Instruments::Publish(const Caller& caller, const DistrictId& district,
                                                             const InstrumentId& id, std::optional<int64_t> revision,
                                                             bool validate_only) {
  StoredInstrumentVersion result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(storage::InstrumentRow row, RequireInstrument(transaction, district, id));
    if (revision.has_value() && *revision != row.revision) {
      return errors::EtagMismatch("instrument", InstrumentName(district, id));
    }
    CANDOR_ASSIGN_OR_RETURN(StoredInstrument draft, Decode(std::move(row)));
    CANDOR_ASSIGN_OR_RETURN(const domain::Framework framework,
                            RequireFramework(transaction, district, draft.row.framework));
    CANDOR_RETURN_IF_ERROR(domain::CheckInstrument(draft.instrument, framework));
    result.version = domain::MakeInstrumentVersion(draft.instrument, framework);
    result.row.district = district;
    result.row.instrument = id;
    result.row.document = domain::EncodeInstrumentVersion(result.version);
    result.row.hash = base::HexEncode(crypto::Sha256(result.row.document));
    result.row.publish_time = clock_.Now();
    CANDOR_ASSIGN_OR_RETURN(const auto newest,
                            transaction.FindInstrumentVersion(district, id, draft.row.newest_version));
    if (newest.has_value() && newest->document == result.row.document) {
      result.row = *newest;
      return absl::OkStatus();
    }
    if (validate_only) return absl::OkStatus();
    result.row.version = ++draft.row.newest_version;
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrumentVersion(result.row));
    CANDOR_RETURN_IF_ERROR(transaction.UpdateInstrument(draft.row));
    return RecordAudit(transaction, clock_, caller, district, "PublishInstrument",
                       InstrumentVersionName(district, id, result.row.version));
  }));
  return result;
}

absl::StatusOr<StoredInstrumentVersion> Instruments::GetVersion(const DistrictId& district, const InstrumentId& id,
                                                                int32_t version) {
  StoredInstrumentVersion result;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindInstrumentVersion(district, id, version));
    if (!row.has_value()) return errors::NotFound("instrument version", InstrumentVersionName(district, id, version));
    result.row = *std::move(row);
    return absl::OkStatus();
  }));
  CANDOR_ASSIGN_OR_RETURN(result.version, domain::DecodeInstrumentVersion(result.row.document));
  return result;
}

absl::StatusOr<std::vector<storage::InstrumentVersionRow>> Instruments::ListVersions(const DistrictId& district,
                                                                                     const InstrumentId& id,
                                                                                     int32_t after, int limit) {
  std::vector<storage::InstrumentVersionRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireInstrument(transaction, district, id).status());
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListInstrumentVersions(district, id, after, limit));
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace candor::identity
