#include "clients/cpp/key_session.h"

#include "candor/v1/response.grpc.pb.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"

namespace candor::client {

namespace v1 = candor::v1;

absl::StatusOr<std::unique_ptr<KeySession>> KeySession::Open(std::shared_ptr<Connection> connection,
                                                             const domain::SurveyId& survey, v1::KeyHolderRole role,
                                                             crypto::ClosingKeyPair key, const RetryPolicy& retry) {
  std::unique_ptr<KeySession> session(new KeySession(std::move(connection), role, std::move(key), retry));
  const auto stub = v1::ResponseService::NewStub(session->connection_->channel());
  v1::GetManifestRequest request;
  request.set_survey(survey.value());
  CANDOR_ASSIGN_OR_RETURN(
      const v1::GetManifestResponse got,
      session->connection_->CallRepeatedly(retry, *stub, &v1::ResponseService::Stub::GetManifest, request));
  CANDOR_ASSIGN_OR_RETURN(
      session->documents_,
      CheckDocuments({got.contract(), got.instrument_version(), got.manifest(), got.manifest_signature(), got.extension(),
                      got.extension_signature()},
                     survey, ""));
  const domain::Manifest& manifest = session->documents_->manifest;
  if (role == v1::KEY_HOLDER_ROLE_AUDITOR) {
    if (manifest.auditor.has_value() && manifest.auditor->public_key == session->key_.public_key) return session;
  } else {
    for (size_t i = 0; i < manifest.moderators.size(); ++i) {
      if (manifest.moderators[i].public_key != session->key_.public_key) continue;
      session->index_ = static_cast<int>(i);
      return session;
    }
  }
  return absl::FailedPreconditionError(
      "this survey was not opened for your key: its manifest names others. Use the key that you had registered when the "
      "campaign was opened");
}

KeySession::~KeySession() { base::Wipe(secret_); }

absl::Status KeySession::Start() {
  const auto stub = v1::KeySessionService::NewStub(connection_->channel());
  v1::StartKeySessionRequest request;
  request.set_survey(documents_->manifest.survey.value());
  request.set_role(role_);
  request.set_index(index_);
  CANDOR_ASSIGN_OR_RETURN(
      const v1::StartKeySessionResponse started,
      connection_->CallRepeatedly(retry_, *stub, &v1::KeySessionService::Stub::StartKeySession, request));
  const auto secret = crypto::OpenSealed(key_.public_key, key_.secret_key, started.sealed_session());
  if (!secret.ok()) return absl::DataLossError("the server's session is not sealed to your key");
  secret_ = std::string(secret->view());
  return absl::OkStatus();
}

}  // namespace candor::client
