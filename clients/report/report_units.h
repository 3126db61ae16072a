// What there is in a report: groups, units, and which of them have figures.

#ifndef CANDOR_CLIENTS_REPORT_REPORT_UNITS_H_
#define CANDOR_CLIENTS_REPORT_REPORT_UNITS_H_

#include <string>
#include <vector>

#include "candor/v1/report.pb.h"

namespace candor::report {

// Whether figures of the group are shown at all.
bool IsShown(const candor::v1::GroupSummary& group);
// Whether there is a figure or a limit of one.
bool IsShown(const candor::v1::GroupScore& score);

// The groups that have figures, as places in Scores.groups; with their parts, or without.
std::vector<int> ShownGroups(const candor::v1::Report& report, bool parts);

// The unit's figure from the group at this place of Scores.groups; an empty message where the unit has none.
const candor::v1::GroupScore& ScoreAt(const candor::v1::UnitScore& unit, int group);

// Whether a supervisor rated anything.
bool HasSupervisor(const candor::v1::Report& report);
// Whether any figure of all raters stands beside that of the campaign's leaders.
bool HasBenchmark(const candor::v1::Report& report);
// Whether raters, the leader or a supervisor have a figure anywhere: without any, tables would be dashes alone.
bool HasFigures(const candor::v1::Report& report);
// Whether raters have a figure anywhere.
bool HasRaterFigures(const candor::v1::Report& report);

// The fewest ratings that a figure of the block needs, as far as that is one number: 0 where it is not, since an item of
// the pool may need a few more ratings than the pool needs raters.
int MinimumOf(const candor::v1::GroupScore& score, const candor::v1::ScoringRules& rules);

// Units of one kind, in the framework's order.
std::vector<const candor::v1::UnitScore*> UnitsOf(const candor::v1::Report& report, candor::v1::UnitKind kind);
// The unit with this code; null where there is none.
const candor::v1::UnitScore* FindUnit(const candor::v1::Report& report, candor::v1::UnitKind kind,
                                      const std::string& code);
// The group with this code; null where there is none.
const candor::v1::GroupSummary* FindGroup(const candor::v1::Report& report, const std::string& code);

// A unit with those under it.
struct Branch {
  const candor::v1::UnitScore* top = nullptr;  // null: units whose unit above is not in the report
  std::vector<const candor::v1::UnitScore*> units;
};
// Every unit of the kind `under` once, below that of the kind `top` which it belongs to; those without one last.
std::vector<Branch> BranchesOf(const candor::v1::Report& report, candor::v1::UnitKind top, candor::v1::UnitKind under);

// The groups, as places in Scores.groups, that have a change of a domain or competency.
std::vector<int> ChangedGroups(const candor::v1::Report& report);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_REPORT_UNITS_H_
