// The attack on whole reports of random campaigns: ours keep the promise, and the same rules weakened do not.

#include "tests/privacy/report_attack.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "tests/privacy/attack_results.h"
#include "tests/privacy/random_report.h"
#include "tests/privacy/report_reader.h"
#include "tests/privacy/results.h"

namespace candor::privacy {
namespace {

constexpr uint32_t kFirstSeed = 1000;

AttackResult AttackItems(uint32_t seed, RandomReport (*make)(uint32_t)) {
  const RandomReport campaign = make(seed);
  const Printed printed = ReadReport(campaign, PrintReport(campaign, campaign.survey.answers));
  const AttackResult result = AttackReport(campaign.survey, printed, [&](const Answers& answers) {
    return reporting::SerializeReport(PrintReport(campaign, answers));
  });
  ExpectNothing(result, seed);
  return result;
}

AttackResult AttackCells(uint32_t seed, RandomReport (*make)(uint32_t)) {
  const RandomReport campaign = make(seed);
  const Printed printed = ReadCells(campaign, PrintCells(campaign, campaign.survey.answers));
  const AttackResult result = AttackReport(campaign.survey, printed, [&](const Answers& answers) {
    return TextOf(PrintCells(campaign, answers));
  });
  ExpectNothing(result, seed);
  return result;
}

TEST(ReportAttackTest, NothingFollowsFromAWholeReportOnItems) {
  SuiteRecord record("disclosure-items");
  AttackResult all;
  for (int i = 0; i < Campaigns() && !HasFailure(); ++i) all += AttackItems(kFirstSeed + i, MakeRandomReport);
  // The campaigns are worth attacking.
  EXPECT_GT(all.held_back, 2 * Campaigns());
  EXPECT_GT(all.in_pools, Campaigns() / 3);
  EXPECT_GT(all.people, 50 * Campaigns());
  record.Found(FoundIn(kFirstSeed, Campaigns(), all));
}

TEST(ReportAttackTest, NothingFollowsFromAWholeReportOnCells) {
  SuiteRecord record("disclosure-cells");
  AttackResult all;
  for (int i = 0; i < Campaigns() && !HasFailure(); ++i) all += AttackCells(kFirstSeed + i, MakeRandomCellReport);
  EXPECT_GT(all.held_back, Campaigns());
  EXPECT_GT(all.in_pools, Campaigns() / 4);
  EXPECT_GT(all.people, 50 * Campaigns());
  record.Found(FoundIn(kFirstSeed, Campaigns(), all));
}

TEST(ReportAttackTest, NothingFollowsFromGroupsThatAreShownByPart) {
  SuiteRecord items_record("disclosure-parts-items"), cells_record("disclosure-parts-cells");
  const int campaigns = FewerCampaigns();
  AttackResult items, cells;
  for (int i = 0; i < campaigns && !HasFailure(); ++i) {
    items += AttackItems(kFirstSeed + i, MakeRandomPartsReport);
    cells += AttackCells(kFirstSeed + i, MakeRandomCellPartsReport);
  }
  for (const AttackResult* all : {&items, &cells}) {
    EXPECT_GT(all->held_back, campaigns / 2);
    EXPECT_GT(all->in_parts, campaigns / 2);
    EXPECT_GT(all->people, 50 * campaigns);
  }
  items_record.Found(FoundIn(kFirstSeed, campaigns, items));
  cells_record.Found(FoundIn(kFirstSeed, campaigns, cells));
}

// Intervals, shares, standard deviations, categories and notes are no linear sums; they say nothing beyond the atoms if
// the atoms that a reader takes from the report give the whole report again.
TEST(ReportAttackTest, AReportIsAFunctionOfItsAtoms) {
  int atoms = 0;
  for (int i = 0; i < 2 * Campaigns(); ++i) {
    const RandomReport campaign = (i % 2 == 0 ? MakeRandomReport : MakeRandomPartsReport)(kFirstSeed + i);
    const v1::Report report = PrintReport(campaign, campaign.survey.answers);
    const domain::ClosedResult result = ClosedResultOf(campaign, report);
    for (const domain::Block& block : result.blocks) atoms += static_cast<int>(block.atoms.size());
    const auto again = reporting::BuildReport(InputOf(campaign, result));
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_EQ(reporting::SerializeReport(*again), reporting::SerializeReport(report)) << "seed " << kFirstSeed + i;
  }
  EXPECT_GT(atoms, 3 * Campaigns());
}

TEST(ReportAttackTest, TheRulesWrittenTwiceAgree) {
  for (int i = 0; i < Campaigns(); ++i) {
    for (const bool parts : {false, true}) {
      SCOPED_TRACE(absl::StrCat("seed ", kFirstSeed + i, parts ? ", by part" : ""));
      const RandomReport items = (parts ? MakeRandomPartsReport : MakeRandomReport)(kFirstSeed + i);
      ASSERT_EQ(TextOf(ReadReport(items, PrintReport(items, items.survey.answers))),
                TextOf(PrintByRules(items.survey, items.survey.answers, {})));
      const RandomReport cells = (parts ? MakeRandomCellPartsReport : MakeRandomCellReport)(kFirstSeed + i);
      ASSERT_EQ(TextOf(ReadCells(cells, PrintCells(cells, cells.survey.answers))),
                TextOf(PrintByRules(cells.survey, cells.survey.answers, {})));
    }
  }
}

// The four rules that keep the rest safe, each weakened by one step. The design names the first; the others are the
// steps that its rules 1, 3 and 4 take beyond what is commonly done: counting insiders in the pool, withholding by
// number at all, and counting the person attacked in a bound.
struct Weakened {
  const char* name;
  RuleConstants constants;
};
const Weakened kWeakened[] = {
    {"halves of t + 1 instead of t + 2 (rule 5)", {.half_margin = 1}},
    {"a pool of k instead of k + t (rules 1 and 3)", {.pool_counts_insiders = false}},
    {"bounds without the person's own share, c = t s / n (rule 4)", {.known = 0}},
    {"figures of any number (rule 3)", {.withholds = false}},
};

TEST(ReportAttackPowerTest, EveryWeakenedRuleIsCaught) {
  constexpr int kLookedAt = 2000, kTried = 100;
  SuiteRecord record("disclosure-weakened-rules");
  base::Json controls = base::Json::array();
  for (const Weakened& weakened : kWeakened) {
    for (const bool cells : {false, true}) {
      int tried = 0, caught = 0;
      std::string example;
      for (int i = 0; i < kLookedAt && tried < kTried; ++i) {
        const Survey survey = (cells ? MakeRandomCellReport(kFirstSeed + i) : MakeRandomReport(kFirstSeed + i)).survey;
        const Printed printed = PrintByRules(survey, survey.answers, weakened.constants);
        // Most campaigns never come near the rule.
        if (TextOf(printed) == TextOf(PrintByRules(survey, survey.answers, {}))) continue;
        ++tried;
        const AttackResult result = AttackReport(survey, printed);
        if (result.exposures.empty()) continue;
        ++caught;
        if (example.empty()) example = result.exposures[0].text;
      }
      EXPECT_GE(caught, 3) << weakened.name << (cells ? ", cells" : ", items");
      controls.push_back({{"rule", weakened.name},
                          {"atoms", cells ? "cells" : "items"},
                          {"campaigns", tried},
                          {"caught", caught},
                          {"example", example}});
    }
  }
  record.Found({{"controls", controls}});
}

}  // namespace
}  // namespace candor::privacy
