#include "tests/support/test_server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/rpc/grpc_services.h"
#include "services/server/plane_key_file.h"

namespace candor::testing {
namespace {

// Long enough for a slow machine under a sanitizer; no test waits for it to pass.
constexpr absl::Duration kCallTimeout = absl::Seconds(60);

}  // namespace

std::shared_ptr<grpc::Channel> NewChannel(const std::string& address,
                                          std::shared_ptr<grpc::ChannelCredentials> credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(
      address, credentials != nullptr ? std::move(credentials) : grpc::InsecureChannelCredentials(), arguments);
}

void ApiCaller::Prepare(grpc::ClientContext& context) const {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallTimeout));
  if (!key_.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", key_));
}

absl::Status ApiCaller::CallByName(const std::string& method, const google::protobuf::Message& request) const {
  std::string path = absl::StrCat("/", method);
  path[path.rfind('.')] = '/';
  grpc::Slice slice(request.SerializeAsString());
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer response;
  grpc::ClientContext context;
  Prepare(context);
  const std::vector<std::string> of_plane = rpc::GrpcServices::Names(rpc::Planes::kResponses);
  const std::string service = method.substr(0, method.rfind('.'));
  const bool of_responses = std::find(of_plane.begin(), of_plane.end(), service) != of_plane.end();
  grpc::GenericStub stub(of_responses ? response_channel_ : channel_);
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &bytes, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return status.ok() ? absl::OkStatus() : client::FromGrpc(status);
}

TestServer::TestServer(Arrangement arrangement) : arrangement_(arrangement) {
  config_.data_folder = folder_.File("data");
  config_.listen = "127.0.0.1:0";
  config_.tick_interval = absl::Milliseconds(10);
  config_.tls_reload_interval = absl::Seconds(1);
  config_.key_pool_reserve = 0;
  config_.log_level = base::LogLevel::kError;
  base::SetLogLevel(config_.log_level);
}

std::string TestServer::response_folder() const {
  return two_servers() ? folder_.File("responses") : config_.data_folder;
}

absl::Status TestServer::StartIdentity() {
  server::ServerConfig config = config_;
  if (two_servers()) {
    config.planes = rpc::Planes::kIdentity;
    config.plane_key = folder_.File("plane.key");
    config.response_public_address = response_address();
    config.response_plane = between_ ? between_(response_address()) : response_address();
  }
  CANDOR_ASSIGN_OR_RETURN(server_, server::Server::Create(config, &clock_));
  return absl::OkStatus();
}

absl::Status TestServer::StartResponses() {
  server::ServerConfig config = config_;
  config.planes = rpc::Planes::kResponses;
  config.data_folder = response_folder();
  if (!config.keys_folder.empty()) config.keys_folder = folder_.File("response-keys");
  config.plane_key = folder_.File("plane.key");
  config.listen = absl::StrCat("127.0.0.1:", response_port_);
  config.ready_file.clear();
  if (!base::FileExists(config.plane_key)) CANDOR_RETURN_IF_ERROR(server::WritePlaneKeyFile(config.plane_key));
  CANDOR_ASSIGN_OR_RETURN(responses_, server::Server::Create(config, &clock_));
  response_port_ = responses_->port();
  return absl::OkStatus();
}

absl::Status TestServer::Start() {
  if (two_servers()) {
    response_port_ = 0;
    CANDOR_RETURN_IF_ERROR(StartResponses());
  }
  return StartIdentity();
}

void TestServer::Stop() {
  server_.reset();
  responses_.reset();
}

absl::Status TestServer::Restart() {
  Stop();
  return Start();
}

std::string TestServer::address() const { return absl::StrCat("127.0.0.1:", server_ == nullptr ? 0 : server_->port()); }

std::string TestServer::response_address() const {
  return two_servers() ? absl::StrCat("127.0.0.1:", response_port_) : address();
}

ApiCaller TestServer::Administrator() const {
  const auto key = base::ReadFile(config_.data_folder + "/admin.key");
  return Nobody().WithKey(key.ok() ? std::string(absl::StripSuffix(*key, "\n")) : std::string());
}

ApiCaller TestServer::Nobody() const {
  return ApiCaller(NewChannel(address()), "", two_servers() ? NewChannel(response_address()) : nullptr);
}

}  // namespace candor::testing
