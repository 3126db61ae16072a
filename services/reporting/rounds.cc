#include "services/reporting/rounds.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/reporting/growth_plans.h"
#include "services/reporting/scores.h"

namespace candor::reporting {
namespace {

using UnitKey = std::pair<int, std::string>;

// What is compared of a figure; the rest of it stays in its report.
v1::GroupScore FigureOf(const v1::GroupScore* score, const std::string& group) {
  v1::GroupScore figure;
  figure.set_group(group);
  if (score == nullptr) {
    figure.set_state(v1::FIGURE_STATE_WITHHELD);
    figure.set_withheld_reason(v1::WITHHELD_REASON_NO_DATA);
    return figure;
  }
  figure.set_state(score->state());
  figure.set_withheld_reason(score->withheld_reason());
  figure.set_n(score->n());
  if (score->has_mean()) figure.set_mean(score->mean());
  if (score->has_lower()) figure.set_lower(score->lower());
  if (score->has_upper()) figure.set_upper(score->upper());
  if (score->has_interval()) *figure.mutable_interval() = score->interval();
  if (score->has_change()) *figure.mutable_change() = score->change();
  return figure;
}

// Rater groups in the order in which the newest report that has them names them; all raters last. Parts, and the pool, are
// others each time.
std::vector<std::string> GroupsOf(const std::vector<RoundReport>& rounds) {
  std::vector<std::string> groups;
  for (auto round = rounds.rbegin(); round != rounds.rend(); ++round) {
    for (const v1::GroupSummary& group : round->report.scores().groups()) {
      const bool known = std::find(groups.begin(), groups.end(), group.code()) != groups.end();
      if (!known && group.part_of().empty() && group.code() != domain::kOtherRaters) groups.push_back(group.code());
    }
  }
  groups.push_back(kAllRaters);
  return groups;
}

}  // namespace

absl::StatusOr<std::vector<storage::SurveyRow>> FindRounds(storage::ReadTransaction& transaction,
                                                           const storage::SurveyRow& survey, int most) {
  std::vector<storage::SurveyRow> rounds = {survey};
  std::map<std::string, storage::SurveyRow> by_campaign;
  storage::Page page;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::SurveyRow> surveys,
                            transaction.ListSurveysOfLeader(survey.district, survey.leader, page));
    for (const storage::SurveyRow& row : surveys) {
      if (row.state == domain::SurveyState::kReleased) by_campaign[row.campaign.value()] = row;
    }
    if (surveys.size() < static_cast<size_t>(page.limit)) break;
    page.after = surveys.back().id.value();
  }
  while (static_cast<int>(rounds.size()) < most) {
    CANDOR_ASSIGN_OR_RETURN(const auto campaign, transaction.FindCampaign(survey.district, rounds.back().campaign));
    if (!campaign.has_value()) return domain::errors::StoreCorrupt("a survey lacks its campaign");
    const auto before = by_campaign.find(campaign->settings.previous.value());
    // A campaign that is compared with is released before, so that no chain comes back to itself.
    if (campaign->settings.previous.empty() || before == by_campaign.end()) break;
    rounds.push_back(before->second);
    by_campaign.erase(before);
  }
  return rounds;
}

v1::RoundComparison CompareReports(const std::vector<RoundReport>& rounds) {
  v1::RoundComparison comparison;
  std::vector<std::map<UnitKey, const v1::UnitScore*>> units;
  for (const RoundReport& round : rounds) {
    v1::Round& out = *comparison.add_rounds();
    out.set_report(round.report.name());
    out.set_campaign_title(round.report.campaign_title());
    *out.mutable_close_time() = round.report.close_time();
    if (round.report.scores().has_compared_round()) {
      *out.mutable_compared_round() = round.report.scores().compared_round();
    }
    if (round.plan.has_value()) {
      *out.mutable_growth_plan() = ToProto(*round.plan);
      out.mutable_growth_plan()->set_name(
          absl::StrCat(absl::StripSuffix(round.report.name(), "/report"), "/growthPlan"));
    }
    auto& of_round = units.emplace_back();
    for (const v1::UnitScore& unit : round.report.scores().units()) of_round[{unit.kind(), unit.code()}] = &unit;
  }
  const std::vector<std::string> groups = GroupsOf(rounds);
  for (const v1::UnitScore& unit : rounds.back().report.scores().units()) {
    const UnitKey key{unit.kind(), unit.code()};
    v1::UnitRounds out;
    out.set_kind(unit.kind());
    out.set_code(unit.code());
    out.set_title(unit.title());
    for (const std::string& group : groups) {
      v1::GroupRounds of_group;
      of_group.set_group(group);
      int shown = 0;
      for (const auto& of_round : units) {
        const auto found = of_round.find(key);
        const v1::GroupScore* score = found == of_round.end() ? nullptr : FindScore(*found->second, group);
        if (score != nullptr && RangeOf(*score).has_value()) ++shown;
        *of_group.add_figures() = FigureOf(score, group);
      }
      if (shown >= 2) *out.add_groups() = std::move(of_group);
    }
    if (!out.groups().empty()) *comparison.add_units() = std::move(out);
  }
  return comparison;
}

}  // namespace candor::reporting
