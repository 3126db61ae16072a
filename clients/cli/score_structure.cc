// The structure file: items, scales, constants.

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/score_input.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::cli {

namespace {

using base::Json;

constexpr size_t kMaxItems = 1000;
constexpr size_t kMaxScales = 1000;
constexpr double kProbabilitySumTolerance = 1e-6;
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
    WarnOfMissing("competency", &ScoreItem::competency);
    WarnOfMissing("domain", &ScoreItem::domain);
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

  // Warns of items without a competency or domain where others have one; a file that uses none is not at fault.
  void WarnOfMissing(absl::string_view key, std::string ScoreItem::* value) {
    const std::vector<ScoreItem>& items = structure_.items;
    const auto has_none = [&](const ScoreItem& item) { return (item.*value).empty(); };
    const auto missing = std::count_if(items.begin(), items.end(), has_none);
    if (missing == 0 || missing == static_cast<std::ptrdiff_t>(items.size())) return;
    const auto first = std::find_if(items.begin(), items.end(), has_none) - items.begin();
    structure_.warnings.push_back(absl::StrCat(file_, ", items[", first, "].", key, ": is missing, there and in ",
                                               missing, " of ", items.size(), " items in all; they are in no ", key,
                                               "'s score"));
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
    if (structure_.scales.size() == kMaxScales) {
      return Fault("items", absl::StrCat("name more than ", kMaxScales - 1, " competencies, domains and themes together; "
                                         "these are scales of several items, not texts about one"));
    }
    ScoreScale scale{id, {}};
    for (size_t j = 0; j < structure_.items.size(); ++j) {
      if (belongs(structure_.items[j])) scale.items.push_back(static_cast<int>(j));
    }
    for (const ScoreScale& other : structure_.scales) {
      if (other.id != id) continue;
      if (other.items == scale.items) return absl::OkStatus();
      return Fault(absl::StrCat("items[", scale.items.front(), "].", what),
                   id == kOverallScale ? absl::StrCat("is the name of another scale, that of all items; choose another")
                                       : "is the name of another scale with other items; give each its own name");
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
      CANDOR_RETURN_IF_ERROR(AddScale(id, "themes", [&](const ScoreItem& item) {
        return std::find(item.themes.begin(), item.themes.end(), id) != item.themes.end();
      }));
    }
    return absl::OkStatus();
  }

  std::string file_;
  ScoreStructure structure_;
  std::set<std::string> warned_;  // unknown keys of items
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

}  // namespace candor::cli
