// Reliability where it is not defined, or barely; the references compare all other figures.

#include "services/statistics/reliability.h"

#include <memory>

#include "gtest/gtest.h"

namespace candor::statistics {
namespace {

using Forms = std::vector<std::vector<uint8_t>>;

Tally TallyOf(const Forms& forms, int items) {
  auto layout = std::make_shared<FormLayout>();
  layout->items = items;
  layout->scales.emplace_back();
  for (int j = 0; j < items; ++j) layout->scales[0].push_back(j);
  Tally tally(layout, Tally::kScaleSums | Tally::kPairSums);
  for (const std::vector<uint8_t>& form : forms) tally.Add(form);
  return tally;
}

TEST(AnovaTest, NeedsTwoLeadersAndMoreRatingsThanLeaders) {
  for (const std::vector<ClassMoments>& leaders :
       {std::vector<ClassMoments>{}, {{5, 3, 2}}, {{5, 3, 2}, {0, 0, 0}}, {{1, 3, 0}, {1, 4, 0}}}) {
    const Anova anova = AnalyseVariance(leaders);
    EXPECT_FALSE(anova.between.has_value());
    EXPECT_FALSE(anova.icc1.has_value());
    EXPECT_FALSE(anova.tau2.has_value());
    EXPECT_FALSE(ShrinkMeans(leaders, anova).has_value());
  }
  EXPECT_EQ(AnalyseVariance({{5, 3, 2}, {0, 0, 0}}).leaders, 1);
}

TEST(AnovaTest, RatersOfOneMindAboutEachLeaderAreWhollyReliable) {
  const std::vector<ClassMoments> leaders = {{4, 2, 0}, {4, 5, 0}};
  const Anova anova = AnalyseVariance(leaders);
  EXPECT_EQ(anova.icc1, 1.0);
  EXPECT_EQ(anova.icc2, 1.0);
  EXPECT_FALSE(ShrinkMeans(leaders, anova).has_value()) << "there is no error to shrink by";
}

TEST(AnovaTest, LeadersWhoDoNotDifferGiveNoSecondCoefficient) {
  const Anova anova = AnalyseVariance({{4, 3, 8}, {4, 3, 8}});
  EXPECT_DOUBLE_EQ(*anova.icc1, -1.0 / 3);
  EXPECT_FALSE(anova.icc2.has_value());
  const Anova nothing = AnalyseVariance({{4, 3, 0}, {4, 3, 0}});
  EXPECT_FALSE(nothing.icc1.has_value());
  EXPECT_FALSE(nothing.icc2.has_value());
}

TEST(ReliabilityTest, AScaleOfOneItemHasNone) {
  const Reliability figures = ComputeReliability(TallyOf({{1}, {3}, {5}}, 1), 0);
  EXPECT_EQ(figures.n_complete, 3);
  EXPECT_FALSE(figures.alpha_listwise.has_value());
  EXPECT_FALSE(figures.alpha_pairwise.has_value());
}

TEST(ReliabilityTest, NobodyOneAndThoseWhoAllAgreeGiveNone) {
  for (const Forms& forms : {Forms{}, {{1, 2, 3}}, {{4, 4, 4}, {4, 4, 4}}}) {
    const Reliability figures = ComputeReliability(TallyOf(forms, 3), 0);
    EXPECT_FALSE(figures.alpha_listwise.has_value()) << forms.size();
    EXPECT_FALSE(figures.alpha_pairwise.has_value()) << forms.size();
    EXPECT_FALSE(figures.alpha_limits.has_value()) << forms.size();
  }
}

TEST(ReliabilityTest, ItemsThatSayTheSameAreWhollyConsistent) {
  const Reliability figures = ComputeReliability(TallyOf({{1, 1, 1}, {3, 3, 3}, {5, 5, 5}, {2, 2, 2}}, 3), 0);
  EXPECT_NEAR(*figures.alpha_listwise, 1, 1e-12);
  EXPECT_NEAR(*figures.alpha_pairwise, 1, 1e-12);
  EXPECT_NEAR(*figures.mean_correlation, 1, 1e-12);
}

// An item that everybody rates alike stays in the raw figure, and has no correlation.
TEST(ReliabilityTest, AnItemWithoutSpreadLeavesNoStandardisedFigure) {
  const Reliability figures = ComputeReliability(TallyOf({{1, 2, 4}, {3, 3, 4}, {5, 4, 4}}, 3), 0);
  EXPECT_TRUE(figures.alpha_listwise.has_value());
  EXPECT_TRUE(figures.alpha_pairwise.has_value());
  EXPECT_FALSE(figures.alpha_standardised.has_value());
  EXPECT_FALSE(figures.alpha_limits.has_value());
}

TEST(ReliabilityTest, APairThatNobodyRatedTogetherLeavesNoPairwiseFigure) {
  const Reliability figures = ComputeReliability(TallyOf({{1, kBlank}, {kNotObserved, 2}, {3, kBlank}}, 2), 0);
  EXPECT_EQ(figures.n_complete, 0);
  EXPECT_FALSE(figures.alpha_pairwise.has_value());
}

// Sums that take leaders one by one lose nothing where the leaders hardly differ.
TEST(AnovaTest, SmallDifferencesBetweenLeadersSurviveTheSums) {
  AnovaSums sums;
  for (int leader = 0; leader < 100'000; ++leader) sums.Add({10, 4 + (leader % 2 == 0 ? 1e-5 : -1e-5), 9e-9});
  const Anova anova = sums.Analyse();
  EXPECT_NEAR(*anova.between, 1e-9 * 100'000 / 99'999, 1e-15);
  EXPECT_NEAR(*anova.within, 1e-9, 1e-15);
}

std::optional<double> AlphaOf(const std::vector<std::vector<double>>& leaders, size_t items) {
  AlphaOfMeans alpha(items);
  for (const std::vector<double>& means : leaders) alpha.Add(means);
  return alpha.Alpha();
}

TEST(AlphaOfMeansTest, NeedsThreeLeadersWhoDiffer) {
  EXPECT_FALSE(AlphaOf({}, 2).has_value());
  EXPECT_FALSE(AlphaOf({{1, 2}, {2, 3}}, 2).has_value());
  EXPECT_FALSE(AlphaOf({{3, 3}, {3, 3}, {3, 3}}, 2).has_value());
  EXPECT_FALSE(AlphaOf({{1}, {2}, {3}}, 1).has_value());
  EXPECT_NEAR(*AlphaOf({{1, 2}, {2, 3}, {4, 5}}, 2), 1, 1e-12);
  // Variances 3, 1 and 1 of the items, 13 of their sums.
  EXPECT_NEAR(*AlphaOf({{1, 3, 2}, {4, 4, 3}, {1, 2, 1}}, 3), 1.5 * (1 - 5.0 / 13), 1e-12);
}

TEST(ShrinkMeansTest, WithoutADifferenceBetweenLeadersAllAreTheDistrictsMean) {
  const std::vector<ClassMoments> leaders = {{10, 3.1, 9}, {10, 3.0, 9}, {0, 0, 0}, {10, 2.9, 9}};
  const auto shrunk = ShrinkMeans(leaders, AnalyseVariance(leaders));
  ASSERT_TRUE(shrunk.has_value());
  EXPECT_EQ(shrunk->tau2, 0);
  EXPECT_DOUBLE_EQ(shrunk->mu, 3);
  EXPECT_FALSE(shrunk->leaders[2].has_value());
  for (const size_t i : {0, 1, 3}) EXPECT_DOUBLE_EQ(shrunk->leaders[i]->estimate, 3);
}

}  // namespace
}  // namespace candor::statistics
