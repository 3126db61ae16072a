// Update masks: which fields of a resource a request changes.

#ifndef CANDOR_SERVICES_RPC_FIELD_MASK_H_
#define CANDOR_SERVICES_RPC_FIELD_MASK_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace candor::rpc {

// The fields to change, a subset of `changeable`. An empty mask stands for those of `changeable` that are set in
// `resource`; `*` for all of them. Fields that are in the result and unset in `resource` are to be cleared.
// INVALID_ARGUMENT, FIELD_MASK_INVALID: a path that is not the name of a changeable field at the top level.
absl::StatusOr<std::set<std::string>> FieldsToChange(const google::protobuf::Message& resource,
                                                     const google::protobuf::FieldMask& mask,
                                                     const std::set<std::string>& changeable);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_FIELD_MASK_H_
