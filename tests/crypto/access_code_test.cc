#include "services/crypto/access_code.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/crypto/hash.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const std::string kKey(32, '\x42');

bool IsMalformed(const absl::StatusOr<std::string>& code) {
  return code.status().code() == absl::StatusCode::kInvalidArgument &&
         base::GetErrorDetail(code.status()).reason == "CODE_MALFORMED";
}

TEST(AccessCodeTest, CodeIsTheCutHmacAndACheckCharacter) {
  const std::string code = MakeCode(kKey, "invitation", 3);
  EXPECT_EQ(code.size(), kCodeCharacters);
  const std::string mac = HmacSha256(kKey, absl::StrCat("invitation", absl::string_view("\0\0\0\x03", 4)));
  EXPECT_EQ(code.substr(0, 16), base::Base32Encode(mac.substr(0, 10)));
  EXPECT_EQ(MakeCode(kKey, "invitation", 3), code);
}

TEST(AccessCodeTest, KeysInvitationsAndGenerationsGiveUnrelatedCodes) {
  std::set<std::string> codes;
  for (const char* key : {"key one", "key two"}) {
    for (const char* invitation : {"a", "b", "ab"}) {
      for (const uint32_t generation : {0u, 1u, 2u, 256u, 0xffffffffu}) {
        codes.insert(MakeCode(key, invitation, generation).substr(0, 16));
      }
    }
  }
  EXPECT_EQ(codes.size(), 30u);
}

TEST(AccessCodeTest, IsShownInGroupsAndReadBackHoweverItIsTyped) {
  const std::string code = MakeCode(kKey, "invitation", 0);
  const std::string shown = FormatCode(code);
  EXPECT_EQ(shown.size(), kCodeCharacters + 4);
  EXPECT_EQ(shown[4], '-');
  EXPECT_EQ(shown[19], '-');
  const std::string upper = absl::AsciiStrToUpper(shown);
  for (const std::string& typed :
       {code, shown, upper, absl::StrReplaceAll(shown, {{"-", " "}}), absl::StrReplaceAll(shown, {{"-", ""}}),
        absl::StrReplaceAll(shown, {{"-", " - "}}), "  " + shown + "\r\n",
        absl::StrReplaceAll(shown, {{"-", "\xe2\x80\x93"}}),      // en dash
        absl::StrReplaceAll(shown, {{"-", "\xe2\x80\x91"}}),      // non-breaking hyphen
        absl::StrReplaceAll(shown, {{"-", "\xc2\xa0"}}),          // no-break space
        "\xef\xbb\xbf" + shown,
        absl::StrReplaceAll(upper, {{"1", "I"}, {"0", "O"}}), absl::StrReplaceAll(shown, {{"1", "l"}, {"0", "o"}})}) {
    const auto normal = NormalizeCode(typed);
    ASSERT_TRUE(normal.ok()) << typed << ": " << normal.status();
    EXPECT_EQ(*normal, code);
  }
}

TEST(AccessCodeTest, EveryWrongSingleCharacterIsFound) {
  for (int n = 0; n < 50; ++n) {
    const std::string code = MakeCode(kKey, "invitation", static_cast<uint32_t>(n));
    for (size_t at = 0; at < code.size(); ++at) {
      for (const char other : kAlphabet) {
        std::string typed = code;
        typed[at] = other;
        const auto normal = NormalizeCode(typed);
        if (other == code[at]) {
          ASSERT_TRUE(normal.ok());
        } else {
          ASSERT_TRUE(IsMalformed(normal)) << typed;
        }
      }
    }
  }
}

// The check character of 16 characters, found by trying.
std::string WithCheck(const std::string& data) {
  std::string whole;
  for (const char check : kAlphabet) {
    if (NormalizeCode(data + check).ok()) {
      EXPECT_TRUE(whole.empty()) << "two check characters for " << data;
      whole = data + check;
    }
  }
  return whole;
}

TEST(AccessCodeTest, EveryExchangeOfTwoCharactersIsFound) {
  // Every pair of places with every pair of characters in them; the check character is the 17th place.
  std::string data;
  for (int i = 0; i < 16; ++i) data.push_back(kAlphabet[base::RandomBelow(32)]);
  for (size_t i = 0; i < 16; ++i) {
    for (size_t j = i + 1; j < 16; ++j) {
      for (const char a : kAlphabet) {
        // With all else fixed, one check character belongs to each b; stepping through b covers every difference.
        for (size_t b = 0; b < kAlphabet.size(); b += (j == i + 1 ? 1 : 7)) {
          if (kAlphabet[b] == a) continue;
          std::string changed = data;
          changed[i] = a;
          changed[j] = kAlphabet[b];
          const std::string code = WithCheck(changed);
          ASSERT_EQ(code.size(), kCodeCharacters);
          std::string typed = code;
          std::swap(typed[i], typed[j]);
          ASSERT_TRUE(IsMalformed(NormalizeCode(typed))) << code << " " << typed;
        }
      }
    }
  }
}

TEST(AccessCodeTest, ExchangeWithTheCheckCharacterIsFound) {
  for (int n = 0; n < 2000; ++n) {
    const std::string code = MakeCode(kKey, "invitation", static_cast<uint32_t>(n));
    for (size_t at = 0; at < 16; ++at) {
      std::string typed = code;
      std::swap(typed[at], typed[16]);
      if (typed == code) continue;
      ASSERT_TRUE(IsMalformed(NormalizeCode(typed))) << code;
    }
  }
}

TEST(AccessCodeTest, WrongLengthsAndCharactersAreExplained) {
  const std::string code = MakeCode(kKey, "invitation", 0);
  const auto message = [](absl::string_view typed) {
    const auto normal = NormalizeCode(typed);
    EXPECT_TRUE(IsMalformed(normal)) << typed;
    return std::string(normal.status().message());
  };
  EXPECT_NE(message("").find("too few characters"), std::string::npos);
  EXPECT_NE(message(code.substr(1)).find("too few characters: codes have 17"), std::string::npos);
  EXPECT_NE(message(code + "0").find("too many"), std::string::npos);
  EXPECT_NE(message(std::string(10'000'000, '0')).find("too many"), std::string::npos);
  EXPECT_NE(message("u" + code.substr(1)).find("letter U"), std::string::npos);
  EXPECT_NE(message("!" + code.substr(1)).find("letters and digits"), std::string::npos);
  EXPECT_NE(message("\xc3\xa9" + code.substr(1)).find("letters and digits"), std::string::npos);
  const std::string typo = (code[0] == '2' ? "3" : "2") + code.substr(1);
  EXPECT_NE(message(typo).find("typing mistake"), std::string::npos);
  EXPECT_EQ(message(typo).find(typo.substr(0, 4)), std::string::npos);  // a message never repeats the code
}

TEST(AccessCodeTest, HashIsTakenOverTheTaggedNormalForm) {
  const std::string code = MakeCode(kKey, "invitation", 0);
  EXPECT_EQ(CodeHash(code), Sha256("candor-code" + code));
}

TEST(ManifestCodeTest, AClosingKeysCodeIsOfTheSameFormAndNoManifests) {
  const std::string key(32, 'k');
  EXPECT_EQ(ClosingKeyCode(key), ManifestCode(Sha256({"candor-closing-key", key})));
  EXPECT_NE(ClosingKeyCode(key), ManifestCode(Sha256(key)));
}

TEST(ManifestCodeTest, AModeratorsKeysCodeIsNoStewardsAndNoManifests) {
  const std::string key(32, 'k');
  EXPECT_EQ(HolderKeyCode(key), ManifestCode(Sha256({"candor-holder-key", key})));
  EXPECT_NE(HolderKeyCode(key), ClosingKeyCode(key));
  EXPECT_NE(HolderKeyCode(key), ManifestCode(Sha256(key)));
}

TEST(ManifestCodeTest, Shows130BitsInGroupsOfFour) {
  EXPECT_EQ(ManifestCode(std::string(32, '\0')), "0000-0000-0000-0000-0000-0000-00");
  EXPECT_EQ(ManifestCode(std::string(32, '\xff')), "zzzz-zzzz-zzzz-zzzz-zzzz-zzzz-zz");
  const std::string hash = Named("manifest");
  std::string compact = ManifestCode(hash);
  compact = absl::StrReplaceAll(compact, {{"-", ""}});
  EXPECT_EQ(compact, base::Base32Encode(hash.substr(0, 17)).substr(0, 26));
  // The 130th bit counts, the 131st does not.
  EXPECT_NE(ManifestCode(Flipped(hash, 16, 6)), ManifestCode(hash));
  EXPECT_EQ(ManifestCode(Flipped(hash, 16, 5)), ManifestCode(hash));
}

}  // namespace
}  // namespace candor::crypto
