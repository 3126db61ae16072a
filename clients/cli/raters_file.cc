#include "clients/cli/raters_file.h"

#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/csv.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr char kHeader[] = "CSV_HEADER_WRONG";
constexpr char kColumns[] = "CSV_COLUMNS_WRONG";
constexpr char kRater[] = "RATER_INVALID";

}  // namespace

absl::StatusOr<RatersFile> ParseRaters(absl::string_view text, absl::string_view file) {
  CsvReader reader(text, file);
  CANDOR_ASSIGN_OR_RETURN(const bool has_header, reader.Next());
  if (!has_header) {
    return reader.Fault(kHeader, "the file is empty; it needs a header such as group,part,name,address,opted_out");
  }
  std::map<std::string, size_t> columns;
  for (size_t i = 0; i < reader.fields().size(); ++i) {
    const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(reader.fields()[i]));
    if (name != "group" && name != "part" && name != "name" && name != "address" && name != "opted_out") {
      return reader.FaultAt(i, kHeader, "unknown column; the columns are group, part, name, address and opted_out, with commas between them");
    }
    if (!columns.emplace(name, i).second) return reader.FaultAt(i, kHeader, "this column stands twice");
  }
  const size_t count = reader.fields().size();
  if (!columns.contains("group")) return reader.Fault(kHeader, "there is no column group");
  if (!columns.contains("name") && !columns.contains("address")) {
    return reader.Fault(kHeader, "there is neither a column name nor a column address");
  }

  RatersFile read;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) break;
    if (reader.fields().size() != count) {
      return reader.Fault(kColumns, absl::StrCat("the row has ", reader.fields().size(), " fields, the header ", count));
    }
    const auto field = [&](const char* column) {
      const auto found = columns.find(column);
      return found == columns.end() ? std::string()
                                    : std::string(absl::StripAsciiWhitespace(reader.fields()[found->second]));
    };
    candor::v1::Rater rater;
    rater.set_group(field("group"));
    rater.set_part(field("part"));
    rater.set_display_name(field("name"));
    rater.set_address(field("address"));
    if (rater.group().empty()) return reader.FaultAt(columns["group"], kRater, "the group is missing");
    if (rater.display_name().empty() && rater.address().empty()) {
      return reader.Fault(kRater, "a rater needs a name or an address; for people without both use rater paper");
    }
    const std::string opted_out = absl::AsciiStrToLower(field("opted_out"));
    if (opted_out == "yes" || opted_out == "true" || opted_out == "1") {
      rater.set_opted_out(true);
    } else if (!opted_out.empty() && opted_out != "no" && opted_out != "false" && opted_out != "0") {
      return reader.FaultAt(columns["opted_out"], kRater, "opted_out is yes or no");
    }
    read.raters.push_back(std::move(rater));
    read.lines.push_back(reader.line());
  }
  if (read.raters.empty()) return reader.Fault(kRater, "there is no rater in the file");
  return read;
}

}  // namespace candor::cli
