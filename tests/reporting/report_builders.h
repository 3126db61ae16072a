// Campaigns with known raw ratings, for tests of reports: the truth is at hand, the report sees the closed result only.

#ifndef CANDOR_TESTS_REPORTING_REPORT_BUILDERS_H_
#define CANDOR_TESTS_REPORTING_REPORT_BUILDERS_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "candor/v1/report.pb.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/reporting/build_report.h"

namespace candor::reporting {

// Domain D1 with competency C1 (indicators i1, i2) and C2 (i3), domain D2 with C3 (i4); theme T1 on i1, i3, i4 and T2
// on i3. Everybody is asked every item, except that parents are not asked i4. Item i2 is reverse-keyed.
domain::InstrumentVersion SmallVersion(int points);

domain::Contract SampleContract();

// One issuing group: what its raters marked, one form each, one byte for each item of the instrument (as in
// domain::Answers: not yet reversed).
struct RawGroup {
  std::string code;
  std::vector<std::string> members;  // empty: {code}
  int64_t invited = 0;               // 0: as many as forms
  int64_t reissued = 0;
  std::vector<std::vector<uint8_t>> forms;
  std::vector<std::string> parts = {};  // of the one member
};

// Everything closing would let out of these answers.
domain::ClosedResult CloseGroups(const domain::InstrumentVersion& version, const domain::Contract& contract,
                                 const std::vector<RawGroup>& groups);

// A report's input without self and supervisors.
ReportInput InputOf(const domain::InstrumentVersion& version, const domain::Contract& contract,
                    const domain::ClosedResult& result);
ReportInput InputOf(const domain::InstrumentVersion& version, const std::vector<RawGroup>& groups);

domain::Answers Ratings(std::vector<uint8_t> ratings);

// `n` copies of one form.
std::vector<std::vector<uint8_t>> Copies(int n, const std::vector<uint8_t>& form);

// The unit with this code; the test fails where there is none.
const v1::UnitScore& UnitOf(const v1::Scores& scores, const std::string& code);
const v1::GroupScore& ScoreOf(const v1::Scores& scores, const std::string& code, const std::string& group);
const v1::GroupSummary& SummaryOf(const v1::Scores& scores, const std::string& group);

// A rich campaign on the demonstration's framework and instrument: staff and students in numbers, few parents.
ReportInput DemonstrationInput(uint32_t seed);

}  // namespace candor::reporting

#endif  // CANDOR_TESTS_REPORTING_REPORT_BUILDERS_H_
