// Conversion of frameworks and instruments.

#ifndef CANDOR_SERVICES_RPC_CONVERT_INSTRUMENT_H_
#define CANDOR_SERVICES_RPC_CONVERT_INSTRUMENT_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/framework.pb.h"
#include "candor/v1/instrument.pb.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"
#include "services/identity/frameworks.h"
#include "services/identity/instruments.h"

namespace candor::rpc {

// With the whole tree, or without themes and domains as lists show it.
candor::v1::Framework ToProto(const identity::StoredFramework& framework, bool with_tree);

// The fields of an instrument that an update may change.
const std::set<std::string>& ChangeableInstrumentFields();

// Copies the fields named, all of which are changeable ones, from the message.
void CopyInstrumentFields(const candor::v1::Instrument& from, const std::set<std::string>& fields,
                          domain::Instrument& to);

// The draft in a message. INVALID_ARGUMENT, FIELD_INVALID: its framework is missing, badly named or another district's.
absl::StatusOr<domain::Instrument> FromProto(const candor::v1::Instrument& instrument,
                                             const domain::DistrictId& district);

// The code in `name`, the name of a framework of `district`. INVALID_ARGUMENT, FIELD_INVALID.
absl::StatusOr<std::string> FrameworkCode(absl::string_view field, absl::string_view name,
                                          const domain::DistrictId& district);

// Title, framework, scale, languages and groups; items and prompts only when `whole`.
candor::v1::Instrument ToProto(const domain::Instrument& instrument, const domain::DistrictId& district, bool whole);
candor::v1::Instrument ToProto(const identity::StoredInstrument& instrument, bool whole);

// Name, hash and time; a row of version 0 (checked only) has no name and time.
candor::v1::InstrumentVersion ToProto(const storage::InstrumentVersionRow& row);
// With instrument and document.
candor::v1::InstrumentVersion ToProto(const identity::StoredInstrumentVersion& version);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_CONVERT_INSTRUMENT_H_
