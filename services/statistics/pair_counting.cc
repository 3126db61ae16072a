#include "services/statistics/pair_counting.h"

#include <algorithm>
#include <vector>

#include "services/base/status.h"
#include "services/statistics/tally.h"

// This file is compiled once for each kind of processor; the parts in HWY_NAMESPACE are repeated, the rest is not.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "services/statistics/pair_counting.cc"
#include "hwy/foreach_target.h"

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace candor::statistics {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Adds one block. Column j of `ratings` and of `rated` (1 where there is a rating, else 0) begins at j * stride and has
// `length` entries, a multiple of 64 and zero beyond the block's forms. A sum of a block fits 32 bits by far.
HWY_ATTR void AddBlock(const int16_t* HWY_RESTRICT ratings, const int16_t* HWY_RESTRICT rated, size_t stride,
                       size_t length, size_t items, const PairSums& to) {
  const hn::ScalableTag<int16_t> narrow;
  const hn::RepartitionToWide<decltype(narrow)> wide;
  const size_t lanes = hn::Lanes(narrow);
  size_t place = 0;
  for (size_t j = 0; j < items; ++j) {
    const int16_t* x = ratings + j * stride;
    const int16_t* o = rated + j * stride;
    for (size_t l = j; l < items; ++l, ++place) {
      const int16_t* y = ratings + l * stride;
      const int16_t* p = rated + l * stride;
      auto product = hn::Zero(wide), count = hn::Zero(wide), sum_j = hn::Zero(wide), sum_l = hn::Zero(wide);
      // What the instruction leaves in a second register on some processors.
      auto product2 = hn::Zero(wide), count2 = hn::Zero(wide), sum_j2 = hn::Zero(wide), sum_l2 = hn::Zero(wide);
      for (size_t i = 0; i < length; i += lanes) {
        const auto xi = hn::LoadU(narrow, x + i), oi = hn::LoadU(narrow, o + i);
        const auto yi = hn::LoadU(narrow, y + i), pi = hn::LoadU(narrow, p + i);
        product = hn::ReorderWidenMulAccumulate(wide, xi, yi, product, product2);
        count = hn::ReorderWidenMulAccumulate(wide, oi, pi, count, count2);
        sum_j = hn::ReorderWidenMulAccumulate(wide, xi, pi, sum_j, sum_j2);
        sum_l = hn::ReorderWidenMulAccumulate(wide, oi, yi, sum_l, sum_l2);
      }
      const auto total = [&](auto a, auto b) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(wide, hn::Add(a, b))); };
      to.products[place] += total(product, product2);
      to.counts[place] += total(count, count2);
      to.sums[j * items + l] += total(sum_j, sum_j2);
      if (l != j) to.sums[l * items + j] += total(sum_l, sum_l2);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace candor::statistics
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace candor::statistics {

HWY_EXPORT(AddBlock);

namespace {

// Forms of one block: long enough that adding up lanes is rare, short enough that two columns stay in the nearest cache.
constexpr size_t kBlockForms = 512;
constexpr size_t kLengthUnit = 64;
// For fewer forms one pass over each is quicker.
constexpr size_t kLeastForms = 16;

void AddOneByOne(const uint8_t* rows, size_t forms, size_t items, const PairSums& to) {
  std::vector<size_t> rated;
  for (size_t r = 0; r < forms; ++r, rows += items) {
    rated.clear();
    for (size_t j = 0; j < items; ++j) {
      if (rows[j] != kBlank && rows[j] != kNotObserved) rated.push_back(j);
    }
    for (size_t a = 0; a < rated.size(); ++a) {
      const size_t j = rated[a];
      const int64_t rating = rows[j];
      // Place of (j, l) in the upper triangle, less l.
      const size_t row = j * (2 * items - j + 1) / 2 - j;
      for (size_t b = a; b < rated.size(); ++b) {
        ++to.counts[row + rated[b]];
        to.products[row + rated[b]] += rating * rows[rated[b]];
      }
      for (size_t l : rated) to.sums[j * items + l] += rating;
    }
  }
}

}  // namespace

void AddPairSums(std::span<const uint8_t> rows, size_t forms, size_t items, const PairSums& to) {
  CANDOR_CHECK(rows.size() == forms * items);
  if (forms < kLeastForms) return AddOneByOne(rows.data(), forms, items, to);
  const size_t stride = (std::min(forms, kBlockForms) + kLengthUnit - 1) / kLengthUnit * kLengthUnit;
  std::vector<int16_t> ratings(items * stride), rated(items * stride);
  for (size_t done = 0; done < forms; done += kBlockForms) {
    const size_t block = std::min(kBlockForms, forms - done);
    const size_t length = (block + kLengthUnit - 1) / kLengthUnit * kLengthUnit;
    const uint8_t* first = rows.data() + done * items;
    for (size_t j = 0; j < items; ++j) {
      int16_t* rating = &ratings[j * stride];
      int16_t* is_rated = &rated[j * stride];
      for (size_t r = 0; r < block; ++r) {
        const uint8_t code = first[r * items + j];
        const int16_t valid = code != kBlank && code != kNotObserved;
        is_rated[r] = valid;
        rating[r] = static_cast<int16_t>(code * valid);
      }
      std::fill(rating + block, rating + length, int16_t{0});
      std::fill(is_rated + block, is_rated + length, int16_t{0});
    }
    HWY_DYNAMIC_DISPATCH(AddBlock)(ratings.data(), rated.data(), stride, length, items, to);
  }
}

}  // namespace candor::statistics

#endif  // HWY_ONCE
