// Conversion of districts, schools, people and access keys.

#ifndef CANDOR_SERVICES_RPC_CONVERT_DIRECTORY_H_
#define CANDOR_SERVICES_RPC_CONVERT_DIRECTORY_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "candor/v1/directory.pb.h"
#include "storage/identity_store.h"

namespace candor::rpc {

candor::v1::District ToProto(const storage::DistrictRow& row);
candor::v1::School ToProto(const storage::SchoolRow& row);
candor::v1::Person ToProto(const storage::PersonRow& row);
candor::v1::AccessKey ToProto(const storage::AccessKeyRow& row);
candor::v1::AuditEntry ToProto(const storage::AuditRow& row);

// The fields of a person that an update may change.
const std::set<std::string>& ChangeablePersonFields();

// Copies the fields named, all of which are changeable ones, from the message; `to.district` is set.
// INVALID_ARGUMENT, FIELD_INVALID: an unknown role, or a school or supervisor badly named or of another district.
absl::Status CopyPersonFields(const candor::v1::Person& from, const std::set<std::string>& fields,
                              storage::PersonRow& to);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_CONVERT_DIRECTORY_H_
