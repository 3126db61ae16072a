// How a questionnaire works, as far as printed figures tell: declared in district_figures.h.

#include <cmath>
#include <cstddef>
#include <optional>
#include <set>

#include "services/domain/contract.h"
#include "services/reporting/district_figures.h"
#include "services/reporting/hundredths.h"
#include "services/statistics/distributions.h"
#include "services/statistics/printed_gaps.h"
#include "services/statistics/printed_ranking.h"

namespace candor::reporting {
namespace {

// A theme, or what is set against it, says something of its own from so many items on.
constexpr size_t kFewestContrastedItems = 2;

void AddAgreement(const DistrictMaterial& material, v1::InstrumentFigures& figures) {
  for (size_t group = 0; group < material.groups.size(); ++group) {
    for (const Unit& unit : material.units) {
      if (unit.kind != v1::UNIT_KIND_COMPETENCY) continue;
      double rwg = 0, deviation = 0;
      int leaders = 0;
      for (const statistics::LeaderBlocks& leader : material.leaders) {
        for (const statistics::LeaderBlocks::Block& block : leader.blocks) {
          if (block.group != static_cast<int>(group)) continue;
          const auto agreement =
              statistics::AgreementOf(statistics::AskedAtoms(block.printed, unit.items), material.rules);
          if (!agreement.has_value()) continue;
          ++leaders;
          rwg += agreement->rwg;
          deviation += agreement->average_deviation;
        }
      }
      if (leaders < domain::kFewestPooledLeaders) continue;
      v1::RaterAgreement& out = *figures.add_agreement();
      out.set_group(material.groups[group]);
      out.set_unit(unit.code);
      out.set_leaders(leaders);
      out.set_rwg(ToHundredths(rwg / leaders));
      out.set_average_deviation(ToHundredths(deviation / leaders));
    }
  }
}

void AddThemes(const DistrictMaterial& material, v1::InstrumentFigures& figures) {
  std::vector<const Unit*> themes;
  std::vector<statistics::ContrastCheck> checks;
  const Unit& overall = material.units.front();
  for (const Unit& unit : material.units) {
    if (unit.kind != v1::UNIT_KIND_THEME) continue;
    const std::set<int> in_theme(unit.items.begin(), unit.items.end());
    std::vector<int> rest;
    for (const int item : overall.items) {
      if (!in_theme.contains(item)) rest.push_back(item);
    }
    if (unit.items.size() < kFewestContrastedItems || rest.size() < kFewestContrastedItems) continue;
    const auto check = statistics::CheckContrast(material.leaders, unit.items, rest, kFewestComparedLeaders, material.rules);
    if (!check.has_value()) continue;
    themes.push_back(&unit);
    checks.push_back(*check);
  }
  if (checks.empty()) return;
  // One-sided, at 95 % for all of them (Sidak).
  const double level = 2 * (1 - statistics::SimultaneousLevel(static_cast<int>(checks.size())));
  for (size_t i = 0; i < checks.size(); ++i) {
    v1::ThemeCheck& out = *figures.add_themes();
    out.set_theme(themes[i]->code);
    out.set_title(themes[i]->title);
    out.set_leaders(checks[i].leaders);
    if (checks[i].correlation.has_value()) out.set_correlation(ToHundredths(*checks[i].correlation));
    out.set_group_agreement(ToHundredths(checks[i].agreement));
    out.set_says_more(checks[i].chance < level);
  }
}

void AddStatementDifferences(const DistrictMaterial& material, v1::InstrumentFigures& figures) {
  struct Pair {
    int first, second;
    statistics::ItemContrast contrast;
  };
  std::vector<Pair> examined;
  const int groups = static_cast<int>(material.groups.size());
  const Unit& overall = material.units.front();
  const int items = static_cast<int>(overall.items.size());
  for (int first = 0; first < groups; ++first) {
    for (int second = first + 1; second < groups; ++second) {
      for (const statistics::ItemContrast& contrast :
           statistics::ContrastItems(material.leaders, first, second, items, kFewestComparedLeaders)) {
        examined.push_back({first, second, contrast});
      }
    }
  }
  figures.set_statements_examined(static_cast<int32_t>(examined.size()));
  if (examined.empty()) return;
  const double level = statistics::SimultaneousLevel(static_cast<int>(examined.size()));
  // Of one item: its indicator's code.
  std::vector<std::string> codes(overall.items.size());
  for (const Unit& unit : material.units) {
    if (unit.kind == v1::UNIT_KIND_INDICATOR) codes[static_cast<size_t>(unit.items[0])] = unit.code;
  }
  for (const auto& [first, second, contrast] : examined) {
    const double half = statistics::StudentQuantile(level, contrast.leaders - 1) * contrast.standard_error;
    if (std::fabs(contrast.mean) <= half + statistics::kEqualScores) continue;
    v1::StatementDifference& out = *figures.add_statement_differences();
    out.set_indicator(codes[static_cast<size_t>(contrast.item)]);
    out.set_group(material.groups[static_cast<size_t>(first)]);
    out.set_other_group(material.groups[static_cast<size_t>(second)]);
    out.set_leaders(contrast.leaders);
    out.set_difference(ToHundredths(contrast.mean));
    out.set_lower(DownToHundredths(contrast.mean - half));
    out.set_upper(UpToHundredths(contrast.mean + half));
  }
}

}  // namespace

void AddPrintedFigures(const DistrictMaterial& material, v1::DistrictSummary& summary) {
  v1::InstrumentFigures figures = summary.instrument_figures();
  AddAgreement(material, figures);
  AddThemes(material, figures);
  AddStatementDifferences(material, figures);
  if (figures.ByteSizeLong() > 0) *summary.mutable_instrument_figures() = std::move(figures);
}

}  // namespace candor::reporting
