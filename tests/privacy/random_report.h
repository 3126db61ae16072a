// Random campaigns as the product prints them: whole reports on items, and atoms of cells with the figures made of
// them.

#ifndef CANDOR_TESTS_PRIVACY_RANDOM_REPORT_H_
#define CANDOR_TESTS_PRIVACY_RANDOM_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "candor/v1/report.pb.h"
#include "services/domain/cell_tally.h"
#include "services/domain/disclosure.h"
#include "services/reporting/report_input.h"
#include "tests/privacy/printed_survey.h"

namespace candor::privacy {

// One leader's survey: from 0 to 130 invited in each of one to six groups, of whom 30 to 100 % answer, and observe 30
// to 100 % of what they are asked; answers from all at one end of the scale to all over it; scales of 4 and 5 points; 0
// to 2 insiders. `survey` holds what the attacker has to do with.
struct RandomReport {
  domain::InstrumentVersion version;
  domain::Contract contract;
  domain::Manifest manifest;
  std::vector<domain::GroupCounts> counts;
  std::optional<domain::Answers> self;
  std::vector<domain::Answers> supervisors;
  std::vector<domain::GroupTally> tallies;  // items: with blanks and "not observed"
  std::vector<domain::Cell> cells;          // planned-missing form only
  std::vector<domain::CellGroupTally> cell_tallies;
  Survey survey;

  domain::DisclosureRules rules() const { return domain::RulesOf(contract, version.instrument); }
};

// Every rater has every item of their group; the survey's questions are the items.
RandomReport MakeRandomReport(uint32_t seed);
// Planned-missing forms; the questions are the cells.
RandomReport MakeRandomCellReport(uint32_t seed);

// The same with one or two of the rater groups shown by part, from 0 to 130 invited in each of two to five parts.
RandomReport MakeRandomPartsReport(uint32_t seed);
RandomReport MakeRandomCellPartsReport(uint32_t seed);
// Five to seven leaders of one campaign: one instrument, one contract.
std::vector<RandomReport> MakeRandomLeaders(uint32_t seed);
// One leader in two rounds, with the rules of each; some of the items have other words in the second.
struct RandomRounds {
  RandomReport before, now;
};
RandomRounds MakeRandomRounds(uint32_t seed);

// What closing lets out of these answers, in place of the campaign's own.
domain::ClosedResult CloseOn(const RandomReport& campaign, const Answers& answers);
// The report on them, as the leader receives it.
v1::Report PrintReport(const RandomReport& campaign, const Answers& answers);

// What reports are made from, with `result` as the closed result.
reporting::ReportInput InputOf(const RandomReport& campaign, const domain::ClosedResult& result);

// The blocks of cells, and for each domain and theme, of each block, the weighted mean of its cells.
struct CellReport {
  std::vector<domain::CellBlock> blocks;
  struct Score {
    std::string unit, block;
    std::vector<int> weights;  // by cell
    double least = 0, most = 0;
  };
  std::vector<Score> scores;
};
CellReport PrintCells(const RandomReport& campaign, const Answers& answers);
Printed ReadCells(const RandomReport& campaign, const CellReport& report);
// Everything in it.
std::string TextOf(const CellReport& report);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_RANDOM_REPORT_H_
