// Conversion between messages and the values that all services share.

#ifndef CANDOR_SERVICES_RPC_CONVERT_COMMON_H_
#define CANDOR_SERVICES_RPC_CONVERT_COMMON_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "candor/v1/common.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/domain/instrument.h"

namespace candor::rpc {

google::protobuf::Timestamp ToTimestamp(absl::Time time);
// Any timestamp; one with nanos out of [0, 1e9) becomes absl::InfinitePast(), which no rule lets pass.
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

candor::v1::LocalizedText ToProto(const domain::LocalizedText& text);
domain::LocalizedText FromProto(const candor::v1::LocalizedText& text);

candor::v1::RatingScale ToProto(const domain::RatingScale& scale);
domain::RatingScale FromProto(const candor::v1::RatingScale& scale);

// Etags: a resource's revision, as callers see it.
std::string ToEtag(int64_t revision);
// Unset for an empty etag. ABORTED, ETAG_MISMATCH: not an etag that ToEtag gives, so surely not the stored one; `kind`
// and `name` are for the message.
absl::StatusOr<std::optional<int64_t>> FromEtag(absl::string_view etag, absl::string_view kind, absl::string_view name);

// INVALID_ARGUMENT, FIELD_INVALID, unless `present`: "<field>: is required".
absl::Status Require(bool present, absl::string_view field);

// `status` with `prefix` put before the path of its field, so that "items[0]" of an instrument reads
// "instrument.items[0]" in a request that holds the instrument; a path that starts so already stays as it is.
absl::Status InField(const absl::Status& status, absl::string_view prefix);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_CONVERT_COMMON_H_
