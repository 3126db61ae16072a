#include "services/crypto/signing.h"

#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

TEST(SigningTest, GivesThePublishedSignatures) {
  // RFC 8032 section 7.1, tests 1 and 2.
  const auto first =
      SigningKey::FromSeed(Hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->public_key(), Hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  EXPECT_EQ(first->Sign(""), Hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                                 "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
  const auto second =
      SigningKey::FromSeed(Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->Sign("\x72"), Hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e1599"
                                      "6e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
}

TEST(SigningTest, SignatureVerifiesForItsMessageAndKeyOnly) {
  const SigningKey key = SigningKey::Generate(), other = SigningKey::Generate();
  const std::string signature = key.Sign("a message");
  EXPECT_EQ(signature.size(), kSignatureBytes);
  EXPECT_TRUE(VerifySignature(key.public_key(), "a message", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "another", signature));
  EXPECT_FALSE(VerifySignature(other.public_key(), "a message", signature));
  for (size_t at = 0; at < signature.size(); ++at) {
    EXPECT_FALSE(VerifySignature(key.public_key(), "a message", Flipped(signature, at))) << at;
  }
}

TEST(SigningTest, WrongLengthsDoNotVerify) {
  const SigningKey key = SigningKey::Generate();
  const std::string signature = key.Sign("m");
  EXPECT_FALSE(VerifySignature("", "m", signature));
  EXPECT_FALSE(VerifySignature(key.public_key() + "x", "m", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "m", ""));
  EXPECT_FALSE(VerifySignature(key.public_key(), "m", signature.substr(1)));
  EXPECT_FALSE(VerifySignature(std::string(32, '\0'), "m", std::string(64, '\0')));
}

TEST(SigningTest, KeyComesBackFromItsSeed) {
  const SigningKey key = SigningKey::Generate();
  const auto again = SigningKey::FromSeed(key.seed().view());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_EQ(again->Sign("m"), key.Sign("m"));
  EXPECT_FALSE(SigningKey::FromSeed("short").ok());
}

}  // namespace
}  // namespace candor::crypto
