// The whole service in the test's own process, on free ports of loopback, and callers of it.

#ifndef CANDOR_TESTS_SUPPORT_TEST_SERVER_H_
#define CANDOR_TESTS_SUPPORT_TEST_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/plane.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/error.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "services/base/error.h"
#include "services/server/config.h"
#include "services/server/server.h"
#include "tests/support/arrangement.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace candor::testing {

// Whether a stub calls a service of the response plane.
template <typename Stub>
inline constexpr bool kOfResponses =
    std::is_same_v<Stub, candor::v1::ResponseService::Stub> || std::is_same_v<Stub, candor::v1::PlaneService::Stub> ||
    std::is_same_v<Stub, candor::v1::KeySessionService::Stub> || std::is_same_v<Stub, candor::v1::ModerationService::Stub> ||
    std::is_same_v<Stub, candor::v1::AuditorService::Stub>;

// Somebody who calls: a channel of its own to each server, and a key or none. Cheap to copy.
class ApiCaller {
 public:
  // `response_channel`: to the response plane, where that is another server; null: `channel`.
  ApiCaller(std::shared_ptr<grpc::Channel> channel, std::string key,
            std::shared_ptr<grpc::Channel> response_channel = nullptr)
      : channel_(std::move(channel)),
        response_channel_(response_channel != nullptr ? std::move(response_channel) : channel_),
        key_(std::move(key)) {}

  // Call(&v1::CampaignService::Stub::GetCampaign, request): the response, or the error with its reason and field.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) const {
    Stub stub(kOfResponses<Stub> ? response_channel_ : channel_);
    grpc::ClientContext context;
    Prepare(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return client::FromGrpc(status);
    return response;
  }

  // Calls a method by its full name ("candor.v1.CampaignService.GetCampaign") and drops the response.
  absl::Status CallByName(const std::string& method, const google::protobuf::Message& request) const;

  // The same caller with another key, over the same channels.
  ApiCaller WithKey(std::string key) const { return ApiCaller(channel_, std::move(key), response_channel_); }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::shared_ptr<grpc::Channel>& response_channel() const { return response_channel_; }
  const std::string& key() const { return key_; }

 private:
  void Prepare(grpc::ClientContext& context) const;

  std::shared_ptr<grpc::Channel> channel_, response_channel_;
  std::string key_;
};

// A channel to `address` that shares its connection with no other.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address,
                                          std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr);

// One server for both planes, or two that share nothing but a clock.
class TestServer {
 public:
  // Starts nothing. The clock stands still, campaigns are looked at every 10 milliseconds.
  explicit TestServer(Arrangement arrangement = ArrangementOfThisRun());

  // Of the one server; of two the identity plane's, from which the response plane's is made when it starts.
  server::ServerConfig& config() { return config_; }
  FakeClock& clock() { return clock_; }
  bool two_servers() const { return arrangement_ == Arrangement::kTwoServers; }
  // The identity plane's, and the response plane's; one and the same of one server.
  const std::string& data_folder() const { return config_.data_folder; }
  std::string response_folder() const;

  // What the identity plane is to call in place of the response plane's address, once that is known: for tests that put
  // something between the two.
  void set_between(std::function<std::string(const std::string& address)> between) { between_ = std::move(between); }

  absl::Status Start();
  void Stop();
  // Stops, and starts again on the same folders.
  absl::Status Restart();

  // Of two servers: one of them stops, or starts again on the same folder and port.
  void StopIdentity() { server_.reset(); }
  absl::Status StartIdentity();
  void StopResponses() { responses_.reset(); }
  absl::Status StartResponses();

  bool running() const { return server_ != nullptr; }
  std::string address() const;
  std::string response_address() const;
  // Callers over a new channel.
  ApiCaller Administrator() const;  // the installation's, with the key in admin.key
  ApiCaller Nobody() const;         // without a key

 private:
  const Arrangement arrangement_;
  TempFolder folder_;
  FakeClock clock_;
  server::ServerConfig config_;
  std::function<std::string(const std::string&)> between_;
  int response_port_ = 0;  // 0: any free one
  std::unique_ptr<server::Server> responses_;  // null: `server_` holds both planes
  std::unique_ptr<server::Server> server_;
};

// The reason of an error; empty for OK and for errors without one.
inline std::string ReasonOf(const absl::Status& status) { return base::GetErrorDetail(status).reason; }
inline std::string FieldOf(const absl::Status& status) { return base::GetErrorDetail(status).field; }

// Asks `condition` again and again until it is true; false when it is not within `patience`.
template <typename Condition>
bool Eventually(const Condition& condition, absl::Duration patience = absl::Seconds(60)) {
  const absl::Time end = absl::Now() + patience;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return true;
}

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_TEST_SERVER_H_
