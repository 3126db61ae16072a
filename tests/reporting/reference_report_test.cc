// Reports on the reference data: each printed figure equals the reference's, and each range holds it.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "services/statistics/leader_scores.h"
#include "tests/reporting/report_builders.h"
#include "tests/statistics/reference_set.h"

namespace candor::reporting {
namespace {

using statistics::ReferenceForm;
using statistics::ReferenceSet;

constexpr double kTolerance = 1e-9;

// The reference's structure as an instrument of ours; its groups are the rater groups.
domain::InstrumentVersion VersionOf(const ReferenceSet& set) {
  domain::InstrumentVersion version;
  domain::Framework& framework = version.framework;
  domain::Instrument& instrument = version.instrument;
  framework.code = instrument.framework = "reference";
  framework.title = instrument.title = "Reference";
  instrument.scale.points = set.rules.points;
  instrument.scale.favourable_from = set.rules.favourable_from;
  instrument.languages = {"en"};
  for (const std::string& group : set.groups) {
    if (group != domain::kSupervisor) instrument.rater_groups.push_back({group, {{"en", group}}});
  }
  std::map<std::string, bool> themes;
  for (const base::Json& item : set.structure["items"]) {
    const std::string id = item["id"], domain_code = item["domain"], competency_code = item["competency"];
    auto domain = std::find_if(framework.domains.begin(), framework.domains.end(),
                               [&](const domain::Domain& d) { return d.code == domain_code; });
    if (domain == framework.domains.end()) {
      domain = framework.domains.insert(domain, {domain_code, domain_code, {}});
    }
    auto competency = std::find_if(domain->competencies.begin(), domain->competencies.end(),
                                   [&](const domain::Competency& c) { return c.code == competency_code; });
    if (competency == domain->competencies.end()) {
      competency = domain->competencies.insert(competency, {competency_code, competency_code, {}});
    }
    competency->indicators.push_back({id, id, item["themes"].get<std::vector<std::string>>()});
    for (const std::string& theme : competency->indicators.back().themes) themes[theme] = true;
    domain::Item ours;
    ours.indicator = id;
    ours.reverse = item["reverse"];
    for (const std::string& group : set.groups) ours.texts[group]["en"] = id;
    ours.texts[domain::kSelf]["en"] = id;
    instrument.items.push_back(std::move(ours));
  }
  for (const auto& [theme, unused] : themes) framework.themes.push_back({theme, theme});
  return version;
}

struct Counts {
  int exact = 0, ranges = 0, others_exact = 0, others_ranges = 0, gaps = 0, leaders_with_pool = 0;
};

// That what `score` prints is what the reference has; whether it printed a point.
bool Holds(const v1::GroupScore& score, double expected, const std::string& where) {
  if (score.state() == v1::FIGURE_STATE_EXACT) {
    EXPECT_NEAR(score.mean(), expected, kTolerance) << where;
    return true;
  }
  EXPECT_LE(score.lower(), expected + kTolerance) << where;
  EXPECT_GE(score.upper(), expected - kTolerance) << where;
  return false;
}

v1::GapCategory ToProto(statistics::Category category) {
  switch (category) {
    case statistics::Category::kOver: return v1::GAP_CATEGORY_OVER;
    case statistics::Category::kUnder: return v1::GAP_CATEGORY_UNDER;
    case statistics::Category::kAgreeGood: return v1::GAP_CATEGORY_AGREE_GOOD;
    case statistics::Category::kAgreePoor: return v1::GAP_CATEGORY_AGREE_POOR;
    default: return v1::GAP_CATEGORY_UNSPECIFIED;
  }
}

void CheckUnit(const v1::UnitScore& unit, const statistics::CombinedScore& others,
               const statistics::Comparison& comparison, Counts& counts) {
  const std::string where = unit.code() + " of all raters";
  const bool shown = unit.all_raters().state() != v1::FIGURE_STATE_WITHHELD;
  ASSERT_EQ(shown, others.mean.has_value()) << where;
  if (!shown) return;
  EXPECT_EQ(unit.all_raters().groups_used_size(), others.groups) << where;
  ++(Holds(unit.all_raters(), *others.mean, where) ? counts.others_exact : counts.others_ranges);
  if (!comparison.gap.has_value()) {
    EXPECT_FALSE(unit.gap().has_value() || unit.gap().has_lower()) << where;
    return;
  }
  ++counts.gaps;
  if (unit.gap().has_value()) {
    EXPECT_NEAR(unit.gap().value(), *comparison.gap, kTolerance) << where;
  } else {
    EXPECT_LE(unit.gap().lower(), *comparison.gap + kTolerance) << where;
    EXPECT_GE(unit.gap().upper(), *comparison.gap - kTolerance) << where;
  }
  if (unit.gap().category() != v1::GAP_CATEGORY_UNDETERMINED) {
    EXPECT_EQ(unit.gap().category(), ToProto(comparison.category)) << where;
  }
}

// A leader's report against the research view of the same rows without the supervisor's.
void CheckLeader(const ReferenceSet& set, const domain::InstrumentVersion& version, const std::string& leader,
                 Counts& counts) {
  statistics::ScoringRules rules = set.rules;
  rules.pool_min_n = 6;
  rules.strength_cut = 3.5;
  std::vector<RawGroup> groups;
  std::vector<statistics::GroupInput> inputs;
  for (const std::string& group : set.groups) {
    if (group == domain::kSupervisor) continue;
    RawGroup raw{group, {}, 0, 0, {}};
    statistics::Tally tally(set.layout, statistics::kLeaderParts);
    for (const ReferenceForm& form : set.forms) {
      if (form.leader != leader || form.group != group) continue;
      raw.forms.push_back(form.ratings);
      tally.Add(form.ratings);
    }
    if (raw.forms.empty()) continue;
    groups.push_back(std::move(raw));
    inputs.push_back({group, std::move(tally), false, 1, std::nullopt});
  }
  ReportInput input = InputOf(version, groups);
  std::vector<std::optional<int>> self(set.item_ids.size());
  for (const ReferenceForm& form : set.forms) {
    if (form.leader != leader || form.group != domain::kSelf) continue;
    input.self = Ratings(form.ratings);
    for (size_t j = 0; j < self.size(); ++j) {
      if (form.ratings[j] >= 1 && form.ratings[j] <= rules.points) self[j] = form.ratings[j];
    }
  }
  const statistics::LeaderScores truth = statistics::ScoreLeader(set.layout, inputs, self, 1, rules);
  const auto report = BuildReport(input);
  ASSERT_TRUE(report.ok()) << report.status();
  const v1::Scores& scores = report->scores();

  for (const statistics::GroupScores& group : truth.groups) {
    const bool pool = group.name == statistics::kPoolName;
    const auto summary = std::find_if(scores.groups().begin(), scores.groups().end(),
                                      [&](const v1::GroupSummary& s) { return s.code() == group.name; });
    const bool shown = group.status == statistics::GroupStatus::kShown;
    if (summary == scores.groups().end()) {
      EXPECT_TRUE(pool && !shown) << group.name;
      continue;
    }
    ASSERT_EQ(summary->withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED, shown) << group.name;
    if (!shown) continue;
    if (pool) ++counts.leaders_with_pool;
    const base::Json& reference = set.expected["leaders"][leader]["groups"][group.name];
    for (size_t j = 0; j < set.item_ids.size(); ++j) {
      const v1::GroupScore& score = ScoreOf(scores, set.item_ids[j], group.name);
      if (score.state() == v1::FIGURE_STATE_WITHHELD) {
        EXPECT_LT(group.items[j].n, pool ? rules.pool_min_n : rules.min_n);
        continue;
      }
      // The pool of the reference holds other rows where fewer raters suffice for it.
      const base::Json& mean = reference["items"][set.item_ids[j]]["mean"];
      const double expected = pool ? *group.items[j].mean : mean.get<double>();
      ++(Holds(score, expected, set.item_ids[j] + " of " + group.name) ? counts.exact : counts.ranges);
      EXPECT_EQ(score.n(), group.items[j].n);
    }
    for (size_t s = 0; s < set.scale_ids.size(); ++s) {
      const v1::GroupScore& score = ScoreOf(scores, set.scale_ids[s], group.name);
      ASSERT_EQ(score.state() != v1::FIGURE_STATE_WITHHELD, group.scales[s].mean_items.has_value())
          << set.scale_ids[s] << " of " << group.name;
      if (score.state() == v1::FIGURE_STATE_WITHHELD) continue;
      ++(Holds(score, *group.scales[s].mean_items, set.scale_ids[s] + " of " + group.name) ? counts.exact
                                                                                           : counts.ranges);
    }
  }
  for (size_t j = 0; j < set.item_ids.size(); ++j) {
    CheckUnit(UnitOf(scores, set.item_ids[j]), truth.others.items[j], truth.item_comparisons[j], counts);
  }
  for (size_t s = 0; s < set.scale_ids.size(); ++s) {
    CheckUnit(UnitOf(scores, set.scale_ids[s]), truth.others.scales[s], truth.scale_comparisons[s], counts);
  }
}

TEST(ReferenceReportTest, SeveralGroupsEqualTheReferenceWhereverAPointIsPrinted) {
  const ReferenceSet set = statistics::LoadReferenceSet("lq2002_groups");
  ASSERT_EQ(set.leaders.size(), 49u);
  const domain::InstrumentVersion version = VersionOf(set);
  Counts counts;
  for (const std::string& leader : set.leaders) {
    SCOPED_TRACE(leader);
    CheckLeader(set, version, leader, counts);
  }
  EXPECT_GT(counts.exact, 1000);
  EXPECT_GT(counts.ranges, 20);
  EXPECT_GT(counts.others_exact, 500);
  EXPECT_GT(counts.others_ranges, 20);
  EXPECT_GT(counts.gaps, 500);
  EXPECT_GT(counts.leaders_with_pool, 3);
}

TEST(ReferenceReportTest, OneGroupEqualsTheReferenceWhereverAPointIsPrinted) {
  const ReferenceSet set = statistics::LoadReferenceSet("lq2002");
  ASSERT_EQ(set.leaders.size(), 49u);
  const domain::InstrumentVersion version = VersionOf(set);
  Counts counts;
  for (const std::string& leader : set.leaders) {
    SCOPED_TRACE(leader);
    CheckLeader(set, version, leader, counts);
  }
  EXPECT_GT(counts.exact, 500);
  EXPECT_GT(counts.others_exact, 500);
}

}  // namespace
}  // namespace candor::reporting
