// The response plane on another server, as the identity plane calls it.

#ifndef CANDOR_SERVICES_RPC_REMOTE_RESPONSE_PLANE_H_
#define CANDOR_SERVICES_RPC_REMOTE_RESPONSE_PLANE_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "candor/v1/plane.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/security/credentials.h"
#include "services/base/retry.h"
#include "services/domain/response_plane.h"
#include "services/rpc/plane_key.h"

namespace candor::rpc {

// May be called from many threads at once.
//
// Every method fails as domain::ResponsePlane says, with the other side's reason and message; and with UNAVAILABLE,
// RESPONSE_PLANE_UNREACHABLE, for whatever keeps the two from talking to each other: no connection, no answer in time, a
// key that the other side refuses, a server that is not the response plane. None of these says anything about the order, which
// may have been carried out; the same order again is harmless. CloseSurvey: DATA_LOSS, STORE_CORRUPT too, for a result that is
// another survey's, or that this version cannot read.
class RemoteResponsePlane : public domain::ResponsePlane {
 public:
  struct Options {
    std::string address;                           // HOST:PORT or unix:PATH
    absl::Duration usual_deadline = absl::Seconds(30);
    absl::Duration counting_deadline = absl::Hours(1);  // of orders that take longer the more was answered
    absl::Duration counts_deadline = absl::Seconds(5);  // of live counts, which somebody waits for
    // Of orders, while the other side cannot be reached; live counts are asked for once.
    base::RetryPolicy retry{.attempts = 4, .first_wait = absl::Milliseconds(100), .longest_wait = absl::Seconds(2)};
  };

  // Connects on the first call. Null `credentials`: no TLS.
  RemoteResponsePlane(Options options, std::shared_ptr<grpc::ChannelCredentials> credentials, PlaneKey key);
  ~RemoteResponsePlane() override;

  absl::StatusOr<std::string> ReceiptPublicKey() override;
  absl::Status OpenSurvey(const domain::OpenOrder& order) override;
  absl::Status ExtendSurvey(const domain::ExtendOrder& order) override;
  absl::Status StopAccepting(const domain::SurveyId& survey) override;
  absl::StatusOr<domain::CloseOutcome> CloseSurvey(const domain::CloseOrder& order) override;
  absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder& order) override;
  absl::Status Forget() override;
  absl::Status AbandonSurvey(const domain::SurveyId& survey) override;
  absl::StatusOr<bool> CommentsWait(const domain::SurveyId& survey) override;
  absl::StatusOr<std::string> ReleaseSurvey(const domain::ReleaseOrder& order) override;
  absl::Status PutQuestion(const domain::QuestionOrder& order) override;
  absl::StatusOr<std::string> FinishFollowUps(const domain::SurveyId& survey) override;
  absl::StatusOr<std::vector<int64_t>> LiveCounts(const domain::SurveyId& survey) override;

  // Asks for something small unless the last call has reached the other side, so that the log says in time whether it can
  // be reached. To be called now and then.
  void Probe();

  // Cancels what is under way and refuses what comes: CANCELLED. May be called again.
  void Stop();

 private:
  enum class Effort { kUsual, kCounting, kOnce, kProbe };

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (candor::v1::PlaneService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, Effort effort);
  // Enters the call into those that Stop cancels; false: it has stopped.
  bool Begin(grpc::ClientContext* context);
  void End(grpc::ClientContext* context);
  absl::Duration DeadlineOf(Effort effort) const;
  // What came of a call. `again`: whether the same is worth another try at once.
  absl::Status Read(const grpc::Status& status, bool* again);
  absl::Status Unreachable(absl::string_view why) const;
  // Logs the first failure after a success, and the first success after that.
  void NoteReached(const absl::Status& status);
  void Pause(absl::Duration duration);

  const Options options_;
  const PlaneKey key_;
  const std::unique_ptr<candor::v1::PlaneService::Stub> stub_;
  // Of the standard library, whose waits are measured in steady time.
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::set<grpc::ClientContext*> under_way_;  // under mutex_, and the rest too
  bool stopping_ = false;
  enum class Reached { kUnknown, kYes, kNo } reached_ = Reached::kUnknown;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_REMOTE_RESPONSE_PLANE_H_
