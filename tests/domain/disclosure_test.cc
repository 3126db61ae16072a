#include "services/domain/disclosure.h"

#include "gtest/gtest.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using CountsOf = std::vector<int64_t>;

constexpr DisclosureRules kFivePoints{5, 5, 1, 10};
constexpr DisclosureRules kFourPoints{4, 5, 1, 10};

Atom AtomOf(const CountsOf& counts, const DisclosureRules& rules = kFivePoints, bool pooled = false,
            int64_t not_observed = 0) {
  return MakeAtom("I.1.a", {counts, not_observed, 0}, rules, pooled);
}

TEST(MakeAtomTest, WithholdsBelowTheMinimumGroupSize) {
  const Atom atom = AtomOf({1, 1, 1, 1, 0}, kFivePoints, false, 7);
  EXPECT_EQ(atom.indicator, "I.1.a");
  EXPECT_EQ(atom.kind, AtomKind::kWithheld);
  EXPECT_EQ(atom.n, 0);
  EXPECT_EQ(atom.sum, 0);
  EXPECT_TRUE(atom.counts.empty());
  EXPECT_FALSE(atom.not_observed.has_value());
  EXPECT_EQ(AtomOf({0, 0, 0, 0, 0}).kind, AtomKind::kWithheld);
}

TEST(MakeAtomTest, FiveAnswersOnFivePointsAreBoundedEightFromTheEnds) {
  // c = 8 / n = 1.6: "3.4 or higher", "2.6 or lower"; sums of 14 to 16 are printed.
  const Atom unanimous = AtomOf({0, 0, 0, 0, 5});
  EXPECT_EQ(unanimous.kind, AtomKind::kAtLeast);
  EXPECT_EQ(unanimous.n, 5);
  EXPECT_EQ(unanimous.bound_numerator, 17);
  EXPECT_EQ(unanimous.sum, 0);
  EXPECT_EQ(AtomOf({0, 0, 3, 2, 0}).kind, AtomKind::kAtLeast);  // 17
  EXPECT_EQ(AtomOf({0, 0, 4, 1, 0}).kind, AtomKind::kExact);    // 16
  EXPECT_EQ(AtomOf({0, 0, 4, 1, 0}).sum, 16);
  EXPECT_EQ(AtomOf({0, 1, 4, 0, 0}).kind, AtomKind::kExact);  // 14
  const Atom low = AtomOf({0, 2, 3, 0, 0});                   // 13
  EXPECT_EQ(low.kind, AtomKind::kAtMost);
  EXPECT_EQ(low.bound_numerator, 13);
  EXPECT_EQ(low.half, HalfStatement::kNone);
}

TEST(MakeAtomTest, FourPointsAreBoundedSixFromTheEnds) {
  EXPECT_EQ(AtomOf({0, 1, 4, 0}, kFourPoints).kind, AtomKind::kAtLeast);  // 14 of 20
  EXPECT_EQ(AtomOf({0, 1, 4, 0}, kFourPoints).bound_numerator, 14);
  EXPECT_EQ(AtomOf({0, 2, 3, 0}, kFourPoints).kind, AtomKind::kExact);   // 13
  EXPECT_EQ(AtomOf({0, 3, 2, 0}, kFourPoints).kind, AtomKind::kExact);   // 12
  EXPECT_EQ(AtomOf({0, 4, 1, 0}, kFourPoints).kind, AtomKind::kAtMost);  // 11
  EXPECT_EQ(AtomOf({0, 4, 1, 0}, kFourPoints).bound_numerator, 11);
}

TEST(MakeAtomTest, TheSumItselfIsNotInABoundedAtom) {
  EXPECT_EQ(AtomOf({0, 0, 0, 0, 9}).sum, AtomOf({0, 0, 0, 4, 5}).sum);
  EXPECT_EQ(AtomOf({0, 0, 0, 0, 9}).bound_numerator, AtomOf({0, 0, 0, 4, 5}).bound_numerator);
}

TEST(MakeAtomTest, ShowsTheDistributionFromTenWithThreeInEachHalf) {
  const Atom shown = AtomOf({1, 2, 3, 3, 1});
  EXPECT_EQ(shown.kind, AtomKind::kExact);
  EXPECT_EQ(shown.n, 10);
  EXPECT_EQ(shown.sum, 31);
  EXPECT_EQ(shown.counts, (CountsOf{1, 2, 3, 3, 1}));
  EXPECT_EQ(shown.half, HalfStatement::kNone);

  EXPECT_TRUE(AtomOf({1, 2, 3, 2, 1}).counts.empty()) << "nine answers";
  EXPECT_EQ(AtomOf({1, 2, 3, 2, 1}).half, HalfStatement::kNone);
  // The middle of 1-5 counts high, of 1-4 the halves are even.
  EXPECT_TRUE(AtomOf({0, 2, 8, 0, 0}).counts.empty());
  EXPECT_FALSE(AtomOf({0, 3, 7, 0, 0}).counts.empty());
  EXPECT_FALSE(AtomOf({0, 7, 3, 0}, kFourPoints).counts.empty());
  EXPECT_TRUE(AtomOf({5, 3, 1, 1}, kFourPoints).counts.empty());
}

TEST(MakeAtomTest, SaysWhichHalfHasAtMostTwoWhereTheDistributionIsNotShown) {
  const Atom high = AtomOf({0, 2, 2, 3, 3});
  EXPECT_EQ(high.kind, AtomKind::kExact);
  EXPECT_EQ(high.sum, 37);
  EXPECT_EQ(high.half, HalfStatement::kAtMostTwoLow);
  const Atom low = AtomOf({8, 1, 0, 0, 1});
  EXPECT_EQ(low.kind, AtomKind::kAtMost);
  EXPECT_EQ(low.bound_numerator, 18);
  EXPECT_EQ(low.half, HalfStatement::kAtMostTwoHigh);
  const Atom praise = AtomOf({0, 0, 0, 0, 20});
  EXPECT_EQ(praise.kind, AtomKind::kAtLeast);
  EXPECT_EQ(praise.bound_numerator, 92);
  EXPECT_EQ(praise.half, HalfStatement::kAtMostTwoLow);
}

TEST(MakeAtomTest, APoolPrintsMeansOnly) {
  const Atom atom = AtomOf({4, 4, 4, 4, 4}, kFivePoints, true, 9);
  EXPECT_EQ(atom.kind, AtomKind::kExact);
  EXPECT_EQ(atom.sum, 60);
  EXPECT_TRUE(atom.counts.empty());
  EXPECT_EQ(atom.half, HalfStatement::kNone);
  EXPECT_FALSE(atom.not_observed.has_value());
}

TEST(MakeAtomTest, CountsWhoHaveNotSeenItOnlyFromFive) {
  EXPECT_FALSE(AtomOf({0, 0, 5, 0, 0}, kFivePoints, false, 4).not_observed.has_value());
  EXPECT_EQ(AtomOf({0, 0, 5, 0, 0}, kFivePoints, false, 5).not_observed, 5);
  EXPECT_FALSE(AtomOf({0, 0, 4, 0, 0}, kFivePoints, false, 50).not_observed.has_value());
  constexpr DisclosureRules kEight{5, 8, 1, 10};
  EXPECT_FALSE(AtomOf({0, 0, 8, 0, 0}, kEight, false, 7).not_observed.has_value());
  EXPECT_EQ(AtomOf({0, 0, 8, 0, 0}, kEight, false, 8).not_observed, 8);
}

TEST(MakeAtomTest, ARaisedMinimumWithholdsMore) {
  constexpr DisclosureRules kTwelve{5, 12, 1, 10};
  EXPECT_EQ(AtomOf({2, 2, 2, 3, 2}, kTwelve).kind, AtomKind::kWithheld);
  EXPECT_EQ(AtomOf({2, 2, 2, 3, 2}, kTwelve).n, 0);
  EXPECT_EQ(AtomOf({2, 2, 2, 3, 3}, kTwelve).kind, AtomKind::kExact);
}

TEST(MakeAtomTest, WithholdsEverySumWhereTheBoundsWouldMeet) {
  constexpr DisclosureRules kFourInsiders{5, 9, 4, 10};
  for (const CountsOf& counts :
       {CountsOf{0, 0, 0, 0, 10}, CountsOf{10, 0, 0, 0, 0}, CountsOf{2, 2, 2, 2, 2}}) {
    const Atom atom = AtomOf(counts, kFourInsiders, false, 30);
    EXPECT_EQ(atom.kind, AtomKind::kWithheld);
    EXPECT_EQ(atom.n, 10);
    EXPECT_EQ(atom.sum, 0);
    EXPECT_EQ(atom.bound_numerator, 0);
    EXPECT_TRUE(atom.counts.empty());
    EXPECT_EQ(atom.half, HalfStatement::kNone);
    EXPECT_FALSE(atom.not_observed.has_value());
  }
  EXPECT_EQ(AtomOf({0, 0, 11, 0, 0}, kFourInsiders).kind, AtomKind::kExact);
}

TEST(MakeAtomTest, ADistributionThatIsShownHoldsTheSum) {
  // With two insiders four lowest of n lie just within the upper bound, and yet each half has its
  // four.
  constexpr DisclosureRules kTwoInsiders{5, 7, 2, 10};
  const Atom atom = AtomOf({0, 4, 0, 0, 8}, kTwoInsiders);
  EXPECT_EQ(atom.kind, AtomKind::kExact);
  EXPECT_EQ(atom.sum, 48);
  EXPECT_EQ(atom.bound_numerator, 0);
  EXPECT_EQ(atom.counts, (CountsOf{0, 4, 0, 0, 8}));
}

TEST(MakeAtomTest, BlankAnswersMoveNothing) {
  ItemTally tally{{0, 1, 2, 3, 0}, 0, 0};
  const Atom without = MakeAtom("I.1.a", tally, kFivePoints, false);
  tally.blank = 100;
  const Atom with = MakeAtom("I.1.a", tally, kFivePoints, false);
  EXPECT_EQ(with.n, without.n);
  EXPECT_EQ(with.sum, without.sum);
}

TEST(MakeAtomTest, HoldsAMillionAnswers) {
  const Atom atom = AtomOf({200'000, 200'000, 200'000, 200'000, 200'000});
  EXPECT_EQ(atom.n, 1'000'000);
  EXPECT_EQ(atom.sum, 3'000'000);
}

// --- MakeClosedResult, on the sample instrument: staff and student are asked items 0-2, parent
// items 0 and 3.

class MakeClosedResultTest : public testing::Test {
 protected:
  // A group of `raters` who all gave 3 to every item that they are asked.
  void AddGroup(const std::string& code, const std::vector<std::string>& members, int64_t raters,
                int64_t reissued = 0, int64_t invited = 20) {
    const IssuingGroup group{code, members, invited, "key of " + code};
    manifest_.groups.push_back(group);
    GroupTally tally{code, raters, std::vector<ItemTally>(4, {CountsOf(5), 0, 0})};
    for (const int item : CommonItems(instrument_, members)) tally.items[item].counts[2] = raters;
    tallies_.push_back(tally);
    counts_.push_back({code, invited, raters, reissued, raters, 0});
  }

  ClosedResult Result() {
    return MakeClosedResult(manifest_, instrument_, rules_, tallies_, counts_);
  }

  // "staff printed 3, parent too_few 0": each block's code, state and number of atoms.
  std::string Blocks() {
    const char* const names[] = {"printed", "too_few", "reissued", "more_answers", "pooled"};
    std::string text;
    for (const Block& block : Result().blocks) {
      if (!text.empty()) text += ", ";
      text += block.code + " " + names[static_cast<int>(block.state)] + " " +
              std::to_string(block.atoms.size());
    }
    return text;
  }

  Instrument instrument_ = SampleInstrument();
  Manifest manifest_ = [] {
    Manifest manifest = SampleManifest();
    manifest.groups.clear();
    return manifest;
  }();
  DisclosureRules rules_ = kFivePoints;
  std::vector<GroupTally> tallies_;
  std::vector<GroupCounts> counts_;
};

TEST_F(MakeClosedResultTest, PrintsGroupsOfAtLeastFiveWithTheItemsTheyAreAsked) {
  AddGroup("parent", {"parent"}, 5);
  AddGroup("staff", {"staff"}, 12);
  EXPECT_EQ(Blocks(), "parent printed 2, staff printed 3");
  const ClosedResult result = Result();
  EXPECT_EQ(result.survey.value(), kSampleSurvey);
  EXPECT_EQ(result.points, 5);
  EXPECT_EQ(result.blocks[0].members, std::vector<std::string>{"parent"});
  EXPECT_EQ(result.blocks[0].atoms[1].indicator, "II.2.a");
  EXPECT_EQ(result.blocks[1].atoms[2].indicator, "II.1.a");
  EXPECT_EQ(result.blocks[1].atoms[2].sum, 36);
}

TEST_F(MakeClosedResultTest, CountsAreHandedOnAsTheyAre) {
  AddGroup("staff", {"staff"}, 12, 1);
  counts_[0].replaced = 4;
  const GroupCounts counts = Result().counts[0];
  EXPECT_EQ(counts.code, "staff");
  EXPECT_EQ(counts.invited, 20);
  EXPECT_EQ(counts.reissued, 1);
  EXPECT_EQ(counts.counted, 12);
  EXPECT_EQ(counts.replaced, 4);
}

TEST_F(MakeClosedResultTest, OneSmallGroupIsInNoFigure) {
  AddGroup("parent", {"parent"}, 4);
  AddGroup("staff", {"staff"}, 12);
  EXPECT_EQ(Blocks(), "parent too_few 0, staff printed 3");
}

TEST_F(MakeClosedResultTest, SmallGroupsOfFiveTogetherAreInNoFigure) {
  AddGroup("parent", {"parent"}, 2);
  AddGroup("staff", {"staff"}, 3);
  EXPECT_EQ(Blocks(), "parent too_few 0, staff too_few 0");
}

TEST_F(MakeClosedResultTest, SmallGroupsOfSixTogetherAreAPool) {
  AddGroup("parent", {"parent"}, 2);
  AddGroup("staff", {"staff"}, 4);
  AddGroup("student", {"student"}, 30);
  EXPECT_EQ(Blocks(), "parent pooled 0, staff pooled 0, student printed 3, other_raters printed 4");
  const Block pool = Result().blocks[3];
  EXPECT_EQ(pool.members, (std::vector<std::string>{"parent", "staff"}));
  EXPECT_EQ(pool.atoms[0].kind, AtomKind::kExact);
  EXPECT_EQ(pool.atoms[0].n, 6);
  EXPECT_EQ(pool.atoms[0].sum, 18);
  // Asked of the four staff, or of the two parents, alone.
  for (const size_t i : {1, 2, 3}) EXPECT_EQ(pool.atoms[i].kind, AtomKind::kWithheld) << i;
}

TEST_F(MakeClosedResultTest, ThePoolNeedsAsManyMoreAsThereAreInsiders) {
  rules_.insiders = 3;
  rules_.minimum_group_size = 8;
  AddGroup("parent", {"parent"}, 3);
  AddGroup("staff", {"staff"}, 7);
  EXPECT_EQ(Blocks(), "parent too_few 0, staff too_few 0");
  AddGroup("student", {"student"}, 1);
  EXPECT_EQ(Blocks(), "parent pooled 0, staff pooled 0, student pooled 0, other_raters printed 4");
}

TEST_F(MakeClosedResultTest, AnItemOfThePoolNeedsAsManyAnswersAsThePool) {
  AddGroup("parent", {"parent"}, 2);
  AddGroup("staff", {"staff"}, 4);
  EXPECT_EQ(Result().blocks[2].atoms[0].n, 6);
  // One of the two parents leaves the first item out: the other one knows what the staff's four answers come to.
  tallies_[0].items[0].counts[2] = 1;
  EXPECT_EQ(Result().blocks[2].atoms[0].kind, AtomKind::kWithheld);
  EXPECT_EQ(Result().blocks[2].atoms[0].n, 0);
}

TEST_F(MakeClosedResultTest, NobodyStandsAloneBesideAJoinedGroupThatIsTooSmall) {
  AddGroup("staff", {"staff"}, 1);
  AddGroup("other_raters", {"parent", "student"}, 5);
  // Who is the one of the staff would know what the five answered on the whole.
  EXPECT_EQ(Blocks(), "staff pooled 0, other_raters printed 3");
  EXPECT_EQ(Result().blocks[1].atoms[0].kind, AtomKind::kWithheld);
  EXPECT_EQ(Result().blocks[1].atoms[0].n, 0);
  // Of six the mean could be shown without that one.
  tallies_[1].items[0].counts[2] = tallies_[1].raters = 6;
  EXPECT_EQ(Result().blocks[1].atoms[0].n, 7);
  // And beside two others five are as open as any small group.
  tallies_[1].items[0].counts[2] = tallies_[1].raters = 5;
  tallies_[0].items[0].counts[2] = tallies_[0].raters = 2;
  EXPECT_EQ(Result().blocks[1].atoms[0].n, 7);
}

TEST_F(MakeClosedResultTest, AJoinedGroupIsAPoolOnItsOwn) {
  AddGroup("staff", {"staff"}, 12);
  AddGroup("other_raters", {"parent", "student"}, 5);
  EXPECT_EQ(Blocks(), "staff printed 3, other_raters too_few 0");
  tallies_[1].raters = 6;
  for (ItemTally& item : tallies_[1].items) item.counts[2] = 6;
  EXPECT_EQ(Blocks(), "staff printed 3, other_raters printed 1");
}

TEST_F(MakeClosedResultTest, APoolShowsNoDistributionHoweverLarge) {
  AddGroup("other_raters", {"parent", "student"}, 30);
  tallies_[0].items[0].counts = {6, 6, 6, 6, 6};
  const Block pool = Result().blocks[0];
  EXPECT_EQ(pool.atoms[0].sum, 90);
  EXPECT_TRUE(pool.atoms[0].counts.empty());
}

TEST_F(MakeClosedResultTest, SmallGroupsJoinTheJoinedGroup) {
  AddGroup("staff", {"staff"}, 4);
  AddGroup("other_raters", {"parent", "student"}, 3);
  EXPECT_EQ(Blocks(), "staff pooled 0, other_raters printed 3");
  EXPECT_EQ(Result().blocks[1].members, (std::vector<std::string>{"parent", "staff", "student"}));
  EXPECT_EQ(Result().blocks[1].atoms[0].n, 7);
}

TEST_F(MakeClosedResultTest, MoreThanTenPercentReissuedWithholdsAGroup) {
  AddGroup("staff", {"staff"}, 12, 2, 20);
  AddGroup("student", {"student"}, 12, 3, 20);
  EXPECT_EQ(Blocks(), "staff printed 3, student reissued 0");
}

TEST_F(MakeClosedResultTest, AGroupWithTooManyReissuedIsInNoPool) {
  AddGroup("parent", {"parent"}, 4, 1, 5);
  AddGroup("staff", {"staff"}, 4);
  EXPECT_EQ(Blocks(), "parent reissued 0, staff too_few 0");
  counts_[0].reissued = 0;
  EXPECT_EQ(Blocks(), "parent pooled 0, staff pooled 0, other_raters printed 4");
}

TEST_F(MakeClosedResultTest, AJoinedGroupWithTooManyReissuedLeavesNoPool) {
  AddGroup("staff", {"staff"}, 4);
  AddGroup("other_raters", {"parent", "student"}, 9, 3, 20);
  EXPECT_EQ(Blocks(), "staff too_few 0, other_raters reissued 0");
  EXPECT_EQ(Result().blocks[1].members, (std::vector<std::string>{"parent", "student"}));
}

TEST_F(MakeClosedResultTest, AGroupWithMoreAnswersThanCodesIsInNoFigure) {
  AddGroup("parent", {"parent"}, 4);
  AddGroup("staff", {"staff"}, 12);
  AddGroup("student", {"student"}, 4);
  counts_[1].issued = 11;
  counts_[1].reissued = 1;
  EXPECT_EQ(Blocks(), "parent pooled 0, staff printed 3, student pooled 0, other_raters printed 4");
  counts_[1].issued = 10;
  counts_[0].issued = 3;
  EXPECT_EQ(Blocks(), "parent more_answers 0, staff more_answers 0, student too_few 0");
}

TEST_F(MakeClosedResultTest, AJoinedGroupWithMoreAnswersThanCodesLeavesNoPool) {
  AddGroup("staff", {"staff"}, 4);
  AddGroup("other_raters", {"parent", "student"}, 9);
  counts_[1].issued = 8;
  EXPECT_EQ(Blocks(), "staff too_few 0, other_raters more_answers 0");
}

TEST_F(MakeClosedResultTest, AGroupOfNobodyLooksLikeAnyOtherSmallGroup) {
  AddGroup("parent", {"parent"}, 0);
  AddGroup("staff", {"staff"}, 2);
  AddGroup("student", {"student"}, 4);
  EXPECT_EQ(Blocks(), "parent pooled 0, staff pooled 0, student pooled 0, other_raters printed 4");
}

TEST_F(MakeClosedResultTest, NoAnswersAtAllGiveNoFigure) {
  AddGroup("parent", {"parent"}, 0);
  AddGroup("other_raters", {"staff", "student"}, 0);
  EXPECT_EQ(Blocks(), "parent too_few 0, other_raters too_few 0");
}

TEST_F(MakeClosedResultTest, RulesComeFromTheContract) {
  Contract contract = SampleContract();
  contract.minimum_group_size = 9;
  contract.insiders = 2;
  contract.maximum_reissued_percent = 3;
  const DisclosureRules rules = RulesOf(contract, instrument_);
  EXPECT_EQ(rules.points, 5);
  EXPECT_EQ(rules.minimum_group_size, 9);
  EXPECT_EQ(rules.insiders, 2);
  EXPECT_EQ(rules.maximum_reissued_percent, 3);
}

TEST(ItemTallyTest, AddsUp) {
  ItemTally tally{{1, 0, 2}, 1, 0};
  tally += ItemTally{{0, 1, 1}, 2, 3};
  EXPECT_EQ(tally.counts, (CountsOf{1, 1, 3}));
  EXPECT_EQ(tally.not_observed, 3);
  EXPECT_EQ(tally.blank, 3);
  ItemTally empty;
  empty += tally;
  EXPECT_EQ(empty.counts, tally.counts);
}

}  // namespace
}  // namespace candor::domain
