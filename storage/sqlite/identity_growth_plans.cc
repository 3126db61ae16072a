// Plans beside reports.

#include "storage/sqlite/identity_rows.h"
#include "storage/sqlite/identity_transaction.h"

namespace candor::storage::sqlite {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::SurveyId;

#define GROWTH_PLAN_COLUMNS "district, survey, document, revision"

absl::StatusOr<GrowthPlanRow> ReadGrowthPlan(Statement& row) {
  return GrowthPlanRow{DistrictId(row.Text(0)), SurveyId(row.Text(1)), row.Blob(2), row.Int(3)};
}

void BindGrowthPlan(Statement& statement, const GrowthPlanRow& row) {
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindBlob(3, row.document)
      .BindInt(4, row.revision);
}

}  // namespace

absl::StatusOr<std::optional<GrowthPlanRow>> IdentityTransaction::FindGrowthPlan(const DistrictId& district,
                                                                                 const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " GROWTH_PLAN_COLUMNS " FROM growth_plan WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadOne(statement, ReadGrowthPlan);
}

absl::Status IdentityTransaction::InsertGrowthPlan(const GrowthPlanRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO growth_plan(" GROWTH_PLAN_COLUMNS ") VALUES(?1, ?2, ?3, ?4)"));
  BindGrowthPlan(statement, row);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateGrowthPlan(const GrowthPlanRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE growth_plan SET document=?3, revision=revision+1 WHERE "
                                              "district=?1 AND survey=?2 AND revision=?4"));
    BindGrowthPlan(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto stored, FindGrowthPlan(row.district, row.survey));
  return stored.has_value() ? errors::EtagMismatch("growth plan of survey", row.survey.value())
                            : errors::NotFound("growth plan of survey", row.survey.value());
}

absl::Status IdentityTransaction::DeleteGrowthPlan(const DistrictId& district, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM growth_plan WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return statement.Run();
}

}  // namespace candor::storage::sqlite
