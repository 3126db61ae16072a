#include "clients/cpp/connection.h"

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::client {
namespace {

// Reports and ledgers of large surveys are bigger than gRPC's default of 4 MiB.
constexpr int kLongestResponse = 256 << 20;

}  // namespace

bool IsLoopback(absl::string_view address) {
  if (absl::StartsWith(address, "unix:")) return true;
  const size_t colon = address.rfind(':');
  const absl::string_view host = colon == absl::string_view::npos ? address : address.substr(0, colon);
  if (host == "localhost" || host == "[::1]") return true;
  // Digits and dots alone: a name such as 127.example.org is not this machine.
  return absl::StartsWith(host, "127.") && host.find_first_not_of("0123456789.") == absl::string_view::npos;
}

absl::StatusOr<std::shared_ptr<Connection>> Connection::Make(const ConnectionOptions& options) {
  if (options.address.empty()) return absl::InvalidArgumentError("the server's address is empty; give HOST:PORT");
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return absl::InvalidArgumentError("a client certificate needs its key, and a key its certificate");
  }
  const bool tls = options.tls || !options.tls_ca.empty() || !options.tls_cert.empty();
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (tls) {
    grpc::SslCredentialsOptions ssl;
    if (!options.tls_ca.empty()) {
      CANDOR_ASSIGN_OR_RETURN(ssl.pem_root_certs, base::ReadFile(options.tls_ca));
    }
    if (!options.tls_cert.empty()) {
      CANDOR_ASSIGN_OR_RETURN(ssl.pem_cert_chain, base::ReadFile(options.tls_cert));
      CANDOR_ASSIGN_OR_RETURN(ssl.pem_private_key, base::ReadFile(options.tls_key));
    }
    credentials = grpc::SslCredentials(ssl);
  } else if (IsLoopback(options.address)) {
    credentials = grpc::InsecureChannelCredentials();
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "without TLS only this machine can be called, not ", options.address, "; give --tls or --tls-ca FILE"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, IsLoopback(options.address) ? 0 : 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(kLongestResponse);
  arguments.SetUserAgentPrefix("candor");
  return std::shared_ptr<Connection>(
      new Connection(grpc::CreateCustomChannel(options.address, credentials, arguments), options.access_key,
                     options.timeout));
}

std::shared_ptr<Connection> Connection::WithAccessKey(std::string access_key) const {
  return std::shared_ptr<Connection>(new Connection(channel_, std::move(access_key), timeout_));
}

void Connection::Prepare(grpc::ClientContext& context) const {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout_));
  if (!access_key_.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", access_key_));
}

}  // namespace candor::client
