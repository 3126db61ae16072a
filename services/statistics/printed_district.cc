#include "services/statistics/printed_district.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "services/base/status.h"
#include "services/statistics/item_statistics.h"

namespace candor::statistics {
namespace {

// Fewest items that a difference of two groups on one item is set against, and that item.
constexpr size_t kFewestCommonItems = 6;

bool IsExact(const PrintedAtom& atom) { return atom.kind == PrintedAtom::Kind::kExact && atom.n > 0; }

double MeanOf(const PrintedAtom& atom) {
  return static_cast<double>(atom.sum) / static_cast<double>(atom.n * atom.items_per_rater);
}

// The atoms that enter a scale's score, each with `sign` over their number.
std::vector<WeighedAtom> Weighed(const std::vector<PrintedAtom>& atoms, double sign) {
  std::vector<WeighedAtom> used;
  for (const PrintedAtom& atom : atoms) {
    if (IsExact(atom)) used.push_back({&atom, sign});
  }
  for (WeighedAtom& atom : used) atom.weight /= static_cast<double>(used.size());
  return used;
}

// One block's two scores, and how uncertain their difference is.
struct BlockContrast {
  double items = 0, rest = 0, variance = 0;
};
std::optional<BlockContrast> ContrastOf(const PrintedBlock& block, std::span<const int> items, std::span<const int> rest,
                                        const ScoringRules& rules, double correlation) {
  const std::vector<PrintedAtom> a = AskedAtoms(block, items), b = AskedAtoms(block, rest);
  const PrintedScale of_items = ScorePrintedScale(a, rules, correlation);
  const PrintedScale of_rest = ScorePrintedScale(b, rules, correlation);
  if (!of_items.score.has_value() || !of_rest.score.has_value()) return std::nullopt;
  if (!of_items.score->exact() || !of_rest.score->exact()) return std::nullopt;
  std::vector<WeighedAtom> both = Weighed(a, 1);
  const std::vector<WeighedAtom> minus = Weighed(b, -1);
  both.insert(both.end(), minus.begin(), minus.end());
  const MeanCovariance covariance = CovarianceOfMeans(both, both, rules, correlation);
  return BlockContrast{of_items.score->mean.lo, of_rest.score->mean.lo,
                       covariance.any_spread ? covariance.Regularised(rules) : covariance.prior};
}

std::optional<double> CorrelationOf(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  double mean_a = 0, mean_b = 0;
  for (size_t i = 0; i < a.size(); ++i) mean_a += a[i] / n, mean_b += b[i] / n;
  double aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  if (aa <= kEqualScores || bb <= kEqualScores) return std::nullopt;
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);
}

const PrintedBlock* FindBlock(const LeaderBlocks& leader, int group) {
  for (const LeaderBlocks::Block& block : leader.blocks) {
    if (block.group == group) return &block.printed;
  }
  return nullptr;
}

}  // namespace

std::optional<PrintedAgreement> AgreementOf(std::span<const PrintedAtom> atoms, const ScoringRules& rules) {
  PrintedAgreement agreement;
  double variances = 0;
  for (const PrintedAtom& atom : atoms) {
    const PrintedItem item = ScorePrintedItem(atom, rules);
    if (!item.sd.has_value()) continue;
    ++agreement.items;
    variances += *item.sd * *item.sd;
    agreement.average_deviation += *item.average_deviation;
  }
  if (agreement.items < std::max(2, RequiredItems(static_cast<int>(atoms.size()), rules))) return std::nullopt;
  agreement.rwg = RwgJ(variances / agreement.items, UniformVariance(rules.points), agreement.items);
  agreement.average_deviation /= agreement.items;
  return agreement;
}

std::optional<PrintedScore> ScoreOthers(const LeaderBlocks& leader, std::span<const int> items, const ScoringRules& rules,
                                        double correlation) {
  std::vector<std::optional<PrintedScore>> scores;
  for (const LeaderBlocks::Block& block : leader.blocks) {
    scores.push_back(ScorePrintedScale(AskedAtoms(block.printed, items), rules, correlation).score);
  }
  return CombinePrinted(scores, rules).score;
}

std::optional<ContrastCheck> CheckContrast(std::span<const LeaderBlocks> leaders, std::span<const int> items,
                                           std::span<const int> rest, int least_leaders, const ScoringRules& rules,
                                           double correlation) {
  struct Of {
    size_t leader;
    BlockContrast contrast;
  };
  std::map<int, std::vector<Of>> groups;
  for (size_t l = 0; l < leaders.size(); ++l) {
    for (const LeaderBlocks::Block& block : leaders[l].blocks) {
      if (block.group < 0) continue;
      const auto contrast = ContrastOf(block.printed, items, rest, rules, correlation);
      if (contrast.has_value()) groups[block.group].push_back({l, *contrast});
    }
  }
  std::vector<BlockContrast> sums(leaders.size());
  std::vector<int> counts(leaders.size(), 0);
  for (const auto& [group, found] : groups) {
    if (found.size() < static_cast<size_t>(least_leaders)) continue;
    BlockContrast mean;
    for (const Of& of : found) {
      mean.items += of.contrast.items / static_cast<double>(found.size());
      mean.rest += of.contrast.rest / static_cast<double>(found.size());
    }
    for (const Of& of : found) {
      sums[of.leader].items += of.contrast.items - mean.items;
      sums[of.leader].rest += of.contrast.rest - mean.rest;
      sums[of.leader].variance += of.contrast.variance;
      ++counts[of.leader];
    }
  }
  std::vector<double> a, b;
  std::vector<Estimate> differences;
  for (size_t l = 0; l < leaders.size(); ++l) {
    if (counts[l] == 0) continue;
    a.push_back(sums[l].items / counts[l]);
    b.push_back(sums[l].rest / counts[l]);
    differences.push_back({a.back() - b.back(), sums[l].variance / (counts[l] * counts[l])});
  }
  if (differences.size() < static_cast<size_t>(std::max(2, least_leaders))) return std::nullopt;
  return ContrastCheck{static_cast<int>(differences.size()), CorrelationOf(a, b), *SpreadOf(differences)};
}

std::vector<ItemContrast> ContrastItems(std::span<const LeaderBlocks> leaders, int first, int second, int items,
                                        int least_leaders) {
  CANDOR_CHECK(least_leaders >= 2);
  std::vector<std::vector<double>> differences(static_cast<size_t>(items));
  std::vector<size_t> printed(static_cast<size_t>(items), 0);  // leaders with a figure of both groups, exact or not
  for (const LeaderBlocks& leader : leaders) {
    const PrintedBlock *a = FindBlock(leader, first), *b = FindBlock(leader, second);
    if (a == nullptr || b == nullptr) continue;
    std::vector<std::pair<size_t, double>> common;
    double sum = 0;
    for (size_t j = 0; j < differences.size(); ++j) {
      if (!a->asked[j] || !b->asked[j]) continue;
      printed[j] += a->atoms[j].n > 0 && b->atoms[j].n > 0;
      if (!IsExact(a->atoms[j]) || !IsExact(b->atoms[j])) continue;
      common.emplace_back(j, MeanOf(a->atoms[j]) - MeanOf(b->atoms[j]));
      sum += common.back().second;
    }
    if (common.size() < kFewestCommonItems) continue;
    for (const auto& [item, difference] : common) {
      differences[item].push_back(difference - (sum - difference) / static_cast<double>(common.size() - 1));
    }
  }
  std::vector<ItemContrast> contrasts;
  for (size_t j = 0; j < differences.size(); ++j) {
    const std::vector<double>& of = differences[j];
    // Where limits keep more leaders out, those who are left are the ones that one group happened to rate away from them.
    if (of.size() < static_cast<size_t>(least_leaders) || 20 * of.size() < 19 * printed[j]) continue;
    const double n = static_cast<double>(of.size());
    double mean = 0, squares = 0;
    for (const double difference : of) mean += difference / n;
    for (const double difference : of) squares += (difference - mean) * (difference - mean);
    contrasts.push_back({static_cast<int>(j), static_cast<int>(of.size()), mean, std::sqrt(squares / (n - 1) / n)});
  }
  return contrasts;
}

}  // namespace candor::statistics
