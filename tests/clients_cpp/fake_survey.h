// A survey's documents and keys made by hand, and a small server of both planes that can lose replies and lie.

#ifndef CANDOR_TESTS_CLIENTS_CPP_FAKE_SURVEY_H_
#define CANDOR_TESTS_CLIENTS_CPP_FAKE_SURVEY_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/documents.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"

namespace candor::client {

// Two groups, staff (20 invited) and parent (8 invited), three items of which parents are asked two, one prompt.
struct FakeSurvey {
  FakeSurvey();

  // The documents, with hashes and signature that fit whatever stands in the members.
  DocumentBytes Encode() const;
  // Only the signature is made anew: for documents whose hashes are wrong on purpose.
  static DocumentBytes EncodeAsIs(const FakeSurvey& survey, const std::string& contract, const std::string& instrument,
                                  const domain::Manifest& manifest);

  domain::Contract contract;
  domain::InstrumentVersion version;
  domain::Manifest manifest;
  std::string surname_filter;  // of the one surname "brightwillow"
  std::shared_ptr<const crypto::SigningKey> signing_key, receipt_key;  // shared by copies
};

// The issuing key of group 0 (staff) and 1 (parent): made once for all tests.
const crypto::BlindSigningKey& IssuingKey(int group);

// Answers as the two planes do, as far as a client can tell. Keeps what it was sent.
class FakeServer final : public candor::v1::InvitationService::Service, public candor::v1::ResponseService::Service {
 public:
  explicit FakeServer(FakeSurvey survey);
  ~FakeServer() override;

  std::string address() const;
  // Whether the client's end of a connection that calls came from still stands.
  bool IsConnected(const std::string& peer) const;
  const FakeSurvey& survey() const { return survey_; }

  // What the planes give out; differ only when a test wants them to.
  DocumentBytes identity_documents, response_documents;
  int group = 0;
  std::string audience = "staff";
  // So many requests of each method are carried out but answered with UNAVAILABLE.
  int lose_open = 0, lose_issue = 0, lose_submit = 0;
  bool wrong_blind_signature = false;   // signs with another group's key
  bool receipt_of_another = false;      // gives a receipt for a leaf that is not the token's
  bool closed = false;
  int stale_challenges = 0;  // so many answers to questions are refused, as after a start
  bool questions_over = false;

  // What was sent, in order.
  std::vector<std::string> blinded_messages;
  std::vector<candor::v1::SubmitResponseRequest> submissions;
  std::vector<candor::v1::AnswerQuestionRequest> answers;
  std::set<std::string> peers_of_identity, peers_of_response;
  // Every call's method and the peer that it came from.
  std::vector<std::pair<std::string, std::string>> calls;
  // Stored answers: token hash -> version, submission id.
  std::map<std::string, std::pair<uint32_t, std::string>> stored;
  std::string ledger;

  // As after a restore from a backup of before anybody answered.
  void ForgetAnswers();
  void ForgetTokens();

  // Makes `ledger` from what is stored.
  void Close();

  grpc::Status OpenInvitation(grpc::ServerContext* context, const candor::v1::OpenInvitationRequest* request,
                              candor::v1::OpenInvitationResponse* response) override;
  grpc::Status IssueToken(grpc::ServerContext* context, const candor::v1::IssueTokenRequest* request,
                          candor::v1::IssueTokenResponse* response) override;
  grpc::Status GetManifest(grpc::ServerContext* context, const candor::v1::GetManifestRequest* request,
                           candor::v1::GetManifestResponse* response) override;
  grpc::Status SubmitResponse(grpc::ServerContext* context, const candor::v1::SubmitResponseRequest* request,
                              candor::v1::SubmitResponseResponse* response) override;
  grpc::Status GetLedger(grpc::ServerContext* context, const candor::v1::GetLedgerRequest* request,
                         candor::v1::GetLedgerResponse* response) override;

  // There are none to be read; the challenge is another in every list.
  grpc::Status ListQuestions(grpc::ServerContext* context, const candor::v1::ListQuestionsRequest* request,
                             candor::v1::ListQuestionsResponse* response) override;
  grpc::Status AnswerQuestion(grpc::ServerContext* context, const candor::v1::AnswerQuestionRequest* request,
                              candor::v1::AnswerQuestionResponse* response) override;

 private:
  void Note(const std::string& method, const grpc::ServerContext& context, std::set<std::string>& peers);

  FakeSurvey survey_;
  absl::Mutex mutex_;
  char challenges_ = 'a';
  std::string issued_to_;  // the blinded message that was signed
  std::map<std::string, std::string> digests_;  // token hash -> digest of its sealed record
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A code that passes the check of its form.
std::string SomeCode();

// The status with reason and field as the real server sends it.
grpc::Status Fail(grpc::StatusCode code, const std::string& reason, const std::string& message,
                  const std::string& field = "");

}  // namespace candor::client

#endif  // CANDOR_TESTS_CLIENTS_CPP_FAKE_SURVEY_H_
