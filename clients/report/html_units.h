// Domains, competencies and themes of an HTML report: charts, tables, quadrants in words.

#ifndef CANDOR_CLIENTS_REPORT_HTML_UNITS_H_
#define CANDOR_CLIENTS_REPORT_HTML_UNITS_H_

#include "clients/report/html_words.h"

namespace candor::report {

// Everything of units.mustache: all competencies at a glance, quadrants, each domain, themes.
base::Json UnitsData(const HtmlWords& words);

// A table of units against these groups, places in Scores.groups, and the supervisor where `supervisor` is set; as
// units.mustache names it. `title`: the caption.
base::Json GroupTable(const HtmlWords& words, const std::string& id, const base::Json& title,
                      const std::vector<const candor::v1::UnitScore*>& units, const std::vector<int>& groups,
                      bool supervisor);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_UNITS_H_
