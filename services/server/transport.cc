#include "services/server/transport.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "grpcpp/server_builder.h"
#include "services/base/log.h"
#include "services/domain/errors.h"

namespace candor::server {
namespace {

// Above the services' own limit, so that whoever sends too much is told by how much and what to do; what is larger than
// this is not even read.
constexpr int kLargestMessage = 8 << 20;
constexpr size_t kMemoryForCalls = size_t{1} << 30;
constexpr int kStreamsOfOneConnection = 100;
constexpr int kKeepaliveMs = 120'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kShortestPingIntervalMs = 30'000;
constexpr int kIdleConnectionMs = 600'000;
// A connection that is never idle ends too, so that nobody holds what it takes for ever; calls under way may end first.
constexpr int kOldestConnectionMs = 3'600'000;
constexpr int kLastCallsMs = 300'000;

// gRPC's own messages may hold callers' addresses, and their times are those of calls: only the place in its source is
// logged, once an hour at most.
void LogTransportFault(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  static absl::Mutex mutex(absl::kConstInit);
  static auto* const latest = new std::map<std::string, absl::Time>();
  absl::string_view file = args->file;
  file = file.substr(file.rfind('/') == absl::string_view::npos ? 0 : file.rfind('/') + 1);
  std::string place = absl::StrCat(file, ":", args->line);
  const absl::Time now = absl::Now();
  {
    absl::MutexLock lock(&mutex);
    const auto [entry, first] = latest->emplace(place, now);
    if (!first && now - entry->second < absl::Hours(1)) return;
    entry->second = now;
  }
  base::Log(base::LogLevel::kWarning, "the transport reports a fault; told once an hour at most", {{"place", place}});
}

void PrepareProcess() {
  static absl::once_flag once;
  absl::call_once(once, [] {
    gpr_set_log_function(LogTransportFault);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

unsigned ReloadSeconds(const ServerConfig& config) {
  return static_cast<unsigned>(std::max<int64_t>(1, absl::ToInt64Seconds(config.tls_reload_interval)));
}

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const ServerConfig& config) {
  if (config.tls_cert.empty()) return grpc::InsecureServerCredentials();
  const unsigned seconds = ReloadSeconds(config);
  const bool mutual = !config.tls_client_ca.empty();
  auto provider =
      mutual ? std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(config.tls_key, config.tls_cert,
                                                                                    config.tls_client_ca, seconds)
             : std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(config.tls_key, config.tls_cert,
                                                                                    seconds);
  grpc::experimental::TlsServerCredentialsOptions options(std::move(provider));
  options.watch_identity_key_cert_pairs();
  if (mutual) options.watch_root_certs();
  options.set_cert_request_type(mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                       : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

// Takes reflection out of one server: once its library is linked, gRPC adds it to every server of the process.
class NoReflectionOption : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string reflection = grpc::reflection::ProtoServerReflectionPlugin().name();
    std::erase_if(*plugins, [&reflection](const auto& plugin) { return plugin->name() == reflection; });
  }
};

void SetLimits(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("candord");
  quota.Resize(kMemoryForCalls);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kLargestMessage);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsOfOneConnection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleConnectionMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kOldestConnectionMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kLastCallsMs);
  // Two servers on one port would share its calls between them without anybody noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Only health and reflection use the synchronous API, so one thread for them is enough.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
}

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> CredentialsToResponsePlane(const ServerConfig& config) {
  PrepareProcess();
  const bool ca = !config.plane_tls_ca.empty(), cert = !config.plane_tls_cert.empty();
  const auto address = ParseListen(config.response_plane);
  if (!ca && !cert && address.ok() && address->loopback) return nullptr;
  grpc::experimental::TlsChannelCredentialsOptions options;
  using Watcher = grpc::experimental::FileWatcherCertificateProvider;
  const unsigned seconds = ReloadSeconds(config);
  if (ca && cert) {
    options.set_certificate_provider(
        std::make_shared<Watcher>(config.plane_tls_key, config.plane_tls_cert, config.plane_tls_ca, seconds));
  } else if (cert) {
    options.set_certificate_provider(std::make_shared<Watcher>(config.plane_tls_key, config.plane_tls_cert, seconds));
  } else if (ca) {
    options.set_certificate_provider(std::make_shared<Watcher>(config.plane_tls_ca, seconds));
  }
  if (ca) options.watch_root_certs();
  if (cert) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<std::unique_ptr<Transport>> Transport::Start(const ServerConfig& config,
                                                            const std::vector<grpc::Service*>& services,
                                                            grpc::CallbackGenericService* rest) {
  PrepareProcess();
  std::unique_ptr<Transport> transport(new Transport());
  grpc::ServerBuilder builder;
  SetLimits(builder);
  if (!config.reflection) builder.SetOption(std::make_unique<NoReflectionOption>());
  builder.AddListeningPort(config.listen, CredentialsOf(config), &transport->port_);
  for (grpc::Service* service : services) builder.RegisterService(service);
  if (rest != nullptr) builder.RegisterCallbackGenericService(rest);
  transport->server_ = builder.BuildAndStart();
  if (transport->server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", config.listen,
                                               "; is the port taken, or the address not this machine's?"));
  }
  const auto address = ParseListen(config.listen);
  if (address.ok() && address->unix_socket) transport->port_ = 0;
  return transport;
}

Transport::~Transport() { Shutdown(absl::ZeroDuration()); }

void Transport::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  server_.reset();
}

}  // namespace candor::server
