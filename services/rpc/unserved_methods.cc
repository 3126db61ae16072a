#include "services/rpc/unserved_methods.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/rpc/grpc_services.h"
#include "services/rpc/status.h"

namespace candor::rpc {
namespace {

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

bool Contains(const std::vector<std::string>& services, absl::string_view service) {
  return std::find(services.begin(), services.end(), service) != services.end();
}

}  // namespace

grpc::ServerGenericBidiReactor* UnservedMethods::CreateReactor(grpc::GenericCallbackServerContext* context) {
  // "/candor.v1.CampaignService/GetCampaign"
  absl::string_view path = context->method();
  absl::ConsumePrefix(&path, "/");
  const std::string service(path.substr(0, path.find('/')));
  const bool responses_only = planes_ == Planes::kResponses;
  if (!Contains(GrpcServices::Names(responses_only ? Planes::kIdentity : Planes::kResponses), service)) {
    return new Refusal(absl::UnimplementedError("there is no such method; is the client made for another version?"));
  }
  const char* const message =
      responses_only ? "this is the response plane, which knows answers and no person; people, campaigns and codes are the "
                       "identity plane's: call that server's address"
                     : "this is the identity plane, which never sees an answer; answers and ledgers are the response "
                       "plane's: call that server's address (candor --response-server)";
  return new Refusal(base::Error(absl::StatusCode::kUnimplemented, domain::reasons::kWRONG_PLANE, message));
}

}  // namespace candor::rpc
