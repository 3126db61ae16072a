#include "services/rpc/field_mask.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/domain/errors.h"

namespace candor::rpc {

absl::StatusOr<std::set<std::string>> FieldsToChange(const google::protobuf::Message& resource,
                                                     const google::protobuf::FieldMask& mask,
                                                     const std::set<std::string>& changeable) {
  std::set<std::string> fields;
  if (mask.paths().empty()) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    resource.GetReflection()->ListFields(resource, &set);
    for (const auto* field : set) {
      if (changeable.count(field->name()) > 0) fields.insert(field->name());
    }
    return fields;
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") {
      fields = changeable;
    } else if (changeable.count(path) > 0) {
      fields.insert(path);
    } else {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_MASK_INVALID,
                         absl::StrCat("update_mask: only these fields can be changed: ", absl::StrJoin(changeable, ", "),
                                      "; or * for all of them"),
                         "update_mask");
    }
  }
  return fields;
}

}  // namespace candor::rpc
