#include "services/statistics/printed_ranking.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "services/base/status.h"

namespace candor::statistics {
namespace {

// One block's score on one unit.
struct BlockUnit {
  std::vector<PrintedAtom> used;  // atoms with a figure
  PrintedScale scale;
  double share = 0;  // in all raters' score; 0: the block has no score on the unit

  // The atoms as they enter the score.
  std::vector<WeighedAtom> Weighed() const {
    std::vector<WeighedAtom> weighed;
    for (const PrintedAtom& atom : used) weighed.push_back({&atom, 1 / static_cast<double>(used.size())});
    return weighed;
  }
  bool enters() const { return scale.score.has_value(); }
  // Whether printed spread took part in the interval.
  bool measured() const { return scale.score->interval.has_value() && !scale.score->interval->typical; }
};

// Of one block's scores on two units without a common item.
double Covariance(const BlockUnit& a, const BlockUnit& b, const ScoringRules& rules, double correlation) {
  const MeanCovariance covariance = CovarianceOfMeans(a.Weighed(), b.Weighed(), rules, correlation);
  return a.measured() && b.measured() ? covariance.Regularised(rules) : covariance.prior;
}

double VarianceOf(const BlockUnit& unit, const ScoringRules& rules) {
  if (unit.scale.score->variance.has_value()) return *unit.scale.score->variance;
  return PriorOfMean(unit.scale.items_used, rules) / static_cast<double>(unit.scale.n_least);
}

BlockUnit ScoreUnit(const PrintedBlock& block, std::span<const int> items, const ScoringRules& rules,
                    double correlation) {
  BlockUnit unit;
  const std::vector<PrintedAtom> atoms = AskedAtoms(block, items);
  unit.scale = ScorePrintedScale(atoms, rules, correlation);
  for (const PrintedAtom& atom : atoms) {
    if (atom.kind != PrintedAtom::Kind::kWithheld) unit.used.push_back(atom);
  }
  return unit;
}

}  // namespace

double NearestPoint(const Interval& range, double target) { return std::clamp(target, range.lo, range.hi); }

std::vector<PrintedAtom> AskedAtoms(const PrintedBlock& block, std::span<const int> items) {
  std::vector<PrintedAtom> atoms;
  for (const int item : items) {
    if (block.asked[static_cast<size_t>(item)]) atoms.push_back(block.atoms[static_cast<size_t>(item)]);
  }
  return atoms;
}

std::vector<std::optional<RankedUnit>> RankPrinted(std::span<const PrintedBlock> blocks,
                                                   std::span<const std::vector<int>> units, const ScoringRules& rules,
                                                   double correlation) {
  std::vector<std::optional<RankedUnit>> ranked(units.size());
  std::vector<size_t> places;                  // of the units that can be ranked
  std::vector<double> needs;                   // one for each of these
  std::vector<std::vector<BlockUnit>> scored;  // likewise, by block
  for (size_t u = 0; u < units.size(); ++u) {
    std::vector<BlockUnit> of_unit;
    std::vector<std::optional<PrintedScore>> scores;
    for (const PrintedBlock& block : blocks) {
      of_unit.push_back(ScoreUnit(block, units[u], rules, correlation));
      scores.push_back(of_unit.back().scale.score);
    }
    const PrintedOthers others = CombinePrinted(scores, rules);
    if (!others.score.has_value()) continue;
    const Interval& mean = others.score->mean;
    if (mean.hi - mean.lo > kWidestRanked + kEqualScores) continue;
    for (BlockUnit& unit : of_unit) {
      if (unit.enters()) unit.share = 1.0 / others.blocks;
    }
    ranked[u].emplace().from_range = !others.score->exact();
    places.push_back(u);
    needs.push_back(rules.target - NearestPoint(mean, rules.target));
    scored.push_back(std::move(of_unit));
  }

  CovarianceMatrix covariance(static_cast<int>(places.size()));
  for (int a = 0; a < covariance.size; ++a) {
    for (int b = 0; b < covariance.size; ++b) {
      for (size_t g = 0; g < blocks.size(); ++g) {
        const BlockUnit &first = scored[a][g], &second = scored[b][g];
        if (!first.enters() || !second.enters()) continue;
        covariance.at(a, b) += first.share * second.share *
                               (a == b ? VarianceOf(first, rules) : Covariance(first, second, rules, correlation));
      }
    }
  }
  const std::vector<FocusUnit> focus = RankNeeds(needs, covariance);
  for (size_t i = 0; i < places.size(); ++i) ranked[places[i]]->focus = focus[i];
  return ranked;
}

}  // namespace candor::statistics
