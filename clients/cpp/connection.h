// A connection to one server, and calls over it.

#ifndef CANDOR_CLIENTS_CPP_CONNECTION_H_
#define CANDOR_CLIENTS_CPP_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/cpp/error.h"
#include "clients/cpp/retry.h"

namespace candor::client {

struct ConnectionOptions {
  std::string address = "127.0.0.1:7430";  // HOST:PORT, or unix:PATH
  // PEM files. `tls_ca` or `tls` turns TLS on; without a CA file the system's authorities are trusted. The last two come
  // together or not at all.
  bool tls = false;
  std::string tls_ca, tls_cert, tls_key;
  // Sent with every call as `authorization: Bearer <key>`; empty: none, as respondents call.
  std::string access_key;
  absl::Duration timeout = absl::Seconds(30);  // of one call
};

// Whether `address` can only mean this machine: a unix socket, 127.0.0.0/8, [::1] or localhost.
bool IsLoopback(absl::string_view address);

// Owns a transport of its own: two connections that Make gave never share one, even to the same address, so that no server
// sees that two calls come from one client by seeing them on one connection. No TLS session is resumed. May be used from many
// threads at once.
class Connection {
 public:
  // Connects on the first call. INVALID_ARGUMENT: no address, an address beyond this machine without TLS, or a key
  // without its certificate. NOT_FOUND and others of base::ReadFile: a PEM file cannot be read.
  static absl::StatusOr<std::shared_ptr<Connection>> Make(const ConnectionOptions& options);

  // The same transport with another person's key: for programs that act for many, never for a respondent.
  std::shared_ptr<Connection> WithAccessKey(std::string access_key) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  absl::Duration timeout() const { return timeout_; }

  // Sets the deadline and the access key.
  void Prepare(grpc::ClientContext& context) const;

  // One call: Call(*stub, &Service::Stub::Method, request).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) const {
    grpc::ClientContext context;
    Prepare(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  // The same call with the same bytes until it succeeds, fails for good, or `policy` gives up. For calls that do no harm
  // when they are repeated.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallRepeatedly(
      const RetryPolicy& policy, Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request) const {
    return WithRetries(policy, [&] { return Call(stub, method, request); });
  }

 private:
  Connection(std::shared_ptr<grpc::Channel> channel, std::string access_key, absl::Duration timeout)
      : channel_(std::move(channel)), access_key_(std::move(access_key)), timeout_(timeout) {}

  std::shared_ptr<grpc::Channel> channel_;
  std::string access_key_;
  absl::Duration timeout_;
};

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_CONNECTION_H_
