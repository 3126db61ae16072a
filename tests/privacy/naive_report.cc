#include "tests/privacy/naive_report.h"

#include <algorithm>

namespace candor::privacy {

void NaiveReportTest::Count(bool broken, const std::string& example) {
  ++tried_;
  if (!broken) return;
  ++broken_;
  if (example_.empty()) example_ = example;
}

void NaiveReportTest::Count(const AttackResult& result) {
  Count(!result.exposures.empty(), result.exposures.empty() ? "" : result.exposures[0].text);
}

void NaiveReportTest::ExpectBroken(double share) {
  EXPECT_GE(broken_, std::max(5.0, share * tried_)) << "of " << tried_;
  record_.Found({{"first_seed", kFirstSeed}, {"reports", tried_}, {"broken", broken_}, {"example", example_}});
}

std::vector<int> AllGroups(const Survey& survey) {
  std::vector<int> groups;
  for (size_t g = 0; g < survey.groups.size(); ++g) groups.push_back(static_cast<int>(g));
  return groups;
}

int64_t NumberIn(const Survey& survey, const std::vector<int>& groups, int question) {
  int64_t n = 0;
  for (const int g : groups) n += NumberOf(survey.answers[g][question]);
  return n;
}

int64_t SumIn(const Survey& survey, const std::vector<int>& groups, int question) {
  int64_t sum = 0;
  for (const int g : groups) sum += SumOf(survey.questions[question], survey.answers[g][question]);
  return sum;
}

Figure RawMean(const Survey& survey, const std::vector<int>& groups, const std::vector<int>& questions) {
  int64_t n = 0, sum = 0;
  for (const int q : questions) {
    n += NumberIn(survey, groups, q);
    sum += SumIn(survey, groups, q);
  }
  Figure figure;
  if (n == 0) return figure;
  for (const int q : questions) figure.parts.push_back({q, groups, 1.0 / static_cast<double>(n)});
  figure.least = figure.most = static_cast<double>(sum) / static_cast<double>(n);
  return figure;
}

Statement Exactly(const Survey& survey, const std::vector<int>& groups, int question) {
  const int64_t sum = SumIn(survey, groups, question);
  return {question, groups, sum, sum, 0, NumberIn(survey, groups, question), {}};
}

}  // namespace candor::privacy
