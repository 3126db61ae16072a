#include "services/base/random.h"

#include <algorithm>
#include <set>

#include "gtest/gtest.h"

namespace candor::base {
namespace {

TEST(RandomTest, IdsAreLongAndNeverRepeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = RandomId();
    EXPECT_EQ(id.size(), 20u);
    EXPECT_TRUE(ids.insert(id).second);
  }
}

TEST(RandomTest, ShufflingKeepsEveryItemAndReachesEveryPlace) {
  std::set<int> first_places;
  for (int round = 0; round < 400; ++round) {
    std::vector<int> items = {0, 1, 2, 3, 4, 5, 6, 7};
    Shuffle(items);
    first_places.insert(items[0]);
    std::sort(items.begin(), items.end());
    EXPECT_EQ(items, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
  }
  EXPECT_EQ(first_places.size(), 8u);
}

TEST(RandomTest, NumbersStayBelowTheirBound) {
  for (int i = 0; i < 1000; ++i) EXPECT_LT(RandomBelow(3), 3u);
  EXPECT_EQ(RandomBelow(1), 0u);
}

}  // namespace
}  // namespace candor::base
