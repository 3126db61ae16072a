// The whole service in the test's own process, on a free port of loopback, and callers of it.

#ifndef CANDOR_TESTS_SUPPORT_TEST_SERVER_H_
#define CANDOR_TESTS_SUPPORT_TEST_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/error.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "services/base/error.h"
#include "services/server/config.h"
#include "services/server/server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace candor::testing {

// Somebody who calls: a channel of its own, and a key or none. Cheap to copy.
class ApiCaller {
 public:
  ApiCaller(std::shared_ptr<grpc::Channel> channel, std::string key)
      : channel_(std::move(channel)), key_(std::move(key)) {}

  // Call(&v1::CampaignService::Stub::GetCampaign, request): the response, or the error with its reason and field.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) const {
    Stub stub(channel_);
    grpc::ClientContext context;
    Prepare(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return client::FromGrpc(status);
    return response;
  }

  // Calls a method by its full name ("candor.v1.CampaignService.GetCampaign") and drops the response.
  absl::Status CallByName(const std::string& method, const google::protobuf::Message& request) const;

  // The same caller with another key, over the same channel.
  ApiCaller WithKey(std::string key) const { return ApiCaller(channel_, std::move(key)); }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& key() const { return key_; }

 private:
  void Prepare(grpc::ClientContext& context) const;

  std::shared_ptr<grpc::Channel> channel_;
  std::string key_;
};

// A channel to `address` that shares its connection with no other.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address,
                                          std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr);

class TestServer {
 public:
  // Starts nothing. The clock stands still, campaigns are looked at every 10 milliseconds.
  TestServer();

  server::ServerConfig& config() { return config_; }
  FakeClock& clock() { return clock_; }
  const std::string& data_folder() const { return config_.data_folder; }

  absl::Status Start();
  void Stop();
  // Stops, and starts again on the same folder.
  absl::Status Restart();

  bool running() const { return server_ != nullptr; }
  std::string address() const;
  // Callers over a new channel.
  ApiCaller Administrator() const;  // the installation's, with the key in admin.key
  ApiCaller Nobody() const;         // without a key

 private:
  TempFolder folder_;
  FakeClock clock_;
  server::ServerConfig config_;
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
