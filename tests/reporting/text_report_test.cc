// What a reader finds in the terminal.

#include "clients/report/text_report.h"

#include <limits>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/report/brief.h"
#include "clients/report/layout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reporting/report_builders.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using reporting::BuildReport;
using reporting::Copies;
using reporting::DemonstrationInput;
using reporting::InputOf;
using reporting::RawGroup;
using reporting::SmallVersion;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Report Demonstration(uint32_t seed) {
  const auto report = BuildReport(DemonstrationInput(seed));
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

v1::Report Small(const std::vector<RawGroup>& groups, std::vector<uint8_t> self = {}) {
  reporting::ReportInput input = InputOf(SmallVersion(5), groups);
  if (!self.empty()) input.self = reporting::Ratings(std::move(self));
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

// The text with line breaks and indents taken out, so that sentences can be looked for however they are broken.
std::string Flat(const std::string& text) { return Clean(text); }

void ExpectWithinWidth(const std::string& text, int width) {
  ASSERT_TRUE(absl::EndsWith(text, "\n"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(DisplayWidth(line), width) << line;
    EXPECT_FALSE(absl::EndsWith(line, " ")) << "blank at the end of: " << line;
  }
}

TEST(TextReportTest, SaysWhoWhatAndWhoTookPart) {
  const std::string text = Flat(RenderText(Demonstration(7)));
  for (const char* part :
       {"Robin Vale", "Principal, Hillside School", "Autumn round, answering planned until 15 January 2027", "Leadership pulse",
        "for the leader's own development", "1 Never, 2 Rarely, 3 Sometimes, 4 Often, 5 Always",
        "Staff 22 8 yes", "Students 96 61 yes", "Parents and guardians 9 3 no: fewer than 5 gave a rating",
        "Self: rated 24 of 24 statements", "licensed under CC BY 4.0"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(TextReportTest, FollowsTheOrderOfAReader) {
  const std::string text = RenderText(Demonstration(7));
  size_t at = 0;
  for (const char* heading : {"Feedback report", "Who took part", "In brief", "Domains and competencies", "\nThemes\n",
                              "Single statements", "What is withheld, and how to read the figures", "Adapted from"}) {
    const size_t next = text.find(heading, at);
    ASSERT_NE(next, std::string::npos) << heading;
    at = next;
  }
}

TEST(TextReportTest, SaysUnderEveryHeadingThatNobodyMayBeJudgedByIt) {
  reporting::ReportInput input = DemonstrationInput(7);
  input.contract.evaluative_use_forbidden = input.version.instrument.evaluative_use_forbidden = true;
  const auto report = BuildReport(input);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->evaluative_use_forbidden());
  const std::string text = RenderText(*report, {80, false});
  ExpectWithinWidth(text, 80);
  const std::string notice = "may not be used to judge the leader, for pay, promotion or dismissal";
  const std::string flat = Flat(text);
  // At the top, and under each of the eight headings.
  int notices = 0;
  for (size_t at = flat.find(notice); at != std::string::npos; at = flat.find(notice, at + 1)) ++notices;
  int headings = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) headings += absl::StartsWith(line, "─");
  EXPECT_EQ(headings, 8);
  EXPECT_EQ(notices, 1 + headings);
  EXPECT_THAT(Flat(RenderText(Demonstration(7))), Not(HasSubstr("judge the leader")));
  EXPECT_FALSE(Demonstration(7).evaluative_use_forbidden());
}

TEST(TextReportTest, EveryLineFitsAtEveryWidth) {
  for (uint32_t seed : {1, 2, 3}) {
    const v1::Report report = Demonstration(seed);
    for (int width : {80, 88, 96, 100, 120}) {
      ExpectWithinWidth(RenderText(report, {width, false}), width);
    }
  }
  // Widths beyond what can be read are brought back.
  ExpectWithinWidth(RenderText(Demonstration(1), {20, false}), kNarrowestText);
  ExpectWithinWidth(RenderText(Demonstration(1), {500, false}), kWidestText);
}

// The first word of `text` that is no number a reader could use; empty if there is none.
std::string BadNumber(const std::string& text) {
  static const std::regex bad(R"((^|[^A-Za-z])(nan|inf|NaN)([^A-Za-z]|$)|(-|−)0\.00)");
  std::smatch match;
  return std::regex_search(text, match, bad) ? match.str() : "";
}

TEST(TextReportTest, HoldsNoNumberThatIsNone) {
  EXPECT_EQ(BadNumber("3.85 or nan"), " nan");
  for (uint32_t seed : {1, 2, 3, 4, 5, 6}) EXPECT_EQ(BadNumber(RenderText(Demonstration(seed))), "") << seed;
}

TEST(TextReportTest, GivesNoSumGradeAndNoRank) {
  const v1::Report report = Demonstration(7);
  const std::string text = RenderText(report);
  EXPECT_THAT(text, Not(HasSubstr("Overall")));
  EXPECT_THAT(text, Not(HasSubstr("All items")));
  EXPECT_THAT(text, Not(HasSubstr("rank ")));
}

TEST(TextReportTest, ShowsEveryUnitAndEveryNote) {
  const v1::Report report = Demonstration(7);
  const std::string text = Flat(RenderText(report, {120, false}));
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_INDICATOR) {
      EXPECT_THAT(text, HasSubstr(absl::StrCat(unit.code(), " ", unit.title())));
    } else if (unit.kind() != v1::UNIT_KIND_OVERALL) {
      EXPECT_THAT(text, HasSubstr(absl::StrCat(unit.code(), " ")));
    }
  }
  ASSERT_GT(report.notes_size(), 5);
  for (const std::string& note : report.notes()) EXPECT_THAT(text, HasSubstr(note));
}

TEST(TextReportTest, EachWithheldGroupHasItsSentence) {
  const v1::Report report = Small({{"parent", {}, 9, 0, Copies(4, {3, 3, 3, 0})},
                                   {"staff", {}, 20, 9, Copies(20, {3, 3, 3, 3})},
                                   {"student", {}, 9, 0, {}}});
  const std::string text = Flat(RenderText(report));
  EXPECT_THAT(text, HasSubstr("Parents and guardians: fewer than 5 gave a rating, so nothing of theirs is shown"));
  EXPECT_THAT(text, HasSubstr("Staff: more than 10 % of the codes were replaced"));
  EXPECT_THAT(text, HasSubstr("Students: nobody answered."));
  EXPECT_THAT(text, HasSubstr("Staff 20 20 no: too many codes were replaced"));
  EXPECT_THAT(text, HasSubstr("nothing can be said of strengths and gaps here"));
}

TEST(TextReportTest, SaysBoundsInWordsAndExactMeansToTwoDecimals) {
  // Seven staff: 5 5 5 5 5 5 4 is "27/7 or higher": 3.857142..., which is printed as a limit that is still true.
  std::vector<std::vector<uint8_t>> forms = Copies(6, {5, 3, 1, 3});
  forms.push_back({4, 4, 2, 3});
  const v1::Report report = Small({{"staff", {}, 7, 0, forms}}, {3, 3, 3, 3});
  const std::string text = Flat(RenderText(report));
  EXPECT_THAT(text, HasSubstr("3.85 or higher n 7"));
  EXPECT_THAT(text, HasSubstr("2.15 or lower n 7"));
  EXPECT_THAT(text, HasSubstr("2.86 n 7"));  // 20 / 7
  EXPECT_THAT(text, HasSubstr("≤2.15"));
  EXPECT_THAT(text, HasSubstr("Gap between −2.00 and −0.85 to this group alone: self lower; hidden strength"));
}

TEST(TextReportTest, SaysByWhichCorrelationTheRangesWereMade) {
  reporting::ReportInput input = DemonstrationInput(7);
  input.pooled.item_correlation = 41;
  const auto report = BuildReport(input);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Flat(RenderText(*report)),
              HasSubstr("a correlation of 0.41, measured over all leaders of this campaign together."));
  EXPECT_THAT(Flat(RenderText(Demonstration(7))), HasSubstr("a correlation of 0.50, which is assumed"));
}

TEST(TextReportTest, AFigureBelowTheLineNeverLooksLikeTheLine) {
  // Means of 76 / 18, 3 and 36 / 11: all raters 3.4983, which two decimals would round to the line.
  std::vector<std::vector<uint8_t>> staff = Copies(14, {4, 3, 3, 3}), parents = Copies(9, {3, 3, 3, 0});
  for (int i = 0; i < 4; ++i) staff.push_back({5, 3, 3, 3});
  std::vector<std::vector<uint8_t>> students = Copies(8, {3, 3, 3, 3});
  for (int i = 0; i < 3; ++i) students.push_back({4, 3, 3, 3});
  const v1::Report report =
      Small({{"parent", {}, 0, 0, parents}, {"staff", {}, 0, 0, staff}, {"student", {}, 0, 0, students}}, {3, 3, 3, 3});
  const v1::UnitScore& unit = reporting::UnitOf(report.scores(), "i1");
  ASSERT_EQ(unit.gap().category(), v1::GAP_CATEGORY_AGREE_POOR);
  ASSERT_NEAR(unit.all_raters().mean(), 3.4983, 0.0001);
  const std::string text = Flat(RenderText(report));
  EXPECT_THAT(text, HasSubstr("All raters just under 3.50 "));
  EXPECT_THAT(text, Not(HasSubstr("All raters 3.50 ")));
}

TEST(TextReportTest, SaysHowAScalesGapComesAbout) {
  const std::string text = Flat(RenderText(Small({{"staff", {}, 0, 0, Copies(8, {3, 3, 3, 3})}}, {3, 3, 3, 3})));
  EXPECT_THAT(text, HasSubstr("the mean of the gaps of its statements that both sides rated"));
  EXPECT_THAT(text, HasSubstr("need not equal the difference of the two figures beside it"));
}

TEST(TextReportTest, WithoutAnyFigureThereAreNoTables) {
  const std::string empty = RenderText(Small({{"staff", {}, 12, 0, Copies(1, {3, 3, 3, 3})}}));
  for (const char* part : {"Domains and competencies", "\nThemes\n", "Single statements", "Themes overlap", "● mean"}) {
    EXPECT_THAT(empty, Not(HasSubstr(part)));
  }
  EXPECT_THAT(empty, HasSubstr("What is withheld, and how to read the figures"));
  const std::string self = RenderText(Small({{"staff", {}, 12, 0, Copies(1, {3, 3, 3, 3})}}, {3, 3, 3, 3}));
  for (const char* part : {"Domains and competencies", "\nThemes\n", "Single statements"}) {
    EXPECT_THAT(self, HasSubstr(part));
  }
}

TEST(TextReportTest, ATitleIsCutOnlyWhereThereIsNoRoom) {
  const v1::Report report = Small({{"parent", {}, 0, 0, Copies(8, {3, 3, 3, 0})}}, {3, 3, 3, 3});
  EXPECT_THAT(RenderText(report, {96, false}), HasSubstr("      Parents and guardians 3.00 "));
  EXPECT_THAT(RenderText(report, {80, false}), HasSubstr("      Parents and gu… 3.00 "));
}

TEST(TextReportTest, ColoursAreOnlyForStress) {
  const v1::Report report = Demonstration(7);
  const std::string plain = RenderText(report);
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  std::string coloured = RenderText(report, {96, true});
  EXPECT_THAT(coloured, HasSubstr("\x1b["));
  for (const char* code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;36m"}) {
    for (size_t at; (at = coloured.find(code)) != std::string::npos;) coloured.erase(at, std::string(code).size());
  }
  EXPECT_EQ(coloured, plain);
}

TEST(TextReportTest, IsTheSameEveryTime) {
  EXPECT_EQ(RenderText(Demonstration(7)), RenderText(Demonstration(7)));
}

TEST(TextReportTest, ManyGroupsBecomeSentencesInsteadOfTooWideTables) {
  domain::InstrumentVersion version = SmallVersion(5);
  std::vector<RawGroup> groups;
  for (int g = 0; g < 9; ++g) {
    const std::string code = absl::StrCat("group", g);
    version.instrument.rater_groups.push_back({code, {{"en", absl::StrCat("Rather long title of group ", g)}}});
    for (domain::Item& item : version.instrument.items) item.texts[code]["en"] = "About it.";
    groups.push_back({code, {}, 9, 0, Copies(9, {3, 3, 3, 3})});
  }
  const auto report = BuildReport(InputOf(version, groups));
  ASSERT_TRUE(report.ok());
  const std::string text = RenderText(*report, {80, false});
  ExpectWithinWidth(text, 80);
  EXPECT_THAT(Flat(text), HasSubstr("Rather long title of group 8 3.00"));
}

TEST(TextReportTest, TakesWhateverMessageComes) {
  ExpectWithinWidth(RenderText(v1::Report()), 96);
  v1::Report report = Demonstration(7);
  report.clear_notes();
  report.clear_items();
  report.clear_scale();
  report.mutable_scores()->clear_groups();
  report.mutable_scores()->clear_rules();
  ExpectWithinWidth(RenderText(report), 96);
  report = Demonstration(7);
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    unit.mutable_all_raters()->set_mean(std::numeric_limits<double>::quiet_NaN());
    unit.mutable_all_raters()->set_state(v1::FIGURE_STATE_EXACT);
    unit.mutable_self()->set_mean(std::numeric_limits<double>::infinity());
    unit.mutable_gap()->set_value(-1e300);
    unit.clear_groups();
  }
  EXPECT_EQ(BadNumber(RenderText(report)), "");
}

TEST(TextReportTest, TextFromOutsideCannotDriveTheTerminal) {
  v1::Report report = Demonstration(7);
  report.set_leader_display_name("Robin\x1b[31m\nVale\xe2\x80\xae x");
  report.mutable_scores()->mutable_groups(1)->set_title("Staff\x1b]0;title\x07");
  report.add_notes("A note\r\nwith\ta break\x1b[2J.");
  const std::string text = RenderText(report);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(Flat(text), HasSubstr("A note with a break [2J."));
}

v1::UnitScore Competency(const std::string& code, double mean, double half, double self) {
  v1::UnitScore unit;
  unit.set_kind(v1::UNIT_KIND_COMPETENCY);
  unit.set_code(code);
  unit.mutable_all_raters()->set_state(v1::FIGURE_STATE_EXACT);
  unit.mutable_all_raters()->set_mean(mean);
  unit.mutable_all_raters()->mutable_interval()->set_lower(mean - half);
  unit.mutable_all_raters()->mutable_interval()->set_upper(mean + half);
  unit.mutable_self()->set_mean(self);
  unit.mutable_gap()->set_value(self - mean);
  unit.mutable_gap()->set_category(self - mean > 0.5    ? v1::GAP_CATEGORY_OVER
                                   : self - mean < -0.5 ? v1::GAP_CATEGORY_UNDER
                                                        : v1::GAP_CATEGORY_AGREE_GOOD);
  return unit;
}

std::vector<std::string> CodesOf(const std::vector<Finding>& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) codes.push_back(finding.unit->code());
  return codes;
}

TEST(BriefTest, PutsWhatIsSureBeforeWhatIsLarge) {
  v1::Report report;
  v1::Scores& scores = *report.mutable_scores();
  scores.mutable_rules()->set_points(5);
  scores.mutable_rules()->set_strength_cut(3.5);
  scores.mutable_rules()->set_agreement_band(0.5);
  *scores.add_units() = Competency("A", 4.6, 1.5, 4.6);  // high, but the interval reaches below the line
  *scores.add_units() = Competency("B", 4.0, 0.3, 4.0);
  *scores.add_units() = Competency("C", 4.2, 0.3, 3.0);
  *scores.add_units() = Competency("D", 2.0, 0.5, 4.0);
  *scores.add_units() = Competency("E", 3.4, 0.9, 4.2);  // the gap of 0.8 is smaller than the uncertainty
  v1::UnitScore limits = Competency("F", 0, 0, 4.0);
  limits.mutable_all_raters()->Clear();
  limits.mutable_all_raters()->set_state(v1::FIGURE_STATE_AT_LEAST);
  limits.mutable_all_raters()->set_lower(3.9);
  limits.mutable_all_raters()->set_upper(5);
  limits.mutable_gap()->clear_value();
  limits.mutable_gap()->set_lower(-1);
  limits.mutable_gap()->set_upper(0.1);
  limits.mutable_gap()->set_category(v1::GAP_CATEGORY_UNDETERMINED);
  *scores.add_units() = limits;

  const Brief brief = MakeBrief(report, 3);
  EXPECT_THAT(CodesOf(brief.strengths), ::testing::ElementsAre("C", "B", "F"));
  EXPECT_EQ(brief.strengths[2].certainty, Certainty::kLimits);
  EXPECT_THAT(CodesOf(brief.growth), ::testing::ElementsAre("D", "E"));
  EXPECT_EQ(brief.growth[1].certainty, Certainty::kUncertain);
  EXPECT_THAT(CodesOf(brief.gaps), ::testing::ElementsAre("D", "C", "E"));
  EXPECT_EQ(brief.gaps[2].certainty, Certainty::kUncertain);
  EXPECT_EQ(brief.higher, 2);
  EXPECT_EQ(brief.lower, 1);
  EXPECT_EQ(brief.agree, 2);
  ASSERT_EQ(brief.undetermined.size(), 1u);
  EXPECT_EQ(brief.undetermined[0]->code(), "F");
}

}  // namespace
}  // namespace candor::report
