// Several reports at once, as somebody has them who lays them side by side: those of all leaders of a campaign with the
// means over them, and those of one leader in two rounds with what has changed.

#ifndef CANDOR_TESTS_PRIVACY_SEVERAL_REPORTS_H_
#define CANDOR_TESTS_PRIVACY_SEVERAL_REPORTS_H_

#include <string>
#include <vector>

#include "candor/v1/report.pb.h"
#include "tests/privacy/printed_survey.h"
#include "tests/privacy/random_report.h"

namespace candor::privacy {

// Their surveys as one: the groups one after the other. The rules are those of `rules`; where not all share them, only
// its groups are attacked.
Survey SurveyOf(const std::vector<const RandomReport*>& reports, const RandomReport& rules);
std::vector<const RandomReport*> PointersTo(const std::vector<RandomReport>& leaders);
inline std::vector<const RandomReport*> PointersTo(const RandomRounds& rounds) { return {&rounds.before, &rounds.now}; }

// The report of each of a campaign's leaders. `answers`: of SurveyOf.
std::vector<v1::Report> PrintLeaders(const std::vector<RandomReport>& leaders, const Answers& answers);
Printed ReadLeaders(const std::vector<RandomReport>& leaders, const std::vector<v1::Report>& reports);

// The report of the round before, and this round's.
std::vector<v1::Report> PrintRounds(const RandomRounds& rounds, const Answers& answers);
Printed ReadRounds(const RandomRounds& rounds, const std::vector<v1::Report>& reports);

// Their bytes.
std::string TextOf(const std::vector<v1::Report>& reports);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_SEVERAL_REPORTS_H_
