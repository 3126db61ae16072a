#include "services/crypto/sealing.h"

#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

TEST(SealingTest, SealOpensWithItsPair) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  const SecretBytes data_key = NewDataKey();
  const auto sealed = SealToKey(pair.public_key, data_key.view());
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_EQ(sealed->size(), kDataKeyBytes + kSealOverheadBytes);
  const auto opened = OpenSealed(pair.public_key, pair.secret_key, *sealed);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->view(), data_key.view());
}

TEST(SealingTest, EveryLengthGoesRound) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  for (const size_t size : {0, 1, 31, 4096, 100'000}) {
    const std::string bytes(size, 'x');
    const auto sealed = SealToKey(pair.public_key, bytes);
    ASSERT_TRUE(sealed.ok());
    const auto opened = OpenSealed(pair.public_key, pair.secret_key, *sealed);
    ASSERT_TRUE(opened.ok()) << size;
    EXPECT_EQ(opened->view(), bytes);
  }
}

TEST(SealingTest, TwoSealsOfTheSameBytesDiffer) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  EXPECT_NE(*SealToKey(pair.public_key, "bytes"), *SealToKey(pair.public_key, "bytes"));
}

TEST(SealingTest, AnotherPairOpensNothing) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate(), other = ClosingKeyPair::Generate();
  const std::string sealed = *SealToKey(pair.public_key, "bytes");
  EXPECT_FALSE(OpenSealed(other.public_key, other.secret_key, sealed).ok());
  EXPECT_FALSE(OpenSealed(pair.public_key, other.secret_key, sealed).ok());
  EXPECT_FALSE(OpenSealed(other.public_key, pair.secret_key, sealed).ok());
}

TEST(SealingTest, AlteredOrCutSealIsRefused) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  const std::string sealed = *SealToKey(pair.public_key, "0123456789");
  for (size_t at = 0; at < sealed.size(); ++at) {
    EXPECT_FALSE(OpenSealed(pair.public_key, pair.secret_key, Flipped(sealed, at)).ok()) << at;
    EXPECT_FALSE(OpenSealed(pair.public_key, pair.secret_key, sealed.substr(0, at)).ok()) << at;
  }
}

TEST(SealingTest, UnusableKeysAreRefused) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  EXPECT_FALSE(SealToKey("short", "bytes").ok());
  EXPECT_FALSE(SealToKey(std::string(32, '\0'), "bytes").ok());  // a point of small order
  const std::string sealed = *SealToKey(pair.public_key, "bytes");
  EXPECT_FALSE(OpenSealed("short", pair.secret_key, sealed).ok());
  EXPECT_FALSE(OpenSealed(pair.public_key, SecretBytes("short"), sealed).ok());
}

TEST(SealingTest, PairComesBackFromItsSecretHalf) {
  const ClosingKeyPair pair = ClosingKeyPair::Generate();
  const auto again = ClosingKeyPair::FromSecretKey(pair.secret_key.view());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->public_key, pair.public_key);
  EXPECT_EQ(again->secret_key.view(), pair.secret_key.view());
  EXPECT_FALSE(ClosingKeyPair::FromSecretKey("short").ok());
}

TEST(SealingTest, PublicHalfIsTheOneOfRfc7748) {
  // RFC 7748 section 6.1, Alice's keys.
  const auto pair =
      ClosingKeyPair::FromSecretKey(Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  ASSERT_TRUE(pair.ok());
  EXPECT_EQ(pair->public_key, Hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
}

TEST(RecordTest, RecordOpensWithItsKeyAndData) {
  const SecretBytes key = NewDataKey();
  const std::string record = SealRecord(key, "an answer", "survey|token");
  EXPECT_EQ(record.size(), 9 + kRecordOverheadBytes);
  EXPECT_EQ(OpenRecord(key, record, "survey|token"), "an answer");
  EXPECT_EQ(OpenRecord(key, SealRecord(key, "", ""), ""), "");
}

TEST(RecordTest, SameAnswerNeverLooksTheSame) {
  const SecretBytes key = NewDataKey();
  const std::string answer(100, 'x');
  const std::string a = SealRecord(key, answer, "aad"), b = SealRecord(key, answer, "aad");
  EXPECT_NE(a.substr(0, 24), b.substr(0, 24));
  EXPECT_NE(a.substr(24), b.substr(24));
}

TEST(RecordTest, AnotherKeyOrOtherDataOpensNothing) {
  const SecretBytes key = NewDataKey(), other = NewDataKey();
  const std::string record = SealRecord(key, "an answer", "aad");
  EXPECT_EQ(OpenRecord(other, record, "aad"), std::nullopt);
  EXPECT_EQ(OpenRecord(key, record, "aae"), std::nullopt);
  EXPECT_EQ(OpenRecord(key, record, ""), std::nullopt);
}

TEST(RecordTest, OneStringTakesOneRecordAfterTheOther) {
  const SecretBytes key = NewDataKey();
  std::string plaintext;
  for (const std::string& answer : {std::string(100, 'x'), std::string("short"), std::string(), std::string(300, 'y')}) {
    ASSERT_TRUE(OpenRecordTo(key, SealRecord(key, answer, "aad"), "aad", plaintext));
    EXPECT_EQ(plaintext, answer);
  }
  EXPECT_FALSE(OpenRecordTo(key, SealRecord(key, std::string(300, 'z'), "aad"), "another", plaintext));
  EXPECT_EQ(plaintext, "") << "nothing of the record before stays";
  plaintext = "left over";
  EXPECT_FALSE(OpenRecordTo(key, "too short", "aad", plaintext));
  EXPECT_EQ(plaintext, "");
}

TEST(RecordTest, EveryAlteredBitAndEveryCutIsFound) {
  const SecretBytes key = NewDataKey();
  const std::string record = SealRecord(key, "an answer", "aad");
  for (size_t at = 0; at < record.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) EXPECT_EQ(OpenRecord(key, Flipped(record, at, bit), "aad"), std::nullopt) << at;
    EXPECT_EQ(OpenRecord(key, record.substr(0, at), "aad"), std::nullopt) << at;
  }
  EXPECT_EQ(OpenRecord(key, record + '\0', "aad"), std::nullopt);
}

}  // namespace
}  // namespace candor::crypto
