// A list of raters, as a school's office has it.

#ifndef CANDOR_CLIENTS_CLI_RATERS_FILE_H_
#define CANDOR_CLIENTS_CLI_RATERS_FILE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/campaign.pb.h"

namespace candor::cli {

struct RatersFile {
  std::vector<candor::v1::Rater> raters;
  std::vector<int64_t> lines;  // where each rater's row begins, from 1
};

// Reads comma-separated values with a header of the columns group, name, address, opted_out in any order; group must be
// there, and one of name and address in every row. opted_out is yes, true or 1, or no, false, 0 or empty. `file`: what
// errors call the text.
// INVALID_ARGUMENT with line and column: NOT_UTF8, CSV_MALFORMED, CSV_HEADER_WRONG, CSV_COLUMNS_WRONG, RATER_INVALID. No message
// holds a name or an address.
absl::StatusOr<RatersFile> ParseRaters(absl::string_view text, absl::string_view file);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_RATERS_FILE_H_
