// A report as one HTML file, for the screen and for paper.

#ifndef CANDOR_CLIENTS_REPORT_HTML_REPORT_H_
#define CANDOR_CLIENTS_REPORT_HTML_REPORT_H_

#include <string>

#include "candor/v1/growth_plan.pb.h"
#include "candor/v1/report.pb.h"

namespace candor::report {

enum class Paper { kLetter, kA4 };

struct HtmlOptions {
  std::string language = "en";    // a tag; `en` and `es` have words, another stands for English
  Paper paper = Paper::kLetter;   // what it is printed on
};

// The report as one file in UTF-8 that needs no other and asks for none: no script, no picture, no font from elsewhere.
// Well-formed as XML but for its first line. Page one, competencies, themes, single statements, changes, the round, parts,
// comments and the growth plan where they are given, notes. A pure function of its input; works with any message, whatever is missing in it,
// and shows texts as they are, whatever they hold. No sum grade and no rank is made up.
std::string RenderHtml(const candor::v1::Report& report, const HtmlOptions& options = {},
                       const candor::v1::ReportComments* comments = nullptr,
                       const candor::v1::GrowthPlan* plan = nullptr);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_REPORT_H_
