// The tables of the response plane's files and their history.

#ifndef CANDOR_STORAGE_SQLITE_RESPONSE_SCHEMA_H_
#define CANDOR_STORAGE_SQLITE_RESPONSE_SCHEMA_H_

#include <cstdint>
#include <vector>

#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

// "CdRs" and "CdOs": what tells the two kinds of files from each other and from any other database.
inline constexpr int32_t kResponseApplicationId = 0x43645273;
inline constexpr int32_t kOpenSurveyApplicationId = 0x43644f73;

// Values of survey.state in responses.db; part of the file format.
inline constexpr int64_t kStateAccepting = 1;
inline constexpr int64_t kStateStopped = 2;
inline constexpr int64_t kStateClosed = 3;
inline constexpr int64_t kStateAbandoned = 4;

// Steps for DATA/responses.db.
const std::vector<Migration>& ResponseMigrations();
// Steps for DATA/open/<survey id>.db.
const std::vector<Migration>& OpenSurveyMigrations();

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_RESPONSE_SCHEMA_H_
