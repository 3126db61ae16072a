// The gRPC server around the services: address, TLS, limits, health and reflection.

#ifndef CANDOR_SERVICES_SERVER_TRANSPORT_H_
#define CANDOR_SERVICES_SERVER_TRANSPORT_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/server.h"
#include "services/server/config.h"

namespace candor::server {

// How to call the response plane's server, as the configuration of the identity plane's says. Null: without TLS, which only
// this machine can be called with.
std::shared_ptr<grpc::ChannelCredentials> CredentialsToResponsePlane(const ServerConfig& config);

class Transport {
 public:
  // Listens and serves. The configuration has no faults. `services` outlive the object, and so does `rest`, which gets the
  // calls that none of them has; it may be null.
  // UNAVAILABLE: the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Transport>> Start(const ServerConfig& config,
                                                          const std::vector<grpc::Service*>& services,
                                                          grpc::CallbackGenericService* rest = nullptr);
  // Shuts down, if Shutdown was not called.
  ~Transport();

  // The port listened on; 0 for a unix socket.
  int port() const { return port_; }

  // Answers health checks with NOT_SERVING, refuses new calls, and returns when those under way have ended; after
  // `grace` they are cancelled. May be called again.
  void Shutdown(absl::Duration grace);

 private:
  Transport() = default;

  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_TRANSPORT_H_
