#include "tests/support/test_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/base/file.h"
#include "services/base/status.h"

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
  grpc::GenericStub stub(channel_);
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &bytes, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return status.ok() ? absl::OkStatus() : client::FromGrpc(status);
}

TestServer::TestServer() {
  config_.data_folder = folder_.File("data");
  config_.listen = "127.0.0.1:0";
  config_.tick_interval = absl::Milliseconds(10);
  config_.tls_reload_interval = absl::Seconds(1);
  config_.key_pool_reserve = 0;
  config_.log_level = base::LogLevel::kError;
  base::SetLogLevel(config_.log_level);
}

absl::Status TestServer::Start() {
  CANDOR_ASSIGN_OR_RETURN(server_, server::Server::Create(config_, &clock_));
  return absl::OkStatus();
}

void TestServer::Stop() { server_.reset(); }

absl::Status TestServer::Restart() {
  Stop();
  return Start();
}

std::string TestServer::address() const { return absl::StrCat("127.0.0.1:", server_ == nullptr ? 0 : server_->port()); }

ApiCaller TestServer::Administrator() const {
  const auto key = base::ReadFile(config_.data_folder + "/admin.key");
  return ApiCaller(NewChannel(address()), key.ok() ? std::string(absl::StripSuffix(*key, "\n")) : std::string());
}

ApiCaller TestServer::Nobody() const { return ApiCaller(NewChannel(address()), ""); }

}  // namespace candor::testing
