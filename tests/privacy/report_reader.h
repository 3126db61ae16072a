// What a reader takes from reports.

#ifndef CANDOR_TESTS_PRIVACY_REPORT_READER_H_
#define CANDOR_TESTS_PRIVACY_REPORT_READER_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "candor/v1/report.pb.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "tests/privacy/printed_survey.h"
#include "tests/privacy/random_report.h"

namespace candor::privacy {

// A block as a result names it.
struct NamedBlock {
  std::string code;
  std::vector<std::string> members, parts;
  bool pooled = false;
};
// Indices of the issuing groups whose answers stand in the block `code`, which is one of `blocks`.
std::vector<int> GroupsOf(const domain::Manifest& manifest, const std::vector<NamedBlock>& blocks,
                          const std::string& code);

// The figures of one report as sums of answers. Only the report is read, and from `campaign` which groups were invited.
// Groups are the campaign's, `first_group` and following.
class ReportReader {
 public:
  // Both outlive the object.
  ReportReader(const RandomReport& campaign, const v1::Scores& scores, int first_group = 0);

  Printed Read() const;

  // The printed mean of a group, or of all raters, times `factor`.
  std::vector<Figure::Part> PartsOf(const v1::UnitScore& unit, const std::string& group, double factor = 1) const;
  // The same of some of the unit's items (as questions) alone, each of which the group has printed.
  std::vector<Figure::Part> PartsOver(const std::set<int>& questions, const std::string& group, double factor) const;
  // The unit's items, as questions, that the group has printed.
  std::set<int> QuestionsOf(const v1::UnitScore& unit, const std::string& group) const;
  // The group's figure; null where it is withheld.
  const v1::GroupScore* FindScore(const v1::UnitScore& unit, const std::string& group) const;
  const v1::UnitScore& UnitOf(const v1::UnitScore& like) const;  // of the same kind and code

 private:
  std::vector<const v1::UnitScore*> IndicatorsOf(const v1::UnitScore& unit) const;
  std::vector<int> GroupsBehind(const v1::UnitScore& indicator, const std::string& group) const;
  void ReadGap(const v1::UnitScore& unit, Printed& printed) const;
  Statement StatementOf(const v1::UnitScore& unit, const v1::GroupScore& score) const;

  const RandomReport& campaign_;
  const v1::Scores& scores_;
  const int first_group_;
  std::vector<NamedBlock> blocks_;
  std::set<std::string> from_parts_;  // groups without a block, computed from their parts
  std::map<std::string, int> question_;
  std::map<int, const v1::UnitScore*> indicators_;  // by question
  std::map<std::string, const v1::UnitScore*> units_;
};

inline constexpr char kAllRaters[] = "all_raters";

// A printed mean as limits.
std::pair<double, double> LimitsOf(const v1::GroupScore& score);

// What the reader of a report knows from it.
Printed ReadReport(const RandomReport& campaign, const v1::Report& report);

// The closed result as far as the report shows it; its raters' counts come from `campaign`, being in the ledger too.
domain::ClosedResult ClosedResultOf(const RandomReport& campaign, const v1::Report& report);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_REPORT_READER_H_
