#include "clients/cpp/respondent.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/receipt.h"
#include "services/crypto/signing.h"
#include "services/crypto/token.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"

namespace candor::client {
namespace {

using candor::v1::InvitationService;
using candor::v1::ResponseService;

constexpr size_t kSubmissionIdBytes = 16;

bool SameAnswers(const domain::Answers& a, const domain::Answers& b) {
  return a.ratings == b.ratings && a.comments == b.comments && a.notice.given == b.notice.given &&
         a.notice.text == b.notice.text;
}

// After a call that failed: whether it surely reached no server, since no transport came about.
bool NeverConnected(const Connection& connection) {
  return connection.channel()->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
}

absl::Status DocumentsChanged() { return Refused("its documents have changed since you opened it first"); }

}  // namespace

Respondent::Respondent(const RespondentOptions& options, std::string code)
    : options_(options), code_(std::move(code)), name_(StateName(code_)) {}

Respondent::~Respondent() {
  base::Wipe(code_);
  base::Wipe(state_.token_message);
  base::Wipe(state_.token_signature);
  DropAnswers();
}

absl::StatusOr<std::unique_ptr<Respondent>> Respondent::Open(const RespondentOptions& options, absl::string_view code) {
  CANDOR_ASSIGN_OR_RETURN(std::string normal, crypto::NormalizeCode(code));
  std::unique_ptr<Respondent> respondent(new Respondent(options, std::move(normal)));
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> kept, options.store->Load(respondent->name_));
  if (kept.has_value()) {
    auto state = RespondentState::Parse(*kept);
    base::Wipe(*kept);
    if (!state.ok()) return state.status();
    respondent->state_ = *std::move(state);
    // What became of them was never told.
    respondent->may_be_stored_ = respondent->state_.answers.has_value() && !respondent->acknowledged();
    respondent->notice_known_ = !respondent->state_.answers.has_value();
  }
  if (respondent->has_token()) {
    CANDOR_RETURN_IF_ERROR(respondent->OpenByToken());
  } else {
    CANDOR_RETURN_IF_ERROR(respondent->OpenByCode());
    CANDOR_RETURN_IF_ERROR(respondent->CompareWithResponsePlane());
  }
  return respondent;
}

absl::Status Respondent::OpenByCode() {
  CANDOR_ASSIGN_OR_RETURN(identity_, options_.identity());
  const auto stub = InvitationService::NewStub(identity_->channel());
  candor::v1::OpenInvitationRequest request;
  request.set_code(code_);
  CANDOR_ASSIGN_OR_RETURN(
      candor::v1::OpenInvitationResponse opened,
      identity_->CallRepeatedly(options_.retry, *stub, &InvitationService::Stub::OpenInvitation, request));
  const domain::SurveyId survey(opened.survey());
  if (domain::SurveyIdBytes(survey).empty()) return Refused("the server names no survey");
  CANDOR_RETURN_IF_ERROR(
      Check({opened.contract(), opened.instrument_version(), opened.manifest(), opened.manifest_signature(),
             opened.extension(), opened.extension_signature()},
            survey));
  CANDOR_RETURN_IF_ERROR(SetGroup(opened.group(), opened.audience()));
  CANDOR_RETURN_IF_ERROR(SetSurnames(opened.surname_filter()));
  const auto& notice = opened.notice().values();
  state_.invitation = {opened.leader_display_name(), opened.leader_job_title(), {notice.begin(), notice.end()},
                       {opened.reissued().begin(), opened.reissued().end()}};
  if (state_.survey.empty()) {
    state_.survey = survey.value();
    state_.manifest_hash = documents_->manifest_hash;
    state_.group = opened.group();
    state_.audience = opened.audience();
    state_.response_address = documents_->manifest.response_address;
    state_.forget_time = documents_->manifest.latest_close_time;
  } else if (state_.survey != survey.value() || state_.manifest_hash != documents_->manifest_hash ||
             state_.group != opened.group() || state_.audience != opened.audience()) {
    return DocumentsChanged();
  }
  return absl::OkStatus();
}

absl::Status Respondent::OpenByToken() {
  const domain::SurveyId survey(state_.survey);
  CANDOR_ASSIGN_OR_RETURN(const DocumentBytes bytes, DocumentsOfResponsePlane(survey));
  CANDOR_RETURN_IF_ERROR(Check(bytes, survey));
  // Both planes gave documents with this hash when the code was opened.
  if (state_.manifest_hash != documents_->manifest_hash) return DocumentsChanged();
  CANDOR_RETURN_IF_ERROR(SetGroup(state_.group, state_.audience));
  return state_.surname_filter.empty() ? absl::OkStatus() : SetSurnames(state_.surname_filter);
}

absl::Status Respondent::SetSurnames(const std::string& filter) {
  if (base::HexEncode(crypto::Sha256(filter)) != documents_->manifest.surname_filter_hash) {
    return Refused("the names that it would warn you of are not the same for everybody");
  }
  const bool writes = std::find(shape_.prompts_asked.begin(), shape_.prompts_asked.end(), true) != shape_.prompts_asked.end();
  if (!writes) return absl::OkStatus();
  auto parsed = crypto::SaltedFilter::Parse(filter);
  if (!parsed.ok()) return Refused("the names that it would warn you of cannot be read");
  surnames_ = *std::move(parsed);
  state_.surname_filter = filter;
  return absl::OkStatus();
}

absl::Status Respondent::Check(const DocumentBytes& bytes, const domain::SurveyId& survey) {
  auto checked = options_.cache != nullptr ? options_.cache->Check(bytes, survey, options_.expected_manifest)
                                           : CheckDocuments(bytes, survey, options_.expected_manifest);
  if (!checked.ok()) return checked.status();
  documents_ = *std::move(checked);
  return absl::OkStatus();
}

absl::Status Respondent::SetGroup(int group, const std::string& audience) {
  const auto& groups = documents_->manifest.groups;
  if (group < 0 || static_cast<size_t>(group) >= groups.size()) {
    return Refused("the server puts you into a group that does not exist");
  }
  const auto& members = groups[group].members;
  if (std::find(members.begin(), members.end(), audience) == members.end()) {
    return Refused("the server puts you into a group that you do not belong to");
  }
  shape_ = documents_->Shape(group);
  return absl::OkStatus();
}

absl::StatusOr<DocumentBytes> Respondent::DocumentsOfResponsePlane(const domain::SurveyId& survey) const {
  // Let go of when this returns: the answers must not come over a connection that was made when the code was opened.
  CANDOR_ASSIGN_OR_RETURN(const auto connection, options_.response(state_.response_address));
  const auto stub = ResponseService::NewStub(connection->channel());
  candor::v1::GetManifestRequest request;
  request.set_survey(survey.value());
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::GetManifestResponse got,
      connection->CallRepeatedly(options_.retry, *stub, &ResponseService::Stub::GetManifest, request));
  return DocumentBytes{got.contract(), got.instrument_version(), got.manifest(), got.manifest_signature(),
                       got.extension(), got.extension_signature()};
}

absl::Status Respondent::CompareWithResponsePlane() {
  if (options_.cache != nullptr && options_.cache->Compared(*documents_)) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const DocumentBytes bytes, DocumentsOfResponsePlane(survey()));
  if (!bytes.SameFrozen(documents_->bytes)) {
    return Refused("the place that takes the answers has other documents than the place that invites");
  }
  // The planes learn of an extension one after the other; what each of them shows must hold, and the later one counts.
  if (bytes.extension != documents_->bytes.extension || bytes.extension_signature != documents_->bytes.extension_signature) {
    const std::shared_ptr<const SurveyDocuments> opened = documents_;
    CANDOR_RETURN_IF_ERROR(Check(bytes, survey()));
    if (opened->close_time > documents_->close_time) documents_ = opened;
  }
  if (options_.cache != nullptr) options_.cache->SetCompared(*documents_);
  return absl::OkStatus();
}

absl::Status Respondent::Save() {
  std::string bytes = state_.Serialize();
  const absl::Status saved = options_.store->Save(name_, bytes);
  base::Wipe(bytes);
  return saved;
}

void Respondent::DropAnswers() {
  for (std::string& seed : state_.reply_seeds) base::Wipe(seed);
  state_.reply_seeds.clear();
  if (!state_.answers.has_value()) return;
  domain::Wipe(*state_.answers);
  state_.answers.reset();
}

void Respondent::MakeReplyKeys() {
  domain::Answers& answers = *state_.answers;
  answers.reply_keys.assign(answers.comments.size(), "");
  state_.reply_seeds.assign(answers.comments.size(), "");
  if (!options_.make_reply_keys || documents_->contract.follow_up_days == 0) return;
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    if (answers.comments[i].empty()) continue;
    const crypto::SigningKey key = crypto::SigningKey::Generate();
    answers.reply_keys[i] = key.public_key();
    state_.reply_seeds[i] = std::string(key.seed().view());
  }
}

absl::Status Respondent::KeepReplyKeys() {
  if (!options_.make_reply_keys) return absl::OkStatus();
  const bool none = std::all_of(state_.reply_seeds.begin(), state_.reply_seeds.end(),
                                [](const std::string& seed) { return seed.empty(); });
  if (none) return options_.store->Erase(ReplyKeysName(name_));
  ReplyKeys keys{state_.survey, state_.reply_seeds, state_.manifest_hash, state_.response_address,
                 domain::NoticesEndTime(documents_->contract)};
  std::string bytes = keys.Serialize();
  const absl::Status saved = options_.store->Save(ReplyKeysName(name_), bytes);
  base::Wipe(bytes);
  for (std::string& seed : keys.seeds) base::Wipe(seed);
  return saved;
}

candor::v1::SubmitResponseRequest Respondent::SubmitRequest() const {
  const domain::Answers& answers = *state_.answers;
  candor::v1::SubmitResponseRequest request;
  request.set_survey(survey().value());
  request.set_group(state_.group);
  request.set_token_message(state_.token_message);
  request.set_token_signature(state_.token_signature);
  request.set_version(state_.version);
  request.set_submission_id(state_.submission_id);
  request.set_ratings(std::string(answers.ratings.begin(), answers.ratings.end()));
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    std::string& padded = *request.add_comments();
    padded = answers.comments[i];
    padded.resize(static_cast<size_t>(shape_.prompt_max_bytes[i]), '\0');
    std::string& key = *request.add_reply_keys();
    key = answers.reply_keys[i];
    key.resize(domain::kReplyKeyBytes, '\0');
  }
  std::string& notice = *request.mutable_pressure_notice();
  notice.reserve(1 + domain::kLongestPressureNotice);
  notice.push_back(answers.notice.given ? '\1' : '\0');
  notice += answers.notice.text;
  notice.resize(1 + domain::kLongestPressureNotice, '\0');
  return request;
}

absl::Status Respondent::TakeToken() {
  if (has_token()) return absl::OkStatus();
  const crypto::BlindVerifyingKey& key = documents_->keys[state_.group];
  if (!state_.blinding.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string message,
                            crypto::BuildTokenMessage(domain::SurveyIdBytes(survey()),
                                                      static_cast<uint16_t>(state_.group),
                                                      base::RandomBytes(crypto::kTokenNonceBytes)));
    CANDOR_ASSIGN_OR_RETURN(state_.blinding, crypto::Blind(key, message));
    // Saved before it is sent: another blinded message for the same code would be refused for ever.
    CANDOR_RETURN_IF_ERROR(Save());
  }
  const auto stub = InvitationService::NewStub(identity_->channel());
  candor::v1::IssueTokenRequest request;
  request.set_code(code_);
  request.set_blinded_message(state_.blinding->blinded);
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::IssueTokenResponse issued,
      identity_->CallRepeatedly(options_.retry, *stub, &InvitationService::Stub::IssueToken, request));
  auto signature = crypto::Finalize(key, *state_.blinding, issued.blind_signature());
  if (!signature.ok()) return Refused("the right to answer that the server gave is not signed with your group's key");
  state_.token_message = state_.blinding->input_msg;
  state_.token_signature = *std::move(signature);
  // The factor that ties one to the other is not kept. The blinded message is: without it a token that a restored
  // backup has forgotten could never be counted again. It gives nothing away that the state's name does not, which
  // anybody who knows the code can compute.
  state_.blinded_message = state_.blinding->blinded;
  state_.blinding.reset();
  CANDOR_RETURN_IF_ERROR(Save());
  identity_.reset();
  base::Wipe(code_);
  return absl::OkStatus();
}

absl::Status Respondent::ConfirmToken() {
  if (!has_token() || code_.empty() || state_.blinded_message.empty()) {
    return absl::FailedPreconditionError(
        "this device holds nothing with which your code's right to answer could be asked for again");
  }
  // A connection of its own, let go of when this returns.
  CANDOR_ASSIGN_OR_RETURN(const auto connection, options_.identity());
  const auto stub = InvitationService::NewStub(connection->channel());
  candor::v1::IssueTokenRequest request;
  request.set_code(code_);
  request.set_blinded_message(state_.blinded_message);
  return connection->CallRepeatedly(options_.retry, *stub, &InvitationService::Stub::IssueToken, request).status();
}

absl::StatusOr<candor::v1::SubmitResponseResponse> Respondent::Send(const candor::v1::SubmitResponseRequest& request) {
  // A connection for these answers alone.
  CANDOR_ASSIGN_OR_RETURN(const auto connection, options_.response(state_.response_address));
  const auto stub = ResponseService::NewStub(connection->channel());
  return WithRetries(options_.retry, [&] {
    auto response = connection->Call(*stub, &ResponseService::Stub::SubmitResponse, request);
    if (response.ok()) {
      may_be_stored_ = false;
    } else if (base::GetErrorDetail(response.status()).reason.empty() && !NeverConnected(*connection)) {
      // The server gives a reason with all that it refuses; without one the reply was lost, or the request.
      may_be_stored_ = true;
    }
    return response;
  });
}

absl::Status Respondent::Submit(const domain::Answers& answers) {
  domain::Answers given{answers.ratings, answers.comments, {}, answers.notice};
  const absl::Cleanup wipe = [&given] { domain::Wipe(given); };
  CANDOR_RETURN_IF_ERROR(domain::CheckAnswers(given, shape_));
  CANDOR_RETURN_IF_ERROR(TakeToken());
  const bool may_differ = shape_.notice_asked && !notice_known_;
  if (!state_.answers.has_value() || may_differ || !SameAnswers(*state_.answers, given)) {
    notice_known_ = true;
    ++state_.version;
    state_.submission_id = base::RandomBytes(kSubmissionIdBytes);
    DropAnswers();
    state_.answers = given;
    MakeReplyKeys();
    state_.receipt.clear();
    may_be_stored_ = false;
    // Saved before it is sent: after a crash the same version must carry the same id and the same answers.
    CANDOR_RETURN_IF_ERROR(Save());
  }
  candor::v1::SubmitResponseRequest request = SubmitRequest();
  const absl::StatusOr<candor::v1::SubmitResponseResponse> response = Send(request);
  base::Wipe(*request.mutable_ratings());
  for (std::string& comment : *request.mutable_comments()) base::Wipe(comment);
  base::Wipe(*request.mutable_pressure_notice());
  if (!response.ok()) {
    // Kept for another attempt, but not where there can be none: the token stays, should the server be wrong.
    if (base::GetErrorDetail(response.status()).reason == domain::reasons::kSURVEY_CLOSED) {
      DropAnswers();
      CANDOR_RETURN_IF_ERROR(Save());
    }
    return response.status();
  }

  const auto receipt = crypto::VerifyReceiptForToken(response->receipt(), domain::SurveyIdBytes(survey()),
                                                     crypto::TokenHash(state_.token_message),
                                                     documents_->manifest.receipt_public_key);
  if (!receipt.ok() || receipt->version != state_.version) {
    return absl::DataLossError(
        absl::StrCat("the server's receipt proves nothing (",
                     receipt.ok() ? "it is for another version of the answers" : receipt.status().message(),
                     "); try again, and if this goes on tell whoever invited you"));
  }
  // Before the receipt: without one the same answers are sent again, and this is done again.
  CANDOR_RETURN_IF_ERROR(KeepReplyKeys());
  state_.receipt = response->receipt();
  if (!options_.keep_answers) DropAnswers();
  return Save();
}

absl::Status Respondent::Forget() {
  CANDOR_RETURN_IF_ERROR(options_.store->Erase(ReplyKeysName(name_)));
  return options_.store->Erase(name_);
}

}  // namespace candor::client
