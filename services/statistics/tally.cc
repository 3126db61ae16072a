#include "services/statistics/tally.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/statistics/constants.h"
#include "services/statistics/straight_line.h"

namespace candor::statistics {

namespace {

// Complete forms are gathered up to here, so that many at once are added up.
constexpr size_t kCompleteBytes = size_t{1} << 17;

bool IsRating(uint8_t code) { return code != kBlank && code != kNotObserved; }

// Adds to a count of a table; what comes to nothing is not kept, so that equal tallies have equal tables.
template <typename Table>
void AddCount(Table& table, const typename Table::key_type& key, int64_t count) {
  const auto [entry, added] = table.try_emplace(key, 0);
  entry->second += count;
  if (entry->second == 0) table.erase(entry);
}

}  // namespace

Tally::Tally(std::shared_ptr<const FormLayout> layout, unsigned parts) : layout_(std::move(layout)), parts_(parts) {
  CANDOR_CHECK(layout_->points >= kMinPoints && layout_->points <= kMaxPoints && layout_->items >= 0);
  size_t size = item_at(layout_->items);
  if (has(kScaleSums)) {
    scales_at_.reserve(layout_->scales.size());
    for (const std::vector<int>& scale : layout_->scales) {
      scales_at_.push_back(size);
      size += scale.size() * (3 + static_cast<size_t>(layout_->points));
      for (int item : scale) CANDOR_CHECK(item >= 0 && item < layout_->items);
    }
  }
  if (has(kPairSums)) {
    pairs_at_ = size;
    pair_sums_at_ = size + 2 * triangle_size();
    size = pair_sums_at_ + static_cast<size_t>(layout_->items) * layout_->items;
  }
  if (has(kCompleteSums)) {
    complete_at_ = size;
    size += 1 + layout_->items + triangle_size();
  }
  if (has(kQuality)) {
    quality_at_ = size;
    size += 1 + layout_->items + 1;
  }
  sums_.assign(size, 0);
  scratch_.resize((static_cast<size_t>(layout_->items) + 63) / 64);
  ratings_.resize(static_cast<size_t>(layout_->items));
}

void Tally::AddForms(std::span<const uint8_t> rows, size_t forms) {
  const size_t items = static_cast<size_t>(layout_->items);
  CANDOR_CHECK(rows.size() == forms * items);
  std::vector<uint8_t> complete;
  for (size_t r = 0; r < forms; ++r) {
    const uint8_t* form = rows.data() + r * items;
    if (CountForm(form, 1) && has(kCompleteSums)) complete.insert(complete.end(), form, form + items);
    if (complete.size() >= kCompleteBytes || (r + 1 == forms && !complete.empty())) {
      AddCompleteForms(complete, complete.size() / items);
      complete.clear();
    }
  }
  if (has(kPairSums)) AddPairSums(rows, forms, items, PairsAt(sums_));
  std::fill(ratings_.begin(), ratings_.end(), uint8_t{0});
}

void Tally::Withdraw(std::span<const uint8_t> form) {
  CANDOR_CHECK(form.size() == static_cast<size_t>(layout_->items));
  if (CountForm(form.data(), -1) && has(kCompleteSums)) CountComplete(form.data(), -1);
  std::fill(ratings_.begin(), ratings_.end(), uint8_t{0});
  if (!has(kPairSums)) return;
  std::vector<int64_t> pairs(sums_.size(), 0);
  AddPairSums(form, 1, form.size(), PairsAt(pairs));
  for (size_t i = pairs_at_; i < pairs.size(); ++i) sums_[i] -= pairs[i];
}

PairSums Tally::PairsAt(std::vector<int64_t>& sums) const {
  int64_t* const first = sums.data();
  return {first + pairs_at_, first + pairs_at_ + triangle_size(), first + pair_sums_at_};
}

bool Tally::CountForm(const uint8_t* form, int64_t sign) {
  const int points = layout_->points;
  answered_.clear();
  for (int j = 0; j < layout_->items; ++j) {
    const uint8_t code = form[j];
    const size_t at = item_at(j);
    ratings_[j] = IsRating(code) ? code : 0;
    if (code == kBlank) {
      sums_[at + points + 1] += sign;
    } else if (code == kNotObserved) {
      sums_[at + points] += sign;
    } else {
      CANDOR_CHECK(code <= points);
      sums_[at + code - 1] += sign;
      answered_.push_back(j);
    }
  }
  sums_[0] += sign;
  if (!answered_.empty()) sums_[1] += sign;
  if (has(kScaleSums)) CountScales(sign);
  if (has(kQuality)) CountQuality(form, sign);
  if (has(kPatterns) && !answered_.empty()) CountPattern(sign);
  if (has(kSpread) && answered_.size() >= 2) CountSpread(form, sign);
  return layout_->items > 0 && answered_.size() == static_cast<size_t>(layout_->items);
}

void Tally::CountScales(int64_t sign) {
  const size_t points = static_cast<size_t>(layout_->points);
  for (size_t s = 0; s < layout_->scales.size(); ++s) {
    const std::vector<int>& scale = layout_->scales[s];
    int64_t sum = 0;
    size_t answered = 0;
    for (int item : scale) {
      answered += ratings_[item] != 0;
      sum += ratings_[item];
    }
    if (answered == 0) continue;
    int64_t* persons = &sums_[scales_at_[s] + 3 * (answered - 1)];
    persons[0] += sign;
    persons[1] += sign * sum;
    persons[2] += sign * sum * sum;
    if (answered < scale.size()) continue;
    int64_t* counts = &sums_[scales_at_[s] + 3 * scale.size()];
    for (size_t p = 0; p < scale.size(); ++p) counts[p * points + ratings_[scale[p]] - 1] += sign;
  }
}

void Tally::CountComplete(const uint8_t* form, int64_t sign) {
  const size_t items = static_cast<size_t>(layout_->items);
  int64_t* at = &sums_[complete_at_];
  *at++ += sign;
  for (size_t j = 0; j < items; ++j) *at++ += sign * form[j];
  for (size_t j = 0; j < items; ++j) {
    const int64_t rating = sign * form[j];
    for (size_t l = j; l < items; ++l) *at++ += rating * form[l];
  }
}

void Tally::AddCompleteForms(std::span<const uint8_t> rows, size_t forms) {
  const size_t items = static_cast<size_t>(layout_->items);
  // For fewer, the memory for the sums of pairs costs more than they save.
  constexpr size_t kLeastForms = 32;
  if (forms < kLeastForms) {
    for (size_t r = 0; r < forms; ++r) CountComplete(rows.data() + r * items, 1);
    return;
  }
  std::vector<int64_t> counts(triangle_size()), products(triangle_size()), sums(items * items);
  AddPairSums(rows, forms, items, {counts.data(), products.data(), sums.data()});
  int64_t* at = &sums_[complete_at_];
  *at++ += static_cast<int64_t>(forms);
  for (size_t j = 0; j < items; ++j) *at++ += sums[j * items + j];
  for (const int64_t product : products) *at++ += product;
}

void Tally::CountQuality(const uint8_t* form, int64_t sign) {
  int longest = 0, run = 0;
  bool equal = true;
  uint8_t previous = kBlank;
  for (int j = 0; j < layout_->items; ++j) {
    if (!IsRating(form[j])) {
      run = 0;
      previous = kBlank;
      continue;
    }
    run = form[j] == previous ? run + 1 : 1;
    previous = form[j];
    longest = std::max(longest, run);
    equal = equal && form[j] == form[answered_.front()];
  }
  if (answered_.size() >= kStraightLineRatings && equal) sums_[quality_at_] += sign;
  sums_[quality_at_ + 1 + longest] += sign;
}

void Tally::CountPattern(int64_t sign) {
  std::fill(scratch_.begin(), scratch_.end(), 0);
  for (int j : answered_) scratch_[static_cast<size_t>(j) / 64] |= uint64_t{1} << (j % 64);
  AddCount(patterns_, scratch_, sign);
}

void Tally::CountSpread(const uint8_t* form, int64_t sign) {
  const int64_t n = static_cast<int64_t>(answered_.size());
  int64_t sum = 0, square = 0;
  for (const int j : answered_) {
    sum += form[j];
    square += int64_t{form[j]} * form[j];
  }
  const int64_t spread = n * square - sum * sum;
  if (spread > 0) AddCount(spreads_, {static_cast<int>(n), spread}, sign);
}

absl::Status Tally::Merge(const Tally& other) { return Combine(other, 1); }

absl::Status Tally::Subtract(const Tally& other) { return Combine(other, -1); }

absl::Status Tally::Combine(const Tally& other, int64_t sign) {
  if ((parts_ & ~other.parts_) != 0 || (layout_ != other.layout_ && *layout_ != *other.layout_)) {
    return base::Error(absl::StatusCode::kInvalidArgument, "TALLY_MISMATCH",
                       "two tallies of different layouts cannot be added; make both for the same form");
  }
  if (&other == this) {
    const Tally copy = other;
    return Combine(copy, sign);
  }
  const auto add = [&](size_t to, size_t from, size_t size) {
    for (size_t i = 0; i < size; ++i) sums_[to + i] += sign * other.sums_[from + i];
  };
  const size_t items = static_cast<size_t>(layout_->items);
  add(0, 0, item_at(layout_->items));
  if (has(kScaleSums)) {
    for (size_t s = 0; s < scales_at_.size(); ++s) {
      add(scales_at_[s], other.scales_at_[s], layout_->scales[s].size() * (3 + static_cast<size_t>(layout_->points)));
    }
  }
  if (has(kPairSums)) add(pairs_at_, other.pairs_at_, 2 * triangle_size() + items * items);
  if (has(kCompleteSums)) add(complete_at_, other.complete_at_, 1 + items + triangle_size());
  if (has(kQuality)) add(quality_at_, other.quality_at_, 1 + items + 1);
  if (has(kPatterns)) {
    for (const auto& [pattern, count] : other.patterns_) AddCount(patterns_, pattern, sign * count);
  }
  if (has(kSpread)) {
    for (const auto& [spread, count] : other.spreads_) AddCount(spreads_, spread, sign * count);
  }
  return absl::OkStatus();
}

bool Tally::operator==(const Tally& other) const {
  return parts_ == other.parts_ && (layout_ == other.layout_ || *layout_ == *other.layout_) && sums_ == other.sums_ &&
         patterns_ == other.patterns_ && spreads_ == other.spreads_;
}

int64_t Tally::valid(int item) const {
  int64_t n = 0;
  for (int64_t count : counts(item)) n += count;
  return n;
}

int64_t Tally::sum(int item) const {
  int64_t sum = 0, rating = 0;
  for (int64_t count : counts(item)) sum += ++rating * count;
  return sum;
}

PersonSums Tally::persons(int scale, int answered) const {
  CANDOR_CHECK(has(kScaleSums) && answered >= 1);
  const int64_t* at = &sums_[scales_at_[scale] + 3 * static_cast<size_t>(answered - 1)];
  return {at[0], at[1], at[2]};
}

std::span<const int64_t> Tally::complete_counts(int scale, int position) const {
  CANDOR_CHECK(has(kScaleSums));
  const size_t points = static_cast<size_t>(layout_->points);
  return {&sums_[scales_at_[scale] + 3 * layout_->scales[scale].size() + position * points], points};
}

int64_t Tally::RatersOf(std::span<const int> items) const {
  CANDOR_CHECK(has(kPatterns));
  Pattern wanted((static_cast<size_t>(layout_->items) + 63) / 64);
  for (int j : items) wanted[static_cast<size_t>(j) / 64] |= uint64_t{1} << (j % 64);
  int64_t raters = 0;
  for (const auto& [pattern, count] : patterns_) {
    for (size_t word = 0; word < wanted.size(); ++word) {
      if ((pattern[word] & wanted[word]) == 0) continue;
      raters += count;
      break;
    }
  }
  return raters;
}

int64_t Tally::longstring_sum() const {
  int64_t sum = 0;
  for (int length = 1; length <= layout_->items; ++length) sum += length * sums_[quality_at_ + 1 + length];
  return sum;
}

int Tally::longstring_max() const {
  for (int length = layout_->items; length > 0; --length) {
    if (sums_[quality_at_ + 1 + length] != 0) return length;
  }
  return 0;
}

double Tally::variability_sum() const {
  CANDOR_CHECK(has(kSpread));
  std::vector<std::pair<Spread, int64_t>> table(spreads_.begin(), spreads_.end());
  std::sort(table.begin(), table.end());
  double sum = 0;
  for (const auto& [spread, count] : table) {
    const double n = spread.first;
    sum += static_cast<double>(count) * std::sqrt(static_cast<double>(spread.second) / (n * (n - 1)));
  }
  return sum;
}

absl::Status ShardedTally::Merge(absl::string_view shard_id, const Tally& shard) {
  if (ids_.contains(shard_id)) {
    return base::Error(absl::StatusCode::kAlreadyExists, "SHARD_REPLAYED",
                       "this shard has been counted; send each shard once, or withdraw it first");
  }
  CANDOR_RETURN_IF_ERROR(total_.Merge(shard));
  ids_.emplace(shard_id);
  return absl::OkStatus();
}

absl::Status ShardedTally::Withdraw(absl::string_view shard_id, const Tally& shard) {
  if (!ids_.contains(shard_id)) {
    return base::Error(absl::StatusCode::kNotFound, "SHARD_UNKNOWN",
                       "no shard of this id has been counted, so there is nothing to withdraw");
  }
  CANDOR_RETURN_IF_ERROR(total_.Subtract(shard));
  ids_.erase(ids_.find(shard_id));
  return absl::OkStatus();
}

}  // namespace candor::statistics
