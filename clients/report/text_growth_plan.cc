#include "clients/report/text_growth_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/report/figures.h"
#include "clients/report/layout.h"
#include "clients/report/text_follow_ups.h"
#include "clients/report/text_page.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

// "A.1 Title", or the code alone.
std::string CompetencyName(const std::string& code, const CompetencyTitles& titles) {
  const auto title = titles.find(code);
  return title == titles.end() ? Clean(code) : absl::StrCat(Clean(code), " ", Clean(title->second));
}

void WriteGoal(const v1::GrowthGoal& goal, const CompetencyTitles& titles, TextPage& page) {
  page.Paragraph("  ", CompetencyName(goal.unit(), titles), Style::kStrong);
  WriteText("    Goal:      ", goal.goal(), page);
  for (int i = 0; i < goal.actions_size(); ++i) {
    const v1::GrowthAction& action = goal.actions(i);
    WriteText(absl::StrCat("    ", action.done() ? "[x] " : "[ ] ", i + 1, ". "), action.text(), page);
  }
  if (!goal.evidence().empty()) WriteText("    Evidence:  ", goal.evidence(), page);
  if (!goal.review_date().empty()) WriteText("    Look back: ", DayText(goal.review_date()), page);
  if (!goal.outcome().empty()) WriteText("    Outcome:   ", goal.outcome(), page);
}

}  // namespace

CompetencyTitles TitlesOf(const v1::Report& report) {
  CompetencyTitles titles;
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_COMPETENCY) titles[unit.code()] = unit.title();
  }
  return titles;
}

std::string RenderGrowthPlan(const v1::GrowthPlan& plan, const TextOptions& options, const CompetencyTitles& titles,
                             absl::string_view heading) {
  TextPage page(std::clamp(options.width, kNarrowestText, kWidestText), options.color);
  page.Heading(heading);
  for (const v1::GrowthGoal& goal : plan.goals()) {
    WriteGoal(goal, titles, page);
    page.Gap();
  }
  if (plan.goals().empty()) {
    page.Paragraph("", "No goal yet. candor plan add puts one down: for which competency, what shall be different, what is "
                       "done for it.");
  } else if (plan.shared_with_supervisor()) {
    page.Paragraph("",
                   "Shared: those who supervised them when the survey opened can read it besides the leader, or the team's "
                   "members, where the rules let them read the report. Nobody else can.",
                   Style::kQuiet);
  } else {
    page.Paragraph("", "Not shared: nobody but the leader can read it; of a team, nobody but its members.", Style::kQuiet);
  }
  return std::move(page).Finish();
}

}  // namespace candor::report
