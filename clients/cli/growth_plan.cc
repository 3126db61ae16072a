// Growth plans: what the leader makes of their report.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cli/growth_plan_edits.h"
#include "clients/cli/verbs.h"
#include "clients/report/text_growth_plan.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::GrowthPlan;
using candor::v1::ReportService;

constexpr int kTextWidth = 96;
constexpr size_t kLongestFile = 1 << 20;  // bytes: far more than any plan has

struct EditOptions {
  std::string survey, file;
};

struct AddOptions {
  std::string survey;
  GoalEdit edit;
};

struct DoneOptions {
  std::string survey, competency, outcome;
  std::vector<int> actions;
  bool undo = false;
};

struct RemoveOptions {
  std::string survey, competency;
  bool all = false;
};

absl::StatusOr<GrowthPlan> Read(Context& c, const std::string& survey) {
  candor::v1::GetGrowthPlanRequest request;
  CANDOR_ASSIGN_OR_RETURN(const std::string name, c.FullName("campaigns", survey));
  request.set_name(absl::StrCat(name, "/growthPlan"));
  return c.Call(&ReportService::Stub::GetGrowthPlan, request);
}

absl::Status ShowPlan(Context& c, const GrowthPlan& plan) {
  return c.Show(plan, [&] {
    report::TextOptions text;
    text.width = kTextWidth;
    return report::RenderGrowthPlan(plan, text);
  });
}

// Writes the plan over the version that its etag names, and shows what is stored then.
absl::Status Write(Context& c, const GrowthPlan& plan) {
  candor::v1::UpdateGrowthPlanRequest request;
  *request.mutable_growth_plan() = plan;
  CANDOR_ASSIGN_OR_RETURN(const GrowthPlan written, c.Call(&ReportService::Stub::UpdateGrowthPlan, request));
  return ShowPlan(c, written);
}

// Reads the plan, changes it, writes it.
absl::Status Change(Context& c, const std::string& survey, const std::function<absl::Status(GrowthPlan&)>& change) {
  CANDOR_ASSIGN_OR_RETURN(GrowthPlan plan, Read(c, survey));
  CANDOR_RETURN_IF_ERROR(change(plan));
  return Write(c, plan);
}

absl::Status Show(Context& c, const NameOption& options) {
  CANDOR_ASSIGN_OR_RETURN(const GrowthPlan plan, Read(c, options.name));
  return ShowPlan(c, plan);
}

absl::Status Edit(Context& c, const EditOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file, kLongestFile));
  CANDOR_ASSIGN_OR_RETURN(const GrowthPlan wanted, ParseGrowthPlan(bytes, options.file));
  return Change(c, options.survey, [&](GrowthPlan& plan) -> absl::Status {
    if (!wanted.name().empty() && wanted.name() != plan.name()) {
      return UsageError(absl::StrCat(options.file, " is the plan ", wanted.name(), "; leave out \"name\" to write it here"));
    }
    // A file from `plan show --json` says which version it has changed; one without speaks for the newest.
    const std::string name = plan.name(), newest = plan.etag();
    plan = wanted;
    plan.set_name(name);
    if (plan.etag().empty()) plan.set_etag(newest);
    return absl::OkStatus();
  });
}

absl::Status Add(Context& c, const AddOptions& options) {
  return Change(c, options.survey, [&](GrowthPlan& plan) { return EditGoal(options.edit, plan); });
}

absl::Status Done(Context& c, const DoneOptions& options) {
  return Change(c, options.survey, [&](GrowthPlan& plan) {
    return MarkDone(options.competency, options.actions, !options.undo, options.outcome, plan);
  });
}

absl::Status Remove(Context& c, const RemoveOptions& options) {
  if (options.all == !options.competency.empty()) {
    return UsageError("give the goal's --competency, or --all to delete the whole plan");
  }
  return Change(c, options.survey, [&](GrowthPlan& plan) {
    if (!options.all) return RemoveGoal(options.competency, plan);
    plan.clear_goals();
    return absl::OkStatus();
  });
}

absl::Status SetShared(Context& c, const NameOption& options, bool shared) {
  return Change(c, options.name, [&](GrowthPlan& plan) -> absl::Status {
    if (shared && plan.goals().empty()) return UsageError("there is no plan yet to share; candor plan add makes one");
    plan.set_shared_with_supervisor(shared);
    return absl::OkStatus();
  });
}

void DeclareSurvey(CLI::App& verb, std::string& survey) {
  verb.add_option("survey", survey, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
}

void DeclareName(CLI::App& verb, NameOption& options) { DeclareSurvey(verb, options.name); }

void DeclareCompetency(CLI::App& verb, std::string& competency, const std::string& help, bool required) {
  verb.add_option("--competency", competency, help)->required(required);
}

void AddGoalVerbs(CLI::App& noun, Context& context) {
  AddVerb<AddOptions>(
      noun, context, "add", "Add a goal; where the competency has one, add actions to it or put it otherwise",
      [](CLI::App& verb, AddOptions& options) {
        DeclareSurvey(verb, options.survey);
        DeclareCompetency(verb, options.edit.competency, "Code of a competency of your report", true);
        verb.add_option("--goal", options.edit.goal, "What shall be different");
        verb.add_option("--action", options.edit.actions, "What you do for it; may be given more than once")
            ->allow_extra_args(false);
        verb.add_option("--evidence", options.edit.evidence, "How you will see that it worked");
        verb.add_option("--by", options.edit.review_date, "When you look back: a day, for instance 2027-05-14");
      },
      Add);
  AddVerb<DoneOptions>(
      noun, context, "done", "Mark actions as done, and put down what came of a goal",
      [](CLI::App& verb, DoneOptions& options) {
        DeclareSurvey(verb, options.survey);
        DeclareCompetency(verb, options.competency, "The goal's competency", true);
        verb.add_option("--action", options.actions, "The action's number; may be given more than once")
            ->allow_extra_args(false);
        verb.add_flag("--undo", options.undo, "They are not done after all");
        verb.add_option("--outcome", options.outcome, "What came of the goal");
      },
      Done);
  AddVerb<RemoveOptions>(
      noun, context, "remove", "Remove a goal, or the whole plan",
      [](CLI::App& verb, RemoveOptions& options) {
        DeclareSurvey(verb, options.survey);
        DeclareCompetency(verb, options.competency, "The goal's competency", false);
        verb.add_flag("--all", options.all, "Delete the whole plan");
      },
      Remove);
}

}  // namespace

void AddGrowthPlanVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "plan", "Growth plans: what a leader makes of a report, for themself");
  AddVerb<NameOption>(*noun, context, "show", "Read the plan beside a report: your own, or one that is shared with you",
                      DeclareName, Show);
  AddGoalVerbs(*noun, context);
  AddVerb<EditOptions>(
      *noun, context, "edit", "Replace the plan by a file, as plan show --json prints it",
      [](CLI::App& verb, EditOptions& options) {
        DeclareSurvey(verb, options.survey);
        verb.add_option("--file", options.file, "The JSON document")->required();
      },
      Edit);
  AddVerb<NameOption>(*noun, context, "share", "Let those who supervised you when the survey opened read the plan",
                      DeclareName, [](Context& c, const NameOption& options) { return SetShared(c, options, true); });
  AddVerb<NameOption>(*noun, context, "unshare", "Keep the plan to yourself again", DeclareName,
                      [](Context& c, const NameOption& options) { return SetShared(c, options, false); });
}

}  // namespace candor::cli
