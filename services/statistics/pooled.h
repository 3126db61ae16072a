// How strongly two items go together within one person, over all blocks of a campaign (a block: one leader's raters of one
// group).
//
// For items j < l, over the blocks b with n_jl,b raters of both:
//   cov_jl = sum_b (P_jl - A_jl A_lj / n_jl) / sum_b (n_jl - 1)
//   s_j^2  = sum_b sum_raters (x_j - mean_j,b)^2 / sum_b (n_j - 1)
//   r      = mean over pairs of cov_jl / (s_j s_l), cut to [0, 1]
// (A_jl: sum of the ratings of j over the raters of both; P_jl: of the products.) Differences between leaders, and between
// groups, are in none of it.

#ifndef CANDOR_SERVICES_STATISTICS_POOLED_H_
#define CANDOR_SERVICES_STATISTICS_POOLED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/statistics/tally.h"

namespace candor::statistics {

// A pair of items counts from so many ratings of both on, over all blocks.
inline constexpr int64_t kFewestPooledPairs = 30;

class PooledCorrelation {
 public:
  // Of `items` items in all; a block may have been asked some of them.
  explicit PooledCorrelation(int items);

  // Adds one block. `block` has kPairSums; its j-th item is item items_asked[j] of this object, each at most once. The
  // order in which blocks are added changes no bit of any figure: what is added up are whole numbers, each block's part in
  // units of 2^-60, which no error of rounding is seen against.
  void Add(const Tally& block, std::span<const int> items_asked);

  // Whether the pair of these two items, j != l, is in the mean: kFewestPooledPairs ratings, and both items vary.
  bool Uses(int j, int l) const;
  // r; unset when no pair is used.
  std::optional<double> Mean() const;

 private:
  struct Sums {
    Int128 product = 0;    // within blocks, in units of 2^-60
    int64_t ratings = 0;   // n_jl
    int64_t degrees = 0;   // n_jl - 1 over the blocks with at least one
  };
  const Sums& at(int j, int l) const { return sums_[place(j, l)]; }
  size_t place(int j, int l) const {
    const size_t low = static_cast<size_t>(j < l ? j : l), high = static_cast<size_t>(j < l ? l : j);
    return low * (2 * items_ - low + 1) / 2 + (high - low);
  }

  size_t items_;
  std::vector<Sums> sums_;  // upper triangle with the diagonal, row after row
};

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_POOLED_H_
