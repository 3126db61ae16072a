// The figures of a report.

#ifndef CANDOR_SERVICES_REPORTING_SCORES_H_
#define CANDOR_SERVICES_REPORTING_SCORES_H_

#include "candor/v1/scoring.pb.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/reporting/report_input.h"
#include "services/statistics/constants.h"

namespace candor::reporting {

// The group of all anonymous raters.
inline constexpr char kAllRaters[] = "all_raters";

// The strength line of a scale 1..points whose instrument sets none: half a point above its middle on a scale of five, and as
// far in proportion on any other: (points + 1) / 2 + 0.5 (points - 1) / 4. 3.5 for 5 points, 2.875 for 4.
double StrengthCut(int points);

// How near self and others are in agreement, where the instrument does not say: half a point on a scale of five,
// 0.5 (points - 1) / 4 on any other.
double AgreementBand(int points);

// What focus areas are measured against, unless the strength line lies higher: three quarters up the scale, 4.0 of 5.
double Target(int points);

// The constants of a report: the contract's thresholds, the instrument's scale with its strength line and agreement
// band, or the defaults above.
statistics::ScoringRules ScoringRulesOf(const domain::Contract& contract, const domain::RatingScale& scale);

// The correlation between two items rated by one person: the campaign's pooled one, else the rules' prior.
double CorrelationOf(const domain::PooledFigures& pooled, const statistics::ScoringRules& rules);

// The same constants for readers.
void SetRules(const domain::Contract& contract, const domain::RatingScale& scale, const domain::PooledFigures& pooled,
              candor::v1::ScoringRules& out);

// The leader's own rating of each item of the instrument, after reversal; of a team the mean of its members' from
// kFewestSelfRatings ratings of the item on. Unset where there is none.
std::vector<std::optional<double>> SelfItems(const ReportInput& input);

// The unit's figure from a rater group, parts or the pool, or from `kAllRaters`; null where it has none.
const candor::v1::GroupScore* FindScore(const candor::v1::UnitScore& unit, const std::string& group);

// What the printed figure must lie in; unset where it is withheld.
std::optional<statistics::Interval> RangeOf(const candor::v1::GroupScore& score);

// All figures. The input has passed CheckReportInput.
candor::v1::Scores BuildScores(const ReportInput& input);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_SCORES_H_
