// A tally written as a list of numbers and read again.

#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/statistics/tally.h"

namespace candor::statistics {
namespace {

constexpr unsigned kAllNumbers = Tally::kScaleSums | Tally::kPairSums | Tally::kCompleteSums | Tally::kQuality;

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

Tally RandomTally(std::mt19937& random, const std::shared_ptr<const FormLayout>& layout, unsigned parts, size_t forms) {
  Tally tally(layout, parts);
  std::vector<uint8_t> form(static_cast<size_t>(layout->items));
  for (size_t r = 0; r < forms; ++r) {
    const bool complete = random() % 3 == 0;
    const bool straight = random() % 4 == 0;
    const uint8_t level = static_cast<uint8_t>(1 + random() % layout->points);
    for (uint8_t& code : form) {
      const int draw = static_cast<int>(random() % (layout->points + (complete ? 0 : 2))) + 1;
      code = draw == layout->points + 1   ? kBlank
             : draw == layout->points + 2 ? kNotObserved
             : straight                   ? level
                                          : static_cast<uint8_t>(draw);
    }
    tally.Add(form);
  }
  return tally;
}

TEST(TallyNumbersTest, ATallyIsReadBackAsItWasWhateverItsParts) {
  std::mt19937 random(1);
  for (const int points : {2, 5, 10}) {
    for (const int items : {0, 1, 2, 7, 13}) {
      for (const size_t forms : {0, 1, 2, 40}) {
        for (unsigned parts = 0; parts <= kAllNumbers; ++parts) {
          if ((parts & Tally::kPatterns) != 0) continue;
          const auto layout = Layout(points, items);
          const Tally tally = RandomTally(random, layout, parts, forms);
          const auto read = Tally::FromNumbers(Layout(points, items), parts, tally.Numbers());
          ASSERT_TRUE(read.ok()) << points << " points, " << items << " items, " << forms << " forms, parts " << parts;
          EXPECT_TRUE(*read == tally);
        }
      }
    }
  }
}

TEST(TallyNumbersTest, TheLengthIsThatOfTheLayoutWhateverWasCounted) {
  std::mt19937 random(2);
  const auto layout = Layout(5, 9);
  const size_t length = Tally::MostOfOneForm(*layout, kAllNumbers).size();
  for (const size_t forms : {0, 1, 100}) {
    EXPECT_EQ(RandomTally(random, layout, kAllNumbers, forms).Numbers().size(), length);
  }
}

// Forms of the highest ratings reach every limit that can be reached at once, and no form passes any.
TEST(TallyNumbersTest, NoNumberPassesWhatOneFormCanAdd) {
  std::mt19937 random(3);
  const auto layout = Layout(7, 6);
  const std::vector<int64_t> most = Tally::MostOfOneForm(*layout, kAllNumbers);
  std::vector<int64_t> reached(most.size(), 0);
  for (int trial = 0; trial < 3000; ++trial) {
    const Tally tally = RandomTally(random, layout, kAllNumbers, 1);
    for (size_t i = 0; i < most.size(); ++i) {
      ASSERT_LE(tally.Numbers()[i], most[i]) << "number " << i;
      reached[i] = std::max(reached[i], tally.Numbers()[i]);
    }
  }
  Tally highest(layout, kAllNumbers);
  highest.Add(std::vector<uint8_t>(6, 7));
  size_t at_limit = 0;
  for (size_t i = 0; i < most.size(); ++i) at_limit += std::max(reached[i], highest.Numbers()[i]) == most[i];
  // What is left: straight lines (six items are too few for one), and sums of T of forms that are not complete, for which
  // the draws may have missed the highest.
  EXPECT_GE(at_limit + 20, most.size());
}

TEST(TallyNumbersTest, NumbersThatNoFormsHaveAreRefused) {
  std::mt19937 random(4);
  const auto layout = Layout(5, 11);
  const Tally tally = RandomTally(random, layout, kAllNumbers, 30);
  const std::vector<int64_t> good(tally.Numbers().begin(), tally.Numbers().end());
  const std::vector<int64_t> most = Tally::MostOfOneForm(*layout, kAllNumbers);
  const auto refused = [&](const std::vector<int64_t>& numbers) {
    const auto read = Tally::FromNumbers(layout, kAllNumbers, numbers);
    return read.status().code() == absl::StatusCode::kInvalidArgument &&
           base::GetErrorDetail(read.status()).reason == "TALLY_INVALID";
  };
  for (size_t i = 0; i < good.size(); ++i) {
    std::vector<int64_t> below = good, above = good;
    below[i] = -1;
    above[i] = 30 * most[i] + 1;
    EXPECT_TRUE(refused(below)) << "number " << i;
    EXPECT_TRUE(refused(above)) << "number " << i;
  }
  std::vector<int64_t> cut(good.begin(), good.end() - 1);
  EXPECT_TRUE(refused(cut));
  std::vector<int64_t> longer = good;
  longer.push_back(0);
  EXPECT_TRUE(refused(longer));
  std::vector<int64_t> many(good.size(), 0);
  many[0] = kMostTalliedForms + 1;
  EXPECT_TRUE(refused(many));
}

// Whatever number of what counts the ratings of an item or a pair of complete forms is moved by one, something else
// contradicts it.
TEST(TallyNumbersTest, CountsThatContradictEachOtherAreRefused) {
  const auto layout = Layout(5, 3);
  Tally tally(layout, kAllNumbers);
  for (int r = 0; r < 20; ++r) tally.Add(std::vector<uint8_t>{3, 4, 2});
  const std::vector<int64_t> good(tally.Numbers().begin(), tally.Numbers().end());
  ASSERT_TRUE(Tally::FromNumbers(layout, kAllNumbers, good).ok());
  int accepted = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    std::vector<int64_t> other = good;
    ++other[i];
    accepted += Tally::FromNumbers(layout, kAllNumbers, other).ok();
  }
  // Products of different items, sums of a pair, sums of squares and straight lines have some room.
  EXPECT_LE(accepted, 3 + 6 + 9 + 3 + 1);
}

}  // namespace
}  // namespace candor::statistics
