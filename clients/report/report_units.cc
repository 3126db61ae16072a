#include "clients/report/report_units.h"

#include <algorithm>

namespace candor::report {
namespace {

namespace v1 = candor::v1;

template <typename Test>
bool AnyUnit(const v1::Report& report, const Test& test) {
  const auto& units = report.scores().units();
  return std::any_of(units.begin(), units.end(), test);
}

}  // namespace

bool IsShown(const v1::GroupSummary& group) { return group.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED; }

bool IsShown(const v1::GroupScore& score) {
  return score.state() != v1::FIGURE_STATE_WITHHELD && score.state() != v1::FIGURE_STATE_UNSPECIFIED;
}

std::vector<int> ShownGroups(const v1::Report& report, bool parts) {
  std::vector<int> shown;
  for (int g = 0; g < report.scores().groups_size(); ++g) {
    const v1::GroupSummary& group = report.scores().groups(g);
    if (IsShown(group) && (parts || group.part_of().empty())) shown.push_back(g);
  }
  return shown;
}

const v1::GroupScore& ScoreAt(const v1::UnitScore& unit, int group) {
  return group < unit.groups_size() ? unit.groups(group) : v1::GroupScore::default_instance();
}

bool HasSupervisor(const v1::Report& report) {
  return AnyUnit(report, [](const v1::UnitScore& unit) { return unit.supervisor().items_used() > 0; });
}

bool HasBenchmark(const v1::Report& report) {
  return AnyUnit(report, [](const v1::UnitScore& unit) { return unit.all_raters().has_benchmark(); });
}

bool HasRaterFigures(const v1::Report& report) {
  return AnyUnit(report, [](const v1::UnitScore& unit) {
    return IsShown(unit.all_raters()) ||
           std::any_of(unit.groups().begin(), unit.groups().end(), [](const auto& score) { return IsShown(score); });
  });
}

bool HasFigures(const v1::Report& report) {
  return HasRaterFigures(report) || AnyUnit(report, [](const v1::UnitScore& unit) {
           return unit.self().has_mean() || unit.supervisor().has_mean();
         });
}

int MinimumOf(const v1::GroupScore& score, const v1::ScoringRules& rules) {
  return score.group() == "other_raters" ? 0 : rules.minimum_group_size();
}

std::vector<const v1::UnitScore*> UnitsOf(const v1::Report& report, v1::UnitKind kind) {
  std::vector<const v1::UnitScore*> units;
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == kind) units.push_back(&unit);
  }
  return units;
}

const v1::UnitScore* FindUnit(const v1::Report& report, v1::UnitKind kind, const std::string& code) {
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == kind && unit.code() == code) return &unit;
  }
  return nullptr;
}

const v1::GroupSummary* FindGroup(const v1::Report& report, const std::string& code) {
  for (const v1::GroupSummary& group : report.scores().groups()) {
    if (group.code() == code) return &group;
  }
  return nullptr;
}

std::vector<Branch> BranchesOf(const v1::Report& report, v1::UnitKind top, v1::UnitKind under) {
  std::vector<Branch> branches;
  for (const v1::UnitScore* unit : UnitsOf(report, top)) branches.push_back({unit, {}});
  Branch others;
  for (const v1::UnitScore* unit : UnitsOf(report, under)) {
    const auto above = std::find_if(branches.begin(), branches.end(),
                                    [&](const Branch& branch) { return branch.top->code() == unit->parent(); });
    (above == branches.end() ? others : *above).units.push_back(unit);
  }
  if (!others.units.empty()) branches.push_back(std::move(others));
  return branches;
}

std::vector<int> ChangedGroups(const v1::Report& report) {
  std::vector<int> groups;
  for (int g = 0; g < report.scores().groups_size(); ++g) {
    const bool changed = AnyUnit(report, [g](const v1::UnitScore& unit) {
      return (unit.kind() == v1::UNIT_KIND_DOMAIN || unit.kind() == v1::UNIT_KIND_COMPETENCY) &&
             ScoreAt(unit, g).has_change();
    });
    if (changed) groups.push_back(g);
  }
  return groups;
}

}  // namespace candor::report
