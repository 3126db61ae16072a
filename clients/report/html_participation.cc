#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/html_brief.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

std::string WarningWords(v1::ParticipationWarning warning, const Sentences& say) {
  switch (warning) {
    case v1::PARTICIPATION_WARNING_LOW_RATE: return say.Say("report.warning_low_rate");
    case v1::PARTICIPATION_WARNING_VERY_LOW_RATE: return say.Say("report.warning_very_low_rate");
    case v1::PARTICIPATION_WARNING_FEW: return say.Say("report.warning_few");
    case v1::PARTICIPATION_WARNING_UNEVEN: return say.Say("report.warning_uneven");
    default: return "";
  }
}

// "8 (36 %)".
std::string AnsweredText(const v1::GroupSummary& group) {
  if (group.invited() <= 0) return absl::StrCat(group.counted());
  const double rate = static_cast<double>(group.counted()) / static_cast<double>(group.invited());
  return absl::StrCat(group.counted(), " (", PercentText(rate), ")");
}

Json RowOf(const v1::GroupSummary& group, const HtmlWords& words) {
  Json warnings = Json::array();
  for (const int warning : group.warnings()) {
    const std::string text = WarningWords(static_cast<v1::ParticipationWarning>(warning), words.say());
    if (!text.empty()) warnings.push_back({{"text", text}});
  }
  const v1::ScoringRules& rules = words.rules();
  const int minimum = group.code() == "other_raters" ? rules.pool_minimum() : rules.minimum_group_size();
  return {{"group", words.GroupTitle(group)},
          {"part", !group.part_of().empty()},
          {"invited", absl::StrCat(group.invited())},
          {"answered", AnsweredText(group)},
          {"shown", IsShown(group) ? words.say().Say("report.yes") : words.NotShown(group.withheld_reason(), minimum)},
          {"warnings", warnings}};
}

// "Self: rated 24 of 24 statements.", by the overall unit.
std::string PersonText(const std::string& who, int items, const HtmlWords& words) {
  if (items == 0) return words.say().Say(absl::StrCat("report.", who, "_not_rated"));
  return words.say().Say(absl::StrCat("report.", who, "_rated"),
                         {{"count", absl::StrCat(items)}, {"total", absl::StrCat(words.report().items_size())}});
}

std::string CodesOf(const std::vector<std::string>& codes) {
  std::vector<std::string> clean;
  for (const std::string& code : codes) clean.push_back(Clean(code));
  return absl::StrJoin(clean, ", ");
}

}  // namespace

Json ParticipationData(const HtmlWords& words) {
  const Sentences& say = words.say();
  Json rows = Json::array(), remarks = Json::array(), persons = Json::array();
  for (const v1::GroupSummary& group : words.report().scores().groups()) {
    rows.push_back(RowOf(group, words));
    const std::string title = words.GroupTitle(group).at("text");
    const auto remark = [&](int64_t count, const char* key) {
      if (count <= 0) return;
      remarks.push_back({{"text", say.SayFor(count, key, {{"group", title}, {"count", absl::StrCat(count)}})}});
    };
    remark(group.reissued(), "report.codes_replaced");
    remark(group.replaced(), "report.answers_changed");
  }
  int self = 0, supervisor = 0;
  for (const v1::UnitScore* unit : UnitsOf(words.report(), v1::UNIT_KIND_OVERALL)) {
    self = unit->self().items_used();
    supervisor = unit->supervisor().items_used();
  }
  if (words.report().scores().has_team()) {
    const v1::TeamRating& team = words.report().scores().team();
    persons.push_back({{"text", say.Say("report.team_members", {{"rated", absl::StrCat(team.rated())},
                                                              {"members", absl::StrCat(team.members())}})}});
  }
  persons.push_back({{"text", PersonText("self", self, words)}});
  persons.push_back({{"text", PersonText("supervisor", supervisor, words)}});
  return {{"rows", rows}, {"remarks", remarks}, {"persons", persons}};
}

Json MissingData(const HtmlWords& words) {
  const v1::Report& report = words.report();
  const Sentences& say = words.say();
  Json missing = Json::array();
  const auto add = [&](const std::string& text) { missing.push_back({{"group", false}, {"text", text}}); };
  const auto counted = [&](const char* key, const std::vector<std::string>& codes) {
    if (codes.empty()) return;
    const auto count = static_cast<int64_t>(codes.size());
    add(say.SayFor(count, key, {{"count", absl::StrCat(count)}, {"codes", CodesOf(codes)}}));
  };
  const auto& units = report.scores().units();
  if (std::none_of(units.begin(), units.end(), [](const auto& unit) { return unit.self().items_used() > 0; })) {
    add(say.Say("report.missing_self"));
  }
  for (const v1::GroupSummary& group : report.scores().groups()) {
    if (IsShown(group) || !group.part_of().empty() || group.withheld_reason() == v1::WITHHELD_REASON_POOLED) continue;
    const int minimum =
        group.code() == "other_raters" ? words.rules().pool_minimum() : words.rules().minimum_group_size();
    const std::string why = ReasonWords(group.withheld_reason(), minimum, say);
    missing.push_back({{"group", words.GroupTitle(group)}, {"text", say.Say("report.missing_group", {{"why", why}})}});
  }
  const auto& not_ranked = report.brief().units_not_ranked();
  counted("report.missing_not_ranked", {not_ranked.begin(), not_ranked.end()});
  std::vector<std::string> undetermined;
  for (const v1::UnitScore* unit : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
    if (unit->gap().category() == v1::GAP_CATEGORY_UNDETERMINED) undetermined.push_back(unit->code());
  }
  counted("report.missing_undetermined", undetermined);
  const auto& groups = report.scores().groups();
  if (std::any_of(groups.begin(), groups.end(), [](const auto& group) { return group.counted() < group.invited(); })) {
    add(say.Say("report.missing_silent"));
  }
  return missing;
}

}  // namespace candor::report
