// Reports as they are commonly made, each under the attack that ours withstand: every one of them must break, or the
// attack proves nothing. Each figure is set beside a report that is safe by itself.

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/privacy/naive_report.h"
#include "tests/privacy/random_report.h"
#include "tests/privacy/report_attack.h"

namespace candor::privacy {
namespace {

TEST_F(NaiveReportTest, OverallMinusPrintedGroups) {
  for (int i = 0; i < kCampaigns; ++i) {
    const Survey survey = MakeRandomReport(kFirstSeed + i).survey;
    Printed printed = PrintByRules(survey, survey.answers, {});
    if (HeldBackSums(survey, printed).empty()) continue;
    ASSERT_TRUE(AttackReport(survey, printed).exposures.empty());
    for (size_t q = 0; q < survey.questions.size(); ++q) {
      printed.figures.push_back(RawMean(survey, AllGroups(survey), {static_cast<int>(q)}));
    }
    Count(AttackReport(survey, printed));
  }
  ExpectBroken(0.5);
}

// The items of each domain, as questions.
std::vector<std::vector<int>> Domains(const RandomReport& campaign) {
  const std::map<std::string, int> index = reporting::ItemIndex(campaign.version.instrument);
  std::vector<std::vector<int>> domains;
  for (const domain::Domain& domain : campaign.version.framework.domains) {
    std::vector<int>& questions = domains.emplace_back();
    for (const domain::Competency& competency : domain.competencies) {
      for (const domain::Indicator& indicator : competency.indicators) questions.push_back(index.at(indicator.code));
    }
  }
  return domains;
}

TEST_F(NaiveReportTest, DomainMinusPrintedItems) {
  for (int i = 0; i < kCampaigns; ++i) {
    const RandomReport campaign = MakeRandomReport(kFirstSeed + i);
    const Survey& survey = campaign.survey;
    Printed printed = PrintByRules(survey, survey.answers, {});
    // Of groups that are shown, the domain's mean of all their answers, those to withheld items too.
    std::set<std::vector<int>> blocks;
    for (const Statement& said : printed.statements) blocks.insert(said.groups);
    bool hidden = false;
    for (const std::vector<int>& block : blocks) {
      for (const std::vector<int>& questions : Domains(campaign)) {
        for (const int q : questions) {
          const bool shown =
              std::any_of(printed.statements.begin(), printed.statements.end(),
                          [&](const Statement& said) { return said.question == q && said.groups == block; });
          hidden |= !shown && NumberIn(survey, block, q) > 0;
        }
        printed.figures.push_back(RawMean(survey, block, questions));
      }
    }
    if (!hidden) continue;
    Count(AttackReport(survey, printed));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, SecondarySuppressionUndoneByThemes) {
  // One group, two competencies of three items. An item of the first is held back for its number, and a second one lest
  // it be computed from the competency's mean: that alone holds. Two themes cut across.
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    Survey survey{5, 5, 1, std::vector<Question>(6), {{12, false, false}}, {{}}};
    for (size_t q = 0; q < survey.questions.size(); ++q) {
      Counts counts(5);
      for (int r = 0; r < (q == 0 ? 4 : 12); ++r) ++counts[random() % 5];
      survey.answers[0].push_back(counts);
    }
    Printed printed;
    for (const int q : {2, 3, 4, 5}) printed.statements.push_back(Exactly(survey, {0}, q));
    printed.figures.push_back(RawMean(survey, {0}, {0, 1, 2}));
    printed.figures.push_back(RawMean(survey, {0}, {3, 4, 5}));
    const auto width = [&](int question) {
      for (const SumRange& range : HeldBackSums(survey, printed)) {
        if (range.question == question) return range.most - range.least;
      }
      return int64_t{-1};
    };
    ASSERT_GT(width(0), 0) << "without themes the second item protects the first";
    printed.figures.push_back(RawMean(survey, {0}, {0, 3}));
    printed.figures.push_back(RawMean(survey, {0}, {1, 4}));
    Count(width(0) == 0 && width(1) == 0, "the sum of four answers is known");
  }
  ExpectBroken(1);
}

// A rater group in two parts, each an issuing group of the attack: those in `first`, and `rest` more people.
Survey InTwoParts(std::mt19937& random, int first, int rest, int questions) {
  const std::vector<Survey::Group> parts = {{first, false, false}, {rest, false, false}};
  Survey survey{5, 5, 1, std::vector<Question>(questions), parts, {{}, {}}, /*one_group=*/true};
  for (int q = 0; q < questions; ++q) {
    for (const int g : {0, 1}) {
      Counts counts(5);
      for (int r = 0; r < survey.groups[g].raters; ++r) ++counts[random() % 5];
      survey.answers[g].push_back(counts);
    }
  }
  return survey;
}

// What the rules print of a survey in which all groups are one.
void PrintTogether(const Survey& survey, Printed& printed) {
  Survey one = survey;
  one.groups = {{0, false, false}};
  one.answers = {survey.answers[0]};
  for (size_t g = 0; g < survey.groups.size(); ++g) {
    one.groups[0].raters += survey.groups[g].raters;
    for (size_t q = 0; g > 0 && q < survey.questions.size(); ++q) {
      for (int value = 0; value < survey.questions[q].values; ++value) {
        one.answers[0][q][value] += survey.answers[g][q][value];
      }
    }
  }
  for (Statement said : PrintByRules(one, one.answers, {}).statements) {
    said.groups = AllGroups(survey);
    printed.statements.push_back(said);
  }
}

// What the rules print of the first group alone.
void PrintFirst(const Survey& survey, Printed& printed) {
  Survey one = survey;
  one.groups.resize(1);
  one.answers.resize(1);
  const Printed first = PrintByRules(one, one.answers, {});
  printed.statements.insert(printed.statements.end(), first.statements.begin(), first.statements.end());
}

// What is found out about the people of the second part.
AttackResult OfSecondPart(AttackResult result) {
  std::erase_if(result.exposures, [](const Exposure& exposure) { return exposure.group != 1; });
  return result;
}

TEST_F(NaiveReportTest, InterimThenFinal) {
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    const Survey survey = InTwoParts(random, 8 + i % 20, 1 + i % 3, 3);
    Printed printed;
    for (const int q : {0, 1, 2}) {
      printed.statements.push_back(Exactly(survey, {0}, q));
      printed.statements.push_back(Exactly(survey, {0, 1}, q));
    }
    Count(OfSecondPart(AttackReport(survey, printed)));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, TheseVeryRulesReleasedTwice) {
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    const Survey survey = InTwoParts(random, 8 + i % 20, 1 + i % 3, 3);
    Printed once;
    PrintTogether(survey, once);
    ASSERT_TRUE(OfSecondPart(AttackReport(survey, once)).exposures.empty());
    Printed twice;
    PrintFirst(survey, twice);
    PrintTogether(survey, twice);
    Count(OfSecondPart(AttackReport(survey, twice)));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, TwoFilters) {
  // "All staff", and "staff of more than five years": the few newcomers are the difference.
  std::mt19937 random(kFirstSeed + 1);
  for (int i = 0; i < kCampaigns; ++i) {
    const Survey survey = InTwoParts(random, 12 + i % 40, 1 + i % 4, 2);
    Printed printed;
    for (const int q : {0, 1}) {
      printed.statements.push_back(Exactly(survey, {0, 1}, q));
      printed.statements.push_back(Exactly(survey, {0}, q));
    }
    Count(OfSecondPart(AttackReport(survey, printed)));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, BenchmarkWithAndWithout) {
  // Six leaders; the last one's answers are too few to be shown. The district's mean of leaders' means, with that
  // leader and "without you".
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    Survey survey{5, 5, 1, std::vector<Question>(2), {}, {}};
    for (int leader = 0; leader < 6; ++leader) {
      const int raters = leader == 5 ? 2 + i % 3 : 6 + static_cast<int>(random() % 20);
      survey.groups.push_back({raters, false, false});
      survey.answers.emplace_back();
      for (int q = 0; q < 2; ++q) {
        Counts counts(5);
        for (int r = 0; r < raters; ++r) ++counts[random() % 5];
        survey.answers.back().push_back(counts);
      }
    }
    Printed printed = PrintByRules(survey, survey.answers, {});
    ASSERT_TRUE(AttackReport(survey, printed).exposures.empty());
    for (int q = 0; q < 2; ++q) {
      for (const int leaders : {6, 5}) {
        Figure benchmark;
        double sum = 0;
        for (int leader = 0; leader < leaders; ++leader) {
          const double n = static_cast<double>(NumberOf(survey.answers[leader][q]));
          benchmark.parts.push_back({q, {leader}, 1 / n / leaders});
          sum += static_cast<double>(SumIn(survey, {leader}, q)) / n;
        }
        benchmark.least = benchmark.most = sum / leaders;
        printed.figures.push_back(benchmark);
      }
    }
    AttackResult result = AttackReport(survey, printed);
    std::erase_if(result.exposures, [](const Exposure& exposure) { return exposure.group != 5; });
    Count(result);
  }
  ExpectBroken(1);
}

// One group of `n` with answers to one question.
Survey OneCell(const Counts& counts) {
  return {5, 5, 1, {Question{}}, {{NumberOf(counts), false, false}}, {{counts}}};
}

TEST_F(NaiveReportTest, UnanimousCells) {
  for (int i = 0; i < kCampaigns; ++i) {
    Counts counts(5);
    counts[i % 2 == 0 ? 4 : 0] = 5 + i % 30;
    const Survey survey = OneCell(counts);
    ASSERT_TRUE(AttackReport(survey, PrintByRules(survey, survey.answers, {})).exposures.empty());
    Count(AttackReport(survey, {{Exactly(survey, {0}, 0)}, {}}));
  }
  ExpectBroken(1);
}

TEST_F(NaiveReportTest, RoundingAsProtection) {
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    Counts counts(5);
    const int n = 5 + i % 5;
    for (int r = 0; r < n; ++r) ++counts[random() % 20 == 0 ? 3 : 4];
    const Survey survey = OneCell(counts);
    Statement said = Exactly(survey, {0}, 0);
    // To one decimal.
    const double mean = std::round(10.0 * static_cast<double>(said.least_sum) / n) / 10;
    said.least_sum = static_cast<int64_t>(std::ceil((mean - 0.05) * n - 1e-9));
    said.most_sum = std::min<int64_t>(5 * n, static_cast<int64_t>(std::floor((mean + 0.05) * n + 1e-9)));
    Count(AttackReport(survey, {{said}, {}}));
  }
  ExpectBroken(0.9);
}

TEST_F(NaiveReportTest, MeanAndSpreadOfSix) {
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    Counts counts(5);
    for (int r = 0; r < 6; ++r) ++counts[random() % 5];
    const Survey survey = OneCell(counts);
    Printed printed = PrintByRules(survey, survey.answers, {});
    if (printed.statements[0].least_sum != printed.statements[0].most_sum) continue;
    ASSERT_TRUE(AttackReport(survey, printed).exposures.empty()) << "the mean alone is safe";
    double squares = 0;
    for (int value = 0; value < 5; ++value) {
      squares += (value + 1.0) * (value + 1.0) * static_cast<double>(counts[value]);
    }
    printed.figures.push_back({{{0, {0}, 1, /*squares=*/true}}, squares, squares});
    Count(AttackReport(survey, printed));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, SumsOfPairsWithOnePersonInThem) {
  // Reliability from the sums over those who rated two items: of one pair of items that is one person.
  std::mt19937 random(kFirstSeed);
  for (int i = 0; i < kCampaigns; ++i) {
    const Survey survey = InTwoParts(random, 8 + i % 10, 1, 2);
    Printed printed;
    PrintTogether(survey, printed);
    ASSERT_TRUE(OfSecondPart(AttackReport(survey, printed)).exposures.empty());
    // A_jl and A_lj: what those of the pair gave to either item.
    for (const int q : {0, 1}) {
      const double sum = static_cast<double>(SumIn(survey, {1}, q));
      printed.figures.push_back({{{q, {1}, 1}}, sum, sum});
    }
    Count(OfSecondPart(AttackReport(survey, printed)));
  }
  ExpectBroken(1);
}

}  // namespace
}  // namespace candor::privacy
