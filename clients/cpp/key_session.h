// A session of a moderator or auditor at the response plane: opened with their key, begun anew when it is over.

#ifndef CANDOR_CLIENTS_CPP_KEY_SESSION_H_
#define CANDOR_CLIENTS_CPP_KEY_SESSION_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "clients/cpp/retry.h"
#include "services/base/error.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"
#include "services/domain/ids.h"

namespace candor::client {

// Used by one thread.
class KeySession {
 public:
  // Reads the survey's documents, checks them as a respondent would, and finds the holder of `key` among them; starts no
  // session yet. FAILED_PRECONDITION: MANIFEST_REFUSED, or the manifest names no holder with this key. Else what the call
  // fails with.
  static absl::StatusOr<std::unique_ptr<KeySession>> Open(std::shared_ptr<Connection> connection,
                                                          const domain::SurveyId& survey,
                                                          candor::v1::KeyHolderRole role, crypto::ClosingKeyPair key,
                                                          const RetryPolicy& retry = {});
  ~KeySession();

  const SurveyDocuments& documents() const { return *documents_; }
  const crypto::ClosingKeyPair& key() const { return key_; }
  // Index among the manifest's moderators; 0 for the auditor.
  int index() const { return index_; }

  // One call with the survey and a session set in `request`, both of which its message has. A session that is over is begun
  // anew, once.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Request request) {
    request.set_survey(documents_->manifest.survey.value());
    for (int attempt = 0;; ++attempt) {
      if (secret_.empty()) {
        if (const absl::Status started = Start(); !started.ok()) return started;
      }
      request.set_session(secret_);
      absl::StatusOr<Response> response = connection_->CallRepeatedly(retry_, stub, method, request);
      const bool over =
          base::GetErrorDetail(response.status()).reason == domain::reasons::kSESSION_UNKNOWN && attempt == 0;
      if (!over) return response;
      secret_.clear();
    }
  }

  const std::shared_ptr<Connection>& connection() const { return connection_; }

 private:
  KeySession(std::shared_ptr<Connection> connection, candor::v1::KeyHolderRole role, crypto::ClosingKeyPair key,
             const RetryPolicy& retry)
      : connection_(std::move(connection)), role_(role), key_(std::move(key)), retry_(retry) {}

  absl::Status Start();

  const std::shared_ptr<Connection> connection_;
  const candor::v1::KeyHolderRole role_;
  const crypto::ClosingKeyPair key_;
  const RetryPolicy retry_;
  std::shared_ptr<const SurveyDocuments> documents_;
  int index_ = 0;
  std::string secret_;
};

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_KEY_SESSION_H_
