// Units on the scale: self against all raters, and groups side by side.

#ifndef CANDOR_CLIENTS_REPORT_SVG_UNIT_CHARTS_H_
#define CANDOR_CLIENTS_REPORT_SVG_UNIT_CHARTS_H_

#include <string>
#include <vector>

#include "clients/report/html_template.h"
#include "clients/report/html_words.h"

namespace candor::report {

// A dumbbell for each unit: self and all raters, with how far their figure might move. Empty where neither has a figure.
Html DumbbellChart(const HtmlWords& words, const std::string& id, const std::string& heading,
                   const std::vector<const candor::v1::UnitScore*>& units);

// For each unit a lane for each group, places in Scores.groups, and one for the supervisor where `supervisor` is set. Empty
// where none has a figure.
Html GroupDotsChart(const HtmlWords& words, const std::string& id, const std::string& heading,
                    const std::vector<const candor::v1::UnitScore*>& units, const std::vector<int>& groups, bool supervisor);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_SVG_UNIT_CHARTS_H_
