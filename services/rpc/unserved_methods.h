// Answers calls of methods that a server of one plane does not serve.

#ifndef CANDOR_SERVICES_RPC_UNSERVED_METHODS_H_
#define CANDOR_SERVICES_RPC_UNSERVED_METHODS_H_

#include <string>

#include "grpcpp/generic/async_generic_service.h"
#include "services/rpc/planes.h"

namespace candor::rpc {

// To be registered with a grpc::ServerBuilder beside the services. Nothing of these calls is read, logged or counted.
class UnservedMethods final : public grpc::CallbackGenericService {
 public:
  explicit UnservedMethods(Planes planes) : planes_(planes) {}

  // UNIMPLEMENTED. WRONG_PLANE: the other plane serves the method; the message says which, and what to do. No reason: no
  // server has such a method.
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  const Planes planes_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_UNSERVED_METHODS_H_
