// Cells: the atoms of planned-missing forms (anonymity.md B3). Each form holds only some of a cell's items, every form
// equally many of them, and a rater counts in a cell with one value, the mean of those ratings. The items of a cell have
// no figures of their own.

#ifndef CANDOR_SERVICES_DOMAIN_CELLS_H_
#define CANDOR_SERVICES_DOMAIN_CELLS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/domain/answer.h"
#include "services/domain/closed_result.h"
#include "services/domain/instrument.h"

namespace candor::domain {

struct Cell {
  std::string code;        // unique; a competency's where it holds a competency's items
  std::vector<int> items;  // indices of the instrument's items, ascending
  int rated = 1;           // q: how many of them each form holds, 1..items.size()
};

// INVALID_ARGUMENT, FIELD_INVALID, with "cells" or "cells[i]" as field: `cells` do not hold each item of the instrument
// exactly once, a cell's items do not ascend, a q is out of its range, or a code is no code or stands twice.
absl::Status CheckCells(const Instrument& instrument, const std::vector<Cell>& cells);

// One cell for each competency that has items, in the framework's order, with q = `rated`, or all of a competency's
// items where those are fewer. `rated` is at least 1.
std::vector<Cell> CellsOfCompetencies(const InstrumentVersion& version, int rated);

// Which cells a group with answers of this shape is asked: those with at least q items that it is asked.
std::vector<bool> CellsAsked(const std::vector<Cell>& cells, const AnswerShape& shape);

// The values that a rater can have in a cell are the sums of q ratings over q. Everything below counts by these sums,
// which are whole numbers: q, q + 1, ... q * points.
inline constexpr size_t CellValues(int rated, int points) { return static_cast<size_t>(rated * (points - 1) + 1); }
// How many of them, from the lowest on, are the lower half of the scale. The scale's midpoint counts low.
inline constexpr int64_t LowCellValues(int rated, int points) { return rated * (points + 1) / 2 - rated + 1; }

// The printed figures of one block and one cell: as Atom, with the mean of the raters' values.
struct CellAtom {
  std::string cell;
  int rated = 1;  // q
  AtomKind kind = AtomKind::kWithheld;
  int64_t n = 0;    // raters; kWithheld: 0 below the minimum, else their number
  int64_t sum = 0;  // kExact: the mean is sum / (n q); else 0
  int64_t bound_numerator = 0;  // kAtLeast, kAtMost: the bound is bound_numerator / (n q); else 0
  // [i]: raters whose q ratings add up to q + i, where the distribution is shown (then the kind is kExact); else empty.
  std::vector<int64_t> counts;
  HalfStatement half = HalfStatement::kNone;
};

// As Block.
struct CellBlock {
  std::string code;
  std::vector<std::string> members;
  BlockState state = BlockState::kTooFew;
  std::vector<CellAtom> atoms;  // kPrinted: one for each cell asked, in the order of the cells; else empty
  std::vector<std::string> parts = {};
};

// How much each cell weighs in a figure of `items` (a theme's, a competency's, a domain's, all): one for each of the
// items that it holds. The figure is the mean of its cells' means with these weights, and must say so: the cells hold
// other items too, and which of them were rated is not known.
std::vector<int> CellWeights(const std::vector<Cell>& cells, const std::vector<int>& items);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_CELLS_H_
