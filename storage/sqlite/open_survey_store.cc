#include "storage/sqlite/open_survey_store.h"

#include <sys/stat.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_schema.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;
namespace {

constexpr int kPageBytes = 4096;
constexpr int kBusyTimeoutMs = 10000;

// A slot's record: taken (1), version (4, big-endian), replacements (4, big-endian), submission id, token hash, sealed.
constexpr size_t kVersionAt = 1;
constexpr size_t kReplacementsAt = kVersionAt + 4;
constexpr size_t kSubmissionIdAt = kReplacementsAt + 4;
constexpr size_t kTokenHashAt = kSubmissionIdAt + kSubmissionIdBytes;
constexpr size_t kSealedAt = kTokenHashAt + kTokenHashBytes;
constexpr char kFree = 0;
constexpr char kTaken = 1;

constexpr char kInsertSlot[] = "INSERT INTO slot(id, issuing_group, record) VALUES (?, ?, ?)";

void AppendBigEndian(uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

uint32_t ReadBigEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  return value;
}

std::string EncodeRecord(const SlotHead& head, absl::string_view sealed) {
  std::string record;
  record.reserve(kSealedAt + sealed.size());
  record.push_back(kTaken);
  AppendBigEndian(head.version, record);
  AppendBigEndian(head.replacements, record);
  record.append(head.submission_id);
  record.append(head.token_hash);
  record.append(sealed.data(), sealed.size());
  return record;
}

std::string FreeRecord(size_t sealed_size) {
  std::string record = base::RandomBytes(kSealedAt + sealed_size);
  record[0] = kFree;
  return record;
}

// Reads the head into `slot`, whose strings are used again from call to call.
absl::Status DecodeHead(absl::string_view record, Slot& slot) {
  if (record[0] == kFree) {
    slot.head.reset();
    return absl::OkStatus();
  }
  if (record[0] != kTaken) return errors::StoreCorrupt("a slot is neither free nor taken");
  if (!slot.head.has_value()) slot.head.emplace();
  slot.head->version = ReadBigEndian(record.substr(kVersionAt));
  slot.head->replacements = ReadBigEndian(record.substr(kReplacementsAt));
  slot.head->submission_id.assign(record.data() + kSubmissionIdAt, kSubmissionIdBytes);
  slot.head->token_hash.assign(record.data() + kTokenHashAt, kTokenHashBytes);
  return absl::OkStatus();
}

// Incremental access to the records. While one is open the connection is in a transaction, so it is held for one piece
// of work only.
class RecordBlob {
 public:
  RecordBlob(sqlite3* connection, bool writable) : connection_(connection), writable_(writable) {}
  RecordBlob(const RecordBlob&) = delete;
  RecordBlob& operator=(const RecordBlob&) = delete;
  ~RecordBlob() { sqlite3_blob_close(blob_); }

  // INVALID_ARGUMENT: there is no slot `id`.
  absl::Status MoveTo(int64_t id) {
    const int result = blob_ == nullptr
                           ? sqlite3_blob_open(connection_, "main", "slot", "record", id, writable_ ? 1 : 0, &blob_)
                           : sqlite3_blob_reopen(blob_, id);
    if ((result & 0xff) == SQLITE_ERROR) return absl::InvalidArgumentError("there is no such slot");
    return StatusOf(result, connection_);
  }
  size_t size() const { return static_cast<size_t>(sqlite3_blob_bytes(blob_)); }
  absl::Status Read(char* out, size_t count) {
    return StatusOf(sqlite3_blob_read(blob_, out, static_cast<int>(count), 0), connection_);
  }
  absl::Status Write(absl::string_view bytes) {
    return StatusOf(sqlite3_blob_write(blob_, bytes.data(), static_cast<int>(bytes.size()), 0), connection_);
  }

 private:
  sqlite3* connection_;
  bool writable_;
  sqlite3_blob* blob_ = nullptr;
};

absl::Status InsertFreeSlots(Database& database, int64_t first_id, int64_t count, int group, size_t sealed_size) {
  for (int64_t i = 0; i < count; ++i) {
    CANDOR_ASSIGN_OR_RETURN(Statement insert, database.Prepare(kInsertSlot));
    CANDOR_RETURN_IF_ERROR(
        insert.BindInt(1, first_id + i).BindInt(2, group).BindBlob(3, FreeRecord(sealed_size)).Run());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SqliteOpenSurveyStore::Create(const std::string& path, const SlotLayout& layout) {
  if (layout.sealed_size == 0) return absl::InvalidArgumentError("a sealed answer has at least one byte");
  // First, so that it comes last: closing the file changes its times too.
  const absl::Cleanup still = [&path] { StillTimes(path).FilesAndFolder(); };
  OpenOptions options;
  options.page_size = kPageBytes;
  options.wal = false;  // laying out through the log would write everything twice
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(path, options));
  // What a crash leaves is thrown away whole, so nothing needs undoing, and one wait for the disk is enough: that of
  // the last transaction, which makes the file durable with all that was written before.
  CANDOR_RETURN_IF_ERROR(database->Execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"));
  CANDOR_RETURN_IF_ERROR(Migrate(*database, OpenSurveyMigrations(), kOpenSurveyApplicationId));
  CANDOR_RETURN_IF_ERROR(database->Execute("PRAGMA synchronous=FULL"));
  CANDOR_RETURN_IF_ERROR(database->Transact([&]() -> absl::Status {
    {
      CANDOR_ASSIGN_OR_RETURN(Statement insert, database->Prepare("INSERT INTO layout(sealed_size) VALUES (?)"));
      CANDOR_RETURN_IF_ERROR(insert.BindInt(1, static_cast<int64_t>(layout.sealed_size)).Run());
    }
    int64_t next = 1;
    for (size_t group = 0; group < layout.slots.size(); ++group) {
      CANDOR_RETURN_IF_ERROR(InsertFreeSlots(*database, next, layout.slots[group], static_cast<int>(group),
                                             layout.sealed_size));
      next += layout.slots[group];
    }
    return absl::OkStatus();
  }));
  return database->Execute("PRAGMA journal_mode=WAL");
}

absl::StatusOr<std::unique_ptr<SqliteOpenSurveyStore>> SqliteOpenSurveyStore::Open(const std::string& path) {
  if (!base::FileExists(path)) return errors::StoreCorrupt("the file of an open survey is gone");
  const absl::Cleanup still = [&path] { StillTimes(path).FilesAndFolder(); };
  OpenOptions options;
  options.create = false;
  options.page_size = kPageBytes;
  options.busy_timeout_ms = kBusyTimeoutMs;
  options.wal_autocheckpoint = 0;
  struct stat log {};
  const int64_t log_bytes = stat(absl::StrCat(path, "-wal").c_str(), &log) == 0 ? log.st_size : 0;
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path, options));
  CANDOR_RETURN_IF_ERROR(Migrate(*database, OpenSurveyMigrations(), kOpenSurveyApplicationId));
  size_t sealed_size = 0;
  {
    CANDOR_ASSIGN_OR_RETURN(Statement select, database->Prepare("SELECT sealed_size FROM layout"));
    CANDOR_ASSIGN_OR_RETURN(const bool found, select.Step());
    if (!found) return errors::StoreCorrupt("an open survey was not laid out");
    sealed_size = static_cast<size_t>(select.Int(0));
  }
  return std::unique_ptr<SqliteOpenSurveyStore>(
      new SqliteOpenSurveyStore(std::move(database), path, sealed_size, log_bytes));
}

SqliteOpenSurveyStore::SqliteOpenSurveyStore(std::unique_ptr<Database> database, const std::string& path,
                                             size_t sealed_size, int64_t untidy_bytes)
    : times_(path), database_(std::move(database)), sealed_size_(sealed_size), untidy_bytes_(untidy_bytes) {
  sqlite3_wal_hook(database_->handle(), &SqliteOpenSurveyStore::OnCommit, this);
}

SqliteOpenSurveyStore::~SqliteOpenSurveyStore() {
  database_.reset();
  times_.FilesAndFolder();
}

int SqliteOpenSurveyStore::OnCommit(void* self, sqlite3*, const char*, int log_pages) {
  static_cast<SqliteOpenSurveyStore*>(self)->untidy_bytes_ = int64_t{log_pages} * kPageBytes;
  return SQLITE_OK;
}

absl::Status SqliteOpenSurveyStore::AddRunKey(absl::string_view sealed_key) {
  const absl::Cleanup still = [this] { times_.Files(); };
  return database_->Transact([&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(Statement insert, database_->Prepare("INSERT INTO run_key(id, sealed) VALUES (?, ?)"));
    return insert.BindBlob(1, base::RandomBytes(16)).BindBlob(2, sealed_key).Run();
  });
}

absl::StatusOr<std::vector<std::string>> SqliteOpenSurveyStore::RunKeys() {
  const absl::Cleanup still = [this] { times_.Files(); };
  CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT sealed FROM run_key"));
  std::vector<std::string> keys;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return keys;
    keys.push_back(select.Blob(0));
  }
}

absl::Status SqliteOpenSurveyStore::ForEachSlot(absl::FunctionRef<absl::Status(const Slot&)> visit) {
  const absl::Cleanup still = [this] { times_.Files(); };
  // Only the bytes of the head are fetched; the sealed answers mostly lie on pages that are never touched.
  CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT id, issuing_group FROM slot ORDER BY id"));
  RecordBlob blob(database_->handle(), /*writable=*/false);
  Slot slot;
  char head[kSealedAt];
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return absl::OkStatus();
    slot.id = select.Int(0);
    slot.group = static_cast<int>(select.Int(1));
    CANDOR_RETURN_IF_ERROR(blob.MoveTo(slot.id));
    if (blob.size() != kSealedAt + sealed_size_) return errors::StoreCorrupt("a slot is not of the laid-out size");
    CANDOR_RETURN_IF_ERROR(blob.Read(head, sizeof(head)));
    CANDOR_RETURN_IF_ERROR(DecodeHead(absl::string_view(head, sizeof(head)), slot));
    CANDOR_RETURN_IF_ERROR(visit(slot));
  }
}

absl::Status SqliteOpenSurveyStore::ForEachAnswer(
    absl::FunctionRef<absl::Status(const Slot&, absl::string_view)> visit) {
  const absl::Cleanup still = [this] { times_.Files(); };
  CANDOR_ASSIGN_OR_RETURN(Statement select,
                          database_->Prepare("SELECT id, issuing_group, record FROM slot ORDER BY id"));
  Slot slot;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return absl::OkStatus();
    const absl::string_view record = select.BlobView(2);
    if (record.size() != kSealedAt + sealed_size_) return errors::StoreCorrupt("a slot is not of the laid-out size");
    slot.id = select.Int(0);
    slot.group = static_cast<int>(select.Int(1));
    CANDOR_RETURN_IF_ERROR(DecodeHead(record, slot));
    if (slot.head.has_value()) CANDOR_RETURN_IF_ERROR(visit(slot, record.substr(kSealedAt)));
  }
}

absl::StatusOr<std::string> SqliteOpenSurveyStore::ReadSealed(int64_t slot) {
  const absl::Cleanup still = [this] { times_.Files(); };
  CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT record FROM slot WHERE id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindInt(1, slot).Step());
  if (!found) return absl::NotFoundError("there is no such slot");
  const absl::string_view record = select.BlobView(0);
  if (record.size() != kSealedAt + sealed_size_) return errors::StoreCorrupt("a slot is not of the laid-out size");
  if (record[0] != kTaken) return absl::NotFoundError("the slot is free");
  return std::string(record.substr(kSealedAt));
}

absl::Status SqliteOpenSurveyStore::WriteSlots(absl::Span<const SlotWrite> writes) {
  for (const SlotWrite& write : writes) {
    if (write.head.token_hash.size() != kTokenHashBytes || write.head.submission_id.size() != kSubmissionIdBytes ||
        write.sealed.size() != sealed_size_) {
      return absl::InvalidArgumentError("a head or sealed answer of a wrong size");
    }
  }
  const absl::Cleanup still = [this] { times_.Files(); };
  return database_->Transact([&]() -> absl::Status {
    RecordBlob blob(database_->handle(), /*writable=*/true);
    for (const SlotWrite& write : writes) {
      CANDOR_RETURN_IF_ERROR(blob.MoveTo(write.slot));
      if (blob.size() != kSealedAt + sealed_size_) return errors::StoreCorrupt("a slot is not of the laid-out size");
      CANDOR_RETURN_IF_ERROR(blob.Write(EncodeRecord(write.head, write.sealed)));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<int64_t>> SqliteOpenSurveyStore::AddSlots(int group, int64_t count) {
  if (count < 1) return absl::InvalidArgumentError("at least one slot is added");
  const absl::Cleanup still = [this] { times_.Files(); };
  std::vector<int64_t> ids;
  CANDOR_RETURN_IF_ERROR(database_->Transact([&]() -> absl::Status {
    int64_t next = 1;
    {
      CANDOR_ASSIGN_OR_RETURN(Statement select, database_->Prepare("SELECT coalesce(max(id), 0) FROM slot"));
      CANDOR_ASSIGN_OR_RETURN(const bool found, select.Step());
      if (found) next = select.Int(0) + 1;
    }
    for (int64_t i = 0; i < count; ++i) ids.push_back(next + i);
    return InsertFreeSlots(*database_, next, count, group, sealed_size_);
  }));
  return ids;
}

absl::Status SqliteOpenSurveyStore::Tidy() {
  if (untidy_bytes_ == 0) return absl::OkStatus();
  const absl::Cleanup still = [this] { times_.Files(); };
  // A reader elsewhere (a backup) is not waited for: the log is emptied another time.
  sqlite3_busy_timeout(database_->handle(), 0);
  const int result =
      sqlite3_wal_checkpoint_v2(database_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(database_->handle(), kBusyTimeoutMs);
  if ((result & 0xff) == SQLITE_BUSY) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(StatusOf(result, database_->handle()));
  untidy_bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace candor::storage::sqlite
