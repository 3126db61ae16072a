#include "services/reporting/district_figures.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "services/reporting/groups.h"
#include "services/reporting/hundredths.h"
#include "services/reporting/report_input.h"
#include "services/reporting/scores.h"
#include "services/statistics/distributions.h"
#include "services/statistics/district.h"
#include "services/statistics/estimates.h"

namespace candor::reporting {
namespace {

int NumberOf(const std::vector<std::string>& groups, const std::string& code) {
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] == code) return static_cast<int>(i);
  }
  return -1;  // the pool
}

statistics::LeaderBlocks BlocksOf(const ReportInput& input, const DistrictMaterial& material) {
  statistics::LeaderBlocks leader;
  for (PreparedGroup& group : PrepareGroups(input, material.rules)) {
    if (group.is_part() || group.reason != v1::WITHHELD_REASON_UNSPECIFIED) continue;
    statistics::LeaderBlocks::Block& block = leader.blocks.emplace_back();
    block.group = NumberOf(material.groups, group.summary.code());
    block.printed.asked = std::move(group.asked);
    for (ItemFigures& item : group.items) block.printed.atoms.push_back(std::move(item.atom));
  }
  return leader;
}

const Unit* FindUnit(const DistrictMaterial& material, v1::UnitKind kind, const std::string& code) {
  for (const Unit& unit : material.units) {
    if (unit.kind == kind && unit.code == code) return &unit;
  }
  return nullptr;
}

void SetShare(const domain::PooledShare& share, v1::RaterShare& out) {
  out.set_share(share.hundredths / 100.0);
  out.set_at_most(share.bound == domain::PooledShare::Bound::kAtMost);
  out.set_at_least(share.bound == domain::PooledShare::Bound::kAtLeast);
}

// Leaders whose figure is a limit are rated higher, or lower, than the others: a figure over the rest would speak of a choice of
// leaders, and by their ratings.
bool NearlyAll(size_t exact, size_t leaders) { return 20 * exact >= 19 * leaders; }

// "All" and "none" would be figures of each leader.
constexpr double kLeastShare = 0.1, kMostShare = 0.9;

void SetExpectedBelow(double expected, v1::LeaderSpread& out) {
  const double least = kLeastShare * out.leaders(), most = kMostShare * out.leaders();
  out.set_or_fewer(expected < least);
  out.set_or_more(expected > most);
  out.set_expected_below_target(std::round(10 * std::clamp(expected, least, most)) / 10);
}

}  // namespace

DistrictMaterial GatherDistrict(const DistrictSummaryInput& input) {
  DistrictMaterial material;
  material.rules = ScoringRulesOf(input.contract, input.version.instrument.scale);
  material.correlation = CorrelationOf(input.pooled, material.rules);
  material.units = ListUnits(input.version);
  for (const domain::RaterGroup& group : input.version.instrument.rater_groups) material.groups.push_back(group.code);
  ReportInput leader;
  leader.contract = input.contract;
  leader.version = input.version;
  leader.pooled = input.pooled;
  for (const domain::ClosedResult& result : input.results) {
    leader.result = result;
    material.leaders.push_back(BlocksOf(leader, material));
  }
  return material;
}

void AddSpreads(const DistrictMaterial& material, v1::DistrictSummary& summary) {
  for (v1::TrainingNeed& need : *summary.mutable_training_needs()) {
    const Unit* const unit = FindUnit(material, v1::UNIT_KIND_COMPETENCY, need.unit());
    if (unit == nullptr) continue;
    std::vector<statistics::Estimate> estimates;
    size_t leaders = 0;  // with a figure, exact or not
    for (const statistics::LeaderBlocks& leader : material.leaders) {
      const auto score = statistics::ScoreOthers(leader, unit->items, material.rules, material.correlation);
      if (!score.has_value()) continue;
      ++leaders;
      if (score->exact() && score->variance.has_value()) estimates.push_back({score->mean.lo, *score->variance});
    }
    if (estimates.size() < static_cast<size_t>(kFewestComparedLeaders) || !NearlyAll(estimates.size(), leaders)) continue;
    const statistics::Spread spread = *statistics::SpreadOf(estimates);
    v1::LeaderSpread& out = *need.mutable_spread();
    out.set_leaders(static_cast<int32_t>(estimates.size()));
    double reliability = 0;
    for (const statistics::ShrunkEstimate& leader : spread.shrunk) reliability += leader.reliability;
    out.set_standard_deviation(ToHundredths(spread.sd));
    out.set_reliability(ToHundredths(reliability / static_cast<double>(estimates.size())));
    if (spread.sd == 0) continue;
    SetExpectedBelow(statistics::ExpectedBelow(spread, material.rules.target), out);
  }
}

void AddSelfOther(const std::vector<v1::Scores>& scores, v1::DistrictSummary& summary) {
  if (scores.size() < static_cast<size_t>(kFewestCategorisedLeaders)) return;
  for (int u = 0; u < scores[0].units_size(); ++u) {
    const v1::UnitScore& unit = scores[0].units(u);
    if (unit.kind() == v1::UNIT_KIND_INDICATOR || unit.kind() == v1::UNIT_KIND_THEME) continue;
    std::vector<statistics::LeaderPoint> points;
    size_t leaders = 0;  // with a gap, exact or not
    for (const v1::Scores& leader : scores) {
      const v1::UnitScore& of_leader = leader.units(u);
      statistics::LeaderPoint& point = points.emplace_back();
      leaders += of_leader.gap().has_value() || of_leader.gap().has_lower();
      if (!of_leader.gap().has_value() || !of_leader.all_raters().has_mean()) continue;
      point.gap = of_leader.gap().value();
      point.others = of_leader.all_raters().mean();
    }
    const statistics::GapSummary gaps = statistics::SummariseGaps(points);
    if (gaps.n < kFewestCategorisedLeaders || !NearlyAll(static_cast<size_t>(gaps.n), leaders)) continue;
    v1::SelfOtherCategories& out = *summary.add_self_other();
    out.set_kind(unit.kind());
    out.set_unit(unit.code());
    out.set_title(unit.title());
    out.set_leaders(static_cast<int32_t>(gaps.n));
    out.set_mean_gap(ToHundredths(*gaps.mean_gap));
    out.set_standard_deviation(ToHundredths(*gaps.sd_gap));
    out.set_over(static_cast<int32_t>(gaps.over));
    out.set_under(static_cast<int32_t>(gaps.under));
    out.set_agree_good(static_cast<int32_t>(gaps.agree_good));
    out.set_agree_poor(static_cast<int32_t>(gaps.agree_poor));
  }
}

void AddPooledFigures(const domain::PooledFigures& pooled, v1::DistrictSummary& summary) {
  if (pooled == domain::PooledFigures()) return;
  v1::InstrumentFigures& figures = *summary.mutable_instrument_figures();
  if (pooled.item_correlation.has_value()) figures.set_item_correlation(*pooled.item_correlation / 100.0);
  for (const domain::PooledScale& scale : pooled.scales) {
    v1::ScaleReliability& out = *figures.add_reliability();
    out.set_group(scale.group);
    out.set_unit(scale.scale);
    if (scale.alpha.has_value()) out.set_alpha(*scale.alpha / 100.0);
    if (scale.lambda2.has_value()) out.set_lambda2(*scale.lambda2 / 100.0);
    if (scale.icc1.has_value()) out.set_icc1(*scale.icc1 / 100.0);
    if (scale.icc2.has_value()) out.set_icc2(*scale.icc2 / 100.0);
  }
  for (const domain::PooledGroup& group : pooled.groups) {
    v1::GroupQuality& out = *figures.add_groups();
    out.set_group(group.group);
    if (group.straight_line.has_value()) SetShare(*group.straight_line, *out.mutable_straight_line());
    if (group.no_rating.has_value()) SetShare(*group.no_rating, *out.mutable_no_rating());
  }
}

}  // namespace candor::reporting
