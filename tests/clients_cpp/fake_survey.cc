#include "tests/clients_cpp/fake_survey.h"

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "candor/v1/errors.pb.h"
#include "services/base/encoding.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/receipt.h"
#include "services/crypto/salted_filter.h"
#include "services/crypto/token.h"
#include "services/domain/follow_up.h"

namespace candor::client {
namespace {

constexpr char kInstrument[] = R"json({
  "format": "candor.instrument.v1", "title": "Short", "framework": "small",
  "scale": {"points": 5, "favourable_from": 4,
            "labels": {"en": ["Never", "Rarely", "Sometimes", "Often", "Always"]},
            "not_observed": {"en": "I have not seen this"}},
  "languages": ["en"],
  "rater_groups": [{"code": "staff", "title": {"en": "Staff"}}, {"code": "parent", "title": {"en": "Parents"}}],
  "items": [
    {"indicator": "A.1", "texts": {"self": {"en": "I listen."}, "supervisor": {"en": "Listens."},
                                   "staff": {"en": "Our leader listens."}, "parent": {"en": "The leader listens."}}},
    {"indicator": "A.2", "texts": {"self": {"en": "I plan."}, "supervisor": {"en": "Plans."},
                                   "staff": {"en": "Our leader plans."}}},
    {"indicator": "A.3", "reverse": true,
     "texts": {"self": {"en": "I forget."}, "supervisor": {"en": "Forgets."},
               "staff": {"en": "Our leader forgets."}, "parent": {"en": "The leader forgets."}}}],
  "prompts": [{"code": "more", "max_bytes": 100,
               "texts": {"staff": {"en": "What else?"}, "parent": {"en": "What else?"}}}]
})json";

constexpr char kFramework[] = R"json({
  "format": "candor.framework.v1", "code": "small", "title": "Small", "version": "1",
  "domains": [{"code": "A", "title": "Domain", "competencies": [
    {"code": "A.0", "title": "Competency", "indicators": [
      {"code": "A.1", "title": "Listens"}, {"code": "A.2", "title": "Plans"}, {"code": "A.3", "title": "Forgets"}]}]}]
})json";

crypto::BlindSigningKey MakeKey(int bits) {
  auto key = crypto::BlindSigningKey::Generate(bits);
  CANDOR_CHECK(key.ok());
  return *std::move(key);
}

}  // namespace

const crypto::BlindSigningKey& IssuingKey(int group) {
  static const auto* keys = new std::vector<crypto::BlindSigningKey>([] {
    std::vector<crypto::BlindSigningKey> made;
    made.push_back(MakeKey(2048));
    made.push_back(MakeKey(2048));
    return made;
  }());
  return (*keys)[group];
}

FakeSurvey::FakeSurvey()
    : surname_filter(crypto::SaltedFilter::Make({"brightwillow"}).bytes()),
      signing_key(std::make_shared<crypto::SigningKey>(crypto::SigningKey::Generate())),
      receipt_key(std::make_shared<crypto::SigningKey>(crypto::SigningKey::Generate())) {
  const auto instrument = domain::ParseInstrument(kInstrument);
  const auto framework = domain::ParseFramework(kFramework);
  CANDOR_CHECK(instrument.ok() && framework.ok());
  CANDOR_CHECK(domain::CheckInstrument(*instrument, *framework).ok());
  version = domain::MakeInstrumentVersion(*instrument, *framework);
  contract.readers = {"leader"};
  contract.languages = {"en"};
  contract.close_time = absl::FromUnixSeconds(4'000'000'000);
  contract.latest_close_time = contract.close_time;
  contract.abandon_time = contract.close_time + absl::Hours(24 * 30);
  manifest.survey = domain::RandomSurveyId();
  manifest.groups = {{"staff", {"staff"}, 20, IssuingKey(0).verifying_key().ToSpkiDer()},
                     {"parent", {"parent"}, 8, IssuingKey(1).verifying_key().ToSpkiDer()}};
  manifest.closing_public_key = base::RandomBytes(32);
  manifest.receipt_public_key = receipt_key->public_key();
  manifest.surname_filter_hash = base::HexEncode(crypto::Sha256(surname_filter));
  manifest.signing_public_key = signing_key->public_key();
  manifest.moderators = {{"Ombudsperson", base::RandomBytes(32)}};
  manifest.close_time = contract.close_time;
  manifest.latest_close_time = contract.latest_close_time;
  manifest.abandon_time = contract.abandon_time;
}

DocumentBytes FakeSurvey::EncodeAsIs(const FakeSurvey& survey, const std::string& contract,
                                     const std::string& instrument, const domain::Manifest& manifest) {
  DocumentBytes bytes{contract, instrument, domain::EncodeManifest(manifest), ""};
  bytes.manifest_signature = survey.signing_key->Sign(absl::StrCat("candor-manifest-v1", bytes.manifest));
  return bytes;
}

DocumentBytes FakeSurvey::Encode() const {
  const std::string instrument = domain::EncodeInstrumentVersion(version);
  domain::Contract fitting_contract = contract;
  fitting_contract.instrument_hash = base::HexEncode(crypto::Sha256(instrument));
  const std::string encoded_contract = domain::EncodeContract(fitting_contract);
  domain::Manifest fitting = manifest;
  fitting.instrument_hash = fitting_contract.instrument_hash;
  fitting.contract_hash = base::HexEncode(crypto::Sha256(encoded_contract));
  return EncodeAsIs(*this, encoded_contract, instrument, fitting);
}

std::string SomeCode() { return crypto::FormatCode(crypto::MakeCode(std::string(32, 'k'), "invitation", 1)); }

grpc::Status Fail(grpc::StatusCode code, const std::string& reason, const std::string& message,
                  const std::string& field) {
  candor::v1::ErrorStatus status;
  status.set_code(code);
  status.set_message(message);
  candor::v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("candor");
  auto* detail = status.add_details();
  detail->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  detail->set_value(info.SerializeAsString());
  if (!field.empty()) {
    candor::v1::BadRequest bad;
    bad.add_field_violations()->set_field(field);
    detail = status.add_details();
    detail->set_type_url("type.googleapis.com/google.rpc.BadRequest");
    detail->set_value(bad.SerializeAsString());
  }
  return grpc::Status(code, message, status.SerializeAsString());
}

FakeServer::FakeServer(FakeSurvey survey) : survey_(std::move(survey)) {
  identity_documents = response_documents = survey_.Encode();
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(static_cast<candor::v1::InvitationService::Service*>(this));
  builder.RegisterService(static_cast<candor::v1::ResponseService::Service*>(this));
  server_ = builder.BuildAndStart();
  CANDOR_CHECK(server_ != nullptr && port_ > 0);
}

FakeServer::~FakeServer() { server_->Shutdown(); }

std::string FakeServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

bool FakeServer::IsConnected(const std::string& peer) const {
  // A line of the kernel's tables is "SLOT: LOCAL:PORT REMOTE:PORT STATE ...", in hexadecimal, 01 being an open connection.
  const int client_port = std::stoi(peer.substr(peer.rfind(':') + 1));
  const std::string local = absl::StrFormat(":%04X", client_port), remote = absl::StrFormat(":%04X", port_);
  for (const char* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
      if (fields.size() > 3 && absl::EndsWith(fields[1], local) && absl::EndsWith(fields[2], remote) && fields[3] == "01") {
        return true;
      }
    }
  }
  return false;
}

void FakeServer::Note(const std::string& method, const grpc::ServerContext& context, std::set<std::string>& peers) {
  peers.insert(context.peer());
  calls.emplace_back(method, context.peer());
}

grpc::Status FakeServer::OpenInvitation(grpc::ServerContext* context, const candor::v1::OpenInvitationRequest*,
                                        candor::v1::OpenInvitationResponse* response) {
  absl::MutexLock lock(&mutex_);
  Note("OpenInvitation", *context, peers_of_identity);
  if (lose_open-- > 0) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost");
  response->set_survey(survey_.manifest.survey.value());
  response->set_group(group);
  response->set_audience(audience);
  response->set_contract(identity_documents.contract);
  response->set_instrument_version(identity_documents.instrument_version);
  response->set_manifest(identity_documents.manifest);
  response->set_manifest_signature(identity_documents.manifest_signature);
  response->set_extension(identity_documents.extension);
  response->set_extension_signature(identity_documents.extension_signature);
  response->set_surname_filter(survey_.surname_filter);
  response->set_leader_display_name("Lee Lead");
  response->set_leader_job_title("Principal");
  (*response->mutable_notice()->mutable_values())["en"] = "Please take part.";
  return grpc::Status::OK;
}

grpc::Status FakeServer::IssueToken(grpc::ServerContext* context, const candor::v1::IssueTokenRequest* request,
                                    candor::v1::IssueTokenResponse* response) {
  absl::MutexLock lock(&mutex_);
  Note("IssueToken", *context, peers_of_identity);
  blinded_messages.push_back(request->blinded_message());
  if (!issued_to_.empty() && issued_to_ != request->blinded_message()) {
    return Fail(grpc::StatusCode::ALREADY_EXISTS, "TOKEN_ALREADY_ISSUED", "taken with another device");
  }
  issued_to_ = request->blinded_message();
  if (lose_issue-- > 0) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost");
  // A message blinded for one key may be above the other's modulus: then what is signed is some other message.
  auto signature = IssuingKey(wrong_blind_signature ? 1 - group : group).BlindSign(request->blinded_message());
  if (!signature.ok() && wrong_blind_signature) signature = IssuingKey(1 - group).BlindSign(std::string(256, '\x11'));
  if (!signature.ok()) return Fail(grpc::StatusCode::INVALID_ARGUMENT, "BLINDED_MESSAGE_INVALID", "no");
  response->set_blind_signature(*signature);
  return grpc::Status::OK;
}

grpc::Status FakeServer::GetManifest(grpc::ServerContext* context, const candor::v1::GetManifestRequest*,
                                     candor::v1::GetManifestResponse* response) {
  absl::MutexLock lock(&mutex_);
  Note("GetManifest", *context, peers_of_response);
  response->set_contract(response_documents.contract);
  response->set_instrument_version(response_documents.instrument_version);
  response->set_manifest(response_documents.manifest);
  response->set_manifest_signature(response_documents.manifest_signature);
  response->set_extension(response_documents.extension);
  response->set_extension_signature(response_documents.extension_signature);
  return grpc::Status::OK;
}

grpc::Status FakeServer::SubmitResponse(grpc::ServerContext* context, const candor::v1::SubmitResponseRequest* request,
                                        candor::v1::SubmitResponseResponse* response) {
  absl::MutexLock lock(&mutex_);
  Note("SubmitResponse", *context, peers_of_response);
  submissions.push_back(*request);
  if (closed) return Fail(grpc::StatusCode::FAILED_PRECONDITION, "SURVEY_CLOSED", "no more answers are taken");
  if (!IssuingKey(request->group()).verifying_key().Verify(request->token_message(), request->token_signature())) {
    return Fail(grpc::StatusCode::INVALID_ARGUMENT, "TOKEN_INVALID", "no");
  }
  const std::string token_hash = crypto::TokenHash(request->token_message());
  auto& slot = stored[token_hash];
  if (request->version() < slot.first) return Fail(grpc::StatusCode::FAILED_PRECONDITION, "VERSION_SUPERSEDED", "no");
  if (request->version() == slot.first && request->submission_id() != slot.second) {
    return Fail(grpc::StatusCode::FAILED_PRECONDITION, "VERSION_TAKEN", "no");
  }
  if (request->version() > slot.first) {
    slot = {request->version(), request->submission_id()};
    digests_[token_hash] = crypto::Sha256(base::RandomBytes(40));
  }
  if (lose_submit-- > 0) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost");
  const std::string named = receipt_of_another ? crypto::Sha256("another token") : token_hash;
  const auto receipts =
      crypto::BuildReceipts({{named, digests_[token_hash], request->version()}},
                            domain::SurveyIdBytes(survey_.manifest.survey), *survey_.receipt_key);
  CANDOR_CHECK(receipts.ok());
  response->set_receipt(receipts->front());
  return grpc::Status::OK;
}

grpc::Status FakeServer::ListQuestions(grpc::ServerContext* context, const candor::v1::ListQuestionsRequest*,
                                       candor::v1::ListQuestionsResponse* response) {
  absl::MutexLock lock(&mutex_);
  Note("ListQuestions", *context, peers_of_response);
  if (!questions_over) response->set_challenge(std::string(domain::kAnswerChallengeBytes, challenges_++));
  return grpc::Status::OK;
}

grpc::Status FakeServer::AnswerQuestion(grpc::ServerContext* context, const candor::v1::AnswerQuestionRequest* request,
                                        candor::v1::AnswerQuestionResponse*) {
  absl::MutexLock lock(&mutex_);
  Note("AnswerQuestion", *context, peers_of_response);
  answers.push_back(*request);
  if (stale_challenges-- > 0) return Fail(grpc::StatusCode::FAILED_PRECONDITION, "CHALLENGE_STALE", "list again");
  return grpc::Status::OK;
}

void FakeServer::ForgetAnswers() {
  absl::MutexLock lock(&mutex_);
  stored.clear();
}

void FakeServer::ForgetTokens() {
  absl::MutexLock lock(&mutex_);
  issued_to_.clear();
}

void FakeServer::Close() {
  absl::MutexLock lock(&mutex_);
  closed = true;
  crypto::Ledger made;
  made.survey_id = domain::SurveyIdBytes(survey_.manifest.survey);
  const auto manifest = domain::DecodeManifest(response_documents.manifest);
  CANDOR_CHECK(manifest.ok());
  for (const auto& g : manifest->groups) made.groups.push_back({g.code, g.invited, 0, 0, 0, 0});
  for (const auto& [token_hash, version] : stored) {
    made.leaves.push_back(crypto::LeafHash(token_hash, digests_[token_hash]));
    ++made.groups[group].issued;
    ++made.groups[group].counted;
    made.groups[group].replaced += version.first - 1;
  }
  const auto built = crypto::BuildLedger(made, *survey_.receipt_key);
  CANDOR_CHECK(built.ok());
  ledger = *built;
}

grpc::Status FakeServer::GetLedger(grpc::ServerContext*, const candor::v1::GetLedgerRequest*,
                                   candor::v1::GetLedgerResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (ledger.empty()) return Fail(grpc::StatusCode::FAILED_PRECONDITION, "WRONG_STATE", "not closed yet");
  response->set_ledger(ledger);
  return grpc::Status::OK;
}

}  // namespace candor::client
