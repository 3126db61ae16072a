#include "services/rpc/request.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/identity/request_ids.h"

namespace candor::rpc {
namespace {

constexpr char kRequestId[] = "request_id";

}  // namespace

absl::Status CheckRequestId(absl::string_view request_id) {
  if (request_id.empty()) return absl::OkStatus();
  constexpr absl::string_view kShape = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  bool fits = request_id.size() == kShape.size();
  for (size_t i = 0; fits && i < kShape.size(); ++i) {
    const char c = absl::ascii_tolower(request_id[i]);
    switch (kShape[i]) {
      case 'x': fits = absl::ascii_isxdigit(c); break;
      case 'v': fits = c == '8' || c == '9' || c == 'a' || c == 'b'; break;
      default: fits = c == kShape[i];
    }
  }
  if (fits) return absl::OkStatus();
  return domain::errors::InvalidField(kRequestId, "must be a UUID of version 4, or empty");
}

absl::Status RunOnce(const IdentityBackend& backend, const identity::Caller& caller,
                     const domain::DistrictId& district, const google::protobuf::Message& request,
                     google::protobuf::Message* response, const std::function<absl::Status()>& run) {
  const auto* field = request.GetDescriptor()->FindFieldByName(kRequestId);
  CANDOR_CHECK(field != nullptr);
  const std::string request_id = absl::AsciiStrToLower(request.GetReflection()->GetString(request, field));
  CANDOR_RETURN_IF_ERROR(CheckRequestId(request_id));
  if (request_id.empty()) return run();

  std::unique_ptr<google::protobuf::Message> arguments(request.New());
  arguments->CopyFrom(request);
  arguments->GetReflection()->ClearField(arguments.get(), field);
  identity::RequestKey key;
  key.district = district;
  key.caller = caller.name();
  key.method = request.GetDescriptor()->full_name();
  key.request_id = request_id;
  key.request_hash = crypto::Sha256(DeterministicBytes(*arguments));
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes,
                          identity::Once(*backend.store, *backend.clock, key,
                                         [&]() -> absl::StatusOr<std::string> {
                                           response->Clear();  // the store may run this again
                                           CANDOR_RETURN_IF_ERROR(run());
                                           return response->SerializeAsString();
                                         }));
  if (!response->ParseFromString(bytes)) {
    return domain::errors::StoreCorrupt("a stored answer to a request id cannot be read");
  }
  return absl::OkStatus();
}

}  // namespace candor::rpc
