// Stands between the two planes' servers: passes every call on, keeps what went either way, and loses what a test wants
// lost.

#ifndef CANDOR_TESTS_SUPPORT_PLANE_PROXY_H_
#define CANDOR_TESTS_SUPPORT_PLANE_PROXY_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace candor::testing {

// One call as it crossed, all of it that the two ends can see.
struct CrossingCall {
  std::string method;   // "candor.v1.PlaneService.CloseSurvey"
  std::string request;  // the message's bytes
  std::vector<std::pair<std::string, std::string>> request_metadata;
  std::string response;
  std::vector<std::pair<std::string, std::string>> response_metadata;  // before and after the message
  grpc::Status status;
};

// Whether a call arrives, and whether its answer does.
enum class Fate { kPass, kLoseRequest, kLoseReply };

// May be used from many threads at once.
class PlaneProxy {
 public:
  // Listens on a free port of loopback.
  PlaneProxy();
  ~PlaneProxy();
  PlaneProxy(const PlaneProxy&) = delete;
  PlaneProxy& operator=(const PlaneProxy&) = delete;

  const std::string& address() const { return address_; }

  // Where calls go from now on.
  void PassOnTo(const std::string& address);
  // Decides over every call from now on, by its method and request. What is lost looks like UNAVAILABLE, and of a lost reply
  // the order was carried out. Unset: all pass.
  void set_fate(std::function<Fate(const std::string& method, const std::string& request)> fate);

  // What has crossed so far; lost replies too, lost requests not.
  std::vector<CrossingCall> calls() const;

 private:
  class Service;
  class Passage;

  Fate FateOf(const std::string& method, const std::string& request) const;
  std::shared_ptr<grpc::GenericStub> upstream() const;
  void Keep(CrossingCall call);

  mutable absl::Mutex mutex_;
  std::shared_ptr<grpc::GenericStub> upstream_ ABSL_GUARDED_BY(mutex_);
  std::function<Fate(const std::string&, const std::string&)> fate_ ABSL_GUARDED_BY(mutex_);
  std::vector<CrossingCall> calls_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_PLANE_PROXY_H_
