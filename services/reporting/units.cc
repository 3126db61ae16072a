#include "services/reporting/units.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "services/reporting/report_input.h"

namespace candor::reporting {

std::vector<Unit> ListUnits(const domain::InstrumentVersion& version) {
  const std::map<std::string, int> index = ItemIndex(version.instrument);
  Unit overall{v1::UNIT_KIND_OVERALL, kOverallCode, "All items", "", {}, {}};
  std::vector<Unit> domains, competencies, themes, indicators;
  std::map<std::string, std::vector<int>> by_theme;
  for (const domain::Domain& domain : version.framework.domains) {
    Unit domain_unit{v1::UNIT_KIND_DOMAIN, domain.code, domain.title, "", {}, {}};
    for (const domain::Competency& competency : domain.competencies) {
      Unit competency_unit{v1::UNIT_KIND_COMPETENCY, competency.code, competency.title, domain.code, {}, {}};
      for (const domain::Indicator& indicator : competency.indicators) {
        const auto found = index.find(indicator.code);
        if (found == index.end()) continue;
        const int item = found->second;
        indicators.push_back({v1::UNIT_KIND_INDICATOR, indicator.code, indicator.title, competency.code,
                              indicator.themes, {item}});
        for (const std::string& theme : indicator.themes) by_theme[theme].push_back(item);
        competency_unit.items.push_back(item);
        domain_unit.items.push_back(item);
        overall.items.push_back(item);
      }
      if (!competency_unit.items.empty()) competencies.push_back(std::move(competency_unit));
    }
    if (!domain_unit.items.empty()) domains.push_back(std::move(domain_unit));
  }
  for (const domain::Theme& theme : version.framework.themes) {
    const auto found = by_theme.find(theme.code);
    if (found == by_theme.end()) continue;
    themes.push_back({v1::UNIT_KIND_THEME, theme.code, theme.title, "", {}, found->second});
  }
  std::vector<Unit> units = {std::move(overall)};
  for (std::vector<Unit>* kind : {&domains, &competencies, &themes, &indicators}) {
    std::move(kind->begin(), kind->end(), std::back_inserter(units));
  }
  return units;
}

}  // namespace candor::reporting
