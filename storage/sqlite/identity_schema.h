// The schema of DATA/identity.db and its history.

#ifndef CANDOR_STORAGE_SQLITE_IDENTITY_SCHEMA_H_
#define CANDOR_STORAGE_SQLITE_IDENTITY_SCHEMA_H_

#include <cstdint>
#include <vector>

#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

// Marks the file as an identity plane's database: "cnID".
inline constexpr int32_t kIdentityApplicationId = 0x636e4944;

// All steps, oldest first. A step is never changed once it has been in a release.
const std::vector<Migration>& IdentityMigrations();

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_IDENTITY_SCHEMA_H_
