// What the statements of the response plane's main file share.

#ifndef CANDOR_STORAGE_SQLITE_RESPONSE_ROWS_H_
#define CANDOR_STORAGE_SQLITE_RESPONSE_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/status.h"
#include "services/domain/ids.h"
#include "storage/response_store.h"
#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

// Between survey.state and the contract's. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<SurveyState> StateOf(int64_t stored);
int64_t StoredState(SurveyState state);
// In words.
const char* NameOf(SurveyState state);

// NOT_FOUND, SURVEY_UNKNOWN.
absl::StatusOr<SurveyState> StateIn(Database& database, const domain::SurveyId& survey);
// FAILED_PRECONDITION, WRONG_STATE: in none of the allowed states.
absl::StatusOr<SurveyState> RequireState(Database& database, const domain::SurveyId& survey,
                                         std::vector<SurveyState> allowed);

// Whether `query` with the survey and `key` as its parameters gives a row.
absl::StatusOr<bool> Exists(Database& database, const char* query, const domain::SurveyId& survey, const std::string& key);

// Runs `visit` with every row of a prepared statement.
template <typename Visit>
absl::Status ForEachRow(Statement& select, const Visit& visit) {
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return absl::OkStatus();
    visit(select);
  }
}

// While it lives, all statements of the connection see one state of the database.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(database), status_(database.Execute("BEGIN")) {}
  ~Snapshot() {
    if (status_.ok()) (void)database_.Execute("COMMIT");
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  const absl::Status& status() const { return status_; }

 private:
  Database& database_;
  const absl::Status status_;
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_RESPONSE_ROWS_H_
