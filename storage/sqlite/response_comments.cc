// Comments between closing and release, and the notices that stand beside them.

#include <string>
#include <utility>

#include "absl/types/span.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_rows.h"
#include "storage/sqlite/response_store.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;
using domain::SurveyId;
namespace {

constexpr const char* kDeleteComments[] = {
    "DELETE FROM decision WHERE survey = ?", "DELETE FROM comment WHERE survey = ?",
    "DELETE FROM comment_place WHERE survey = ?", "DELETE FROM comment_key WHERE survey = ?",
    "DELETE FROM summary WHERE survey = ?"};
// What was released goes before what was handed over, which stays as long as that does.
constexpr const char* kDeleteOtherWords[] = {
    "DELETE FROM notice WHERE survey = ?",    "DELETE FROM released WHERE survey = ?",
    "DELETE FROM answer WHERE survey = ?",    "DELETE FROM question WHERE survey = ?",
    "DELETE FROM reply_key WHERE survey = ?", "DELETE FROM follow_up WHERE survey = ?",
    "DELETE FROM handed_over WHERE survey = ?"};

absl::Status RunEach(Database& database, const SurveyId& survey, absl::Span<const char* const> statements) {
  for (const char* statement : statements) {
    CANDOR_ASSIGN_OR_RETURN(Statement remove, database.Prepare(statement));
    CANDOR_RETURN_IF_ERROR(remove.BindText(1, survey.value()).Run());
  }
  return absl::OkStatus();
}

// FAILED_PRECONDITION, WRONG_STATE: not closed, or released.
absl::Status RequireModeration(Database& database, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(RequireState(database, survey, {SurveyState::kClosed}).status());
  CANDOR_ASSIGN_OR_RETURN(Statement select, database.Prepare("SELECT 1 FROM released WHERE survey = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool released, select.BindText(1, survey.value()).Step());
  return released ? errors::WrongState("the survey's comments are released; nothing of them changes any more")
                  : absl::OkStatus();
}

}  // namespace

absl::Status SqliteResponseStore::PutComments(const SurveyId& survey, const StoredClosing& closing) {
  for (size_t moderator = 0; moderator < closing.comment_keys.size(); ++moderator) {
    CANDOR_ASSIGN_OR_RETURN(
        Statement insert, database_->Prepare("INSERT INTO comment_key(survey, moderator, sealed) VALUES (?, ?, ?)"));
    CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value())
                               .BindInt(2, static_cast<int64_t>(moderator))
                               .BindBlob(3, closing.comment_keys[moderator])
                               .Run());
  }
  for (size_t place = 0; place < closing.places.size(); ++place) {
    CANDOR_ASSIGN_OR_RETURN(
        Statement insert,
        database_->Prepare("INSERT INTO comment_place(survey, place, block, prompt, texts) VALUES (?, ?, ?, ?, ?)"));
    CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value())
                               .BindInt(2, static_cast<int64_t>(place))
                               .BindText(3, closing.places[place].block)
                               .BindInt(4, closing.places[place].prompt)
                               .BindInt(5, closing.places[place].texts ? 1 : 0)
                               .Run());
  }
  for (const ClosedComment& comment : closing.comments) {
    CANDOR_ASSIGN_OR_RETURN(Statement insert,
                            database_->Prepare("INSERT INTO comment(survey, id, place, sealed, reply_key) VALUES (?, ?, ?, ?, ?)"));
    CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value())
                               .BindText(2, base::RandomId())
                               .BindInt(3, comment.place)
                               .BindBlob(4, comment.sealed)
                               .BindOptionalBlob(5, comment.reply_key.empty() ? std::nullopt
                                                                               : std::optional<std::string>(comment.reply_key))
                               .Run());
  }
  for (const std::string& sealed : closing.notices) {
    CANDOR_ASSIGN_OR_RETURN(Statement insert,
                            database_->Prepare("INSERT INTO notice(survey, id, sealed) VALUES (?, ?, ?)"));
    CANDOR_RETURN_IF_ERROR(
        insert.BindText(1, survey.value()).BindText(2, base::RandomId()).BindBlob(3, sealed).Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredComments> SqliteResponseStore::GetComments(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  CANDOR_RETURN_IF_ERROR(StateIn(*reader_, survey).status());
  StoredComments stored;
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement select, reader_->Prepare("SELECT sealed FROM comment_key WHERE survey = ? ORDER BY moderator"));
    select.BindText(1, survey.value());
    CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) { stored.sealed_keys.push_back(row.Blob(0)); }));
  }
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement select,
        reader_->Prepare("SELECT block, prompt, texts FROM comment_place WHERE survey = ? ORDER BY place"));
    select.BindText(1, survey.value());
    CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) {
      stored.places.push_back({row.Text(0), static_cast<int>(row.Int(1)), row.Int(2) != 0});
    }));
  }
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement select, reader_->Prepare("SELECT block, moderator, sealed FROM summary WHERE survey = ? ORDER BY block"));
    select.BindText(1, survey.value());
    CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) {
      stored.summaries.push_back({row.Text(0), static_cast<int>(row.Int(1)), row.Blob(2)});
    }));
  }
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT c.id, c.place, c.sealed, d.kind, d.reason, d.moderator, d.sealed FROM comment c "
                       "LEFT JOIN decision d ON d.survey = c.survey AND d.comment = c.id WHERE c.survey = ? ORDER BY c.id"));
  select.BindText(1, survey.value());
  bool known = true;
  CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) {
    StoredComment& comment = stored.comments.emplace_back();
    comment.id = row.Text(0);
    comment.place = static_cast<int>(row.Int(1));
    comment.sealed = row.Blob(2);
    known = known && row.Int(1) >= 0 && static_cast<size_t>(row.Int(1)) < stored.places.size();
    if (row.IsNull(3)) return;
    known = known && row.Int(4) >= 0 && row.Int(4) <= domain::kLastModerationReason;
    comment.decision = StoredDecision{static_cast<DecisionKind>(row.Int(3)),
                                      known ? static_cast<domain::ModerationReason>(row.Int(4))
                                            : domain::ModerationReason::kNone,
                                      static_cast<int>(row.Int(5)), row.Blob(6)};
  }));
  if (!known) return errors::StoreCorrupt("a comment of no place, or a decision for no reason");
  return stored;
}

absl::Status SqliteResponseStore::PutDecision(const SurveyId& survey, const std::string& comment,
                                              const StoredDecision& decision) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireModeration(*database_, survey));
    CANDOR_ASSIGN_OR_RETURN(
        const bool known, Exists(*database_, "SELECT 1 FROM comment WHERE survey = ? AND id = ?", survey, comment));
    if (!known) return errors::NotFound("comment", "of this id");
    CANDOR_ASSIGN_OR_RETURN(Statement put,
                            database_->Prepare("INSERT OR REPLACE INTO decision(survey, comment, kind, reason, moderator, "
                                               "sealed) VALUES (?, ?, ?, ?, ?, ?)"));
    return put.BindText(1, survey.value())
        .BindText(2, comment)
        .BindInt(3, static_cast<int64_t>(decision.kind))
        .BindInt(4, static_cast<int64_t>(decision.reason))
        .BindInt(5, decision.moderator)
        .BindBlob(6, decision.sealed)
        .Run();
  });
}

absl::Status SqliteResponseStore::PutSummary(const SurveyId& survey, const StoredSummary& summary) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireModeration(*database_, survey));
    CANDOR_ASSIGN_OR_RETURN(const bool known,
                            Exists(*database_,
                                   "SELECT 1 FROM comment c JOIN comment_place p ON p.survey = c.survey AND "
                                   "p.place = c.place WHERE c.survey = ? AND p.block = ?",
                                   survey, summary.block));
    if (!known) return errors::NotFound("block", summary.block);
    if (summary.sealed.empty()) {
      CANDOR_ASSIGN_OR_RETURN(Statement remove,
                              database_->Prepare("DELETE FROM summary WHERE survey = ? AND block = ?"));
      return remove.BindText(1, survey.value()).BindText(2, summary.block).Run();
    }
    CANDOR_ASSIGN_OR_RETURN(
        Statement put,
        database_->Prepare("INSERT OR REPLACE INTO summary(survey, block, moderator, sealed) VALUES (?, ?, ?, ?)"));
    return put.BindText(1, survey.value())
        .BindText(2, summary.block)
        .BindInt(3, summary.moderator)
        .BindBlob(4, summary.sealed)
        .Run();
  });
}

absl::Status SqliteResponseStore::ReleaseComments(const SurveyId& survey, absl::string_view released,
                                                  const std::optional<FollowUpStart>& follow_ups) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireModeration(*database_, survey));
    {
      CANDOR_ASSIGN_OR_RETURN(Statement insert,
                              database_->Prepare("INSERT INTO released(survey, document) VALUES (?, ?)"));
      CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value()).BindBlob(2, released).Run());
    }
    if (follow_ups.has_value()) CANDOR_RETURN_IF_ERROR(StartFollowUps(survey, *follow_ups));
    CANDOR_RETURN_IF_ERROR(RunEach(*database_, survey, kDeleteComments));
    return OweRebuild();
  });
}

absl::StatusOr<std::optional<std::string>> SqliteResponseStore::FindReleased(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT r.document FROM survey s LEFT JOIN released r ON r.survey = s.id WHERE s.id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  return select.IsNull(0) ? std::optional<std::string>() : std::optional<std::string>(select.Blob(0));
}

absl::StatusOr<std::vector<std::string>> SqliteResponseStore::GetNotices(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  CANDOR_RETURN_IF_ERROR(StateIn(*reader_, survey).status());
  CANDOR_ASSIGN_OR_RETURN(Statement select, reader_->Prepare("SELECT sealed FROM notice WHERE survey = ? ORDER BY id"));
  select.BindText(1, survey.value());
  std::vector<std::string> notices;
  CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) { notices.push_back(row.Blob(0)); }));
  return notices;
}

absl::StatusOr<std::vector<SurveyId>> SqliteResponseStore::SurveysWithWords() {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  CANDOR_ASSIGN_OR_RETURN(Statement select, reader_->Prepare("SELECT survey FROM notice UNION SELECT survey FROM comment_key UNION "
                                           "SELECT survey FROM released ORDER BY survey"));
  std::vector<SurveyId> surveys;
  CANDOR_RETURN_IF_ERROR(ForEachRow(select, [&](Statement& row) { surveys.emplace_back(row.Text(0)); }));
  return surveys;
}

absl::Status SqliteResponseStore::DestroyNotices(const SurveyId& survey) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_ASSIGN_OR_RETURN(Statement remove, database_->Prepare("DELETE FROM notice WHERE survey = ?"));
    CANDOR_RETURN_IF_ERROR(remove.BindText(1, survey.value()).Run());
    return OweRebuild();
  });
}

absl::StatusOr<bool> SqliteResponseStore::DestroyWords(const SurveyId& survey) {
  absl::MutexLock lock(&mutex_);
  bool any = false;
  CANDOR_RETURN_IF_ERROR(database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    {
      CANDOR_ASSIGN_OR_RETURN(Statement select,
                              database_->Prepare("SELECT 1 FROM notice WHERE survey = ?1 UNION SELECT 1 FROM comment_key "
                                                 "WHERE survey = ?1 UNION SELECT 1 FROM released WHERE survey = ?1"));
      CANDOR_ASSIGN_OR_RETURN(any, select.BindText(1, survey.value()).Step());
    }
    CANDOR_RETURN_IF_ERROR(RunEach(*database_, survey, kDeleteComments));
    CANDOR_RETURN_IF_ERROR(RunEach(*database_, survey, kDeleteOtherWords));
    return any ? OweRebuild() : absl::OkStatus();
  }));
  return any;
}

}  // namespace candor::storage::sqlite
