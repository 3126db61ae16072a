#include "services/rpc/access.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/rpc/resource_names.h"
#include "storage/key_holders.h"
#include "storage/leader_line.h"

namespace candor::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;

constexpr AccessRow kRows[] = {
    {"candor.v1.DirectoryService.CreateDistrict", Audience::kInstallation, "", ""},
    {"candor.v1.DirectoryService.GetDistrict", Audience::kMembers, "name", names::kDistrict},
    {"candor.v1.DirectoryService.ListDistricts", Audience::kInstallation, "", ""},
    {"candor.v1.DirectoryService.CreateSchool", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.DirectoryService.GetSchool", Audience::kMembers, "name", names::kSchool},
    {"candor.v1.DirectoryService.ListSchools", Audience::kMembers, "parent", names::kDistrict},
    {"candor.v1.DirectoryService.CreatePerson", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.DirectoryService.UpdatePerson", Audience::kAdministrator, "person.name", names::kPerson},
    {"candor.v1.DirectoryService.RegisterKey", Audience::kThemselfAlone, "name", names::kPerson},
    {"candor.v1.DirectoryService.DeletePerson", Audience::kAdministrator, "name", names::kPerson},
    {"candor.v1.DirectoryService.GetPerson", Audience::kPerson, "name", names::kPerson},
    {"candor.v1.DirectoryService.ListPeople", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.DirectoryService.CreateAccessKey", Audience::kAdministrator, "parent", names::kPerson},
    {"candor.v1.DirectoryService.DeleteAccessKey", Audience::kThemself, "name", names::kAccessKey},
    {"candor.v1.DirectoryService.ListAccessKeys", Audience::kThemself, "parent", names::kPerson},
    {"candor.v1.DirectoryService.ListAuditEntries", Audience::kAuditors, "parent", names::kDistrict},

    {"candor.v1.FrameworkService.ImportFramework", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.FrameworkService.GetFramework", Audience::kMembers, "name", names::kFramework},
    {"candor.v1.FrameworkService.ListFrameworks", Audience::kMembers, "parent", names::kDistrict},

    {"candor.v1.InstrumentService.CreateInstrument", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.InstrumentService.UpdateInstrument", Audience::kAdministrator, "instrument.name", names::kInstrument},
    {"candor.v1.InstrumentService.PublishInstrument", Audience::kAdministrator, "name", names::kInstrument},
    {"candor.v1.InstrumentService.GetInstrument", Audience::kMembers, "name", names::kInstrument},
    {"candor.v1.InstrumentService.ListInstruments", Audience::kMembers, "parent", names::kDistrict},
    {"candor.v1.InstrumentService.GetInstrumentVersion", Audience::kMembers, "name", names::kInstrumentVersion},
    {"candor.v1.InstrumentService.ListInstrumentVersions", Audience::kMembers, "parent", names::kInstrument},

    {"candor.v1.CampaignService.CreateCampaign", Audience::kAdministrator, "parent", names::kDistrict},
    {"candor.v1.CampaignService.UpdateCampaign", Audience::kAdministrator, "campaign.name", names::kCampaign},
    {"candor.v1.CampaignService.DeleteCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.GetCampaign", Audience::kSupervisors, "name", names::kCampaign},
    {"candor.v1.CampaignService.ListCampaigns", Audience::kSupervisors, "parent", names::kDistrict},
    {"candor.v1.CampaignService.PreviewCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.OpenCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.CloseCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.ExtendCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.ReleaseCampaign", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.CampaignService.CreateSurvey", Audience::kAdministrator, "parent", names::kCampaign},
    {"candor.v1.CampaignService.DeleteSurvey", Audience::kAdministrator, "name", names::kSurvey},
    {"candor.v1.CampaignService.GetSurvey", Audience::kSurveyParties, "name", names::kSurvey},
    {"candor.v1.CampaignService.ListSurveys", Audience::kMembers, "parent", names::kCampaign},
    {"candor.v1.CampaignService.BatchCreateRaters", Audience::kAdministrator, "parent", names::kSurvey},
    {"candor.v1.CampaignService.CreatePaperRaters", Audience::kAdministrator, "parent", names::kSurvey},
    {"candor.v1.CampaignService.UpdateRater", Audience::kAdministrator, "rater.name", names::kRater},
    {"candor.v1.CampaignService.DeleteRater", Audience::kAdministrator, "name", names::kRater},
    {"candor.v1.CampaignService.ListRaters", Audience::kAdministrator, "parent", names::kSurvey},
    {"candor.v1.CampaignService.ListCodes", Audience::kOutsideLeaderLine, "parent", names::kSurvey},
    {"candor.v1.CampaignService.ReissueCode", Audience::kOutsideLeaderLine, "name", names::kRater},
    {"candor.v1.CampaignService.GetIdentifiedRating", Audience::kRatingPerson, "name", names::kRating},
    {"candor.v1.CampaignService.PutIdentifiedRating", Audience::kRatingPerson, "rating.name", names::kRating},

    {"candor.v1.RetentionService.PurgePersonalData", Audience::kAdministrator, "parent", names::kDistrict},

    {"candor.v1.FollowUpService.AskQuestion", Audience::kSurveyLeader, "survey", names::kSurvey},
    {"candor.v1.FollowUpService.ListFollowUps", Audience::kReadersAndModerators, "parent", names::kSurvey},
    {"candor.v1.FollowUpService.DecideQuestion", Audience::kSurveyModerators, "survey", names::kSurvey},

    {"candor.v1.InvitationService.OpenInvitation", Audience::kEveryone, "", ""},
    {"candor.v1.InvitationService.IssueToken", Audience::kEveryone, "", ""},

    {"candor.v1.ResponseService.GetManifest", Audience::kEveryone, "", ""},
    {"candor.v1.ResponseService.SubmitResponse", Audience::kEveryone, "", ""},
    {"candor.v1.ResponseService.ProvideClosingKey", Audience::kEveryone, "", ""},
    {"candor.v1.ResponseService.GetLedger", Audience::kEveryone, "", ""},
    {"candor.v1.ResponseService.ListQuestions", Audience::kEveryone, "", ""},
    {"candor.v1.ResponseService.AnswerQuestion", Audience::kEveryone, "", ""},

    {"candor.v1.KeySessionService.StartKeySession", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.ListComments", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.DecideComment", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.WriteSummary", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.ListReplyKeys", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.ListAnswers", Audience::kKeyHolder, "", ""},
    {"candor.v1.ModerationService.DecideAnswer", Audience::kKeyHolder, "", ""},
    {"candor.v1.AuditorService.ListNotices", Audience::kKeyHolder, "", ""},
    {"candor.v1.AuditorService.DestroyNotices", Audience::kKeyHolder, "", ""},
    {"candor.v1.PlaneService.GetReceiptKey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.OpenSurvey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.ExtendSurvey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.StopAccepting", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.CloseSurvey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.PoolCampaign", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.Forget", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.AbandonSurvey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.CheckComments", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.ReleaseSurvey", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.PutQuestion", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.FinishFollowUps", Audience::kPlane, "", ""},
    {"candor.v1.PlaneService.GetLiveCounts", Audience::kPlane, "", ""},

    {"candor.v1.ScoringService.GetScores", Audience::kReportReaders, "name", names::kSurvey},

    {"candor.v1.ReportService.GetReport", Audience::kReportReaders, "name", names::kReport},
    {"candor.v1.ReportService.GetReportComments", Audience::kReportReaders, "name", names::kReport},
    {"candor.v1.ReportService.ListReports", Audience::kMembers, "parent", names::kCampaign},
    {"candor.v1.ReportService.ExportReports", Audience::kMembers, "parent", names::kCampaign},
    {"candor.v1.ReportService.CompareRounds", Audience::kReportReaders, "name", names::kSurvey},
    {"candor.v1.ReportService.GetDistrictSummary", Audience::kAdministrator, "name", names::kCampaign},
    {"candor.v1.ReportService.GetGrowthPlan", Audience::kPlanReaders, "name", names::kGrowthPlan},
    {"candor.v1.ReportService.UpdateGrowthPlan", Audience::kSurveyLeader, "growth_plan.name", names::kGrowthPlan},
};

// Whether `path` ("person.name") leads to a single text field of a message of `type`.
bool IsTextField(const google::protobuf::Descriptor* type, absl::string_view path) {
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = type->FindFieldByName(steps[i]);
    if (field == nullptr || field->is_repeated()) return false;
    if (i + 1 == steps.size()) return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
    type = field->message_type();
  }
  return false;
}

std::string TextAt(const google::protobuf::Message& request, absl::string_view path) {
  const google::protobuf::Message* message = &request;
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    message = &message->GetReflection()->GetMessage(*message, message->GetDescriptor()->FindFieldByName(steps[i]));
  }
  return message->GetReflection()->GetString(*message, message->GetDescriptor()->FindFieldByName(steps.back()));
}

// The ids in a name; of a list over all campaigns only the district.
absl::StatusOr<std::vector<std::string>> IdsOf(const AccessRow& row, absl::string_view name) {
  if (row.audience == Audience::kRatingPerson) CANDOR_RETURN_IF_ERROR(ParseRating(row.scope, name).status());
  if (absl::string_view(row.pattern) == names::kCampaign && absl::EndsWith(name, "/campaigns/-")) {
    CANDOR_ASSIGN_OR_RETURN(const CampaignName all, ParseCampaignOrAll(row.scope, name));
    return std::vector<std::string>{all.district.value()};
  }
  return ParseName(row.pattern, row.scope, name);
}

// Whether an administrator may do what `audience` may, whoever they are in the directory.
bool AdministratorsStandIn(Audience audience) {
  return audience == Audience::kSurveyParties || audience == Audience::kReportReaders ||
         audience == Audience::kReadersAndModerators;
}

bool Contains(const std::vector<domain::PersonId>& people, const domain::PersonId& person) {
  return std::find(people.begin(), people.end(), person) != people.end();
}

absl::Status NotAllowed() {
  return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                     "your key does not allow this; ask your district's administrator");
}

}  // namespace

absl::Span<const AccessRow> AccessRows() { return kRows; }

absl::StatusOr<std::vector<domain::PersonId>> StoredRelations::SupervisorsOf(const domain::DistrictId& district,
                                                                             const domain::PersonId& person) {
  std::vector<domain::PersonId> supervisors;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindPerson(district, person));
    if (row) supervisors = std::move(row->supervisors);
    return absl::OkStatus();
  }));
  return supervisors;
}

absl::StatusOr<std::vector<domain::PersonId>> StoredRelations::MembersOf(const domain::DistrictId& district,
                                                                         const domain::PersonId& team) {
  std::vector<domain::PersonId> members;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindPerson(district, team));
    if (row) members = std::move(row->team_members);
    return absl::OkStatus();
  }));
  return members;
}

absl::StatusOr<std::optional<SurveyParties>> StoredRelations::PartiesOf(const domain::DistrictId& district,
                                                                        const domain::SurveyId& survey) {
  std::optional<SurveyParties> parties;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindSurvey(district, survey));
    if (!row) return absl::OkStatus();
    parties.emplace();
    parties->campaign = row->campaign;
    CANDOR_ASSIGN_OR_RETURN(auto now, storage::LineInDirectory(transaction, district, row->leader));
    parties->leaders_now = now.Leaders();
    parties->supervisors = std::move(now.supervisors);
    parties->barred = std::move(now.barred);
    CANDOR_ASSIGN_OR_RETURN(auto line, storage::FindLeaderLine(transaction, district, survey));
    parties->leaders = line ? line->Leaders() : parties->leaders_now;
    if (line) {
      parties->supervisors_at_opening = std::move(line->supervisors);
      parties->barred.insert(parties->barred.end(), line->barred.begin(), line->barred.end());
    }
    CANDOR_ASSIGN_OR_RETURN(const auto document,
                            transaction.FindSurveyDocument(district, survey, storage::SurveyDocument::kContract));
    if (!document) return absl::OkStatus();
    CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*document));
    parties->supervisors_read =
        std::find(contract.readers.begin(), contract.readers.end(), domain::kSupervisor) != contract.readers.end();
    return absl::OkStatus();
  }));
  return parties;
}

absl::StatusOr<std::vector<domain::PersonId>> StoredRelations::ModeratorsOf(const domain::DistrictId& district,
                                                                            const domain::SurveyId& survey) {
  std::vector<domain::PersonId> moderators;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(moderators, storage::ModeratorsOf(transaction, district, survey));
    return absl::OkStatus();
  }));
  return moderators;
}

Access::Access(absl::Span<const AccessRow> rows, Relations* relations) : relations_(relations) {
  for (const AccessRow& row : rows) rows_.emplace(row.method, &row);
}

absl::Status Access::CheckComplete(absl::Span<const std::string> services) const {
  std::vector<std::string> faults;
  std::set<std::string> methods;
  for (const std::string& name : services) {
    const auto* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      faults.push_back(absl::StrCat("the service ", name, " is not known"));
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      methods.insert(method->full_name());
      const auto row = rows_.find(method->full_name());
      if (row == rows_.end()) {
        faults.push_back(absl::StrCat("the method ", method->full_name(), " has no row in the access table"));
      } else if (row->second->scope[0] != '\0' && !IsTextField(method->input_type(), row->second->scope)) {
        faults.push_back(absl::StrCat("the scope ", row->second->scope, " of ", method->full_name(),
                                      " is no text field of its request"));
      }
    }
  }
  for (const auto& [method, row] : rows_) {
    if (methods.count(method) == 0) faults.push_back(absl::StrCat("the access table's row ", method, " has no method"));
  }
  if (faults.empty()) return absl::OkStatus();
  std::sort(faults.begin(), faults.end());
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCONFIGURATION_INVALID,
                     absl::StrCat("refusing to start: ", absl::StrJoin(faults, "; ")));
}

bool Access::IsForEveryone(absl::string_view method) const {
  const auto row = rows_.find(method);
  return row != rows_.end() &&
         (row->second->audience == Audience::kEveryone || row->second->audience == Audience::kKeyHolder);
}

bool Access::IsForPlane(absl::string_view method) const {
  const auto row = rows_.find(method);
  return row != rows_.end() && row->second->audience == Audience::kPlane;
}

absl::Status Access::Check(absl::string_view method, const identity::Caller& caller,
                           const google::protobuf::Message& request) const {
  const auto row = rows_.find(method);
  if (row == rows_.end()) return NotAllowed();
  CANDOR_ASSIGN_OR_RETURN(const bool allowed, Allows(*row->second, caller, request));
  return allowed ? absl::OkStatus() : NotAllowed();
}

absl::StatusOr<bool> Access::Allows(const AccessRow& row, const identity::Caller& caller,
                                    const google::protobuf::Message& request) const {
  if (row.audience == Audience::kEveryone || row.audience == Audience::kKeyHolder) return true;
  if (row.audience == Audience::kPlane || relations_ == nullptr) return false;
  if (row.audience == Audience::kInstallation) return caller.installation_administrator;

  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> ids, IdsOf(row, TextAt(request, row.scope)));
  const bool own_district = !caller.district.empty() && caller.district.value() == ids[0];
  const bool administrator = caller.installation_administrator || (own_district && caller.roles.administrator);
  if (!own_district && !administrator) return false;
  switch (row.audience) {
    case Audience::kAdministrator: return administrator;
    case Audience::kSupervisors: return administrator || caller.roles.supervisor;
    case Audience::kAuditors: return administrator || caller.roles.auditor;
    case Audience::kMembers:
      return administrator || caller.roles.supervisor || caller.roles.leader || caller.roles.moderator ||
             caller.roles.auditor;
    case Audience::kThemselfAlone: return own_district && !caller.person.empty() && caller.person.value() == ids[1];
    case Audience::kThemself: return administrator || (!caller.person.empty() && caller.person.value() == ids[1]);
    case Audience::kPerson: {
      if (administrator || caller.person.value() == ids[1]) return true;
      if (caller.roles.leader) {
        CANDOR_ASSIGN_OR_RETURN(const auto members, relations_->MembersOf(caller.district, domain::PersonId(ids[1])));
        if (Contains(members, caller.person)) return true;
      }
      if (!caller.roles.supervisor) return false;
      CANDOR_ASSIGN_OR_RETURN(const auto supervisors,
                              relations_->SupervisorsOf(caller.district, domain::PersonId(ids[1])));
      return Contains(supervisors, caller.person);
    }
    default: return AllowsOnSurvey(row.audience, caller, administrator, ids);
  }
}

absl::StatusOr<bool> Access::Moderates(const identity::Caller& caller, const std::vector<std::string>& ids) const {
  if (caller.person.empty() || !caller.roles.moderator) return false;
  CANDOR_ASSIGN_OR_RETURN(const auto moderators,
                          relations_->ModeratorsOf(domain::DistrictId(ids[0]), domain::SurveyId(ids[2])));
  return Contains(moderators, caller.person);
}

absl::StatusOr<bool> Access::AllowsOnSurvey(Audience audience, const identity::Caller& caller, bool administrator,
                                            const std::vector<std::string>& ids) const {
  // The installation's administrator is nobody in the directory, so in no leader's line.
  if (administrator && AdministratorsStandIn(audience)) return true;
  if (audience == Audience::kOutsideLeaderLine && !administrator) return false;
  CANDOR_ASSIGN_OR_RETURN(const auto parties,
                          relations_->PartiesOf(domain::DistrictId(ids[0]), domain::SurveyId(ids[2])));
  const bool known = parties && parties->campaign.value() == ids[1];
  const bool is_leader = known && !caller.person.empty() && Contains(parties->leaders, caller.person);
  const bool leads_now = known && !caller.person.empty() && Contains(parties->leaders_now, caller.person);
  const bool is_supervisor = known && !caller.person.empty() && Contains(parties->supervisors, caller.person);
  const bool was_supervisor = known && !caller.person.empty() && Contains(parties->supervisors_at_opening, caller.person);
  const bool is_barred = known && !caller.person.empty() && Contains(parties->barred, caller.person);
  const bool acts_as_leader = is_leader && caller.roles.leader;
  const bool acts_as_supervisor = is_supervisor && caller.roles.supervisor;
  const bool acts_as_reader =
      acts_as_leader || (was_supervisor && caller.roles.supervisor && parties->supervisors_read);
  switch (audience) {
    // Being in the line counts here whether or not the person still has the role that goes with it.
    case Audience::kOutsideLeaderLine: return !is_leader && !leads_now && !is_supervisor && !was_supervisor && !is_barred;
    case Audience::kRatingPerson: return ids[3] == domain::kSelf ? acts_as_leader : acts_as_supervisor;
    case Audience::kSurveyParties: return acts_as_leader || acts_as_supervisor;
    case Audience::kSurveyLeader: return acts_as_leader;
    case Audience::kSurveyModerators:
      return known ? Moderates(caller, ids) : false;
    case Audience::kReadersAndModerators:
      if (acts_as_reader) return true;
      return known ? Moderates(caller, ids) : false;
    case Audience::kPlanReaders:
    case Audience::kReportReaders: return acts_as_reader;
    default: return false;
  }
}

}  // namespace candor::rpc
