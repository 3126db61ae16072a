#include "clients/cli/growth_plan_edits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/context.h"
#include "google/protobuf/util/json_util.h"

namespace candor::cli {
namespace {

using candor::v1::GrowthGoal;
using candor::v1::GrowthPlan;

GrowthGoal* FindGoal(const std::string& competency, GrowthPlan& plan) {
  const auto goal = std::find_if(plan.mutable_goals()->begin(), plan.mutable_goals()->end(),
                                 [&](const GrowthGoal& each) { return each.unit() == competency; });
  return goal == plan.mutable_goals()->end() ? nullptr : &*goal;
}

absl::Status NoGoal(const std::string& competency, const GrowthPlan& plan) {
  std::vector<std::string> there;
  for (const GrowthGoal& goal : plan.goals()) there.push_back(goal.unit());
  return UsageError(absl::StrCat("the plan has no goal for ", competency,
                                 there.empty() ? "; it has none at all yet: candor plan add makes one"
                                               : absl::StrCat("; it has ", absl::StrJoin(there, ", "))));
}

}  // namespace

absl::Status EditGoal(const GoalEdit& edit, GrowthPlan& plan) {
  GrowthGoal* goal = FindGoal(edit.competency, plan);
  if (goal == nullptr) {
    if (edit.goal.empty()) {
      return UsageError("say with --goal what shall be different: there is no goal for this competency yet");
    }
    goal = plan.add_goals();
    goal->set_unit(edit.competency);
  }
  if (!edit.goal.empty()) goal->set_goal(edit.goal);
  if (!edit.evidence.empty()) goal->set_evidence(edit.evidence);
  if (!edit.review_date.empty()) goal->set_review_date(edit.review_date);
  for (const std::string& action : edit.actions) goal->add_actions()->set_text(action);
  return absl::OkStatus();
}

absl::Status MarkDone(const std::string& competency, const std::vector<int>& actions, bool done,
                      const std::string& outcome, GrowthPlan& plan) {
  if (actions.empty() && outcome.empty()) {
    return UsageError("say with --action which step is done, with --outcome what came of the goal, or both");
  }
  GrowthGoal* const goal = FindGoal(competency, plan);
  if (goal == nullptr) return NoGoal(competency, plan);
  for (const int number : actions) {
    if (number >= 1 && number <= goal->actions_size()) continue;
    return UsageError(absl::StrCat("the goal for ", competency, " has no action ", number, "; candor plan show numbers ",
                                   "them, and it has ", goal->actions_size()));
  }
  for (const int number : actions) goal->mutable_actions(number - 1)->set_done(done);
  if (!outcome.empty()) goal->set_outcome(outcome);
  return absl::OkStatus();
}

absl::Status RemoveGoal(const std::string& competency, GrowthPlan& plan) {
  const GrowthGoal* const goal = FindGoal(competency, plan);
  if (goal == nullptr) return NoGoal(competency, plan);
  plan.mutable_goals()->erase(std::find_if(plan.mutable_goals()->begin(), plan.mutable_goals()->end(),
                                           [&](const GrowthGoal& each) { return &each == goal; }));
  return absl::OkStatus();
}

absl::StatusOr<GrowthPlan> ParseGrowthPlan(absl::string_view text, absl::string_view file) {
  GrowthPlan plan;
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(text), &plan);
  if (parsed.ok()) return plan;
  return absl::InvalidArgumentError(absl::StrCat(file, ": is no plan as candor plan show --json prints it: ",
                                                 std::string(parsed.message())));
}

}  // namespace candor::cli
