// A thin layer over SQLite's C interface: connections, prepared statements, transactions, and one mapping of its result
// codes to statuses. Prepared statements only; no statement is ever built from a caller's text.

#ifndef CANDOR_STORAGE_SQLITE_DATABASE_H_
#define CANDOR_STORAGE_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::storage::sqlite {

// UNAVAILABLE (STORE_BUSY), RESOURCE_EXHAUSTED (STORE_FULL), DATA_LOSS (STORE_CORRUPT), or INTERNAL for anything else;
// ALREADY_EXISTS for a broken uniqueness or primary key, FAILED_PRECONDITION for a broken foreign key or check, with
// WRONG_STATE for a change of what is frozen (a trigger). By result code, never by text.
absl::Status StatusOf(int result_code, sqlite3* connection);

class Database;

// A prepared statement, bound and stepped by one thread. Obtained from Database::Prepare and kept by the database, so that each
// text is compiled once. Resets itself when it goes out of scope.
class Statement {
 public:
  Statement(Statement&& other) noexcept : statement_(other.statement_), connection_(other.connection_) {
    other.statement_ = nullptr;
  }
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  ~Statement();

  // Parameters count from 1. The bytes are copied.
  Statement& BindText(int index, absl::string_view value);
  Statement& BindBlob(int index, absl::string_view value);
  // For large ones: without a copy. `value` outlives the statement.
  Statement& BindBlobInPlace(int index, absl::string_view value);
  Statement& BindInt(int index, int64_t value);
  Statement& BindNull(int index);
  Statement& BindOptionalBlob(int index, const std::optional<std::string>& value);

  // Moves to the next row: true while there is one.
  absl::StatusOr<bool> Step();
  // Runs a statement that gives no rows.
  absl::Status Run();

  // Columns count from 0; of the present row.
  std::string Text(int column) const;
  std::string Blob(int column) const;
  // The same without a copy: valid until the statement is stepped or goes out of scope.
  absl::string_view BlobView(int column) const;
  int64_t Int(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, sqlite3* connection) : statement_(statement), connection_(connection) {}

  sqlite3_stmt* statement_;
  sqlite3* connection_;
  int bind_result_ = SQLITE_OK;
};

struct OpenOptions {
  bool create = true;
  bool read_only = false;
  int page_size = 4096;            // bytes; takes effect on a new file only
  bool wal = true;                 // else a rollback journal
  int busy_timeout_ms = 10000;
  int wal_autocheckpoint = 1000;   // pages; 0: only when asked
};

// One connection. Used by one thread at a time. Always: synchronous=FULL, foreign_keys=ON, secure_delete=ON,
// temp_store=MEMORY, trusted_schema=OFF.
class Database {
 public:
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, const OpenOptions& options = {});
  // Private to this connection, gone with it.
  static absl::StatusOr<std::unique_ptr<Database>> OpenInMemory();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Compiles `sql` (a text of our own) on first use. INTERNAL when it does not compile.
  absl::StatusOr<Statement> Prepare(const char* sql);
  // Runs one or more statements of our own without parameters; compiled at every call.
  absl::Status Execute(const char* sql);
  // Runs one statement of our own without parameters; compiled on first use.
  absl::Status Run(const char* sql);

  // Runs `body` in one transaction (BEGIN IMMEDIATE, so that it never has to be run twice): commits when it returns OK,
  // durable when this returns; else rolls back and gives the body's status. Not nested.
  absl::Status Transact(const std::function<absl::Status()>& body);

  int64_t changes() const;  // rows changed by the last statement
  sqlite3* handle() { return connection_; }

 private:
  explicit Database(sqlite3* connection) : connection_(connection) {}

  sqlite3* connection_;
  std::vector<std::pair<const char*, sqlite3_stmt*>> cache_;
};

// A step of a schema's history: version N's statements turn a database of version N - 1 into one of version N.
struct Migration {
  int version;      // 1, 2, 3, ...
  const char* sql;  // one or more statements
};

// Brings the database to the newest version, each step in a transaction of its own, and marks it with `application_id`
// (PRAGMA application_id) so that another kind of database is never taken for this one.
// FAILED_PRECONDITION, SCHEMA_TOO_NEW: it was written by a newer program; the file is untouched. DATA_LOSS: it is not
// a database of this kind.
absl::Status Migrate(Database& database, const std::vector<Migration>& migrations, int32_t application_id);

// The version that the database stands at; 0 for a new one.
absl::StatusOr<int> SchemaVersion(Database& database);

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_DATABASE_H_
