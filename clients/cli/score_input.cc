#include "clients/cli/score_input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/csv.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/statistics/leader_scores.h"

namespace candor::cli {

namespace {

using base::Json;

constexpr size_t kMaxItems = 1000;
constexpr double kProbabilitySumTolerance = 1e-6;
constexpr size_t kProgressRows = 1 << 16;
// Only the proportions of weights count; this leaves room for any, and sums stay far from the ends of a double.
constexpr double kLargestWeight = 1e6;
constexpr absl::string_view kKeys[] = {"name", "K", "favourable_from", "min_n", "pool_min_n", "exempt", "group_weights",
                                       "strength_cut", "gap_delta", "target", "skew_null", "items"};
constexpr absl::string_view kItemKeys[] = {"id", "text", "competency", "domain", "themes", "reverse"};

// Reads one structure file; the first fault is kept and every later step does nothing.
class StructureParser {
 public:
  explicit StructureParser(absl::string_view file) : file_(file) {}

  absl::StatusOr<ScoreStructure> Parse(absl::string_view text) {
    absl::StatusOr<Json> document = base::ParseJson(text);
    if (!document.ok()) return base::Annotate(document.status(), file_);
    if (!document->is_object()) return Fault("", "must be one JSON object");
    for (const auto& [key, value] : document->items()) structure_.given.insert(key);
    WarnOfUnknown(*document, "", kKeys);
    CANDOR_RETURN_IF_ERROR(ReadRules(*document));
    CANDOR_RETURN_IF_ERROR(ReadGroups(*document));
    CANDOR_RETURN_IF_ERROR(ReadItems(*document));
    CANDOR_RETURN_IF_ERROR(MakeScales());
    return std::move(structure_);
  }

 private:
  absl::Status Fault(absl::string_view key, absl::string_view message) const {
    return base::Error(absl::StatusCode::kInvalidArgument, "STRUCTURE_INVALID",
                       key.empty() ? absl::StrCat(file_, ": ", message) : absl::StrCat(file_, ", ", key, ": ", message),
                       key);
  }

  // Reads a whole number in [low, high] into `value`; leaves it alone if the key is absent.
  template <typename T>
  absl::Status ReadWhole(const Json& object, const char* key, int64_t low, int64_t high, absl::string_view rule,
                         T& value) const {
    const auto found = object.find(key);
    if (found == object.end()) return absl::OkStatus();
    // Writers in some languages know one kind of number only, and write 5 as 5.0.
    const double number = found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
    if (!(number >= static_cast<double>(low) && number <= static_cast<double>(high)) || number != std::floor(number)) {
      return Fault(key, rule);
    }
    value = static_cast<T>(number);
    return absl::OkStatus();
  }

  // Reads a number in [low, high]; else as ReadWhole.
  absl::Status ReadNumber(const Json& object, const char* key, double low, double high, absl::string_view rule,
                          double& value) const {
    const auto found = object.find(key);
    if (found == object.end()) return absl::OkStatus();
    const double number = found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
    if (!(number >= low && number <= high)) return Fault(key, rule);
    value = number;
    return absl::OkStatus();
  }

  // Warns of the members of `object` that are not among `known`; of each name once.
  void WarnOfUnknown(const Json& object, absl::string_view path, std::span<const absl::string_view> known) {
    for (const auto& [key, value] : object.items()) {
      if (std::find(known.begin(), known.end(), absl::string_view(key)) != known.end()) continue;
      if (!path.empty() && !warned_.insert(key).second) continue;
      structure_.warnings.push_back(absl::StrCat(file_, ", ", path, key, ": is no key that is known here, and is passed "
                                                 "over; the keys are ", absl::StrJoin(known, ", ")));
    }
  }

  absl::Status ReadText(const Json& object, const char* key, absl::string_view path, std::string& value) const {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return absl::OkStatus();
    if (!found->is_string()) return Fault(absl::StrCat(path, key), "must be text in quotes");
    value = found->get<std::string>();
    return absl::OkStatus();
  }

  // A list of texts, or a single one.
  absl::Status ReadTexts(const Json& object, const char* key, absl::string_view path,
                         std::vector<std::string>& values) const {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return absl::OkStatus();
    const std::string where = absl::StrCat(path, key);
    if (found->is_string()) {
      values.push_back(found->get<std::string>());
    } else if (found->is_array()) {
      for (const Json& entry : *found) {
        if (!entry.is_string()) return Fault(where, "must be a list of texts in quotes");
        values.push_back(entry.get<std::string>());
      }
    } else if (!(found->is_object() && found->empty())) {
      return Fault(where, "must be a list of texts in quotes");
    }
    for (const std::string& value : values) {
      if (value.empty()) return Fault(where, "holds an empty text; remove it");
    }
    return absl::OkStatus();
  }

  absl::Status ReadRules(const Json& document) {
    if (!document.contains("K")) return Fault("K", "is missing; say how many points the rating scale has, 2 to 10");
    int points = 0;
    CANDOR_RETURN_IF_ERROR(ReadWhole(document, "K", statistics::kMinPoints, statistics::kMaxPoints,
                                     "must be a whole number from 2 to 10: ratings are 1..K", points));
    statistics::ScoringRules& rules = structure_.rules;
    rules = statistics::DefaultRules(points);
    rules.skew_null_variance.reset();
    CANDOR_RETURN_IF_ERROR(ReadWhole(document, "favourable_from", 1, points,
                                     absl::StrCat("must be a rating, a whole number from 1 to ", points),
                                     rules.favourable_from));
    constexpr absl::string_view kGroupRule =
        "must be a whole number of at least 3; figures of fewer people would point at persons";
    constexpr int64_t kMost = int64_t{1} << 40;
    CANDOR_RETURN_IF_ERROR(
        ReadWhole(document, "min_n", statistics::kLowestMinimumGroup, kMost, kGroupRule, rules.min_n));
    rules.pool_min_n = rules.min_n;
    CANDOR_RETURN_IF_ERROR(
        ReadWhole(document, "pool_min_n", statistics::kLowestMinimumGroup, kMost, kGroupRule, rules.pool_min_n));
    const std::string on_scale = absl::StrCat("must be a number from 1 to ", points, ", a place on the scale");
    CANDOR_RETURN_IF_ERROR(ReadNumber(document, "strength_cut", 1, points, on_scale, rules.strength_cut));
    CANDOR_RETURN_IF_ERROR(ReadNumber(document, "gap_delta", 0, points - 1,
                                      absl::StrCat("must be a number of at least 0 and at most ", points - 1),
                                      rules.gap_delta));
    CANDOR_RETURN_IF_ERROR(ReadNumber(document, "target", 1, points, on_scale, rules.target));
    CANDOR_RETURN_IF_ERROR(ReadText(document, "name", "", structure_.name));
    return ReadSkewedNull(document);
  }

  absl::Status ReadSkewedNull(const Json& document) {
    const auto found = document.find("skew_null");
    if (found == document.end() || found->is_null()) return absl::OkStatus();
    const std::string rule = absl::StrCat("must be a list of ", structure_.rules.points,
                                          " probabilities, those of the ratings from 1 on, with the sum 1");
    if (!found->is_array() || found->size() != static_cast<size_t>(structure_.rules.points)) {
      return Fault("skew_null", rule);
    }
    double sum = 0;
    for (const Json& entry : *found) {
      if (!entry.is_number() || entry.get<double>() < 0) return Fault("skew_null", rule);
      structure_.skew_null.push_back(entry.get<double>());
      sum += structure_.skew_null.back();
    }
    if (std::fabs(sum - 1) > kProbabilitySumTolerance) return Fault("skew_null", rule);
    const double variance = statistics::DistributionVariance(structure_.skew_null);
    if (!(variance > 0)) return Fault("skew_null", "gives all weight to one rating; leave it out or spread it");
    structure_.rules.skew_null_variance = variance;
    return absl::OkStatus();
  }

  absl::Status ReadGroups(const Json& document) {
    CANDOR_RETURN_IF_ERROR(ReadTexts(document, "exempt", "", structure_.exempt));
    const auto found = document.find("group_weights");
    if (found == document.end() || found->is_null()) return absl::OkStatus();
    if (found->is_array() && found->empty()) return absl::OkStatus();
    if (!found->is_object()) return Fault("group_weights", "must be an object of group names and their weights");
    for (const auto& [group, weight] : found->items()) {
      if (!weight.is_number() || !(weight.get<double>() >= 0 && weight.get<double>() <= kLargestWeight)) {
        return Fault(absl::StrCat("group_weights.", group),
                     absl::StrCat("must be a number from 0 to ", static_cast<int64_t>(kLargestWeight)));
      }
      structure_.group_weights[group] = weight.get<double>();
    }
    return absl::OkStatus();
  }

  absl::Status ReadItems(const Json& document) {
    const auto found = document.find("items");
    if (found == document.end() || !found->is_array() || found->empty()) {
      return Fault("items", "must be a list of at least one item, each an object with an id");
    }
    if (found->size() > kMaxItems) return Fault("items", absl::StrCat("holds more than ", kMaxItems, " items"));
    absl::flat_hash_map<std::string, size_t> seen;
    for (const Json& entry : *found) {
      const size_t index = structure_.items.size();
      const std::string path = absl::StrCat("items[", index, "].");
      if (!entry.is_object()) return Fault(absl::StrCat("items[", index, "]"), "must be an object with an id");
      WarnOfUnknown(entry, path, kItemKeys);
      ScoreItem item;
      CANDOR_RETURN_IF_ERROR(ReadText(entry, "id", path, item.id));
      if (item.id.empty()) return Fault(absl::StrCat(path, "id"), "is missing; give every item an id of its own");
      if (item.id == "leader" || item.id == "group" || item.id == "rater") {
        return Fault(absl::StrCat(path, "id"), "is the name of another column of the ratings file; choose another");
      }
      const auto [first, is_new] = seen.try_emplace(item.id, index);
      if (!is_new) {
        return Fault(absl::StrCat(path, "id"), absl::StrCat("is that of items[", first->second,
                                                            "] too; give every item an id of its own"));
      }
      CANDOR_RETURN_IF_ERROR(ReadText(entry, "text", path, item.text));
      CANDOR_RETURN_IF_ERROR(ReadText(entry, "competency", path, item.competency));
      CANDOR_RETURN_IF_ERROR(ReadText(entry, "domain", path, item.domain));
      CANDOR_RETURN_IF_ERROR(ReadTexts(entry, "themes", path, item.themes));
      if (const auto reverse = entry.find("reverse"); reverse != entry.end() && !reverse->is_null()) {
        if (!reverse->is_boolean()) return Fault(absl::StrCat(path, "reverse"), "must be true or false");
        item.reverse = reverse->get<bool>();
      }
      structure_.items.push_back(std::move(item));
    }
    return absl::OkStatus();
  }

  // Adds the scale of the items that `belongs` says. A competency that is all of one domain of the same name is one
  // scale; the same name for different items would make two scales out of one.
  template <typename Belongs>
  absl::Status AddScale(const std::string& id, const char* what, const Belongs& belongs) {
    ScoreScale scale{id, {}};
    for (size_t j = 0; j < structure_.items.size(); ++j) {
      if (belongs(structure_.items[j])) scale.items.push_back(static_cast<int>(j));
    }
    for (const ScoreScale& other : structure_.scales) {
      if (other.id != id) continue;
      if (other.items == scale.items) return absl::OkStatus();
      return Fault("items", absl::StrCat("the name of a ", what,
                                         " is that of another scale with other items; give each its own name"));
    }
    structure_.scales.push_back(std::move(scale));
    return absl::OkStatus();
  }

  absl::Status MakeScales() {
    CANDOR_RETURN_IF_ERROR(AddScale(kOverallScale, "scale", [](const ScoreItem&) { return true; }));
    for (const bool domains : {false, true}) {
      absl::flat_hash_set<std::string> seen;
      for (const ScoreItem& item : structure_.items) {
        const std::string& id = domains ? item.domain : item.competency;
        if (id.empty() || !seen.insert(id).second) continue;
        CANDOR_RETURN_IF_ERROR(AddScale(id, domains ? "domain" : "competency", [&](const ScoreItem& other) {
          return (domains ? other.domain : other.competency) == id;
        }));
      }
    }
    std::set<std::string> themes;
    for (const ScoreItem& item : structure_.items) themes.insert(item.themes.begin(), item.themes.end());
    for (const std::string& id : themes) {
      CANDOR_RETURN_IF_ERROR(AddScale(id, "theme", [&](const ScoreItem& item) {
        return std::find(item.themes.begin(), item.themes.end(), id) != item.themes.end();
      }));
    }
    return absl::OkStatus();
  }

  std::string file_;
  ScoreStructure structure_;
  std::set<std::string> warned_;  // unknown keys of items
};

// Column of each wanted name in the header that `csv` has read. `names` are distinct.
absl::StatusOr<std::vector<size_t>> FindColumns(const CsvReader& csv, const std::vector<std::string>& names) {
  constexpr size_t kNone = std::numeric_limits<size_t>::max();
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
  return csv.Fault("CSV_COLUMNS_WRONG", absl::StrCat("the row has ", csv.fields().size(), " fields, the header ", width));
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

bool ScoreStructure::is_exempt(absl::string_view group) const {
  return std::find(exempt.begin(), exempt.end(), group) != exempt.end();
}

double ScoreStructure::weight_of(absl::string_view group) const {
  const auto found = group_weights.find(std::string(group));
  return found == group_weights.end() ? 1 : found->second;
}

void ScoreStructure::TurnReversed(std::span<uint8_t> ratings) const {
  for (size_t j = 0; j < items.size(); ++j) {
    if (items[j].reverse && ratings[j] != statistics::kBlank && ratings[j] != statistics::kNotObserved) {
      ratings[j] = static_cast<uint8_t>(rules.points + 1 - ratings[j]);
    }
  }
}

absl::StatusOr<ScoreStructure> ParseStructure(absl::string_view text, absl::string_view file) {
  return StructureParser(file).Parse(text);
}

class RatingsParser {
 public:
  RatingsParser(absl::string_view text, absl::string_view file, const ScoreStructure& structure,
                const Progress& progress)
      : csv_(text, file), structure_(structure), progress_(progress) {}

  absl::StatusOr<RatingRows> Parse() {
    rows_.items_ = structure_.items.size();
    CANDOR_ASSIGN_OR_RETURN(const bool has_header, csv_.Next());
    if (!has_header) return csv_.Fault("CSV_HEADER_WRONG", "the file is empty; it needs a header and one row a form");
    std::vector<std::string> names = {"leader", "group", "rater"};
    for (const ScoreItem& item : structure_.items) names.push_back(item.id);
    CANDOR_ASSIGN_OR_RETURN(columns_, FindColumns(csv_, names));
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const bool more, csv_.Next());
      if (!more) break;
      CANDOR_RETURN_IF_ERROR(ReadRow());
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

std::vector<std::string> FindInputWarnings(const ScoreStructure& structure, absl::string_view structure_file,
                                           const RatingRows& rows, const InvitedCounts* invited,
                                           absl::string_view invited_file) {
  std::vector<std::string> warnings = structure.warnings;
  // Of no rows at all everything would be missing.
  if (rows.size() == 0) return warnings;
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
