// The response plane as the identity plane's server calls it: errors, deadlines, stopping, TLS.

#include "services/rpc/remote_response_plane.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/plane.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "services/domain/closed_result.h"
#include "services/domain/errors.h"
#include "services/domain/ids.h"
#include "services/server/plane_key_file.h"
#include "services/server/server.h"
#include "services/server/transport.h"
#include "tests/support/certificates.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;

// Takes connections and never says a word.
class SilentListener {
 public:
  SilentListener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
  ~SilentListener() { close(socket_); }
  const std::string& address() const { return address_; }

 private:
  const int socket_;
  std::string address_;
};

// Hands over what this version cannot read.
class AnotherVersion final : public v1::PlaneService::Service {
 public:
  AnotherVersion() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    EXPECT_NE(server_, nullptr);
  }
  ~AnotherVersion() override { server_->Shutdown(); }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  grpc::Status FinishFollowUps(grpc::ServerContext*, const v1::FinishFollowUpsRequest*,
                               v1::FinishFollowUpsResponse* response) override {
    response->set_answers("of the future");
    return grpc::Status::OK;
  }
  grpc::Status CloseSurvey(grpc::ServerContext*, const v1::CloseSurveyRequest*,
                           v1::CloseSurveyResponse* response) override {
    response->set_closed_result(closed_result);
    return grpc::Status::OK;
  }

  std::string closed_result = "of the future";

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class RemotePlaneTest : public ::testing::Test {
 protected:
  RemotePlaneTest() {
    config_.planes = rpc::Planes::kResponses;
    config_.data_folder = folder_.File("responses");
    config_.listen = "127.0.0.1:0";
    config_.plane_key = folder_.File("plane.key");
    config_.log_level = base::LogLevel::kError;
    base::SetLogLevel(config_.log_level);
    EXPECT_EQ(server::WritePlaneKeyFile(config_.plane_key), absl::OkStatus());
  }

  void Start() {
    auto server = server::Server::Create(config_, &clock_);
    ASSERT_EQ(server.status(), absl::OkStatus());
    server_ = *std::move(server);
  }

  std::unique_ptr<rpc::RemoteResponsePlane> Connect(const std::string& address,
                                                    std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr) {
    rpc::RemoteResponsePlane::Options options;
    options.address = address;
    options.usual_deadline = absl::Seconds(20);
    options.retry.attempts = 1;
    return std::make_unique<rpc::RemoteResponsePlane>(options, std::move(credentials),
                                                      *server::ReadPlaneKeyFile(config_.plane_key));
  }
  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

  TempFolder folder_;
  FakeClock clock_;
  server::ServerConfig config_;
  std::unique_ptr<server::Server> server_;
};

TEST_F(RemotePlaneTest, AnswersAndErrorsComeWithTheirReasons) {
  Start();
  const auto plane = Connect(address());
  const auto key = plane->ReceiptPublicKey();
  ASSERT_EQ(key.status(), absl::OkStatus());
  EXPECT_EQ(key->size(), 32u);
  EXPECT_EQ(*plane->ReceiptPublicKey(), *key);
  EXPECT_EQ(plane->Forget(), absl::OkStatus());

  const domain::SurveyId unknown("00000000000000000000000000");
  domain::CloseOrder close;
  close.order_id = "order";
  close.survey = unknown;
  for (const absl::Status& status : {plane->StopAccepting(unknown), plane->AbandonSurvey(unknown),
                                     plane->ReleaseSurvey({unknown, true}).status(),
                                     plane->CommentsWait(unknown).status(), plane->CloseSurvey(close).status(),
                                     plane->PutQuestion({unknown, "comment", "question"}),
                                     plane->FinishFollowUps(unknown).status(), plane->LiveCounts(unknown).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(ReasonOf(status), reasons::kSURVEY_UNKNOWN);
  }
  domain::OpenOrder open;
  open.survey = unknown;
  open.contract = "no contract";
  const absl::Status mismatch = plane->OpenSurvey(open);
  EXPECT_EQ(mismatch.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(mismatch), reasons::kORDER_MISMATCH);
  domain::PoolOrder pool;
  pool.pooling_public_key = std::string(32, 'p');
  EXPECT_EQ(ReasonOf(plane->PoolCampaign(pool).status()), reasons::kSURVEY_UNKNOWN);
}

// It can be reached, so that trying again would not help: who asked judges what came.
TEST_F(RemotePlaneTest, AnswersToQuestionsComeAsTheyWereHandedOver) {
  const AnotherVersion another;
  const auto answers = Connect(another.address())->FinishFollowUps(domain::SurveyId("00000000000000000000000000"));
  ASSERT_EQ(answers.status(), absl::OkStatus());
  EXPECT_EQ(*answers, "of the future");
}

// Whoever asked destroys the keys next.
TEST_F(RemotePlaneTest, AResultThatIsNoneOfTheSurveysIsNotHandedOver) {
  AnotherVersion another;
  domain::CloseOrder order;
  order.order_id = "order";
  order.survey = domain::SurveyId("00000000000000000000000000");
  domain::ClosedResult result;
  result.survey = domain::SurveyId("00000000000000000000000001");
  for (const std::string& bytes : {std::string("of the future"), domain::EncodeClosedResult(result)}) {
    another.closed_result = bytes;
    const absl::Status refused = Connect(another.address())->CloseSurvey(order).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << refused;
    EXPECT_EQ(ReasonOf(refused), reasons::kSTORE_CORRUPT);
    EXPECT_THAT(std::string(refused.message()), HasSubstr(another.address()));
  }
  result.survey = order.survey;
  another.closed_result = domain::EncodeClosedResult(result);
  EXPECT_EQ(Connect(another.address())->CloseSurvey(order).status(), absl::OkStatus());
}

TEST_F(RemotePlaneTest, ASilentServerIsOneThatCannotBeReached) {
  const SilentListener silent;
  rpc::RemoteResponsePlane::Options options;
  options.address = silent.address();
  options.counts_deadline = absl::Milliseconds(300);
  rpc::RemoteResponsePlane plane(options, nullptr, *server::ReadPlaneKeyFile(config_.plane_key));
  const absl::Status late = plane.LiveCounts(domain::SurveyId("00000000000000000000000000")).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(late), reasons::kRESPONSE_PLANE_UNREACHABLE);
  EXPECT_THAT(std::string(late.message()), HasSubstr(silent.address()));
}

TEST_F(RemotePlaneTest, StoppingEndsAnOrderThatIsUnderWayAndRefusesTheNext) {
  const SilentListener silent;
  const auto plane = Connect(silent.address());
  absl::Status ended;
  const absl::Time start = absl::Now();
  std::thread order([&] { ended = plane->Forget(); });  // which may take an hour
  absl::SleepFor(absl::Milliseconds(100));
  plane->Stop();
  order.join();
  EXPECT_EQ(ended.code(), absl::StatusCode::kCancelled) << ended;
  EXPECT_LT(absl::Now() - start, absl::Seconds(60));
  EXPECT_EQ(plane->ReceiptPublicKey().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(RemotePlaneTest, CallsOverTlsWithACertificateOfItsOwn) {
  Certificates::Make(folder_, "ours");
  Certificates::Make(folder_, "theirs");
  config_.tls_cert = folder_.File("ours-server.pem");
  config_.tls_key = folder_.File("ours-server.key");
  config_.tls_client_ca = folder_.File("ours-ca.pem");
  Start();
  server::ServerConfig caller;
  caller.response_plane = address();
  const auto reaches = [&] {
    return Connect(address(), server::CredentialsToResponsePlane(caller))->ReceiptPublicKey().ok();
  };
  EXPECT_FALSE(reaches()) << "without TLS";
  caller.plane_tls_ca = folder_.File("ours-ca.pem");
  EXPECT_FALSE(reaches()) << "without a certificate";
  caller.plane_tls_cert = folder_.File("theirs-client.pem");
  caller.plane_tls_key = folder_.File("theirs-client.key");
  EXPECT_FALSE(reaches()) << "with a stranger's";
  caller.plane_tls_cert = folder_.File("ours-client.pem");
  caller.plane_tls_key = folder_.File("ours-client.key");
  EXPECT_TRUE(reaches());
  caller.plane_tls_ca = folder_.File("theirs-ca.pem");
  EXPECT_FALSE(reaches()) << "the server's is of another authority";
}

}  // namespace
}  // namespace candor::testing
