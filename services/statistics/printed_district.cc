#include "services/statistics/printed_district.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
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

// One block's scores on both sets of items, or what is left of them.
struct BlockContrast {
  double items = 0, rest = 0;
  double difference() const { return items - rest; }
};
std::optional<BlockContrast> ContrastOf(const PrintedBlock& block, std::span<const int> items, std::span<const int> rest,
                                        const ScoringRules& rules) {
  // Means alone: no correlation enters them.
  const PrintedScale of_items = ScorePrintedScale(AskedAtoms(block, items), rules, rules.prior_correlation);
  const PrintedScale of_rest = ScorePrintedScale(AskedAtoms(block, rest), rules, rules.prior_correlation);
  if (!of_items.score.has_value() || !of_rest.score.has_value()) return std::nullopt;
  if (!of_items.score->exact() || !of_rest.score->exact()) return std::nullopt;
  return BlockContrast{of_items.score->mean.lo, of_rest.score->mean.lo};
}

// One group's contrasts, each less the group's mean over leaders, by leader.
using GroupContrasts = std::vector<std::optional<BlockContrast>>;
std::vector<GroupContrasts> CentredContrasts(std::span<const LeaderBlocks> leaders, std::span<const int> items,
                                             std::span<const int> rest, int least_leaders, const ScoringRules& rules) {
  std::map<int, GroupContrasts> groups;
  for (size_t l = 0; l < leaders.size(); ++l) {
    for (const LeaderBlocks::Block& block : leaders[l].blocks) {
      if (block.group < 0) continue;
      GroupContrasts& group = groups[block.group];
      group.resize(leaders.size());
      group[l] = ContrastOf(block.printed, items, rest, rules);
    }
  }
  std::vector<GroupContrasts> centred;
  for (auto& [number, group] : groups) {
    BlockContrast mean;
    int count = 0;
    for (const auto& contrast : group) {
      if (!contrast.has_value()) continue;
      mean.items += contrast->items;
      mean.rest += contrast->rest;
      ++count;
    }
    if (count < least_leaders) continue;
    for (auto& contrast : group) {
      if (contrast.has_value()) contrast = BlockContrast{contrast->items - mean.items / count, contrast->rest - mean.rest / count};
    }
    centred.push_back(std::move(group));
  }
  return centred;
}

// The correlation of two groups' contrasts, all pairs of groups together; unset where they do not differ.
std::optional<double> AgreementOf(const std::vector<GroupContrasts>& groups) {
  double products = 0, first = 0, second = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t h = g + 1; h < groups.size(); ++h) {
      for (size_t l = 0; l < groups[g].size(); ++l) {
        if (!groups[g][l].has_value() || !groups[h][l].has_value()) continue;
        const double a = groups[g][l]->difference(), b = groups[h][l]->difference();
        products += a * b;
        first += a * a;
        second += b * b;
      }
    }
  }
  if (first <= kEqualScores || second <= kEqualScores) return std::nullopt;
  return std::clamp(products / std::sqrt(first * second), -1.0, 1.0);
}

// Gives each leader's contrasts of the group to another leader who has one.
void Shuffle(std::mt19937_64& random, GroupContrasts& group) {
  std::vector<size_t> places;
  for (size_t l = 0; l < group.size(); ++l) {
    if (group[l].has_value()) places.push_back(l);
  }
  // std::shuffle may differ from one library to the next.
  for (size_t i = places.size(); i > 1; --i) std::swap(group[places[i - 1]], group[places[random() % i]]);
}

// How often leaders who are dealt out anew in every group agree as much: a permutation test, the same at every call.
double ChanceOf(std::vector<GroupContrasts> groups, double agreement) {
  constexpr int kDeals = 4999;
  std::mt19937_64 random(1);
  int as_much = 0;
  for (int deal = 0; deal < kDeals; ++deal) {
    for (GroupContrasts& group : groups) Shuffle(random, group);
    as_much += AgreementOf(groups).value_or(1) >= agreement - kEqualScores;
  }
  return (1.0 + as_much) / (1.0 + kDeals);
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

struct MeanOfSample {
  double mean = 0, standard_error = 0;
};
// `sample` has two values or more.
MeanOfSample MeanOfSampleOf(const std::vector<double>& sample) {
  const double n = static_cast<double>(sample.size());
  MeanOfSample result;
  for (const double value : sample) result.mean += value / n;
  double squares = 0;
  for (const double value : sample) squares += (value - result.mean) * (value - result.mean);
  result.standard_error = std::sqrt(squares / (n - 1) / n);
  return result;
}

double MedianOf(std::vector<double> values) {
  const size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half), values.end());
  if (values.size() % 2 == 1) return values[half];
  return (values[half] + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half))) / 2;
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
                                           std::span<const int> rest, int least_leaders, const ScoringRules& rules) {
  CANDOR_CHECK(least_leaders >= 2);
  std::vector<GroupContrasts> groups = CentredContrasts(leaders, items, rest, least_leaders, rules);
  std::vector<double> of_items, of_rest;  // one for each leader with two groups: the mean over them
  for (size_t l = 0; l < leaders.size(); ++l) {
    BlockContrast sum;
    int count = 0;
    for (const GroupContrasts& group : groups) {
      if (!group[l].has_value()) continue;
      sum.items += group[l]->items;
      sum.rest += group[l]->rest;
      ++count;
    }
    if (count < 2) continue;
    of_items.push_back(sum.items / count);
    of_rest.push_back(sum.rest / count);
  }
  if (of_items.size() < static_cast<size_t>(least_leaders)) return std::nullopt;
  const std::optional<double> agreement = AgreementOf(groups);
  if (!agreement.has_value()) return std::nullopt;
  return ContrastCheck{static_cast<int>(of_items.size()), CorrelationOf(of_items, of_rest), *agreement,
                       ChanceOf(std::move(groups), *agreement)};
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
    for (size_t j = 0; j < differences.size(); ++j) {
      if (!a->asked[j] || !b->asked[j]) continue;
      printed[j] += a->atoms[j].n > 0 && b->atoms[j].n > 0;
      if (!IsExact(a->atoms[j]) || !IsExact(b->atoms[j])) continue;
      common.emplace_back(j, MeanOf(a->atoms[j]) - MeanOf(b->atoms[j]));
    }
    if (common.size() < kFewestCommonItems) continue;
    for (const auto& [item, difference] : common) {
      std::vector<double> others;
      for (const auto& [other, of_other] : common) {
        if (other != item) others.push_back(of_other);
      }
      differences[item].push_back(difference - MedianOf(std::move(others)));
    }
  }
  std::vector<ItemContrast> contrasts;
  for (size_t j = 0; j < differences.size(); ++j) {
    const std::vector<double>& of = differences[j];
    // Where limits keep more leaders out, those who are left are the ones that one group happened to rate away from them.
    if (of.size() < static_cast<size_t>(least_leaders) || 20 * of.size() < 19 * printed[j]) continue;
    const MeanOfSample mean = MeanOfSampleOf(of);
    contrasts.push_back({static_cast<int>(j), static_cast<int>(of.size()), mean.mean, mean.standard_error});
  }
  return contrasts;
}

}  // namespace candor::statistics
