// A district's summary on a terminal.

#include "clients/cli/district_summary_text.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

candor::v1::DistrictSummary Parse(const std::string& text) {
  candor::v1::DistrictSummary summary;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &summary));
  return summary;
}

TEST(DistrictSummaryTextTest, SaysEveryFigureInItsTable) {
  const std::string text = DistrictSummaryText(Parse(R"pb(
    title: "Autumn" leaders: 32
    rules { points: 5 target: 4 }
    participation { group: "staff" invited: 640 counted: 480 leaders: 32 }
    training_needs {
      unit: "C1" title: "First" figure { leaders: 32 mean: 3.2 standard_deviation: 0.4 }
      interval { lower: 3.05 upper: 3.35 } clearly_below_target: true
      spread { leaders: 31 standard_deviation: 0.35 reliability: 0.8 expected_below_target: 27.9 or_more: true }
    }
    training_needs {
      unit: "C2" title: "Second" figure { leaders: 12 lower: 3.1 upper: 4.2 }
      spread { leaders: 11 standard_deviation: 0 reliability: 0 }
    }
    self_other { unit: "ALL" title: "All statements" leaders: 32 mean_gap: -0.25 standard_deviation: 0.5 over: 9 under: 8 agree_good: 7 agree_poor: 8 }
    instrument_figures {
      item_correlation: 0.44
      reliability { group: "staff" unit: "C1" alpha: 0.68 lambda2: 0.71 }
      reliability { group: "staff" unit: "C2" alpha: 0.95 lambda2: 0.95 }
      reliability { group: "staff" unit: "D1" icc1: 0.12 icc2: 0.74 }
      reliability { group: "student" unit: "D1" icc1: -0.01 icc2: -1 }
      groups { group: "staff" straight_line { share: 0.05 at_most: true } no_rating { share: 0.12 } }
      agreement { group: "staff" unit: "C1" leaders: 30 rwg: 0.62 average_deviation: 0.9 }
      themes { theme: "T1" title: "Equity" leaders: 32 correlation: 0.83 group_agreement: 0.6 says_more: true }
      themes { theme: "T2" title: "Voice" leaders: 32 group_agreement: -0.05 }
      statements_examined: 24
      statement_differences { indicator: "I.1.a" group: "staff" other_group: "student" leaders: 20 difference: -0.81 lower: -1.2 upper: -0.42 }
    }
    notes: "A note."
  )pb"));
  for (const char* line :
       {"Autumn: 32 leaders\n", "staff  640      480       75 %  32", "C1    First   3.20       3.05 to 3.35  0.40    32       below the target",
        "C2    Second  3.10–4.20  limits alone          12", "C1    31       0.35            0.80         27.9 or more of 31",
        "C2    11       0.00            0.00         no reliable differences",
        "ALL   All statements  32       −0.25  0.50    9     8      7            8", "correlate by 0.44 on average",
        "staff  C1     0.68            0.71            below 0.70", "staff  C2     0.95 or higher  0.95 or higher",
        "staff    D1     0.12   0.74", "student  D1     −0.01  −1.00 or lower  no reliable difference",
        "staff  at most 5 %        12 %",
        "staff  C1    30       0.62     0.90\n",
        "T1     Equity  32       +0.83          +0.60         says something of its own",
        "T2     Voice   32                      −0.05         not shown here", "24 pairs looked at together",
        "I.1.a  staff − student  20       −0.81       −1.20 to −0.42", "\nA note.\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(DistrictSummaryTextTest, LeavesOutWhatThereIsNot) {
  const std::string text = DistrictSummaryText(Parse(R"pb(title: "Autumn" leaders: 4 notes: "Too few.")pb"));
  EXPECT_EQ(text, "Autumn: 4 leaders\n\nToo few.\n");
  const std::string none =
      DistrictSummaryText(Parse(R"pb(title: "A" leaders: 12 instrument_figures { statements_examined: 9 })pb"));
  EXPECT_THAT(none, HasSubstr("none beyond chance"));
  EXPECT_THAT(none, Not(HasSubstr("Who took part")));
}

}  // namespace
}  // namespace candor::cli
