#include "services/base/encoding.h"

#include "gtest/gtest.h"
#include "services/base/random.h"

namespace candor::base {
namespace {

TEST(EncodingTest, HexRoundTripsAndRefusesWhatIsNotHex) {
  EXPECT_EQ(HexEncode(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(*HexDecode("00FF10"), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(HexDecode("abc").ok());
  for (const char* other : {"zz", "0g", "g0", "/0", ":0", "@0", "`0", "\xff" "0"}) EXPECT_FALSE(HexDecode(other).ok()) << other;
}

TEST(EncodingTest, HexOfEveryByteIsThereAndBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  std::string text(2 * bytes.size(), ' '), back(bytes.size(), ' ');
  EXPECT_EQ(HexEncodeTo(bytes, text.data()), text.data() + text.size());
  EXPECT_EQ(text, HexEncode(bytes));
  EXPECT_EQ(text.substr(0, 6) + text.substr(506), "000102fdfeff");
  ASSERT_TRUE(HexDecodeTo(text, back.data()));
  EXPECT_EQ(back, bytes);
}

TEST(EncodingTest, Base32MatchesKnownVectors) {
  // RFC 4648 section 10 test inputs, in Crockford's alphabet.
  EXPECT_EQ(Base32Encode(""), "");
  EXPECT_EQ(Base32Encode("f"), "cr");
  EXPECT_EQ(Base32Encode("foobar"), "csqpyrk1e8");
}

TEST(EncodingTest, Base32RoundTripsEveryLength) {
  for (size_t length = 0; length <= 64; ++length) {
    const std::string bytes = RandomBytes(length);
    EXPECT_EQ(*Base32Decode(Base32Encode(bytes)), bytes) << length;
  }
}

TEST(EncodingTest, Base32ReadsWhatPeopleType) {
  const std::string text = Base32Encode("foobar");
  EXPECT_EQ(*Base32Decode("CSQP-YRKl E8"), "foobar");  // l for 1, capitals, hyphen, space
  EXPECT_FALSE(Base32Decode("u").ok());
  EXPECT_FALSE(Base32Decode("c").ok()) << "cut short";
  EXPECT_FALSE(Base32Decode("cz").ok()) << "padding bits are not zero";
}

TEST(EncodingTest, Base64UrlRoundTripsWithoutPadding) {
  for (size_t length = 0; length <= 40; ++length) {
    const std::string bytes = RandomBytes(length);
    const std::string text = Base64UrlEncode(bytes);
    EXPECT_EQ(text.find('='), std::string::npos);
    EXPECT_EQ(*Base64UrlDecode(text), bytes);
  }
  EXPECT_FALSE(Base64UrlDecode("a*b").ok());
}

}  // namespace
}  // namespace candor::base
