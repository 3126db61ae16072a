// Groups by part, means over leaders and changes as they are commonly made, each under the attack that ours withstand.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/privacy/naive_report.h"
#include "tests/privacy/random_report.h"
#include "tests/privacy/report_reader.h"
#include "tests/privacy/several_reports.h"

namespace candor::privacy {
namespace {

// Attacks on several reports take longer. Of sums that are held back linear programming shows enough.
constexpr int kFewCampaigns = 15, kLookedAt = 400;

// The same survey with only these groups' answers asked for.
Survey Attacking(Survey survey, const std::set<int>& groups) {
  for (size_t g = 0; g < survey.groups.size(); ++g) survey.groups[g].attacked = groups.contains(static_cast<int>(g));
  return survey;
}

// The statement that a group's answers to a question stand in; null: they are in none.
const Statement* Find(const Printed& printed, int group, int question) {
  for (const Statement& said : printed.statements) {
    const bool in = std::find(said.groups.begin(), said.groups.end(), group) != said.groups.end();
    if (in && said.question == question) return &said;
  }
  return nullptr;
}

bool IsHeldBack(const Survey& survey, const Printed& printed, int group, int question) {
  return NumberIn(survey, {group}, question) > 0 && Find(printed, group, question) == nullptr;
}

// The issuing groups of each rater group that is shown by part.
std::map<int, std::vector<int>> Parts(const Survey& survey) {
  std::map<int, std::vector<int>> parts;
  for (size_t g = 0; g < survey.groups.size(); ++g) {
    if (survey.groups[g].part_of >= 0) parts[survey.groups[g].part_of].push_back(static_cast<int>(g));
  }
  return parts;
}

TEST_F(NaiveReportTest, TotalMinusPrintedParts) {
  for (int i = 0; i < kLookedAt && tried() < kFewCampaigns; ++i) {
    const RandomReport campaign = MakeRandomPartsReport(kFirstSeed + i);
    const Survey& survey = campaign.survey;
    Printed printed = ReadReport(campaign, PrintReport(campaign, survey.answers));
    std::set<int> alone;  // parts that alone are held back
    std::vector<Figure> totals;
    for (const auto& [group, parts] : Parts(survey)) {
      for (int q = 0; q < static_cast<int>(survey.questions.size()); ++q) {
        std::vector<int> held_back;
        for (const int part : parts) {
          if (IsHeldBack(survey, printed, part, q)) held_back.push_back(part);
        }
        if (held_back.size() != 1) continue;
        alone.insert(held_back[0]);
        totals.push_back(RawMean(survey, parts, {q}));
      }
    }
    if (alone.empty()) continue;
    printed.figures.insert(printed.figures.end(), totals.begin(), totals.end());
    Count(AttackHeldBackSums(Attacking(survey, alone), printed));
  }
  ExpectBroken(0.5);
}

TEST_F(NaiveReportTest, APartBesideThoseItIsJoinedWith) {
  for (int i = 0; i < kLookedAt && tried() < kFewCampaigns; ++i) {
    const RandomReport campaign = MakeRandomPartsReport(kFirstSeed + i);
    const Survey& survey = campaign.survey;
    Printed printed = ReadReport(campaign, PrintReport(campaign, survey.answers));
    // Of two joined parts the larger one, which has enough answers, by itself too: the other is the difference.
    std::set<int> small;
    std::vector<Figure> parts;
    for (const Statement& said : printed.statements) {
      if (said.groups.size() != 2 || survey.IsPool(said.groups)) continue;
      for (const int g : said.groups) {
        const int other = said.groups[0] == g ? said.groups[1] : said.groups[0];
        const int64_t n = NumberIn(survey, {g}, said.question), others = NumberIn(survey, {other}, said.question);
        if (n < survey.minimum_group_size || others == 0 || others >= survey.minimum_group_size) continue;
        if (said.least_sum != said.most_sum) continue;
        small.insert(other);
        parts.push_back(RawMean(survey, {g}, {said.question}));
      }
    }
    if (parts.empty()) continue;
    printed.figures.insert(printed.figures.end(), parts.begin(), parts.end());
    Count(AttackReport(Attacking(survey, small), printed));
  }
  ExpectBroken(0.9);
}

// The groups of each leader.
std::vector<std::vector<int>> GroupsOfLeaders(const std::vector<RandomReport>& leaders) {
  std::vector<std::vector<int>> groups;
  int first = 0;
  for (const RandomReport& leader : leaders) {
    std::vector<int>& own = groups.emplace_back();
    for (size_t g = 0; g < leader.survey.groups.size(); ++g) own.push_back(first++);
  }
  return groups;
}

// The mean over leaders of the means of all their raters, printed or not; `without`: one leader, or -1.
Figure MeanOfRawMeans(const Survey& survey, const std::vector<std::vector<int>>& leaders, int question, int without) {
  Figure mean;
  std::vector<Figure> means;
  for (size_t leader = 0; leader < leaders.size(); ++leader) {
    Figure own = RawMean(survey, leaders[leader], {question});
    if (static_cast<int>(leader) != without && !own.parts.empty()) means.push_back(std::move(own));
  }
  for (const Figure& own : means) {
    for (Figure::Part part : own.parts) {
      part.factor /= static_cast<double>(means.size());
      mean.parts.push_back(std::move(part));
    }
    mean.least += own.least / static_cast<double>(means.size());
  }
  mean.most = mean.least;
  return mean;
}

TEST_F(NaiveReportTest, MeansOverLeadersWithAndWithoutOneOfThem) {
  for (int i = 0; i < kLookedAt && tried() < kFewCampaigns; ++i) {
    const std::vector<RandomReport> leaders = MakeRandomLeaders(kFirstSeed + i);
    const Survey survey = SurveyOf(PointersTo(leaders), leaders[0]);
    const std::vector<std::vector<int>> groups = GroupsOfLeaders(leaders);
    Printed printed = ReadLeaders(leaders, PrintLeaders(leaders, survey.answers));
    // A leader of whose raters' answers to a question nothing is printed.
    int without = -1, question = 0;
    for (size_t leader = 0; leader < leaders.size(); ++leader) {
      for (int q = 0; q < static_cast<int>(survey.questions.size()); ++q) {
        int held_back = 0, shown = 0;
        for (const int g : groups[leader]) {
          held_back += IsHeldBack(survey, printed, g, q);
          shown += Find(printed, g, q) != nullptr;
        }
        if (held_back == 0 || shown > 0) continue;
        without = static_cast<int>(leader);
        question = q;
      }
    }
    if (without < 0) continue;
    for (const int one : {-1, without}) printed.figures.push_back(MeanOfRawMeans(survey, groups, question, one));
    Count(AttackHeldBackSums(Attacking(survey, {groups[without].begin(), groups[without].end()}), printed));
  }
  ExpectBroken(0.9);
}

// The mean of a group's answers to a question in this round, less the one of the same group in the round before.
Figure RawChange(const Survey& survey, int before, int now, int question) {
  Figure change = RawMean(survey, {now}, {question});
  const Figure earlier = RawMean(survey, {before}, {question});
  for (Figure::Part part : earlier.parts) {
    part.factor = -part.factor;
    change.parts.push_back(part);
  }
  change.least = change.most = change.least - earlier.least;
  return change;
}

TEST_F(NaiveReportTest, ChangeOfUnprintedMeans) {
  for (int i = 0; i < kLookedAt && tried() < kFewCampaigns; ++i) {
    const RandomRounds rounds = MakeRandomRounds(kFirstSeed + i);
    const Survey survey = SurveyOf(PointersTo(rounds), rounds.now);
    Printed printed = ReadRounds(rounds, PrintRounds(rounds, survey.answers));
    const int first = static_cast<int>(rounds.before.survey.groups.size());
    std::set<int> held_back;
    std::vector<Figure> changes;
    for (size_t b = 0; b < rounds.before.manifest.groups.size(); ++b) {
      for (size_t n = 0; n < rounds.now.manifest.groups.size(); ++n) {
        if (rounds.before.manifest.groups[b].code != rounds.now.manifest.groups[n].code) continue;
        const int before = static_cast<int>(b), now = first + static_cast<int>(n);
        for (int q = 0; q < static_cast<int>(survey.questions.size()); ++q) {
          const Statement* said = Find(printed, before, q);
          if (said == nullptr || said->groups.size() > 1 || said->least_sum != said->most_sum) continue;
          if (!IsHeldBack(survey, printed, now, q)) continue;
          held_back.insert(now);
          changes.push_back(RawChange(survey, before, now, q));
        }
      }
    }
    if (changes.empty()) continue;
    printed.figures.insert(printed.figures.end(), changes.begin(), changes.end());
    Count(AttackHeldBackSums(Attacking(survey, held_back), printed));
  }
  ExpectBroken(0.9);
}

TEST_F(NaiveReportTest, TheRoundBeforeAnewByOtherRules) {
  for (int i = 0; i < kLookedAt && tried() < kFewCampaigns; ++i) {
    const RandomRounds rounds = MakeRandomRounds(kFirstSeed + i);
    const Survey survey = SurveyOf(PointersTo(rounds), rounds.before);
    Printed printed = ReadRounds(rounds, PrintRounds(rounds, survey.answers));
    // What this round's rules would print of the answers that the rules of theirs hold back.
    Survey anew = rounds.before.survey;
    anew.minimum_group_size = rounds.now.survey.minimum_group_size;
    anew.insiders = rounds.now.survey.insiders;
    std::set<int> held_back;
    std::vector<Figure> more;
    for (const Statement& said : PrintByRules(anew, anew.answers, {}).statements) {
      std::set<int> of_them;
      for (const int g : said.groups) {
        if (IsHeldBack(survey, printed, g, said.question)) of_them.insert(g);
      }
      if (of_them.empty()) continue;
      held_back.insert(of_them.begin(), of_them.end());
      more.push_back({{{said.question, said.groups, 1}}, static_cast<double>(said.least_sum),
                      static_cast<double>(said.most_sum)});
    }
    if (more.empty()) continue;
    printed.figures.insert(printed.figures.end(), more.begin(), more.end());
    Count(AttackHeldBackSums(Attacking(survey, held_back), printed));
  }
  ExpectBroken(0.9);
}

}  // namespace
}  // namespace candor::privacy
