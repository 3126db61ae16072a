// The growth plan beside an HTML report.

#ifndef CANDOR_CLIENTS_REPORT_HTML_PLAN_H_
#define CANDOR_CLIENTS_REPORT_HTML_PLAN_H_

#include "candor/v1/growth_plan.pb.h"
#include "clients/report/html_words.h"

namespace candor::report {

// Everything of plan.mustache; false where the plan has no goal.
base::Json PlanData(const HtmlWords& words, const candor::v1::GrowthPlan& plan);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_PLAN_H_
