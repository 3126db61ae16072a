#include "tests/support/plane_proxy.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/generic/async_generic_service.h"
#include "services/base/status.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

constexpr int kLongestMessage = 256 << 20;
constexpr std::chrono::seconds kPatience(10);

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

std::string Text(const grpc::string_ref& text) { return std::string(text.data(), text.size()); }

// What the transport itself sets for each connection.
bool IsOfTheTransport(const std::string& key) {
  return absl::StartsWith(key, "grpc-") || key == "user-agent" || key == "content-type" || key == "te";
}

}  // namespace

// One call on its way; deletes itself.
class PlaneProxy::Passage final : public grpc::ServerGenericBidiReactor {
 public:
  Passage(PlaneProxy* proxy, grpc::GenericCallbackServerContext* context)
      : proxy_(*proxy), path_(context->method()), stub_(proxy->upstream()) {
    call_.method = path_.substr(1);
    std::replace(call_.method.begin(), call_.method.end(), '/', '.');
    for (const auto& [key, value] : context->client_metadata()) {
      call_.request_metadata.emplace_back(Text(key), Text(value));
      if (!IsOfTheTransport(Text(key))) onward_.AddMetadata(Text(key), Text(value));
    }
    onward_.set_deadline(context->deadline());
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok || stub_ == nullptr) {
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "nothing came, or there is nowhere to pass it on to"));
      return;
    }
    call_.request = BytesOf(request_);
    fate_ = proxy_.FateOf(call_.method, call_.request);
    if (fate_ == Fate::kLoseRequest) {
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the request was lost"));
      return;
    }
    stub_->UnaryCall(&onward_, path_, grpc::StubOptions(), &request_, &response_,
                     [this](const grpc::Status& status) { PassBack(status); });
  }

  void OnDone() override { delete this; }

 private:
  void PassBack(const grpc::Status& status) {
    call_.status = status;
    call_.response = BytesOf(response_);
    for (const auto* metadata : {&onward_.GetServerInitialMetadata(), &onward_.GetServerTrailingMetadata()}) {
      for (const auto& [key, value] : *metadata) call_.response_metadata.emplace_back(Text(key), Text(value));
    }
    proxy_.Keep(std::move(call_));
    if (fate_ == Fate::kLoseReply) {
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the reply was lost"));
    } else if (status.ok()) {
      StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      Finish(status);
    }
  }

  PlaneProxy& proxy_;
  const std::string path_;
  const std::shared_ptr<grpc::GenericStub> stub_;
  grpc::ClientContext onward_;
  grpc::ByteBuffer request_, response_;
  CrossingCall call_;
  Fate fate_ = Fate::kPass;
};

class PlaneProxy::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(PlaneProxy* proxy) : proxy_(proxy) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new Passage(proxy_, context);
  }

 private:
  PlaneProxy* const proxy_;
};

PlaneProxy::PlaneProxy() : service_(std::make_unique<Service>(this)) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(kLongestMessage);
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  CANDOR_CHECK(server_ != nullptr);
  address_ = absl::StrCat("127.0.0.1:", port);
}

PlaneProxy::~PlaneProxy() {
  server_->Shutdown(std::chrono::system_clock::now() + kPatience);
  server_->Wait();
}

void PlaneProxy::PassOnTo(const std::string& address) {
  absl::MutexLock lock(&mutex_);
  upstream_ = std::make_shared<grpc::GenericStub>(NewChannel(address));
}

void PlaneProxy::set_fate(std::function<Fate(const std::string& method, const std::string& request)> fate) {
  absl::MutexLock lock(&mutex_);
  fate_ = std::move(fate);
}

std::vector<CrossingCall> PlaneProxy::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

Fate PlaneProxy::FateOf(const std::string& method, const std::string& request) const {
  absl::MutexLock lock(&mutex_);
  return fate_ ? fate_(method, request) : Fate::kPass;
}

std::shared_ptr<grpc::GenericStub> PlaneProxy::upstream() const {
  absl::MutexLock lock(&mutex_);
  return upstream_;
}

void PlaneProxy::Keep(CrossingCall call) {
  absl::MutexLock lock(&mutex_);
  calls_.push_back(std::move(call));
}

}  // namespace candor::testing
