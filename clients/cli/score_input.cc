#include "clients/cli/score_input.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/csv.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/statistics/leader_scores.h"

namespace candor::cli {

namespace {

constexpr size_t kProgressRows = 1 << 16;
// A tally of the whole file is kept for each group; a column of names in the place of groups would fill the memory.
constexpr uint32_t kMaxGroups = 100;

// Column of each wanted name in the header that `csv` has read. `names` are distinct.
absl::StatusOr<std::vector<size_t>> FindColumns(const CsvReader& csv, const std::vector<std::string>& names) {
  constexpr size_t kNone = std::numeric_limits<size_t>::max();
  if (csv.fields().size() == 1 && csv.fields()[0].find_first_of(";\t") != absl::string_view::npos) {
    return csv.Fault("CSV_HEADER_WRONG",
                     "the columns are not parted by commas; save the file as comma-separated values, with a comma "
                     "between two columns");
  }
  absl::flat_hash_map<absl::string_view, size_t> wanted;
  for (size_t i = 0; i < names.size(); ++i) wanted[names[i]] = i;
  std::vector<size_t> columns(names.size(), kNone);
  for (size_t column = 0; column < csv.fields().size(); ++column) {
    const auto found = wanted.find(csv.fields()[column]);
    if (found == wanted.end()) {
      return csv.FaultAt(column, "CSV_HEADER_WRONG",
                         "the header names a column that is not known here; remove it, or add the item to the structure");
    }
    if (columns[found->second] != kNone) {
      return csv.FaultAt(column, "CSV_HEADER_WRONG", "the header names a column that it has named before");
    }
    columns[found->second] = column;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (columns[i] == kNone) return csv.Fault("CSV_HEADER_WRONG", absl::StrCat("the header lacks the column ", names[i]));
  }
  return columns;
}

absl::Status CheckWidth(const CsvReader& csv, size_t width) {
  if (csv.fields().size() == width) return absl::OkStatus();
  const bool cut_off = csv.fields().size() < width && csv.ends_without_line_end();
  return csv.Fault("CSV_COLUMNS_WRONG",
                   absl::StrCat("the row has ", csv.fields().size(), " fields, the header ", width,
                                cut_off ? "; it is the last and has no line end: is the file cut off?" : ""));
}

absl::Status Duplicate(absl::string_view file, int64_t first, int64_t second, absl::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ROW_DUPLICATE",
                     absl::StrCat(file, ", lines ", first, " and ", second, ": ", message));
}

// Numbers names in order of first appearance. Rows of one leader mostly stand together, so the last one is tried
// before the table.
class Numbering {
 public:
  uint32_t Of(absl::string_view name) {
    if (!names_.empty() && name == names_[last_]) return last_;
    const auto [entry, is_new] = numbers_.try_emplace(name, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.emplace_back(name);
    return last_ = entry->second;
  }
  std::vector<std::string> Take() { return std::move(names_); }
  const std::string& name(uint32_t number) const { return names_[number]; }

 private:
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  std::vector<std::string> names_;
  uint32_t last_ = 0;
};

}  // namespace

class RatingsParser {
 public:
  RatingsParser(absl::string_view text, absl::string_view file, const ScoreStructure& structure,
                const Progress& progress)
      : csv_(text, file), structure_(structure), progress_(progress) {}

  absl::StatusOr<RatingRows> Parse() {
    rows_.items_ = structure_.items.size();
    rows_.file_ = csv_.name();
    CANDOR_ASSIGN_OR_RETURN(const bool has_header, csv_.Next());
    if (!has_header) return csv_.Fault("CSV_HEADER_WRONG", "the file is empty; it needs a header and one row a form");
    std::vector<std::string> names = {"leader", "group", "rater"};
    for (const ScoreItem& item : structure_.items) names.push_back(item.id);
    CANDOR_ASSIGN_OR_RETURN(columns_, FindColumns(csv_, names));
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const bool more, csv_.Next());
      if (!more) break;
      CANDOR_RETURN_IF_ERROR(ReadRow());
      if (csv_.ends_without_line_end()) WarnIfCutOff();
      if (progress_ && rows_.size() % kProgressRows == 0) {
        progress_("reading ratings", static_cast<int64_t>(csv_.position()), static_cast<int64_t>(csv_.size()));
      }
    }
    rows_.leaders_ = leaders_.Take();
    rows_.groups_ = groups_.Take();
    SortByLeader();
    CANDOR_RETURN_IF_ERROR(CheckDuplicates());
    return std::move(rows_);
  }

 private:
  absl::Status ReadRow() {
    CANDOR_RETURN_IF_ERROR(CheckWidth(csv_, columns_.size()));
    if (rows_.size() == std::numeric_limits<uint32_t>::max()) {
      return base::Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_ROWS",
                         absl::StrCat(csv_.name(), ": holds more than 4294967295 rows; split it"));
    }
    const std::vector<absl::string_view>& fields = csv_.fields();
    for (size_t i = 0; i < 3; ++i) {
      if (fields[columns_[i]].empty()) {
        return csv_.FaultAt(columns_[i], "CSV_ID_MISSING", "leader, group and rater must not be empty");
      }
    }
    if (fields[columns_[1]] == statistics::kPoolName) {
      return csv_.FaultAt(columns_[1], "GROUP_NAME_RESERVED",
                          "other_raters is the name of the pool of small groups; give this group another");
    }
    rows_.leader_of_.push_back(leaders_.Of(fields[columns_[0]]));
    rows_.group_of_.push_back(groups_.Of(fields[columns_[1]]));
    if (rows_.group_of_.back() >= kMaxGroups) {
      return csv_.FaultAt(
          columns_[1], "TOO_MANY_GROUPS",
          absl::StrCat("the file has more than ", kMaxGroups, " groups; is something else in their column?"));
    }
    rows_.lines_.push_back(csv_.line());
    rows_.rater_text_.append(fields[columns_[2]].data(), fields[columns_[2]].size());
    rows_.rater_end_.push_back(rows_.rater_text_.size());
    const size_t at = rows_.marks_.size();
    rows_.marks_.resize(at + rows_.items_);
    uint8_t* marks = rows_.marks_.data() + at;
    for (size_t j = 0; j < rows_.items_; ++j) {
      const absl::string_view field = fields[columns_[3 + j]];
      if (field.size() == 1 && field[0] >= '1' && field[0] <= '9' && field[0] - '0' <= structure_.rules.points) {
        marks[j] = static_cast<uint8_t>(field[0] - '0');
      } else if (field.empty()) {
        marks[j] = statistics::kBlank;
      } else if (field == "N") {
        marks[j] = statistics::kNotObserved;
      } else if (field == "10" && structure_.rules.points == 10) {
        marks[j] = 10;
      } else {
        return csv_.FaultAt(columns_[3 + j], "RATING_OFF_SCALE",
                            absl::StrCat("item ", structure_.items[j].id, ": write 1 to ", structure_.rules.points,
                                         ", N for not observed, or nothing"));
      }
    }
    return absl::OkStatus();
  }

  // A row that lacks whole fields is refused; one that lost the end of its last mark alone looks whole.
  void WarnIfCutOff() {
    const absl::string_view last = csv_.fields().back();
    if (!last.empty() && !(last == "1" && structure_.rules.points == 10)) return;
    rows_.warnings_.push_back(absl::StrCat(csv_.name(), ", line ", csv_.line(),
                                           ": the last line has no line end, and its last mark may be cut off; look at "
                                           "the end of the file"));
  }

  void SortByLeader() {
    std::vector<size_t>& start = rows_.leader_start_;
    start.assign(rows_.leaders_.size() + 1, 0);
    for (uint32_t leader : rows_.leader_of_) ++start[leader + 1];
    for (size_t l = 1; l < start.size(); ++l) start[l] += start[l - 1];
    rows_.by_leader_.resize(rows_.size());
    std::vector<size_t> next(start.begin(), start.end() - 1);
    for (size_t row = 0; row < rows_.size(); ++row) {
      rows_.by_leader_[next[rows_.leader_of_[row]]++] = static_cast<uint32_t>(row);
    }
  }

  absl::Status CheckDuplicates() const {
    using RaterOfGroup = std::pair<uint32_t, absl::string_view>;
    absl::flat_hash_map<RaterOfGroup, uint32_t> seen;
    const uint32_t self = SelfGroup();
    int64_t first_line = 0, second_line = std::numeric_limits<int64_t>::max();
    bool self_twice = false;
    for (size_t leader = 0; leader < rows_.leaders_.size(); ++leader) {
      seen.clear();
      seen.reserve(rows_.rows_of_leader(leader).size());
      for (uint32_t row : rows_.rows_of_leader(leader)) {
        const bool is_self = rows_.group(row) == self;
        const absl::string_view rater = is_self ? absl::string_view() : rows_.rater(row);
        const auto [entry, is_new] = seen.try_emplace(RaterOfGroup(rows_.group(row), rater), row);
        if (is_new) continue;
        // Rows of a leader stand in the file's order, so this is the leader's first duplicate.
        if (rows_.line(row) < second_line) {
          first_line = rows_.line(entry->second);
          second_line = rows_.line(row);
          self_twice = is_self && rows_.rater(row) != rows_.rater(entry->second);
        }
        break;
      }
    }
    if (first_line == 0) return absl::OkStatus();
    if (self_twice) {
      return base::Error(absl::StatusCode::kInvalidArgument, "SELF_TWICE",
                         absl::StrCat(csv_.name(), ", lines ", first_line, " and ", second_line,
                                      ": one leader has two self-ratings; keep one of them"));
    }
    return Duplicate(csv_.name(), first_line, second_line,
                     "the same leader, group and rater; keep one of the rows");
  }

  uint32_t SelfGroup() const {
    const auto found = std::find(rows_.groups_.begin(), rows_.groups_.end(), kSelfGroup);
    return static_cast<uint32_t>(found - rows_.groups_.begin());
  }

  CsvReader csv_;
  const ScoreStructure& structure_;
  const Progress& progress_;
  std::vector<size_t> columns_;
  Numbering leaders_, groups_;
  RatingRows rows_;
};

absl::StatusOr<RatingRows> ParseRatings(absl::string_view text, absl::string_view file, const ScoreStructure& structure,
                                        const Progress& progress) {
  return RatingsParser(text, file, structure, progress).Parse();
}

absl::StatusOr<InvitedCounts> ParseInvited(absl::string_view text, absl::string_view file) {
  CsvReader csv(text, file);
  CANDOR_ASSIGN_OR_RETURN(const bool has_header, csv.Next());
  if (!has_header) return csv.Fault("CSV_HEADER_WRONG", "the file is empty; it needs the header leader,group,invited");
  CANDOR_ASSIGN_OR_RETURN(const std::vector<size_t> columns, FindColumns(csv, {"leader", "group", "invited"}));
  InvitedCounts counts;
  absl::flat_hash_map<std::pair<std::string, std::string>, int64_t> lines;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool more, csv.Next());
    if (!more) return counts;
    CANDOR_RETURN_IF_ERROR(CheckWidth(csv, columns.size()));
    const absl::string_view leader = csv.fields()[columns[0]], group = csv.fields()[columns[1]];
    for (size_t i = 0; i < 2; ++i) {
      if (csv.fields()[columns[i]].empty()) {
        return csv.FaultAt(columns[i], "CSV_ID_MISSING", "leader and group must not be empty");
      }
    }
    int64_t invited = 0;
    const absl::string_view number = csv.fields()[columns[2]];
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), invited);
    if (error != std::errc() || end != number.data() + number.size() || invited < 0) {
      return csv.FaultAt(columns[2], "INVITED_NOT_A_COUNT", "invited must be a whole number of at least 0");
    }
    std::pair<std::string, std::string> key(leader, group);
    const auto [line, is_new] = lines.try_emplace(key, csv.line());
    if (!is_new) return Duplicate(file, line->second, csv.line(), "the same leader and group; keep one of the rows");
    counts.emplace(std::move(key), invited);
  }
}

namespace {

// Groups whose names differ in capitals and spaces alone are two groups here, and mostly were meant as one.
void WarnOfSimilarGroups(const RatingRows& rows, std::vector<std::string>& warnings) {
  std::map<std::string, std::string> first_of = {{kSelfGroup, kSelfGroup}};  // by its plainest form
  for (const std::string& group : rows.groups()) {
    const auto [first, is_new] =
        first_of.try_emplace(absl::AsciiStrToLower(absl::StripAsciiWhitespace(group)), group);
    if (is_new || first->second == group) continue;
    const bool is_self = first->second == kSelfGroup;
    warnings.push_back(absl::StrCat(rows.file(), ": the groups \"", first->second, "\" and \"", group,
                                    "\" are taken for two",
                                    is_self ? ", and only the first for the leader's own ratings" : ""));
  }
}

}  // namespace

std::vector<std::string> FindInputWarnings(const ScoreStructure& structure, absl::string_view structure_file,
                                           const RatingRows& rows, const InvitedCounts* invited,
                                           absl::string_view invited_file) {
  std::vector<std::string> warnings = structure.warnings;
  // Of no rows at all everything would be missing.
  if (rows.size() == 0) return warnings;
  warnings.insert(warnings.end(), rows.warnings().begin(), rows.warnings().end());
  WarnOfSimilarGroups(rows, warnings);
  const absl::flat_hash_set<std::string> groups(rows.groups().begin(), rows.groups().end());
  for (const std::string& group : structure.exempt) {
    if (group == "supervisor" || groups.contains(group)) continue;
    warnings.push_back(absl::StrCat(structure_file, ", exempt: no row has the group ", group));
  }
  for (const auto& [group, weight] : structure.group_weights) {
    if (group == kSelfGroup || group == statistics::kPoolName || groups.contains(group)) continue;
    warnings.push_back(absl::StrCat(structure_file, ", group_weights.", group, ": no row has the group ", group));
  }
  if (invited == nullptr) return warnings;
  const absl::flat_hash_set<std::string> leaders(rows.leaders().begin(), rows.leaders().end());
  std::set<std::string> unknown_groups, unknown_leaders;
  for (const auto& [key, count] : *invited) {
    if (!leaders.contains(key.first)) unknown_leaders.insert(key.first);
    if (!groups.contains(key.second)) unknown_groups.insert(key.second);
  }
  for (const std::string& group : unknown_groups) {
    warnings.push_back(absl::StrCat(invited_file, ": no row has the group ", group));
  }
  if (!unknown_leaders.empty()) {
    warnings.push_back(absl::StrCat(invited_file, ": ", unknown_leaders.size(),
                                    unknown_leaders.size() == 1 ? " leader is" : " leaders are", " not in the ratings"));
  }
  return warnings;
}

}  // namespace candor::cli
