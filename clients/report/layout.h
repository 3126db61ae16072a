// Text in columns: widths, wrapping, padding. UTF-8 throughout; a column is one terminal cell.

#ifndef CANDOR_CLIENTS_REPORT_LAYOUT_H_
#define CANDOR_CLIENTS_REPORT_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace candor::report {

// Terminal cells that `text` takes: 2 for East Asian wide characters and emoji, 0 for combining marks, else 1.
int DisplayWidth(absl::string_view text);

// The same text on one line, fit for a terminal: control characters, which could move the cursor or hide text, and runs
// of white space become one space; none at the ends. What is not UTF-8 becomes "?".
std::string Clean(absl::string_view text);

// Lines of at most `width` cells, broken at spaces; a word longer than that is broken anywhere. At least one line.
std::vector<std::string> Wrap(absl::string_view text, int width);

// The same, with `first` before the first line and as many spaces before the others; `width` includes them.
std::vector<std::string> WrapHanging(absl::string_view first, absl::string_view text, int width);

// Cut to `width` cells, the last being "…" if anything was cut off.
std::string Truncate(absl::string_view text, int width);

// Padded with spaces to `width` cells; longer text stays as it is.
std::string PadRight(absl::string_view text, int width);
std::string PadLeft(absl::string_view text, int width);

// `text` `times` times.
std::string Repeat(absl::string_view text, int times);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_LAYOUT_H_
