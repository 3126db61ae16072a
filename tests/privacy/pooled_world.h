// Worlds that one campaign's printed atoms and pooled figures could come from: the answers of one rater group, complete, on
// 1..5, and an attacker's search for another such world.

#ifndef CANDOR_TESTS_PRIVACY_POOLED_WORLD_H_
#define CANDOR_TESTS_PRIVACY_POOLED_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "services/collection/contribution.h"
#include "services/collection/pooled_group.h"
#include "services/domain/closed_result.h"
#include "services/domain/pooled_figures.h"
#include "tests/collection/made_campaign.h"
#include "tests/domain/disclosure_attacker.h"

namespace candor::privacy {

using Ratings = std::vector<int>;           // of one rater, one for each item
using LeaderForms = std::vector<Ratings>;   // of one leader's raters
using PooledWorld = std::vector<LeaderForms>;

// The cell whose figure is held to a bound is of the first leader and this item.
struct HiddenCell {
  size_t item = 0;
  domain::Atom atom;
  std::vector<domain::Counts> fillings;  // all counts that print this atom
};

// The instrument, whose one group "staff" is asked all items.
struct PooledSetting {
  explicit PooledSetting(const collection::MadeShape& shape);

  collection::ContributionFormat format;
  const collection::ContributionFormat::Group& group;
  std::vector<collection::ToldScale> told;
  size_t items;
};

// What a campaign prints of one cell, and all of it.
domain::Atom PrintedCell(const LeaderForms& forms, size_t item);
std::vector<domain::Atom> PrintedCells(const PooledWorld& world);
bool SameAtom(const domain::Atom& a, const domain::Atom& b);
// As the service computes them.
domain::PooledFigures PooledFiguresOf(const PooledSetting& setting, const PooledWorld& world);

// 10 to 12 leaders with 10 to 13 raters each. Every cell prints its distribution but the first leader's `item`, which is held
// to a bound, or (`exact`) prints its mean and that at most two are in the lower half. Of a rater's ratings about `stray` of
// 100 stray from one level.
PooledWorld MakeWorld(const PooledSetting& setting, size_t item, bool exact, int stray, std::mt19937& random);
HiddenCell HiddenCellOf(const PooledWorld& world, size_t item);
inline bool IsLow(int rating) { return rating <= 2; }

// The sums that all figures follow from, kept up to date while answers change places.
class WorldSums {
 public:
  WorldSums(const PooledSetting& setting, PooledWorld world);

  const PooledWorld& world() const { return world_; }
  // Exchanges the ratings of two raters of a leader on some items.
  void Swap(size_t leader, size_t one, size_t other, const std::vector<int>& items);
  void Set(size_t leader, size_t rater, size_t item, int rating);

  // In hundredths, not rounded: the correlation of items, then of each told scale alpha and lambda2 or ICC1 and ICC2.
  std::vector<double> Figures() const;
  int straight_lines() const;
  int64_t raters() const { return raters_; }

  double Alpha(const std::vector<int>& items) const { return Consistency(items)[0]; }
  double Icc1(const std::vector<int>& items) const { return Agreement(items)[0]; }
  double ItemCorrelation() const;
  // Total and within leaders: sum of products of deviations.
  double Total(size_t j, size_t l) const;
  double Within(size_t j, size_t l) const;
  // Of the sum of all ratings on `items`, between leaders.
  double Between(const std::vector<int>& items) const;
  size_t leaders() const { return world_.size(); }

 private:
  std::vector<double> Consistency(const std::vector<int>& items) const;
  std::vector<double> Agreement(const std::vector<int>& items) const;
  void Count(const Ratings& form, int sign);

  const PooledSetting& setting_;
  PooledWorld world_;
  int64_t raters_ = 0;
  std::vector<int64_t> products_;  // over all raters, items x items
  std::vector<std::vector<int64_t>> sums_;  // leader, item
};

// Looks for a world with the atoms and figures of `truth` in which `target`, a rater of the first leader, stands in the other
// half of the hidden cell, and `insider`, another, gave exactly the same answers. Unset: none found within `steps`.
std::optional<PooledWorld> FindOtherWorld(const PooledSetting& setting, const PooledWorld& truth, const HiddenCell& hidden,
                                          size_t target, size_t insider, int steps, std::mt19937& random);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_POOLED_WORLD_H_
