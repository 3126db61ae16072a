// The columns of a report: each block of the closed result, and each group that is shown by part.

#ifndef CANDOR_SERVICES_REPORTING_GROUPS_H_
#define CANDOR_SERVICES_REPORTING_GROUPS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "candor/v1/scoring.pb.h"
#include "services/domain/closed_result.h"
#include "services/reporting/report_input.h"
#include "services/statistics/constants.h"
#include "services/statistics/printed.h"

namespace candor::reporting {

// What is printed of one group on one item.
struct ItemFigures {
  statistics::PrintedAtom atom;
  int64_t n = 0;  // ratings, also where they are enough but withheld for what insiders know
  domain::HalfStatement half = domain::HalfStatement::kNone;
  std::optional<int64_t> not_observed;
};

// One column of figures: a block, or a group that is shown by part, computed from its parts.
struct PreparedGroup {
  v1::GroupSummary summary;
  v1::WithheldReason reason = v1::WITHHELD_REASON_UNSPECIFIED;  // of all its figures
  std::vector<bool> asked;                                      // one entry for each item of the instrument
  std::vector<ItemFigures> items;                               // likewise

  // Whether it is a part, which all raters do not count beside its group.
  bool is_part() const { return !summary.part_of().empty(); }
};

// The blocks in their order, each group that is shown by part before its parts, and computed from them. The input has
// passed CheckReportInput.
std::vector<PreparedGroup> PrepareGroups(const ReportInput& input, const statistics::ScoringRules& rules);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_GROUPS_H_
