#include "services/statistics/counting.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/pair_counting.h"
#include "services/statistics/tally.h"

namespace candor::statistics {
namespace {

std::vector<uint8_t> RandomAnswers(std::mt19937& random, size_t bytes, int points) {
  std::vector<uint8_t> answers(bytes);
  for (uint8_t& answer : answers) {
    const unsigned draw = random() % (static_cast<unsigned>(points) + 2);
    answer = draw > static_cast<unsigned>(points) ? kNotObserved : static_cast<uint8_t>(draw);
  }
  return answers;
}

TEST(CountingTest, VectorsCountWhatThePlainLoopCounts) {
  std::mt19937 random(1);
  for (int points = 2; points <= 10; ++points) {
    for (const size_t items : {1, 2, 7, 11, 32, 40, 64, 97, 108}) {
      for (const size_t forms : {0, 1, 63, 64, 255, 600, 20'000}) {
        const std::vector<uint8_t> rows = RandomAnswers(random, items * forms, points);
        std::vector<int64_t> plain(items * (points + 2), 5), fast = plain;
        ASSERT_TRUE(CountFormsPlainly(rows, forms, items, points, plain));
        ASSERT_TRUE(CountForms(rows, forms, items, points, fast));
        ASSERT_EQ(plain, fast) << points << " points, " << items << " items, " << forms << " forms";
      }
    }
  }
}

TEST(CountingTest, OneColumn) {
  const std::vector<uint8_t> column = {1, 2, 2, kBlank, kNotObserved, 3, kBlank};
  std::vector<int64_t> counts(5, 0);
  ASSERT_TRUE(CountColumn(column, 3, counts));
  EXPECT_EQ(counts, (std::vector<int64_t>{1, 2, 1, 1, 2}));
}

TEST(CountingTest, LanesHoldMoreThanAByteCounts) {
  const std::vector<uint8_t> column(1'000'003, 4);
  std::vector<int64_t> counts(7, 0);
  ASSERT_TRUE(CountColumn(column, 5, counts));
  EXPECT_EQ(counts, (std::vector<int64_t>{0, 0, 0, 1'000'003, 0, 0, 0}));
}

TEST(CountingTest, ByteThatIsNoCodeIsRefusedAndChangesNothing) {
  std::mt19937 random(2);
  for (const size_t at : {0, 17, 39'999}) {
    for (const int code : {6, 100, 254}) {
      std::vector<uint8_t> rows = RandomAnswers(random, 40'000, 5);
      rows[at] = static_cast<uint8_t>(code);
      std::vector<int64_t> counts(40 * 7, 1);
      EXPECT_FALSE(CountForms(rows, 1000, 40, 5, counts));
      EXPECT_FALSE(CountFormsPlainly(rows, 1000, 40, 5, counts));
      EXPECT_EQ(counts, std::vector<int64_t>(40 * 7, 1));
    }
  }
}

TEST(PairCountingTest, BlocksSumWhatThePairsOfEachFormSum) {
  std::mt19937 random(3);
  for (const size_t items : {0, 1, 2, 7, 40}) {
    for (const size_t forms : {0, 1, 15, 16, 63, 64, 65, 511, 512, 513, 1300}) {
      const std::vector<uint8_t> rows = RandomAnswers(random, items * forms, 10);
      const size_t pairs = items * (items + 1) / 2;
      std::vector<int64_t> counts(pairs, 3), products(pairs, 3), sums(items * items, 3);
      std::vector<int64_t> expected_counts = counts, expected_products = products, expected_sums = sums;
      AddPairSums(rows, forms, items, {counts.data(), products.data(), sums.data()});
      for (size_t r = 0; r < forms; ++r) {
        const uint8_t* form = rows.data() + r * items;
        size_t place = 0;
        for (size_t j = 0; j < items; ++j) {
          for (size_t l = 0; l < items; ++l) {
            const bool both = form[j] != kBlank && form[j] != kNotObserved && form[l] != kBlank &&
                              form[l] != kNotObserved;
            if (both) expected_sums[j * items + l] += form[j];
            if (l < j) continue;
            if (both) ++expected_counts[place];
            if (both) expected_products[place] += form[j] * form[l];
            ++place;
          }
        }
      }
      ASSERT_EQ(counts, expected_counts) << items << " items, " << forms << " forms";
      ASSERT_EQ(products, expected_products);
      ASSERT_EQ(sums, expected_sums);
    }
  }
}

}  // namespace
}  // namespace candor::statistics
