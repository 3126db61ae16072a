// Reports as they are commonly made: figures that are set beside a report that is safe by itself, so that a break is
// that figure's doing.

#ifndef CANDOR_TESTS_PRIVACY_NAIVE_REPORT_H_
#define CANDOR_TESTS_PRIVACY_NAIVE_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/privacy/printed_survey.h"
#include "tests/privacy/report_attack.h"
#include "tests/privacy/results.h"

namespace candor::privacy {

// How many reports broke of those that hold something back; written with the other results.
class NaiveReportTest : public testing::Test {
 protected:
  static constexpr int kCampaigns = 60;
  static constexpr uint32_t kFirstSeed = 5000;

  void Count(bool broken, const std::string& example);
  void Count(const AttackResult& result);
  // At least `share` of the reports that were tried, and some.
  void ExpectBroken(double share);
  int tried() const { return tried_; }

 private:
  SuiteRecord record_{absl::StrCat("disclosure-naive-",
                                   testing::UnitTest::GetInstance()->current_test_info()->name())};
  int tried_ = 0, broken_ = 0;
  std::string example_;
};

std::vector<int> AllGroups(const Survey& survey);
int64_t NumberIn(const Survey& survey, const std::vector<int>& groups, int question);
int64_t SumIn(const Survey& survey, const std::vector<int>& groups, int question);
// The mean of all answers of `groups` to `questions`, everybody weighing equally. Without parts where nobody answered.
Figure RawMean(const Survey& survey, const std::vector<int>& groups, const std::vector<int>& questions);
// The mean of all answers of `groups` to a question as a statement.
Statement Exactly(const Survey& survey, const std::vector<int>& groups, int question);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_NAIVE_REPORT_H_
