#include "clients/cpp/respondent.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/receipt.h"
#include "services/crypto/token.h"
#include "services/domain/errors.h"

namespace candor::client {
namespace {

using candor::v1::InvitationService;
using candor::v1::ResponseService;

constexpr size_t kSubmissionIdBytes = 16;

bool SameAnswers(const domain::Answers& a, const domain::Answers& b) {
  return a.ratings == b.ratings && a.comments == b.comments;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Respondent>> Respondent::Open(const RespondentOptions& options, absl::string_view code) {
  CANDOR_ASSIGN_OR_RETURN(std::string normal, crypto::NormalizeCode(code));
  std::unique_ptr<Respondent> respondent(new Respondent(options, std::move(normal)));
  CANDOR_RETURN_IF_ERROR(respondent->LoadDocuments());
  CANDOR_RETURN_IF_ERROR(respondent->CompareWithResponsePlane());
  return respondent;
}

absl::Status Respondent::LoadDocuments() {
  const auto stub = InvitationService::NewStub(options_.identity->channel());
  candor::v1::OpenInvitationRequest request;
  request.set_code(code_);
  CANDOR_ASSIGN_OR_RETURN(
      candor::v1::OpenInvitationResponse opened,
      options_.identity->CallRepeatedly(options_.retry, *stub, &InvitationService::Stub::OpenInvitation, request));
  DocumentBytes bytes{opened.contract(), opened.instrument_version(), opened.manifest(), opened.manifest_signature()};
  const domain::SurveyId survey(opened.survey());
  if (domain::SurveyIdBytes(survey).empty()) return Refused("the server names no survey");
  auto checked = options_.cache != nullptr ? options_.cache->Check(bytes, survey, options_.expected_manifest)
                                           : CheckDocuments(bytes, survey, options_.expected_manifest);
  if (!checked.ok()) return checked.status();
  documents_ = *std::move(checked);

  const auto& groups = documents_->manifest.groups;
  if (opened.group() < 0 || static_cast<size_t>(opened.group()) >= groups.size()) {
    return Refused("the server puts you into a group that does not exist");
  }
  const auto& members = groups[opened.group()].members;
  if (std::find(members.begin(), members.end(), opened.audience()) == members.end()) {
    return Refused("the server puts you into a group that you do not belong to");
  }

  CANDOR_ASSIGN_OR_RETURN(const std::optional<std::string> kept, options_.store->Load(StateName(code_)));
  if (kept.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(state_, RespondentState::Parse(*kept));
    if (state_.survey != survey.value() || state_.manifest_hash != documents_->manifest_hash ||
        state_.group != opened.group() || state_.audience != opened.audience()) {
      return Refused("its documents have changed since you opened it first");
    }
  } else {
    state_.survey = survey.value();
    state_.manifest_hash = documents_->manifest_hash;
    state_.group = opened.group();
    state_.audience = opened.audience();
  }
  shape_ = documents_->Shape(state_.group);
  return absl::OkStatus();
}

absl::Status Respondent::CompareWithResponsePlane() {
  if (options_.cache != nullptr && options_.cache->Compared(*documents_)) return absl::OkStatus();
  const auto stub = ResponseService::NewStub(options_.response->channel());
  candor::v1::GetManifestRequest request;
  request.set_survey(survey().value());
  CANDOR_ASSIGN_OR_RETURN(
      candor::v1::GetManifestResponse got,
      options_.response->CallRepeatedly(options_.retry, *stub, &ResponseService::Stub::GetManifest, request));
  const DocumentBytes bytes{got.contract(), got.instrument_version(), got.manifest(), got.manifest_signature()};
  if (bytes != documents_->bytes) {
    return Refused("the place that takes the answers has other documents than the place that invites");
  }
  if (options_.cache != nullptr) options_.cache->SetCompared(*documents_);
  return absl::OkStatus();
}

absl::Status Respondent::Save() { return options_.store->Save(StateName(code_), state_.Serialize()); }

std::optional<domain::Answers> Respondent::answers() const {
  if (state_.version == 0) return std::nullopt;
  return state_.answers;
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
  const auto stub = InvitationService::NewStub(options_.identity->channel());
  candor::v1::IssueTokenRequest request;
  request.set_code(code_);
  request.set_blinded_message(state_.blinding->blinded);
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::IssueTokenResponse issued,
      options_.identity->CallRepeatedly(options_.retry, *stub, &InvitationService::Stub::IssueToken, request));
  auto signature = crypto::Finalize(key, *state_.blinding, issued.blind_signature());
  if (!signature.ok()) return Refused("the right to answer that the server gave is not signed with your group's key");
  state_.token_signature = *std::move(signature);
  return Save();
}

absl::Status Respondent::Submit(const domain::Answers& answers) {
  CANDOR_RETURN_IF_ERROR(domain::CheckAnswers(answers, shape_));
  CANDOR_RETURN_IF_ERROR(TakeToken());
  if (state_.version == 0 || !SameAnswers(state_.answers, answers)) {
    ++state_.version;
    state_.submission_id = base::RandomBytes(kSubmissionIdBytes);
    state_.answers = answers;
    state_.receipt.clear();
    // Saved before it is sent: after a crash the same version must carry the same id and the same answers.
    CANDOR_RETURN_IF_ERROR(Save());
  }
  const std::string& input_msg = state_.blinding->input_msg;
  candor::v1::SubmitResponseRequest request;
  request.set_survey(survey().value());
  request.set_group(state_.group);
  request.set_token_message(input_msg);
  request.set_token_signature(state_.token_signature);
  request.set_version(state_.version);
  request.set_submission_id(state_.submission_id);
  request.set_ratings(std::string(state_.answers.ratings.begin(), state_.answers.ratings.end()));
  for (size_t i = 0; i < state_.answers.comments.size(); ++i) {
    std::string padded = state_.answers.comments[i];
    padded.resize(static_cast<size_t>(shape_.prompt_max_bytes[i]), '\0');
    request.add_comments(std::move(padded));
  }
  const auto stub = ResponseService::NewStub(options_.response->channel());
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::SubmitResponseResponse response,
      options_.response->CallRepeatedly(options_.retry, *stub, &ResponseService::Stub::SubmitResponse, request));

  const auto receipt =
      crypto::VerifyReceiptForToken(response.receipt(), domain::SurveyIdBytes(survey()), crypto::TokenHash(input_msg),
                                    documents_->manifest.receipt_public_key);
  if (!receipt.ok() || receipt->version != state_.version) {
    return absl::DataLossError(
        absl::StrCat("the server's receipt proves nothing (",
                     receipt.ok() ? "it is for another version of the answers" : receipt.status().message(),
                     "); try again, and if this goes on tell whoever invited you"));
  }
  state_.receipt = response.receipt();
  return Save();
}

absl::Status Respondent::Forget() { return options_.store->Erase(StateName(code_)); }

}  // namespace candor::client
