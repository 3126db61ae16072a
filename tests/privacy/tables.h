// The tables of the SQLite databases in a copy, as somebody who opens the copied files sees them.

#ifndef CANDOR_TESTS_PRIVACY_TABLES_H_
#define CANDOR_TESTS_PRIVACY_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/privacy/deployment.h"

namespace candor::privacy {

struct Value {
  enum class Kind { kNull, kInteger, kReal, kText, kBlob } kind = Kind::kNull;
  int64_t integer = 0;
  double real = 0;
  std::string bytes;  // of text and blobs

  bool operator==(const Value&) const = default;
  // In the order that SQLite sorts them in: NULL, numbers, text, blobs.
  bool operator<(const Value& other) const;
};

struct Row {
  int64_t rowid = 0;  // 0 where the table has none
  std::vector<Value> values;
};

struct Table {
  Plane plane = Plane::kBoth;
  std::string name;  // file's kind and table, for instance "identity.db invitation"
  std::vector<std::string> columns;
  std::vector<Row> rows;  // by rowid, else by key
};

// All tables of all databases among the copy's files, with what stands in their logs. Databases that cannot be opened
// are passed over: a torn copy.
std::vector<Table> TablesOf(const Copy& copy);

// What stands in the column of that name, which the table has.
const Value& ValueOf(const Table& table, const Row& row, const std::string& column);

// A file's name without what differs from survey to survey: "open/*.db".
std::string KindOfFile(const std::string& name);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_TABLES_H_
