#include "services/domain/cells.h"

#include "gtest/gtest.h"
#include "services/domain/disclosure.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using CountsOf = std::vector<int64_t>;

constexpr DisclosureRules kFivePoints{5, 5, 1, 10};
constexpr DisclosureRules kFourPoints{4, 5, 1, 10};

// Three items of which each form holds two: on five points the sums 2 to 10.
const Cell kCell{"I.1", {0, 1, 2}, 2};

CellAtom AtomOf(const CountsOf& counts, const DisclosureRules& rules = kFivePoints, bool pooled = false) {
  return MakeCellAtom(kCell, {counts, 0}, rules, pooled);
}

// --- Which cells there are.

TEST(CellsTest, APartitionOfTheItemsIsAccepted) {
  EXPECT_TRUE(CheckCells(SampleInstrument(), {{"A", {0, 2}, 1}, {"B", {1, 3}, 2}}).ok());
}

TEST(CellsTest, WhatIsNoPartitionIsRefused) {
  const Instrument instrument = SampleInstrument();  // four items
  struct Case {
    std::vector<Cell> cells;
    std::string field;
  };
  const Case cases[] = {
      {{{"A", {0, 1}, 1}, {"B", {3}, 1}}, "cells"},              // the third item is nowhere
      {{}, "cells"},                                             // nor is any
      {{{"A", {0, 1, 2}, 1}, {"B", {2, 3}, 1}}, "cells[1]"},     // an item twice
      {{{"A", {1, 0}, 1}, {"B", {2, 3}, 1}}, "cells[0]"},        // not in order
      {{{"A", {0, 1}, 1}, {"B", {2, 3, 4}, 1}}, "cells[1]"},     // no such item
      {{{"A", {-1, 0, 1, 2, 3}, 1}}, "cells[0]"},                //
      {{{"A", {0, 1}, 1}, {"A", {2, 3}, 1}}, "cells[1]"},        // a code twice
      {{{"", {0, 1, 2, 3}, 1}}, "cells[0]"},                     // no code
      {{{"A", {0, 1, 2, 3}, 0}}, "cells[0]"},                    // forms without any item of it
      {{{"A", {0, 1, 2, 3}, 5}}, "cells[0]"},                    // forms with more than there are
      {{{"A", {0, 1, 2, 3}, 4}, {"B", {}, 0}}, "cells[1]"},      // a cell of nothing
  };
  for (const Case& refused : cases) {
    ExpectError(CheckCells(instrument, refused.cells), absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                refused.field);
  }
}

TEST(CellsTest, CompetenciesAreTheDefault) {
  const InstrumentVersion version = MakeInstrumentVersion(SampleInstrument(), SampleFramework());
  const std::vector<Cell> cells = CellsOfCompetencies(version, 2);
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_TRUE(CheckCells(version.instrument, cells).ok());
  EXPECT_EQ(cells[0].code, "I.1");
  EXPECT_EQ(cells[0].items, (std::vector<int>{0, 1}));
  EXPECT_EQ(cells[0].rated, 2);
  EXPECT_EQ(cells[1].code, "II.1");
  EXPECT_EQ(cells[1].rated, 1) << "a competency of one item";
}

TEST(CellsTest, ACellIsAskedOfWhoIsAskedEnoughOfItsItems) {
  const Instrument instrument = SampleInstrument();
  const AnswerShape parent = ShapeOfGroup(instrument, {"parent", {"parent"}, 9, ""}, false);  // items 0 and 3
  EXPECT_EQ(CellsAsked({{"A", {0, 1}, 1}, {"B", {2, 3}, 2}}, parent), (std::vector<bool>{true, false}));
}

TEST(CellsTest, ACellWeighsAsManyItemsOfAThemeAsItHolds) {
  EXPECT_EQ(CellWeights({{"A", {0, 1, 2}, 2}, {"B", {3}, 1}, {"C", {4, 5}, 1}}, {0, 2, 5}),
            (std::vector<int>{2, 0, 1}));
}

// --- Counting.

TEST(CellTallyTest, OnlyWhoRatedAllOfTheirItemsCount) {
  const std::vector<Cell> cells = {{"A", {0, 1, 2}, 2}, {"B", {3}, 1}};
  CellGroupTally tally = EmptyCellTally("staff", cells, 5);
  CountCells(cells, {4, kBlank, 5, 1}, 5, tally);
  CountCells(cells, {kBlank, 1, 1, kNotObserved}, 5, tally);
  CountCells(cells, {3, kNotObserved, kBlank, kBlank}, 5, tally);  // one of two
  EXPECT_EQ(tally.cells[0].counts, (CountsOf{1, 0, 0, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(tally.cells[0].incomplete, 1);
  EXPECT_EQ(tally.cells[1].counts, (CountsOf{1, 0, 0, 0, 0}));
  EXPECT_EQ(tally.cells[1].incomplete, 2);
  EXPECT_EQ(tally.raters, 2) << "the third has no cell complete";
}

TEST(CellTallyTest, ValuesAreSumsOfRatings) {
  EXPECT_EQ(CellValues(1, 5), 5u);
  EXPECT_EQ(CellValues(2, 5), 9u);
  EXPECT_EQ(CellValues(3, 4), 10u);
  // 1-5: of one rating 1, 2, 3 are low, the midpoint too; of two 2..6. 1-4: of one 1 and 2; of two 2..5; of three 3..7.
  EXPECT_EQ(LowCellValues(1, 5), 3);
  EXPECT_EQ(LowCellValues(2, 5), 5);
  EXPECT_EQ(LowCellValues(1, 4), 2);
  EXPECT_EQ(LowCellValues(2, 4), 4);
  EXPECT_EQ(LowCellValues(3, 4), 5);
}

// --- Atoms.

TEST(MakeCellAtomTest, WithholdsBelowTheMinimumGroupSize) {
  const CellAtom atom = AtomOf({1, 0, 1, 0, 1, 0, 1, 0, 0});
  EXPECT_EQ(atom.cell, "I.1");
  EXPECT_EQ(atom.rated, 2);
  EXPECT_EQ(atom.kind, AtomKind::kWithheld);
  EXPECT_EQ(atom.n, 0);
}

TEST(MakeCellAtomTest, FiveRatersAreBoundedAsFarFromTheEndsAsForAnItem) {
  // c = 1.6 again: "3.4 or higher", a sum of 34 of 50.
  const CellAtom high = AtomOf({0, 0, 0, 0, 0, 0, 0, 0, 5});
  EXPECT_EQ(high.kind, AtomKind::kAtLeast);
  EXPECT_EQ(high.n, 5);
  EXPECT_EQ(high.bound_numerator, 34);
  EXPECT_EQ(AtomOf({0, 0, 0, 0, 1, 4, 0, 0, 0}).kind, AtomKind::kAtLeast);  // 6 + 4 * 7 = 34
  const CellAtom exact = AtomOf({0, 0, 0, 0, 2, 3, 0, 0, 0});               // 33
  EXPECT_EQ(exact.kind, AtomKind::kExact);
  EXPECT_EQ(exact.sum, 33);
  EXPECT_TRUE(exact.counts.empty());
  const CellAtom low = AtomOf({5, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(low.kind, AtomKind::kAtMost);
  EXPECT_EQ(low.bound_numerator, 26);
}

TEST(MakeCellAtomTest, TheMidpointCountsLow) {
  // Ten raters, three of them exactly on the midpoint.
  const CellAtom shown = AtomOf({0, 0, 0, 0, 3, 0, 0, 7, 0});
  EXPECT_EQ(shown.kind, AtomKind::kExact);
  EXPECT_EQ(shown.sum, 3 * 6 + 7 * 9);
  EXPECT_EQ(shown.counts, (CountsOf{0, 0, 0, 0, 3, 0, 0, 7, 0}));
  const CellAtom few = AtomOf({0, 0, 0, 0, 2, 1, 0, 7, 0});
  EXPECT_TRUE(few.counts.empty());
  EXPECT_EQ(few.half, HalfStatement::kAtMostTwoLow);
  EXPECT_EQ(AtomOf({0, 0, 8, 0, 0, 2, 0, 0, 0}).half, HalfStatement::kAtMostTwoHigh);
}

TEST(MakeCellAtomTest, WholeScalesOfOneItemAreItemsAtoms) {
  // On an even scale a cell of one rating is the item itself.
  const Cell one{"A", {0}, 1};
  const CellAtom cell = MakeCellAtom(one, {{1, 2, 4, 5}, 0}, kFourPoints, false);
  const Atom item = MakeAtom("A", {{1, 2, 4, 5}, 0, 0}, kFourPoints, false);
  EXPECT_EQ(cell.kind, item.kind);
  EXPECT_EQ(cell.sum, item.sum);
  EXPECT_EQ(cell.counts, item.counts);
}

TEST(MakeCellAtomTest, APoolPrintsMeansOnly) {
  const CellAtom atom = AtomOf({2, 2, 2, 2, 2, 2, 2, 2, 2}, kFivePoints, true);
  EXPECT_EQ(atom.kind, AtomKind::kExact);
  EXPECT_EQ(atom.sum, 108);
  EXPECT_TRUE(atom.counts.empty());
  EXPECT_EQ(atom.half, HalfStatement::kNone);
}

TEST(MakeCellAtomTest, FormsThatAreIncompleteMoveNothing) {
  CellTally tally{{0, 0, 0, 0, 2, 3, 0, 0, 0}, 0};
  const CellAtom without = MakeCellAtom(kCell, tally, kFivePoints, false);
  tally.incomplete = 40;
  const CellAtom with = MakeCellAtom(kCell, tally, kFivePoints, false);
  EXPECT_EQ(with.n, without.n);
  EXPECT_EQ(with.sum, without.sum);
}

// --- Blocks, on the sample instrument in two cells: staff and student are asked both, parent neither.

class MakeCellBlocksTest : public testing::Test {
 protected:
  void AddGroup(const std::string& code, const std::vector<std::string>& members, int64_t raters) {
    manifest_.groups.push_back({code, members, 20, "key of " + code});
    CellGroupTally tally = EmptyCellTally(code, cells_, 5);
    tally.raters = raters;
    tally.cells[0].counts[4] = tally.cells[1].counts[2] = raters;
    tallies_.push_back(tally);
    counts_.push_back({code, 20, raters, 0, raters, 0});
  }
  std::vector<CellBlock> Blocks() {
    return MakeCellBlocks(manifest_, instrument_, cells_, kFivePoints, tallies_, counts_);
  }

  const Instrument instrument_ = SampleInstrument();
  const std::vector<Cell> cells_ = {{"A", {0, 1, 3}, 2}, {"B", {2}, 1}};
  Manifest manifest_ = [] {
    Manifest manifest = SampleManifest();
    manifest.groups.clear();
    return manifest;
  }();
  std::vector<CellGroupTally> tallies_;
  std::vector<GroupCounts> counts_;
};

TEST_F(MakeCellBlocksTest, PrintsTheCellsOfAGroupThatIsLargeEnough) {
  AddGroup("staff", {"staff"}, 5);
  const std::vector<CellBlock> blocks = Blocks();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].state, BlockState::kPrinted);
  ASSERT_EQ(blocks[0].atoms.size(), 2u);
  EXPECT_EQ(blocks[0].atoms[0].sum, 30);
  EXPECT_EQ(blocks[0].atoms[1].sum, 15);
}

TEST_F(MakeCellBlocksTest, ACellThatAGroupCannotBeAskedHasNoAtom) {
  AddGroup("parent", {"parent"}, 9);  // asked items 0 and 3: both of A's two, none of B's
  tallies_[0].cells[1] = {CountsOf(5), 0};
  const std::vector<CellBlock> blocks = Blocks();
  ASSERT_EQ(blocks[0].atoms.size(), 1u);
  EXPECT_EQ(blocks[0].atoms[0].cell, "A");
}

TEST_F(MakeCellBlocksTest, SmallGroupsArePooledUnderTheSameRules) {
  AddGroup("staff", {"staff"}, 4);
  AddGroup("student", {"student"}, 2);
  std::vector<CellBlock> blocks = Blocks();
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].state, BlockState::kPooled);
  EXPECT_EQ(blocks[2].code, "other_raters");
  EXPECT_EQ(blocks[2].members, (std::vector<std::string>{"staff", "student"}));
  EXPECT_EQ(blocks[2].atoms[0].n, 6);
  EXPECT_EQ(blocks[2].atoms[0].sum, 36);
  // One student without the cell complete: five are too few of a pool.
  tallies_[1].cells[0].counts[4] = 1;
  blocks = Blocks();
  EXPECT_EQ(blocks[2].atoms[0].kind, AtomKind::kWithheld);
  EXPECT_EQ(blocks[2].atoms[1].kind, AtomKind::kExact);
  // And five altogether are no pool.
  tallies_[1].raters = 1;
  blocks = Blocks();
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].state, BlockState::kTooFew);
}

}  // namespace
}  // namespace candor::domain
