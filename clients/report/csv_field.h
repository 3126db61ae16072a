// Fields of comma-separated values (RFC 4180).

#ifndef CANDOR_CLIENTS_REPORT_CSV_FIELD_H_
#define CANDOR_CLIENTS_REPORT_CSV_FIELD_H_

#include <string>

#include "absl/strings/string_view.h"

namespace candor::report {

// `text` as a field: between quotes, its own quotes doubled, where it holds a comma, a quote or a line end.
std::string CsvField(absl::string_view text);

// The same for words that somebody else has written and a person may open in a spreadsheet: cleaned (layout.h), and with an
// apostrophe before them where a spreadsheet would take them for a formula, since they begin with = + - or @, of any width.
std::string CsvWords(absl::string_view text);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_CSV_FIELD_H_
