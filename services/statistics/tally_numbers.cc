// A tally as a list of numbers, and back.

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/statistics/tally.h"

namespace candor::statistics {
namespace {

absl::Status Invalid() {
  return base::Error(absl::StatusCode::kInvalidArgument, "TALLY_INVALID",
                     "these numbers are no tally of this layout; read what was written for the same form");
}

// Whether a sum over n parts, each from `least` to `most`, can be `value`.
bool InRange(int64_t value, int64_t n, int64_t least, int64_t most) { return value >= n * least && value <= n * most; }

// Whether `product` can be that of two columns with these sums: each rating of one multiplies one of the other by
// 1..points.
bool ProductFits(int64_t product, int64_t one, int64_t other, int64_t points) {
  return InRange(product, one, 1, points) && InRange(product, other, 1, points);
}

}  // namespace

std::span<const int64_t> Tally::Numbers() const {
  CANDOR_CHECK(!has(kPatterns) && !has(kSpread));
  return sums_;
}

std::vector<int64_t> Tally::MostOfOneForm(const FormLayout& layout, unsigned parts) {
  CANDOR_CHECK((parts & (kPatterns | kSpread)) == 0);
  const Tally empty(std::make_shared<const FormLayout>(layout), parts);
  const int64_t points = layout.points;
  std::vector<int64_t> most(empty.sums_.size(), 1);  // of whatever counts forms
  for (size_t s = 0; s < empty.scales_at_.size(); ++s) {
    for (size_t m = 1; m <= layout.scales[s].size(); ++m) {
      const int64_t largest = static_cast<int64_t>(m) * points;
      most[empty.scales_at_[s] + 3 * (m - 1) + 1] = largest;
      most[empty.scales_at_[s] + 3 * (m - 1) + 2] = largest * largest;
    }
  }
  const auto fill = [&](size_t from, size_t size, int64_t value) {
    std::fill_n(most.begin() + static_cast<std::ptrdiff_t>(from), size, value);
  };
  const size_t items = static_cast<size_t>(layout.items);
  if (empty.has(kPairSums)) {
    fill(empty.pairs_at_ + empty.triangle_size(), empty.triangle_size(), points * points);
    fill(empty.pair_sums_at_, items * items, points);
  }
  if (empty.has(kCompleteSums)) {
    fill(empty.complete_at_ + 1, items, points);
    fill(empty.complete_at_ + 1 + items, empty.triangle_size(), points * points);
  }
  return most;
}

absl::StatusOr<Tally> Tally::FromNumbers(std::shared_ptr<const FormLayout> layout, unsigned parts,
                                         std::span<const int64_t> numbers) {
  CANDOR_CHECK((parts & (kPatterns | kSpread)) == 0);
  Tally tally(std::move(layout), parts);
  if (numbers.size() != tally.sums_.size()) return Invalid();
  const int64_t forms = numbers[0];
  if (forms < 0 || forms > kMostTalliedForms) return Invalid();
  const std::vector<int64_t> most = MostOfOneForm(*tally.layout_, parts);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!InRange(numbers[i], forms, 0, most[i])) return Invalid();
  }
  std::copy(numbers.begin(), numbers.end(), tally.sums_.begin());
  if (!tally.ItemsAgree() || !tally.ScalesAgree() || !tally.PairsAgree() || !tally.CompleteAgrees() ||
      !tally.QualityAgrees()) {
    return Invalid();
  }
  return tally;
}

bool Tally::ItemsAgree() const {
  int64_t most_valid = 0, valid_in_all = 0;
  for (int j = 0; j < layout_->items; ++j) {
    const int64_t n = valid(j);
    if (n + not_observed(j) + blank(j) != forms()) return false;
    most_valid = std::max(most_valid, n);
    valid_in_all += n;
  }
  // Every rater has a valid rating, and a valid rating has its rater.
  return raters() >= most_valid && raters() <= valid_in_all;
}

bool Tally::ScalesAgree() const {
  if (!has(kScaleSums)) return true;
  const int64_t points = layout_->points;
  for (size_t s = 0; s < layout_->scales.size(); ++s) {
    const std::vector<int>& scale = layout_->scales[s];
    int64_t persons_in_all = 0, ratings = 0, sum_in_all = 0;
    for (int m = 1; m <= static_cast<int>(scale.size()); ++m) {
      const PersonSums sums = persons(static_cast<int>(s), m);
      if (!InRange(sums.sum, sums.n, m, m * points) ||
          !InRange(sums.square, sums.n, int64_t{m} * m, m * points * m * points) ||
          Int128{sums.n} * sums.square < Int128{sums.sum} * sums.sum) {
        return false;
      }
      persons_in_all += sums.n;
      ratings += sums.n * m;
      sum_in_all += sums.sum;
    }
    int64_t valid_in_all = 0, sum_of_items = 0;
    const int64_t complete = scale.empty() ? 0 : persons(static_cast<int>(s), static_cast<int>(scale.size())).n;
    for (size_t p = 0; p < scale.size(); ++p) {
      valid_in_all += valid(scale[p]);
      sum_of_items += sum(scale[p]);
      int64_t counted = 0;
      const std::span<const int64_t> of_complete = complete_counts(static_cast<int>(s), static_cast<int>(p));
      for (int64_t k = 0; k < points; ++k) {
        if (of_complete[k] > counts(scale[p])[k]) return false;
        counted += of_complete[k];
      }
      if (counted != complete) return false;
    }
    if (persons_in_all > raters() || ratings != valid_in_all || sum_in_all != sum_of_items) return false;
  }
  return true;
}

bool Tally::PairsAgree() const {
  if (!has(kPairSums)) return true;
  const int64_t points = layout_->points;
  for (int j = 0; j < layout_->items; ++j) {
    int64_t squares = 0, value = 0;
    for (int64_t count : counts(j)) {
      ++value;
      squares += value * value * count;
    }
    if (pair_count(j, j) != valid(j) || pair_sum(j, j) != sum(j) || pair_product(j, j) != squares) return false;
    for (int l = j + 1; l < layout_->items; ++l) {
      const int64_t n = pair_count(j, l);
      // Both rated: at least what n(j) + n(l) exceeds the forms by, at most the smaller.
      if (n > std::min(valid(j), valid(l)) || n < valid(j) + valid(l) - raters()) return false;
      if (!InRange(pair_sum(j, l), n, 1, points) || !InRange(pair_sum(l, j), n, 1, points)) return false;
      if (!ProductFits(pair_product(j, l), pair_sum(j, l), pair_sum(l, j), points)) return false;
    }
  }
  return true;
}

bool Tally::CompleteAgrees() const {
  if (!has(kCompleteSums)) return true;
  const int64_t points = layout_->points;
  const int64_t n = complete_forms();
  for (int j = 0; j < layout_->items; ++j) {
    if (n > valid(j) || !InRange(complete_sum(j), n, 1, points)) return false;
    for (int l = j; l < layout_->items; ++l) {
      if (!ProductFits(complete_product(j, l), complete_sum(j), complete_sum(l), points)) return false;
    }
  }
  return true;
}

bool Tally::QualityAgrees() const {
  if (!has(kQuality)) return true;
  int64_t counted = 0;
  for (int length = 0; length <= layout_->items; ++length) counted += sums_[quality_at_ + 1 + length];
  // A form without a run is one without a rating.
  return counted == forms() && sums_[quality_at_ + 1] == forms() - raters() && straight_lines() <= raters();
}

}  // namespace candor::statistics
