// A reader of comma-separated values (RFC 4180) for files of millions of rows.

#ifndef CANDOR_CLIENTS_CLI_CSV_H_
#define CANDOR_CLIENTS_CLI_CSV_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

// Reads records from a text that outlives the reader. Lines end with LF or CR LF, the last one with or without; a
// byte-order mark at the start and empty lines at the end are passed over. A quoted field may hold commas, doubled
// quotes and line ends.
class CsvReader {
 public:
  // `name`: what errors call the file.
  CsvReader(absl::string_view text, absl::string_view name);

  // Reads the next record into fields(); false at the end of the text. INVALID_ARGUMENT, NOT_UTF8: the text is not
  // UTF-8, wherever in it, so that no record of such a text is read. INVALID_ARGUMENT, CSV_MALFORMED: a quote that
  // is never closed, a quote in an unquoted field, text after a closing quote, a carriage return alone, or an empty
  // line before the end; the message says line and column. After an error the reader is at its end.
  absl::StatusOr<bool> Next();

  // Of the record that Next() read; valid until the next call.
  const std::vector<absl::string_view>& fields() const { return fields_; }
  // Line on which the record begins, from 1.
  int64_t line() const { return record_line_; }
  // Where field `index` begins: its line, and its column in bytes from 1.
  struct Place {
    int64_t line, column;
  };
  Place PlaceOf(size_t index) const;

  // Whether this record is the text's last and has no line end, as where a file is cut off.
  bool ends_without_line_end() const { return at_ == end_ && end_ != begin_ && end_[-1] != '\n'; }

  // INVALID_ARGUMENT with reason `reason`: "NAME, line L, column C: MESSAGE" for field `index` of this record.
  absl::Status FaultAt(size_t index, absl::string_view reason, absl::string_view message) const;
  // The same for the record as a whole.
  absl::Status Fault(absl::string_view reason, absl::string_view message) const;

  const std::string& name() const { return name_; }
  // Bytes read so far and in all, for showing progress.
  size_t position() const { return static_cast<size_t>(at_ - begin_); }
  size_t size() const { return static_cast<size_t>(end_ - begin_); }

 private:
  absl::Status ReadQuoted();
  absl::Status Malformed(const char* where, absl::string_view message);

  std::string name_;
  absl::Status utf8_;  // whether the text is UTF-8
  const char* begin_;
  const char* end_;
  const char* at_;
  const char* line_start_;    // of the line that at_ is on
  const char* record_start_;  // first byte of the record
  int64_t line_ = 1;
  int64_t record_line_ = 1;
  std::vector<absl::string_view> fields_;
  std::vector<const char*> starts_;    // first byte of each field in the text
  std::deque<std::string> unescaped_;  // fields that held doubled quotes
};

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_CSV_H_
