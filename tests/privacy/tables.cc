#include "tests/privacy/tables.h"

#include <algorithm>
#include <sqlite3.h>

#include <memory>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/file.h"

namespace candor::privacy {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Statement Prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) return nullptr;
  return Statement(statement);
}

std::string Quoted(const std::string& name) {
  std::string quoted = "\"";
  for (const char letter : name) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted + "\"";
}

Value ReadValue(sqlite3_stmt* statement, int column) {
  Value value;
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      value.kind = Value::Kind::kInteger;
      value.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      value.kind = Value::Kind::kReal;
      value.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_NULL:
      break;
    default: {
      const bool text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
      value.kind = text ? Value::Kind::kText : Value::Kind::kBlob;
      const void* const bytes = sqlite3_column_blob(statement, column);
      value.bytes.assign(static_cast<const char*>(bytes == nullptr ? "" : bytes),
                         static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
  return value;
}

void ReadTable(sqlite3* database, Table& table, const std::string& name) {
  Statement rows = Prepare(database, absl::StrCat("SELECT rowid, * FROM ", Quoted(name), " ORDER BY rowid"));
  const bool has_rowid = rows != nullptr;
  if (!has_rowid) rows = Prepare(database, absl::StrCat("SELECT * FROM ", Quoted(name)));
  if (rows == nullptr) return;
  const int first = has_rowid ? 1 : 0;
  for (int column = first; column < sqlite3_column_count(rows.get()); ++column) {
    table.columns.emplace_back(sqlite3_column_name(rows.get(), column));
  }
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    Row row;
    if (has_rowid) row.rowid = sqlite3_column_int64(rows.get(), 0);
    for (int column = first; column < sqlite3_column_count(rows.get()); ++column) {
      row.values.push_back(ReadValue(rows.get(), column));
    }
    table.rows.push_back(std::move(row));
  }
}

void ReadDatabase(const std::string& path, Plane plane, const std::string& kind, std::vector<Table>& tables) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, CloseDatabase> database(opened);
  if (result != SQLITE_OK) return;
  std::vector<std::string> names;
  {
    const Statement schema = Prepare(database.get(), "SELECT name FROM sqlite_schema WHERE type = 'table'");
    while (schema != nullptr && sqlite3_step(schema.get()) == SQLITE_ROW) {
      names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(schema.get(), 0)));
    }
  }
  for (const std::string& name : names) {
    Table table{plane, absl::StrCat(kind, " ", name), {}, {}};
    ReadTable(database.get(), table, name);
    tables.push_back(std::move(table));
  }
}

}  // namespace

bool Value::operator<(const Value& other) const {
  const auto rank = [](Kind kind) { return kind == Kind::kReal ? Kind::kInteger : kind; };
  if (rank(kind) != rank(other.kind)) return rank(kind) < rank(other.kind);
  const auto number = [](const Value& v) { return v.kind == Kind::kReal ? v.real : static_cast<double>(v.integer); };
  if (kind == Kind::kInteger && other.kind == Kind::kInteger) return integer < other.integer;
  return std::make_tuple(number(*this), bytes) < std::make_tuple(number(other), other.bytes);
}

const Value& ValueOf(const Table& table, const Row& row, const std::string& column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  return row.values.at(static_cast<size_t>(found - table.columns.begin()));
}

std::string KindOfFile(const std::string& name) {
  const size_t folder = name.find("open/");
  const std::string base(absl::StripPrefix(absl::StripPrefix(name, "data/"), "data-responses/"));
  if (folder == std::string::npos) return base;
  const size_t dot = name.find('.', folder);
  return absl::StrCat("open/*", dot == std::string::npos ? "" : name.substr(dot));
}

std::vector<Table> TablesOf(const Copy& copy) {
  std::vector<Table> tables;
  const FastFolder folder;
  int number = 0;
  for (const CopiedFile& file : copy.files) {
    if (!absl::EndsWith(file.name, ".db")) continue;
    const std::string path = absl::StrCat(folder.path(), "/", ++number, ".db");
    bool written = base::WriteFileAtomically(path, *file.bytes, 0600).ok();
    for (const CopiedFile& log : copy.files) {
      for (const char* end : {"-wal", "-journal"}) {
        if (log.plane == file.plane && log.name == file.name + end) {
          written = written && base::WriteFileAtomically(path + end, *log.bytes, 0600).ok();
        }
      }
    }
    if (written) ReadDatabase(path, file.plane, KindOfFile(file.name), tables);
  }
  return tables;
}

}  // namespace candor::privacy
