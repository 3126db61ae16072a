#include "tests/collection/rated_forms.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "services/domain/answer.h"

namespace candor::collection {
namespace {

constexpr size_t kItems = 3;

std::optional<double> Rating(const Marks& marks, size_t item) {
  if (marks[item] == domain::kBlank || marks[item] == domain::kNotObserved) return std::nullopt;
  return item == 2 ? 6.0 - marks[item] : 1.0 * marks[item];
}

struct Spread {
  double product = 0;
  int ratings = 0, degrees = 0;
  double mean() const { return product / degrees; }
};

Spread SpreadOf(const std::vector<Block>& blocks, size_t j, size_t l) {
  Spread spread;
  for (const Block& block : blocks) {
    std::vector<std::pair<double, double>> both;
    for (const Marks& marks : block) {
      if (Rating(marks, j) && Rating(marks, l)) both.emplace_back(*Rating(marks, j), *Rating(marks, l));
    }
    if (both.empty()) continue;
    double mean_j = 0, mean_l = 0;
    for (const auto& [x, y] : both) {
      mean_j += x / static_cast<double>(both.size());
      mean_l += y / static_cast<double>(both.size());
    }
    for (const auto& [x, y] : both) spread.product += (x - mean_j) * (y - mean_l);
    spread.ratings += static_cast<int>(both.size());
    spread.degrees += static_cast<int>(both.size()) - 1;
  }
  return spread;
}

}  // namespace

Block RandomBlock(std::mt19937& random, int raters) {
  Block block;
  for (int r = 0; r < raters; ++r) {
    const int level = 2 + static_cast<int>(random() % 4);
    Marks marks(4, domain::kBlank);
    for (size_t item = 0; item < kItems; ++item) {
      const int rating = std::clamp(level + static_cast<int>(random() % 4) - 2, 1, 5);
      marks[item] = static_cast<uint8_t>(item == 2 ? 6 - rating : rating);
    }
    if (r % 5 == 4) marks[random() % kItems] = random() % 2 == 0 ? domain::kBlank : domain::kNotObserved;
    block.push_back(std::move(marks));
  }
  return block;
}

std::optional<int> SlowCorrelation(const std::vector<Block>& blocks) {
  double sum = 0;
  int pairs = 0;
  for (size_t j = 0; j < kItems; ++j) {
    for (size_t l = j + 1; l < kItems; ++l) {
      const Spread both = SpreadOf(blocks, j, l), one = SpreadOf(blocks, j, j), other = SpreadOf(blocks, l, l);
      if (both.ratings < 30 || one.product < 1e-9 || other.product < 1e-9) continue;
      sum += both.mean() / std::sqrt(one.mean() * other.mean());
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  return static_cast<int>(std::lround(100 * std::clamp(sum / pairs, 0.0, 1.0)));
}

}  // namespace candor::collection
