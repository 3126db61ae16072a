#include "tests/support/raw_respondent.h"

#include <algorithm>
#include <utility>

#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/receipt.h"
#include "services/crypto/token.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;

}  // namespace

absl::StatusOr<RawRespondent> RawRespondent::Open(const ApiCaller& caller, const std::string& code) {
  RawRespondent respondent(caller);
  respondent.code_ = code;
  v1::OpenInvitationRequest open;
  open.set_code(code);
  CANDOR_ASSIGN_OR_RETURN(respondent.opened_, caller.Call(&v1::InvitationService::Stub::OpenInvitation, open));
  CANDOR_ASSIGN_OR_RETURN(respondent.contract_, domain::DecodeContract(respondent.opened_.contract()));
  CANDOR_ASSIGN_OR_RETURN(respondent.manifest_, domain::DecodeManifest(respondent.opened_.manifest()));
  CANDOR_ASSIGN_OR_RETURN(respondent.version_,
                          domain::DecodeInstrumentVersion(respondent.opened_.instrument_version()));
  const domain::IssuingGroup& group = respondent.manifest_.groups.at(respondent.opened_.group());
  respondent.shape_ =
      domain::ShapeOfGroup(respondent.version_.instrument, respondent.manifest_, respondent.opened_.group());
  CANDOR_ASSIGN_OR_RETURN(const auto key, crypto::BlindVerifyingKey::FromSpkiDer(group.verifying_key));
  CANDOR_ASSIGN_OR_RETURN(const std::string message,
                          crypto::BuildTokenMessage(domain::SurveyIdBytes(respondent.manifest_.survey),
                                                    static_cast<uint16_t>(respondent.opened_.group()),
                                                    base::RandomBytes(crypto::kTokenNonceBytes)));
  CANDOR_ASSIGN_OR_RETURN(respondent.blinding_, crypto::Blind(key, message));
  return respondent;
}

absl::Status RawRespondent::TakeToken() {
  v1::IssueTokenRequest issue;
  issue.set_code(code_);
  issue.set_blinded_message(blinding_.blinded);
  CANDOR_ASSIGN_OR_RETURN(const v1::IssueTokenResponse issued,
                          caller_.Call(&v1::InvitationService::Stub::IssueToken, issue));
  CANDOR_ASSIGN_OR_RETURN(const auto key, crypto::BlindVerifyingKey::FromSpkiDer(
                                              manifest_.groups.at(opened_.group()).verifying_key));
  CANDOR_ASSIGN_OR_RETURN(signature_, crypto::Finalize(key, blinding_, issued.blind_signature()));
  return absl::OkStatus();
}

v1::SubmitResponseRequest RawRespondent::RequestFor(const std::vector<uint8_t>& ratings,
                                                    const std::vector<std::string>& comments, uint32_t version) const {
  v1::SubmitResponseRequest request;
  request.set_survey(opened_.survey());
  request.set_group(opened_.group());
  request.set_token_message(blinding_.input_msg);
  request.set_token_signature(signature_);
  request.set_version(version);
  request.set_submission_id(base::RandomBytes(16));
  request.set_ratings(std::string(ratings.begin(), ratings.end()));
  for (size_t i = 0; i < instrument().prompts.size(); ++i) {
    std::string comment = i < comments.size() ? comments[i] : std::string();
    comment.resize(std::max<size_t>(comment.size(), instrument().prompts[i].max_bytes), '\0');
    request.add_comments(std::move(comment));
    request.add_reply_keys(std::string(domain::kReplyKeyBytes, '\0'));
  }
  request.set_pressure_notice(std::string(1 + domain::kLongestPressureNotice, '\0'));
  return request;
}

v1::SubmitResponseRequest RawRespondent::RequestFor(uint8_t rating, uint32_t version) const {
  std::vector<uint8_t> ratings;
  for (const bool asked : shape_.items_asked) ratings.push_back(asked ? rating : domain::kBlank);
  return RequestFor(ratings, {}, version);
}

absl::StatusOr<std::string> RawRespondent::Submit(const v1::SubmitResponseRequest& request) const {
  CANDOR_ASSIGN_OR_RETURN(const v1::SubmitResponseResponse response,
                          caller_.Call(&v1::ResponseService::Stub::SubmitResponse, request));
  CANDOR_RETURN_IF_ERROR(crypto::VerifyReceiptForToken(response.receipt(), domain::SurveyIdBytes(manifest_.survey),
                                                       crypto::TokenHash(request.token_message()),
                                                       manifest_.receipt_public_key)
                             .status());
  return response.receipt();
}

absl::StatusOr<std::string> AnswerWith(const ApiCaller& caller, const std::string& code, uint8_t rating) {
  CANDOR_ASSIGN_OR_RETURN(RawRespondent respondent, RawRespondent::Open(caller, code));
  CANDOR_RETURN_IF_ERROR(respondent.TakeToken());
  return respondent.Submit(respondent.RequestFor(rating));
}

}  // namespace candor::testing
