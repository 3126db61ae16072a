// The attack on reports that are laid side by side: those of a campaign's leaders, with the means over them, and those
// of one leader in two rounds, with what has changed.

#include "tests/privacy/several_reports.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/privacy/attack_results.h"
#include "tests/privacy/report_attack.h"
#include "tests/privacy/results.h"

namespace candor::privacy {
namespace {

constexpr uint32_t kFirstSeed = 7000;

template <typename Visit>
void ForEachScore(const v1::Report& report, Visit visit) {
  for (const v1::UnitScore& unit : report.scores().units()) {
    for (const v1::GroupScore& score : unit.groups()) visit(unit, score);
    visit(unit, unit.all_raters());
  }
}

// Each leader is in one set, of five or more, and there is one mean over it.
int CountMeans(const std::vector<v1::Report>& reports) {
  std::map<std::string, std::string> means;
  for (const v1::Report& report : reports) {
    ForEachScore(report, [&](const v1::UnitScore& unit, const v1::GroupScore& score) {
      if (!score.has_benchmark()) return;
      EXPECT_GE(score.benchmark().leaders(), 5);
      const std::string bytes = score.benchmark().SerializeAsString();
      EXPECT_EQ(means.emplace(absl::StrCat(unit.code(), " ", score.group()), bytes).first->second, bytes);
    });
  }
  return static_cast<int>(means.size());
}

TEST(SeveralReportsTest, NothingFollowsFromAllLeadersReportsAndTheMeansOverThem) {
  SuiteRecord record("disclosure-leaders");
  AttackResult all;
  int means = 0;
  for (int i = 0; i < FewerCampaigns() && !HasFailure(); ++i) {
    const std::vector<RandomReport> leaders = MakeRandomLeaders(kFirstSeed + i);
    const Survey survey = SurveyOf(PointersTo(leaders), leaders[0]);
    const std::vector<v1::Report> reports = PrintLeaders(leaders, survey.answers);
    means += CountMeans(reports);
    const AttackResult result = AttackReport(survey, ReadLeaders(leaders, reports), [&](const Answers& answers) {
      return TextOf(PrintLeaders(leaders, answers));
    });
    ExpectNothing(result, kFirstSeed + i);
    all += result;
  }
  EXPECT_GT(means, FewerCampaigns());
  EXPECT_GT(all.held_back, 5 * FewerCampaigns());
  record.Found(FoundIn(kFirstSeed, FewerCampaigns(), all));
}

TEST(SeveralReportsTest, NothingFollowsFromTwoRoundsAndTheChange) {
  SuiteRecord record("disclosure-rounds");
  AttackResult all;
  int changes = 0, other_rules = 0;
  for (int i = 0; i < FewerCampaigns() && !HasFailure(); ++i) {
    const RandomRounds rounds = MakeRandomRounds(kFirstSeed + i);
    const std::vector<v1::Report> reports = PrintRounds(rounds, SurveyOf(PointersTo(rounds), rounds.now).answers);
    ForEachScore(reports[1], [&](const v1::UnitScore&, const v1::GroupScore& score) { changes += score.has_change(); });
    const Printed printed = ReadRounds(rounds, reports);
    for (const RandomReport* rules : PointersTo(rounds)) {
      const Survey survey = SurveyOf(PointersTo(rounds), *rules);
      const AttackResult result = AttackReport(survey, printed, [&](const Answers& answers) {
        return TextOf(PrintRounds(rounds, answers));
      });
      ExpectNothing(result, kFirstSeed + i);
      all += result;
      // With the same rules both are attacked at once.
      if (rules == &rounds.before && survey.groups.back().attacked) break;
      ++other_rules;
    }
  }
  EXPECT_GT(changes, FewerCampaigns());
  EXPECT_GT(other_rules, FewerCampaigns());
  EXPECT_GT(all.held_back, FewerCampaigns());
  record.Found(FoundIn(kFirstSeed, FewerCampaigns(), all));
}

}  // namespace
}  // namespace candor::privacy
