// Reading what use cases need, with the errors that callers see.

#ifndef CANDOR_SERVICES_IDENTITY_LOADING_H_
#define CANDOR_SERVICES_IDENTITY_LOADING_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/campaign.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// NOT_FOUND, RESOURCE_NOT_FOUND.
absl::Status RequireDistrict(storage::ReadTransaction& transaction, const domain::DistrictId& district);
absl::StatusOr<storage::CampaignRow> GetCampaignRow(storage::ReadTransaction& transaction,
                                                    const domain::DistrictId& district,
                                                    const domain::CampaignId& campaign);
absl::StatusOr<storage::SurveyRow> GetSurveyRow(storage::ReadTransaction& transaction,
                                                const domain::DistrictId& district, const domain::SurveyId& survey);
absl::StatusOr<storage::PersonRow> GetPersonRow(storage::ReadTransaction& transaction,
                                                const domain::DistrictId& district, const domain::PersonId& person);

// The campaign's instrument version. NOT_FOUND, RESOURCE_NOT_FOUND; DATA_LOSS.
absl::StatusOr<storage::InstrumentVersionRow> GetVersionRow(storage::ReadTransaction& transaction,
                                                            const domain::DistrictId& district,
                                                            const domain::CampaignSettings& settings);
absl::StatusOr<domain::Instrument> GetInstrumentOf(storage::ReadTransaction& transaction,
                                                   const domain::DistrictId& district,
                                                   const domain::CampaignSettings& settings);

// FAILED_PRECONDITION, WRONG_STATE unless the campaign is a draft.
absl::Status RequireDraft(const storage::CampaignRow& campaign);

// Changes the state, which is written by the caller's Update…. Every change of state after the first goes through here:
// FAILED_PRECONDITION, WRONG_STATE unless domain::CanBecome allows it.
absl::Status SetState(storage::CampaignRow& campaign, domain::CampaignState state);
absl::Status SetState(storage::SurveyRow& survey, domain::SurveyState state);

// A document that must be there. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<std::string> GetDocument(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                        storage::SurveyDocument kind);
// The survey's manifest. DATA_LOSS, STORE_CORRUPT: it is missing, or cannot be read.
absl::StatusOr<domain::Manifest> GetManifest(storage::ReadTransaction& transaction, const storage::SurveyRow& survey);
// Writes a document with its hash.
absl::Status PutDocument(storage::WriteTransaction& transaction, const storage::SurveyRow& survey,
                         storage::SurveyDocument kind, absl::string_view bytes);

// Calls `visit` for each survey of the campaign, by id, until it fails.
absl::Status ForEachSurvey(storage::ReadTransaction& transaction, const domain::DistrictId& district,
                           const domain::CampaignId& campaign,
                           const std::function<absl::Status(const storage::SurveyRow&)>& visit);

// IdentityStore::Forget; a failure is logged, not returned: what was to be done is done. It is noted as owed, and
// Lifecycle::Tick does it again until it succeeds.
void ForgetOrLog(storage::IdentityStore& store);

// How the survey's raters would be joined into issuing groups now, under `settings`, its campaign's. As
// domain::PlanIssuingGroups.
absl::StatusOr<domain::GroupPlan> PlanSurvey(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                             const domain::CampaignSettings& settings,
                                             const domain::Instrument& instrument);

// FAILED_PRECONDITION, CAMPAIGN_INVALID: the supervisor is to read first, and the leader has none who could: one with
// that role. Nobody else would ever read the report.
absl::Status CheckFirstReader(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign,
                              const storage::SurveyRow& survey);

// FAILED_PRECONDITION, CAMPAIGN_INVALID: the survey is about a team of fewer than kFewestTeamMembers people, or with a member
// who no longer has the role of a leader, without which nobody rates themself or reads as one.
absl::Status CheckTeam(storage::ReadTransaction& transaction, const storage::SurveyRow& survey);

// Whether `person` is in the survey's line: its leader (a member of its team) or a supervisor of the leader, now or at
// opening. Who was in it then stays in it, and who has joined it since is in it too. False for nobody (an empty id).
absl::StatusOr<bool> IsInLine(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                              const domain::PersonId& person);

// PERMISSION_DENIED, CALLER_NOT_ALLOWED, with `message`: the caller is in the line of one of the campaign's leaders, now or
// at opening. OK for the server and for the installation's administrator, who is nobody in the directory.
absl::Status CheckOutsideEveryLine(storage::ReadTransaction& transaction, const Caller& caller,
                                   const storage::CampaignRow& campaign, absl::string_view message);

// PERMISSION_DENIED, CALLER_NOT_ALLOWED, with `message`: the caller leads or supervises anybody in the district, by their
// role, by those they supervise or by the line of any survey, now or at its opening. OK for the server and for the
// installation's administrator.
absl::Status CheckInNoLineOf(storage::ReadTransaction& transaction, const Caller& caller,
                             const domain::DistrictId& district, absl::string_view message);

// Closing before the time that raters were told, and moving it, are choices of who is still counted; nobody makes them who
// knows a leader's raters as a member of the line does, and reads the report. PERMISSION_DENIED, CALLER_NOT_ALLOWED: `now`
// is before the close time, and the caller is in the line of one of the campaign's leaders, now or at opening.
absl::Status CheckMayChooseTheMoment(storage::ReadTransaction& transaction, const Caller& caller,
                                     const storage::CampaignRow& campaign, absl::Time now);

// Whether the survey is stopped and only its steward can open it (a result under way looks the same).
bool WaitsForSteward(const storage::CampaignRow& campaign, const storage::SurveyRow& survey);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_LOADING_H_
