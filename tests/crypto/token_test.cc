#include "services/crypto/token.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

const std::string kSurvey = Hex("000102030405060708090a0b0c0d0e0f");
const std::string kNonce(32, '\x5a');
const std::string kPrefix(32, '\x77');

TEST(TokenTest, MessageHasTheDocumentedLayout) {
  const auto message = BuildTokenMessage(kSurvey, 0x1234, kNonce);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->size(), kTokenMessageBytes);
  EXPECT_EQ(*message, absl::StrCat("candor-token-v1", std::string(1, '\0'), kSurvey, "\x12\x34", kNonce));
}

TEST(TokenTest, MessageComesBackFromItsBytes) {
  for (const int group : {0, 1, 255, 256, 65535}) {
    const auto message = BuildTokenMessage(kSurvey, static_cast<uint16_t>(group), kNonce);
    ASSERT_TRUE(message.ok());
    const auto parsed = ParseTokenMessage(kPrefix + *message);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, (TokenMessage{kSurvey, static_cast<uint16_t>(group), kNonce}));
  }
}

TEST(TokenTest, WrongSizesAreRefused) {
  EXPECT_FALSE(BuildTokenMessage(kSurvey + "x", 0, kNonce).ok());
  EXPECT_FALSE(BuildTokenMessage(kSurvey.substr(1), 0, kNonce).ok());
  EXPECT_FALSE(BuildTokenMessage(kSurvey, 0, kNonce + "x").ok());
  EXPECT_FALSE(BuildTokenMessage(kSurvey, 0, "").ok());
}

TEST(TokenTest, OtherMessagesAreNoTokens) {
  const std::string input = kPrefix + *BuildTokenMessage(kSurvey, 1, kNonce);
  std::vector<std::string> others = {"", input.substr(1), input + "x", kPrefix, std::string(kTokenInputBytes, '\0')};
  for (size_t at = 32; at < 48; ++at) others.push_back(Flipped(input, at));  // every byte of the tag
  for (const std::string& other : others) {
    const auto parsed = ParseTokenMessage(other);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::GetErrorDetail(parsed.status()).reason, "TOKEN_INVALID");
  }
}

TEST(TokenTest, HashIsTakenOverTheTaggedInput) {
  const std::string input = kPrefix + *BuildTokenMessage(kSurvey, 1, kNonce);
  EXPECT_EQ(TokenHash(input), Sha256("candor-th" + input));
  EXPECT_NE(TokenHash(input), TokenHash(Flipped(input, 0)));  // the prefix counts
}

}  // namespace
}  // namespace candor::crypto
