// Reading rows of the identity plane's tables, and the shapes that its queries share.

#ifndef CANDOR_STORAGE_SQLITE_IDENTITY_ROWS_H_
#define CANDOR_STORAGE_SQLITE_IDENTITY_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/identity_store.h"
#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

inline int64_t TimeValue(absl::Time time) { return absl::ToUnixMicros(time); }
inline absl::Time TimeOf(int64_t value) { return absl::FromUnixMicros(value); }

inline void BindOptionalTime(Statement& statement, int index, const std::optional<absl::Time>& time) {
  if (time.has_value()) {
    statement.BindInt(index, TimeValue(*time));
  } else {
    statement.BindNull(index);
  }
}
inline std::optional<absl::Time> OptionalTimeOf(const Statement& statement, int column) {
  if (statement.IsNull(column)) return std::nullopt;
  return TimeOf(statement.Int(column));
}

inline int LimitOf(int limit) { return std::clamp(limit, 1, 10'000); }

// The first row, read by `read` (a function from Statement& to StatusOr<Row>); nothing when there is none.
template <typename Row>
absl::StatusOr<std::optional<Row>> ReadOne(Statement& statement, absl::StatusOr<Row> (*read)(Statement&)) {
  CANDOR_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<Row>();
  CANDOR_ASSIGN_OR_RETURN(Row row, read(statement));
  return std::optional<Row>(std::move(row));
}

// All rows.
template <typename Row>
absl::StatusOr<std::vector<Row>> ReadAll(Statement& statement, absl::StatusOr<Row> (*read)(Statement&)) {
  std::vector<Row> rows;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return rows;
    CANDOR_ASSIGN_OR_RETURN(Row row, read(statement));
    rows.push_back(std::move(row));
  }
}

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_IDENTITY_ROWS_H_
