#include "services/statistics/sensitivity.h"

#include <cmath>
#include <map>
#include <tuple>

namespace candor::statistics {
namespace {

using Figure = std::optional<double>;

// Calls `visit` with where each figure belongs and its value: of every group, then of all raters.
template <typename Visit>
void VisitFigures(const LeaderScores& scores, const ScoringRules& rules, Visit visit) {
  for (const GroupScores& group : scores.groups) {
    const bool shown = group.status == GroupStatus::kShown;
    for (size_t j = 0; j < group.items.size(); ++j) {
      const ItemStatistics& item = group.items[j];
      visit(group.name, true, j, shown && item.n >= rules.min_n ? item.mean : Figure());
    }
    for (size_t s = 0; s < group.scales.size(); ++s) {
      visit(group.name, false, s, shown ? group.scales[s].mean_items : Figure());
    }
  }
  for (size_t j = 0; j < scores.others.items.size(); ++j) visit("others", true, j, scores.others.items[j].mean);
  for (size_t s = 0; s < scores.others.scales.size(); ++s) visit("others", false, s, scores.others.scales[s].mean);
}

void Add(const std::string& leader, const std::string& group, size_t unit, double all, const Figure& without,
         SensitivitySummary& summary) {
  if (!without.has_value()) {
    ++summary.lost;
    return;
  }
  const double change = *without - all;
  ++summary.compared;
  summary.sum += std::fabs(change);
  if (summary.largest.has_value() && std::fabs(change) <= std::fabs(summary.largest->change)) return;
  summary.largest = SensitivitySummary::Largest{leader, group, unit, change};
}

// The figures that there are, by group, whether of an item, and number of the unit.
using Figures = std::map<std::tuple<std::string, bool, size_t>, double>;
Figures FiguresOf(const LeaderScores& scores, const ScoringRules& rules) {
  Figures figures;
  VisitFigures(scores, rules, [&](const std::string& group, bool item, size_t unit, const Figure& figure) {
    if (figure.has_value()) figures[{group, item, unit}] = *figure;
  });
  return figures;
}

}  // namespace

void Sensitivity::AddLeader(const std::string& id, const LeaderScores& all, const LeaderScores* without) {
  const Figures left = without == nullptr ? Figures() : FiguresOf(*without, rules_);
  VisitFigures(all, rules_, [&](const std::string& group, bool item, size_t unit, const Figure& figure) {
    if (!figure.has_value()) return;
    const auto found = left.find({group, item, unit});
    Figure after = found == left.end() ? Figure() : Figure(found->second);
    if (without == nullptr) after = figure;
    Add(id, group, unit, *figure, after, item ? items_ : scales_);
  });
}

}  // namespace candor::statistics
