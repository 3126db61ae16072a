#include "services/crypto/key_shares.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace candor::crypto {
namespace {

SecretBytes Combine(const std::vector<KeyShare>& shares, const std::vector<int>& places) {
  std::vector<const KeyShare*> chosen;
  for (const int place : places) chosen.push_back(&shares[place]);
  auto combined = CombineShares(chosen);
  EXPECT_TRUE(combined.ok()) << combined.status();
  return combined.ok() ? *std::move(combined) : SecretBytes();
}

TEST(KeySharesTest, AnyTwoOfThreeGiveTheKeyInAnyOrder) {
  const SecretBytes key = SecretBytes::Random(32);
  const auto shares = SplitKey(key, 3, 2);
  ASSERT_TRUE(shares.ok()) << shares.status();
  ASSERT_EQ(shares->size(), 3u);
  for (int a = 0; a < 3; ++a) {
    EXPECT_EQ((*shares)[a].number, a + 1);
    EXPECT_EQ((*shares)[a].bytes.size(), 32u);
    for (int b = 0; b < 3; ++b) {
      if (a == b) continue;
      EXPECT_EQ(Combine(*shares, {a, b}).view(), key.view());
    }
  }
  EXPECT_EQ(Combine(*shares, {0, 1, 2}).view(), key.view());
}

TEST(KeySharesTest, FewerGiveSomethingElse) {
  const SecretBytes key = SecretBytes::Random(32);
  const auto shares = *SplitKey(key, 5, 3);
  for (int a = 0; a < 5; ++a) {
    EXPECT_NE(Combine(shares, {a}).view(), key.view());
    EXPECT_NE(shares[a].bytes.view(), key.view());
    for (int b = 0; b < a; ++b) EXPECT_NE(Combine(shares, {a, b}).view(), key.view());
  }
  EXPECT_EQ(Combine(shares, {4, 0, 2}).view(), key.view());
}

TEST(KeySharesTest, OneShareAloneMayBeEnough) {
  const SecretBytes key = SecretBytes::Random(32);
  const auto shares = *SplitKey(key, 2, 1);
  EXPECT_EQ(Combine(shares, {0}).view(), key.view());
  EXPECT_EQ(Combine(shares, {1}).view(), key.view());
}

TEST(KeySharesTest, SplittingAgainGivesOtherShares) {
  const SecretBytes key = SecretBytes::Random(32);
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto shares = *SplitKey(key, 3, 2);
    for (const KeyShare& share : shares) EXPECT_TRUE(seen.emplace(share.bytes.view()).second);
  }
  const auto one = *SplitKey(key, 3, 2), other = *SplitKey(key, 3, 2);
  const auto mixed = CombineShares({&one[0], &other[1]});
  EXPECT_NE(mixed->view(), key.view());
}

// Whoever has one share of two knows nothing: the other may be anything, so every key is possible. Over many splittings each
// byte of a share of a fixed key takes on all values about equally often.
TEST(KeySharesTest, AShareIsRandomWhateverTheKey) {
  const SecretBytes key(size_t{32});
  std::vector<int> counts(256);
  for (int i = 0; i < 512; ++i) {
    const auto shares = *SplitKey(key, 3, 2);
    for (const char byte : shares[i % 3].bytes.view()) ++counts[static_cast<unsigned char>(byte)];
  }
  // 16,384 bytes: 64 of each expected; the chi-square of 255 degrees of freedom is above 400 once in 10^8 runs.
  double chi = 0;
  for (const int count : counts) chi += (count - 64.0) * (count - 64.0) / 64.0;
  EXPECT_LT(chi, 400);
  EXPECT_GT(chi, 130);
}

TEST(KeySharesTest, RefusesWhatIsNoSplitting) {
  const SecretBytes key = SecretBytes::Random(32);
  for (const auto& [shares, threshold] : std::vector<std::pair<int, int>>{{0, 0}, {3, 0}, {3, 4}, {256, 2}, {-1, -1}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SplitKey(key, shares, threshold).status())) << shares << " " << threshold;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(SplitKey(SecretBytes(), 3, 2).status()));
  EXPECT_EQ(SplitKey(key, 255, 255)->size(), 255u);
  const auto shares = *SplitKey(key, 3, 2);
  const auto shorter = *SplitKey(SecretBytes::Random(16), 3, 2);
  EXPECT_TRUE(absl::IsInvalidArgument(CombineShares({}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(CombineShares({&shares[0], &shares[0]}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(CombineShares({&shares[0], &shorter[1]}).status()));
  const KeyShare zero{0, SecretBytes(size_t{32})}, far{256, SecretBytes(size_t{32})}, none{1, SecretBytes()};
  for (const KeyShare* wrong : {&zero, &far, &none}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CombineShares({wrong, &shares[1]}).status()));
  }
}

}  // namespace
}  // namespace candor::crypto
