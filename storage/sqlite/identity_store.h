// The identity plane's store on SQLite: one file in WAL mode, one connection that writes, a few that read.

#ifndef CANDOR_STORAGE_SQLITE_IDENTITY_STORE_H_
#define CANDOR_STORAGE_SQLITE_IDENTITY_STORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/identity_store.h"
#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

class SqliteIdentityStore : public IdentityStore {
 public:
  struct Options {
    int read_connections = 4;
    int64_t max_pages = 0;  // of 4,096 bytes; beyond it writes fail with STORE_FULL; 0: as far as the disk goes
  };

  // Opens `path`, makes it (mode 0600) where it is missing, and brings its schema to the newest version. As Migrate.
  static absl::StatusOr<std::unique_ptr<SqliteIdentityStore>> Open(const std::string& path);
  static absl::StatusOr<std::unique_ptr<SqliteIdentityStore>> Open(const std::string& path, const Options& options);

  absl::Status Read(const std::function<absl::Status(ReadTransaction&)>& body) override;
  absl::Status Write(const std::function<absl::Status(WriteTransaction&)>& body) override;
  uint64_t revision() const override { return revision_.load(std::memory_order_acquire); }
  absl::Status Forget() override;

 private:
  SqliteIdentityStore(std::unique_ptr<Database> writer, std::vector<std::unique_ptr<Database>> readers);

  std::atomic<uint64_t> revision_ = 0;
  absl::Mutex write_mutex_;
  const std::unique_ptr<Database> writer_ ABSL_PT_GUARDED_BY(write_mutex_);
  absl::Mutex read_mutex_;
  std::vector<std::unique_ptr<Database>> idle_readers_ ABSL_GUARDED_BY(read_mutex_);
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_IDENTITY_STORE_H_
