// Page one: what is said to stand out, against campaigns of which the truth is known.

#include "services/reporting/brief.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "services/reporting/scores.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Report ReportOf(const ReportInput& input) {
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

std::vector<std::string> FocusOf(const v1::Brief& brief) {
  std::vector<std::string> units;
  for (const v1::FocusArea& area : brief.focus_areas()) units.push_back(area.unit());
  return units;
}

// `n` forms whose ratings are `low` and `high` in turns, so that the spread may be shown: i1 and i2 belong to C1, i3 to C2,
// i4 to C3; i2 is reverse-keyed.
std::vector<std::vector<uint8_t>> InTurns(int n, const std::vector<uint8_t>& low, const std::vector<uint8_t>& high) {
  std::vector<std::vector<uint8_t>> forms;
  for (int r = 0; r < n; ++r) forms.push_back(r % 2 == 0 ? low : high);
  return forms;
}

TEST(BriefTest, ABlindSpotIsARealGapAndTheQuestionToTheCoach) {
  // C1 is seen at 2.5 and rated 5 by the leader; C2 at 4.5 and 4.5; C3 at 3.5.
  ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 40, 0, InTurns(40, {2, 4, 4, 3}, {3, 3, 5, 4})}});
  input.self = Ratings({5, 1, 4, 4});
  const v1::Brief brief = ReportOf(input).brief();
  ASSERT_EQ(brief.gaps_size(), 1);
  EXPECT_EQ(brief.gaps(0).unit(), "C1");
  EXPECT_EQ(brief.gaps(0).interval().kind(), v1::INTERVAL_KIND_CONFIDENCE);
  EXPECT_GT(brief.gaps(0).interval().lower(), 0);
  EXPECT_LT(brief.gaps(0).interval().lower(), 2.5);
  EXPECT_GT(brief.gaps(0).interval().upper(), 2.5);
  EXPECT_EQ(brief.gaps_examined(), 3);
  EXPECT_EQ(brief.coach_question().kind(), v1::COACH_QUESTION_KIND_BLIND_SPOT);
  EXPECT_EQ(brief.coach_question().unit(), "C1");
  EXPECT_EQ(brief.focus_outcome(), v1::FOCUS_OUTCOME_BELOW_TARGET);
  // C2 is a clear strength, so it is no focus area although there is nothing else.
  EXPECT_THAT(FocusOf(brief), ElementsAre("C1", "C3"));
  EXPECT_NEAR(brief.focus_areas(0).need(), 1.5, 1e-9);
  EXPECT_FALSE(brief.focus_areas(0).has_probability());  // three competencies, three places
  EXPECT_THAT(brief.focus_areas(0).indicators(), ElementsAre("i1", "i2"));
  ASSERT_EQ(brief.strengths_size(), 1);
  EXPECT_EQ(brief.strengths(0).unit(), "C2");
  EXPECT_EQ(brief.strengths(0).certainty(), v1::CERTAINTY_CLEAR);
}

TEST(BriefTest, AGapThatChanceExplainsIsNotOnPageOne) {
  // The gap of C3 is 1, beyond the agreement band, but ten raters who differ so much are too few to be sure of it.
  ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 10, 0, InTurns(10, {2, 4, 4, 1}, {3, 3, 5, 5})}});
  input.self = Ratings({3, 3, 4, 4});
  const v1::Report report = ReportOf(input);
  EXPECT_EQ(UnitOf(report.scores(), "C3").gap().category(), v1::GAP_CATEGORY_OVER);
  EXPECT_THAT(report.brief().gaps(), IsEmpty());
  EXPECT_EQ(report.brief().gaps_examined(), 3);
}

TEST(BriefTest, AHiddenStrengthIsARealGapTheOtherWayRound) {
  ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 40, 0, InTurns(40, {4, 2, 4, 4}, {5, 1, 5, 5})}});
  input.self = Ratings({2, 4, 4, 4});
  const v1::Brief brief = ReportOf(input).brief();
  ASSERT_EQ(brief.gaps_size(), 1);
  EXPECT_LT(brief.gaps(0).interval().upper(), 0);
  EXPECT_EQ(brief.coach_question().kind(), v1::COACH_QUESTION_KIND_SELF_LOWER);
  EXPECT_EQ(brief.focus_outcome(), v1::FOCUS_OUTCOME_NOTHING_BELOW_TARGET);
  EXPECT_EQ(brief.focus_areas_size(), 3);  // the lowest of the strong
}

TEST(BriefTest, WithoutASelfRatingTheQuestionBuildsOnAStrength) {
  const ReportInput input =
      InputOf(SmallVersion(5), {{"staff", {}, 40, 0, InTurns(40, {2, 4, 4, 3}, {3, 3, 5, 4})}});
  const v1::Brief brief = ReportOf(input).brief();
  EXPECT_EQ(brief.gaps_examined(), 0);
  EXPECT_EQ(brief.coach_question().kind(), v1::COACH_QUESTION_KIND_FROM_STRENGTH);
  EXPECT_EQ(brief.coach_question().unit(), "C1");
  EXPECT_EQ(brief.coach_question().other_unit(), "C2");
}

TEST(BriefTest, WithoutAnyFigureItAsksForMoreVoices) {
  for (const int answers : {0, 4}) {
    ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 12, 0, Copies(answers, {3, 3, 3, 3})}});
    input.self = Ratings({5, 1, 4, 4});
    const v1::Brief brief = ReportOf(input).brief();
    EXPECT_EQ(brief.focus_outcome(), v1::FOCUS_OUTCOME_NOTHING_TO_RANK);
    EXPECT_THAT(brief.focus_areas(), IsEmpty());
    EXPECT_THAT(brief.strengths(), IsEmpty());
    EXPECT_THAT(brief.gaps(), IsEmpty());
    EXPECT_THAT(brief.units_not_ranked(), ElementsAre("C1", "C2", "C3"));
    EXPECT_EQ(brief.coach_question().kind(), v1::COACH_QUESTION_KIND_MORE_VOICES);
  }
}

TEST(BriefTest, AFigureThatIsARangeIsNeverClear) {
  // Twelve raters all at the top: "4.33 or higher".
  const ReportInput input = InputOf(SmallVersion(5), {{"staff", {}, 12, 0, Copies(12, {5, 1, 5, 5})}});
  const v1::Report report = ReportOf(input);
  ASSERT_EQ(UnitOf(report.scores(), "C1").all_raters().state(), v1::FIGURE_STATE_AT_LEAST);
  for (const v1::FocusArea& area : report.brief().focus_areas()) {
    EXPECT_TRUE(area.from_range());
    EXPECT_NE(area.certainty(), v1::CERTAINTY_CLEAR);
  }
  for (const v1::Strength& strength : report.brief().strengths()) {
    EXPECT_EQ(strength.certainty(), v1::CERTAINTY_LIKELY);
  }
}

TEST(BriefTest, NamesWhatRatersOfAGroupSeeDifferently) {
  // i4: half of the staff say 1, half say 5; i1 to i3: nearly the same.
  const ReportInput input =
      InputOf(SmallVersion(5), {{"staff", {}, 20, 0, InTurns(20, {3, 3, 4, 1}, {4, 2, 4, 5})}});
  const v1::Brief brief = ReportOf(input).brief();
  ASSERT_EQ(brief.disagreements_size(), 1);
  EXPECT_EQ(brief.disagreements(0).indicator(), "i4");
  EXPECT_EQ(brief.disagreements(0).group(), "staff");
  EXPECT_NEAR(brief.disagreements(0).average_deviation(), 2, 1e-12);
}

TEST(BriefTest, TheTargetFollowsTheScaleAndNeverLiesBelowTheStrengthLine) {
  EXPECT_DOUBLE_EQ(Target(5), 4);
  EXPECT_DOUBLE_EQ(Target(4), 3.25);
  domain::InstrumentVersion version = SmallVersion(5);
  version.instrument.scale.strength_cut_hundredths = 430;
  EXPECT_DOUBLE_EQ(ScoringRulesOf(SampleContract(), version.instrument.scale).target, 4.3);
}

// What holds of every page one, whatever was answered.
TEST(BriefTest, SaysNothingThatItsFiguresDoNotBear) {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const v1::Report report = ReportOf(DemonstrationInput(seed));
    const v1::Brief& brief = report.brief();
    const double cut = report.scores().rules().strength_cut(), target = report.scores().rules().target();
    EXPECT_LE(brief.strengths_size(), 3);
    EXPECT_LE(brief.gaps_size(), 3);
    EXPECT_GE(brief.focus_areas_size(), 1);
    EXPECT_LE(brief.focus_areas_size(), 5);
    EXPECT_EQ(brief.units_ranked() + brief.units_not_ranked_size(), 21);
    const std::vector<std::string> focus = FocusOf(brief);
    EXPECT_EQ(std::set<std::string>(focus.begin(), focus.end()).size(), focus.size());
    for (const v1::Strength& strength : brief.strengths()) {
      const v1::GroupScore& all = UnitOf(report.scores(), strength.unit()).all_raters();
      EXPECT_GE(all.has_mean() ? all.mean() : all.lower(), cut - 1e-9);
      EXPECT_THAT(focus, Not(Contains(strength.unit())));
    }
    for (const v1::RealGap& gap : brief.gaps()) {
      const v1::Gap& shown = UnitOf(report.scores(), gap.unit()).gap();
      EXPECT_THAT(shown.category(), AnyOf(Eq(v1::GAP_CATEGORY_OVER), Eq(v1::GAP_CATEGORY_UNDER)));
      EXPECT_TRUE(gap.interval().lower() > 0 || gap.interval().upper() < 0);
      EXPECT_LE(gap.interval().lower(), shown.has_value() ? shown.value() : shown.lower());
      EXPECT_GE(gap.interval().upper(), shown.has_value() ? shown.value() : shown.upper());
    }
    double before = 100;
    for (const v1::FocusArea& area : brief.focus_areas()) {
      const v1::GroupScore& all = UnitOf(report.scores(), area.unit()).all_raters();
      if (all.has_mean()) {
        EXPECT_NEAR(area.need(), target - all.mean(), 1e-9);
      }
      EXPECT_LE(area.need(), before + 1e-9);
      before = area.need();
      ASSERT_TRUE(area.has_probability());
      EXPECT_GE(area.probability(), area.among() == 5 ? 0.5 : 0);
      EXPECT_LE(area.probability(), 1);
      EXPECT_NE(area.certainty(), v1::CERTAINTY_UNSPECIFIED);
      EXPECT_THAT(area.indicators(), Not(IsEmpty()));
    }
  }
}

TEST(NotesTest, StandInSpanishSentenceBySentence) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    const v1::Report report = ReportOf(DemonstrationInput(seed));
    ASSERT_EQ(report.translated_notes().count("es"), 1);
    const auto& spanish = report.translated_notes().at("es").notes();
    ASSERT_EQ(spanish.size(), report.notes_size());
    for (int i = 0; i < spanish.size(); ++i) {
      EXPECT_NE(spanish[i], report.notes(i));
      EXPECT_THAT(spanish[i], Not(HasSubstr("$")));
      for (const char* word : {" the ", " and ", " raters", " is ", " of "}) EXPECT_THAT(spanish[i], Not(HasSubstr(word)));
    }
  }
}

TEST(NotesTest, WarnWhereFewOfTheInvitedAnswered) {
  const auto warnings = [](int invited, int answers) {
    const v1::Report report =
        ReportOf(InputOf(SmallVersion(5), {{"staff", {}, invited, 0, InTurns(answers, {2, 4, 4, 3}, {3, 3, 5, 4})}}));
    const v1::GroupSummary& staff = SummaryOf(report.scores(), "staff");
    return std::vector<int>(staff.warnings().begin(), staff.warnings().end());
  };
  EXPECT_THAT(warnings(20, 10), IsEmpty());
  EXPECT_THAT(warnings(21, 10), ElementsAre(v1::PARTICIPATION_WARNING_LOW_RATE));
  EXPECT_THAT(warnings(40, 12), ElementsAre(v1::PARTICIPATION_WARNING_LOW_RATE));
  EXPECT_THAT(warnings(41, 12), ElementsAre(v1::PARTICIPATION_WARNING_VERY_LOW_RATE));
  EXPECT_THAT(warnings(9, 9), ElementsAre(v1::PARTICIPATION_WARNING_FEW));
  EXPECT_THAT(warnings(9, 0), IsEmpty());
  const v1::Report report =
      ReportOf(InputOf(SmallVersion(5), {{"staff", {}, 41, 0, InTurns(12, {2, 4, 4, 3}, {3, 3, 5, 4})}}));
  EXPECT_THAT(report.notes(), Contains(HasSubstr("Staff: fewer than 30 % of those invited answered.")));
  EXPECT_THAT(report.translated_notes().at("es").notes(), Contains(HasSubstr("respondió menos del 30 %")));
}

TEST(NotesTest, TitlesAreJoinedAsTheLanguageDoes) {
  EXPECT_EQ(JoinTitles({"Staff"}, "en"), "Staff");
  EXPECT_EQ(JoinTitles({"A", "B", "C"}, "en"), "A, B and C");
  EXPECT_EQ(JoinTitles({"Personal", "Familias"}, "es"), "Personal y Familias");
  EXPECT_EQ(JoinTitles({"Personal", "Infantil"}, "es"), "Personal e Infantil");
  EXPECT_EQ(JoinTitles({"Norte", "Hijos"}, "es"), "Norte e Hijos");
  EXPECT_EQ(JoinTitles({"Norte", "Hielo"}, "es"), "Norte y Hielo");
}

}  // namespace
}  // namespace candor::reporting
