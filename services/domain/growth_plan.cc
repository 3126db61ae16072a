#include "services/domain/growth_plan.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.growth_plan.v1";

absl::Status CheckWords(absl::string_view field, absl::string_view text, size_t most, bool required) {
  if (required && absl::StripAsciiWhitespace(text).empty()) return errors::InvalidField(field, "must not be empty");
  if (text.size() > most) {
    return errors::InvalidField(field, absl::StrCat("is ", text.size(), " bytes long; shorten it to ", most));
  }
  if (!IsPlainText(text)) {
    return errors::InvalidField(field, "must be plain UTF-8 text without control characters");
  }
  return absl::OkStatus();
}

absl::Status CheckDay(absl::string_view field, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  absl::CivilDay day;
  // Parsing alone lets other forms pass, and years of any length.
  const bool is_day = absl::ParseCivilTime(text, &day) && absl::FormatCivilTime(day) == text;
  if (is_day && day.year() >= 1000 && day.year() <= 9999) return absl::OkStatus();
  return errors::InvalidField(field, "must be a day of the calendar, for instance 2027-05-14");
}

absl::Status CheckGoal(const std::string& path, const GrowthGoal& goal) {
  const auto at = [&](absl::string_view member) { return absl::StrCat(path, ".", member); };
  if (!IsCode(goal.unit)) return errors::InvalidField(at("unit"), "must be the code of a competency of the report");
  CANDOR_RETURN_IF_ERROR(CheckWords(at("goal"), goal.goal, kLongestGoal, /*required=*/true));
  if (goal.actions.size() > kMostActions) {
    return errors::InvalidField(at("actions"), absl::StrCat("are more than ", kMostActions, "; leave out some"));
  }
  for (size_t i = 0; i < goal.actions.size(); ++i) {
    CANDOR_RETURN_IF_ERROR(CheckWords(at(absl::StrCat("actions[", i, "].text")), goal.actions[i].text, kLongestAction,
                                      /*required=*/true));
  }
  CANDOR_RETURN_IF_ERROR(CheckWords(at("evidence"), goal.evidence, kLongestEvidence, /*required=*/false));
  CANDOR_RETURN_IF_ERROR(CheckDay(at("review_date"), goal.review_date));
  return CheckWords(at("outcome"), goal.outcome, kLongestOutcome, /*required=*/false);
}

GrowthGoal ReadGoal(const Json& element, const std::string& path, JsonFault* fault) {
  JsonObject object(element, path, fault);
  GrowthGoal goal;
  goal.unit = object.Text("unit");
  goal.goal = object.Text("goal");
  object.List("actions", [&](const Json& action, const std::string& action_path) {
    JsonObject read(action, action_path, fault);
    std::string text = read.Text("text");
    goal.actions.push_back({std::move(text), read.OptionalBool("done", false)});
    read.Finish();
  });
  goal.evidence = object.Text("evidence");
  goal.review_date = object.Text("review_date");
  goal.outcome = object.Text("outcome");
  object.Finish();
  return goal;
}

}  // namespace

absl::Status CheckGrowthPlan(const GrowthPlan& plan) {
  if (plan.goals.size() > kMostGoals) {
    return errors::InvalidField("goals", absl::StrCat("are more than ", kMostGoals,
                                                      "; a plan of fewer is carried out more often, so leave out some"));
  }
  std::set<std::string> units;
  for (size_t i = 0; i < plan.goals.size(); ++i) {
    const std::string path = absl::StrCat("goals[", i, "]");
    CANDOR_RETURN_IF_ERROR(CheckGoal(path, plan.goals[i]));
    if (!units.insert(plan.goals[i].unit).second) {
      return errors::InvalidField(absl::StrCat(path, ".unit"),
                                  "stands in another goal too; put all about one competency into one goal");
    }
  }
  return absl::OkStatus();
}

std::string EncodeGrowthPlan(const GrowthPlan& plan) {
  Json goals = Json::array();
  for (const GrowthGoal& goal : plan.goals) {
    Json actions = Json::array();
    for (const GrowthAction& action : goal.actions) actions.push_back({{"text", action.text}, {"done", action.done}});
    goals.push_back({{"unit", goal.unit},
                     {"goal", goal.goal},
                     {"actions", std::move(actions)},
                     {"evidence", goal.evidence},
                     {"review_date", goal.review_date},
                     {"outcome", goal.outcome}});
  }
  return base::CanonicalJson(Json{{"format", kFormat},
                                  {"goals", std::move(goals)},
                                  {"shared_with_supervisor", plan.shared_with_supervisor}});
}

absl::StatusOr<GrowthPlan> DecodeGrowthPlan(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return errors::StoreCorrupt("a growth plan is not JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is another");
  GrowthPlan plan;
  plan.shared_with_supervisor = object.OptionalBool("shared_with_supervisor", false);
  object.List("goals", [&](const Json& element, const std::string& path) {
    plan.goals.push_back(ReadGoal(element, path, &fault));
  });
  object.Finish();
  if (fault.ok() && EncodeGrowthPlan(plan) != bytes) fault.Set("", "is not in canonical form");
  CANDOR_RETURN_IF_ERROR(fault.status());
  return plan;
}

}  // namespace candor::domain
