// Figures over a campaign's leaders beyond means: how far leaders differ, how they see themselves, how the questionnaire works.
// Parts of a district's summary.

#ifndef CANDOR_SERVICES_REPORTING_DISTRICT_FIGURES_H_
#define CANDOR_SERVICES_REPORTING_DISTRICT_FIGURES_H_

#include <map>
#include <string>
#include <vector>

#include "candor/v1/rounds.pb.h"
#include "candor/v1/scoring.pb.h"
#include "services/domain/pooled_figures.h"
#include "services/reporting/district_summary.h"
#include "services/reporting/units.h"
#include "services/statistics/printed_district.h"

namespace candor::reporting {

// Leaders that a figure about differences between them needs, and the categories of self against others, which compare
// leaders with each other.
inline constexpr int kFewestComparedLeaders = 10;
inline constexpr int kFewestCategorisedLeaders = 30;

// What the reports print, laid out for figures over leaders.
struct DistrictMaterial {
  statistics::ScoringRules rules;
  double correlation = 0;  // of two items rated by one person
  std::vector<statistics::LeaderBlocks> leaders;  // one for each result, in their order
  std::vector<Unit> units;
  std::vector<std::string> groups;  // codes of the rater groups, by number
};
DistrictMaterial GatherDistrict(const DistrictSummaryInput& input);

// Adds to each need how far leaders differ on it, where of the leaders with a figure at least 95 % have an exact one.
void AddSpreads(const DistrictMaterial& material, v1::DistrictSummary& summary);

// Adds how the leaders see themselves against their raters, with the same minimum.
void AddSelfOther(const std::vector<v1::Scores>& scores, v1::DistrictSummary& summary);

// Adds what closing pooled over all raters.
void AddPooledFigures(const domain::PooledFigures& pooled, v1::DistrictSummary& summary);

// Adds agreement of raters, themes against the general impression, and statements that groups use differently.
void AddPrintedFigures(const DistrictMaterial& material, v1::DistrictSummary& summary);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_DISTRICT_FIGURES_H_
