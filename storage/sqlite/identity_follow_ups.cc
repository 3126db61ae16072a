// Questions back to comments.

#include <string>
#include <vector>

#include "storage/sqlite/identity_rows.h"
#include "storage/sqlite/identity_transaction.h"

namespace candor::storage::sqlite {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::SurveyId;

absl::StatusOr<QuestionRow> ReadQuestion(Statement& row) {
  QuestionRow question;
  question.district = DistrictId(row.Text(0));
  question.survey = SurveyId(row.Text(1));
  question.comment = row.Text(2);
  question.question = row.Text(3);
  question.state = static_cast<QuestionState>(row.Int(4));
  if (row.Int(5) < 0 || row.Int(5) > domain::kLastModerationReason) {
    return errors::StoreCorrupt("why a question was rejected is unknown");
  }
  question.reason = static_cast<domain::ModerationReason>(row.Int(5));
  if (!row.IsNull(6)) question.sealed_question = row.Blob(6);
  return question;
}
#define QUESTION_COLUMNS "district, survey, comment, question, state, reason, sealed_question"

void BindQuestion(Statement& statement, const QuestionRow& row) {
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindText(3, row.comment)
      .BindInt(4, static_cast<int64_t>(row.state))
      .BindInt(5, static_cast<int64_t>(row.reason));
  if (row.sealed_question.empty()) {
    statement.BindNull(6);
  } else {
    statement.BindBlob(6, row.sealed_question);
  }
}

}  // namespace

absl::StatusOr<std::optional<QuestionRow>> IdentityTransaction::FindQuestion(const DistrictId& district,
                                                                             const SurveyId& survey,
                                                                             absl::string_view comment) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " QUESTION_COLUMNS " FROM question WHERE district=?1 AND survey=?2 "
                                            "AND comment=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindText(3, comment);
  return ReadOne(statement, ReadQuestion);
}

absl::StatusOr<std::vector<QuestionRow>> IdentityTransaction::ListQuestions(const DistrictId& district,
                                                                            const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " QUESTION_COLUMNS " FROM question WHERE district=?1 AND survey=?2 "
                                            "ORDER BY comment"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadAll(statement, ReadQuestion);
}

absl::Status IdentityTransaction::InsertQuestion(const QuestionRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO question(district, survey, comment, state, reason, sealed_question, question) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  BindQuestion(statement, row);
  statement.BindText(7, row.question);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateQuestion(const QuestionRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement statement,
        database_.Prepare("UPDATE question SET state=?4, reason=?5, sealed_question=?6 WHERE district=?1 AND survey=?2 "
                          "AND comment=?3 AND (state=1 AND ?4 IN (2, 3) OR state=3 AND ?4=4 AND reason=?5)"));
    BindQuestion(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto stored, FindQuestion(row.district, row.survey, row.comment));
  return stored.has_value() ? errors::WrongState("what was decided about a question stays")
                            : errors::NotFound("question to the comment", row.comment);
}

}  // namespace candor::storage::sqlite
