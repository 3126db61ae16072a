// Widths, wrapping and figures of the text report.

#include "clients/report/layout.h"

#include <string>

#include "clients/report/figures.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using ::testing::ElementsAre;

TEST(LayoutTest, CountsCellsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("Señora"), 6);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1);  // a letter and a combining accent
  EXPECT_EQ(DisplayWidth("学校"), 4);
  EXPECT_EQ(DisplayWidth("●─▒·"), 4);
}

TEST(LayoutTest, BreaksAtSpacesAndLongWordsAnywhere) {
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("abcdefghij k", 4), ElementsAre("abcd", "efgh", "ij k"));
  EXPECT_THAT(Wrap("学校学校", 4), ElementsAre("学校", "学校"));
  EXPECT_THAT(Wrap("", 4), ElementsAre(""));
  EXPECT_THAT(WrapHanging("• ", "one two", 6), ElementsAre("• one", "  two"));
}

TEST(LayoutTest, CutsAndPads) {
  EXPECT_EQ(Truncate("Parents", 7), "Parents");
  EXPECT_EQ(Truncate("Parents", 5), "Pare…");
  EXPECT_EQ(Truncate("学校学校", 4), "学…");
  EXPECT_EQ(PadRight("ñ", 3), "ñ  ");
  EXPECT_EQ(PadLeft("ñ", 3), "  ñ");
  EXPECT_EQ(PadLeft("long", 2), "long");
}

TEST(LayoutTest, CleansWhatATerminalWouldObey) {
  EXPECT_EQ(Clean(" a\tb\n\nc "), "a b c");
  EXPECT_EQ(Clean("a\x1b[31mb"), "a [31mb");
  EXPECT_EQ(Clean("a\xc2\x9b" "31mb"), "a 31mb");  // the one-character form of the same
  EXPECT_EQ(Clean("a\xff" "b\xe2\x82"), "a?b??");
  EXPECT_EQ(Clean("¿Año?"), "¿Año?");
}

TEST(FiguresTest, RoundsHalvesAwayFromZeroOnTheExactFraction) {
  EXPECT_EQ(MeanText(2.345, 200), "2.35");     // 469 / 200; in binary a little less than 2.345
  EXPECT_EQ(MeanText(1.005, 200), "1.01");     // 201 / 200
  EXPECT_EQ(MeanText(27.0 / 7, 7), "3.86");
  EXPECT_EQ(MeanText(3, 8), "3.00");
  EXPECT_EQ(MeanText(3.125), "3.13");
  EXPECT_EQ(SignedText(-0.125), "−0.13");
  EXPECT_EQ(SignedText(0.471), "+0.47");
  EXPECT_EQ(SignedText(-0.001), "0.00");
  EXPECT_EQ(PercentText(0.125), "13 %");
  EXPECT_EQ(PercentText(1), "100 %");
}

TEST(FiguresTest, RoundsRangesOutwardsSoThatTheyStayTrue) {
  EXPECT_EQ(LowerText(27.0 / 7), "3.85");
  EXPECT_EQ(UpperText(15.0 / 7), "2.15");
  EXPECT_EQ(LowerText(4.2), "4.20");
  EXPECT_EQ(UpperText(1.8), "1.80");
  EXPECT_EQ(SignedLowerText(-0.851), "−0.86");
  EXPECT_EQ(SignedUpperText(-0.851), "−0.85");
}

TEST(FiguresTest, SaysEachStateInItsWords) {
  v1::GroupScore score;
  EXPECT_EQ(ShortFigure(score), "–");
  EXPECT_EQ(LongFigure(score), "not shown");
  score.set_state(v1::FIGURE_STATE_EXACT);
  score.set_mean(3.5);
  EXPECT_EQ(LongFigure(score), "3.50");
  score.set_state(v1::FIGURE_STATE_AT_LEAST);
  score.set_lower(3.4);
  score.set_upper(5);
  EXPECT_EQ(ShortFigure(score), "≥3.40");
  EXPECT_EQ(LongFigure(score), "3.40 or higher");
  score.set_state(v1::FIGURE_STATE_AT_MOST);
  score.set_upper(2.6);
  EXPECT_EQ(LongFigure(score), "2.60 or lower");
  score.set_state(v1::FIGURE_STATE_BETWEEN);
  score.set_lower(3.1);
  score.set_upper(3.6);
  EXPECT_EQ(ShortFigure(score), "3.10–3.60");
  EXPECT_EQ(LongFigure(score), "3.10 to 3.60");
}

TEST(FiguresTest, AFigureThatRoundsOntoALineSaysOnWhichSideItLies) {
  const Lines lines{3.5, 0.5};
  v1::GroupScore score;
  score.set_state(v1::FIGURE_STATE_EXACT);
  score.set_mean(3.4951);
  EXPECT_EQ(ShortFigure(score, lines), "<3.50");
  EXPECT_EQ(LongFigure(score, lines), "just under 3.50");
  EXPECT_EQ(LongFigure(score), "3.50");
  for (const double mean : {3.5, 3.5 - 1e-12, 3.5049}) {
    score.set_mean(mean);
    EXPECT_EQ(ShortFigure(score, lines), "3.50") << mean;
  }
  score.set_mean(3.4949);
  EXPECT_EQ(ShortFigure(score, lines), "3.49");
  score.set_state(v1::FIGURE_STATE_AT_MOST);
  score.set_upper(3.4901);
  EXPECT_EQ(ShortFigure(score, lines), "<3.50");
  EXPECT_EQ(LongFigure(score, lines), "under 3.50");
  score.set_state(v1::FIGURE_STATE_BETWEEN);
  score.set_lower(3.1);
  EXPECT_EQ(ShortFigure(score, lines), "3.10–<3.50");
  EXPECT_EQ(LongFigure(score, lines), "3.10 to under 3.50");
  v1::PersonScore person;
  person.set_mean(3.4999);
  EXPECT_EQ(PersonFigure(person, lines), "<3.50");

  v1::Gap gap;
  gap.set_value(0.5033);
  EXPECT_EQ(ShortGap(gap, lines), ">+0.50");
  EXPECT_EQ(LongGap(gap, lines), "just over +0.50");
  gap.set_value(-0.5033);
  EXPECT_EQ(ShortGap(gap, lines), "<−0.50");
  EXPECT_EQ(LongGap(gap, lines), "just under −0.50");
  for (const double value : {0.5, 0.4951, -0.5}) {
    gap.set_value(value);
    EXPECT_EQ(ShortGap(gap, lines), value > 0 ? "+0.50" : "−0.50") << value;
  }
  gap.clear_value();
  gap.set_lower(0.501);
  gap.set_upper(0.9);
  EXPECT_EQ(ShortGap(gap, lines), ">+0.50..+0.90");
  gap.set_lower(-0.9);
  gap.set_upper(-0.501);
  EXPECT_EQ(LongGap(gap, lines), "between −0.90 and just under −0.50");
}

TEST(FiguresTest, DrawsTheScaleInItsProportions) {
  v1::GroupScore score;
  EXPECT_EQ(Bar(score, 5, 9), "");
  score.set_state(v1::FIGURE_STATE_EXACT);
  score.set_mean(3);
  score.mutable_interval()->set_lower(2.5);
  score.mutable_interval()->set_upper(4);
  EXPECT_EQ(Bar(score, 5, 9), "···─●──··");
  score.set_state(v1::FIGURE_STATE_AT_LEAST);
  score.set_lower(4);
  EXPECT_EQ(Bar(score, 5, 9), "······▒▒▒");
  score.set_state(v1::FIGURE_STATE_AT_MOST);
  score.set_upper(2);
  EXPECT_EQ(Bar(score, 5, 9), "▒▒▒······");
  v1::PersonScore person;
  EXPECT_EQ(Bar(person, 5, 9), "");
  person.set_mean(5);
  EXPECT_EQ(Bar(person, 5, 9), "········◆");
}

TEST(FiguresTest, SaysWhatAGapMeans) {
  v1::Gap gap;
  EXPECT_EQ(GapWords(gap), "");
  EXPECT_EQ(ShortGap(gap), "–");
  gap.set_category(v1::GAP_CATEGORY_OVER);
  gap.set_quadrant(v1::QUADRANT_BLIND_SPOT);
  gap.set_close_to_line(true);
  EXPECT_EQ(GapWords(gap), "self higher; blind spot; close to the line");
  gap.set_category(v1::GAP_CATEGORY_AGREE_POOR);
  gap.set_close_to_line(false);
  EXPECT_EQ(GapWords(gap), "in agreement: below the line");
  gap.set_category(v1::GAP_CATEGORY_UNDETERMINED);
  gap.set_quadrant(v1::QUADRANT_UNDETERMINED);
  gap.set_lower(-0.2);
  gap.set_upper(0.7);
  EXPECT_EQ(GapWords(gap), "agreement cannot be told");
  EXPECT_EQ(ShortGap(gap), "−0.20..+0.70");
  EXPECT_EQ(LongGap(gap), "between −0.20 and +0.70");
}

}  // namespace
}  // namespace candor::report
