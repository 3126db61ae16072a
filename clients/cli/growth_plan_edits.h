// Changing a growth plan step by step, and reading one from a file.

#ifndef CANDOR_CLIENTS_CLI_GROWTH_PLAN_EDITS_H_
#define CANDOR_CLIENTS_CLI_GROWTH_PLAN_EDITS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/growth_plan.pb.h"

namespace candor::cli {

struct GoalEdit {
  std::string competency;
  std::string goal, evidence, review_date;  // empty: stays as it is
  std::vector<std::string> actions;         // added behind those that are there
};

// Adds the goal, or, where the competency has one, what `edit` says to it. A usage error: a new goal without words.
absl::Status EditGoal(const GoalEdit& edit, candor::v1::GrowthPlan& plan);

// Marks these actions (counted from 1) as done, or not, and puts down what came of the goal unless `outcome` is empty.
// Usage errors: no such goal or action, or nothing to do; the plan is unchanged then.
absl::Status MarkDone(const std::string& competency, const std::vector<int>& actions, bool done,
                      const std::string& outcome, candor::v1::GrowthPlan& plan);

// A usage error: no such goal.
absl::Status RemoveGoal(const std::string& competency, candor::v1::GrowthPlan& plan);

// A plan as `candor plan show --json` prints it; `file` is for messages. INVALID_ARGUMENT: it is none.
absl::StatusOr<candor::v1::GrowthPlan> ParseGrowthPlan(absl::string_view text, absl::string_view file);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_GROWTH_PLAN_EDITS_H_
