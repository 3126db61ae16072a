// Reports with little or nothing in them, and groups joined, pooled or withheld.

#include <string>
#include <vector>

#include "clients/report/text_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

v1::Report Build(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

// Marks of 3 on the turned scale.
std::vector<uint8_t> Middle() { return {3, 3, 3, 3}; }

TEST(EdgeCaseTest, OneGroupAloneIsAllRaters) {
  const v1::Report report = Build(InputOf(SmallVersion(5), {{"staff", {}, 8, 0, Copies(8, Middle())}}));
  const v1::UnitScore& unit = UnitOf(report.scores(), "C1");
  EXPECT_EQ(unit.all_raters().state(), v1::FIGURE_STATE_EXACT);
  EXPECT_DOUBLE_EQ(unit.all_raters().mean(), 3);
  EXPECT_DOUBLE_EQ(unit.all_raters().interval().lower(), unit.groups(0).interval().lower());
  EXPECT_EQ(unit.gap().category(), v1::GAP_CATEGORY_UNSPECIFIED);
  EXPECT_THAT(report.notes(), Contains(HasSubstr("own rating is missing")));
}

TEST(EdgeCaseTest, SupervisorAloneIsNeverAllRaters) {
  ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 8, 0, Copies(2, Middle())}});
  input.supervisors = {Ratings({4, 2, 4, 4})};
  const v1::Report report = Build(input);
  const v1::UnitScore& unit = UnitOf(report.scores(), "ALL");
  EXPECT_EQ(unit.all_raters().state(), v1::FIGURE_STATE_WITHHELD);
  EXPECT_EQ(unit.all_raters().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  EXPECT_DOUBLE_EQ(unit.supervisor().mean(), 4);
  EXPECT_THAT(report.notes(), Contains(HasSubstr("only ratings that were given under a name")));
  EXPECT_THAT(report.notes(), Not(Contains(HasSubstr("\"All raters\""))));
}

TEST(EdgeCaseTest, SelfAloneHasNoGap) {
  ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 8, 0, {}}});
  input.self = Ratings({4, 2, 4, 4});
  const v1::Report report = Build(input);
  EXPECT_EQ(SummaryOf(report.scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_NO_DATA);
  EXPECT_THAT(report.notes(0), StartsWith("Staff: nobody answered"));
  for (const v1::UnitScore& unit : report.scores().units()) {
    EXPECT_DOUBLE_EQ(unit.self().mean(), 4);
    EXPECT_FALSE(unit.gap().has_value());
    EXPECT_EQ(unit.gap().category(), v1::GAP_CATEGORY_UNSPECIFIED);
    EXPECT_EQ(unit.all_raters().withheld_reason(), v1::WITHHELD_REASON_NO_DATA);
  }
}

TEST(EdgeCaseTest, NothingAtAllIsStillAReport) {
  const v1::Report report = Build(InputOf(SmallVersion(5), std::vector<RawGroup>{}));
  EXPECT_EQ(report.scores().groups_size(), 0);
  EXPECT_EQ(report.scores().units_size(), 12);
  for (const v1::UnitScore& unit : report.scores().units()) {
    EXPECT_EQ(unit.all_raters().state(), v1::FIGURE_STATE_WITHHELD);
    EXPECT_FALSE(unit.self().has_mean());
  }
  EXPECT_THAT(report.notes(), Contains(HasSubstr("this report holds no figures")));
}

TEST(EdgeCaseTest, FormsWithoutAnyRatingAreNoRaters) {
  const uint8_t n = domain::kNotObserved;
  const v1::Report report = Build(InputOf(SmallVersion(5), {{"staff", {}, 9, 0, Copies(9, {n, n, 0, n})}}));
  EXPECT_EQ(SummaryOf(report.scores(), "staff").counted(), 9);
  EXPECT_EQ(SummaryOf(report.scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  // Nine did answer.
  EXPECT_THAT(report.notes(0), StartsWith("Staff: fewer than 5 gave a rating, "));
}

TEST(EdgeCaseTest, ALimitIsExplainedForFewAnswersAndForMany) {
  // Five answers 3 3 3 4 4 come out as a limit, though nobody chose an end; so do 22 alike at an end.
  std::vector<std::vector<uint8_t>> five = Copies(3, Middle());
  five.push_back({4, 3, 4, 4});
  five.push_back({4, 3, 4, 4});
  for (const auto& forms : {five, Copies(22, {5, 1, 5, 5})}) {
    const v1::Report report = Build(InputOf(SmallVersion(5), {{"staff", {}, 0, 0, forms}}));
    EXPECT_NE(ScoreOf(report.scores(), "i1", "staff").state(), v1::FIGURE_STATE_EXACT);
    EXPECT_THAT(report.notes(),
                Contains(HasSubstr("where few answered, or nearly all chose the same end of the scale, the exact mean")));
  }
}

TEST(EdgeCaseTest, SmallGroupsArePooledAndSaidSo) {
  const v1::Report report = Build(InputOf(SmallVersion(5), {{"parent", {}, 7, 0, Copies(3, {3, 3, 3, 0})},
                                                             {"staff", {}, 9, 0, Copies(9, Middle())},
                                                             {"student", {}, 8, 0, Copies(4, Middle())}}));
  EXPECT_EQ(SummaryOf(report.scores(), "parent").withheld_reason(), v1::WITHHELD_REASON_POOLED);
  EXPECT_EQ(SummaryOf(report.scores(), "student").withheld_reason(), v1::WITHHELD_REASON_POOLED);
  const v1::GroupSummary& pool = SummaryOf(report.scores(), "other_raters");
  EXPECT_EQ(pool.withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  EXPECT_EQ(pool.title(), "Other raters");
  EXPECT_THAT(pool.members(), ElementsAre("parent", "student"));
  EXPECT_EQ(pool.invited(), 15);
  EXPECT_EQ(pool.counted(), 7);
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "other_raters").n(), 7);
  EXPECT_THAT(UnitOf(report.scores(), "C1").all_raters().groups_used(), ElementsAre("staff", "other_raters"));
  EXPECT_THAT(report.notes(), Contains(HasSubstr("\"Other raters\" are Parents and guardians and Students together")));
  EXPECT_THAT(report.notes(),
              Contains(StartsWith("Students: fewer than 5 gave a rating, so they are not shown by themselves")));
  // Four students alone are fewer than 5 on i4, which parents are not asked.
  EXPECT_EQ(ScoreOf(report.scores(), "i4", "other_raters").withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
}

TEST(EdgeCaseTest, GroupsJoinedBeforeOpeningAreOneGroup) {
  const v1::Report report =
      Build(InputOf(SmallVersion(5), {{"staff", {}, 9, 0, Copies(9, Middle())},
                                      {"other_raters", {"parent", "student"}, 8, 0, Copies(4, {3, 3, 3, 0})}}));
  const v1::GroupSummary& joined = SummaryOf(report.scores(), "other_raters");
  EXPECT_EQ(joined.withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  EXPECT_EQ(joined.invited(), 8);
  EXPECT_EQ(joined.counted(), 4);
  EXPECT_THAT(report.notes(0), StartsWith("Other raters: fewer than 6 gave a rating"));
  EXPECT_THAT(report.notes(), Contains(HasSubstr("Parents and guardians and Students together")));
}

TEST(EdgeCaseTest, AGroupWithTooManyReplacedCodesIsWithheldAndInNothing) {
  const v1::Report report = Build(InputOf(SmallVersion(5), {{"staff", {}, 20, 3, Copies(20, Middle())},
                                                             {"student", {}, 9, 0, Copies(9, {4, 2, 4, 4})}}));
  EXPECT_EQ(SummaryOf(report.scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_TOO_MANY_REISSUED);
  EXPECT_EQ(SummaryOf(report.scores(), "staff").reissued(), 3);
  EXPECT_DOUBLE_EQ(UnitOf(report.scores(), "C1").all_raters().mean(), 4);
  EXPECT_THAT(report.notes(0), StartsWith("Staff: more than 10 % of the codes were replaced by new ones"));
  EXPECT_THAT(report.notes(0), Not(HasSubstr("used"))) << "every replaced code counts, used or not";
}

TEST(EdgeCaseTest, AGroupWithMoreAnswersThanCodesIsWithheldAndInNothing) {
  const RawGroup staff{"staff", {}, 20, 0, Copies(20, Middle())}, student{"student", {}, 9, 0, Copies(9, {4, 2, 4, 4})};
  ReportInput input = InputOf(SmallVersion(5), {staff, student});
  domain::Block& block = input.result.blocks.at(0);
  ASSERT_EQ(block.code, "staff");
  block.state = domain::BlockState::kMoreAnswersThanCodes;
  block.atoms.clear();
  input.result.counts.at(0).issued = 18;
  const v1::Report report = Build(input);
  EXPECT_EQ(SummaryOf(report.scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES);
  EXPECT_DOUBLE_EQ(UnitOf(report.scores(), "C1").all_raters().mean(), 4);
  EXPECT_THAT(report.notes(0), StartsWith("Staff: more answers came in than codes were given out"));
}

TEST(EdgeCaseTest, WithheldGroupsLeaveNoTrace) {
  const std::vector<RawGroup> groups = {{"parent", {}, 7, 0, Copies(4, {5, 1, 5, 0})},
                                        {"staff", {}, 20, 4, Copies(20, Middle())},
                                        {"student", {}, 9, 0, Copies(9, {4, 2, 4, 4})}};
  std::vector<RawGroup> others = groups;
  others[0].forms = Copies(4, {1, 5, 2, 0});
  for (size_t r = 0; r < others[1].forms.size(); ++r) {
    others[1].forms[r] = {static_cast<uint8_t>(1 + r % 5), 1, 5, static_cast<uint8_t>(5 - r % 5)};
  }
  EXPECT_EQ(SerializeReport(Build(InputOf(SmallVersion(5), groups))),
            SerializeReport(Build(InputOf(SmallVersion(5), others))));
}

TEST(EdgeCaseTest, ASelfRatingOfNothingIsNone) {
  ReportInput with = InputOf(SmallVersion(5), {{"staff", {}, 9, 0, Copies(9, Middle())}});
  const v1::Report without = Build(with);
  with.self = Ratings({domain::kNotObserved, 0, 0, domain::kNotObserved});
  EXPECT_EQ(SerializeReport(Build(with)), SerializeReport(without));
}

TEST(EdgeCaseTest, InsidersRaiseTheHalvesAndTheLimits) {
  domain::Contract contract = SampleContract();
  contract.insiders = 3;
  contract.minimum_group_size = 8;
  contract.pool_minimum = 11;
  const domain::InstrumentVersion version = SmallVersion(5);
  // Eight answers with four who may be known: any mean would tell too much, though the group is shown.
  ReportInput input =
      InputOf(version, contract, CloseGroups(version, contract, {{"staff", {}, 8, 0, Copies(8, Middle())}}));
  input.self = Ratings(Middle());
  const v1::Report report = Build(input);
  EXPECT_EQ(SummaryOf(report.scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "staff").withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS);
  EXPECT_EQ(UnitOf(report.scores(), "i1").all_raters().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS);
  EXPECT_EQ(UnitOf(report.scores(), "ALL").all_raters().withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ITEMS);
  EXPECT_THAT(report.notes(), Contains(StartsWith("Of no more than 8 ratings of a statement nothing is shown")));
  EXPECT_THAT(report.notes(), Not(Contains(HasSubstr("too few answers on a statement"))));
  const std::string text = report::RenderText(report);
  EXPECT_THAT(text, HasSubstr("not shown: too few ratings for any mean"));
  EXPECT_THAT(text, Not(HasSubstr("fewer than 8")));
  EXPECT_EQ(report.scores().rules().insiders(), 3);
}

TEST(EdgeCaseTest, OtherLanguagesDoNotLoseAGroupsTitle) {
  domain::InstrumentVersion version = SmallVersion(5);
  version.instrument.languages = {"es"};
  version.instrument.rater_groups[0].title = {{"es", "Personal"}};
  version.instrument.rater_groups[1].title = {};
  const v1::Report report = Build(InputOf(version, {{"staff", {}, 9, 0, Copies(9, Middle())},
                                                    {"student", {}, 9, 0, Copies(9, Middle())}}));
  EXPECT_EQ(SummaryOf(report.scores(), "staff").title(), "Personal");
  EXPECT_EQ(SummaryOf(report.scores(), "student").title(), "student");
}

}  // namespace
}  // namespace candor::reporting
