// Methods without their transport: what a call runs once it may run.
//
// Whatever carries calls (gRPC here) finds a method by its full name and hands it to the Dispatcher; adding a method to
// a service means one function and one line of registration.

#ifndef CANDOR_SERVICES_RPC_METHOD_H_
#define CANDOR_SERVICES_RPC_METHOD_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/base/status.h"
#include "services/identity/caller.h"

namespace candor::rpc {

// Where a method's body runs. Each lane has threads of its own, so that a burst on one leaves the others quick.
enum class Lane {
  kIdentity,  // the directory, campaigns, reports: may wait for the disk
  kIssuing,   // respondents on the identity plane: private-key operations
  kReading,   // respondents who read documents of the response plane
  kOrders,    // orders of the identity plane where it is another server: may take as long as counting answers does
  kInline,    // the transport's own thread: never waits
};

using Done = std::function<void(absl::Status)>;

struct Method {
  std::string name;  // "candor.v1.CampaignService.OpenCampaign"
  Lane lane = Lane::kIdentity;
  // Fills `response` and calls `done` once, from any thread; the messages stay valid until then. After an error the
  // response is not sent.
  std::function<void(const identity::Caller& caller, const google::protobuf::Message& request,
                     google::protobuf::Message* response, Done done)>
      body;
  bool takes_code = false;  // a respondent's code is in the request, so that a wrong one counts as an attempt

  // Set for methods whose reply depends on nothing but the caller, the request and the identity plane's store, and that
  // are asked for often: the encoded reply may be given again (see EncodedReplies). Both make an empty message.
  std::function<std::unique_ptr<google::protobuf::Message>()> new_request, new_response;
};

class MethodSet {
 public:
  // Adds a method whose body answers when it returns. What is returned may be changed until calls are taken.
  template <typename Request, typename Response>
  Method& Add(absl::string_view name, Lane lane,
              std::function<absl::Status(const identity::Caller&, const Request&, Response*)> body) {
    return AddAsync<Request, Response>(name, lane,
                                       [body = std::move(body)](const identity::Caller& caller, const Request& request,
                                                                Response* response, Done done) {
                                         done(body(caller, request, response));
                                       });
  }

  // The same, for a method whose encoded replies may be given again.
  template <typename Request, typename Response>
  void AddRepeatable(absl::string_view name, Lane lane,
                     std::function<absl::Status(const identity::Caller&, const Request&, Response*)> body) {
    Method& method = Add<Request, Response>(name, lane, std::move(body));
    method.new_request = [] { return std::make_unique<Request>(); };
    method.new_response = [] { return std::make_unique<Response>(); };
  }

  // Adds a method whose body answers later.
  template <typename Request, typename Response>
  Method& AddAsync(absl::string_view name, Lane lane,
                   std::function<void(const identity::Caller&, const Request&, Response*, Done)> body) {
    auto method = std::make_unique<Method>();
    method->name = std::string(name);
    method->lane = lane;
    method->body = [body = std::move(body)](const identity::Caller& caller, const google::protobuf::Message& request,
                                            google::protobuf::Message* response, Done done) {
      body(caller, static_cast<const Request&>(request), static_cast<Response*>(response), std::move(done));
    };
    const auto [place, fresh] = methods_.emplace(method->name, std::move(method));
    CANDOR_CHECK(fresh);
    return *place->second;
  }

  // Null when there is none. The pointer stays good as long as the set.
  const Method* Find(absl::string_view name) const {
    const auto method = methods_.find(name);
    return method == methods_.end() ? nullptr : method->second.get();
  }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> methods_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_METHOD_H_
