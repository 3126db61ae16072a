// A growth plan as text.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_GROWTH_PLAN_H_
#define CANDOR_CLIENTS_REPORT_TEXT_GROWTH_PLAN_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "candor/v1/growth_plan.pb.h"
#include "candor/v1/report.pb.h"
#include "clients/report/text_report.h"

namespace candor::report {

// Titles of competencies by their codes.
using CompetencyTitles = std::map<std::string, std::string>;
CompetencyTitles TitlesOf(const candor::v1::Report& report);

inline constexpr char kGrowthPlanHeading[] = "Growth plan (beside the report, and no part of it)";

// Every goal with its numbered actions, and who can read the plan. Competencies that have no title stand with their code alone.
std::string RenderGrowthPlan(const candor::v1::GrowthPlan& plan, const TextOptions& options,
                             const CompetencyTitles& titles = {}, absl::string_view heading = kGrowthPlanHeading);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_GROWTH_PLAN_H_
