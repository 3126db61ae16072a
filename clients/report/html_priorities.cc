#include "clients/report/html_priorities.h"

#include <algorithm>
#include <string>

#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;

bool IsProposed(const v1::Report& report, const std::string& code) {
  const auto& areas = report.brief().focus_areas();
  return std::any_of(areas.begin(), areas.end(), [&](const v1::FocusArea& area) { return area.unit() == code; });
}

}  // namespace

Json PriorityAreasData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  Json areas = Json::array();
  for (const v1::PriorityArea& area : report.priority_areas()) {
    Json units = Json::array();
    for (const v1::UnitScore* unit : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
      const auto& codes = area.competencies();
      if (std::find(codes.begin(), codes.end(), unit->code()) == codes.end() || !IsShown(unit->all_raters())) continue;
      Json entry = words.UnitName(*unit);
      Json fact = words.Measured(unit->all_raters());
      fact["who"] = words.RatersOf(*unit);
      entry["facts"] = Json::array({fact});
      entry["focus"] = IsProposed(report, unit->code()) ? words.say().Say("report.is_proposed") : "";
      units.push_back(entry);
    }
    if (units.empty()) continue;
    areas.push_back({{"code", Clean(area.code())}, {"title", words.Localized(area.title(), area.code())}, {"units", units}});
  }
  return areas;
}

}  // namespace candor::report
