#include "tests/privacy/report_reader.h"

#include <algorithm>
#include <cmath>

#include "services/domain/disclosure.h"
#include "services/reporting/scores.h"
#include "tests/reporting/report_builders.h"

namespace candor::privacy {
namespace {

bool Shown(const v1::GroupScore& score) { return score.state() != v1::FIGURE_STATE_WITHHELD; }

Figure FigureOf(std::vector<Figure::Part> parts, const std::pair<double, double>& limits) {
  return {std::move(parts), limits.first, limits.second};
}

// Whether an issuing group's answers stand in a block that is not the pool.
bool IsIn(const domain::IssuingGroup& group, const std::vector<NamedBlock>& blocks, const NamedBlock& block) {
  if (group.code == block.code) return true;
  if (group.parts.empty() || group.members[0] != block.members[0]) return false;
  const auto holds = [&](const NamedBlock& of) {
    return std::includes(of.parts.begin(), of.parts.end(), group.parts.begin(), group.parts.end());
  };
  if (!block.parts.empty()) return holds(block);
  // The group's own block: all parts but those that stand in a block of their own.
  return block.code == group.members[0] && std::none_of(blocks.begin(), blocks.end(), [&](const NamedBlock& other) {
           return !other.parts.empty() && other.members[0] == group.members[0] && holds(other);
         });
}

}  // namespace

std::vector<int> GroupsOf(const domain::Manifest& manifest, const std::vector<NamedBlock>& blocks,
                          const std::string& code) {
  std::vector<int> groups;
  for (size_t g = 0; g < manifest.groups.size(); ++g) {
    const bool in = std::any_of(blocks.begin(), blocks.end(), [&](const NamedBlock& block) {
      const bool counts = block.code == code || (code == domain::kOtherRaters && block.pooled);
      return counts && IsIn(manifest.groups[g], blocks, block);
    });
    if (in) groups.push_back(static_cast<int>(g));
  }
  return groups;
}

std::pair<double, double> LimitsOf(const v1::GroupScore& score) {
  if (score.state() == v1::FIGURE_STATE_EXACT) return {score.mean(), score.mean()};
  return {score.lower(), score.upper()};
}

ReportReader::ReportReader(const RandomReport& campaign, const v1::Scores& scores, int first_group)
    : campaign_(campaign), scores_(scores), first_group_(first_group) {
  for (const v1::GroupSummary& group : scores.groups()) {
    if (group.from_parts()) {
      from_parts_.insert(group.code());
      continue;
    }
    blocks_.push_back({group.code(), {group.members().begin(), group.members().end()},
                       {group.parts().begin(), group.parts().end()},
                       group.withheld_reason() == v1::WITHHELD_REASON_POOLED});
  }
  for (size_t i = 0; i < campaign.version.instrument.items.size(); ++i) {
    question_[campaign.version.instrument.items[i].indicator] = static_cast<int>(i);
  }
  for (const v1::UnitScore& unit : scores.units()) {
    units_[unit.code()] = &unit;
    if (unit.kind() == v1::UNIT_KIND_INDICATOR) indicators_[question_.at(unit.code())] = &unit;
  }
}

Printed ReportReader::Read() const {
  Printed printed;
  for (const v1::UnitScore& unit : scores_.units()) {
    for (const v1::GroupScore& score : unit.groups()) {
      if (!Shown(score)) continue;
      if (unit.kind() == v1::UNIT_KIND_INDICATOR && !from_parts_.contains(score.group())) {
        printed.statements.push_back(StatementOf(unit, score));
      } else {
        printed.figures.push_back(FigureOf(PartsOf(unit, score.group()), LimitsOf(score)));
      }
    }
    if (Shown(unit.all_raters())) {
      printed.figures.push_back(FigureOf(PartsOf(unit, kAllRaters), LimitsOf(unit.all_raters())));
    }
    ReadGap(unit, printed);
  }
  std::sort(printed.statements.begin(), printed.statements.end(), [](const Statement& a, const Statement& b) {
    return a.question != b.question ? a.question < b.question : a.groups < b.groups;
  });
  return printed;
}

const v1::GroupScore* ReportReader::FindScore(const v1::UnitScore& unit, const std::string& group) const {
  if (group == kAllRaters) return Shown(unit.all_raters()) ? &unit.all_raters() : nullptr;
  for (const v1::GroupScore& score : unit.groups()) {
    if (score.group() == group && Shown(score)) return &score;
  }
  return nullptr;
}

const v1::UnitScore& ReportReader::UnitOf(const v1::UnitScore& like) const { return *units_.at(like.code()); }

// As the report's outline has them.
std::vector<const v1::UnitScore*> ReportReader::IndicatorsOf(const v1::UnitScore& unit) const {
  std::vector<const v1::UnitScore*> indicators;
  for (const auto& [question, other] : indicators_) {
    const bool in_theme =
        std::find(other->themes().begin(), other->themes().end(), unit.code()) != other->themes().end();
    const bool in_unit = unit.kind() == v1::UNIT_KIND_OVERALL || other->code() == unit.code() ||
                         (unit.kind() == v1::UNIT_KIND_THEME && in_theme) ||
                         (unit.kind() == v1::UNIT_KIND_COMPETENCY && other->parent() == unit.code()) ||
                         (unit.kind() == v1::UNIT_KIND_DOMAIN && units_.at(other->parent())->parent() == unit.code());
    if (in_unit) indicators.push_back(other);
  }
  return indicators;
}

// The issuing groups whose answers stand in a group's printed figure on an indicator.
std::vector<int> ReportReader::GroupsBehind(const v1::UnitScore& indicator, const std::string& group) const {
  std::vector<int> groups;
  if (!from_parts_.contains(group)) {
    groups = GroupsOf(campaign_.manifest, blocks_, group);
  } else {
    for (const NamedBlock& block : blocks_) {
      if (block.parts.empty() || block.members[0] != group || FindScore(indicator, block.code) == nullptr) continue;
      const std::vector<int> of_part = GroupsOf(campaign_.manifest, blocks_, block.code);
      groups.insert(groups.end(), of_part.begin(), of_part.end());
    }
    std::sort(groups.begin(), groups.end());
  }
  for (int& g : groups) g += first_group_;
  return groups;
}

std::set<int> ReportReader::QuestionsOf(const v1::UnitScore& unit, const std::string& group) const {
  std::set<int> questions;
  for (const v1::UnitScore* indicator : IndicatorsOf(unit)) {
    if (FindScore(*indicator, group) != nullptr) questions.insert(question_.at(indicator->code()));
  }
  return questions;
}

std::vector<Figure::Part> ReportReader::PartsOver(const std::set<int>& questions, const std::string& group,
                                                  double factor) const {
  std::vector<Figure::Part> parts;
  for (const int question : questions) {
    const v1::UnitScore& indicator = *indicators_.at(question);
    const double n = static_cast<double>(FindScore(indicator, group)->n());
    parts.push_back({question, GroupsBehind(indicator, group), factor / n / static_cast<double>(questions.size())});
  }
  return parts;
}

std::vector<Figure::Part> ReportReader::PartsOf(const v1::UnitScore& unit, const std::string& group,
                                                double factor) const {
  if (group != kAllRaters) return PartsOver(QuestionsOf(unit, group), group, factor);
  std::vector<Figure::Part> parts;
  for (const std::string& used : unit.all_raters().groups_used()) {
    const std::vector<Figure::Part> of_group = PartsOf(unit, used, factor / unit.all_raters().groups_used_size());
    parts.insert(parts.end(), of_group.begin(), of_group.end());
  }
  return parts;
}

// Self minus others, over the indicators that both sides have: others are what is left.
void ReportReader::ReadGap(const v1::UnitScore& unit, Printed& printed) const {
  const v1::Gap& gap = unit.gap();
  if (!gap.has_value() && !gap.has_lower()) return;
  double self = 0;
  std::vector<Figure::Part> parts;
  for (const v1::UnitScore* indicator : IndicatorsOf(unit)) {
    if (!indicator->self().has_mean() || !Shown(indicator->all_raters())) continue;
    self += indicator->self().mean() / gap.items_common();
    const auto others = PartsOf(*indicator, kAllRaters, 1.0 / gap.items_common());
    parts.insert(parts.end(), others.begin(), others.end());
  }
  const double least = gap.has_value() ? gap.value() : gap.lower(), most = gap.has_value() ? gap.value() : gap.upper();
  printed.figures.push_back(FigureOf(parts, {self - most, self - least}));
}

Statement ReportReader::StatementOf(const v1::UnitScore& unit, const v1::GroupScore& score) const {
  const int points = scores_.rules().points();
  const int64_t n = score.n(), few = scores_.rules().insiders() + 1;
  Statement said{question_.at(unit.code()), GroupsBehind(unit, score.group()), n, n * points, 0, n, {}};
  if (score.state() == v1::FIGURE_STATE_EXACT) {
    said.least_sum = said.most_sum = std::llround(score.mean() * static_cast<double>(n));
  } else if (score.state() == v1::FIGURE_STATE_AT_LEAST) {
    said.least_sum = std::llround(score.lower() * static_cast<double>(n));
  } else {
    said.most_sum = std::llround(score.upper() * static_cast<double>(n));
  }
  if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_LOW) said.most_low = few;
  if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_HIGH) said.least_low = n - few;
  said.distribution.assign(score.distribution().counts().begin(), score.distribution().counts().end());
  return said;
}

Printed ReadReport(const RandomReport& campaign, const v1::Report& report) {
  return ReportReader(campaign, report.scores()).Read();
}

domain::ClosedResult ClosedResultOf(const RandomReport& campaign, const v1::Report& report) {
  domain::ClosedResult result;
  result.survey = campaign.manifest.survey;
  result.points = report.scores().rules().points();
  result.counts = campaign.counts;
  const v1::Scores& scores = report.scores();
  for (int b = 0; b < scores.groups_size(); ++b) {
    const v1::GroupSummary& group = scores.groups(b);
    if (group.from_parts()) continue;
    const std::vector<std::string> members(group.members().begin(), group.members().end());
    domain::Block block{group.code(), members, domain::BlockState::kPrinted, {}};
    block.parts.assign(group.parts().begin(), group.parts().end());
    switch (group.withheld_reason()) {
      case v1::WITHHELD_REASON_UNSPECIFIED: break;
      case v1::WITHHELD_REASON_POOLED: block.state = domain::BlockState::kPooled; break;
      case v1::WITHHELD_REASON_TOO_MANY_REISSUED: block.state = domain::BlockState::kTooManyReissued; break;
      case v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES:
        block.state = domain::BlockState::kMoreAnswersThanCodes;
        break;
      default: block.state = domain::BlockState::kTooFew;
    }
    for (const v1::ReportItem& item : report.items()) {
      const v1::UnitScore& unit = reporting::UnitOf(scores, item.indicator());
      const v1::GroupScore& score = unit.groups(b);
      if (block.state != domain::BlockState::kPrinted) continue;
      if (score.withheld_reason() == v1::WITHHELD_REASON_NO_DATA) continue;
      domain::Atom atom;
      atom.indicator = item.indicator();
      atom.n = score.n();
      const double n = static_cast<double>(score.n());
      switch (score.state()) {
        case v1::FIGURE_STATE_EXACT:
          atom.kind = domain::AtomKind::kExact;
          atom.sum = std::llround(score.mean() * n);
          break;
        case v1::FIGURE_STATE_AT_LEAST:
          atom.kind = domain::AtomKind::kAtLeast;
          atom.bound_numerator = std::llround(score.lower() * n);
          break;
        case v1::FIGURE_STATE_AT_MOST:
          atom.kind = domain::AtomKind::kAtMost;
          atom.bound_numerator = std::llround(score.upper() * n);
          break;
        default: break;
      }
      atom.counts.assign(score.distribution().counts().begin(), score.distribution().counts().end());
      if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_LOW) {
        atom.half = domain::HalfStatement::kAtMostTwoLow;
      }
      if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_HIGH) {
        atom.half = domain::HalfStatement::kAtMostTwoHigh;
      }
      if (score.has_not_observed()) atom.not_observed = score.not_observed();
      block.atoms.push_back(std::move(atom));
    }
    result.blocks.push_back(std::move(block));
  }
  return result;
}

}  // namespace candor::privacy
