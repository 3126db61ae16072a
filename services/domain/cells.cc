#include "services/domain/cells.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::domain {

absl::Status CheckCells(const Instrument& instrument, const std::vector<Cell>& cells) {
  std::vector<bool> held(instrument.items.size(), false);
  std::set<std::string> codes;
  for (size_t c = 0; c < cells.size(); ++c) {
    const Cell& cell = cells[c];
    const std::string field = absl::StrCat("cells[", c, "]");
    if (!IsCode(cell.code)) return errors::InvalidField(field, "needs a code");
    if (!codes.insert(cell.code).second) return errors::InvalidField(field, "has the code of a cell before");
    if (cell.rated < 1 || static_cast<size_t>(cell.rated) > cell.items.size()) {
      return errors::InvalidField(field, "must have each form hold at least one of its items and at most all");
    }
    int before = -1;
    for (const int item : cell.items) {
      if (item <= before || static_cast<size_t>(item) >= held.size()) {
        return errors::InvalidField(field, "must name items of the instrument in their order");
      }
      if (held[item]) return errors::InvalidField(field, "has an item of a cell before");
      held[item] = true;
      before = item;
    }
  }
  if (std::find(held.begin(), held.end(), false) != held.end()) {
    return errors::InvalidField("cells", "must hold every item of the instrument");
  }
  return absl::OkStatus();
}

std::vector<Cell> CellsOfCompetencies(const InstrumentVersion& version, int rated) {
  CANDOR_CHECK(rated >= 1);
  std::map<std::string, int> index;
  for (size_t i = 0; i < version.instrument.items.size(); ++i) {
    index[version.instrument.items[i].indicator] = static_cast<int>(i);
  }
  std::vector<Cell> cells;
  for (const Domain& domain : version.framework.domains) {
    for (const Competency& competency : domain.competencies) {
      Cell cell{competency.code, {}, rated};
      for (const Indicator& indicator : competency.indicators) {
        const auto found = index.find(indicator.code);
        if (found != index.end()) cell.items.push_back(found->second);
      }
      if (cell.items.empty()) continue;
      std::sort(cell.items.begin(), cell.items.end());
      cell.rated = std::min(rated, static_cast<int>(cell.items.size()));
      cells.push_back(std::move(cell));
    }
  }
  return cells;
}

std::vector<bool> CellsAsked(const std::vector<Cell>& cells, const AnswerShape& shape) {
  std::vector<bool> asked;
  for (const Cell& cell : cells) {
    const auto items =
        std::count_if(cell.items.begin(), cell.items.end(), [&](int item) { return shape.items_asked[item]; });
    asked.push_back(items >= cell.rated);
  }
  return asked;
}

std::vector<int> CellWeights(const std::vector<Cell>& cells, const std::vector<int>& items) {
  std::vector<int> weights;
  for (const Cell& cell : cells) {
    weights.push_back(static_cast<int>(std::count_if(items.begin(), items.end(), [&](int item) {
      return std::find(cell.items.begin(), cell.items.end(), item) != cell.items.end();
    })));
  }
  return weights;
}

}  // namespace candor::domain
