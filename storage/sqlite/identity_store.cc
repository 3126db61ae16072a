#include "storage/sqlite/identity_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/identity_schema.h"
#include "storage/sqlite/identity_transaction.h"

namespace candor::storage::sqlite {
namespace {

namespace errors = domain::errors;

// The transactions that this thread is in, innermost first: how a call inside one joins it.
struct Current {
  const IdentityStore* store;
  IdentityTransaction* transaction;
  bool writing;
  absl::Status failed;  // the first failure of a joined body
  Current* outer;
};
thread_local Current* current = nullptr;

Current* FindCurrent(const IdentityStore* store) {
  for (Current* each = current; each != nullptr; each = each->outer) {
    if (each->store == store) return each;
  }
  return nullptr;
}

class Entered {
 public:
  explicit Entered(Current* entered) { current = entered; }
  ~Entered() { current = current->outer; }
};

// A new database file belongs to its owner alone.
absl::Status MakeFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return errors::StoreBusy(absl::StrCat("cannot open ", path));
  close(descriptor);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteIdentityStore>> SqliteIdentityStore::Open(const std::string& path) {
  return Open(path, Options());
}

absl::StatusOr<std::unique_ptr<SqliteIdentityStore>> SqliteIdentityStore::Open(const std::string& path,
                                                                               const Options& options) {
  CANDOR_RETURN_IF_ERROR(MakeFile(path));
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path));
  CANDOR_RETURN_IF_ERROR(Migrate(*writer, IdentityMigrations(), kIdentityApplicationId));
  if (options.max_pages > 0) {
    CANDOR_RETURN_IF_ERROR(writer->Execute(absl::StrCat("PRAGMA max_page_count=", options.max_pages).c_str()));
  }
  std::vector<std::unique_ptr<Database>> readers;
  for (int i = 0; i < options.read_connections; ++i) {
    OpenOptions read_only;
    read_only.create = false;
    read_only.read_only = true;
    CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<Database> reader, Database::Open(path, read_only));
    readers.push_back(std::move(reader));
  }
  return std::unique_ptr<SqliteIdentityStore>(new SqliteIdentityStore(std::move(writer), std::move(readers)));
}

SqliteIdentityStore::SqliteIdentityStore(std::unique_ptr<Database> writer,
                                         std::vector<std::unique_ptr<Database>> readers)
    : writer_(std::move(writer)), idle_readers_(std::move(readers)) {}

absl::Status SqliteIdentityStore::Read(const std::function<absl::Status(ReadTransaction&)>& body) {
  if (Current* joined = FindCurrent(this); joined != nullptr) return body(*joined->transaction);
  std::unique_ptr<Database> reader;
  {
    absl::MutexLock lock(&read_mutex_);
    const auto idle = [this]() ABSL_SHARED_LOCKS_REQUIRED(read_mutex_) { return !idle_readers_.empty(); };
    read_mutex_.Await(absl::Condition(&idle));
    reader = std::move(idle_readers_.back());
    idle_readers_.pop_back();
  }
  absl::Status status = reader->Run("BEGIN");
  if (status.ok()) {
    IdentityTransaction transaction(*reader);
    Current entry{this, &transaction, false, absl::OkStatus(), current};
    Entered entered(&entry);
    status = body(transaction);
  }
  // Nothing was written, so a failure to end it loses nothing; the next BEGIN would show it.
  (void)reader->Run("COMMIT");
  absl::MutexLock lock(&read_mutex_);
  idle_readers_.push_back(std::move(reader));
  return status;
}

absl::Status SqliteIdentityStore::Write(const std::function<absl::Status(WriteTransaction&)>& body) {
  if (Current* joined = FindCurrent(this); joined != nullptr) {
    if (!joined->writing) return absl::FailedPreconditionError("a write inside a read transaction");
    absl::Status status = body(*joined->transaction);
    if (!status.ok() && joined->failed.ok()) joined->failed = status;
    return status;
  }
  std::vector<std::function<void()>> after_commit;
  {
    absl::MutexLock lock(&write_mutex_);
    const absl::Status written = writer_->Transact([&]() -> absl::Status {
      write_mutex_.AssertHeld();
      IdentityTransaction transaction(*writer_);
      Current entry{this, &transaction, true, absl::OkStatus(), current};
      Entered entered(&entry);
      CANDOR_RETURN_IF_ERROR(body(transaction));
      after_commit = transaction.TakeAfterCommit();
      return entry.failed;
    });
    // Not before the commit: who reads the new revision must see what was written.
    revision_.fetch_add(1, std::memory_order_release);
    CANDOR_RETURN_IF_ERROR(written);
  }
  for (const std::function<void()>& work : after_commit) work();
  return absl::OkStatus();
}

absl::Status SqliteIdentityStore::Forget() {
  if (FindCurrent(this) != nullptr) return absl::FailedPreconditionError("forgetting inside a transaction");
  absl::MutexLock lock(&write_mutex_);
  // What was deleted is overwritten in the database file (secure_delete); the WAL still holds the pages as they were.
  CANDOR_ASSIGN_OR_RETURN(Statement statement, writer_->Prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  CANDOR_ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (row && statement.Int(0) != 0) return errors::StoreBusy("the log could not be cut short while others read");
  return absl::OkStatus();
}

}  // namespace candor::storage::sqlite
