// What a report says in one page: which few units stand out, and how sure that is.

#ifndef CANDOR_CLIENTS_REPORT_BRIEF_H_
#define CANDOR_CLIENTS_REPORT_BRIEF_H_

#include <vector>

#include "candor/v1/report.pb.h"

namespace candor::report {

// How sure a finding is.
enum class Certainty {
  kClear,      // the uncertainty of all raters' figure leaves no doubt on which side it lies
  kLimits,     // all raters' figure is a range, all of which lies on that side; how far it could move is not known
  kUncertain,  // the uncertainty reaches over to the other side
};

// One unit that stands out.
struct Finding {
  const candor::v1::UnitScore* unit = nullptr;  // in the report
  Certainty certainty = Certainty::kUncertain;
};

// Competencies only. Each list of findings has at most `most` entries: uncertain ones last, and within that those
// furthest from the line (or from zero) first, a range by its nearer end; then the framework's order.
struct Brief {
  std::vector<Finding> strengths;  // all raters' figure is at or above the strength line
  std::vector<Finding> growth;     // it is below
  std::vector<Finding> gaps;       // self is higher or lower by more than the agreement band
  // How many competencies have which gap.
  int higher = 0, lower = 0, agree = 0;
  // Those whose gap cannot be told from so few answers, in the framework's order; all of them.
  std::vector<const candor::v1::UnitScore*> undetermined;
};
Brief MakeBrief(const candor::v1::Report& report, int most);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_BRIEF_H_
