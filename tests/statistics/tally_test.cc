// Properties of mergeable tallies, and of the figures made from them.

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/statistics/leader_scores.h"
#include "services/statistics/tally.h"

namespace candor::statistics {
namespace {

constexpr unsigned kAllParts =
    Tally::kScaleSums | Tally::kPairSums | Tally::kPatterns | Tally::kCompleteSums | Tally::kQuality | Tally::kSpread;

using Form = std::vector<uint8_t>;

std::shared_ptr<const FormLayout> Layout(int points, int items) {
  auto layout = std::make_shared<FormLayout>();
  layout->points = points;
  layout->items = items;
  layout->scales.resize(3);
  for (int j = 0; j < items; ++j) {
    layout->scales[0].push_back(j);
    layout->scales[1 + j % 2].push_back(j);
  }
  return layout;
}

std::vector<Form> RandomForms(std::mt19937& random, const FormLayout& layout, size_t count) {
  std::vector<Form> forms(count, Form(layout.items));
  for (Form& form : forms) {
    const bool complete = random() % 3 == 0;
    for (uint8_t& code : form) {
      const int draw = static_cast<int>(random() % (layout.points + (complete ? 0 : 2))) + 1;
      code = draw <= layout.points ? static_cast<uint8_t>(draw) : draw == layout.points + 1 ? kBlank : kNotObserved;
    }
  }
  return forms;
}

Tally OnePass(const std::shared_ptr<const FormLayout>& layout, const std::vector<Form>& forms) {
  Tally tally(layout, kAllParts);
  for (const Form& form : forms) tally.Add(form);
  return tally;
}

TEST(TallyTest, OrderOfFormsIsIrrelevant) {
  std::mt19937 random(1);
  const auto layout = Layout(5, 7);
  std::vector<Form> forms = RandomForms(random, *layout, 60);
  const Tally first = OnePass(layout, forms);
  for (int trial = 0; trial < 20; ++trial) {
    std::shuffle(forms.begin(), forms.end(), random);
    EXPECT_TRUE(OnePass(layout, forms) == first);
  }
}

TEST(TallyTest, FormsInOneBlockCountAsOneByOne) {
  std::mt19937 random(9);
  for (const int items : {1, 3, 11, 40, 70, 130}) {
    const auto layout = Layout(7, items);
    for (const size_t count : {0, 1, 2, 31, 32, 33, 300, 1000}) {
      const std::vector<Form> forms = RandomForms(random, *layout, count);
      Form block;
      for (const Form& form : forms) block.insert(block.end(), form.begin(), form.end());
      Tally at_once(layout, kAllParts);
      at_once.AddForms(block, count);
      EXPECT_TRUE(at_once == OnePass(layout, forms)) << items << " items, " << count << " forms";
    }
  }
}

TEST(TallyTest, CompleteFormsInManyPiecesCountAsOneByOne) {
  std::mt19937 random(12);
  const auto layout = Layout(5, 60);
  const std::vector<Form> forms = RandomForms(random, *layout, 9000);  // of which some 3,000 are complete: 180 kB
  Form block;
  for (const Form& form : forms) block.insert(block.end(), form.begin(), form.end());
  constexpr unsigned kParts = Tally::kCompleteSums | Tally::kSpread;
  Tally at_once(layout, kParts), one_by_one(layout, kParts);
  at_once.AddForms(block, forms.size());
  for (const Form& form : forms) one_by_one.Add(form);
  EXPECT_TRUE(at_once == one_by_one);
  EXPECT_GT(at_once.complete_forms(), 2600);
}

TEST(TallyTest, RandomShardsOrdersAndWithdrawalsEqualOnePass) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 200; ++trial) {
    const auto layout = Layout(2 + static_cast<int>(random() % 9), 1 + static_cast<int>(random() % 9));
    const std::vector<Form> kept = RandomForms(random, *layout, random() % 50);
    const std::vector<Form> withdrawn = RandomForms(random, *layout, random() % 20);
    // Each shard holds a part of the kept forms; one more holds forms that are taken out again, some by whole
    // shards and some one by one.
    const size_t shards = 1 + random() % 6;
    std::vector<Tally> parts(shards, Tally(layout, kAllParts));
    for (const Form& form : kept) parts[random() % shards].Add(form);
    const Tally extra = OnePass(layout, withdrawn);
    Tally total(layout, kAllParts);
    std::vector<int> steps(shards + 2);
    for (size_t i = 0; i < steps.size(); ++i) steps[i] = static_cast<int>(i);
    std::shuffle(steps.begin(), steps.end(), random);
    for (int step : steps) {
      if (step < static_cast<int>(shards)) {
        ASSERT_TRUE(total.Merge(parts[step]).ok());
      } else if (step == static_cast<int>(shards)) {
        ASSERT_TRUE(total.Merge(extra).ok());
      } else if (random() % 2 == 0) {
        ASSERT_TRUE(total.Subtract(extra).ok());
      } else {
        for (const Form& form : withdrawn) total.Withdraw(form);
      }
    }
    EXPECT_TRUE(total == OnePass(layout, kept));
  }
}

TEST(TallyTest, MergingWithItselfDoubles) {
  std::mt19937 random(3);
  const auto layout = Layout(5, 4);
  std::vector<Form> forms = RandomForms(random, *layout, 12);
  Tally tally = OnePass(layout, forms);
  ASSERT_TRUE(tally.Merge(tally).ok());
  EXPECT_EQ(tally.forms(), 24);
  ASSERT_TRUE(tally.Subtract(tally).ok());
  EXPECT_TRUE(tally == Tally(layout, kAllParts));
}

TEST(TallyTest, OtherLayoutsOrPartsDoNotMix) {
  Tally tally(Layout(5, 4), kAllParts);
  const absl::Status status = tally.Merge(Tally(Layout(5, 3), kAllParts));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::GetErrorDetail(status).reason, "TALLY_MISMATCH");
  EXPECT_FALSE(tally.Merge(Tally(Layout(4, 4), kAllParts)).ok());
  EXPECT_FALSE(tally.Merge(Tally(Layout(5, 4), Tally::kCountsOnly)).ok());
  EXPECT_TRUE(tally.Merge(Tally(Layout(5, 4), kAllParts)).ok()) << "equal layouts need not be the same object";
}

TEST(TallyTest, TallyOfFewerPartsTakesItsPartsFromAFullerOne) {
  std::mt19937 random(10);
  const auto layout = Layout(5, 6);
  const std::vector<Form> forms = RandomForms(random, *layout, 50);
  const Tally full = OnePass(layout, forms);
  for (unsigned parts = 0; parts <= kAllParts; ++parts) {
    Tally merged(layout, parts), counted(layout, parts);
    ASSERT_TRUE(merged.Merge(full).ok());
    for (const Form& form : forms) counted.Add(form);
    EXPECT_TRUE(merged == counted) << parts;
  }
}

TEST(TallyTest, ReplayedShardIsRefusedAndChangesNothing) {
  std::mt19937 random(4);
  const auto layout = Layout(5, 3);
  const Tally shard = OnePass(layout, RandomForms(random, *layout, 10));
  ShardedTally total(layout, kAllParts);
  ASSERT_TRUE(total.Merge("a", shard).ok());
  const absl::Status replayed = total.Merge("a", shard);
  EXPECT_EQ(replayed.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::GetErrorDetail(replayed).reason, "SHARD_REPLAYED");
  EXPECT_TRUE(total.total() == shard);
  EXPECT_EQ(total.Withdraw("b", shard).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(total.Withdraw("a", shard).ok());
  EXPECT_TRUE(total.total() == Tally(layout, kAllParts));
  EXPECT_TRUE(total.Merge("a", shard).ok()) << "a withdrawn shard may come again";
  EXPECT_EQ(total.shards(), 1u);
}

TEST(TallyTest, PairSumsEqualThoseOfTheRows) {
  std::mt19937 random(5);
  const auto layout = Layout(10, 6);
  const std::vector<Form> forms = RandomForms(random, *layout, 40);
  const Tally tally = OnePass(layout, forms);
  const auto rated = [](uint8_t code) { return code != kBlank && code != kNotObserved; };
  for (int j = 0; j < 6; ++j) {
    for (int l = 0; l < 6; ++l) {
      int64_t count = 0, sum = 0, product = 0;
      for (const Form& form : forms) {
        if (!rated(form[j]) || !rated(form[l])) continue;
        ++count;
        sum += form[j];
        product += form[j] * form[l];
      }
      EXPECT_EQ(tally.pair_count(j, l), count);
      EXPECT_EQ(tally.pair_sum(j, l), sum);
      EXPECT_EQ(tally.pair_product(j, l), product);
    }
  }
}

// The standard error of a scale from rows, by its definition: sqrt(n/(n-1) sum of e_r^2).
TEST(TallyTest, ScaleErrorFromPairSumsEqualsTheOneFromRows) {
  std::mt19937 random(6);
  for (int trial = 0; trial < 100; ++trial) {
    const auto layout = Layout(5, 5);
    const std::vector<Form> forms = RandomForms(random, *layout, 5 + random() % 40);
    const Tally tally = OnePass(layout, forms);
    const int64_t threshold = 1 + static_cast<int64_t>(random() % 8);
    const ScaleStatistics scale = ComputeScale(tally, MeanProducts(tally), 0, threshold, DefaultRules(5));
    std::vector<int> used;
    for (int j = 0; j < 5; ++j) {
      if (tally.valid(j) >= threshold) used.push_back(j);
    }
    ASSERT_EQ(scale.items_used, static_cast<int>(used.size()));
    double squares = 0;
    int64_t raters = 0;
    for (const Form& form : forms) {
      double error = 0;
      bool any = false;
      for (int j : used) {
        if (form[j] == kBlank || form[j] == kNotObserved) continue;
        any = true;
        const double n = static_cast<double>(tally.valid(j));
        error += (form[j] - static_cast<double>(tally.sum(j)) / n) / n / static_cast<double>(used.size());
      }
      raters += any;
      squares += error * error;
    }
    EXPECT_EQ(scale.n_raters, raters);
    if (scale.mean_items.has_value() && raters > 1) {
      EXPECT_NEAR(*scale.se, std::sqrt(static_cast<double>(raters) / (raters - 1) * squares), 1e-12);
    }
  }
}

TEST(TallyTest, SkippedItemChangesNoOtherMean) {
  std::mt19937 random(8);
  const auto layout = Layout(5, 4);
  std::vector<Form> forms = RandomForms(random, *layout, 30);
  const Tally before = OnePass(layout, forms);
  forms[3][2] = kNotObserved;
  forms[5][2] = kBlank;
  const Tally after = OnePass(layout, forms);
  for (int j : {0, 1, 3}) {
    EXPECT_EQ(before.sum(j), after.sum(j));
    EXPECT_EQ(before.valid(j), after.valid(j));
  }
}

TEST(TallyTest, LongStringsAndStraightLines) {
  const auto layout = Layout(5, 12);
  Tally tally(layout, kAllParts);
  tally.Add(Form(12, 3));                                       // a straight line of twelve
  tally.Add(Form{3, 3, 3, 3, 3, 3, 3, 3, 3, kBlank, kBlank, kBlank});  // nine equal ratings: too few
  tally.Add(Form{1, 1, kNotObserved, 1, 1, 1, 2, 3, 4, 5, 5, 5});
  tally.Add(Form(12, kNotObserved));
  EXPECT_EQ(tally.straight_lines(), 1);
  EXPECT_EQ(tally.longstring_sum(), 12 + 9 + 3 + 0);
  EXPECT_EQ(tally.longstring_max(), 12);
  EXPECT_EQ(tally.forms(), 4);
  EXPECT_EQ(tally.raters(), 3);
}

TEST(TallyTest, VariabilityIsTheSumOfTheFormsDeviations) {
  const auto layout = Layout(5, 4);
  Tally tally(layout, kAllParts);
  tally.Add(Form{1, 2, 3, 4});                                        // variance 5/3
  tally.Add(Form{2, kBlank, 4, kNotObserved});                        // 2
  tally.Add(Form{5, kBlank, kBlank, kNotObserved});                   // one rating: nothing
  tally.Add(Form{3, 3, 3, 3});
  tally.Add(Form{kBlank, kBlank, kBlank, kBlank});
  EXPECT_DOUBLE_EQ(tally.variability_sum(), std::sqrt(5.0 / 3) + std::sqrt(2.0));
}

// Not only near: sums of square roots depend on their order, and this one has but one.
TEST(TallyTest, VariabilityOfMergedShardsIsTheSameToTheLastBit) {
  std::mt19937 random(11);
  const auto layout = Layout(10, 23);
  const std::vector<Form> forms = RandomForms(random, *layout, 500);
  const double expected = OnePass(layout, forms).variability_sum();
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<Tally> shards(1 + random() % 7, Tally(layout, Tally::kSpread));
    Tally total(layout, Tally::kSpread);
    const Form other = RandomForms(random, *layout, 1)[0];
    total.Add(other);
    for (const Form& form : forms) shards[random() % shards.size()].Add(form);
    std::shuffle(shards.begin(), shards.end(), random);
    for (const Tally& shard : shards) ASSERT_TRUE(total.Merge(shard).ok());
    total.Withdraw(other);
    EXPECT_EQ(total.variability_sum(), expected);
  }
}

}  // namespace
}  // namespace candor::statistics
