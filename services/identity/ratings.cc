#include "services/identity/ratings.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"
#include "storage/leader_line.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::PersonId;
using domain::SurveyId;
using storage::IdentifiedAudience;
using storage::ReadTransaction;

absl::Status RequireRater(ReadTransaction& transaction, const storage::SurveyRow& survey, const storage::LeaderLine& line,
                          const PersonId& person, IdentifiedAudience audience) {
  const auto refused = [](absl::string_view message) {
    return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED, message);
  };
  if (audience == IdentifiedAudience::kSelf) {
    if (line.IsLeader(person)) return absl::OkStatus();
    return refused(line.team ? "only members of the team, as it was when the campaign was opened, rate their team"
                             : "only the leader gives the self-rating");
  }
  // Somebody who left the team and supervises it since: their one place holds the rating that they gave as a member.
  if (line.IsLeader(person)) return refused("who was a member of the team at opening rates it as a member alone");
  CANDOR_ASSIGN_OR_RETURN(const auto leader, transaction.FindPerson(survey.district, survey.leader));
  const bool supervises =
      leader.has_value() && std::find(leader->supervisors.begin(), leader->supervisors.end(), person) !=
                                leader->supervisors.end();
  return supervises ? absl::OkStatus()
                    : refused("only a supervisor of this leader gives the supervisor's rating; an administrator can "
                              "name the leader's supervisors");
}

absl::StatusOr<IdentifiedForm> LoadForm(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                        const storage::CampaignRow& campaign, const PersonId& person,
                                        IdentifiedAudience audience) {
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, survey));
  CANDOR_RETURN_IF_ERROR(RequireRater(transaction, survey, line, person, audience));
  IdentifiedForm form;
  if (audience == IdentifiedAudience::kSelf) form.team_members = static_cast<int>(line.members.size());
  form.survey = survey;
  form.audience = audience;
  CANDOR_ASSIGN_OR_RETURN(form.instrument, GetInstrumentOf(transaction, survey.district, campaign.settings));
  domain::IssuingGroup alone;
  alone.code = AudienceCode(audience);
  alone.members = {alone.code};
  form.shape = domain::ShapeOfGroup(form.instrument, alone, /*prompts_open=*/false);
  CANDOR_ASSIGN_OR_RETURN(const auto stored, transaction.FindIdentifiedRating(survey.district, survey.id, person));
  if (stored.has_value() && stored->audience == audience) form.answers = stored->answers;
  return form;
}

}  // namespace

std::string AudienceCode(IdentifiedAudience audience) {
  return audience == IdentifiedAudience::kSelf ? domain::kSelf : domain::kSupervisor;
}

absl::StatusOr<IdentifiedForm> Ratings::Get(const DistrictId& district, const SurveyId& survey,
                                            const PersonId& person, IdentifiedAudience audience) {
  IdentifiedForm form;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const storage::SurveyRow row, GetSurveyRow(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign, GetCampaignRow(transaction, district, row.campaign));
    CANDOR_ASSIGN_OR_RETURN(form, LoadForm(transaction, row, campaign, person, audience));
    return absl::OkStatus();
  }));
  return form;
}

absl::StatusOr<IdentifiedForm> Ratings::Put(const DistrictId& district, const SurveyId& survey,
                                            const PersonId& person, IdentifiedAudience audience,
                                            const domain::Answers& answers) {
  IdentifiedForm form;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const storage::SurveyRow row, GetSurveyRow(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign, GetCampaignRow(transaction, district, row.campaign));
    CANDOR_ASSIGN_OR_RETURN(form, LoadForm(transaction, row, campaign, person, audience));
    if (campaign.state == domain::CampaignState::kDraft) {
      return errors::WrongState("this campaign is not open yet; rate once it is");
    }
    if (campaign.state != domain::CampaignState::kOpening && campaign.state != domain::CampaignState::kOpen) {
      return errors::WrongState("ratings ended when the campaign began to close; nothing was changed");
    }
    CANDOR_RETURN_IF_ERROR(domain::CheckAnswers(answers, form.shape));
    form.answers = answers;
    CANDOR_ASSIGN_OR_RETURN(auto stored, transaction.FindIdentifiedRating(district, survey, person));
    if (stored.has_value()) {
      stored->audience = audience;
      stored->answers = answers;
      CANDOR_RETURN_IF_ERROR(transaction.UpdateIdentifiedRating(*stored));
    } else {
      CANDOR_RETURN_IF_ERROR(
          transaction.InsertIdentifiedRating({district, survey, person, audience, answers, 1}));
    }
    Caller caller;
    caller.district = district;
    // Which members have rated is nobody's to know, those who read the audit trail included.
    caller.person = form.team_members > 0 ? row.leader : person;
    return RecordAudit(transaction, clock_, caller, district, "PutIdentifiedRating", SurveyName(row));
  }));
  return form;
}

}  // namespace candor::identity
