#include "services/statistics/pooled.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"

namespace candor::statistics {
namespace {

// A block of n forms has n P - A A' of at most 100 n^2, which leaves room for a shift by 60 bits up to n = 10^8; a sum over
// many blocks holds at most 100 n of each, and so has room for as many forms as there are people.
constexpr int kUnitBits = 60;

}  // namespace

PooledCorrelation::PooledCorrelation(int items)
    : items_(static_cast<size_t>(items)), sums_(items_ * (items_ + 1) / 2) {}

void PooledCorrelation::Add(const Tally& block, std::span<const int> items_asked) {
  CANDOR_CHECK(block.has(Tally::kPairSums) && items_asked.size() == static_cast<size_t>(block.layout().items));
  for (int item : items_asked) CANDOR_CHECK(item >= 0 && static_cast<size_t>(item) < items_);
  for (int j = 0; j < block.layout().items; ++j) {
    for (int l = j; l < block.layout().items; ++l) {
      const int64_t n = block.pair_count(j, l);
      if (n == 0) continue;
      const Int128 spread =
          Int128{n} * block.pair_product(j, l) - Int128{block.pair_sum(j, l)} * block.pair_sum(l, j);
      Sums& sums = sums_[place(items_asked[static_cast<size_t>(j)], items_asked[static_cast<size_t>(l)])];
      sums.product += spread * (Int128{1} << kUnitBits) / n;
      sums.ratings += n;
      sums.degrees += n - 1;
    }
  }
}

bool PooledCorrelation::Uses(int j, int l) const {
  const Sums& pair = at(j, l);
  return pair.ratings >= kFewestPooledPairs && pair.degrees > 0 && at(j, j).product > 0 && at(l, l).product > 0;
}

std::optional<double> PooledCorrelation::Mean() const {
  const auto mean_product = [](const Sums& sums) {
    return std::ldexp(static_cast<double>(sums.product), -kUnitBits) / static_cast<double>(sums.degrees);
  };
  const int items = static_cast<int>(items_);
  double sum = 0;
  int64_t pairs = 0;
  for (int j = 0; j < items; ++j) {
    for (int l = j + 1; l < items; ++l) {
      if (!Uses(j, l)) continue;
      sum += mean_product(at(j, l)) / std::sqrt(mean_product(at(j, j)) * mean_product(at(l, l)));
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  return std::clamp(sum / static_cast<double>(pairs), 0.0, 1.0);
}

}  // namespace candor::statistics
