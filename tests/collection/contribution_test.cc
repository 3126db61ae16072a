// What a survey contributes: which blocks, in which form, and when figures come of it.

#include "services/collection/contribution.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/random.h"
#include "services/collection/pooling.h"
#include "services/domain/errors.h"
#include "services/domain/ids.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/rated_forms.h"
#include "tests/domain/domain_builders.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;

class ContributionTest : public ::testing::Test {
 protected:
  // As after closing: `staff` are the forms of the issuing group staff, `student` those of student.
  ContributedBlocks Contribute(const Block& staff, const Block& student,
                               domain::BlockState staff_state = domain::BlockState::kPrinted) const {
    const std::vector<domain::IssuingGroup> groups = {{"staff", {"staff"}, 50, ""}, {"student", {"student"}, 50, ""}};
    ContributionCounter counter(format_, groups);
    for (const Marks& marks : staff) counter.Count(0, marks);
    for (const Marks& marks : student) counter.Count(1, marks);
    domain::ClosedResult result;
    result.blocks = {{"staff", {"staff"}, staff_state, {}},
                     {"student", {"student"}, domain::BlockState::kPrinted, {}}};
    return counter.Take(result);
  }
  static bool HasStaff(const ContributedBlocks& blocks) { return blocks[0].has_value(); }

  Block SomeForms(int raters) { return RandomBlock(random_, raters); }

  const ContributionFormat format_{
      domain::MakeInstrumentVersion(domain::SampleInstrument(), domain::SampleFramework())};
  const crypto::ClosingKeyPair key_ = crypto::ClosingKeyPair::Generate();
  const std::string survey_ = domain::SurveyIdBytes(domain::RandomSurveyId());
  std::mt19937 random_{7};
};

TEST_F(ContributionTest, AGroupHasTheItemsThatItIsAskedAndTheScalesOverThem) {
  ASSERT_EQ(format_.groups().size(), 3u);
  EXPECT_EQ(format_.groups()[0].code, "staff");
  EXPECT_EQ(format_.groups()[0].items, (std::vector<int>{0, 1, 2}));
  // All; I, II; I.1, II.1; EI, EQ.
  EXPECT_EQ(format_.groups()[0].layout->scales,
            (std::vector<std::vector<int>>{{0, 1, 2}, {0, 1}, {2}, {0, 1}, {2}, {0, 1}, {1}}));
  EXPECT_EQ(format_.groups()[2].code, "parent");
  EXPECT_EQ(format_.groups()[2].items, (std::vector<int>{0, 3}));
  // All; I, II; I.1, II.2; EI, EQ (of the item II.2.a, the second that parents are asked).
  EXPECT_EQ(format_.groups()[2].layout->scales,
            (std::vector<std::vector<int>>{{0, 1}, {0}, {1}, {0}, {1}, {0}, {1}}));
}

TEST_F(ContributionTest, ReversedItemsAreTurned) {
  const Block staff(10, Marks{2, 3, 1, 0});
  const ContributedBlocks blocks = Contribute(staff, {});
  ASSERT_TRUE(HasStaff(blocks));
  EXPECT_EQ(blocks[0]->sum(0), 20);
  EXPECT_EQ(blocks[0]->sum(1), 30);
  EXPECT_EQ(blocks[0]->sum(2), 50);
  EXPECT_EQ(blocks[0]->pair_product(0, 2), 10 * 2 * 5);
  EXPECT_FALSE(blocks[1].has_value());
  EXPECT_FALSE(blocks[2].has_value());
}

TEST_F(ContributionTest, TenRatersContributeAndNineDoNot) {
  EXPECT_TRUE(HasStaff(Contribute(Block(10, Marks{1, 2, 3, 0}), {})));
  EXPECT_FALSE(HasStaff(Contribute(Block(9, Marks{1, 2, 3, 0}), {})));
  // Forms without a rating are no raters.
  Block with_an_empty_one(9, Marks{1, 2, 3, 0});
  with_an_empty_one.push_back({255, 255, 0, 0});
  EXPECT_FALSE(HasStaff(Contribute(with_an_empty_one, {})));
}

TEST_F(ContributionTest, APairOfItemsThatFourRatedKeepsTheWholeBlockOut) {
  for (const size_t both : {size_t{4}, size_t{5}}) {
    Block staff(14, Marks{1, 2, 3, 0});
    for (size_t r = both; r < staff.size(); ++r) staff[r][r % 2 == 0 ? 0 : 1] = 255;
    EXPECT_EQ(HasStaff(Contribute(staff, {})), both == 5);
  }
}

TEST_F(ContributionTest, ABlockThatIsNotPrintedIsLeftOut) {
  const Block staff(20, Marks{1, 2, 3, 0});
  EXPECT_TRUE(HasStaff(Contribute(staff, {}, domain::BlockState::kPrinted)));
  for (const domain::BlockState state : {domain::BlockState::kTooFew, domain::BlockState::kTooManyReissued,
                                         domain::BlockState::kMoreAnswersThanCodes, domain::BlockState::kPooled}) {
    EXPECT_FALSE(HasStaff(Contribute(staff, {}, state)));
  }
}

TEST_F(ContributionTest, AJoinedGroupIsLeftOutThoughItIsPrinted) {
  for (const std::string code : {"other_raters", "staff"}) {
    const std::vector<std::string> members = {"staff", "student"};
    ContributionCounter counter(format_, {{code, members, 50, ""}});
    for (const Marks& marks : Block(20, Marks{1, 2, 3, 0})) counter.Count(0, marks);
    domain::ClosedResult result;
    result.blocks = {{code, members, domain::BlockState::kPrinted, {}}};
    for (const auto& block : counter.Take(result)) EXPECT_FALSE(block.has_value());
  }
  // Nor does a pool that took a group in pass for the group.
  ContributionCounter counter(format_, {{"staff", {"staff"}, 50, ""}});
  for (const Marks& marks : Block(20, Marks{1, 2, 3, 0})) counter.Count(0, marks);
  domain::ClosedResult result;
  result.blocks = {{"staff", {"staff"}, domain::BlockState::kPooled, {}},
                   {"other_raters", {"staff"}, domain::BlockState::kPrinted, {}}};
  for (const auto& block : counter.Take(result)) EXPECT_FALSE(block.has_value());
}

TEST_F(ContributionTest, WhatIsSealedIsReadBackByTheHolderOfTheKeyAlone) {
  const ContributedBlocks blocks = Contribute(SomeForms(12), SomeForms(40));
  const auto sealed = SealContribution(key_.public_key, survey_, format_, blocks);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  const auto opened = OpenContribution(key_, survey_, format_, *sealed);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->size(), 3u);
  EXPECT_TRUE(*(*opened)[0] == *blocks[0]);
  EXPECT_TRUE(*(*opened)[1] == *blocks[1]);
  EXPECT_FALSE((*opened)[2].has_value());

  const std::string other_survey = domain::SurveyIdBytes(domain::RandomSurveyId());
  ExpectReason(OpenContribution(key_, other_survey, format_, *sealed), absl::StatusCode::kDataLoss,
               reasons::kSTORE_CORRUPT);
  ExpectReason(OpenContribution(crypto::ClosingKeyPair::Generate(), survey_, format_, *sealed),
               absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  for (size_t at = 0; at < sealed->size(); at += 97) {
    std::string altered = *sealed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    ExpectReason(OpenContribution(key_, survey_, format_, altered), absl::StatusCode::kDataLoss,
                 reasons::kSTORE_CORRUPT);
  }
  for (const size_t length : {size_t{0}, size_t{79}, size_t{80}, sealed->size() - 1}) {
    ExpectReason(OpenContribution(key_, survey_, format_, sealed->substr(0, length)), absl::StatusCode::kDataLoss,
                 reasons::kSTORE_CORRUPT);
  }
  EXPECT_FALSE(SealContribution(std::string(32, '\0'), survey_, format_, blocks).ok());
}

TEST_F(ContributionTest, ItsLengthIsTheSameWhateverIsInIt) {
  std::set<size_t> lengths;
  for (const int staff : {0, 9, 10, 300}) {
    for (const int student : {0, 12}) {
      const auto sealed =
          SealContribution(key_.public_key, survey_, format_, Contribute(SomeForms(staff), SomeForms(student)));
      ASSERT_TRUE(sealed.ok()) << sealed.status();
      lengths.insert(sealed->size());
    }
  }
  EXPECT_EQ(lengths, std::set<size_t>{format_.sealed_size()});
  // And nothing of it repeats, though two records hold the same.
  const auto one = SealContribution(key_.public_key, survey_, format_, ContributedBlocks(3));
  const auto other = SealContribution(key_.public_key, survey_, format_, ContributedBlocks(3));
  EXPECT_NE(one->substr(0, 80), other->substr(0, 80));
  EXPECT_NE(one->substr(104), other->substr(104));
}

// Numbers of a large instrument that may pass 32 bits have room; the others take half of it.
TEST_F(ContributionTest, NumbersTakeTheBytesThatTheMostFormsNeed) {
  domain::InstrumentVersion version;
  version.instrument.scale.points = 10;
  version.instrument.rater_groups = {{"staff", {}}};
  domain::Competency competency{"C", "C", {}};
  for (int i = 0; i < 60; ++i) {
    const std::string code = absl::StrCat("C.", i);
    version.instrument.items.push_back({code, false, {{"staff", {}}}});
    competency.indicators.push_back({code, code, {}});
  }
  version.framework.domains = {{"D", "D", {competency}}};
  const ContributionFormat format(version);
  const std::vector<int64_t> most = statistics::Tally::MostOfOneForm(*format.groups()[0].layout, kContributedParts);
  size_t bytes = 1, wide = 0;
  for (size_t i = 0; i < most.size(); ++i) {
    const int width = format.widths(0)[i];
    EXPECT_LE(static_cast<double>(most[i]) * 1'100'000, std::ldexp(1.0, 8 * width) - 1);
    EXPECT_TRUE(width == 4 || static_cast<double>(most[i]) * 1'100'000 >= std::ldexp(1.0, 32));
    bytes += static_cast<size_t>(width);
    wide += width == 8 ? 1 : 0;
  }
  EXPECT_EQ(format.record_size(), bytes);
  EXPECT_GT(wide, 0u);
  EXPECT_LT(wide, most.size() / 10);
}

class PoolingFiguresTest : public ContributionTest {
 protected:
  // Each leader's staff as a block.
  domain::PooledFigures FiguresOf(const std::vector<Block>& leaders) const {
    Pooling pooling(format_);
    for (const Block& block : leaders) pooling.AddLeader(Contribute(block, {}));
    return pooling.Figures();
  }
};

TEST_F(PoolingFiguresTest, FiveLeadersAndAHundredRatersMakeAFigureAndFewerMakeNone) {
  std::vector<Block> leaders;
  for (int i = 0; i < 5; ++i) leaders.push_back(SomeForms(20));
  ASSERT_TRUE(SlowCorrelation(leaders).has_value());
  EXPECT_EQ(FiguresOf(leaders).item_correlation, SlowCorrelation(leaders));

  std::vector<Block> one_rater_fewer = leaders;
  one_rater_fewer[2].pop_back();
  EXPECT_FALSE(FiguresOf(one_rater_fewer).item_correlation.has_value()) << "99 raters";

  std::vector<Block> four_leaders(leaders.begin(), leaders.begin() + 4);
  for (Block& block : four_leaders) {
    const Block more = SomeForms(30);
    block.insert(block.end(), more.begin(), more.end());
  }
  EXPECT_FALSE(FiguresOf(four_leaders).item_correlation.has_value());

  // A fifth leader whose block is too small stands behind nothing.
  four_leaders.push_back(SomeForms(9));
  EXPECT_FALSE(FiguresOf(four_leaders).item_correlation.has_value());
  four_leaders.back() = SomeForms(10);
  EXPECT_EQ(FiguresOf(four_leaders).item_correlation, SlowCorrelation(four_leaders));
}

TEST_F(PoolingFiguresTest, TheOrderOfLeadersChangesNothing) {
  std::vector<Block> leaders;
  for (int i = 0; i < 12; ++i) leaders.push_back(SomeForms(10 + 3 * i));
  const domain::PooledFigures figures = FiguresOf(leaders);
  EXPECT_EQ(figures.item_correlation, SlowCorrelation(leaders));
  std::reverse(leaders.begin(), leaders.end());
  EXPECT_EQ(FiguresOf(leaders).item_correlation, figures.item_correlation);
}

// Of parents nobody varies: their block has no part in the correlation, and so they are not counted behind it.
TEST_F(PoolingFiguresTest, RatersWhoHaveNoPartInAFigureDoNotStandBehindIt) {
  const std::vector<domain::IssuingGroup> groups = {{"staff", {"staff"}, 50, ""}, {"parent", {"parent"}, 50, ""}};
  Pooling pooling(format_);
  for (int i = 0; i < 5; ++i) {
    ContributionCounter counter(format_, groups);
    for (const Marks& marks : SomeForms(12)) counter.Count(0, marks);
    for (int r = 0; r < 30; ++r) counter.Count(1, {4, 0, 0, 4});
    domain::ClosedResult result;
    result.blocks = {{"staff", {"staff"}, domain::BlockState::kPrinted, {}},
                     {"parent", {"parent"}, domain::BlockState::kPrinted, {}}};
    const ContributedBlocks blocks = counter.Take(result);
    EXPECT_TRUE(blocks[0].has_value() && blocks[2].has_value());
    pooling.AddLeader(blocks);
  }
  EXPECT_FALSE(pooling.Figures().item_correlation.has_value()) << "60 staff";
}

TEST_F(PoolingFiguresTest, OfUnanimousRatersNothingCanBeSaid) {
  EXPECT_FALSE(FiguresOf(std::vector<Block>(6, Block(30, Marks{4, 4, 2, 0}))).item_correlation.has_value());
}

TEST_F(PoolingFiguresTest, ACorrelationNearOneIsToldAsABound) {
  std::vector<Block> leaders(5);
  for (Block& block : leaders) {
    for (uint8_t r = 0; r < 25; ++r) block.push_back({static_cast<uint8_t>(1 + r % 5), static_cast<uint8_t>(1 + r % 5), 3, 0});
  }
  EXPECT_EQ(SlowCorrelation(leaders), 100);
  EXPECT_EQ(FiguresOf(leaders).item_correlation, 95);
}

// Raters who mark two items alike but for one in 16, who marks the second the other way, correlate by 15/16 - 1/16 = .875;
// the third item, on which all agree, is in no pair. Printed: .88.
TEST_F(PoolingFiguresTest, AHalfIsRoundedAwayFromZero) {
  std::vector<Block> leaders(5);
  for (Block& block : leaders) {
    for (int r = 0; r < 32; ++r) {
      const int first = 2 + r % 2;
      const int second = r % 16 < 14 || r >= 16 ? first : 5 - first;
      block.push_back({static_cast<uint8_t>(first), static_cast<uint8_t>(second), 3, 0});
    }
  }
  EXPECT_EQ(FiguresOf(leaders).item_correlation, 88);
}

}  // namespace
}  // namespace candor::collection
