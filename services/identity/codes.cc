#include "services/identity/codes.h"

#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::SurveyId;
using storage::InvitationRow;
using storage::SurveyRow;
using storage::WriteTransaction;

// The survey, if it is open and the caller stands outside its leader's line.
absl::StatusOr<SurveyRow> GetSurveyForCodes(WriteTransaction& transaction, const Caller& caller,
                                            const DistrictId& district, const SurveyId& id) {
  CANDOR_ASSIGN_OR_RETURN(SurveyRow survey, GetSurveyRow(transaction, district, id));
  if (!caller.installation_administrator) {
    CANDOR_ASSIGN_OR_RETURN(const bool in_line, IsInLine(transaction, survey, caller.person));
    if (!caller.roles.administrator || caller.district != district || in_line) {
      return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                         "codes are only for an administrator who is neither the leader, or a member of the team, nor a "
                         "supervisor of the leader, now or when the campaign was opened; ask one who is not");
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign, GetCampaignRow(transaction, district, survey.campaign));
  if (survey.state != domain::SurveyState::kOpen || campaign.state != domain::CampaignState::kOpen) {
    return errors::WrongState("codes exist only while the campaign is open; wait until it is, or make a new campaign");
  }
  return survey;
}

std::string CodeOf(const crypto::SecretBytes& key, const InvitationRow& invitation) {
  return crypto::MakeCode(key.view(), invitation.rater.value(), static_cast<uint32_t>(invitation.generation));
}

// Whether the invitation's code, as it is stored, was made with `key`; a code of another opens nothing.
bool IsKeyOf(const crypto::SecretBytes& key, const InvitationRow& invitation) {
  return crypto::CodeHash(CodeOf(key, invitation)) == invitation.code_hash;
}

}  // namespace

absl::StatusOr<std::vector<RaterCode>> Codes::List(const Caller& caller, const DistrictId& district,
                                                   const SurveyId& survey, const storage::Page& page) {
  SurveyRow row;
  std::vector<std::pair<storage::RaterRow, InvitationRow>> invited;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    invited.clear();
    CANDOR_ASSIGN_OR_RETURN(row, GetSurveyForCodes(transaction, caller, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const std::vector<InvitationRow> invitations,
                            transaction.ListInvitations(district, survey, page));
    for (const InvitationRow& invitation : invitations) {
      CANDOR_ASSIGN_OR_RETURN(auto rater, transaction.FindRater(district, survey, invitation.rater));
      if (!rater.has_value()) return errors::StoreCorrupt("an invitation is of no rater");
      invited.emplace_back(*std::move(rater), invitation);
    }
    return RecordAudit(transaction, clock_, caller, district, "ListCodes", SurveyName(row));
  }));
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, keys_.LoadCodeKey(district, row.campaign));
  std::vector<RaterCode> codes;
  for (auto& [rater, invitation] : invited) {
    if (!IsKeyOf(key, invitation)) return keys_.WrongCodeKey(district, row.campaign);
    codes.push_back({std::move(rater), crypto::FormatCode(CodeOf(key, invitation)), invitation.generation});
  }
  return codes;
}

absl::StatusOr<RaterCode> Codes::Reissue(const Caller& caller, const DistrictId& district, const SurveyId& survey,
                                         const domain::RaterId& rater, std::optional<int64_t> generation) {
  RaterCode result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const SurveyRow row, GetSurveyForCodes(transaction, caller, district, survey));
    CANDOR_ASSIGN_OR_RETURN(auto rater_row, transaction.FindRater(district, survey, rater));
    if (!rater_row.has_value()) return errors::NotFound("rater", RaterName(row, rater));
    CANDOR_ASSIGN_OR_RETURN(auto invitation, transaction.FindInvitation(district, survey, rater));
    if (!invitation.has_value()) {
      return errors::WrongState("this rater opted out and has no code; they can be invited in the next campaign");
    }
    // A file is read here, once and quickly; the key must be the one whose code is stored below.
    CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, keys_.LoadCodeKey(district, row.campaign));
    if (!IsKeyOf(key, *invitation)) return keys_.WrongCodeKey(district, row.campaign);
    if (generation.has_value() && *generation != invitation->generation) {
      if (*generation != invitation->generation - 1) return errors::EtagMismatch("code of", RaterName(row, rater));
      result = {*std::move(rater_row), crypto::FormatCode(CodeOf(key, *invitation)), invitation->generation};
      return RecordAudit(transaction, clock_, caller, district, "ReadReissuedCode", RaterName(row, rater));
    }
    // Whether or not a token was taken: the published count must not tell who had taken one.
    CANDOR_RETURN_IF_ERROR(transaction.CountReissued(district, survey, invitation->issuing_group));
    invitation->blinded_hash.reset();
    ++invitation->generation;
    const std::string code = CodeOf(key, *invitation);
    invitation->code_hash = crypto::CodeHash(code);
    CANDOR_RETURN_IF_ERROR(transaction.UpdateInvitation(*invitation));
    result = {*std::move(rater_row), crypto::FormatCode(code), invitation->generation};
    return RecordAudit(transaction, clock_, caller, district, "ReissueCode", RaterName(row, rater));
  }));
  return result;
}

}  // namespace candor::identity
