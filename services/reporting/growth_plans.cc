#include "services/reporting/growth_plans.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/reporting/build_report.h"
#include "storage/leader_line.h"

namespace candor::reporting {
namespace {

namespace errors = domain::errors;
using domain::GrowthPlan;
using storage::ReadTransaction;
using storage::WriteTransaction;

absl::Status Refused(absl::string_view message) {
  return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED, message);
}

absl::StatusOr<StoredGrowthPlan> FindStored(ReadTransaction& transaction, const domain::DistrictId& district,
                                            const domain::SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindGrowthPlan(district, survey));
  if (!row.has_value()) return StoredGrowthPlan{};
  CANDOR_ASSIGN_OR_RETURN(GrowthPlan plan, domain::DecodeGrowthPlan(row->document));
  return StoredGrowthPlan{std::move(plan), row->revision};
}

absl::StatusOr<storage::SurveyRow> GetSurvey(ReadTransaction& transaction, const domain::DistrictId& district,
                                             const domain::SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<storage::SurveyRow> row, transaction.FindSurvey(district, survey));
  if (!row.has_value()) return errors::NotFound("survey", survey.value());
  return *std::move(row);
}

// Whether `person` is the leader, or was a member of the team at opening.
absl::StatusOr<bool> Leads(ReadTransaction& transaction, const storage::SurveyRow& survey, const domain::PersonId& person) {
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, survey));
  return line.IsLeader(person);
}

absl::StatusOr<bool> MayRead(ReadTransaction& transaction, const GrowthPlan& plan, const storage::SurveyRow& survey,
                             const domain::PersonId& person) {
  if (plan.shared_with_supervisor) return true;
  return Leads(transaction, survey, person);
}

// The leader, who must still be in the directory: else their words would stay when they themself have gone.
absl::Status CheckWriter(ReadTransaction& transaction, const storage::SurveyRow& survey, const Reader& reader) {
  CANDOR_ASSIGN_OR_RETURN(const bool leads, Leads(transaction, survey, reader.person));
  if (!leads) return Refused("a growth plan is written by the leader alone, that of a team by its members");
  CANDOR_ASSIGN_OR_RETURN(const auto leader, transaction.FindPerson(survey.district, survey.leader));
  return leader.has_value() ? absl::OkStatus() : Refused("this leader is no longer in the directory");
}

absl::Status CheckUnits(ReadTransaction& transaction, const storage::SurveyRow& survey, const GrowthPlan& plan) {
  if (plan.goals.empty()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto bytes, transaction.FindSurveyDocument(survey.district, survey.id,
                                                                           storage::SurveyDocument::kReport));
  if (!bytes.has_value()) return errors::StoreCorrupt("a released survey lacks its report");
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::Report report, ParseReport(*bytes));
  std::vector<std::string> competencies;
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_COMPETENCY) competencies.push_back(unit.code());
  }
  for (size_t i = 0; i < plan.goals.size(); ++i) {
    if (std::find(competencies.begin(), competencies.end(), plan.goals[i].unit) != competencies.end()) continue;
    return errors::InvalidField(absl::StrCat("goals[", i, "].unit"),
                                absl::StrCat("the report has no competency ", plan.goals[i].unit, "; it has ",
                                             absl::StrJoin(competencies, ", ")));
  }
  return absl::OkStatus();
}

// Where a new plan's revisions begin: by chance, so that what was read of a plan that is deleted fits no later one.
int64_t FirstRevision() {
  int64_t revision = 1;
  for (const char byte : base::RandomBytes(5)) revision = (revision << 8) | static_cast<uint8_t>(byte);
  return revision;
}

absl::Status Replace(WriteTransaction& transaction, const storage::SurveyRow& survey, const GrowthPlan& plan,
                     int64_t revision) {
  if (plan.goals.empty()) return transaction.DeleteGrowthPlan(survey.district, survey.id);
  const storage::GrowthPlanRow row{survey.district, survey.id, domain::EncodeGrowthPlan(plan), revision};
  if (revision != 0) return transaction.UpdateGrowthPlan(row);
  return transaction.InsertGrowthPlan({row.district, row.survey, row.document, FirstRevision()});
}

}  // namespace

Reader AsPerson(Reader reader) {
  reader.administrator = false;
  return reader;
}

absl::StatusOr<StoredGrowthPlan> GrowthPlans::Get(const domain::DistrictId& district,
                                                  const domain::CampaignId& campaign, const domain::SurveyId& survey,
                                                  const Reader& reader) {
  StoredGrowthPlan stored;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(reports_.CheckReader(district, campaign, survey, AsPerson(reader)));
    CANDOR_ASSIGN_OR_RETURN(const storage::SurveyRow row, GetSurvey(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(stored, FindStored(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const bool may_read, MayRead(transaction, stored.plan, row, reader.person));
    if (may_read) return absl::OkStatus();
    return Refused("the growth plan is the leader's, who shows it to you or not; ask the leader");
  }));
  return stored;
}

absl::StatusOr<StoredGrowthPlan> GrowthPlans::Put(const domain::DistrictId& district,
                                                  const domain::CampaignId& campaign, const domain::SurveyId& survey,
                                                  const Reader& reader, const GrowthPlan& plan, int64_t revision,
                                                  const Note& note) {
  CANDOR_RETURN_IF_ERROR(domain::CheckGrowthPlan(plan));
  const GrowthPlan wanted = plan.goals.empty() ? GrowthPlan() : plan;
  StoredGrowthPlan result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(reports_.CheckReader(district, campaign, survey, AsPerson(reader)));
    CANDOR_ASSIGN_OR_RETURN(const storage::SurveyRow row, GetSurvey(transaction, district, survey));
    CANDOR_RETURN_IF_ERROR(CheckWriter(transaction, row, reader));
    CANDOR_RETURN_IF_ERROR(CheckUnits(transaction, row, wanted));
    CANDOR_ASSIGN_OR_RETURN(result, FindStored(transaction, district, survey));
    if (result.plan == wanted) return absl::OkStatus();
    if (result.revision != revision) return errors::EtagMismatch("growth plan of survey", survey.value());
    CANDOR_RETURN_IF_ERROR(Replace(transaction, row, wanted, revision));
    CANDOR_ASSIGN_OR_RETURN(result, FindStored(transaction, district, survey));
    return note(transaction);
  }));
  return result;
}

absl::StatusOr<std::optional<GrowthPlan>> FindReadablePlan(ReadTransaction& transaction,
                                                           const storage::SurveyRow& survey,
                                                           const domain::PersonId& person) {
  CANDOR_ASSIGN_OR_RETURN(StoredGrowthPlan stored, FindStored(transaction, survey.district, survey.id));
  if (stored.revision == 0) return std::optional<GrowthPlan>();
  CANDOR_ASSIGN_OR_RETURN(const bool may_read, MayRead(transaction, stored.plan, survey, person));
  if (!may_read) return std::optional<GrowthPlan>();
  return std::optional<GrowthPlan>(std::move(stored.plan));
}

v1::GrowthPlan ToProto(const GrowthPlan& plan) {
  v1::GrowthPlan proto;
  for (const domain::GrowthGoal& goal : plan.goals) {
    v1::GrowthGoal& out = *proto.add_goals();
    out.set_unit(goal.unit);
    out.set_goal(goal.goal);
    for (const domain::GrowthAction& action : goal.actions) {
      v1::GrowthAction& step = *out.add_actions();
      step.set_text(action.text);
      step.set_done(action.done);
    }
    out.set_evidence(goal.evidence);
    out.set_review_date(goal.review_date);
    out.set_outcome(goal.outcome);
  }
  proto.set_shared_with_supervisor(plan.shared_with_supervisor);
  return proto;
}

}  // namespace candor::reporting
