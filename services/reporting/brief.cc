#include "services/reporting/brief.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/reporting/groups.h"
#include "services/reporting/localized.h"
#include "services/reporting/scores.h"
#include "services/reporting/units.h"
#include "services/statistics/printed_gaps.h"
#include "services/statistics/printed_ranking.h"

namespace candor::reporting {
namespace {

using statistics::kEqualScores;
using statistics::PrintedBlock;

constexpr int kMostFindings = 3;
constexpr int kSurePlaces = 3;  // places that are proposed whatever their probability
constexpr int kMostPlaces = 5;
constexpr double kClear = 0.8, kLikely = 0.5;  // probabilities from which a focus area is called so

// What the figures of page one are made from.
struct Material {
  statistics::ScoringRules rules;
  double correlation = 0;
  std::vector<PrintedBlock> blocks;  // those that all raters are the mean of
  std::vector<std::optional<double>> self;
  std::vector<statistics::PrintedOthers> item_others;
  std::vector<Unit> competencies;
  std::vector<std::vector<int>> items;  // of each competency
  std::vector<const v1::UnitScore*> scores;  // likewise
  std::vector<const v1::UnitScore*> indicators;  // in the framework's order
};

Material Gather(const ReportInput& input, const v1::Scores& scores) {
  Material material;
  material.rules = ScoringRulesOf(input.contract, input.version.instrument.scale);
  material.correlation = CorrelationOf(input.pooled, material.rules);
  material.self = SelfItems(input);
  for (const PreparedGroup& group : PrepareGroups(input, material.rules)) {
    if (group.is_part() || group.reason != v1::WITHHELD_REASON_UNSPECIFIED) continue;
    PrintedBlock& block = material.blocks.emplace_back();
    block.asked = group.asked;
    for (const ItemFigures& item : group.items) block.atoms.push_back(item.atom);
  }
  for (size_t j = 0; j < input.version.instrument.items.size(); ++j) {
    std::vector<std::optional<statistics::PrintedScore>> of_item;
    for (const PrintedBlock& block : material.blocks) {
      of_item.push_back(block.asked[j] ? statistics::ScorePrintedItem(block.atoms[j], material.rules).score : std::nullopt);
    }
    material.item_others.push_back(statistics::CombinePrinted(of_item, material.rules));
  }
  std::map<std::string, const v1::UnitScore*> competencies;
  for (const v1::UnitScore& unit : scores.units()) {
    if (unit.kind() == v1::UNIT_KIND_COMPETENCY) competencies[unit.code()] = &unit;
    if (unit.kind() == v1::UNIT_KIND_INDICATOR) material.indicators.push_back(&unit);
  }
  for (Unit& unit : ListUnits(input.version)) {
    if (unit.kind != v1::UNIT_KIND_COMPETENCY) continue;
    material.items.push_back(unit.items);
    material.scores.push_back(competencies.at(unit.code));
    material.competencies.push_back(std::move(unit));
  }
  return material;
}

v1::Certainty CertaintyOfStrength(const v1::GroupScore& all, double cut) {
  return all.has_interval() && all.interval().lower() >= cut - kEqualScores ? v1::CERTAINTY_CLEAR : v1::CERTAINTY_LIKELY;
}

bool IsClearStrength(const v1::UnitScore& unit, double cut) {
  const auto range = RangeOf(unit.all_raters());
  return range.has_value() && range->lo >= cut - kEqualScores &&
         CertaintyOfStrength(unit.all_raters(), cut) == v1::CERTAINTY_CLEAR;
}

double GapOf(const v1::Gap& gap) {
  if (gap.has_value()) return std::max(gap.value(), -gap.value());
  return std::max({gap.lower(), -gap.upper(), 0.0});
}

void AddGaps(const Material& material, v1::Brief& brief) {
  std::vector<statistics::PrintedComparison> comparisons;
  for (size_t u = 0; u < material.items.size(); ++u) {
    // As it stands in the scores; what SimultaneousGaps reads of it is the gap.
    const v1::Gap& gap = material.scores[u]->gap();
    statistics::PrintedComparison& comparison = comparisons.emplace_back();
    if (gap.has_value()) comparison.gap = statistics::Interval{gap.value(), gap.value()};
    if (gap.has_lower()) comparison.gap = statistics::Interval{gap.lower(), gap.upper()};
    if (comparison.gap.has_value()) brief.set_gaps_examined(brief.gaps_examined() + 1);
  }
  const auto limits = statistics::SimultaneousGaps(material.blocks, material.items, comparisons, material.self,
                                                   material.item_others, material.rules, material.correlation);
  struct Real {
    size_t unit;
    double nearest;  // distance from zero of the limit that is nearer zero
  };
  std::vector<Real> real;
  for (size_t u = 0; u < limits.size(); ++u) {
    const v1::GapCategory category = material.scores[u]->gap().category();
    if (category != v1::GAP_CATEGORY_OVER && category != v1::GAP_CATEGORY_UNDER) continue;
    if (!limits[u].has_value() || !limits[u]->excludes_zero) continue;
    real.push_back({u, std::max(limits[u]->limits.lo, -limits[u]->limits.hi)});
  }
  std::stable_sort(real.begin(), real.end(), [](const Real& a, const Real& b) { return a.nearest > b.nearest; });
  if (real.size() > kMostFindings) real.resize(kMostFindings);
  for (const Real& gap : real) {
    v1::RealGap& out = *brief.add_gaps();
    out.set_unit(material.competencies[gap.unit].code);
    v1::Interval& interval = *out.mutable_interval();
    interval.set_kind(limits[gap.unit]->typical ? v1::INTERVAL_KIND_TYPICAL : v1::INTERVAL_KIND_CONFIDENCE);
    interval.set_lower(limits[gap.unit]->limits.lo);
    interval.set_upper(limits[gap.unit]->limits.hi);
  }
}

// Codes of the unit's indicators with a figure, greatest need first.
std::vector<std::string> IndicatorsByNeed(const Material& material, const v1::UnitScore& unit) {
  std::vector<std::pair<double, std::string>> needs;
  for (const v1::UnitScore* indicator : material.indicators) {
    if (indicator->parent() != unit.code()) continue;
    const auto range = RangeOf(indicator->all_raters());
    if (!range.has_value()) continue;
    needs.emplace_back(material.rules.target - statistics::NearestPoint(*range, material.rules.target), indicator->code());
  }
  std::stable_sort(needs.begin(), needs.end(), [](const auto& a, const auto& b) { return a.first > b.first + kEqualScores; });
  std::vector<std::string> codes;
  for (auto& [need, code] : needs) codes.push_back(std::move(code));
  return codes;
}

v1::Certainty CertaintyOf(double probability, bool from_range) {
  if (probability >= kClear && !from_range) return v1::CERTAINTY_CLEAR;
  return probability >= kLikely ? v1::CERTAINTY_LIKELY : v1::CERTAINTY_OPEN;
}

// What the framework has to say to whoever works on the competency.
void AddGuidance(const domain::Framework& framework, v1::FocusArea& area) {
  for (const domain::Domain& domain : framework.domains) {
    for (const domain::Competency& competency : domain.competencies) {
      if (competency.code != area.unit()) continue;
      for (const domain::GuidingQuestion& question : domain.questions) SetText(question.text, *area.add_questions());
      for (const domain::LocalizedText& step : competency.next_steps) SetText(step, *area.add_next_steps());
      return;
    }
  }
}

void AddFocusAreas(const ReportInput& input, const Material& material, v1::Brief& brief) {
  const auto ranked =
      statistics::RankPrinted(material.blocks, material.items, material.rules, material.correlation);
  std::vector<size_t> places;
  double greatest = 0;
  for (size_t u = 0; u < ranked.size(); ++u) {
    if (!ranked[u].has_value()) {
      if (material.scores[u]->all_raters().items_total() > 0) brief.add_units_not_ranked(material.competencies[u].code);
      continue;
    }
    greatest = places.empty() ? ranked[u]->focus.need : std::max(greatest, ranked[u]->focus.need);
    places.push_back(u);
  }
  const int count = static_cast<int>(places.size());
  brief.set_units_ranked(count);
  if (places.empty()) {
    brief.set_focus_outcome(v1::FOCUS_OUTCOME_NOTHING_TO_RANK);
    return;
  }
  const bool below = greatest > kEqualScores;
  brief.set_focus_outcome(below ? v1::FOCUS_OUTCOME_BELOW_TARGET : v1::FOCUS_OUTCOME_NOTHING_BELOW_TARGET);
  std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    if (ranked[a]->focus.rank != ranked[b]->focus.rank) return ranked[a]->focus.rank < ranked[b]->focus.rank;
    return GapOf(material.scores[a]->gap()) > GapOf(material.scores[b]->gap()) + kEqualScores;
  });
  for (size_t place = 0; place < places.size() && place < kMostPlaces; ++place) {
    const size_t u = places[place];
    const statistics::FocusUnit& focus = ranked[u]->focus;
    const bool sure_place = place < kSurePlaces;
    if (!sure_place && (count <= kMostPlaces || focus.top5 < kLikely)) break;
    // With few competencies the third place can be one that everybody sees as a strength.
    if (below && IsClearStrength(*material.scores[u], material.rules.strength_cut) && focus.need <= kEqualScores) break;
    v1::FocusArea& area = *brief.add_focus_areas();
    area.set_unit(material.competencies[u].code);
    area.set_rank(focus.rank);
    area.set_need(focus.need);
    area.set_among(sure_place ? kSurePlaces : kMostPlaces);
    area.set_from_range(ranked[u]->from_range);
    if (count > area.among()) {
      area.set_probability(sure_place ? focus.top3 : focus.top5);
      area.set_certainty(CertaintyOf(area.probability(), area.from_range()));
    }
    for (std::string& code : IndicatorsByNeed(material, *material.scores[u])) area.add_indicators(std::move(code));
    AddGuidance(input.version.framework, area);
  }
}

void AddStrengths(const Material& material, v1::Brief& brief) {
  std::set<std::string> focus;
  for (const v1::FocusArea& area : brief.focus_areas()) focus.insert(area.unit());
  const double cut = material.rules.strength_cut;
  struct Candidate {
    v1::Strength strength;
    double above;
  };
  std::vector<Candidate> candidates;
  for (const v1::UnitScore* unit : material.scores) {
    const auto range = RangeOf(unit->all_raters());
    if (!range.has_value() || range->lo < cut - kEqualScores || focus.contains(unit->code())) continue;
    Candidate& candidate = candidates.emplace_back();
    candidate.strength.set_unit(unit->code());
    candidate.strength.set_certainty(CertaintyOfStrength(unit->all_raters(), cut));
    candidate.above = range->lo - cut;
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.strength.certainty() != b.strength.certainty()) return a.strength.certainty() == v1::CERTAINTY_CLEAR;
    return a.above > b.above + kEqualScores;
  });
  for (size_t i = 0; i < candidates.size() && i < kMostFindings; ++i) {
    *brief.add_strengths() = std::move(candidates[i].strength);
  }
}

void AddDisagreements(const v1::Scores& scores, const Material& material, v1::Brief& brief) {
  std::vector<v1::Disagreement> found;
  for (const v1::UnitScore& unit : scores.units()) {
    if (unit.kind() != v1::UNIT_KIND_INDICATOR) continue;
    for (int g = 0; g < unit.groups_size(); ++g) {
      const v1::GroupScore& score = unit.groups(g);
      if (!scores.groups(g).part_of().empty() || !score.has_distribution()) continue;
      const double deviation = score.distribution().average_deviation();
      if (deviation <= material.rules.points / 6.0 + kEqualScores) continue;
      v1::Disagreement& disagreement = found.emplace_back();
      disagreement.set_indicator(unit.code());
      disagreement.set_group(score.group());
      disagreement.set_average_deviation(deviation);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const v1::Disagreement& a, const v1::Disagreement& b) {
    return a.average_deviation() > b.average_deviation() + kEqualScores;
  });
  for (size_t i = 0; i < found.size() && i < kMostFindings; ++i) *brief.add_disagreements() = std::move(found[i]);
}

// The real gap with the greatest limit for which `wanted` holds.
template <typename Wanted>
const v1::UnitScore* FirstGap(const Material& material, const v1::Brief& brief, Wanted wanted) {
  for (const v1::RealGap& gap : brief.gaps()) {
    for (const v1::UnitScore* unit : material.scores) {
      if (unit->code() == gap.unit() && wanted(unit->gap())) return unit;
    }
  }
  return nullptr;
}

void AddCoachQuestion(const Material& material, v1::Brief& brief) {
  v1::CoachQuestion& question = *brief.mutable_coach_question();
  const auto about = [&](v1::CoachQuestionKind kind, const std::string& unit) {
    question.set_kind(kind);
    question.set_unit(unit);
  };
  const auto blind = [](const v1::Gap& gap) { return gap.quadrant() == v1::QUADRANT_BLIND_SPOT; };
  const auto higher = [](const v1::Gap& gap) { return gap.category() == v1::GAP_CATEGORY_OVER; };
  const auto lower = [](const v1::Gap& gap) { return gap.category() == v1::GAP_CATEGORY_UNDER; };
  if (const v1::UnitScore* unit = FirstGap(material, brief, blind); unit != nullptr) {
    about(v1::COACH_QUESTION_KIND_BLIND_SPOT, unit->code());
  } else if (unit = FirstGap(material, brief, higher); unit != nullptr) {
    about(v1::COACH_QUESTION_KIND_SELF_HIGHER, unit->code());
  } else if (unit = FirstGap(material, brief, lower); unit != nullptr) {
    about(v1::COACH_QUESTION_KIND_SELF_LOWER, unit->code());
  } else if (brief.focus_areas().empty()) {
    about(v1::COACH_QUESTION_KIND_MORE_VOICES, "");
  } else if (brief.strengths().empty()) {
    about(v1::COACH_QUESTION_KIND_FIRST_STEP, brief.focus_areas(0).unit());
  } else {
    about(v1::COACH_QUESTION_KIND_FROM_STRENGTH, brief.focus_areas(0).unit());
    question.set_other_unit(brief.strengths(0).unit());
  }
}

}  // namespace

v1::Brief BuildBrief(const ReportInput& input, const v1::Scores& scores) {
  const Material material = Gather(input, scores);
  v1::Brief brief;
  AddGaps(material, brief);
  AddFocusAreas(input, material, brief);
  AddStrengths(material, brief);
  AddDisagreements(scores, material, brief);
  AddCoachQuestion(material, brief);
  return brief;
}

}  // namespace candor::reporting
