#include "services/identity/loading.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/identity/resource_names.h"
#include "storage/leader_line.h"

namespace candor::identity {
namespace errors = domain::errors;
using storage::ReadTransaction;

absl::Status RequireDistrict(ReadTransaction& transaction, const domain::DistrictId& district) {
  CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindDistrict(district));
  return row.has_value() ? absl::OkStatus() : errors::NotFound("district", DistrictName(district));
}

absl::StatusOr<storage::CampaignRow> GetCampaignRow(ReadTransaction& transaction, const domain::DistrictId& district,
                                                    const domain::CampaignId& campaign) {
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindCampaign(district, campaign));
  if (!row.has_value()) return errors::NotFound("campaign", CampaignName(district, campaign));
  return *std::move(row);
}

absl::StatusOr<storage::SurveyRow> GetSurveyRow(ReadTransaction& transaction, const domain::DistrictId& district,
                                                const domain::SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindSurvey(district, survey));
  if (!row.has_value()) return errors::NotFound("survey", survey.value());
  return *std::move(row);
}

absl::StatusOr<storage::PersonRow> GetPersonRow(ReadTransaction& transaction, const domain::DistrictId& district,
                                                const domain::PersonId& person) {
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindPerson(district, person));
  if (!row.has_value()) return errors::NotFound("person", PersonName(district, person));
  return *std::move(row);
}

absl::StatusOr<storage::InstrumentVersionRow> GetVersionRow(ReadTransaction& transaction,
                                                            const domain::DistrictId& district,
                                                            const domain::CampaignSettings& settings) {
  const auto version = static_cast<int32_t>(settings.instrument_version);
  CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindInstrumentVersion(district, settings.instrument, version));
  if (!row.has_value()) {
    return errors::NotFound("instrument version", InstrumentVersionName(district, settings.instrument, version));
  }
  return *std::move(row);
}

absl::StatusOr<domain::Instrument> GetInstrumentOf(ReadTransaction& transaction, const domain::DistrictId& district,
                                                   const domain::CampaignSettings& settings) {
  CANDOR_ASSIGN_OR_RETURN(const storage::InstrumentVersionRow row, GetVersionRow(transaction, district, settings));
  CANDOR_ASSIGN_OR_RETURN(domain::InstrumentVersion version, domain::DecodeInstrumentVersion(row.document));
  return std::move(version.instrument);
}

absl::Status RequireDraft(const storage::CampaignRow& campaign) {
  if (campaign.state == domain::CampaignState::kDraft) return absl::OkStatus();
  return errors::WrongState(absl::StrCat("the campaign ", CampaignName(campaign.district, campaign.id), " is ",
                                         domain::NameOf(campaign.state),
                                         " and can no longer be changed; make a new campaign instead"));
}

absl::Status SetState(storage::CampaignRow& campaign, domain::CampaignState state) {
  if (!domain::CanBecome(campaign.state, state)) {
    return errors::WrongState(absl::StrCat("the campaign ", CampaignName(campaign.district, campaign.id), " is ",
                                           domain::NameOf(campaign.state), " and cannot become ",
                                           domain::NameOf(state)));
  }
  campaign.state = state;
  return absl::OkStatus();
}

absl::Status SetState(storage::SurveyRow& survey, domain::SurveyState state) {
  if (!domain::CanBecome(survey.state, state)) {
    return errors::WrongState(absl::StrCat("the survey ", SurveyName(survey), " is ", domain::NameOf(survey.state),
                                           " and cannot become ", domain::NameOf(state)));
  }
  survey.state = state;
  return absl::OkStatus();
}

absl::StatusOr<std::string> GetDocument(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                        storage::SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(auto bytes, transaction.FindSurveyDocument(survey.district, survey.id, kind));
  if (!bytes.has_value()) {
    return errors::StoreCorrupt(absl::StrCat("document ", static_cast<int>(kind), " of a survey is missing"));
  }
  return *std::move(bytes);
}

absl::StatusOr<domain::Manifest> GetManifest(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, GetDocument(transaction, survey, storage::SurveyDocument::kManifest));
  absl::StatusOr<domain::Manifest> manifest = domain::DecodeManifest(bytes);
  if (!manifest.ok()) return errors::StoreCorrupt("a stored manifest cannot be read");
  return manifest;
}

absl::Status PutDocument(storage::WriteTransaction& transaction, const storage::SurveyRow& survey,
                         storage::SurveyDocument kind, absl::string_view bytes) {
  return transaction.InsertSurveyDocument(survey.district, survey.id, kind, bytes, crypto::Sha256(bytes));
}

absl::Status ForEachSurvey(ReadTransaction& transaction, const domain::DistrictId& district,
                           const domain::CampaignId& campaign,
                           const std::function<absl::Status(const storage::SurveyRow&)>& visit) {
  storage::Page page;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::SurveyRow> surveys,
                            transaction.ListSurveys(district, campaign, page));
    for (const storage::SurveyRow& survey : surveys) CANDOR_RETURN_IF_ERROR(visit(survey));
    if (surveys.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = surveys.back().id.value();
  }
}

void ForgetOrLog(storage::IdentityStore& store) {
  // Noted first: what another thread deletes while this runs is owed by that thread's own call.
  const bool owed = store.forget_owed();
  store.set_forget_owed(false);
  const absl::Status forgotten = store.Forget();
  if (forgotten.ok()) return;
  store.set_forget_owed(true);
  if (owed) return;  // said before
  base::Log(base::LogLevel::kWarning, "the store's log still holds what was deleted; cutting it short is tried again",
            {{"detail", std::string(forgotten.message())}});
}

absl::StatusOr<domain::GroupPlan> PlanSurvey(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                             const domain::CampaignSettings& settings,
                                             const domain::Instrument& instrument) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::GroupCount> counts,
                          transaction.CountRaters(survey.district, survey.id));
  std::vector<domain::InvitedCount> invited;
  for (const storage::GroupCount& count : counts) invited.push_back({count.group, count.invited, count.part});
  return domain::PlanIssuingGroups(instrument, invited, settings.breakdowns, settings.minimum_group_size);
}

absl::Status CheckFirstReader(ReadTransaction& transaction, const storage::CampaignRow& campaign,
                              const storage::SurveyRow& survey) {
  if (campaign.settings.first_reader != domain::FirstReader::kSupervisor) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const storage::PersonRow leader, GetPersonRow(transaction, survey.district, survey.leader));
  for (const domain::PersonId& id : leader.supervisors) {
    CANDOR_ASSIGN_OR_RETURN(const auto supervisor, transaction.FindPerson(survey.district, id));
    if (supervisor.has_value() && supervisor->roles.supervisor) return absl::OkStatus();
  }
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCAMPAIGN_INVALID,
                     "the supervisor is to read this report first, but the leader has no supervisor with that role; "
                     "give the leader one, or let the leader read first");
}

absl::Status CheckTeam(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  const auto unfit = [&](absl::string_view message) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCAMPAIGN_INVALID, message);
  };
  CANDOR_ASSIGN_OR_RETURN(const storage::PersonRow leader, GetPersonRow(transaction, survey.district, survey.leader));
  if (!leader.team) return absl::OkStatus();
  if (leader.team_members.size() < domain::kFewestTeamMembers) {
    return unfit(absl::StrCat("the team has ", leader.team_members.size(), " members left, and needs ",
                              domain::kFewestTeamMembers, "; name others in the directory, or take this survey out"));
  }
  for (const domain::PersonId& id : leader.team_members) {
    CANDOR_ASSIGN_OR_RETURN(const storage::PersonRow member, GetPersonRow(transaction, survey.district, id));
    if (member.roles.leader) continue;
    return unfit(absl::StrCat(PersonName(survey.district, id), " is a member of the team without the role of a leader, and "
                              "could neither rate nor read the report; give them the role, or take them out of the team"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsInLine(ReadTransaction& transaction, const storage::SurveyRow& survey,
                              const domain::PersonId& person) {
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine now,
                          storage::LineInDirectory(transaction, survey.district, survey.leader));
  if (now.Contains(person)) return true;
  CANDOR_ASSIGN_OR_RETURN(const auto at_opening, storage::FindLeaderLine(transaction, survey.district, survey.id));
  return at_opening.has_value() && at_opening->Contains(person);
}

absl::Status CheckOutsideEveryLine(ReadTransaction& transaction, const Caller& caller,
                                   const storage::CampaignRow& campaign, absl::string_view message) {
  if (caller.server || caller.installation_administrator) return absl::OkStatus();
  return ForEachSurvey(transaction, campaign.district, campaign.id, [&](const storage::SurveyRow& survey) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const bool in_line, IsInLine(transaction, survey, caller.person));
    if (!in_line) return absl::OkStatus();
    return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED, message);
  });
}

absl::Status CheckInNoLineOf(ReadTransaction& transaction, const Caller& caller, const domain::DistrictId& district,
                             absl::string_view message) {
  if (caller.server || caller.installation_administrator) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(district, caller.person));
  CANDOR_ASSIGN_OR_RETURN(const auto supervised, transaction.ListSupervised(district, caller.person, {"", 1}));
  if ((person.has_value() && person->roles.leader) || !supervised.empty()) {
    return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED, message);
  }
  storage::Page page;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const auto campaigns, transaction.ListCampaigns(district, page));
    for (const storage::CampaignRow& campaign : campaigns) {
      CANDOR_RETURN_IF_ERROR(CheckOutsideEveryLine(transaction, caller, campaign, message));
    }
    if (campaigns.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = campaigns.back().id.value();
  }
}

absl::Status CheckMayChooseTheMoment(ReadTransaction& transaction, const Caller& caller,
                                     const storage::CampaignRow& campaign, absl::Time now) {
  if (storage::CloseTimeOf(campaign) <= now) return absl::OkStatus();
  return CheckOutsideEveryLine(transaction, caller, campaign,
                               "before its close time a campaign is neither closed nor extended by somebody who is one of "
                               "its leaders or supervises one, now or when it was opened; ask another administrator, or "
                               "wait until it closes by itself");
}

bool WaitsForSteward(const storage::CampaignRow& campaign, const storage::SurveyRow& survey) {
  return campaign.settings.steward.has_value() && survey.state == domain::SurveyState::kClosing &&
         survey.closing_step == storage::ClosingStep::kStopped;
}

}  // namespace candor::identity
