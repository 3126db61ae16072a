// The counting kernel: how often each code stands in each column of a matrix of answers.

#ifndef CANDOR_SERVICES_STATISTICS_COUNTING_H_
#define CANDOR_SERVICES_STATISTICS_COUNTING_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace candor::statistics {

// Adds to `counts` the codes of `forms` forms of `items` bytes each, one form after the other. For each item `counts`
// has points + 2 entries, one item after the other: how many 1..points, how many kNotObserved, how many kBlank.
//
// False, and `counts` is unchanged, if a byte is none of these codes. Uses the widest vectors of the processor it runs
// on; every processor gives the same integers. 2 <= points <= 10, rows.size() == forms * items, and counts.size() ==
// items * (points + 2).
bool CountForms(std::span<const uint8_t> rows, size_t forms, size_t items, int points, std::span<int64_t> counts);

// The same byte by byte, for comparison.
bool CountFormsPlainly(std::span<const uint8_t> rows, size_t forms, size_t items, int points,
                       std::span<int64_t> counts);

// The same for one column: `counts` has points + 2 entries.
bool CountColumn(std::span<const uint8_t> column, int points, std::span<int64_t> counts);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_COUNTING_H_
