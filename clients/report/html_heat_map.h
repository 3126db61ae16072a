// All competencies by all groups as one table, shaded by figure.

#ifndef CANDOR_CLIENTS_REPORT_HTML_HEAT_MAP_H_
#define CANDOR_CLIENTS_REPORT_HTML_HEAT_MAP_H_

#include "clients/report/html_words.h"

namespace candor::report {

// {"how", "columns", "rows"}; false where there is no competency. Each cell has its figure, a shade for programs that show
// colours, and a sign with words for where it lies to the strength line.
base::Json HeatMapData(const HtmlWords& words);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_HEAT_MAP_H_
