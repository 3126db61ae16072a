// The ratings of planned-missing forms, counted: what atoms of cells are made from.

#ifndef CANDOR_SERVICES_DOMAIN_CELL_TALLY_H_
#define CANDOR_SERVICES_DOMAIN_CELL_TALLY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/domain/cells.h"

namespace candor::domain {

// The raters of one issuing group in one cell, after reversal.
struct CellTally {
  std::vector<int64_t> counts;  // [i]: raters whose q ratings add up to q + i; CellValues entries
  int64_t incomplete = 0;       // forms that leave ratings of the cell out; in no figure
  CellTally& operator+=(const CellTally& other);
};

struct CellGroupTally {
  std::string code;              // the issuing group's
  int64_t raters = 0;            // forms with at least one cell complete
  std::vector<CellTally> cells;  // one for each cell; all zero where not asked
};

CellGroupTally EmptyCellTally(const std::string& code, const std::vector<Cell>& cells, int points);

// Counts one form: `ratings` has one byte for each item of the instrument, already turned where the item is reversed;
// what the form does not hold is kBlank. A cell counts only with all q ratings. The form holds at most q items of each
// cell, and no rating off the scale.
void CountCells(const std::vector<Cell>& cells, const std::vector<uint8_t>& ratings, int points,
                CellGroupTally& tally);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_CELL_TALLY_H_
