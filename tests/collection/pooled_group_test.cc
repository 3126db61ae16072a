// Which figures a group of raters gives, from whom on, and that they are those of the raw forms.

#include "services/collection/pooled_group.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/collection/pooling.h"
#include "tests/collection/made_campaign.h"

namespace candor::collection {
namespace {

using domain::PooledFigures;
using domain::PooledScale;
using domain::PooledShare;
using Bound = PooledShare::Bound;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Domains A (A.1: items 0-2, A.2: 3-4), B (B.1: 5-6, B.2: 7, B.3: 8), C (C.1: 9-11).
const MadeShape kShape = {{3, 2}, {2, 1, 1}, {3}};
constexpr int kItems = 12;
const std::set<int> kReversed = {1, 6, 10};
const std::vector<MadeGroup> kGroups = {{"staff", FirstItems(12)},
                                        {"student", {0, 1, 2, 5, 6, 7}},
                                        {"parent", {0, 1, 2, 3, 4}},
                                        {"guest", {9, 10, 11}},
                                        {"neighbour", {0, 3, 5, 8}}};

// "competency alpha" and "domain icc" for each figure that a group has.
std::vector<std::string> ToldBy(const ContributionFormat::Group& group) {
  std::vector<std::string> told;
  for (const ToldScale& scale : ToldScales(group)) {
    told.push_back(group.scales[static_cast<size_t>(scale.scale)].code +
                   (scale.figure == ToldScale::Figure::kConsistency ? " alpha" : " icc"));
  }
  return told;
}

TEST(ToldScalesTest, CompetenciesHaveAlphaAndDomainsOfSeveralHaveIccAndNothingIsToldOfAllItems) {
  const ContributionFormat format(MakeVersion(kShape, kGroups));
  EXPECT_THAT(ToldBy(format.groups()[0]), ElementsAre("A icc", "B icc", "A.1 alpha", "A.2 alpha", "B.1 alpha", "C.1 alpha"));
  // Of A students are asked one competency: the same items have one figure.
  EXPECT_THAT(ToldBy(format.groups()[1]), ElementsAre("B icc", "A.1 alpha", "B.1 alpha"));
  // Domain A is all that parents are asked, C.1 all that guests are.
  EXPECT_THAT(ToldBy(format.groups()[2]), ElementsAre("A.1 alpha", "A.2 alpha"));
  EXPECT_THAT(ToldBy(format.groups()[3]), IsEmpty());
  EXPECT_THAT(ToldBy(format.groups()[4]), ElementsAre("A icc", "B icc"));
}

// That which the argument rests on, for many instruments: of the pairs of items of each told scale some are in no other told
// scale but larger ones, and some pair is in none at all.
TEST(ToldScalesTest, EveryFigureHasPairsOfItemsOfItsOwn) {
  std::mt19937 random(11);
  int told_scales = 0;
  for (int trial = 0; trial < 300; ++trial) {
    MadeShape shape(1 + random() % 4);
    int items = 0;
    for (std::vector<int>& domain : shape) {
      domain.resize(1 + random() % 3);
      for (int& competency : domain) items += competency = 1 + static_cast<int>(random() % 3);
    }
    std::vector<int> asked;
    for (int item = 0; item < items; ++item) {
      if (random() % 4 != 0) asked.push_back(item);
    }
    if (asked.empty()) continue;
    const ContributionFormat format(MakeVersion(shape, {{"staff", asked}}));
    const ContributionFormat::Group& group = format.groups()[0];
    std::map<std::pair<int, int>, size_t> smallest;  // of each pair, the size of the smallest told scale with both
    for (size_t a = 0; a < asked.size(); ++a) {
      for (size_t b = a + 1; b < asked.size(); ++b) smallest[{static_cast<int>(a), static_cast<int>(b)}] = asked.size();
    }
    const std::vector<ToldScale> told = ToldScales(group);
    std::map<std::pair<int, int>, int> owner;
    for (const ToldScale& scale : told) {
      const std::vector<int>& of = group.layout->scales[static_cast<size_t>(scale.scale)];
      for (const int j : of) {
        for (const int l : of) {
          if (j >= l || of.size() >= smallest[{j, l}]) continue;
          smallest[{j, l}] = of.size();
          owner[{j, l}] = scale.scale;
        }
      }
    }
    for (const ToldScale& scale : told) {
      EXPECT_TRUE(std::any_of(owner.begin(), owner.end(), [&](const auto& pair) { return pair.second == scale.scale; }));
      ++told_scales;
    }
    if (!told.empty()) {
      EXPECT_LT(owner.size(), smallest.size()) << "a pair for the correlation of items alone";
    }
  }
  EXPECT_GT(told_scales, 300);
}

class PooledGroupTest : public ::testing::Test {
 protected:
  std::vector<std::vector<Block>> Campaign(int leaders, int staff, int student = 0) {
    std::vector<std::vector<Block>> campaign;
    for (int i = 0; i < leaders; ++i) {
      campaign.push_back({MadeForms(random_, staff, kItems, kGroups[0].second, kReversed, 8),
                          MadeForms(random_, student, kItems, kGroups[1].second, kReversed, 8), {}, {}, {}});
    }
    return campaign;
  }
  static std::vector<Block> BlocksOf(const std::vector<std::vector<Block>>& campaign, size_t group) {
    std::vector<Block> blocks;
    for (const std::vector<Block>& leader : campaign) blocks.push_back(leader[group]);
    return blocks;
  }
  static const PooledScale* Find(const PooledFigures& figures, const std::string& group, const std::string& scale) {
    for (const PooledScale& told : figures.scales) {
      if (told.group == group && told.scale == scale) return &told;
    }
    return nullptr;
  }
  static int Hundredths(double figure, int least) {
    return std::clamp(static_cast<int>(std::lround(figure)), least, domain::kHighestPooledReliability);
  }
  void ExpectSlow(const PooledFigures& figures, const std::vector<Block>& blocks, size_t group,
                  const std::map<std::string, std::vector<int>>& alphas, const std::map<std::string, std::vector<int>>& iccs) {
    const std::string& code = kGroups[group].first;
    for (const auto& [scale, items] : alphas) {
      SCOPED_TRACE(code + scale);
      const PooledScale* told = Find(figures, code, scale);
      ASSERT_NE(told, nullptr);
      const SlowReliability slow = SlowReliabilityOf(blocks, items, kReversed);
      EXPECT_EQ(told->alpha, Hundredths(slow.alpha, 0));
      EXPECT_EQ(told->lambda2, Hundredths(slow.lambda2, 0));
      EXPECT_EQ(told->icc1, std::nullopt);
    }
    for (const auto& [scale, items] : iccs) {
      SCOPED_TRACE(code + scale);
      const PooledScale* told = Find(figures, code, scale);
      ASSERT_NE(told, nullptr);
      const SlowReliability slow = SlowReliabilityOf(blocks, items, kReversed);
      EXPECT_EQ(told->icc1, Hundredths(slow.icc1, -100));
      EXPECT_EQ(told->icc2, Hundredths(slow.icc2, -100));
      EXPECT_EQ(told->alpha, std::nullopt);
    }
  }

  const ContributionFormat format_{MakeVersion(kShape, kGroups, kReversed)};
  std::mt19937 random_{5};
};

TEST_F(PooledGroupTest, FiguresEqualTheSlowComputationFromTheForms) {
  for (int trial = 0; trial < 8; ++trial) {
    std::vector<std::vector<Block>> campaign = Campaign(10 + trial, 14 + trial, 12);
    const PooledFigures figures = FiguresOf(format_, campaign);
    EXPECT_EQ(figures.scales.size(), 9u);
    ExpectSlow(figures, BlocksOf(campaign, 0), 0,
               {{"A.1", {0, 1, 2}}, {"A.2", {3, 4}}, {"B.1", {5, 6}}, {"C.1", {9, 10, 11}}},
               {{"A", {0, 1, 2, 3, 4}}, {"B", {5, 6, 7, 8}}});
    ExpectSlow(figures, BlocksOf(campaign, 1), 1, {{"A.1", {0, 1, 2}}, {"B.1", {5, 6}}}, {{"B", {5, 6, 7}}});
  }
}

TEST_F(PooledGroupTest, TheOrderOfSurveysChangesNoByte) {
  std::vector<std::vector<Block>> campaign = Campaign(14, 13, 11);
  const std::string document = domain::EncodePooledFigures(FiguresOf(format_, campaign));
  for (int trial = 0; trial < 20; ++trial) {
    std::shuffle(campaign.begin(), campaign.end(), random_);
    EXPECT_EQ(domain::EncodePooledFigures(FiguresOf(format_, campaign)), document);
  }
}

TEST_F(PooledGroupTest, TenLeadersAndAHundredRatersGiveReliabilityAndFewerDoNot) {
  const std::vector<std::vector<Block>> campaign = Campaign(10, 11);
  EXPECT_EQ(FiguresOf(format_, campaign).scales.size(), 6u);
  std::vector<std::vector<Block>> nine(campaign.begin(), campaign.end() - 1);
  const Block more = MadeForms(random_, 30, kItems, kGroups[0].second, kReversed);
  nine[0][0].insert(nine[0][0].end(), more.begin(), more.end());
  const PooledFigures of_nine = FiguresOf(format_, nine);
  EXPECT_THAT(of_nine.scales, IsEmpty());
  EXPECT_EQ(of_nine.groups.size(), 1u);
  // A tenth whose block is too small stands behind nothing.
  nine.push_back({MadeForms(random_, 9, kItems, kGroups[0].second), {}, {}, {}, {}});
  EXPECT_TRUE(FiguresOf(format_, nine) == of_nine);
}

TEST_F(PooledGroupTest, NinetyNineRatersOrFourLeadersHaveNoFigureOfTheirGroup) {
  std::vector<std::vector<Block>> five;
  for (int i = 0; i < 5; ++i) five.push_back({MadeForms(random_, 20, kItems, kGroups[0].second), {}, {}, {}, {}});
  EXPECT_EQ(FiguresOf(format_, five).groups.size(), 1u);
  std::vector<std::vector<Block>> without_a_rating = five;
  without_a_rating[3][0][7] = Marks(kItems, 0);
  EXPECT_THAT(FiguresOf(format_, without_a_rating).groups, IsEmpty()) << "a hundred forms of 99 raters";
  std::vector<std::vector<Block>> four(five.begin(), five.end() - 1);
  const Block more = MadeForms(random_, 30, kItems, kGroups[0].second);
  four[0][0].insert(four[0][0].end(), more.begin(), more.end());
  EXPECT_THAT(FiguresOf(format_, four).groups, IsEmpty());
}

TEST_F(PooledGroupTest, BehindAScaleStandThoseWhoRatedHalfOfIt) {
  std::vector<std::vector<Block>> campaign;
  for (int i = 0; i < 10; ++i) campaign.push_back({MadeForms(random_, 10, kItems, kGroups[0].second), {}, {}, {}, {}});
  EXPECT_EQ(FiguresOf(format_, campaign).scales.size(), 6u);
  for (const int item : {0, 1}) campaign[4][0][2][static_cast<size_t>(item)] = 255;
  const PooledFigures figures = FiguresOf(format_, campaign);
  EXPECT_EQ(Find(figures, "staff", "A.1"), nullptr) << "99 who rated two of three";
  EXPECT_NE(Find(figures, "staff", "A"), nullptr) << "a hundred who rated three of five";
  EXPECT_NE(Find(figures, "staff", "C.1"), nullptr);
  for (const int item : {2, 3}) campaign[4][0][2][static_cast<size_t>(item)] = 0;
  EXPECT_EQ(Find(FiguresOf(format_, campaign), "staff", "A"), nullptr);
}

TEST_F(PooledGroupTest, BlocksThatAreNotPrintedAreInNoFigure) {
  const std::vector<std::vector<Block>> campaign = Campaign(12, 12, 12);
  Pooling without(format_), with(format_);
  for (size_t i = 0; i < campaign.size(); ++i) {
    if (i == 3) {
      with.AddLeader(ContributionOf(format_, campaign[i], {false, false, true, true, true}));
    } else {
      with.AddLeader(ContributionOf(format_, campaign[i]));
      without.AddLeader(ContributionOf(format_, campaign[i]));
    }
  }
  EXPECT_TRUE(with.Figures() == without.Figures());
  EXPECT_FALSE(with.Figures() == FiguresOf(format_, campaign));
}

// Straight to the pool, since no block that is contributed has so few of a pair.
class GroupPoolTest : public ::testing::Test {
 protected:
  using Rows = std::vector<std::vector<uint8_t>>;
  PooledFigures FiguresOf(const std::vector<Rows>& leaders) const {
    const ContributionFormat::Group& group = format_.groups()[0];
    GroupPool pool(group, 5);
    for (const Rows& rows : leaders) {
      statistics::Tally block(group.layout, kContributedParts);
      for (const std::vector<uint8_t>& row : rows) block.Add(row);
      pool.Add(block);
    }
    PooledFigures figures;
    pool.AppendTo(figures);
    return figures;
  }

  // A.1: items 0 and 1; B.1: item 2; B.2: item 3.
  const ContributionFormat format_{MakeVersion({{2}, {1, 1}}, {{"staff", FirstItems(4)}})};
};

TEST_F(GroupPoolTest, APairOfThirtyIsEnoughAndOfTwentyNineTooFew) {
  for (const int short_of : {0, 1}) {
    std::vector<Rows> leaders(10);
    for (Rows& rows : leaders) {
      for (uint8_t r = 0; r < 10; ++r) {
        const uint8_t mark = static_cast<uint8_t>(1 + r % 5);
        rows.push_back({mark, r < 3 ? mark : statistics::kBlank, 4, mark});
      }
    }
    if (short_of == 1) leaders[0][0][1] = statistics::kNotObserved;
    const PooledFigures figures = FiguresOf(leaders);
    std::vector<std::string> scales;
    for (const PooledScale& scale : figures.scales) scales.push_back(scale.scale);
    EXPECT_EQ(scales, short_of == 0 ? (std::vector<std::string>{"B", "A.1"}) : std::vector<std::string>{"B"});
  }
}

TEST_F(GroupPoolTest, FiguresThatNoAnswersHaveAreLeftOut) {
  // Those who rated both items of A.1 do it alike and at the ends, the others in the middle: pairwise, alpha is above 1.
  std::vector<Rows> leaders(10);
  for (Rows& rows : leaders) {
    for (uint8_t r = 0; r < 5; ++r) {
      const uint8_t mark = r % 2 == 0 ? 1 : 5;
      rows.push_back({mark, mark, 4, mark});
    }
    for (int r = 0; r < 5; ++r) {
      rows.push_back({3, 0, 4, 3});
      rows.push_back({0, 3, 4, 2});
    }
  }
  const PooledFigures figures = FiguresOf(leaders);
  ASSERT_EQ(figures.scales.size(), 1u);
  EXPECT_EQ(figures.scales[0].scale, "B");
}

TEST_F(GroupPoolTest, FiguresAreToldWithinTheirLimits) {
  const auto told = [&](const std::function<std::vector<uint8_t>(int, int)>& row) {
    std::vector<Rows> leaders(10);
    for (int leader = 0; leader < 10; ++leader) {
      for (int r = 0; r < 10; ++r) leaders[static_cast<size_t>(leader)].push_back(row(leader, r));
    }
    return FiguresOf(leaders).scales;
  };
  const auto mark = [](int value) { return static_cast<uint8_t>(1 + value % 5); };
  // B stands before A.1: domains come before competencies. All rate a leader alike and both items of A.1 alike.
  EXPECT_THAT(told([&](int leader, int r) { return std::vector<uint8_t>{mark(r), mark(r), mark(leader), mark(leader)}; }),
              ElementsAre(PooledScale{"staff", "B", std::nullopt, std::nullopt, 95, 95}, PooledScale{"staff", "A.1", 95, 95}));
  // The second item of A.1 against the first; leaders do not differ at all.
  EXPECT_THAT(told([&](int, int r) { return std::vector<uint8_t>{mark(r), mark(4 - r % 5), mark(r), mark(r)}; }),
              ElementsAre(PooledScale{"staff", "B", std::nullopt, std::nullopt, -11, std::nullopt}))
      << "the sum of both is the same for all, so there is no alpha; ICC1 is -1/9";
  // One rater apart, they do not differ either; the items of A.1 go against each other.
  constexpr uint8_t kAgainst[] = {1, 4, 3, 2, 1};
  EXPECT_THAT(told([&](int leader, int r) {
                const uint8_t last = leader == 9 && r == 4 ? uint8_t{4} : mark(r);
                return std::vector<uint8_t>{mark(r), kAgainst[r % 5], 3, last};
              }),
              ElementsAre(PooledScale{"staff", "B", std::nullopt, std::nullopt, -11, -100}, PooledScale{"staff", "A.1", 0, 0}));
  // Nobody differs in anything.
  EXPECT_THAT(told([&](int, int) { return std::vector<uint8_t>{4, 4, 4, 4}; }), IsEmpty());
}

TEST(ShareOfTest, FewerThanFiveAndAllButFewerThanFiveAreToldAsBounds) {
  EXPECT_TRUE(ShareOf(0, 100) == (PooledShare{4, Bound::kAtMost}));
  EXPECT_TRUE(ShareOf(4, 100) == (PooledShare{4, Bound::kAtMost}));
  EXPECT_TRUE(ShareOf(5, 100) == (PooledShare{5, Bound::kExact}));
  EXPECT_TRUE(ShareOf(95, 100) == (PooledShare{95, Bound::kExact}));
  EXPECT_TRUE(ShareOf(96, 100) == (PooledShare{96, Bound::kAtLeast}));
  EXPECT_TRUE(ShareOf(100, 100) == (PooledShare{96, Bound::kAtLeast}));
  // A bound holds: it is turned away from the count.
  EXPECT_TRUE(ShareOf(0, 130) == (PooledShare{4, Bound::kAtMost})) << "4 of 130 are 3.1 in 100";
  EXPECT_TRUE(ShareOf(130, 130) == (PooledShare{96, Bound::kAtLeast}));
  EXPECT_TRUE(ShareOf(25, 200) == (PooledShare{13, Bound::kExact})) << "a half away from zero";
  EXPECT_TRUE(ShareOf(5, 20'000) == (PooledShare{1, Bound::kExact})) << "not nobody";
  EXPECT_TRUE(ShareOf(19'995, 20'000) == (PooledShare{99, Bound::kExact})) << "nor everybody";
}

bool IsStraight(const Marks& marks) {
  std::vector<int> ratings;
  for (int item = 0; item < kItems; ++item) {
    const int mark = marks[static_cast<size_t>(item)];
    if (mark != 0 && mark != 255) ratings.push_back(kReversed.contains(item) ? 6 - mark : mark);
  }
  return ratings.size() >= 10 && std::count(ratings.begin(), ratings.end(), ratings[0]) == std::ssize(ratings);
}

TEST_F(PooledGroupTest, StraightLinesAndFormsWithoutARatingAreCountedInEachGroup) {
  std::vector<std::vector<Block>> campaign = Campaign(6, 20, 20);
  int straight = 0, empty = 0;
  for (std::vector<Block>& leader : campaign) {
    for (size_t r = 0; r < 3; ++r) {
      for (int item = 0; item < kItems; ++item) leader[0][r][static_cast<size_t>(item)] = kReversed.contains(item) ? 2 : 4;
    }
    for (const Marks& marks : leader[0]) straight += IsStraight(marks) ? 1 : 0;
    leader[0].push_back(Marks(kItems, 255));
    empty += 1;
  }
  ASSERT_GE(straight, 18);
  const PooledFigures figures = FiguresOf(format_, campaign);
  ASSERT_EQ(figures.groups.size(), 2u);
  EXPECT_EQ(figures.groups[0].group, "staff");
  EXPECT_EQ(figures.groups[0].straight_line->hundredths, std::lround(100.0 * straight / 120));
  EXPECT_EQ(figures.groups[0].straight_line->bound, Bound::kExact);
  EXPECT_EQ(figures.groups[0].no_rating->hundredths, std::lround(100.0 * empty / (120 + empty)));
  // Students are asked six items.
  EXPECT_FALSE(figures.groups[1].straight_line.has_value());
  EXPECT_EQ(figures.groups[1].no_rating->bound, Bound::kAtMost);
}

}  // namespace
}  // namespace candor::collection
