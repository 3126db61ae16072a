#include "services/crypto/hash.h"

#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

TEST(HashTest, Sha256GivesThePublishedDigests) {
  // FIPS 180-4 examples.
  EXPECT_EQ(Sha256(""), Hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  EXPECT_EQ(Sha256("abc"), Hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')),
            Hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

TEST(HashTest, PartsGiveTheDigestOfTheirConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
}

TEST(HashTest, ValueIsTheSameDigestAndIsOrderedByItsBytes) {
  EXPECT_EQ(HashOf({"a", "", "bc"}).view(), Sha256("abc"));
  EXPECT_EQ(Hash().view(), std::string(32, '\0'));
  std::vector<std::string> texts = {std::string(32, '\0'), std::string(32, '\x7f'), std::string(32, '\x80'),
                                    std::string(32, '\xff')};
  const std::string some = Sha256("some");
  texts.push_back(some);
  for (size_t at = 0; at < some.size(); ++at) {
    texts.push_back(Flipped(some, at, 0));
    texts.push_back(Flipped(some, at, 7));
  }
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      ASSERT_EQ(Hash(a) < Hash(b), a < b);
      ASSERT_EQ(Hash(a) == Hash(b), a == b);
    }
  }
}

TEST(HashTest, HmacGivesThePublishedValues) {
  // RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
  EXPECT_EQ(HmacSha256(std::string(20, '\x0b'), "Hi There"),
            Hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
  EXPECT_EQ(HmacSha256("Jefe", "what do ya want for nothing?"),
            Hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  EXPECT_EQ(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            Hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

TEST(HashTest, ConstantTimeEqualComparesLengthAndBytes) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
  EXPECT_FALSE(ConstantTimeEqual(std::string("a\0b", 3), std::string("a\0c", 3)));
}

}  // namespace
}  // namespace candor::crypto
