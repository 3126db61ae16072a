#include "storage/sqlite/database.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;

absl::Status StatusOf(int result_code, sqlite3* connection) {
  const int extended = connection != nullptr ? sqlite3_extended_errcode(connection) : result_code;
  const std::string detail = absl::StrCat("code ", extended, ": ", sqlite3_errstr(extended));
  switch (result_code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
      return absl::OkStatus();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errors::StoreBusy(detail);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return errors::StoreUnusable(detail);
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return errors::StoreFull(detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errors::StoreCorrupt(detail);
    case SQLITE_CONSTRAINT:
      if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
          extended == SQLITE_CONSTRAINT_ROWID) {
        return absl::AlreadyExistsError(detail);
      }
      // All our triggers stand against changing what was meant to be fixed once.
      if (extended == SQLITE_CONSTRAINT_TRIGGER) {
        return errors::WrongState("what is fixed for good, at opening or by one decision, can no longer be changed or deleted");
      }
      return absl::FailedPreconditionError(detail);
    default:
      return absl::InternalError(detail);
  }
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement& Statement::BindText(int index, absl::string_view value) {
  if (bind_result_ == SQLITE_OK) {
    bind_result_ = sqlite3_bind_text64(statement_, index, value.empty() ? "" : value.data(), value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return *this;
}
Statement& Statement::BindBlob(int index, absl::string_view value) {
  if (bind_result_ == SQLITE_OK) {
    bind_result_ = sqlite3_bind_blob64(statement_, index, value.empty() ? "" : value.data(), value.size(),
                                       SQLITE_TRANSIENT);
  }
  return *this;
}
Statement& Statement::BindBlobInPlace(int index, absl::string_view value) {
  if (bind_result_ == SQLITE_OK) {
    bind_result_ =
        sqlite3_bind_blob64(statement_, index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
  }
  return *this;
}
Statement& Statement::BindInt(int index, int64_t value) {
  if (bind_result_ == SQLITE_OK) bind_result_ = sqlite3_bind_int64(statement_, index, value);
  return *this;
}
Statement& Statement::BindNull(int index) {
  if (bind_result_ == SQLITE_OK) bind_result_ = sqlite3_bind_null(statement_, index);
  return *this;
}
Statement& Statement::BindOptionalBlob(int index, const std::optional<std::string>& value) {
  return value.has_value() ? BindBlob(index, *value) : BindNull(index);
}

absl::StatusOr<bool> Statement::Step() {
  if (bind_result_ != SQLITE_OK) return StatusOf(bind_result_, connection_);
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return StatusOf(result, connection_);
}

absl::Status Statement::Run() {
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, Step());
    if (!more) return absl::OkStatus();
  }
}

std::string Statement::Text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return "";
  return std::string(reinterpret_cast<const char*>(bytes),
                     static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}
std::string Statement::Blob(int column) const { return std::string(BlobView(column)); }
absl::string_view Statement::BlobView(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return "";
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}
int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }
bool Statement::IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, const OpenOptions& options) {
  // SQLite counts the memory it uses behind one lock for all connections, and nobody reads the count. Where somebody has
  // used SQLite before, it goes on counting.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)uncounted;
  sqlite3* connection = nullptr;
  const int flags = (options.read_only ? SQLITE_OPEN_READONLY
                                       : SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0)) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
  const int result = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  std::unique_ptr<Database> database(new Database(connection));
  if (result != SQLITE_OK) return base::Annotate(StatusOf(result, connection), path);
  sqlite3_busy_timeout(connection, options.busy_timeout_ms);
  if (!options.read_only) {
    CANDOR_RETURN_IF_ERROR(
        database->Execute(absl::StrCat("PRAGMA page_size=", options.page_size, ";").c_str()));
    CANDOR_RETURN_IF_ERROR(
        database->Execute(options.wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE"));
    // Recursive triggers, so that a row which another replaces counts as deleted: what stays cannot be replaced either.
    CANDOR_RETURN_IF_ERROR(database->Execute(
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
        "PRAGMA trusted_schema=OFF; PRAGMA recursive_triggers=ON;"));
    sqlite3_wal_autocheckpoint(connection, options.wal_autocheckpoint);
  }
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenInMemory() {
  OpenOptions options;
  options.wal = false;
  return Open(":memory:", options);
}

Database::~Database() {
  for (auto& [sql, statement] : cache_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

absl::StatusOr<Statement> Database::Prepare(const char* sql) {
  // Texts are literals, so a repeated call nearly always has the same address; equal texts at two addresses are
  // merely compiled twice. A statement in use (a nested query with the same text) is compiled anew.
  for (auto& [text, statement] : cache_) {
    if (text == sql && sqlite3_stmt_busy(statement) == 0) return Statement(statement, connection_);
  }
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return StatusOf(result, connection_);
  cache_.emplace_back(sql, statement);
  return Statement(statement, connection_);
}

absl::Status Database::Execute(const char* sql) {
  return StatusOf(sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr), connection_);
}

absl::Status Database::Run(const char* sql) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  return statement.Run();
}

absl::Status Database::Transact(const std::function<absl::Status()>& body) {
  CANDOR_RETURN_IF_ERROR(Run("BEGIN IMMEDIATE"));
  absl::Status status = body();
  if (status.ok()) status = Run("COMMIT");
  // Some faults (a full disk among them) have rolled back already.
  if (!status.ok() && sqlite3_get_autocommit(connection_) == 0) (void)Execute("ROLLBACK");
  return status;
}

int64_t Database::changes() const { return sqlite3_changes64(connection_); }

namespace {
absl::StatusOr<int64_t> PragmaValue(Database& database, const char* sql) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database.Prepare(sql));
  CANDOR_ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (!row) return absl::InternalError("a pragma gave no value");
  return statement.Int(0);
}
}  // namespace

absl::StatusOr<int> SchemaVersion(Database& database) {
  CANDOR_ASSIGN_OR_RETURN(const int64_t version, PragmaValue(database, "PRAGMA user_version"));
  return static_cast<int>(version);
}

absl::Status Migrate(Database& database, const std::vector<Migration>& migrations, int32_t application_id) {
  CANDOR_ASSIGN_OR_RETURN(const int64_t mark, PragmaValue(database, "PRAGMA application_id"));
  CANDOR_ASSIGN_OR_RETURN(const int version, SchemaVersion(database));
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (mark != application_id && !(mark == 0 && version == 0)) {
    return errors::StoreCorrupt("this is another kind of database");
  }
  if (version > newest) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kSCHEMA_TOO_NEW,
                       absl::StrCat("the data folder was written by a newer version of candord (schema ", version,
                                    ", this program knows ", newest, "); start that version, or a newer one"));
  }
  if (mark == 0) {
    CANDOR_ASSIGN_OR_RETURN(const int64_t tables, PragmaValue(database, "SELECT count(*) FROM sqlite_schema"));
    if (tables != 0) return errors::StoreCorrupt("this is another kind of database");
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= version) continue;
    CANDOR_RETURN_IF_ERROR(database.Transact([&]() -> absl::Status {
      CANDOR_RETURN_IF_ERROR(database.Execute(migration.sql));
      CANDOR_RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA application_id=", application_id).c_str()));
      return database.Execute(absl::StrCat("PRAGMA user_version=", migration.version).c_str());
    }));
  }
  return absl::OkStatus();
}

}  // namespace candor::storage::sqlite
