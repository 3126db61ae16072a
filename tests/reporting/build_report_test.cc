// Reports computed by hand.

#include "services/reporting/build_report.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/reporting/scores.h"
#include "services/reporting/units.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint8_t N = domain::kNotObserved;
constexpr double kTolerance = 1e-9;

// Ten staff: i1 mean 3.3 with its distribution, i2 (turned) 4.0, i3 nearly all at the top, i4 nearly all at the bottom.
// Five students: 3.2, 3.0, too few, 2.8. Four parents, too few to be shown in any way.
std::vector<RawGroup> FivePointGroups() {
  RawGroup parents{"parent", {}, 6, 0, Copies(4, {5, 1, 5, 0})};
  RawGroup staff{"staff", {}, 12, 0, {}};
  const uint8_t first[] = {1, 2, 2, 3, 3, 4, 4, 4, 5, 5};
  for (int r = 0; r < 10; ++r) {
    staff.forms.push_back({first[r], 2, static_cast<uint8_t>(r == 0 ? 4 : 5), static_cast<uint8_t>(r == 0 ? 2 : 1)});
  }
  RawGroup students{"student", {}, 5, 0, {{3, 3, 4, 2}, {3, 2, 4, 3}, {3, 4, 4, 3}, {3, 3, 4, 3}, {4, 3, N, 3}}};
  return {parents, staff, students};
}

ReportInput FivePointInput() {
  ReportInput input = InputOf(SmallVersion(5), FivePointGroups());
  input.self = Ratings({4, 1, 4, 0});
  input.supervisors = {Ratings({3, 2, N, 5}), Ratings({4, 0, N, 0})};
  return input;
}

v1::Scores ScoresOf(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? report->scores() : v1::Scores();
}

void ExpectExact(const v1::GroupScore& score, double mean) {
  EXPECT_EQ(score.state(), v1::FIGURE_STATE_EXACT);
  EXPECT_EQ(score.withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  EXPECT_NEAR(score.mean(), mean, kTolerance);
  EXPECT_FALSE(score.has_lower());
  EXPECT_FALSE(score.has_upper());
  EXPECT_TRUE(score.has_interval());
}

void ExpectRange(const v1::GroupScore& score, v1::FigureState state, double lower, double upper) {
  EXPECT_EQ(score.state(), state);
  EXPECT_FALSE(score.has_mean());
  EXPECT_NEAR(score.lower(), lower, kTolerance);
  EXPECT_NEAR(score.upper(), upper, kTolerance);
  EXPECT_FALSE(score.has_interval());
}

void ExpectWithheld(const v1::GroupScore& score, v1::WithheldReason reason) {
  EXPECT_EQ(score.state(), v1::FIGURE_STATE_WITHHELD);
  EXPECT_EQ(score.withheld_reason(), reason);
  EXPECT_FALSE(score.has_mean());
  EXPECT_FALSE(score.has_lower());
  EXPECT_FALSE(score.has_upper());
  EXPECT_FALSE(score.has_interval());
  EXPECT_FALSE(score.has_distribution());
}

TEST(BuildReportTest, ListsOverallDomainsCompetenciesThemesAndIndicatorsInTheFrameworksOrder) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  std::vector<std::string> codes;
  for (const v1::UnitScore& unit : scores.units()) codes.push_back(unit.code());
  EXPECT_THAT(codes, ElementsAreArray({"ALL", "D1", "D2", "C1", "C2", "C3", "T1", "T2", "i1", "i2", "i3", "i4"}));
}

TEST(BuildReportTest, PrintsAnIndicatorWithItsDistributionWhereEachHalfHasEnough) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  const v1::GroupScore& score = ScoreOf(scores, "i1", "staff");
  ExpectExact(score, 3.3);
  EXPECT_EQ(score.n(), 10);
  EXPECT_THAT(score.distribution().counts(), ElementsAre(1, 2, 2, 3, 2));
  EXPECT_NEAR(score.distribution().standard_deviation(), std::sqrt(161.0 / 90), kTolerance);
  EXPECT_NEAR(score.distribution().favourable_share(), 0.5, kTolerance);
  EXPECT_NEAR(score.distribution().favourable_lower(), 0.236593, 1e-6);
  EXPECT_NEAR(score.distribution().favourable_upper(), 0.763407, 1e-6);
  // s~^2 = (9 * 161/90 + 2 * 1.34) / 11, t(11) = 2.200985.
  EXPECT_EQ(score.interval().kind(), v1::INTERVAL_KIND_CONFIDENCE);
  EXPECT_NEAR(score.interval().lower(), 3.3 - 0.909430, 1e-5);
  EXPECT_NEAR(score.interval().upper(), 3.3 + 0.909430, 1e-5);
}

// C1 of staff: i1 with s^2 = 161/90, i2 with its spread hidden, hence 1.34, ten raters each. V = (161/90 + 1.34 +
// 2 r sqrt(161/90 * 1.34)) / 40; p0 = 1.34 * 1.5 / 2 whatever r is; V~ = (9 V + 2 p0 / 10) / 11, t(11) = 2.200985.
TEST(BuildReportTest, AScalesIntervalFollowsTheCorrelationThatTheCampaignPooled) {
  ReportInput input = FivePointInput();
  const v1::Scores assumed = ScoresOf(input);
  EXPECT_DOUBLE_EQ(assumed.rules().item_correlation(), 0.5);
  EXPECT_EQ(assumed.rules().item_correlation_source(), v1::CORRELATION_SOURCE_ASSUMED);
  ExpectExact(ScoreOf(assumed, "C1", "staff"), 3.65);
  EXPECT_EQ(ScoreOf(assumed, "C1", "staff").interval().kind(), v1::INTERVAL_KIND_CONFIDENCE);
  EXPECT_NEAR(ScoreOf(assumed, "C1", "staff").interval().upper(), 3.65 + 0.742949, 1e-5);

  input.pooled.item_correlation = 20;
  const v1::Scores pooled = ScoresOf(input);
  EXPECT_DOUBLE_EQ(pooled.rules().item_correlation(), 0.2);
  EXPECT_EQ(pooled.rules().item_correlation_source(), v1::CORRELATION_SOURCE_POOLED);
  ExpectExact(ScoreOf(pooled, "C1", "staff"), 3.65);
  EXPECT_NEAR(ScoreOf(pooled, "C1", "staff").interval().lower(), 3.65 - 0.678176, 1e-5);
  EXPECT_NEAR(ScoreOf(pooled, "C1", "staff").interval().upper(), 3.65 + 0.678176, 1e-5);
  // Of single statements, and where the spread is hidden altogether, nothing changes.
  for (const char* code : {"i1", "i2"}) {
    EXPECT_EQ(ScoreOf(pooled, code, "staff").SerializeAsString(), ScoreOf(assumed, code, "staff").SerializeAsString());
  }
  EXPECT_EQ(ScoreOf(pooled, "C1", "student").SerializeAsString(),
            ScoreOf(assumed, "C1", "student").SerializeAsString());
}

TEST(BuildReportTest, ACorrelationOfZeroIsAPooledOneToo) {
  ReportInput input = FivePointInput();
  input.pooled.item_correlation = 0;
  const v1::Scores scores = ScoresOf(input);
  EXPECT_EQ(scores.rules().item_correlation_source(), v1::CORRELATION_SOURCE_POOLED);
  const double variance = (9 * (161.0 / 90 + 1.34) / 40 + 2 * 1.005 / 10) / 11;
  EXPECT_NEAR(ScoreOf(scores, "C1", "staff").interval().upper(), 3.65 + 2.200985 * std::sqrt(variance), 1e-5);
}

TEST(BuildReportTest, TheNoteOnIntervalsSaysWhichCorrelationWasUsed) {
  const auto note_of = [](const ReportInput& input) {
    const auto report = BuildReport(input);
    EXPECT_TRUE(report.ok());
    for (const std::string& note : report->notes()) {
      if (note.find("95 % confidence") != std::string::npos) return note;
    }
    return std::string();
  };
  ReportInput input = FivePointInput();
  EXPECT_THAT(note_of(input), HasSubstr("a correlation of 0.50, which is assumed"));
  input.pooled.item_correlation = 43;
  EXPECT_THAT(note_of(input), HasSubstr("a correlation of 0.43, measured over all leaders of this campaign together"));
}

TEST(BuildReportTest, TurnsReverseKeyedItemsAndSaysTypicalWhereTheSpreadIsHidden) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  const v1::GroupScore& score = ScoreOf(scores, "i2", "staff");
  ExpectExact(score, 4.0);
  EXPECT_FALSE(score.has_distribution());
  EXPECT_EQ(score.half_statement(), v1::HALF_STATEMENT_AT_MOST_TWO_LOW);
  EXPECT_EQ(score.interval().kind(), v1::INTERVAL_KIND_TYPICAL);
  EXPECT_NEAR(score.interval().upper() - 4, 1.959963984540054 * std::sqrt(1.34 / 10), kTolerance);
  ExpectExact(ScoreOf(scores, "i2", "student"), 3.0);
}

TEST(BuildReportTest, CarriesBoundsThroughEveryScale) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  ExpectRange(ScoreOf(scores, "i3", "staff"), v1::FIGURE_STATE_AT_LEAST, 4.2, 5);
  ExpectRange(ScoreOf(scores, "i4", "staff"), v1::FIGURE_STATE_AT_MOST, 1, 1.8);
  ExpectExact(ScoreOf(scores, "C1", "staff"), 3.65);
  ExpectRange(ScoreOf(scores, "C2", "staff"), v1::FIGURE_STATE_AT_LEAST, 4.2, 5);
  ExpectRange(ScoreOf(scores, "C3", "staff"), v1::FIGURE_STATE_AT_MOST, 1, 1.8);
  ExpectRange(ScoreOf(scores, "D1", "staff"), v1::FIGURE_STATE_BETWEEN, 11.5 / 3, 12.3 / 3);
  ExpectRange(ScoreOf(scores, "ALL", "staff"), v1::FIGURE_STATE_BETWEEN, 12.5 / 4, 14.1 / 4);
  ExpectRange(ScoreOf(scores, "T1", "staff"), v1::FIGURE_STATE_BETWEEN, 8.5 / 3, 10.1 / 3);
}

TEST(BuildReportTest, LeavesItemsWithTooFewAnswersOutOfTheirScales) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  ExpectWithheld(ScoreOf(scores, "i3", "student"), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  ExpectWithheld(ScoreOf(scores, "C2", "student"), v1::WITHHELD_REASON_TOO_FEW_ITEMS);
  const v1::GroupScore& domain = ScoreOf(scores, "D1", "student");
  ExpectExact(domain, 3.1);
  EXPECT_EQ(domain.items_used(), 2);
  EXPECT_EQ(domain.items_total(), 3);
  ExpectExact(ScoreOf(scores, "ALL", "student"), 3.0);
}

TEST(BuildReportTest, WeighsShownGroupsEquallyInAllRaters) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  ExpectExact(UnitOf(scores, "C1").all_raters(), (3.65 + 3.1) / 2);
  EXPECT_THAT(UnitOf(scores, "C1").all_raters().groups_used(), ElementsAre("staff", "student"));
  // Only staff has a figure.
  ExpectRange(UnitOf(scores, "C2").all_raters(), v1::FIGURE_STATE_AT_LEAST, 4.2, 5);
  EXPECT_THAT(UnitOf(scores, "C2").all_raters().groups_used(), ElementsAre("staff"));
  // "1.8 or lower" and 2.8 together are a range.
  ExpectRange(UnitOf(scores, "C3").all_raters(), v1::FIGURE_STATE_BETWEEN, 1.9, 2.3);
  ExpectRange(UnitOf(scores, "D1").all_raters(), v1::FIGURE_STATE_BETWEEN, (11.5 / 3 + 3.1) / 2, (4.1 + 3.1) / 2);
  ExpectRange(UnitOf(scores, "ALL").all_raters(), v1::FIGURE_STATE_BETWEEN, 3.0625, 3.2625);
  EXPECT_EQ(UnitOf(scores, "ALL").all_raters().items_used(), 4);
}

TEST(BuildReportTest, SetsSelfAgainstAllRaters) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  const v1::Gap& item = UnitOf(scores, "i1").gap();
  EXPECT_NEAR(item.value(), 4 - 3.25, kTolerance);
  EXPECT_EQ(item.category(), v1::GAP_CATEGORY_OVER);
  EXPECT_EQ(item.quadrant(), v1::QUADRANT_BLIND_SPOT);
  EXPECT_TRUE(item.close_to_line());
  // The leader marked 1 on a reversed item: 5. O is exactly on the line, which is a strength.
  EXPECT_NEAR(UnitOf(scores, "i2").self().mean(), 5, kTolerance);
  EXPECT_NEAR(UnitOf(scores, "i2").gap().value(), 1.5, kTolerance);
  EXPECT_EQ(UnitOf(scores, "i2").gap().quadrant(), v1::QUADRANT_SHARED_STRENGTH);
  const v1::UnitScore& competency = UnitOf(scores, "C1");
  EXPECT_NEAR(competency.self().mean(), 4.5, kTolerance);
  EXPECT_NEAR(competency.gap().value(), 1.125, kTolerance);
  EXPECT_EQ(competency.gap().items_common(), 2);
  EXPECT_EQ(competency.gap().category(), v1::GAP_CATEGORY_OVER);
  EXPECT_EQ(competency.gap().quadrant(), v1::QUADRANT_BLIND_SPOT);
}

TEST(BuildReportTest, DoesNotTellACategoryThatTheBoundsLeaveOpen) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  const v1::Gap& item = UnitOf(scores, "i3").gap();  // self 4, others 4.2 to 5
  EXPECT_FALSE(item.has_value());
  EXPECT_NEAR(item.lower(), -1, kTolerance);
  EXPECT_NEAR(item.upper(), -0.2, kTolerance);
  EXPECT_EQ(item.category(), v1::GAP_CATEGORY_UNDETERMINED);
  EXPECT_EQ(item.quadrant(), v1::QUADRANT_SHARED_STRENGTH);
  const v1::Gap& domain = UnitOf(scores, "D1").gap();
  EXPECT_NEAR(domain.lower(), 1.25 / 3, kTolerance);
  EXPECT_NEAR(domain.upper(), 2.05 / 3, kTolerance);
  EXPECT_EQ(domain.items_common(), 3);
  EXPECT_EQ(domain.category(), v1::GAP_CATEGORY_UNDETERMINED);
  EXPECT_EQ(domain.quadrant(), v1::QUADRANT_UNDETERMINED);  // 3.47 to 3.6 holds the line of 3.5
  EXPECT_TRUE(domain.close_to_line());
}

TEST(BuildReportTest, LeavesOutWhatSelfSkipped) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  const v1::UnitScore& unit = UnitOf(scores, "C3");
  EXPECT_FALSE(unit.self().has_mean());
  EXPECT_EQ(unit.self().items_used(), 0);
  EXPECT_FALSE(unit.gap().has_value());
  EXPECT_FALSE(unit.gap().has_lower());
  EXPECT_EQ(unit.gap().category(), v1::GAP_CATEGORY_UNSPECIFIED);
  EXPECT_EQ(unit.gap().quadrant(), v1::QUADRANT_UNSPECIFIED);
  EXPECT_EQ(UnitOf(scores, "ALL").self().items_used(), 3);
  EXPECT_NEAR(UnitOf(scores, "ALL").self().mean(), 13.0 / 3, kTolerance);
}

TEST(BuildReportTest, KeepsSupervisorsApartAndAveragesThemByItem) {
  const v1::Scores scores = ScoresOf(FivePointInput());
  EXPECT_NEAR(UnitOf(scores, "i1").supervisor().mean(), 3.5, kTolerance);
  EXPECT_NEAR(UnitOf(scores, "i2").supervisor().mean(), 4, kTolerance);  // marked 2 on a reversed item
  EXPECT_FALSE(UnitOf(scores, "i3").supervisor().has_mean());
  EXPECT_NEAR(UnitOf(scores, "ALL").supervisor().mean(), 12.5 / 3, kTolerance);
  EXPECT_EQ(UnitOf(scores, "ALL").supervisor().items_used(), 3);

  ReportInput without = FivePointInput();
  without.supervisors.clear();
  v1::Scores expected = scores;
  v1::Scores other = ScoresOf(without);
  for (v1::Scores* both : {&expected, &other}) {
    for (v1::UnitScore& unit : *both->mutable_units()) unit.clear_supervisor();
  }
  EXPECT_EQ(expected.SerializeAsString(), other.SerializeAsString());
}

TEST(BuildReportTest, SaysOfEachGroupWhoTookPartAndWhyItIsWithheld) {
  const auto report = BuildReport(FivePointInput());
  ASSERT_TRUE(report.ok());
  const v1::GroupSummary& parents = SummaryOf(report->scores(), "parent");
  EXPECT_EQ(parents.title(), "Parents and guardians");
  EXPECT_EQ(parents.withheld_reason(), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  EXPECT_EQ(parents.invited(), 6);
  EXPECT_EQ(parents.counted(), 4);
  EXPECT_EQ(SummaryOf(report->scores(), "staff").withheld_reason(), v1::WITHHELD_REASON_UNSPECIFIED);
  ExpectWithheld(ScoreOf(report->scores(), "i1", "parent"), v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
  ExpectWithheld(ScoreOf(report->scores(), "i4", "parent"), v1::WITHHELD_REASON_NO_DATA);  // not asked
  ASSERT_FALSE(report->notes().empty());
  EXPECT_EQ(report->notes(0),
            "Parents and guardians: fewer than 5 gave a rating, so nothing of theirs is shown, and their ratings are in no "
            "other figure.");
}

TEST(BuildReportTest, CarriesTheConstantsOfTheScale) {
  const v1::ScoringRules rules = ScoresOf(FivePointInput()).rules();
  EXPECT_EQ(rules.points(), 5);
  EXPECT_EQ(rules.favourable_from(), 4);
  EXPECT_EQ(rules.minimum_group_size(), 5);
  EXPECT_EQ(rules.insiders(), 1);
  EXPECT_EQ(rules.pool_minimum(), 6);
  EXPECT_DOUBLE_EQ(rules.strength_cut(), 3.5);
  EXPECT_DOUBLE_EQ(rules.agreement_band(), 0.5);
  EXPECT_DOUBLE_EQ(StrengthCut(4), 2.875);
  EXPECT_DOUBLE_EQ(AgreementBand(4), 0.375);
  EXPECT_DOUBLE_EQ(StrengthCut(2), 1.625);
}

TEST(BuildReportTest, TakesStrengthLineAndAgreementBandFromTheInstrument) {
  ReportInput input = FivePointInput();
  input.version.instrument.scale.strength_cut_hundredths = 300;
  input.version.instrument.scale.agreement_band_hundredths = 25;
  const v1::ScoringRules rules = ScoresOf(input).rules();
  EXPECT_DOUBLE_EQ(rules.strength_cut(), 3.0);
  EXPECT_DOUBLE_EQ(rules.agreement_band(), 0.25);
}

TEST(BuildReportTest, CountsOnAScaleOfFourByItsOwnLines) {
  // Eight staff on 1..4. i1: 24/8 = 3; i2 (turned): 21/8 = 2.625; i3: 27/8 becomes "26/8 or higher"; i4: 13/8 becomes
  // "14/8 or lower".
  RawGroup staff{"staff", {}, 8, 0, {}};
  const uint8_t second[] = {3, 3, 3, 3, 3, 2, 2, 2};  // marks; turned: 2 2 2 2 2 3 3 3 -> 19
  const uint8_t third[] = {3, 3, 3, 3, 3, 4, 4, 4};
  const uint8_t fourth[] = {1, 1, 1, 2, 2, 2, 2, 2};
  for (int r = 0; r < 8; ++r) staff.forms.push_back({3, second[r], third[r], fourth[r]});
  ReportInput input = InputOf(SmallVersion(4), {staff});
  input.self = Ratings({2, 3, 3, 2});
  const v1::Scores scores = ScoresOf(input);
  ExpectExact(ScoreOf(scores, "i1", "staff"), 3);
  EXPECT_NEAR(ScoreOf(scores, "i1", "staff").interval().upper() - 3, 1.959963984540054 * std::sqrt(0.8375 / 8),
              kTolerance);
  ExpectExact(ScoreOf(scores, "i2", "staff"), 19.0 / 8);
  ExpectRange(ScoreOf(scores, "i3", "staff"), v1::FIGURE_STATE_AT_LEAST, 26.0 / 8, 4);
  ExpectRange(ScoreOf(scores, "i4", "staff"), v1::FIGURE_STATE_AT_MOST, 1, 14.0 / 8);
  // Self 2 against 3: lower, and only the raters are above 2.875.
  EXPECT_EQ(UnitOf(scores, "i1").gap().category(), v1::GAP_CATEGORY_UNDER);
  EXPECT_EQ(UnitOf(scores, "i1").gap().quadrant(), v1::QUADRANT_HIDDEN_STRENGTH);
  // Self marked 3, turned 2, against 2.375: exactly the band of 0.375, which is agreement, below the line.
  EXPECT_NEAR(UnitOf(scores, "i2").gap().value(), -0.375, kTolerance);
  EXPECT_EQ(UnitOf(scores, "i2").gap().category(), v1::GAP_CATEGORY_AGREE_POOR);
  EXPECT_EQ(UnitOf(scores, "i2").gap().quadrant(), v1::QUADRANT_SHARED_DEVELOPMENT);
}

TEST(BuildReportTest, CopiesWhoAndWhat) {
  const auto report = BuildReport(FivePointInput());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->name(), report->scores().survey() + "/report");
  EXPECT_EQ(report->leader_display_name(), "Robin Vale");
  EXPECT_EQ(report->framework_title(), "Small framework");
  EXPECT_EQ(report->attribution(), "Made up for tests.");
  EXPECT_EQ(report->purpose(), "developmental");
  EXPECT_EQ(report->close_time().seconds(), 1'800'000'000);
  EXPECT_EQ(report->scale().labels().at("en").labels_size(), 5);
  ASSERT_EQ(report->items_size(), 4);
  EXPECT_EQ(report->items(1).indicator(), "i2");
  EXPECT_TRUE(report->items(1).reverse());
  EXPECT_EQ(report->items(1).text().values().at("en"), "About i2.");
}

TEST(BuildReportTest, RefusesPartsThatDoNotFitTogether) {
  const auto expect_corrupt = [](const ReportInput& input, const char* what) {
    const auto report = BuildReport(input);
    ASSERT_FALSE(report.ok()) << what;
    EXPECT_EQ(report.status().code(), absl::StatusCode::kDataLoss) << what;
    EXPECT_EQ(base::GetErrorDetail(report.status()).reason, domain::reasons::kSTORE_CORRUPT) << what;
  };
  const auto staff_atom = [](ReportInput& input, int item) -> domain::Atom& {
    return input.result.blocks[1].atoms[item];
  };
  ReportInput input = FivePointInput();
  input.result.points = 4;
  expect_corrupt(input, "another scale");
  input = FivePointInput();
  staff_atom(input, 0).indicator = "i9";
  expect_corrupt(input, "an unknown indicator");
  input = FivePointInput();
  staff_atom(input, 0).indicator = "i2";
  expect_corrupt(input, "an indicator twice");
  input = FivePointInput();
  staff_atom(input, 0).counts[0] += 1;
  expect_corrupt(input, "counts that do not add up");
  input = FivePointInput();
  staff_atom(input, 1).sum = 51;
  expect_corrupt(input, "a sum off the scale");
  input = FivePointInput();
  staff_atom(input, 2).bound_numerator = 0;
  expect_corrupt(input, "a limit off the scale");
  input = FivePointInput();
  input.result.blocks[0].atoms = input.result.blocks[1].atoms;
  expect_corrupt(input, "figures of a withheld group");
  input = FivePointInput();
  input.result.blocks.push_back(input.result.blocks[1]);
  expect_corrupt(input, "a block twice");
  input = FivePointInput();
  input.self->ratings[0] = 6;
  expect_corrupt(input, "a self-rating off the scale");
  input = FivePointInput();
  input.supervisors[1].ratings.pop_back();
  expect_corrupt(input, "a rating of another instrument");
  input = FivePointInput();
  input.version.framework.domains[0].competencies[0].indicators[0].code = "renamed";
  expect_corrupt(input, "an item that the framework does not know");
}

TEST(BuildReportTest, GivesTheSameBytesForTheSameInput) {
  const auto first = BuildReport(FivePointInput());
  const auto second = BuildReport(FivePointInput());
  ASSERT_TRUE(first.ok() && second.ok());
  const std::string bytes = SerializeReport(*first);
  EXPECT_EQ(bytes, SerializeReport(*second));
  const auto parsed = ParseReport(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(bytes, SerializeReport(*parsed));
  EXPECT_FALSE(ParseReport("\xff not a report").ok());

  ReportInput rich = DemonstrationInput(3);
  const auto once = BuildReport(rich);
  const auto decoded = domain::DecodeClosedResult(domain::EncodeClosedResult(rich.result));
  ASSERT_TRUE(once.ok() && decoded.ok());
  rich.result = *decoded;
  EXPECT_EQ(SerializeReport(*once), SerializeReport(*BuildReport(rich)));
}

TEST(BuildReportTest, NeedsNoSubject) {
  ReportInput input = FivePointInput();
  input.subject.leader_display_name.clear();
  input.subject.leader_job_title.clear();
  input.subject.school_title.clear();
  const auto report = BuildReport(input);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report->leader_display_name(), IsEmpty());
  EXPECT_THAT(SerializeReport(*report), ::testing::Not(HasSubstr("Robin")));
}

}  // namespace
}  // namespace candor::reporting
