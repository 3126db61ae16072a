// Sums over every pair of columns of a matrix of answers.

#ifndef CANDOR_SERVICES_STATISTICS_PAIR_COUNTING_H_
#define CANDOR_SERVICES_STATISTICS_PAIR_COUNTING_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace candor::statistics {

// Where the sums go. Over the forms with a valid rating on both items j <= l: `counts` how many, `products` the sum of
// the ratings' products, both at the place of (j, l) in the upper triangle, row after row; `sums` at j * items + l the
// sum of the ratings of j, for every j and l.
struct PairSums {
  int64_t* counts;
  int64_t* products;
  int64_t* sums;
};

// Adds `forms` forms of `items` bytes each, one form after the other, each byte a code (tally.h) with ratings of at
// most 10. The same integers on every processor.
void AddPairSums(std::span<const uint8_t> rows, size_t forms, size_t items, const PairSums& to);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_PAIR_COUNTING_H_
