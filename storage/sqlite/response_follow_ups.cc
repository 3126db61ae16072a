// Questions back to released comments, and their answers until these are handed over.

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_rows.h"
#include "storage/sqlite/response_store.h"
#include "storage/sqlite/still_times.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;
using domain::SurveyId;
namespace {

constexpr char kQuestionOf[] = "SELECT 1 FROM question WHERE survey = ? AND comment = ?";

// FAILED_PRECONDITION, WRONG_STATE: there are no questions in this survey, or not any more.
absl::Status RequireFollowUps(Database& database, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(StateIn(database, survey).status());
  CANDOR_ASSIGN_OR_RETURN(Statement select, database.Prepare("SELECT 1 FROM follow_up WHERE survey = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  return found ? absl::OkStatus() : errors::WrongState("no questions can be put back to comments of this survey (any more)");
}

absl::Status RequireQuestion(Database& database, const SurveyId& survey, const std::string& comment) {
  CANDOR_RETURN_IF_ERROR(RequireFollowUps(database, survey));
  CANDOR_ASSIGN_OR_RETURN(const bool known, Exists(database, kQuestionOf, survey, comment));
  return known ? absl::OkStatus() : errors::NotFound("question", "to the comment of this id");
}

// Overwrites the bytes of a row where they stand: by its contract this changes no length, so no row ever moves.
absl::Status Overwrite(Database& database, const char* column, int64_t row, absl::string_view sealed) {
  sqlite3_blob* blob = nullptr;
  const absl::Cleanup close = [&blob] { sqlite3_blob_close(blob); };
  CANDOR_RETURN_IF_ERROR(
      StatusOf(sqlite3_blob_open(database.handle(), "main", "answer", column, row, 1, &blob), database.handle()));
  if (static_cast<size_t>(sqlite3_blob_bytes(blob)) != sealed.size()) {
    return absl::InvalidArgumentError("an answer or decision of another length than the others of the survey");
  }
  return StatusOf(sqlite3_blob_write(blob, sealed.data(), static_cast<int>(sealed.size()), 0), database.handle());
}

}  // namespace

absl::Status SqliteResponseStore::StartFollowUps(const SurveyId& survey, const FollowUpStart& start) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement insert,
                            database_->Prepare("INSERT INTO follow_up(survey, release_time) VALUES (?, ?)"));
    CANDOR_RETURN_IF_ERROR(
        insert.BindText(1, survey.value()).BindInt(2, absl::ToUnixSeconds(start.release_time)).Run());
  }
  for (const std::string& comment : start.comments) {
    CANDOR_ASSIGN_OR_RETURN(
        Statement insert,
        database_->Prepare("INSERT INTO reply_key(survey, comment, public_key) "
                           "SELECT survey, id, reply_key FROM comment WHERE survey = ? AND id = ? AND reply_key NOT NULL"));
    CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value()).BindText(2, comment).Run());
    if (database_->changes() != 1) return errors::NotFound("comment", "of this id");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StoredFollowUps>> SqliteResponseStore::FindFollowUps(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  CANDOR_RETURN_IF_ERROR(StateIn(*reader_, survey).status());
  StoredFollowUps stored;
  {
    CANDOR_ASSIGN_OR_RETURN(Statement select, reader_->Prepare("SELECT release_time FROM follow_up WHERE survey = ?"));
    CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
    if (!found) return std::optional<StoredFollowUps>();
    stored.release_time = absl::FromUnixSeconds(select.Int(0));
  }
  {
    CANDOR_ASSIGN_OR_RETURN(Statement select,
                            reader_->Prepare("SELECT comment, public_key FROM reply_key WHERE survey = ?"));
    select.BindText(1, survey.value());
    CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) { stored.reply_keys[row.Text(0)] = row.Blob(1); }));
  }
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT q.comment, q.sealed, a.sealed, a.decision FROM question q "
                       "JOIN answer a ON a.survey = q.survey AND a.comment = q.comment "
                       "WHERE q.survey = ? ORDER BY q.comment"));
  select.BindText(1, survey.value());
  CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) {
    StoredQuestion& question = stored.questions.emplace_back();
    question.comment = row.Text(0);
    question.sealed_question = row.Blob(1);
    question.sealed_answer = row.Blob(2);
    question.sealed_decision = row.Blob(3);
  }));
  return std::optional<StoredFollowUps>(std::move(stored));
}

absl::Status SqliteResponseStore::PutQuestion(const SurveyId& survey, const std::string& comment,
                                              absl::string_view sealed_question, absl::string_view sealed_none,
                                              absl::string_view undecided) {
  absl::MutexLock lock(&mutex_);
  CANDOR_RETURN_IF_ERROR(database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireFollowUps(*database_, survey));
    CANDOR_ASSIGN_OR_RETURN(
        const bool known,
        Exists(*database_, "SELECT 1 FROM reply_key WHERE survey = ? AND comment = ?", survey, comment));
    if (!known) return errors::NotFound("comment", "of this id");
    CANDOR_ASSIGN_OR_RETURN(const bool asked, Exists(*database_, kQuestionOf, survey, comment));
    if (asked) return errors::Exists("question to the comment", comment);
    {
      CANDOR_ASSIGN_OR_RETURN(Statement insert,
                              database_->Prepare("INSERT INTO question(survey, comment, sealed) VALUES (?, ?, ?)"));
      CANDOR_RETURN_IF_ERROR(
          insert.BindText(1, survey.value()).BindText(2, comment).BindBlob(3, sealed_question).Run());
    }
    CANDOR_ASSIGN_OR_RETURN(
        Statement insert,
        database_->Prepare("INSERT INTO answer(survey, comment, sealed, decision) VALUES (?, ?, ?, ?)"));
    return insert.BindText(1, survey.value())
        .BindText(2, comment)
        .BindBlob(3, sealed_none)
        .BindBlob(4, undecided)
        .Run();
  }));
  TryEmptyLog();
  return absl::OkStatus();
}

// By a page's two versions the log would tell that somebody has answered; and by being empty, if questions did not empty it too.
// What was written is durable either way.
void SqliteResponseStore::TryEmptyLog() { (void)EmptyLog(); }

absl::Status SqliteResponseStore::PutAnswer(const SurveyId& survey, const std::string& comment,
                                            absl::string_view sealed_answer) {
  return OverwriteInAnswer(survey, comment, "sealed", sealed_answer);
}

absl::Status SqliteResponseStore::DecideAnswer(const SurveyId& survey, const std::string& comment,
                                               absl::string_view sealed_decision) {
  return OverwriteInAnswer(survey, comment, "decision", sealed_decision);
}

absl::Status SqliteResponseStore::OverwriteInAnswer(const SurveyId& survey, const std::string& comment,
                                                    const char* column, absl::string_view sealed) {
  absl::MutexLock lock(&mutex_);
  const KeptTimes kept(path_);
  const absl::Cleanup set_back = [&kept] { kept.SetBack(); };
  CANDOR_RETURN_IF_ERROR(database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireQuestion(*database_, survey, comment));
    int64_t row = 0;
    {
      CANDOR_ASSIGN_OR_RETURN(Statement select,
                              database_->Prepare("SELECT id FROM answer WHERE survey = ? AND comment = ?"));
      CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).BindText(2, comment).Step());
      if (!found) return errors::StoreCorrupt("a question without the row of its answer");
      row = select.Int(0);
    }
    return Overwrite(*database_, column, row, sealed);
  }));
  TryEmptyLog();
  return absl::OkStatus();
}

absl::Status SqliteResponseStore::FinishFollowUps(const SurveyId& survey, absl::string_view answers) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireFollowUps(*database_, survey));
    for (const char* statement :
         {"DELETE FROM answer WHERE survey = ?",
          "DELETE FROM question WHERE survey = ?", "DELETE FROM reply_key WHERE survey = ?",
          "DELETE FROM follow_up WHERE survey = ?"}) {
      CANDOR_ASSIGN_OR_RETURN(Statement remove, database_->Prepare(statement));
      CANDOR_RETURN_IF_ERROR(remove.BindText(1, survey.value()).Run());
    }
    CANDOR_ASSIGN_OR_RETURN(Statement insert,
                            database_->Prepare("INSERT INTO handed_over(survey, document) VALUES (?, ?)"));
    CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value()).BindBlob(2, answers).Run());
    return OweRebuild();
  });
}

absl::StatusOr<std::optional<std::string>> SqliteResponseStore::FindFollowUpAnswers(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT h.document FROM survey s LEFT JOIN handed_over h ON h.survey = s.id WHERE s.id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  return select.IsNull(0) ? std::optional<std::string>() : std::optional<std::string>(select.Blob(0));
}

}  // namespace candor::storage::sqlite
