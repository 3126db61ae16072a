// The answers of one open survey in a SQLite file of its own.
//
// The file is laid out once, with as many rows of fixed length as answers are expected, all random bytes. An answer
// overwrites one row's bytes in place (incremental blob I/O), so that neither the order of rows nor that of cells within
// a page, nor the free space, says when it came in. Nor do the times of the files (still_times.h): every method sets them
// back before it returns, and so does the end of the object.

#ifndef CANDOR_STORAGE_SQLITE_OPEN_SURVEY_STORE_H_
#define CANDOR_STORAGE_SQLITE_OPEN_SURVEY_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/response_store.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/still_times.h"

namespace candor::storage::sqlite {

class SqliteOpenSurveyStore : public OpenSurveyStore {
 public:
  // Makes the file at `path`, which does not exist, with the slots of `layout`; durable when this returns, but for the
  // folder's entry. On failure the file may exist in part.
  static absl::Status Create(const std::string& path, const SlotLayout& layout);
  // DATA_LOSS: there is no such file, or it is not one of these. FAILED_PRECONDITION: SCHEMA_TOO_NEW.
  static absl::StatusOr<std::unique_ptr<SqliteOpenSurveyStore>> Open(const std::string& path);

  ~SqliteOpenSurveyStore() override;

  size_t sealed_size() const override { return sealed_size_; }
  absl::Status AddRunKey(absl::string_view sealed_key) override;
  absl::StatusOr<std::vector<std::string>> RunKeys() override;
  absl::Status ForEachSlot(absl::FunctionRef<absl::Status(const Slot&)> visit) override;
  absl::Status ForEachAnswer(absl::FunctionRef<absl::Status(const Slot&, absl::string_view)> visit) override;
  absl::StatusOr<std::string> ReadSealed(int64_t slot) override;
  absl::Status WriteSlots(absl::Span<const SlotWrite> writes) override;
  absl::StatusOr<std::vector<int64_t>> AddSlots(int group, int64_t count) override;
  absl::Status Tidy() override;
  int64_t untidy_bytes() const override { return untidy_bytes_; }

 private:
  SqliteOpenSurveyStore(std::unique_ptr<Database> database, const std::string& path, size_t sealed_size,
                        int64_t untidy_bytes);
  static int OnCommit(void* self, sqlite3*, const char*, int log_pages);

  const StillTimes times_;
  std::unique_ptr<Database> database_;
  const size_t sealed_size_;
  int64_t untidy_bytes_;
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_OPEN_SURVEY_STORE_H_
