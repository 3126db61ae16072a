// The units that a report has figures for.

#ifndef CANDOR_SERVICES_REPORTING_UNITS_H_
#define CANDOR_SERVICES_REPORTING_UNITS_H_

#include <string>
#include <vector>

#include "candor/v1/scoring.pb.h"
#include "services/domain/instrument.h"

namespace candor::reporting {

// The code of the unit that holds all items.
inline constexpr char kOverallCode[] = "ALL";

// One unit of the framework and the items in it.
struct Unit {
  v1::UnitKind kind;
  std::string code, title, parent;
  std::vector<std::string> themes;
  std::vector<int> items;  // indices into the instrument's items, in the framework's order
};

// Overall, domains, competencies, themes, indicators, each kind in the framework's order; those without an item are
// left out. An item counts fully in each of its indicator's themes.
std::vector<Unit> ListUnits(const domain::InstrumentVersion& version);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_UNITS_H_
