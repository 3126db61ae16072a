#include "tests/privacy/altered_copy.h"

#include <memory>

#include "absl/strings/match.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "storage/sqlite/database.h"

namespace candor::privacy {

using storage::sqlite::Database;
using storage::sqlite::Statement;

absl::StatusOr<Copy> Altered(const Copy& copy, const std::string& database_name, const char* schema, const char* update,
                             const std::vector<std::vector<std::string>>& values) {
  const FastFolder folder;
  const std::string path = absl::StrCat(folder.path(), "/", database_name);
  Copy altered;
  CopiedFile changed;
  for (const CopiedFile& file : copy.files) {
    if (absl::EndsWith(file.name, "/" + database_name)) {
      CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path, *file.bytes, 0600));
      changed = file;
    } else if (absl::EndsWith(file.name, "/" + database_name + "-wal")) {
      CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path + "-wal", *file.bytes, 0600));
    } else if (!absl::EndsWith(file.name, "/" + database_name + "-shm")) {
      altered.files.push_back(file);
    }
  }
  {
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(path, {}));
    CANDOR_RETURN_IF_ERROR(database->Execute(schema));
    for (const std::vector<std::string>& row : values) {
      CANDOR_ASSIGN_OR_RETURN(Statement statement, database->Prepare(update));
      for (size_t i = 0; i < row.size(); ++i) statement.BindBlob(static_cast<int>(i) + 1, row[i]);
      CANDOR_RETURN_IF_ERROR(statement.Run());
    }
  }
  CANDOR_ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(path));
  changed.bytes = std::make_shared<const std::string>(std::move(bytes));
  altered.files.push_back(std::move(changed));
  return altered;
}

}  // namespace candor::privacy
