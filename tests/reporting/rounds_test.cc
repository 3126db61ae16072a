// Groups that are shown by part, means over the leaders of a round, and change since the round before.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/report/layout.h"
#include "clients/report/text_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/crypto/hash.h"
#include "services/reporting/benchmark.h"
#include "services/reporting/build_report.h"
#include "services/reporting/scores.h"
#include "services/reporting/stored_report.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint8_t N = domain::kNotObserved;
constexpr double kTolerance = 1e-9;

domain::Contract ContractInParts() {
  domain::Contract contract = SampleContract();
  contract.breakdowns = {{"staff", {{"lower", {{"en", "Lower school"}}}, {"upper", {{"en", "Upper school"}}}}}};
  return contract;
}

// `low` forms with i1 = 2 and `high` ones with i1 = 4; i2 (turned) 3; i3 seen by `seen` of them, rated 3; i4 3.
RawGroup PartOf(const std::string& code, int low, int high, int seen) {
  RawGroup group{absl::StrCat("staff/", code), {"staff"}, 0, 0, {}, {code}};
  for (int i = 0; i < low + high; ++i) {
    group.forms.push_back({static_cast<uint8_t>(i < low ? 2 : 4), 3, i < seen ? uint8_t{3} : N, 3});
  }
  return group;
}

ReportInput InParts(const std::vector<RawGroup>& groups) {
  const domain::InstrumentVersion version = SmallVersion(5);
  return InputOf(version, ContractInParts(), CloseGroups(version, ContractInParts(), groups));
}

v1::Report ReportOf(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

std::string TextOf(const v1::Report& report) { return report::Clean(report::RenderText(report, {})); }

std::string NotesOf(const v1::Report& report) { return absl::StrJoin(report.notes(), "\n"); }

TEST(PartsReportTest, TheGroupsFiguresAreThoseOfItsParts) {
  // Lower: 12 with i1 mean 3 (6 x 2, 6 x 4), of whom 3 have seen i3. Upper: 20 with i1 mean 3.5 (5 x 2, 15 x 4).
  const v1::Report report = ReportOf(InParts({PartOf("lower", 6, 6, 3), PartOf("upper", 5, 15, 20)}));
  const v1::Scores& scores = report.scores();
  ASSERT_EQ(scores.groups_size(), 3);
  EXPECT_EQ(scores.groups(0).code(), "staff");
  EXPECT_TRUE(scores.groups(0).from_parts());
  EXPECT_EQ(scores.groups(0).counted(), 32);
  EXPECT_EQ(scores.groups(1).code(), "staff/lower");
  EXPECT_EQ(scores.groups(1).part_of(), "staff");
  EXPECT_EQ(scores.groups(1).title(), "Lower school");
  EXPECT_THAT(scores.groups(1).parts(), ElementsAre("lower"));
  EXPECT_EQ(scores.groups(1).counted(), 12);
  EXPECT_EQ(scores.groups(2).counted(), 20);

  EXPECT_NEAR(ScoreOf(scores, "i1", "staff/lower").mean(), 3, kTolerance);
  EXPECT_NEAR(ScoreOf(scores, "i1", "staff/upper").mean(), 3.5, kTolerance);
  // (12 x 3 + 20 x 3.5) / 32, each rating with equal weight, with both distributions added.
  const v1::GroupScore& joined = ScoreOf(scores, "i1", "staff");
  EXPECT_NEAR(joined.mean(), 106.0 / 32, kTolerance);
  EXPECT_EQ(joined.n(), 32);
  EXPECT_THAT(joined.distribution().counts(), ElementsAre(0, 11, 0, 21, 0));
  // What a part holds back is in no figure of the group: three ratings of lower are not there.
  EXPECT_EQ(ScoreOf(scores, "i3", "staff/lower").state(), v1::FIGURE_STATE_WITHHELD);
  EXPECT_EQ(ScoreOf(scores, "i3", "staff").n(), 20);
  EXPECT_NEAR(ScoreOf(scores, "i3", "staff").mean(), 3, kTolerance);
  // All raters count the group once, and its parts not at all.
  EXPECT_THAT(UnitOf(scores, "i1").all_raters().groups_used(), ElementsAre("staff"));
  EXPECT_NEAR(UnitOf(scores, "i1").all_raters().mean(), 106.0 / 32, kTolerance);
  EXPECT_THAT(NotesOf(report), HasSubstr("Staff: the figures are computed from those of the parts below"));
  const std::string text = TextOf(report);
  EXPECT_THAT(text, HasSubstr("Staff by part"));
  EXPECT_THAT(text, HasSubstr("Lower school"));
}

TEST(PartsReportTest, ABoundOfAPartMakesARangeOfTheGroup) {
  // Upper: 12, all 5: "4.33 or higher" (60 - 8 = 52 of 12).
  RawGroup upper = PartOf("upper", 0, 12, 12);
  for (std::vector<uint8_t>& form : upper.forms) form[0] = 5;
  const v1::Scores scores = ReportOf(InParts({PartOf("lower", 6, 6, 12), upper})).scores();
  EXPECT_EQ(ScoreOf(scores, "i1", "staff/upper").state(), v1::FIGURE_STATE_AT_LEAST);
  const v1::GroupScore& joined = ScoreOf(scores, "i1", "staff");
  EXPECT_EQ(joined.state(), v1::FIGURE_STATE_BETWEEN);
  EXPECT_NEAR(joined.lower(), (36 + 52) / 24.0, kTolerance);
  EXPECT_NEAR(joined.upper(), (36 + 60) / 24.0, kTolerance);
  EXPECT_FALSE(joined.has_distribution());
  EXPECT_EQ(joined.half_statement(), v1::HALF_STATEMENT_UNSPECIFIED);
}

TEST(PartsReportTest, PartsThatWereAllJoinedAreJustTheGroup) {
  const v1::Report report = ReportOf(InParts({PartOf("lower", 2, 2, 4), PartOf("upper", 5, 15, 20)}));
  ASSERT_EQ(report.scores().groups_size(), 1);
  EXPECT_EQ(report.scores().groups(0).code(), "staff");
  EXPECT_FALSE(report.scores().groups(0).from_parts());
  EXPECT_EQ(report.scores().groups(0).counted(), 24);
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "staff").n(), 24);
  EXPECT_THAT(NotesOf(report), HasSubstr("Staff: not shown by part"));
  EXPECT_THAT(TextOf(report), Not(HasSubstr("by part ")));
}

TEST(PartsReportTest, AWithheldPartIsNamedWithItsReasonAndInNoFigure) {
  RawGroup lower = PartOf("lower", 6, 6, 12);
  lower.reissued = 3;
  const v1::Report report = ReportOf(InParts({lower, PartOf("upper", 5, 15, 20)}));
  ASSERT_EQ(report.scores().groups_size(), 3);
  EXPECT_EQ(SummaryOf(report.scores(), "staff/lower").withheld_reason(), v1::WITHHELD_REASON_TOO_MANY_REISSUED);
  // The part that is left bears its own name; what is said of the group says that it is of that part alone.
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "staff/upper").n(), 20);
  EXPECT_TRUE(SummaryOf(report.scores(), "staff").from_parts());
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "staff").n(), 20);
  EXPECT_THAT(NotesOf(report), HasSubstr("What a part withholds is in no figure of the whole group either"));
  EXPECT_EQ(ScoreOf(report.scores(), "i1", "staff/lower").state(), v1::FIGURE_STATE_WITHHELD);
  EXPECT_THAT(NotesOf(report), HasSubstr("Staff, Lower school: more than 10 % of the codes"));
}

// Staff of `n`, of whom `high` rate i1 with 4 and the others with 2; everything else 3.
RawGroup Staff(int n, int high) {
  RawGroup group{"staff", {}, 0, 0, {}};
  for (int i = 0; i < n; ++i) group.forms.push_back({static_cast<uint8_t>(i < high ? 4 : 2), 3, 3, 3});
  return group;
}

std::vector<v1::Scores> Leaders(const std::vector<RawGroup>& staff) {
  std::vector<v1::Scores> leaders;
  for (const RawGroup& group : staff) leaders.push_back(BuildScores(InputOf(SmallVersion(5), {group})));
  return leaders;
}

const v1::BenchmarkFigure* FigureOf(const v1::Benchmark& benchmark, const std::string& code, const std::string& group) {
  for (const v1::BenchmarkEntry& entry : benchmark.entries()) {
    if (entry.code() == code && entry.group() == group) return &entry.figure();
  }
  return nullptr;
}

TEST(BenchmarkTest, IsTheMeanOverLeadersWhoHaveTheFigure) {
  // Means of i1: 3, 3.2, 3.4, 3.6, 3.8; a sixth leader has too few raters to be shown.
  const v1::Benchmark benchmark = BuildBenchmark(
      SmallVersion(5),
      Leaders({Staff(20, 10), Staff(20, 12), Staff(20, 14), Staff(20, 16), Staff(20, 17), Staff(4, 4)}));
  const v1::BenchmarkFigure* figure = FigureOf(benchmark, "i1", "staff");
  ASSERT_NE(figure, nullptr);
  EXPECT_EQ(figure->leaders(), 5);
  EXPECT_NEAR(figure->mean(), (3 + 3.2 + 3.4 + 3.6 + 3.7) / 5, kTolerance);  // 3.38
  // Squares of the deviations: .1444 + .0324 + .0004 + .0484 + .1024 = .328; the root of a quarter is .2863...
  EXPECT_EQ(figure->standard_deviation(), 0.29);
  EXPECT_EQ(FigureOf(benchmark, "i1", "all_raters")->leaders(), 5);
  EXPECT_EQ(FigureOf(benchmark, "i1", "student"), nullptr) << "nobody has it";
  // All rate i2 alike, so each report has a bound or a mean; the figure stands all the same.
  EXPECT_NE(FigureOf(benchmark, "i2", "staff"), nullptr);
}

TEST(BenchmarkTest, HasTwoDecimalsSoThatNobodysFigureIsReadFromTheRest) {
  // Means of i1: 64/21, 3, 3.2, 3.4, 3.6: 3.2495...
  const v1::Benchmark benchmark =
      BuildBenchmark(SmallVersion(5), Leaders({Staff(21, 11), Staff(20, 10), Staff(20, 12), Staff(20, 14), Staff(20, 16)}));
  const v1::BenchmarkFigure* figure = FigureOf(benchmark, "i1", "staff");
  ASSERT_NE(figure, nullptr);
  EXPECT_EQ(figure->mean(), 3.25);
}

TEST(BenchmarkTest, FourLeadersHaveNone) {
  const v1::Benchmark benchmark =
      BuildBenchmark(SmallVersion(5), Leaders({Staff(20, 10), Staff(20, 12), Staff(20, 14), Staff(20, 16), Staff(3, 3)}));
  EXPECT_EQ(benchmark.entries_size(), 0);
  EXPECT_EQ(BuildBenchmark(SmallVersion(5), {}).entries_size(), 0);
}

TEST(BenchmarkTest, ABoundOfOneLeaderMakesARange) {
  // Seven of seven rate 4: sum 28 >= 35 - 8, so "27/7 or higher".
  const v1::Benchmark benchmark =
      BuildBenchmark(SmallVersion(5), Leaders({Staff(20, 10), Staff(20, 10), Staff(20, 10), Staff(20, 10), Staff(7, 7)}));
  const v1::BenchmarkFigure* figure = FigureOf(benchmark, "i1", "staff");
  ASSERT_NE(figure, nullptr);
  EXPECT_FALSE(figure->has_mean());
  EXPECT_FALSE(figure->has_standard_deviation());
  EXPECT_EQ(figure->lower(), 3.17) << "(12 + 27 / 7) / 5 = 3.1714..., downward";
  EXPECT_NEAR(figure->upper(), (12 + 5) / 5.0, kTolerance);
}

TEST(BenchmarkTest, StandsBesideFiguresThatThisReportShows) {
  ReportInput input = InputOf(SmallVersion(5), {Staff(20, 10)});
  input.benchmark = BuildBenchmark(
      SmallVersion(5), Leaders({Staff(20, 10), Staff(20, 12), Staff(20, 14), Staff(20, 16), Staff(20, 17)}));
  const v1::Report report = ReportOf(input);
  EXPECT_EQ(ScoreOf(report.scores(), "C1", "staff").benchmark().leaders(), 5);
  EXPECT_EQ(UnitOf(report.scores(), "C1").all_raters().benchmark().leaders(), 5);
  EXPECT_THAT(NotesOf(report), HasSubstr("\"Round\" is the mean over the leaders of this campaign"));
  EXPECT_THAT(TextOf(report), HasSubstr("over 5 leaders"));
  // A report that withholds the figure gets no other one in its place.
  ReportInput small = InputOf(SmallVersion(5), {Staff(4, 2)});
  small.benchmark = input.benchmark;
  EXPECT_FALSE(UnitOf(ReportOf(small).scores(), "C1").all_raters().has_benchmark());
}

ReportInput TwoRounds(const std::vector<RawGroup>& before, const std::vector<RawGroup>& now) {
  ReportInput input = InputOf(SmallVersion(5), now);
  const ReportInput earlier = InputOf(SmallVersion(5), before);
  input.contract.compared_with = absl::FromUnixSeconds(1'700'000'000);
  input.comparison = domain::Comparison::kCompared;
  input.before = RoundBefore{earlier.contract, earlier.version, earlier.result, {}};
  return input;
}

TEST(RoundsReportTest, AChangeIsNowMinusBefore) {
  const v1::Report report = ReportOf(TwoRounds({Staff(40, 4)}, {Staff(40, 30)}));
  // i1: (30 x 4 + 10 x 2) / 40 = 3.5 after (4 x 4 + 36 x 2) / 40 = 2.2.
  const v1::Change& change = ScoreOf(report.scores(), "i1", "staff").change();
  EXPECT_NEAR(change.value(), 1.3, kTolerance);
  EXPECT_EQ(change.word(), v1::CHANGE_WORD_HIGHER);
  EXPECT_EQ(change.interval().kind(), v1::INTERVAL_KIND_CONFIDENCE);
  EXPECT_EQ(change.items_common(), 1);
  EXPECT_NEAR(ScoreOf(report.scores(), "C1", "staff").change().value(), 0.65, kTolerance);
  EXPECT_THAT(UnitOf(report.scores(), "i1").all_raters().change().groups_used(), ElementsAre("staff"));
  EXPECT_EQ(report.scores().compared_round().state(), v1::COMPARISON_STATE_COMPARED);
  EXPECT_EQ(report.scores().compared_round().items_common(), 4);
  EXPECT_THAT(NotesOf(report), HasSubstr("A change is this round minus the round that was planned until 14 November 2023"));
  EXPECT_THAT(NotesOf(report), HasSubstr("rise a little by themselves"));
  const std::string text = TextOf(report);
  EXPECT_THAT(text, HasSubstr("Change since the round before"));
  EXPECT_THAT(text, HasSubstr("Staff +0.65"));
  // The other way round it is the same with the other sign.
  const v1::Scores back = ReportOf(TwoRounds({Staff(40, 30)}, {Staff(40, 4)})).scores();
  EXPECT_NEAR(ScoreOf(back, "i1", "staff").change().value(), -1.3, kTolerance);
  EXPECT_EQ(ScoreOf(back, "i1", "staff").change().word(), v1::CHANGE_WORD_LOWER);
}

TEST(RoundsReportTest, ABoundMakesARangeOfChange) {
  const v1::Scores scores = ReportOf(TwoRounds({Staff(7, 7)}, {Staff(20, 10)})).scores();
  const v1::Change& change = ScoreOf(scores, "i1", "staff").change();
  EXPECT_FALSE(change.has_value());
  EXPECT_FALSE(change.has_interval());
  EXPECT_NEAR(change.lower(), 3 - 5, kTolerance);
  EXPECT_NEAR(change.upper(), 3 - 27.0 / 7, kTolerance);
}

TEST(RoundsReportTest, RewordedStatementsAreNotCompared) {
  ReportInput input = TwoRounds({Staff(40, 4)}, {Staff(40, 30)});
  input.before->version.instrument.items[0].texts["staff"]["en"] = "Something else.";
  v1::Report report = ReportOf(input);
  EXPECT_FALSE(ScoreOf(report.scores(), "i1", "staff").has_change());
  EXPECT_TRUE(ScoreOf(report.scores(), "i3", "staff").has_change());
  // C1 has i1 and i2: i2 alone is half of it, and unchanged.
  EXPECT_NEAR(ScoreOf(report.scores(), "C1", "staff").change().value(), 0, kTolerance);
  EXPECT_EQ(ScoreOf(report.scores(), "C1", "staff").change().items_common(), 1);
  // The text for other groups is the same, so the statement is common to the rounds.
  EXPECT_EQ(report.scores().compared_round().items_common(), 4);
  for (auto& [audience, text] : input.before->version.instrument.items[0].texts) text["en"] = "Something else.";
  report = ReportOf(input);
  EXPECT_EQ(report.scores().compared_round().items_common(), 3);
  EXPECT_EQ(report.scores().compared_round().items_reworded(), 1);
  EXPECT_THAT(NotesOf(report), HasSubstr("1 statement is not compared, since the wording changed."));
  // A statement that counts the other way round is another one; so is every one on a scale with other words.
  input.before->version.instrument.items[2].reverse = true;
  EXPECT_FALSE(ScoreOf(ReportOf(input).scores(), "i3", "staff").has_change());
  input.before->version.instrument.scale.labels["en"][0] = "Never ever";
  report = ReportOf(input);
  EXPECT_EQ(report.scores().compared_round().state(), v1::COMPARISON_STATE_NOTHING_IN_COMMON);
  EXPECT_FALSE(ScoreOf(report.scores(), "i4", "staff").has_change());
}

TEST(RoundsReportTest, GroupsThatOneRoundDoesNotPrintHaveNoChange) {
  RawGroup students = Staff(20, 10);
  students.code = "student";
  const v1::Scores scores = ReportOf(TwoRounds({Staff(4, 2), students}, {Staff(20, 10), students})).scores();
  EXPECT_FALSE(ScoreOf(scores, "i1", "staff").has_change());
  EXPECT_TRUE(ScoreOf(scores, "i1", "student").has_change());
  EXPECT_THAT(UnitOf(scores, "i1").all_raters().change().groups_used(), ElementsAre("student"));
}

TEST(RoundsReportTest, AGroupInPartsIsComparedAsAWhole) {
  ReportInput input = InParts({PartOf("lower", 6, 6, 12), PartOf("upper", 5, 15, 20)});
  const ReportInput earlier = InputOf(SmallVersion(5), {Staff(40, 20)});
  input.comparison = domain::Comparison::kCompared;
  input.before = RoundBefore{earlier.contract, earlier.version, earlier.result, {}};
  const v1::Scores scores = ReportOf(input).scores();
  EXPECT_NEAR(ScoreOf(scores, "i1", "staff").change().value(), 106.0 / 32 - 3, kTolerance);
  EXPECT_FALSE(ScoreOf(scores, "i1", "staff/lower").has_change());
}

TEST(RoundsReportTest, SaysWhyThereIsNoComparison) {
  ReportInput input = InputOf(SmallVersion(5), {Staff(40, 20)});
  EXPECT_FALSE(ReportOf(input).scores().has_compared_round());
  input.contract.compared_with = absl::FromUnixSeconds(1'700'000'000);
  input.comparison = domain::Comparison::kNoReportBefore;
  EXPECT_THAT(NotesOf(ReportOf(input)), HasSubstr("the leader has no report there"));
  input.comparison = domain::Comparison::kOtherReaders;
  const v1::Report report = ReportOf(input);
  EXPECT_THAT(NotesOf(report), HasSubstr("somebody may read this report who could not read that one"));
  EXPECT_FALSE(ScoreOf(report.scores(), "i1", "staff").has_change());
}

std::string Hex(absl::string_view bytes) { return base::HexEncode(crypto::Sha256(bytes)); }

TEST(StoredRoundsTest, BenchmarkAndRoundBeforeComeFromStoredDocuments) {
  const std::string version = domain::EncodeInstrumentVersion(SmallVersion(5));
  domain::Contract contract = SampleContract();
  contract.instrument_hash = Hex(version);
  StoredBenchmarkInput input{domain::EncodeContract(contract), version, {}};
  for (int high : {10, 12, 14, 16, 18}) {
    input.closed_results.push_back(
        domain::EncodeClosedResult(CloseGroups(SmallVersion(5), contract, {Staff(20, high)})));
  }
  const auto benchmark = BuildStoredBenchmark(input);
  ASSERT_TRUE(benchmark.ok()) << benchmark.status();
  v1::Benchmark read;
  ASSERT_TRUE(read.ParseFromString(*benchmark));
  EXPECT_NEAR(FigureOf(read, "i1", "staff")->mean(), 3.4, kTolerance);
  EXPECT_EQ(*BuildStoredBenchmark(input), *benchmark);

  StoredReportInput report;
  report.campaign.benchmark = *benchmark;
  report.contract = input.contract;
  report.instrument_version = version;
  report.closed_result = input.closed_results[0];
  report.survey.id = domain::DecodeClosedResult(report.closed_result)->survey;
  report.comparison = domain::Comparison::kCompared;
  report.before = StoredRoundBefore{input.contract, version, input.closed_results[4], std::nullopt};
  const auto built = BuildStoredReport(report);
  ASSERT_TRUE(built.ok()) << built.status();
  const auto parsed = ParseReport(*built);
  ASSERT_TRUE(parsed.ok());
  EXPECT_NEAR(ScoreOf(parsed->scores(), "i1", "staff").change().value(), 3 - 3.8, kTolerance);
  EXPECT_NEAR(ScoreOf(parsed->scores(), "i1", "staff").benchmark().mean(), 3.4, kTolerance);

  input.closed_results[2] = "{}";
  EXPECT_EQ(BuildStoredBenchmark(input).status().code(), absl::StatusCode::kDataLoss);
  report.before->contract = "{}";
  EXPECT_EQ(BuildStoredReport(report).status().code(), absl::StatusCode::kDataLoss);
  report.campaign.benchmark = "\xff";
  EXPECT_EQ(BuildStoredReport(report).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace candor::reporting
