#include "clients/report/html_plan.h"

#include <string>

#include "clients/report/html_notes.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

Json GoalData(const HtmlWords& words, const v1::GrowthGoal& goal) {
  const sentences::Sentences& say = words.say();
  Json title = words.Plain("");
  for (const v1::UnitScore* unit : UnitsOf(words.report(), v1::UNIT_KIND_COMPETENCY)) {
    if (unit->code() == goal.unit()) title = words.UnitName(*unit).at("title");
  }
  Json actions = Json::array(), facts = Json::array();
  for (const v1::GrowthAction& action : goal.actions()) {
    actions.push_back(
        {{"state", say.Say(action.done() ? "report.plan_done" : "report.plan_open")}, {"text", Clean(action.text())}});
  }
  const auto add = [&](const char* label, const Json& lines) {
    if (!lines.empty()) facts.push_back({{"label", say.Say(label)}, {"lines", lines}});
  };
  add("report.plan_evidence", LinesData(goal.evidence()));
  if (!goal.review_date().empty()) add("report.plan_review", LinesData(DayText(goal.review_date(), say)));
  add("report.plan_outcome", LinesData(goal.outcome()));
  return {{"code", Clean(goal.unit())}, {"title", title}, {"goal", LinesData(goal.goal())}, {"actions", actions}, {"facts", facts}};
}

}  // namespace

Json PlanData(const HtmlWords& words, const v1::GrowthPlan& plan) {
  if (plan.goals().empty()) return false;
  Json goals = Json::array();
  for (const v1::GrowthGoal& goal : plan.goals()) goals.push_back(GoalData(words, goal));
  return {{"goals", goals},
          {"reach", words.say().Say(plan.shared_with_supervisor() ? "report.plan_shared" : "report.plan_not_shared")}};
}

}  // namespace candor::report
