#include "services/domain/cell_tally.h"

#include "services/base/status.h"
#include "services/domain/answer.h"

namespace candor::domain {

CellTally& CellTally::operator+=(const CellTally& other) {
  if (counts.size() < other.counts.size()) counts.resize(other.counts.size());
  for (size_t i = 0; i < other.counts.size(); ++i) counts[i] += other.counts[i];
  incomplete += other.incomplete;
  return *this;
}

CellGroupTally EmptyCellTally(const std::string& code, const std::vector<Cell>& cells, int points) {
  CellGroupTally tally{code, 0, {}};
  for (const Cell& cell : cells) {
    tally.cells.push_back({std::vector<int64_t>(CellValues(cell.rated, points)), 0});
  }
  return tally;
}

void CountCells(const std::vector<Cell>& cells, const std::vector<uint8_t>& ratings, int points,
                CellGroupTally& tally) {
  CANDOR_CHECK(tally.cells.size() == cells.size());
  bool any_complete = false;
  for (size_t c = 0; c < cells.size(); ++c) {
    int rated = 0, sum = 0;
    for (const int item : cells[c].items) {
      const uint8_t rating = ratings[item];
      if (rating == kBlank || rating == kNotObserved) continue;
      CANDOR_CHECK(rating <= points);
      ++rated;
      sum += rating;
    }
    CANDOR_CHECK(rated <= cells[c].rated);
    if (rated < cells[c].rated) {
      ++tally.cells[c].incomplete;
      continue;
    }
    ++tally.cells[c].counts[sum - rated];
    any_complete = true;
  }
  if (any_complete) ++tally.raters;
}

}  // namespace candor::domain
