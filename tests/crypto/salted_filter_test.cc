#include "services/crypto/salted_filter.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Numbered(const std::string& stem, int count) {
  std::vector<std::string> words;
  for (int i = 0; i < count; ++i) words.push_back(absl::StrCat(stem, i));
  return words;
}

int Hits(const SaltedFilter& filter, const std::vector<std::string>& words) {
  int hits = 0;
  for (const std::string& word : words) hits += filter.Contains(word) ? 1 : 0;
  return hits;
}

TEST(SaltedFilterTest, HoldsEveryWordOfItsOwn) {
  const auto words = Numbered("name", 5000);
  const SaltedFilter filter = SaltedFilter::Make(words);
  EXPECT_EQ(Hits(filter, words), 5000);
  EXPECT_FALSE(filter.Contains(""));
}

// The rate that the header states, for a full filter: 0.00046. Of 20,000 strangers 9 pass on average; 40 would be ten
// standard deviations more.
TEST(SaltedFilterTest, PassesFewStrangersEvenWhenItIsFull) {
  const SaltedFilter filter = SaltedFilter::Make(Numbered("name", SaltedFilter::kUsualWords));
  EXPECT_EQ(filter.bytes().size(), SaltedFilter::kSaltBytes + SaltedFilter::kLeastBytes);
  EXPECT_LT(Hits(filter, Numbered("stranger", 20000)), 40);
}

TEST(SaltedFilterTest, PassesNoStrangerInASchool) {
  EXPECT_EQ(Hits(SaltedFilter::Make(Numbered("name", 200)), Numbered("stranger", 20000)), 0);
  EXPECT_EQ(Hits(SaltedFilter::Make({}), Numbered("stranger", 100)), 0);
}

TEST(SaltedFilterTest, HasOneSizeWhateverItHoldsAndGrowsOnlyBeyondTheUsual) {
  EXPECT_EQ(SaltedFilter::Make({}).bytes().size(), SaltedFilter::Make(Numbered("name", 2048)).bytes().size());
  EXPECT_EQ(SaltedFilter::Make(Numbered("name", 2049)).bytes().size(), SaltedFilter::kSaltBytes + 2 * SaltedFilter::kLeastBytes);
}

TEST(SaltedFilterTest, TheSameWordsGiveOtherBytesEachTimeAndNoWordIsInThem) {
  const SaltedFilter one = SaltedFilter::Make({"brightwillow"}), other = SaltedFilter::Make({"brightwillow"});
  EXPECT_NE(one.bytes(), other.bytes());
  EXPECT_THAT(one.bytes(), Not(HasSubstr("bright")));
}

TEST(SaltedFilterTest, ReadsItsOwnBytesAndNoOthers) {
  const SaltedFilter filter = SaltedFilter::Make({"brightwillow"});
  const auto read = SaltedFilter::Parse(filter.bytes());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->Contains("brightwillow"));
  EXPECT_FALSE(read->Contains("fernwhistle"));
  for (const std::string& bytes : {std::string(), std::string(16, 'x'), filter.bytes() + "x", filter.bytes().substr(1),
                                   std::string(16 + 6000, 'x'), std::string(16 + 2 * SaltedFilter::kMostBytes, 'x')}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SaltedFilter::Parse(bytes).status())) << bytes.size();
  }
}

}  // namespace
}  // namespace candor::crypto
