#include "tests/privacy/pooled_world.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "services/domain/disclosure.h"

namespace candor::privacy {
namespace {

using collection::FirstItems;
using collection::ToldScale;
using domain::Counts;

int ItemsOf(const collection::MadeShape& shape) {
  int items = 0;
  for (const std::vector<int>& domain : shape) {
    for (const int competency : domain) items += competency;
  }
  return items;
}

domain::Atom PrintedCounts(const Counts& counts) {
  return domain::MakeAtom("item", {counts, 0, 0}, domain::DisclosureRules(), /*pooled=*/false);
}

Counts CountsOf(const LeaderForms& forms, size_t item) {
  Counts counts(5);
  for (const Ratings& form : forms) ++counts[static_cast<size_t>(form[item] - 1)];
  return counts;
}

// A rating by a rater of this level, of whose ratings `stray` of 100 stray from it.
int StrayedFrom(int level, int stray, std::mt19937& random) {
  if (static_cast<int>(random() % 100) >= stray) return level;
  if (random() % 4 == 0) return 1 + static_cast<int>(random() % 5);
  return std::clamp(level + (random() % 2 == 0 ? 1 : -1), 1, 5);
}

// Every cell but `bare` (-1: none) has its distribution printed.
LeaderForms MakeLeader(size_t items, int bare, int stray, std::mt19937& random) {
  const size_t raters = 10 + random() % 4, low = 3 + random() % (raters - 5);
  std::vector<int> levels;
  for (size_t r = 0; r < raters; ++r) levels.push_back((r < low ? 1 : 4) + static_cast<int>(random() % 2));
  std::shuffle(levels.begin(), levels.end(), random);
  LeaderForms forms(raters, Ratings(items));
  for (size_t item = 0; item < items; ++item) {
    do {
      for (size_t r = 0; r < raters; ++r) forms[r][item] = StrayedFrom(levels[r], stray, random);
    } while (static_cast<int>(item) != bare && PrintedCell(forms, item).counts.empty());
  }
  return forms;
}

// The hundredths that a printed figure stands for.
struct Range {
  double lo, hi;
  double Off(double figure) const { return std::max({0.0, lo - figure, figure - hi}); }
};

Range RangeOf(double figure, int least) {
  constexpr double kInside = 1e-6, kInfinite = std::numeric_limits<double>::infinity();
  const double printed = std::clamp<double>(std::round(figure), least, domain::kHighestPooledReliability);
  return {printed == least ? -kInfinite : printed - 0.5 + kInside,
          printed == domain::kHighestPooledReliability ? kInfinite : printed + 0.5 - kInside};
}

class Search {
 public:
  Search(const PooledSetting& setting, const PooledWorld& truth, const HiddenCell& hidden, size_t target, size_t insider,
         std::mt19937& random)
      : setting_(setting), truth_(truth), hidden_(hidden), target_(target), insider_(insider), random_(random),
        allowed_(hidden.fillings.begin(), hidden.fillings.end()),
        was_low_(IsLow(truth[0][target][hidden.item])),
        figures_(PooledFiguresOf(setting, truth)),
        cells_(PrintedCells(truth)) {
    const WorldSums sums(setting, truth);
    const std::vector<double> figures = sums.Figures();
    ranges_.push_back(RangeOf(figures[0], 0));
    for (size_t i = 0; i < setting.told.size(); ++i) {
      const int least = setting.told[i].figure == ToldScale::Figure::kConsistency ? 0 : -100;
      for (const size_t at : {1 + 2 * i, 2 + 2 * i}) ranges_.push_back(RangeOf(figures[at], least));
    }
    straight_ = sums.straight_lines();
    for (const std::vector<int>& scale : setting.group.layout->scales) units_.push_back(scale);
    for (const int item : FirstItems(static_cast<int>(setting.items))) units_.push_back({item});
  }

  std::optional<PooledWorld> Run(int steps) {
    constexpr int kRestarts = 6;
    for (int restart = 0; restart < kRestarts; ++restart) {
      std::optional<PooledWorld> start = Start();
      if (!start.has_value()) return std::nullopt;
      WorldSums sums(setting_, *std::move(start));
      double off = Off(sums);
      for (int step = 0; step < steps / kRestarts; ++step) {
        if (off == 0 && IsSolution(sums.world())) return sums.world();
        const double heat = 1.5 * std::pow(1 - static_cast<double>(step) * kRestarts / steps, 2);
        off = Step(sums, off, heat);
      }
    }
    return std::nullopt;
  }

 private:
  double Off(const WorldSums& sums) const {
    const std::vector<double> figures = sums.Figures();
    double off = 0;
    for (size_t i = 0; i < figures.size(); ++i) off += ranges_[i].Off(figures[i]);
    if (setting_.items >= domain::kFewestStraightLineItems) {
      const bool same = collection::ShareOf(sums.straight_lines(), sums.raters()) ==
                        collection::ShareOf(straight_, sums.raters());
      if (!same) off += 0.3 + 0.3 * std::abs(sums.straight_lines() - straight_);
    }
    return off;
  }

  // The truth, but that the hidden cell is filled anew, with the target in the other half.
  std::optional<PooledWorld> Start() {
    for (int trial = 0; trial < 2000; ++trial) {
      const Counts& filling = hidden_.fillings[random_() % hidden_.fillings.size()];
      std::vector<int> ratings;
      for (size_t k = 0; k < filling.size(); ++k) {
        ratings.insert(ratings.end(), static_cast<size_t>(filling[k]), static_cast<int>(k) + 1);
      }
      const auto known = std::find(ratings.begin(), ratings.end(), truth_[0][insider_][hidden_.item]);
      if (known == ratings.end()) continue;
      ratings.erase(known);
      std::shuffle(ratings.begin(), ratings.end(), random_);
      PooledWorld world = truth_;
      for (size_t r = 0; r < world[0].size(); ++r) {
        if (r == insider_) continue;
        world[0][r][hidden_.item] = ratings.back();
        ratings.pop_back();
      }
      if (IsLow(world[0][target_][hidden_.item]) != was_low_) return world;
    }
    return std::nullopt;
  }

  double Step(WorldSums& sums, double off, double heat) {
    const size_t leader = random_() % 4 == 0 ? 0 : random_() % sums.world().size();
    const LeaderForms& forms = sums.world()[leader];
    const size_t one = random_() % forms.size(), other = random_() % forms.size();
    if (one == other || (leader == 0 && (one == insider_ || other == insider_))) return off;
    if (leader == 0 && random_() % 4 == 0) return Refill(sums, one, other, off, heat);
    const std::vector<int>& items = units_[random_() % units_.size()];
    sums.Swap(leader, one, other, items);
    const double now = StaysInOtherHalf(sums) ? Off(sums) : std::numeric_limits<double>::infinity();
    if (Accept(off, now, heat)) return now;
    sums.Swap(leader, one, other, items);
    return off;
  }

  // Changes the ratings of one or two raters in the hidden cell.
  double Refill(WorldSums& sums, size_t one, size_t other, double off, double heat) {
    const size_t item = hidden_.item;
    const int first = sums.world()[0][one][item], second = sums.world()[0][other][item];
    const int by = random_() % 2 == 0 ? 1 : -1, back = random_() % 2 == 0 ? -by : 0;
    if (std::clamp(first + by, 1, 5) != first + by || std::clamp(second + back, 1, 5) != second + back) return off;
    sums.Set(0, one, item, first + by);
    sums.Set(0, other, item, second + back);
    const bool may = allowed_.contains(CountsOf(sums.world()[0], item)) && StaysInOtherHalf(sums);
    const double now = may ? Off(sums) : std::numeric_limits<double>::infinity();
    if (Accept(off, now, heat)) return now;
    sums.Set(0, one, item, first);
    sums.Set(0, other, item, second);
    return off;
  }

  bool StaysInOtherHalf(const WorldSums& sums) const { return IsLow(sums.world()[0][target_][hidden_.item]) != was_low_; }

  bool Accept(double off, double now, double heat) {
    return now <= off + heat * static_cast<double>(random_() % 1000) / 1000 * 0.5;
  }

  // By the service's own code.
  bool IsSolution(const PooledWorld& world) const {
    const std::vector<domain::Atom> cells = PrintedCells(world);
    return world[0][insider_] == truth_[0][insider_] && IsLow(world[0][target_][hidden_.item]) != was_low_ &&
           std::equal(cells.begin(), cells.end(), cells_.begin(), cells_.end(), SameAtom) &&
           PooledFiguresOf(setting_, world) == figures_;
  }

  const PooledSetting& setting_;
  const PooledWorld& truth_;
  const HiddenCell& hidden_;
  const size_t target_, insider_;
  std::mt19937& random_;
  const std::set<Counts> allowed_;
  const bool was_low_;
  const domain::PooledFigures figures_;
  const std::vector<domain::Atom> cells_;
  std::vector<Range> ranges_;
  int straight_ = 0;
  std::vector<std::vector<int>> units_;  // items whose ratings change places together
};

}  // namespace

PooledSetting::PooledSetting(const collection::MadeShape& shape)
    : format(collection::MakeVersion(shape, {{"staff", FirstItems(ItemsOf(shape))}})),
      group(format.groups()[0]),
      told(collection::ToldScales(group)),
      items(group.items.size()) {}

domain::Atom PrintedCell(const LeaderForms& forms, size_t item) { return PrintedCounts(CountsOf(forms, item)); }

std::vector<domain::Atom> PrintedCells(const PooledWorld& world) {
  std::vector<domain::Atom> cells;
  for (const LeaderForms& forms : world) {
    for (size_t item = 0; item < forms[0].size(); ++item) cells.push_back(PrintedCell(forms, item));
  }
  return cells;
}

bool SameAtom(const domain::Atom& a, const domain::Atom& b) {
  return a.kind == b.kind && a.n == b.n && a.sum == b.sum && a.bound_numerator == b.bound_numerator && a.counts == b.counts &&
         a.half == b.half && a.not_observed == b.not_observed;
}

domain::PooledFigures PooledFiguresOf(const PooledSetting& setting, const PooledWorld& world) {
  std::vector<std::vector<collection::Block>> leaders;
  for (const LeaderForms& forms : world) {
    collection::Block block;
    for (const Ratings& form : forms) block.emplace_back(form.begin(), form.end());
    leaders.push_back({std::move(block)});
  }
  return collection::FiguresOf(setting.format, leaders);
}

PooledWorld MakeWorld(const PooledSetting& setting, size_t item, bool exact, int stray, std::mt19937& random) {
  PooledWorld world;
  const size_t leaders = 10 + random() % 3;
  for (size_t i = 0; i < leaders; ++i) {
    world.push_back(MakeLeader(setting.items, i == 0 ? static_cast<int>(item) : -1, stray, random));
  }
  for (;;) {
    const int low = static_cast<int>(random() % 3);
    for (size_t r = 0; r < world[0].size(); ++r) {
      const bool is_low = static_cast<int>(r) < 2 * low && r % 2 == 0;
      world[0][r][item] = is_low ? 2 : exact ? 3 + static_cast<int>(random() % 3) : 5 - (random() % 5 == 0 ? 1 : 0);
    }
    const domain::Atom atom = PrintedCell(world[0], item);
    if (atom.kind == (exact ? domain::AtomKind::kExact : domain::AtomKind::kAtLeast)) return world;
  }
}

HiddenCell HiddenCellOf(const PooledWorld& world, size_t item) {
  HiddenCell hidden{item, PrintedCell(world[0], item), {}};
  domain::ForEachCounts(5, static_cast<int64_t>(world[0].size()), [&](const Counts& counts) {
    if (SameAtom(PrintedCounts(counts), hidden.atom)) hidden.fillings.push_back(counts);
  });
  return hidden;
}

WorldSums::WorldSums(const PooledSetting& setting, PooledWorld world)
    : setting_(setting), world_(std::move(world)), products_(setting.items * setting.items) {
  for (const LeaderForms& forms : world_) {
    std::vector<int64_t>& sums = sums_.emplace_back(setting.items);
    for (const Ratings& form : forms) {
      ++raters_;
      Count(form, 1);
      for (size_t item = 0; item < setting.items; ++item) sums[item] += form[item];
    }
  }
}

void WorldSums::Count(const Ratings& form, int sign) {
  for (size_t j = 0; j < setting_.items; ++j) {
    for (size_t l = 0; l < setting_.items; ++l) products_[j * setting_.items + l] += sign * form[j] * form[l];
  }
}

void WorldSums::Swap(size_t leader, size_t one, size_t other, const std::vector<int>& items) {
  Ratings& first = world_[leader][one];
  Ratings& second = world_[leader][other];
  for (const Ratings* form : {&first, &second}) Count(*form, -1);
  for (const int item : items) std::swap(first[static_cast<size_t>(item)], second[static_cast<size_t>(item)]);
  for (const Ratings* form : {&first, &second}) Count(*form, 1);
}

void WorldSums::Set(size_t leader, size_t rater, size_t item, int rating) {
  Ratings& form = world_[leader][rater];
  Count(form, -1);
  sums_[leader][item] += rating - form[item];
  form[item] = rating;
  Count(form, 1);
}

double WorldSums::Total(size_t j, size_t l) const {
  double sum_j = 0, sum_l = 0;
  for (const std::vector<int64_t>& sums : sums_) {
    sum_j += static_cast<double>(sums[j]);
    sum_l += static_cast<double>(sums[l]);
  }
  return static_cast<double>(products_[j * setting_.items + l]) - sum_j * sum_l / static_cast<double>(raters_);
}

double WorldSums::Within(size_t j, size_t l) const {
  double within = static_cast<double>(products_[j * setting_.items + l]);
  for (size_t i = 0; i < world_.size(); ++i) {
    within -= static_cast<double>(sums_[i][j] * sums_[i][l]) / static_cast<double>(world_[i].size());
  }
  return within;
}

double WorldSums::Between(const std::vector<int>& items) const {
  double between = 0;
  for (const int j : items) {
    for (const int l : items) {
      between += Total(static_cast<size_t>(j), static_cast<size_t>(l)) - Within(static_cast<size_t>(j), static_cast<size_t>(l));
    }
  }
  return between;
}

double WorldSums::ItemCorrelation() const {
  double sum = 0;
  for (size_t j = 0; j < setting_.items; ++j) {
    for (size_t l = j + 1; l < setting_.items; ++l) sum += Within(j, l) / std::sqrt(Within(j, j) * Within(l, l));
  }
  return 100 * sum / (static_cast<double>(setting_.items * (setting_.items - 1)) / 2);
}

std::vector<double> WorldSums::Consistency(const std::vector<int>& items) const {
  double variances = 0, covariances = 0, squares = 0;
  for (const int j : items) {
    for (const int l : items) {
      const double covariance = Total(static_cast<size_t>(j), static_cast<size_t>(l));
      (j == l ? variances : covariances) += covariance;
      if (j != l) squares += covariance * covariance;
    }
  }
  const double size = static_cast<double>(items.size()), all = variances + covariances;
  return {100 * size / (size - 1) * (1 - variances / all), 100 * (covariances + std::sqrt(size / (size - 1) * squares)) / all};
}

std::vector<double> WorldSums::Agreement(const std::vector<int>& items) const {
  double within = 0;
  for (const int j : items) {
    for (const int l : items) within += Within(static_cast<size_t>(j), static_cast<size_t>(l));
  }
  const double n = static_cast<double>(raters_), classes = static_cast<double>(world_.size());
  const double msb = Between(items) / (classes - 1), msw = within / (n - classes);
  return {100 * (msb - msw) / (msb + (n / classes - 1) * msw), 100 * (msb - msw) / msb};
}

std::vector<double> WorldSums::Figures() const {
  std::vector<double> figures = {ItemCorrelation()};
  for (const ToldScale& scale : setting_.told) {
    const std::vector<int>& items = setting_.group.layout->scales[static_cast<size_t>(scale.scale)];
    const auto both = scale.figure == ToldScale::Figure::kConsistency ? Consistency(items) : Agreement(items);
    figures.insert(figures.end(), both.begin(), both.end());
  }
  return figures;
}

int WorldSums::straight_lines() const {
  int lines = 0;
  for (const LeaderForms& forms : world_) {
    for (const Ratings& form : forms) lines += std::count(form.begin(), form.end(), form[0]) == std::ssize(form) ? 1 : 0;
  }
  return lines;
}

std::optional<PooledWorld> FindOtherWorld(const PooledSetting& setting, const PooledWorld& truth, const HiddenCell& hidden,
                                          size_t target, size_t insider, int steps, std::mt19937& random) {
  return Search(setting, truth, hidden, target, insider, random).Run(steps);
}

}  // namespace candor::privacy
