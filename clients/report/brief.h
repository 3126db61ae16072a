// What a report says in one page: which few units stand out, and how sure that is.

#ifndef CANDOR_CLIENTS_REPORT_BRIEF_H_
#define CANDOR_CLIENTS_REPORT_BRIEF_H_

#include <vector>

#include "candor/v1/report.pb.h"

namespace candor::report {

// One unit that stands out. `clear`: the uncertainty of all raters' figure leaves no doubt on which side it lies.
struct Finding {
  const candor::v1::UnitScore* unit = nullptr;  // in the report
  bool clear = false;
};

// Competencies only. Each list has at most `most` entries: clear ones first, then those furthest from the line (or from
// zero), then in the framework's order.
struct Brief {
  std::vector<Finding> strengths;  // all raters' figure is at or above the strength line, whatever its range leaves open
  std::vector<Finding> growth;     // it is below
  std::vector<Finding> gaps;       // self is higher or lower by more than the agreement band
  // Units whose gap cannot be told from so few answers, in the framework's order; all of them.
  std::vector<const candor::v1::UnitScore*> undetermined;
  int compared = 0;  // competencies with a figure on both sides
};
Brief MakeBrief(const candor::v1::Report& report, int most);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_BRIEF_H_
