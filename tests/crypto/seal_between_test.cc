#include "services/crypto/seal_between.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/encoding.h"

namespace candor::crypto {
namespace {

constexpr char kText[] = "Which of the two meetings do you mean?";

TEST(SealBetweenTest, OnlyTheHolderOfTheSigningKeyReadsWhatTheOtherSealed) {
  const ClosingKeyPair moderator = ClosingKeyPair::Generate(), other = ClosingKeyPair::Generate();
  const SigningKey writer = SigningKey::Generate(), stranger = SigningKey::Generate();
  const auto sealed = SealBetween(moderator.secret_key, writer.public_key(), kText);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_EQ(sealed->size(), sizeof(kText) - 1 + kBetweenOverheadBytes);
  EXPECT_EQ(OpenBetween(moderator.public_key, writer, *sealed), kText);
  EXPECT_EQ(OpenBetween(moderator.public_key, stranger, *sealed), std::nullopt);
  // Whoever has another key cannot pass for the moderator.
  EXPECT_EQ(OpenBetween(other.public_key, writer, *sealed), std::nullopt);
  EXPECT_EQ(OpenBetween(moderator.public_key, writer, *SealBetween(other.secret_key, writer.public_key(), kText)),
            std::nullopt);
}

TEST(SealBetweenTest, NoBitOfASealCanBeChangedAndNoneCut) {
  const ClosingKeyPair moderator = ClosingKeyPair::Generate();
  const SigningKey writer = SigningKey::Generate();
  const std::string sealed = *SealBetween(moderator.secret_key, writer.public_key(), kText);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_EQ(OpenBetween(moderator.public_key, writer, altered), std::nullopt) << i;
  }
  for (const size_t length : {size_t{0}, kBetweenOverheadBytes - 1, sealed.size() - 1}) {
    EXPECT_EQ(OpenBetween(moderator.public_key, writer, sealed.substr(0, length)), std::nullopt);
  }
  EXPECT_EQ(OpenBetween("short", writer, sealed), std::nullopt);
}

TEST(SealBetweenTest, TwoSealsShareNothing) {
  const ClosingKeyPair moderator = ClosingKeyPair::Generate();
  const SigningKey writer = SigningKey::Generate();
  EXPECT_NE(*SealBetween(moderator.secret_key, writer.public_key(), kText),
            *SealBetween(moderator.secret_key, writer.public_key(), kText));
}

TEST(SealBetweenTest, WhatIsNoKeyOfTheCurveIsRefused) {
  const ClosingKeyPair moderator = ClosingKeyPair::Generate();
  EXPECT_TRUE(CanSealToSigningKey(SigningKey::Generate().public_key()));
  std::string identity(32, '\0');
  identity[0] = '\1';
  // The point of order two, y = -1.
  const std::string order_two = *base::HexDecode("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  for (const std::string& key : {std::string(), std::string(31, 'k'), std::string(32, '\0'), identity, order_two,
                                 std::string(32, '\xff'), std::string(33, 'k')}) {
    EXPECT_FALSE(CanSealToSigningKey(key)) << base::HexEncode(key);
    EXPECT_EQ(SealBetween(moderator.secret_key, key, kText).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(SealBetween(SecretBytes(31), SigningKey::Generate().public_key(), kText).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SealToKeysTest, EveryHolderOpensItInTheirPlaceAndNobodyElse) {
  std::vector<ClosingKeyPair> pairs;
  std::vector<std::string> keys;
  for (int i = 0; i < 3; ++i) {
    pairs.push_back(ClosingKeyPair::Generate());
    keys.push_back(pairs.back().public_key);
  }
  const auto sealed = SealToKeys(keys, kText);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_EQ(sealed->size(), SealedToKeysBytes(3, sizeof(kText) - 1));
  EXPECT_NE(*sealed, *SealToKeys(keys, kText));
  for (size_t i = 0; i < 3; ++i) {
    const auto opened = OpenSealedToKeys(pairs[i], i, 3, *sealed);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, kText);
    EXPECT_FALSE(OpenSealedToKeys(pairs[i], (i + 1) % 3, 3, *sealed).ok());
    EXPECT_FALSE(OpenSealedToKeys(pairs[i], i, 2, *sealed).ok());
    EXPECT_FALSE(OpenSealedToKeys(ClosingKeyPair::Generate(), i, 3, *sealed).ok());
  }
  EXPECT_FALSE(OpenSealedToKeys(pairs[0], 3, 3, *sealed).ok());
  EXPECT_FALSE(OpenSealedToKeys(pairs[0], 0, 3, "").ok());
}

TEST(SealToKeysTest, NoBitCanBeChangedNotEvenOfAnothersPart) {
  const ClosingKeyPair first = ClosingKeyPair::Generate(), second = ClosingKeyPair::Generate();
  const std::string sealed = *SealToKeys({first.public_key, second.public_key}, kText);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(OpenSealedToKeys(first, 0, 2, altered).ok()) << i;
  }
}

TEST(SealToKeysTest, WithoutAUsableKeyNothingIsSealed) {
  EXPECT_EQ(SealToKeys({}, kText).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SealToKeys({ClosingKeyPair::Generate().public_key, "short"}, kText).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace candor::crypto
