#include "services/reporting/scores.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/reporting/benchmark.h"
#include "services/reporting/change.h"
#include "services/reporting/groups.h"
#include "services/reporting/units.h"
#include "services/statistics/printed.h"

namespace candor::reporting {
namespace {

using statistics::PrintedAtom;
using statistics::PrintedOthers;
using statistics::PrintedScore;

// A figure whose range ends this near an end of the scale reaches it.
constexpr double kAtEnd = 1e-9;

// One identified side, after reversal: one entry for each item of the instrument.
using PersonItems = std::vector<std::optional<double>>;

struct Material {
  statistics::ScoringRules rules;
  double correlation = 0;  // of two items rated by one person
  std::vector<PreparedGroup> groups;
  PersonItems self;
  // Of a team: why it has no rating of its own.
  std::optional<v1::TeamRating> team;
  PersonItems supervisor;
  std::vector<PrintedOthers> item_others;  // one entry for each item of the instrument
};

bool IsRating(uint8_t byte) { return byte != domain::kBlank && byte != domain::kNotObserved; }

int Turned(const domain::Instrument& instrument, size_t item, uint8_t byte) {
  return instrument.items[item].reverse ? instrument.scale.points + 1 - byte : byte;
}

// The mean of the people's ratings of each item, where at least `fewest` rated it.
PersonItems MeansOf(const std::vector<domain::Answers>& people, int fewest, const domain::Instrument& instrument) {
  PersonItems means(instrument.items.size());
  for (size_t i = 0; i < means.size(); ++i) {
    int sum = 0, n = 0;
    for (const domain::Answers& answers : people) {
      if (!IsRating(answers.ratings[i])) continue;
      sum += Turned(instrument, i, answers.ratings[i]);
      ++n;
    }
    if (n >= fewest) means[i] = static_cast<double>(sum) / n;
  }
  return means;
}

std::optional<v1::TeamRating> TeamOf(const ReportInput& input) {
  if (input.contract.team_members == 0) return std::nullopt;
  const auto rated = [](const domain::Answers& answers) {
    return std::any_of(answers.ratings.begin(), answers.ratings.end(), IsRating);
  };
  v1::TeamRating team;
  team.set_members(input.contract.team_members);
  team.set_rated(static_cast<int32_t>(std::count_if(input.team.begin(), input.team.end(), rated)));
  if (team.rated() < domain::kFewestSelfRatings) team.set_withheld_reason(v1::WITHHELD_REASON_TOO_FEW_MEMBERS);
  return team;
}

// Why a team has no mean of a unit of which it has rated so many items.
v1::WithheldReason ReasonForTeam(const v1::TeamRating& team, const v1::PersonScore& score, bool indicator) {
  if (score.has_mean()) return v1::WITHHELD_REASON_UNSPECIFIED;
  if (indicator || team.withheld_reason() != v1::WITHHELD_REASON_UNSPECIFIED || score.items_used() == 0) {
    return v1::WITHHELD_REASON_TOO_FEW_MEMBERS;
  }
  return v1::WITHHELD_REASON_TOO_FEW_ITEMS;
}

void SetWithheld(v1::WithheldReason reason, v1::GroupScore& out) {
  out.set_state(v1::FIGURE_STATE_WITHHELD);
  out.set_withheld_reason(reason);
}

void SetScore(const PrintedScore& score, int points, v1::GroupScore& out) {
  if (score.exact()) {
    out.set_state(v1::FIGURE_STATE_EXACT);
    out.set_mean(score.mean.lo);
    if (!score.interval.has_value()) return;
    v1::Interval& interval = *out.mutable_interval();
    interval.set_kind(score.interval->typical ? v1::INTERVAL_KIND_TYPICAL : v1::INTERVAL_KIND_CONFIDENCE);
    interval.set_lower(score.interval->limits.lo);
    interval.set_upper(score.interval->limits.hi);
    return;
  }
  out.set_lower(score.mean.lo);
  out.set_upper(score.mean.hi);
  if (score.mean.hi >= points - kAtEnd) {
    out.set_state(v1::FIGURE_STATE_AT_LEAST);
  } else if (score.mean.lo <= 1 + kAtEnd) {
    out.set_state(v1::FIGURE_STATE_AT_MOST);
  } else {
    out.set_state(v1::FIGURE_STATE_BETWEEN);
  }
}

std::optional<PrintedScore> ScoreIndicator(const PreparedGroup& group, int item, const Material& material,
                                           v1::GroupScore& out) {
  const ItemFigures& printed = group.items[item];
  if (!group.asked[item]) {
    SetWithheld(v1::WITHHELD_REASON_NO_DATA, out);
    return std::nullopt;
  }
  if (group.reason != v1::WITHHELD_REASON_UNSPECIFIED) {
    SetWithheld(group.reason, out);
    return std::nullopt;
  }
  if (printed.not_observed.has_value()) out.set_not_observed(*printed.not_observed);
  const statistics::PrintedItem figures = statistics::ScorePrintedItem(printed.atom, material.rules);
  out.set_n(printed.n);
  if (!figures.score.has_value()) {
    // Enough ratings, yet none of the figures may be shown: disclosure control withholds those that insiders could use.
    SetWithheld(printed.n >= material.rules.min_n ? v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS
                                                : v1::WITHHELD_REASON_TOO_FEW_ANSWERS,
                out);
    return std::nullopt;
  }
  SetScore(*figures.score, material.rules.points, out);
  if (figures.sd.has_value()) {
    v1::Distribution& distribution = *out.mutable_distribution();
    for (int64_t count : printed.atom.counts) distribution.add_counts(count);
    distribution.set_standard_deviation(*figures.sd);
    distribution.set_average_deviation(*figures.average_deviation);
    if (figures.favourable.has_value()) distribution.set_favourable_share(*figures.favourable);
    if (figures.favourable_limits.has_value()) {
      distribution.set_favourable_lower(figures.favourable_limits->lo);
      distribution.set_favourable_upper(figures.favourable_limits->hi);
    }
  }
  switch (printed.half) {
    case domain::HalfStatement::kNone: break;
    case domain::HalfStatement::kAtMostTwoLow: out.set_half_statement(v1::HALF_STATEMENT_AT_MOST_TWO_LOW); break;
    case domain::HalfStatement::kAtMostTwoHigh: out.set_half_statement(v1::HALF_STATEMENT_AT_MOST_TWO_HIGH); break;
  }
  return figures.score;
}

std::optional<PrintedScore> ScoreScale(const PreparedGroup& group, const Unit& unit, const Material& material,
                                       v1::GroupScore& out) {
  std::vector<PrintedAtom> atoms;
  for (int item : unit.items) {
    if (group.asked[item]) atoms.push_back(group.items[item].atom);
  }
  out.set_items_total(static_cast<int32_t>(atoms.size()));
  if (atoms.empty()) {
    SetWithheld(v1::WITHHELD_REASON_NO_DATA, out);
    return std::nullopt;
  }
  if (group.reason != v1::WITHHELD_REASON_UNSPECIFIED) {
    SetWithheld(group.reason, out);
    return std::nullopt;
  }
  const statistics::PrintedScale figures =
      statistics::ScorePrintedScale(atoms, material.rules, material.correlation);
  out.set_items_used(figures.items_used);
  if (!figures.score.has_value()) {
    SetWithheld(v1::WITHHELD_REASON_TOO_FEW_ITEMS, out);
    return std::nullopt;
  }
  SetScore(*figures.score, material.rules.points, out);
  return figures.score;
}

// Why nothing can be said of all raters, from why each block says nothing: the reason that most invites a remedy.
v1::WithheldReason ReasonForAll(const v1::UnitScore& unit) {
  std::set<v1::WithheldReason> reasons;
  for (const v1::GroupScore& group : unit.groups()) reasons.insert(group.withheld_reason());
  if (reasons.contains(v1::WITHHELD_REASON_TOO_FEW_ITEMS)) return v1::WITHHELD_REASON_TOO_FEW_ITEMS;
  if (reasons.contains(v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS)) return v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS;
  if (reasons.contains(v1::WITHHELD_REASON_TOO_FEW_ANSWERS) || reasons.contains(v1::WITHHELD_REASON_POOLED)) {
    return v1::WITHHELD_REASON_TOO_FEW_ANSWERS;
  }
  if (reasons.contains(v1::WITHHELD_REASON_TOO_MANY_REISSUED)) return v1::WITHHELD_REASON_TOO_MANY_REISSUED;
  if (reasons.contains(v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES)) return v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES;
  return v1::WITHHELD_REASON_NO_DATA;
}

// `out.items_used` of a person: items of the unit rated; the mean where they are half of the unit's items or more.
void SetPerson(const Unit& unit, const PersonItems& items, const statistics::ScoringRules& rules,
               v1::PersonScore& out) {
  double sum = 0;
  int used = 0;
  for (int item : unit.items) {
    if (!items[item].has_value()) continue;
    sum += *items[item];
    ++used;
  }
  out.set_items_used(used);
  if (used == 0 || used < statistics::RequiredItems(static_cast<int>(unit.items.size()), rules)) return;
  out.set_mean(sum / used);
}

v1::GapCategory ToProto(statistics::Category category) {
  switch (category) {
    case statistics::Category::kUndefined: return v1::GAP_CATEGORY_UNSPECIFIED;
    case statistics::Category::kUndetermined: return v1::GAP_CATEGORY_UNDETERMINED;
    case statistics::Category::kOver: return v1::GAP_CATEGORY_OVER;
    case statistics::Category::kUnder: return v1::GAP_CATEGORY_UNDER;
    case statistics::Category::kAgreeGood: return v1::GAP_CATEGORY_AGREE_GOOD;
    case statistics::Category::kAgreePoor: return v1::GAP_CATEGORY_AGREE_POOR;
  }
  return v1::GAP_CATEGORY_UNSPECIFIED;
}

v1::Quadrant ToProto(statistics::Quadrant quadrant) {
  switch (quadrant) {
    case statistics::Quadrant::kUndefined: return v1::QUADRANT_UNSPECIFIED;
    case statistics::Quadrant::kUndetermined: return v1::QUADRANT_UNDETERMINED;
    case statistics::Quadrant::kSharedStrength: return v1::QUADRANT_SHARED_STRENGTH;
    case statistics::Quadrant::kBlindSpot: return v1::QUADRANT_BLIND_SPOT;
    case statistics::Quadrant::kHiddenStrength: return v1::QUADRANT_HIDDEN_STRENGTH;
    case statistics::Quadrant::kSharedDevelopment: return v1::QUADRANT_SHARED_DEVELOPMENT;
  }
  return v1::QUADRANT_UNSPECIFIED;
}

void SetGap(const statistics::PrintedComparison& comparison, v1::Gap& out) {
  if (comparison.gap.has_value()) {
    if (comparison.gap->lo == comparison.gap->hi) {
      out.set_value(comparison.gap->lo);
    } else {
      out.set_lower(comparison.gap->lo);
      out.set_upper(comparison.gap->hi);
    }
  }
  out.set_items_common(comparison.common_items);
  out.set_category(ToProto(comparison.category));
  out.set_quadrant(ToProto(comparison.quadrant));
  out.set_close_to_line(comparison.close_to_line);
}

// Scores of one unit. For an indicator `material.item_others` of its item is set too; the scales, which need it, come
// after.
v1::UnitScore ScoreUnit(const Unit& unit, Material& material) {
  const bool indicator = unit.kind == v1::UNIT_KIND_INDICATOR;
  v1::UnitScore out;
  out.set_kind(unit.kind);
  out.set_code(unit.code);
  out.set_title(unit.title);
  out.set_parent(unit.parent);
  for (const std::string& theme : unit.themes) out.add_themes(theme);

  std::vector<std::optional<PrintedScore>> scores;
  v1::GroupScore& all = *out.mutable_all_raters();
  std::set<int> items_used, items_asked;
  for (const PreparedGroup& group : material.groups) {
    v1::GroupScore& figure = *out.add_groups();
    figure.set_group(group.summary.code());
    std::optional<PrintedScore> score = indicator ? ScoreIndicator(group, unit.items[0], material, figure)
                                                  : ScoreScale(group, unit, material, figure);
    if (group.is_part()) continue;
    scores.push_back(std::move(score));
    for (int item : unit.items) {
      if (group.asked[item]) items_asked.insert(item);
      if (scores.back().has_value() && group.items[item].atom.kind != PrintedAtom::Kind::kWithheld) {
        items_used.insert(item);
      }
    }
    if (scores.back().has_value()) all.add_groups_used(group.summary.code());
  }

  all.set_group(kAllRaters);
  if (!indicator) {
    all.set_items_used(static_cast<int32_t>(items_used.size()));
    all.set_items_total(static_cast<int32_t>(items_asked.size()));
  }
  const PrintedOthers others = statistics::CombinePrinted(scores, material.rules);
  if (others.score.has_value()) {
    SetScore(*others.score, material.rules.points, all);
  } else {
    SetWithheld(ReasonForAll(out), all);
  }

  SetPerson(unit, material.self, material.rules, *out.mutable_self());
  if (material.team.has_value()) {
    out.mutable_self()->set_withheld_reason(ReasonForTeam(*material.team, out.self(), indicator));
  }
  SetPerson(unit, material.supervisor, material.rules, *out.mutable_supervisor());
  if (indicator) {
    const int item = unit.items[0];
    material.item_others[item] = others;
    SetGap(statistics::ComparePrintedItem(material.self[item], others, material.rules), *out.mutable_gap());
    return out;
  }
  PersonItems self;
  std::vector<PrintedOthers> item_others;
  for (int item : unit.items) {
    self.push_back(material.self[item]);
    item_others.push_back(material.item_others[item]);
  }
  SetGap(statistics::ComparePrintedScale(self, item_others, others, material.rules), *out.mutable_gap());
  return out;
}

}  // namespace

double StrengthCut(int points) { return (points + 1) / 2.0 + AgreementBand(points); }

double AgreementBand(int points) { return 0.5 * (points - 1) / 4; }

double Target(int points) { return 1 + 0.75 * (points - 1); }

statistics::ScoringRules ScoringRulesOf(const domain::Contract& contract, const domain::RatingScale& scale) {
  statistics::ScoringRules rules = statistics::DefaultRules(scale.points);
  rules.favourable_from = scale.favourable_from;
  rules.min_n = contract.minimum_group_size;
  rules.pool_min_n = contract.pool_minimum;
  rules.strength_cut =
      scale.strength_cut_hundredths != 0 ? scale.strength_cut_hundredths / 100.0 : StrengthCut(scale.points);
  rules.gap_delta =
      scale.agreement_band_hundredths != 0 ? scale.agreement_band_hundredths / 100.0 : AgreementBand(scale.points);
  rules.target = std::max(Target(scale.points), rules.strength_cut);
  return rules;
}

double CorrelationOf(const domain::PooledFigures& pooled, const statistics::ScoringRules& rules) {
  return pooled.item_correlation.has_value() ? *pooled.item_correlation / 100.0 : rules.prior_correlation;
}

std::vector<std::optional<double>> SelfItems(const ReportInput& input) {
  const domain::Instrument& instrument = input.version.instrument;
  if (input.contract.team_members > 0) return MeansOf(input.team, domain::kFewestSelfRatings, instrument);
  std::vector<domain::Answers> self;
  if (input.self.has_value()) self.push_back(*input.self);
  return MeansOf(self, /*fewest=*/1, instrument);
}

const v1::GroupScore* FindScore(const v1::UnitScore& unit, const std::string& group) {
  if (group == kAllRaters) return &unit.all_raters();
  for (const v1::GroupScore& score : unit.groups()) {
    if (score.group() == group) return &score;
  }
  return nullptr;
}

std::optional<statistics::Interval> RangeOf(const v1::GroupScore& score) {
  switch (score.state()) {
    case v1::FIGURE_STATE_EXACT: return statistics::Interval{score.mean(), score.mean()};
    case v1::FIGURE_STATE_AT_LEAST:
    case v1::FIGURE_STATE_AT_MOST:
    case v1::FIGURE_STATE_BETWEEN: return statistics::Interval{score.lower(), score.upper()};
    default: return std::nullopt;
  }
}

void SetRules(const domain::Contract& contract, const domain::RatingScale& scale, const domain::PooledFigures& pooled,
              v1::ScoringRules& out) {
  const statistics::ScoringRules rules = ScoringRulesOf(contract, scale);
  out.set_points(rules.points);
  out.set_favourable_from(rules.favourable_from);
  out.set_minimum_group_size(contract.minimum_group_size);
  out.set_insiders(contract.insiders);
  out.set_pool_minimum(contract.pool_minimum);
  out.set_strength_cut(rules.strength_cut);
  out.set_agreement_band(rules.gap_delta);
  out.set_target(rules.target);
  out.set_item_correlation(CorrelationOf(pooled, rules));
  out.set_item_correlation_source(pooled.item_correlation.has_value() ? v1::CORRELATION_SOURCE_POOLED
                                                                      : v1::CORRELATION_SOURCE_ASSUMED);
}

v1::Scores BuildScores(const ReportInput& input) {
  const domain::Instrument& instrument = input.version.instrument;
  Material material;
  material.rules = ScoringRulesOf(input.contract, instrument.scale);
  material.correlation = CorrelationOf(input.pooled, material.rules);
  material.groups = PrepareGroups(input, material.rules);
  material.self = SelfItems(input);
  material.team = TeamOf(input);
  material.supervisor = MeansOf(input.supervisors, /*fewest=*/1, instrument);
  material.item_others.resize(instrument.items.size());

  v1::Scores scores;
  scores.set_survey(input.subject.survey);
  SetRules(input.contract, instrument.scale, input.pooled, *scores.mutable_rules());
  for (const PreparedGroup& group : material.groups) *scores.add_groups() = group.summary;
  if (material.team.has_value()) *scores.mutable_team() = *material.team;

  // Indicators first, since every scale's gap is made from those of its items; they are listed last.
  const std::vector<Unit> units = ListUnits(input.version);
  std::vector<v1::UnitScore> scored(units.size());
  for (const bool indicators : {true, false}) {
    for (size_t u = 0; u < units.size(); ++u) {
      if ((units[u].kind == v1::UNIT_KIND_INDICATOR) == indicators) scored[u] = ScoreUnit(units[u], material);
    }
  }
  for (v1::UnitScore& unit : scored) *scores.add_units() = std::move(unit);
  AddBenchmark(input.benchmark, scores);
  AddChanges(input, material.groups, scores);
  return scores;
}

}  // namespace candor::reporting
