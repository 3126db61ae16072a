#include "storage/sqlite/response_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "storage/sqlite/open_survey_store.h"
#include "storage/sqlite/response_rows.h"
#include "storage/sqlite/response_schema.h"
#include "storage/sqlite/still_times.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;
using domain::SurveyId;
namespace {

// Every file that SQLite may have made for a database.
constexpr const char* kSuffixes[] = {"", "-wal", "-shm", "-journal"};

// The pool's surveys and figures. The caller sees to it that both statements see one state of the database.
absl::StatusOr<StoredPool> PoolIn(Database& database, absl::string_view public_key) {
  StoredPool pool;
  {
    CANDOR_ASSIGN_OR_RETURN(Statement select,
                            database.Prepare("SELECT id, state FROM survey WHERE pool = ? ORDER BY id"));
    select.BindBlob(1, public_key);
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
      if (!more) break;
      CANDOR_ASSIGN_OR_RETURN(const SurveyState state, StateOf(select.Int(1)));
      pool.surveys.push_back({SurveyId(select.Text(0)), state});
    }
  }
  if (pool.surveys.empty()) return errors::SurveyUnknown();
  CANDOR_ASSIGN_OR_RETURN(Statement select, database.Prepare("SELECT figures FROM pool WHERE public_key = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindBlob(1, public_key).Step());
  if (found) pool.figures = select.Blob(0);
  return pool;
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return errors::StoreBusy(absl::StrCat("cannot remove ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteResponseStore>> SqliteResponseStore::Open(const std::string& data_folder) {
  const std::string open_folder = absl::StrCat(data_folder, "/open");
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(data_folder, 0700));
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(open_folder, 0700));
  // Spent tokens are kept in memory, so two processes on one folder would accept a token twice.
  const std::string lock_path = absl::StrCat(data_folder, "/responses.lock");
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return errors::StoreBusy(absl::StrCat("cannot open ", lock_path, ": ", std::strerror(errno)));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return errors::StoreBusy(absl::StrCat(data_folder, " is in use by another process"));
  }
  const std::string path = absl::StrCat(data_folder, "/responses.db");
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path);
  absl::Status status = database.status();
  if (status.ok()) status = Migrate(**database, ResponseMigrations(), kResponseApplicationId);
  std::unique_ptr<Database> reader;
  if (status.ok()) {
    OpenOptions options;
    options.read_only = true;
    auto opened = Database::Open(path, options);
    status = opened.status();
    if (opened.ok()) reader = *std::move(opened);
  }
  if (status.ok()) status = base::SyncFolder(data_folder);
  if (!status.ok()) {
    close(lock);
    return status;
  }
  return std::unique_ptr<SqliteResponseStore>(
      new SqliteResponseStore(path, open_folder, lock, *std::move(database), std::move(reader)));
}

SqliteResponseStore::SqliteResponseStore(std::string path, std::string open_folder, int lock_descriptor,
                                         std::unique_ptr<Database> database, std::unique_ptr<Database> reader)
    : path_(std::move(path)),
      open_folder_(std::move(open_folder)),
      lock_descriptor_(lock_descriptor),
      database_(std::move(database)),
      reader_(std::move(reader)) {}

SqliteResponseStore::~SqliteResponseStore() {
  {
    // Before the other, which as the last one clears the log away.
    absl::MutexLock lock(&reader_mutex_);
    reader_.reset();
  }
  {
    absl::MutexLock lock(&mutex_);
    database_.reset();
  }
  close(lock_descriptor_);
}

std::string SqliteResponseStore::OpenPath(const SurveyId& survey) const {
  return absl::StrCat(open_folder_, "/", survey.value(), ".db");
}

absl::Status SqliteResponseStore::RemoveOpenFile(const SurveyId& survey) {
  const std::string path = OpenPath(survey);
  const absl::Cleanup still = [this] { StillTimesOf(open_folder_); };
  for (const char* suffix : kSuffixes) CANDOR_RETURN_IF_ERROR(RemoveFile(absl::StrCat(path, suffix)));
  return base::SyncFolder(open_folder_);
}

absl::Status SqliteResponseStore::SetState(const SurveyId& survey, SurveyState state) {
  CANDOR_ASSIGN_OR_RETURN(Statement update, database_->Prepare("UPDATE survey SET state = ? WHERE id = ?"));
  return update.BindInt(1, StoredState(state)).BindText(2, survey.value()).Run();
}

absl::StatusOr<std::string> SqliteResponseStore::PutDocument(const std::string& bytes) {
  const std::string hash = crypto::Sha256(bytes);
  CANDOR_ASSIGN_OR_RETURN(
      Statement insert, database_->Prepare("INSERT INTO document(hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING"));
  CANDOR_RETURN_IF_ERROR(insert.BindBlob(1, hash).BindBlob(2, bytes).Run());
  return hash;
}

absl::Status SqliteResponseStore::PutContribution(const SurveyId& survey, const std::string& sealed) {
  CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT pool IS NOT NULL FROM survey WHERE id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  if ((select.Int(0) != 0) == sealed.empty()) {
    return absl::InvalidArgumentError("a survey contributes exactly if it is of a pool");
  }
  if (sealed.empty()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(Statement insert,
                          database_->Prepare("INSERT INTO contribution(survey, sealed) VALUES (?, ?)"));
  return insert.BindText(1, survey.value()).BindBlob(2, sealed).Run();
}

absl::Status SqliteResponseStore::CreateSurvey(const StoredSurvey& survey, const SlotLayout& layout) {
  if (domain::SurveyIdBytes(survey.id).empty()) return absl::InvalidArgumentError("not a survey's id");
  const absl::Status known = GetState(survey.id).status();
  if (known.ok()) return errors::Exists("survey", survey.id.value());
  if (!absl::IsNotFound(known)) return known;
  // No row: whatever lies there is what a crash left of an earlier attempt.
  CANDOR_RETURN_IF_ERROR(RemoveOpenFile(survey.id));
  absl::Status status = SqliteOpenSurveyStore::Create(OpenPath(survey.id), layout);
  if (status.ok()) status = base::SyncFolder(open_folder_);
  if (status.ok()) {
    absl::MutexLock lock(&mutex_);
    status = database_->Transact([&]() -> absl::Status {
      mutex_.AssertHeld();
      if (!survey.pool.empty()) {
        CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT 1 FROM pool WHERE public_key = ?"));
        CANDOR_ASSIGN_OR_RETURN(const bool pooled, select.BindBlob(1, survey.pool).Step());
        if (pooled) return errors::WrongState("the pool has its figures already; no survey can join it any more");
      }
      CANDOR_ASSIGN_OR_RETURN(const std::string contract, PutDocument(survey.contract));
      CANDOR_ASSIGN_OR_RETURN(const std::string instrument, PutDocument(survey.instrument_version));
      CANDOR_ASSIGN_OR_RETURN(
          Statement insert,
          database_->Prepare("INSERT INTO survey(id, state, contract, instrument_version, manifest, manifest_signature, "
                             "pool, steward_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
      return insert.BindText(1, survey.id.value())
          .BindInt(2, kStateAccepting)
          .BindBlob(3, contract)
          .BindBlob(4, instrument)
          .BindBlob(5, survey.manifest)
          .BindBlob(6, survey.manifest_signature)
          .BindOptionalBlob(7, survey.pool.empty() ? std::nullopt : std::optional<std::string>(survey.pool))
          .BindOptionalBlob(8, survey.steward_key.empty() ? std::nullopt : std::optional<std::string>(survey.steward_key))
          .Run();
    });
  }
  // Should the removal fail too, FinishDestroying or the next attempt finds the file.
  if (!status.ok()) (void)RemoveOpenFile(survey.id);
  return status;
}

absl::StatusOr<StoredSurvey> SqliteResponseStore::GetSurvey(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT s.state, c.bytes, i.bytes, s.manifest, s.manifest_signature, s.pool, "
                       "s.steward_key, s.extension, s.extension_signature FROM survey s "
                         "JOIN document c ON c.hash = s.contract JOIN document i ON i.hash = s.instrument_version "
                         "WHERE s.id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  StoredSurvey stored;
  stored.id = survey;
  CANDOR_ASSIGN_OR_RETURN(stored.state, StateOf(select.Int(0)));
  stored.contract = select.Blob(1);
  stored.instrument_version = select.Blob(2);
  stored.manifest = select.Blob(3);
  stored.manifest_signature = select.Blob(4);
  if (!select.IsNull(5)) stored.pool = select.Blob(5);
  if (!select.IsNull(6)) stored.steward_key = select.Blob(6);
  if (!select.IsNull(7)) stored.extension = select.Blob(7);
  if (!select.IsNull(8)) stored.extension_signature = select.Blob(8);
  return stored;
}

absl::StatusOr<SurveyState> SqliteResponseStore::GetState(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  return StateIn(*reader_, survey);
}

absl::Status SqliteResponseStore::ForEachUnfinished(absl::FunctionRef<absl::Status(const UnfinishedSurvey&)> visit) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(Statement select,
                          reader_->Prepare("SELECT id, state, manifest, extension, steward_key FROM survey "
                                           "WHERE state IN (?, ?)"));
  select.BindInt(1, kStateAccepting).BindInt(2, kStateStopped);
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return absl::OkStatus();
    UnfinishedSurvey survey;
    survey.survey = SurveyId(select.Text(0));
    CANDOR_ASSIGN_OR_RETURN(survey.state, StateOf(select.Int(1)));
    survey.manifest = select.BlobView(2);
    if (!select.IsNull(3)) survey.extension = select.BlobView(3);
    if (!select.IsNull(4)) survey.steward_key = select.BlobView(4);
    CANDOR_RETURN_IF_ERROR(visit(survey));
  }
}

absl::StatusOr<std::vector<ResponseStore::StewardedSurvey>> SqliteResponseStore::SurveysOfSteward(
    absl::string_view public_key) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(Statement select,
                          reader_->Prepare("SELECT id, state FROM survey WHERE steward_key = ? ORDER BY id"));
  select.BindBlob(1, public_key);
  std::vector<StewardedSurvey> surveys;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return surveys;
    CANDOR_ASSIGN_OR_RETURN(const SurveyState state, StateOf(select.Int(1)));
    surveys.push_back({SurveyId(select.Text(0)), state});
  }
}

absl::Status SqliteResponseStore::ExtendSurvey(const SurveyId& survey, absl::string_view extension,
                                               absl::string_view extension_signature) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireState(*database_, survey, {SurveyState::kAccepting}).status());
    CANDOR_ASSIGN_OR_RETURN(
        Statement update,
        database_->Prepare("UPDATE survey SET extension = ?, extension_signature = ? WHERE id = ?"));
    return update.BindBlob(1, extension).BindBlob(2, extension_signature).BindText(3, survey.value()).Run();
  });
}

absl::Status SqliteResponseStore::StopSurvey(const SurveyId& survey) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_ASSIGN_OR_RETURN(const SurveyState state,
                            RequireState(*database_, survey, {SurveyState::kAccepting, SurveyState::kStopped}));
    return state == SurveyState::kStopped ? absl::OkStatus() : SetState(survey, SurveyState::kStopped);
  });
}

absl::StatusOr<std::unique_ptr<OpenSurveyStore>> SqliteResponseStore::OpenAnswers(const SurveyId& survey) {
  {
    absl::MutexLock lock(&reader_mutex_);
    CANDOR_RETURN_IF_ERROR(RequireState(*reader_, survey, {SurveyState::kAccepting, SurveyState::kStopped}).status());
  }
  return SqliteOpenSurveyStore::Open(OpenPath(survey));
}

absl::Status SqliteResponseStore::CloseSurvey(const SurveyId& survey, const StoredClosing& closing) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_RETURN_IF_ERROR(RequireState(*database_, survey, {SurveyState::kStopped}).status());
    CANDOR_RETURN_IF_ERROR(PutContribution(survey, closing.contribution));
    {
      CANDOR_ASSIGN_OR_RETURN(
          Statement insert,
          database_->Prepare("INSERT INTO outcome(survey, order_id, closed_result, ledger) VALUES (?, ?, ?, ?)"));
      CANDOR_RETURN_IF_ERROR(insert.BindText(1, survey.value())
                                 .BindText(2, closing.outcome.order_id)
                                 .BindBlob(3, closing.outcome.closed_result)
                                 .BindBlobInPlace(4, closing.outcome.ledger)
                                 .Run());
    }
    CANDOR_RETURN_IF_ERROR(PutComments(survey, closing));
    return SetState(survey, SurveyState::kClosed);
  });
}

absl::StatusOr<StoredOutcome> SqliteResponseStore::GetOutcome(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  CANDOR_RETURN_IF_ERROR(RequireState(*reader_, survey, {SurveyState::kClosed}).status());
  CANDOR_ASSIGN_OR_RETURN(Statement select,
                          reader_->Prepare("SELECT order_id, closed_result, ledger FROM outcome WHERE survey = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::StoreCorrupt("a closed survey without its result");
  return StoredOutcome{select.Text(0), select.Blob(1), select.Blob(2)};
}

absl::Status SqliteResponseStore::AbandonSurvey(const SurveyId& survey) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_ASSIGN_OR_RETURN(
        const SurveyState state,
        RequireState(*database_, survey,
                     {SurveyState::kAccepting, SurveyState::kStopped, SurveyState::kAbandoned}));
    return state == SurveyState::kAbandoned ? absl::OkStatus() : SetState(survey, SurveyState::kAbandoned);
  });
}

absl::Status SqliteResponseStore::DestroyAnswers(const SurveyId& survey) {
  {
    absl::MutexLock lock(&reader_mutex_);
    CANDOR_RETURN_IF_ERROR(RequireState(*reader_, survey, {SurveyState::kClosed, SurveyState::kAbandoned}).status());
  }
  return RemoveOpenFile(survey);
}

absl::StatusOr<StoredPool> SqliteResponseStore::GetPool(absl::string_view public_key) {
  absl::MutexLock lock(&reader_mutex_);
  const Snapshot snapshot(*reader_);
  CANDOR_RETURN_IF_ERROR(snapshot.status());
  return PoolIn(*reader_, public_key);
}

absl::StatusOr<std::string> SqliteResponseStore::GetContribution(const SurveyId& survey) {
  absl::MutexLock lock(&reader_mutex_);
  CANDOR_ASSIGN_OR_RETURN(
      Statement select,
      reader_->Prepare("SELECT c.sealed FROM survey s LEFT JOIN contribution c ON c.survey = s.id WHERE s.id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  return select.IsNull(0) ? std::string() : select.Blob(0);
}

absl::Status SqliteResponseStore::FinishPool(absl::string_view public_key, absl::string_view figures) {
  absl::MutexLock lock(&mutex_);
  return database_->Transact([&]() -> absl::Status {
    mutex_.AssertHeld();
    CANDOR_ASSIGN_OR_RETURN(const StoredPool pool, PoolIn(*database_, public_key));
    if (pool.figures.has_value()) return errors::WrongState("the pool has its figures already");
    for (const StoredPool::Member& member : pool.surveys) {
      if (member.state != SurveyState::kClosed && member.state != SurveyState::kAbandoned) {
        return errors::WrongState(absl::StrCat("a survey of the pool is ", NameOf(member.state)));
      }
    }
    {
      CANDOR_ASSIGN_OR_RETURN(Statement insert, database_->Prepare("INSERT INTO pool(public_key, figures) VALUES (?, ?)"));
      CANDOR_RETURN_IF_ERROR(insert.BindBlob(1, public_key).BindBlob(2, figures).Run());
    }
    CANDOR_ASSIGN_OR_RETURN(
        Statement remove,
        database_->Prepare("DELETE FROM contribution WHERE survey IN (SELECT id FROM survey WHERE pool = ?)"));
    CANDOR_RETURN_IF_ERROR(remove.BindBlob(1, public_key).Run());
    return OweRebuild();
  });
}

absl::Status SqliteResponseStore::OweRebuild() {
  return database_->Execute("INSERT OR IGNORE INTO owed_rebuild VALUES (1)");
}

absl::Status SqliteResponseStore::Rebuild() {
  absl::MutexLock lock(&mutex_);
  return RebuildLocked();
}

absl::Status SqliteResponseStore::RebuildIfOwed() {
  absl::MutexLock lock(&mutex_);
  bool owed = false;
  {
    CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT 1 FROM owed_rebuild"));
    CANDOR_ASSIGN_OR_RETURN(owed, select.Step());
  }
  return owed ? RebuildLocked() : absl::OkStatus();
}

absl::Status SqliteResponseStore::RebuildLocked() {
  // The log first, so that the rebuilt pages alone are in it afterwards; then once more to empty it.
  CANDOR_RETURN_IF_ERROR(EmptyLog());
  CANDOR_RETURN_IF_ERROR(database_->Execute("VACUUM"));
  CANDOR_RETURN_IF_ERROR(EmptyLog());
  // Only now does no file hold a page from before.
  CANDOR_RETURN_IF_ERROR(database_->Execute("DELETE FROM owed_rebuild"));
  return EmptyLog();
}

absl::Status SqliteResponseStore::EmptyLog() {
  return StatusOf(sqlite3_wal_checkpoint_v2(database_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr),
                  database_->handle());
}

absl::Status SqliteResponseStore::FinishDestroying() {
  const absl::Cleanup still = [this] { StillTimesOf(open_folder_); };
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(open_folder_));
  SurveyId last;
  for (const std::string& name : names) {
    const size_t end = name.find(".db");
    if (end == std::string::npos) continue;
    // A crash may have come between an answer and the stilling of its file's times.
    StillTimesOf(absl::StrCat(open_folder_, "/", name));
    const SurveyId survey(name.substr(0, end));
    if (survey == last || domain::SurveyIdBytes(survey).empty()) continue;
    last = survey;
    const absl::StatusOr<SurveyState> state = GetState(survey);
    if (!state.ok() && !absl::IsNotFound(state.status())) return state.status();
    if (state.ok() && (*state == SurveyState::kAccepting || *state == SurveyState::kStopped)) continue;
    CANDOR_RETURN_IF_ERROR(RemoveOpenFile(survey));
  }
  return RebuildIfOwed();
}

}  // namespace candor::storage::sqlite
