#include "services/statistics/leader_scores.h"

#include <algorithm>
#include <cmath>

#include "services/base/status.h"

namespace candor::statistics {

namespace {

// A group or the pool with what its figures were made from.
struct Cell {
  const Tally* tally = nullptr;
  MeanProducts products;
  int64_t threshold = 1;  // ratings that an item needs
  double weight = 1;
};

GroupScores ScoreCell(const Cell& cell, const ScoringRules& rules, std::optional<int64_t> invited) {
  const Tally& tally = *cell.tally;
  GroupScores scores;
  scores.n_forms = tally.forms();
  scores.n_raters = tally.raters();
  scores.invited = invited;
  if (invited.has_value() && *invited > 0) {
    scores.response_rate = static_cast<double>(scores.n_forms) / static_cast<double>(*invited);
  }
  scores.items.reserve(tally.layout().items);
  for (int j = 0; j < tally.layout().items; ++j) {
    scores.items.push_back(ComputeItem(tally.counts(j), tally.not_observed(j), tally.blank(j), rules, invited));
  }
  const int scale_count = static_cast<int>(tally.layout().scales.size());
  scores.scales.reserve(tally.layout().scales.size());
  for (int s = 0; s < scale_count; ++s) {
    scores.scales.push_back(ComputeScale(tally, cell.products, s, cell.threshold, rules));
  }
  return scores;
}

struct ShownGroup {
  const Cell* cell;
  const GroupScores* scores;
};

void CombineItems(std::span<const ShownGroup> shown, int items, const ScoringRules& rules, OtherScores& others) {
  for (int j = 0; j < items; ++j) {
    std::vector<GroupEstimate> estimates;
    int64_t sum = 0, n = 0;
    for (const ShownGroup& group : shown) {
      const ItemStatistics& item = group.scores->items[j];
      if (item.n < group.cell->threshold) continue;
      GroupEstimate estimate{group.cell->weight, *item.mean, item.regularised_error(), *item.degrees, std::nullopt};
      if (item.variance.has_value()) estimate.squared_error = *item.variance / static_cast<double>(item.n);
      estimates.push_back(estimate);
      sum += item.s1;
      n += item.n;
    }
    others.items.push_back(CombineGroups(estimates, rules));
    others.items_pooled.push_back(n > 0 ? std::optional<double>(static_cast<double>(sum) / static_cast<double>(n))
                                        : std::nullopt);
  }
}

void CombineScales(std::span<const ShownGroup> shown, int scales, const ScoringRules& rules, OtherScores& others) {
  for (int s = 0; s < scales; ++s) {
    std::vector<GroupEstimate> estimates;
    double weight = 0, weighted_variance = 0;
    bool all_have_spread = true;
    for (const ShownGroup& group : shown) {
      const ScaleStatistics& scale = group.scores->scales[s];
      if (!scale.mean_items.has_value()) continue;
      GroupEstimate estimate{group.cell->weight, *scale.mean_items, *scale.variance_regularised, *scale.degrees,
                             std::nullopt};
      if (scale.se.has_value()) estimate.squared_error = *scale.se * *scale.se;
      estimates.push_back(estimate);
      weight += group.cell->weight;
      if (scale.sd_persons.has_value()) {
        weighted_variance += group.cell->weight * *scale.sd_persons * *scale.sd_persons;
      } else {
        all_have_spread = false;
      }
    }
    others.scales.push_back(CombineGroups(estimates, rules));
    const bool has_spread = all_have_spread && weight > 0 && weighted_variance > 0;
    others.scales_rater_sd.push_back(has_spread ? std::optional<double>(std::sqrt(weighted_variance / weight))
                                                : std::nullopt);
  }
}

std::vector<FocusUnit> ScoreFocus(std::span<const ShownGroup> shown, const OtherScores& others,
                                  const ScoringRules& rules) {
  const int items = static_cast<int>(others.items.size());
  if (items == 0) return {};
  std::vector<double> needs, weights(items, 0);
  for (int j = 0; j < items; ++j) {
    if (!others.items[j].mean.has_value()) return {};
    needs.push_back(rules.target - *others.items[j].mean);
    for (const ShownGroup& group : shown) {
      if (group.scores->items[j].n >= group.cell->threshold) weights[j] += group.cell->weight;
    }
  }
  CovarianceMatrix covariance(items);
  std::vector<double> shares(items);
  for (const ShownGroup& group : shown) {
    for (int j = 0; j < items; ++j) {
      shares[j] = group.scores->items[j].n >= group.cell->threshold ? group.cell->weight / weights[j] : 0;
    }
    AddGroupCovariance(*group.cell->tally, group.cell->products, shares, rules, covariance);
  }
  return RankNeeds(needs, covariance);
}

}  // namespace

LeaderScores ScoreLeader(const std::shared_ptr<const FormLayout>& layout, const std::vector<GroupInput>& groups,
                         const std::vector<std::optional<int>>& self, double pool_weight, const ScoringRules& rules) {
  CANDOR_CHECK(self.size() == static_cast<size_t>(layout->items));
  LeaderScores scores;
  scores.groups.reserve(groups.size() + 1);
  std::vector<Cell> cells;
  cells.reserve(groups.size() + 1);
  Tally pool(layout, kLeaderParts);
  for (const GroupInput& group : groups) {
    const int64_t threshold = group.exempt ? 1 : rules.min_n;
    cells.push_back({&group.tally, MeanProducts(group.tally), threshold, group.weight});
    GroupScores& figures = scores.groups.emplace_back(ScoreCell(cells.back(), rules, group.invited));
    figures.name = group.name;
    figures.status = StatusOfGroup(figures.n_raters, group.exempt, rules);
    if (figures.status == GroupStatus::kSuppressed) CANDOR_CHECK(pool.Merge(group.tally).ok());
  }
  if (pool.forms() > 0) {
    cells.push_back({&pool, MeanProducts(pool), rules.pool_min_n, pool_weight});
    GroupScores& figures = scores.groups.emplace_back(ScoreCell(cells.back(), rules, std::nullopt));
    figures.name = kPoolName;
    figures.status = StatusOfPool(figures.n_raters, rules);
  }

  std::vector<ShownGroup> shown;
  for (size_t g = 0; g < cells.size(); ++g) {
    if (scores.groups[g].status != GroupStatus::kShown) continue;
    shown.push_back({&cells[g], &scores.groups[g]});
    scores.others.groups_used.push_back(scores.groups[g].name);
  }
  const int scale_count = static_cast<int>(layout->scales.size());
  CombineItems(shown, layout->items, rules, scores.others);
  CombineScales(shown, scale_count, rules, scores.others);

  for (int j = 0; j < layout->items; ++j) {
    scores.item_comparisons.push_back(CompareItem(self[j], scores.others.items[j].mean, rules));
  }
  for (int s = 0; s < scale_count; ++s) {
    std::vector<std::optional<int>> scale_self;
    std::vector<std::optional<double>> scale_items;
    for (int item : layout->scales[s]) {
      scale_self.push_back(self[item]);
      scale_items.push_back(scores.others.items[item].mean);
    }
    scores.scale_comparisons.push_back(CompareScale(scale_self, scale_items, scores.others.scales[s].mean, rules));
  }
  scores.focus = ScoreFocus(shown, scores.others, rules);
  return scores;
}

}  // namespace candor::statistics
