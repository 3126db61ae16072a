// Made-up forms of a block, and the slow computation of the pooled correlation over them.

#ifndef CANDOR_TESTS_COLLECTION_RATED_FORMS_H_
#define CANDOR_TESTS_COLLECTION_RATED_FORMS_H_

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace candor::collection {

// Marks for all items of the instrument, as respondents send them: a reversed item's are not turned.
using Marks = std::vector<uint8_t>;
using Block = std::vector<Marks>;

// `raters` forms on the first three of four items of 1..5, the third reversed: each rater has a level of his own and strays
// from it; a few marks are missing, at most one in a form and in at most one form of five.
Block RandomBlock(std::mt19937& random, int raters);

// The mean correlation within blocks over pairs of the first three items, in hundredths, half away from zero: from
// deviations from each block's mean, by the definition. Unset when no pair has 30 ratings and two items that vary.
std::optional<int> SlowCorrelation(const std::vector<Block>& blocks);

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_RATED_FORMS_H_
