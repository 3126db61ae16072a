// Mergeable tallies: all that scores and their uncertainty need from a set of forms, as sums of whole numbers.
//
// A tally is a vector of integers (and two tables of counts). Merging adds, withdrawing subtracts; both are exact, so
// any order of shards, merges and withdrawals gives bit-identical tallies, and with them identical figures.

#ifndef CANDOR_SERVICES_STATISTICS_TALLY_H_
#define CANDOR_SERVICES_STATISTICS_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/statistics/constants.h"
#include "services/statistics/pair_counting.h"

namespace candor::statistics {

// One rating is one byte: kBlank, 1..points, or kNotObserved. Ratings of reverse-keyed items are already turned.
inline constexpr uint8_t kBlank = 0;          // not answered, or not asked
inline constexpr uint8_t kNotObserved = 255;  // "I have not seen this": never imputed

// What a form asks: ratings 1..points on `items` items, and the scales, each a list of distinct items.
struct FormLayout {
  int points = 5;
  int items = 0;
  std::vector<std::vector<int>> scales;
  bool operator==(const FormLayout&) const = default;
};

// The most forms that a tally is read back with: no sum over so many overflows.
inline constexpr int64_t kMostTalliedForms = 1'000'000'000;

// Sums over the forms with exactly m valid ratings among a scale's items; T is the sum of those ratings.
struct PersonSums {
  int64_t n = 0;
  int64_t sum = 0;     // of T
  int64_t square = 0;  // of T squared
};

class Tally {
 public:
  // What is kept beside the counts per item; the more, the larger.
  enum Part : unsigned {
    kCountsOnly = 0,
    kScaleSums = 1,     // person scores, and counts over forms complete on a scale
    kPairSums = 2,      // sums over every pair of items: 2 J^2 numbers
    kPatterns = 4,      // which sets of items were answered, and how often
    kCompleteSums = 8,  // sums and products over forms complete on all items
    kQuality = 16,      // straight lines and long strings
    kSpread = 32,       // how far the ratings of one form lie apart, and on how many forms
  };

  // An empty tally. `parts`: Part values or-ed together. 2 <= points <= 10; scales hold items of the layout.
  Tally(std::shared_ptr<const FormLayout> layout, unsigned parts);

  // Counts one form: one byte for each item, each a code as above (checked).
  void Add(std::span<const uint8_t> form) { AddForms(form, 1); }
  // The exact opposite of Add. Withdrawing a form that was never added leaves a tally that is only meaningful once
  // that form is added or merged.
  void Withdraw(std::span<const uint8_t> form);
  // Counts `forms` forms that lie one after the other.
  void AddForms(std::span<const uint8_t> rows, size_t forms);

  // `other` may keep more parts than this tally does; they are left out. INVALID_ARGUMENT (TALLY_MISMATCH): the layouts
  // differ, or `other` lacks a part; nothing is changed.
  absl::Status Merge(const Tally& other);
  absl::Status Subtract(const Tally& other);

  bool operator==(const Tally& other) const;

  // The whole tally as a list of whole numbers, so that it can be kept and read again: always of the same length and order
  // for one layout and one choice of parts, whatever was counted. `parts` without kPatterns and kSpread, here
  // and in the two below.
  std::span<const int64_t> Numbers() const;
  // For each of these numbers, in their order, the most that one form can add to it: that of n forms is within 0..n times
  // as much. How many there are says the length of the list.
  static std::vector<int64_t> MostOfOneForm(const FormLayout& layout, unsigned parts);
  // The tally that gave `numbers`. INVALID_ARGUMENT (TALLY_INVALID): they are not of that length, or no forms, at most
  // kMostTalliedForms, have these sums (each number within its range, and those that count the same forms agree).
  static absl::StatusOr<Tally> FromNumbers(std::shared_ptr<const FormLayout> layout, unsigned parts,
                                           std::span<const int64_t> numbers);

  const FormLayout& layout() const { return *layout_; }
  bool has(Part part) const { return (parts_ & part) != 0; }

  int64_t forms() const { return sums_[0]; }
  // Forms with at least one valid rating; the others are returned, but no rater stands behind them.
  int64_t raters() const { return sums_[1]; }

  // Per item: c_1..c_points, and the two kinds of missing answers.
  std::span<const int64_t> counts(int item) const { return {&sums_[item_at(item)], static_cast<size_t>(layout_->points)}; }
  int64_t not_observed(int item) const { return sums_[item_at(item) + layout_->points]; }
  int64_t blank(int item) const { return sums_[item_at(item) + layout_->points + 1]; }
  int64_t valid(int item) const;  // n
  int64_t sum(int item) const;    // S1

  // kScaleSums. `answered` is m, 1..size of the scale.
  PersonSums persons(int scale, int answered) const;
  // Counts of the scale's `position`-th item over the forms with a valid rating on every item of the scale.
  std::span<const int64_t> complete_counts(int scale, int position) const;

  // kPairSums, over the forms with valid ratings on both items: how many, the sum of item j, the sum of products.
  int64_t pair_count(int j, int l) const { return sums_[pairs_at_ + triangle(j, l)]; }
  int64_t pair_product(int j, int l) const { return sums_[pairs_at_ + triangle_size() + triangle(j, l)]; }
  int64_t pair_sum(int j, int l) const { return sums_[pair_sums_at_ + static_cast<size_t>(j) * layout_->items + l]; }

  // kPatterns. Forms with a valid rating on at least one of `items`.
  int64_t RatersOf(std::span<const int> items) const;

  // kCompleteSums, over the forms with a valid rating on every item.
  int64_t complete_forms() const { return sums_[complete_at_]; }
  int64_t complete_sum(int item) const { return sums_[complete_at_ + 1 + item]; }
  int64_t complete_product(int j, int l) const { return sums_[complete_at_ + 1 + layout_->items + triangle(j, l)]; }

  // kQuality. Forms with at least ten valid ratings, all equal.
  int64_t straight_lines() const { return sums_[quality_at_]; }
  // Over forms, the longest run of equal ratings in the order of the items, broken by a missing answer.
  int64_t longstring_sum() const;
  int longstring_max() const;

  // kSpread. Intra-individual response variability, summed over the forms: the standard deviation (n - 1) of one form's
  // ratings, in scale points; 0 for a form of fewer than two. Summed in one order, whatever was counted or merged first.
  double variability_sum() const;

 private:
  using Pattern = absl::InlinedVector<uint64_t, 2>;  // bit j: item j has a valid rating
  // Of one form: its n valid ratings, and n * S2 - S1^2 of them, which is n (n - 1) times their variance.
  using Spread = std::pair<int, int64_t>;

  size_t item_at(int item) const { return 2 + static_cast<size_t>(item) * (layout_->points + 2); }
  size_t triangle_size() const { return static_cast<size_t>(layout_->items) * (layout_->items + 1) / 2; }
  size_t triangle(int j, int l) const {
    const size_t low = j < l ? j : l, high = j < l ? l : j;
    return low * (2 * static_cast<size_t>(layout_->items) - low + 1) / 2 + (high - low);
  }
  // All parts but kPairSums and kCompleteSums. True: the form has a valid rating on every item.
  bool CountForm(const uint8_t* form, int64_t sign);
  void CountScales(int64_t sign);
  void CountQuality(const uint8_t* form, int64_t sign);
  void CountPattern(int64_t sign);
  void CountSpread(const uint8_t* form, int64_t sign);
  void CountComplete(const uint8_t* form, int64_t sign);
  void AddCompleteForms(std::span<const uint8_t> rows, size_t forms);
  PairSums PairsAt(std::vector<int64_t>& sums) const;
  bool ItemsAgree() const;
  bool ScalesAgree() const;
  bool PairsAgree() const;
  bool CompleteAgrees() const;
  bool QualityAgrees() const;
  absl::Status Combine(const Tally& other, int64_t sign);

  std::shared_ptr<const FormLayout> layout_;
  unsigned parts_;
  std::vector<int64_t> sums_;      // all integers, one after the other; the offsets below say where
  std::vector<size_t> scales_at_;  // per scale: 3 per m, then points per item
  size_t pairs_at_ = 0, pair_sums_at_ = 0, complete_at_ = 0, quality_at_ = 0;
  absl::flat_hash_map<Pattern, int64_t> patterns_;
  absl::flat_hash_map<Spread, int64_t> spreads_;  // forms with each, but those whose ratings are all equal
  Pattern scratch_;                // of the form being counted
  std::vector<int> answered_;      // likewise: the items with a valid rating
  std::vector<uint8_t> ratings_;   // likewise: one for each item, 0 where it has none; all 0 between two calls
};

// A tally made of shards with ids, so that a shard that is sent twice is counted once.
class ShardedTally {
 public:
  ShardedTally(std::shared_ptr<const FormLayout> layout, unsigned parts) : total_(std::move(layout), parts) {}

  // ALREADY_EXISTS (SHARD_REPLAYED): a shard with this id is in the total; nothing is changed. INVALID_ARGUMENT
  // (TALLY_MISMATCH).
  absl::Status Merge(absl::string_view shard_id, const Tally& shard);
  // NOT_FOUND (SHARD_UNKNOWN): no such shard is in the total. INVALID_ARGUMENT (TALLY_MISMATCH). `shard` is the tally
  // that was merged under this id; afterwards the id is free again.
  absl::Status Withdraw(absl::string_view shard_id, const Tally& shard);

  const Tally& total() const { return total_; }
  size_t shards() const { return ids_.size(); }

 private:
  Tally total_;
  absl::flat_hash_set<std::string> ids_;
};

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_TALLY_H_
