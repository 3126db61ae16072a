// The gRPC services: callback API throughout, each method handed to the Dispatcher by its name.

#ifndef CANDOR_SERVICES_RPC_GRPC_SERVICES_H_
#define CANDOR_SERVICES_RPC_GRPC_SERVICES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/rpc/access.h"
#include "services/rpc/dispatcher.h"
#include "services/rpc/method.h"
#include "services/rpc/planes.h"

namespace candor::rpc {

// The services of candor.v1 that a server of `planes` serves. None of their threads waits for anything.
class GrpcServices {
 public:
  // FAILED_PRECONDITION, CONFIGURATION_INVALID: as Access::CheckComplete for all services, whichever are served; the
  // server must not start. A method to be served without a body is a broken invariant. All arguments outlive the object,
  // and so does it the server.
  static absl::StatusOr<std::unique_ptr<GrpcServices>> Create(Planes planes, const MethodSet* methods,
                                                              const Access* access, Dispatcher* dispatcher);

  // Full names of all services, for instance "candor.v1.CampaignService".
  static std::vector<std::string> Names();
  // Of those that a server of `planes` serves: PlaneService only where the identity plane is elsewhere.
  static std::vector<std::string> Names(Planes planes);

  // To be registered with a grpc::ServerBuilder.
  std::vector<grpc::Service*> services() const;

 private:
  GrpcServices() = default;

  std::vector<std::unique_ptr<grpc::Service>> services_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_GRPC_SERVICES_H_
