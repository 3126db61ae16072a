// Reports for tests of the HTML renderer.

#ifndef CANDOR_TESTS_REPORTING_HTML_SAMPLES_H_
#define CANDOR_TESTS_REPORTING_HTML_SAMPLES_H_

#include <cstdint>

#include "candor/v1/growth_plan.pb.h"
#include "candor/v1/report.pb.h"

namespace candor::reporting {

// The demonstration's report with everything that a report can hold: changes, the round, guiding questions, a group that
// does not agree within itself are put in where its campaign has none.
v1::Report FullReport(uint32_t seed);

// Comments of two blocks, with a summary and what is withheld.
v1::ReportComments SampleComments();

// Two goals on competencies of the demonstration: one with everything, one with its words alone.
v1::GrowthPlan SamplePlan();

}  // namespace candor::reporting

#endif  // CANDOR_TESTS_REPORTING_HTML_SAMPLES_H_
